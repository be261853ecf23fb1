//! Steps of accesses: fields, elements, parameters, decorators.

use super::{Node, Site, function_node};
use crate::clients::access::{Argument, TakeStep};
use crate::clients::path::{Path, decorated_target};
use crate::facts::{ClassKind, ExprKind, FunctionKind, Key};
use crate::project::{At, ClassRef, Decorated, Found, FunctionRef, Step, Text, Value};

impl Site<'_, '_> {
    pub(super) fn step(&self, node: &Node, step: &TakeStep) -> Vec<Node> {
        let ev = self.ev;
        match step {
            TakeStep::Field(name) => self.field(node, name),
            TakeStep::Element => self.elements(node),
            TakeStep::Index(n) => ev
                .items(&node.found.value)
                .into_iter()
                .nth(*n as usize)
                .unwrap_or_default()
                .into_iter()
                .map(|f| Node::new(f, node.at.clone()))
                .collect(),
            TakeStep::Values | TakeStep::Keys => {
                let entries = ev.entries(&node.found.value).into_iter();
                entries
                    .flat_map(|(keys, values)| {
                        if matches!(step, TakeStep::Keys) {
                            keys
                        } else {
                            values
                        }
                    })
                    .map(|f| Node::new(f, node.at.clone()))
                    .collect()
            }
            TakeStep::Argument(argument) => node
                .made(ev)
                .map_or_else(Vec::new, |call| self.argument(&call, argument)),
            TakeStep::Arguments(from) => node
                .made(ev)
                .map_or_else(Vec::new, |call| self.arguments(&call, *from)),
            TakeStep::Call(method, filter) => self.calls_on(node, method, filter.as_deref()),
            TakeStep::Function => match decorated(&node.found.value) {
                Some(Decorated::Function(function)) => vec![function_node(function)],
                _ => Vec::new(),
            },
            TakeStep::Class => match (&node.found.value, decorated(&node.found.value)) {
                (_, Some(Decorated::Class(class))) => vec![Node::value(Value::Class(class))],
                (_, Some(Decorated::Function(function))) => {
                    let class = ev.project.function(function).class;
                    let class = class.map(|class| ClassRef {
                        file: function.file,
                        class,
                    });
                    class.map_or_else(Vec::new, |c| vec![Node::value(Value::Class(c))])
                }
                (Value::Instance { class, .. }, _) => vec![Node::value(Value::Class(*class))],
                (Value::External(origin), _) if let Some(class) = self.class_made(origin) => {
                    vec![Node::value(Value::Class(class))]
                }
                _ => self
                    .class()
                    .map_or_else(Vec::new, |c| vec![Node::value(Value::Class(c))]),
            },
            TakeStep::Parameter(n) => self.parameter(node, *n),
            // A field of that name, if it is an object written in place.
            TakeStep::Type if matches!(node.found.value, Value::Object(_)) => {
                self.field(node, "type")
            }
            TakeStep::Type => self
                .type_name(node)
                .map_or_else(Vec::new, |t| vec![Node::value(Value::Text(t))]),
            TakeStep::Static => vec![node.clone()],
            TakeStep::Method(name) => self.method(node, name),
            TakeStep::Methods(glob) => self.methods(node, glob),
            TakeStep::Decorator(path) => self.decorator(node, path),
            TakeStep::Option(paths) => self.options(node, paths),
            TakeStep::TypeArgument(n) => {
                let written = node.at.as_ref().map(|at| self.type_argument(at, *n));
                // Else those it was made or declared with.
                written
                    .filter(|found| !found.is_empty())
                    .unwrap_or_else(|| {
                        node.made(ev)
                            .map_or_else(Vec::new, |made| self.type_argument(&made, *n))
                    })
            }
            TakeStep::Returns => match &node.found.value {
                Value::Function { function, env, .. } => ev
                    .returned(*function, env.clone())
                    .into_iter()
                    .map(|f| Node::new(f, node.at.clone()))
                    .collect(),
                _ => Vec::new(),
            },
            TakeStep::Bound => match &node.found.value {
                Value::External(origin) => self.bound(origin, node.at.as_ref()),
                Value::Param(_) => vec![node.clone()],
                _ => Vec::new(),
            },
            TakeStep::Discriminator => self.discriminator(node),
        }
    }

    /// A member of a value on which something is called.
    pub(super) fn member_of(&self, node: &Node, name: &str) -> Vec<Node> {
        match &node.found.value {
            Value::External(origin) => vec![Node {
                call: None,
                ..Node::new(Found::new(Value::External(origin.member(name))), None)
            }],
            _ => self.field(node, name),
        }
    }

    pub(super) fn field(&self, node: &Node, name: &str) -> Vec<Node> {
        let ev = self.ev;
        let at = node.at.clone().unwrap_or_else(|| self.at.clone());
        let found = match &node.found.value {
            Value::Object(object) => ev.entry_expr(object, name).unwrap_or_default(),
            Value::Function { function, .. } if name == "name" => {
                return vec![Node::text(ev.project.function(*function).name.clone())];
            }
            Value::Class(class) if name == "name" => {
                return vec![Node::text(ev.project.class_name(*class))];
            }
            Value::Param(_) if name == "name" && node.call.is_some() => Vec::new(),
            Value::Unknown(_) | Value::Text(_) | Value::Null => Vec::new(),
            Value::List(_) | Value::Many(_) => Vec::new(),
            // What a literal made says what its fields are.
            Value::External(origin)
                if let Step::Call(Some(made)) = origin.step()
                    && let Some(entry) = ev.entry_expr(made, name) =>
            {
                entry
            }
            // A member of a library object is news only if a model says what it is.
            Value::External(_) => ev
                .member(&node.found, name, &at)
                .into_iter()
                .filter(|f| !matches!(f.value, Value::External(_)))
                .collect(),
            _ => ev
                .member(&node.found, name, &at)
                .into_iter()
                .filter(|f| !matches!(f.value, Value::Unknown(_)))
                .collect(),
        };
        if found.is_empty() && matches!(node.found.value, Value::External(_)) {
            return self.assigned(node, name);
        }
        found
            .into_iter()
            .filter(|f| !matches!(f.value, Value::Null))
            .map(|f| {
                Node::new(
                    f,
                    Some(self.entry_at(node, name).unwrap_or_else(|| at.clone())),
                )
            })
            .collect()
    }

    /// What is assigned to a member of a library object after it was made.
    fn assigned(&self, node: &Node, name: &str) -> Vec<Node> {
        let first = Argument {
            position: Some(0),
            keyword: None,
        };
        self.calls_on(node, &format!("{name}="), None)
            .iter()
            .filter_map(|call| call.at.as_ref())
            .flat_map(|call| self.argument(call, &first))
            .collect()
    }

    /// Where an entry of an object literal stands.
    pub(super) fn entry_at(&self, node: &Node, name: &str) -> Option<At> {
        let Value::Object(object) = &node.found.value else {
            return None;
        };
        let ExprKind::Object { entries, .. } =
            &self.ev.project.facts(object.file).expr(object.expr).kind
        else {
            return None;
        };
        let entry = entries
            .iter()
            .find(|e| matches!(&e.key, Key::Name(key) if key == name))?;
        Some(At {
            expr: entry.value,
            ..object.clone()
        })
    }

    pub(super) fn static_field(&self, node: &Node, name: &str) -> Vec<Node> {
        let at = node.at.clone().unwrap_or_else(|| self.at.clone());
        let Value::Class(class) = &node.found.value else {
            return Vec::new();
        };
        let declares = self.ev.lineage(*class).iter().any(|c| {
            let fields = &self.ev.project.class(*c).fields;
            fields.iter().any(|f| f.name == name)
        });
        if !declares {
            return Vec::new();
        }
        self.ev
            .member(&node.found, name, &at)
            .into_iter()
            .filter(|f| !matches!(f.value, Value::Unknown(_)))
            .map(|f| Node::new(f, Some(at.clone())))
            .collect()
    }

    pub(super) fn elements(&self, node: &Node) -> Vec<Node> {
        match &node.found.value {
            Value::List(_) | Value::Many(_) | Value::Setting(_) => self
                .ev
                .items(&node.found.value)
                .into_iter()
                .flatten()
                .map(|f| Node::new(f, node.at.clone()))
                .collect(),
            Value::Param(_) | Value::External(_) => self
                .ev
                .elements(std::slice::from_ref(&node.found))
                .into_iter()
                .map(|f| Node::new(f, node.at.clone()))
                .collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn parameter(&self, node: &Node, n: u32) -> Vec<Node> {
        let Value::Function { function, .. } = &node.found.value else {
            return Vec::new();
        };
        let Some(param) = self.ev.project.function(*function).params.get(n as usize) else {
            return Vec::new();
        };
        let typed = param.ty.map(|ty| At {
            file: function.file,
            expr: ty,
            env: None,
        });
        let found = typed
            .iter()
            .flat_map(|ty| self.ev.instances_of(ty))
            .next()
            .unwrap_or_else(|| Found::new(Value::Text(Text::plain(param.name.clone()))));
        vec![Node::new(found, typed)]
    }

    pub(super) fn method(&self, node: &Node, name: &str) -> Vec<Node> {
        // Of a type that implements several traits, each may ask for the method.
        if let Value::Class(class) = node.found.value
            && let own = self.ev.project.class(class)
            && own.kind == ClassKind::Extension
            && let facts = self.ev.project.facts(class.file)
            && let Some(function) = own
                .methods
                .iter()
                .find(|m| facts.function(**m).name == name)
        {
            return vec![function_node(FunctionRef {
                file: class.file,
                function: *function,
            })];
        }
        let at = self.at.clone();
        self.ev
            .member(&node.found, name, &at)
            .into_iter()
            .filter(|f| matches!(f.value, Value::Function { .. }))
            .map(|f| Node::new(f, None))
            .collect()
    }

    /// The methods of a class whose name a pattern matches.
    pub(super) fn methods(&self, node: &Node, glob: &str) -> Vec<Node> {
        let Value::Class(class) = &node.found.value else {
            return Vec::new();
        };
        let prefix = glob.trim_end_matches('*');
        let facts = self.ev.project.facts(class.file);
        let methods = facts.class(class.class).methods.iter();
        methods
            .filter(|m| {
                let function = facts.function(**m);
                function.kind == FunctionKind::Method
                    && function.name.starts_with(prefix)
                    && !function.name.starts_with('_')
            })
            .map(|m| {
                function_node(FunctionRef {
                    file: class.file,
                    function: *m,
                })
            })
            .collect()
    }

    /// The decorators of a class or function that a path names.
    pub(super) fn decorator(&self, node: &Node, path: &Path) -> Vec<Node> {
        let (file, decorators, target) = match &node.found.value {
            Value::Class(class) => (
                class.file,
                self.ev.project.class(*class).decorators.clone(),
                Decorated::Class(*class),
            ),
            Value::Function { function, .. } => (
                function.file,
                self.ev.project.function(*function).decorators.clone(),
                Decorated::Function(*function),
            ),
            _ => return Vec::new(),
        };
        let mut nodes = Vec::new();
        for decorator in decorators {
            for found in self.ev.decorated(file, decorator, target) {
                let matched = match &found.value {
                    Value::External(origin) => origin
                        .parent()
                        .and_then(|o| path.matches(self.ev, &self.model.objects, o)),
                    _ => None,
                };
                if matched.is_some() {
                    nodes.push(Node::new(found, None));
                }
            }
        }
        nodes
    }

    pub(super) fn type_argument(&self, at: &At, n: u32) -> Vec<Node> {
        let facts = self.ev.project.facts(at.file);
        let arguments = match &facts.expr(at.expr).kind {
            ExprKind::Call { type_args, .. } => type_args,
            ExprKind::Generic { args, .. } => args,
            _ => return Vec::new(),
        };
        let Some(ty) = arguments.get(n as usize) else {
            return Vec::new();
        };
        let at = At {
            expr: *ty,
            ..at.clone()
        };
        self.ev
            .types_named(&at)
            .into_iter()
            .map(|f| Node::new(f, Some(at.clone())))
            .collect()
    }
}

fn decorated(value: &Value) -> Option<Decorated> {
    match value {
        Value::External(origin) => decorated_target(origin).map(|(target, _)| target),
        _ => None,
    }
}
