//! Takes from a site what an access says.

use std::sync::Arc;

use smol_str::SmolStr;

use super::access::{Access, Argument, Function, Head, TakeStep};
use super::casing;
use super::model::{Condition, Expected, Model};
use super::path::{Captures, decorated_target};
use super::settings;
use crate::facts::{Arg, ExprId, ExprKind, FunctionKind, Key};
use crate::project::{
    At, ClassRef, Decorated, Evaluator, Found, FunctionRef, Origin, Piece, Step, Text, Trail, Value,
};

/// Where a rule matched, with everything accesses can ask for.
pub struct Site<'a, 'p> {
    pub ev: &'a Evaluator<'p>,
    pub model: &'a Model,
    /// The call, the decorator, or the base type of a class, under the calls
    /// that lead to it.
    pub at: At,
    pub captures: Captures,
    /// Origin of the callee, decorator or base that matched.
    pub origin: Origin,
    pub on: On,
    pub item: Option<Node>,
    /// Parameters nobody binds are taken for what their type or default says.
    pub settle: bool,
}

/// What kind of place a site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Call,
    Function(FunctionRef),
    Class(ClassRef),
}

/// A value with the expression it stands in.
#[derive(Clone, Debug)]
pub struct Node {
    pub found: Found,
    pub at: Option<At>,
    /// The call that made it, where that is known better than from the value.
    call: Option<At>,
}

impl Node {
    fn new(found: Found, at: Option<At>) -> Self {
        Self {
            found,
            at,
            call: None,
        }
    }

    fn value(value: Value) -> Self {
        Self::new(Found::new(value), None)
    }

    fn text(text: impl Into<SmolStr>) -> Self {
        Self::value(Value::Text(Text::plain(text)))
    }

    /// The call that made the value.
    fn made(&self, ev: &Evaluator) -> Option<At> {
        let is_call = |at: &At| ev.call_parts(at).is_some();
        if let Some(call) = &self.call {
            return Some(call.clone());
        }
        match &self.found.value {
            Value::External(origin) => origin.calls().next().cloned(),
            Value::Instance {
                made: Some(made), ..
            } => Some(made.clone()),
            _ => self.at.clone().filter(is_call),
        }
    }
}

impl Site<'_, '_> {
    /// The values of the first alternative that finds any.
    #[must_use]
    pub fn first(&self, accesses: &[Access]) -> Vec<Node> {
        accesses
            .iter()
            .map(|access| self.take(access))
            .find(|nodes| !nodes.is_empty())
            .unwrap_or_default()
    }

    /// The texts of the first alternative that gives any; an empty text is none.
    #[must_use]
    pub fn texts(&self, accesses: &[Access]) -> Vec<(Text, Trail)> {
        accesses
            .iter()
            .map(|access| {
                let nodes = self.take(access);
                nodes
                    .iter()
                    .flat_map(|node| self.name_of(node, 0))
                    .filter(|(text, _)| text.as_plain().is_none_or(|t| !t.is_empty()))
                    .collect::<Vec<_>>()
            })
            .find(|texts| !texts.is_empty())
            .unwrap_or_default()
    }

    /// Whether all conditions hold.
    #[must_use]
    pub fn satisfies(&self, when: &[Condition], unless: &[Condition]) -> bool {
        when.iter().all(|c| self.holds(c)) && !unless.iter().any(|c| self.holds(c))
    }

    fn holds(&self, condition: &Condition) -> bool {
        let nodes = self.take(&condition.access);
        match &condition.expected {
            Expected::Present => !nodes.is_empty(),
            Expected::Absent => nodes.is_empty(),
            Expected::Function => nodes
                .iter()
                .any(|n| matches!(n.found.value, Value::Function { .. })),
            Expected::Text => nodes.iter().any(|n| {
                matches!(
                    n.found.value,
                    Value::Text(_) | Value::Variant { .. } | Value::Param(_)
                )
            }),
            Expected::Object => nodes
                .iter()
                .any(|n| matches!(n.found.value, Value::Object(_))),
            Expected::OneOf(values) => nodes.iter().any(|n| {
                let json = settings::json(self.ev, &n.found.value, n.at.as_ref());
                values.iter().any(|v| settings::same(v, &json))
            }),
        }
    }

    /// What an access gives; empty if there is nothing.
    #[must_use]
    pub fn take(&self, access: &Access) -> Vec<Node> {
        match access {
            Access::Text(text) => vec![Node::text(text.clone())],
            Access::Number(number) => vec![Node::value(Value::Number(number.clone()))],
            Access::Bool(value) => vec![Node::value(Value::Bool(*value))],
            Access::Template(parts) => self.template(parts),
            Access::Apply(function, arguments) => self.apply(*function, arguments),
            Access::Take(head, steps) => {
                let mut nodes = self.head(head);
                let mut i = 0;
                while let Some(step) = steps.get(i) {
                    if matches!(step, TakeStep::Static)
                        && let Some(TakeStep::Field(name)) = steps.get(i + 1)
                    {
                        nodes = nodes
                            .iter()
                            .flat_map(|n| self.static_field(n, name))
                            .collect();
                        i += 2;
                        continue;
                    }
                    nodes = nodes.iter().flat_map(|n| self.step(n, step)).collect();
                    i += 1;
                    // Of several calls of a method the n-th.
                    if let (TakeStep::Call(..), Some(TakeStep::Index(n))) = (step, steps.get(i)) {
                        nodes = nodes.into_iter().skip(*n as usize).take(1).collect();
                        i += 1;
                    }
                }
                nodes
            }
        }
    }

    fn template(&self, parts: &[Access]) -> Vec<Node> {
        const MOST: usize = 16;
        let mut results = vec![(Text::default(), None)];
        for part in parts {
            let texts = self.texts(std::slice::from_ref(part));
            let mut next = Vec::new();
            for (text, trail) in &results {
                for (piece, hops) in &texts {
                    if next.len() < MOST {
                        let mut text: Text = text.clone();
                        text.extend(piece);
                        next.push((text, hops.clone().or_else(|| Trail::clone(trail))));
                    }
                }
            }
            results = next;
        }
        results
            .into_iter()
            .map(|(text, trail)| {
                let value = Value::Text(text);
                Node::new(Found { value, trail }, None)
            })
            .collect()
    }

    // --- heads ------------------------------------------------------------

    fn head(&self, head: &Head) -> Vec<Node> {
        match head {
            Head::Argument(argument) => self.argument(&self.at, argument),
            Head::Arguments(from) => self.arguments(&self.at, *from),
            Head::Keywords => vec![self.keywords(&self.at)],
            Head::Receiver => self.receiver(),
            Head::Object(name) => self.object(name),
            Head::Made => self.origin.calls().next().map_or_else(Vec::new, |call| {
                let node = Node::value(Value::External(self.origin.clone()));
                vec![Node {
                    call: Some(call.clone()),
                    at: Some(call.clone()),
                    ..node
                }]
            }),
            Head::Item => self.item.iter().cloned().collect(),
            Head::Class => self
                .class()
                .map_or_else(Vec::new, |class| vec![Node::value(Value::Class(class))]),
            Head::Function => match self.on {
                On::Function(function) => vec![function_node(function)],
                _ => Vec::new(),
            },
            Head::Enclosing => self
                .enclosing()
                .map_or_else(Vec::new, |f| vec![function_node(f)]),
            Head::Base => vec![Node::new(
                Found::new(Value::External(self.origin.clone())),
                Some(self.at.clone()),
            )],
            Head::TypeArgument(n) => self.type_argument(&self.at, *n),
            Head::Chain => {
                let value = self.origin.then(Step::Call(Some(self.at.clone())));
                vec![Node {
                    found: Found::new(Value::External(value)),
                    at: Some(self.at.clone()),
                    call: Some(self.at.clone()),
                }]
            }
            Head::Bound => {
                let receiver = self.receiver().into_iter().find_map(|n| n.at);
                self.bound(&self.origin, receiver.as_ref())
            }
            Head::Wild(n) => self
                .captures
                .wild
                .get(*n as usize)
                .map_or_else(Vec::new, |text| vec![Node::text(text.clone())]),
        }
    }

    /// Argument of a call by position or keyword, looked for in spread objects too.
    fn argument(&self, call: &At, argument: &Argument) -> Vec<Node> {
        let Some((_, args)) = self.ev.call_parts(call) else {
            return Vec::new();
        };
        let here = |expr| At {
            expr,
            ..call.clone()
        };
        let named = argument.keyword.as_ref().and_then(|keyword| {
            args.iter()
                .find(|a| a.name.as_ref() == Some(keyword))
                .map(|a| a.value)
        });
        let positional = || {
            let position = argument.position? as usize;
            self.positional(call, args).nth(position)
        };
        let Some(expr) = named.or_else(positional) else {
            return self.spread_keyword(call, argument);
        };
        let at = here(expr);
        self.evaluated(at)
    }

    /// `f(**config)` with a known `config`.
    fn spread_keyword(&self, call: &At, argument: &Argument) -> Vec<Node> {
        let (Some(keyword), Some((_, args))) = (&argument.keyword, self.ev.call_parts(call)) else {
            return Vec::new();
        };
        let facts = self.ev.project.facts(call.file);
        args.iter()
            .filter_map(|arg| match facts.expr(arg.value).kind {
                ExprKind::Spread(inner) => Some(At {
                    expr: inner,
                    ..call.clone()
                }),
                _ => None,
            })
            .flat_map(|at| self.ev.eval(&at))
            .filter_map(|f| match &f.value {
                Value::Object(object) => self.ev.entry_expr(object, keyword),
                _ => None,
            })
            .flatten()
            .map(|found| Node::new(found, Some(call.clone())))
            .collect()
    }

    fn arguments(&self, call: &At, from: u32) -> Vec<Node> {
        let Some((_, args)) = self.ev.call_parts(call) else {
            return Vec::new();
        };
        self.positional(call, args)
            .skip(from as usize)
            .flat_map(|expr| {
                self.evaluated(At {
                    expr,
                    ..call.clone()
                })
            })
            .collect()
    }

    /// Arguments that are not keywords, nor an object spread into keywords.
    fn positional<'s>(
        &'s self,
        call: &'s At,
        args: &'s [Arg],
    ) -> impl Iterator<Item = ExprId> + 's {
        let facts = self.ev.project.facts(call.file);
        let is_keywords = move |expr: ExprId| {
            let ExprKind::Spread(inner) = facts.expr(expr).kind else {
                return false;
            };
            let values = self.ev.eval(&At {
                expr: inner,
                ..call.clone()
            });
            values.iter().all(|f| matches!(f.value, Value::Object(_)))
        };
        args.iter()
            .filter(move |a| a.name.is_none() && !is_keywords(a.value))
            .map(|a| a.value)
    }

    /// The keyword arguments of a call, those of spread objects included.
    fn keywords(&self, call: &At) -> Node {
        let mut all = Vec::new();
        let pair = |keys, values| Found::new(Value::Pair(Arc::new((keys, values))));
        let args = self.ev.call_parts(call).map_or(&[][..], |(_, args)| args);
        for arg in args {
            let at = At {
                expr: arg.value,
                ..call.clone()
            };
            let is_spread = matches!(
                self.ev.project.facts(call.file).expr(arg.value).kind,
                ExprKind::Spread(_)
            );
            if let Some(name) = &arg.name {
                let key = Found::new(Value::Text(Text::plain(name.clone())));
                all.push(pair(vec![key], self.ev.eval(&at)));
            } else if is_spread {
                for found in self.ev.eval(&at) {
                    match &found.value {
                        Value::Object(_) => {
                            let entries = self.ev.entries(&found.value).into_iter();
                            all.extend(entries.map(|(keys, values)| pair(keys, values)));
                        }
                        Value::List(_) | Value::Many(_) => {}
                        _ => all.push(pair(vec![self.ev.unknown(&at)], Vec::new())),
                    }
                }
            }
        }
        Node::new(Found::new(Value::Many(Arc::new(all))), Some(call.clone()))
    }

    fn evaluated(&self, at: At) -> Vec<Node> {
        self.ev
            .eval(&at)
            .into_iter()
            .filter(|f| !matches!(f.value, Value::Null))
            .map(|found| Node::new(found, Some(at.clone())))
            .collect()
    }

    fn receiver(&self) -> Vec<Node> {
        let Some((callee, _)) = self.ev.call_parts(&self.at) else {
            return Vec::new();
        };
        let Some(parent) = self.origin.parent() else {
            return Vec::new();
        };
        let facts = self.ev.project.facts(callee.file);
        let at = match facts.expr(callee.expr).kind {
            ExprKind::Member { object, .. } => At {
                expr: object,
                ..callee
            },
            _ => callee,
        };
        vec![Node::new(
            Found::new(Value::External(parent.clone())),
            Some(at),
        )]
    }

    fn object(&self, name: &str) -> Vec<Node> {
        let Some(origin) = self.captures.object(name) else {
            return Vec::new();
        };
        vec![Node::new(Found::new(Value::External(origin.clone())), None)]
    }

    fn class(&self) -> Option<ClassRef> {
        match self.on {
            On::Class(class) => Some(class),
            On::Function(function) => {
                let class = self.ev.project.function(function).class?;
                Some(ClassRef {
                    file: function.file,
                    class,
                })
            }
            On::Call => {
                let facts = self.ev.project.facts(self.at.file);
                let class = facts.class_of_scope(facts.expr(self.at.expr).scope)?;
                Some(ClassRef {
                    file: self.at.file,
                    class,
                })
            }
        }
    }

    /// The named function around the call.
    fn enclosing(&self) -> Option<FunctionRef> {
        let facts = self.ev.project.facts(self.at.file);
        let mut function = facts.function_of_scope(facts.expr(self.at.expr).scope);
        while let Some(id) = function {
            if !facts.function(id).name.is_empty() {
                return Some(FunctionRef {
                    file: self.at.file,
                    function: id,
                });
            }
            function = facts.function(id).outer;
        }
        None
    }

    // --- steps --------------------------------------------------------------

    fn step(&self, node: &Node, step: &TakeStep) -> Vec<Node> {
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
            TakeStep::TypeArgument(n) => node
                .at
                .as_ref()
                .map_or_else(Vec::new, |at| self.type_argument(at, *n)),
            TakeStep::Bound => match &node.found.value {
                Value::External(origin) => self.bound(origin, node.at.as_ref()),
                Value::Param(_) => vec![node.clone()],
                _ => Vec::new(),
            },
        }
    }

    fn field(&self, node: &Node, name: &str) -> Vec<Node> {
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

    /// Where an entry of an object literal stands.
    fn entry_at(&self, node: &Node, name: &str) -> Option<At> {
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

    fn static_field(&self, node: &Node, name: &str) -> Vec<Node> {
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

    fn elements(&self, node: &Node) -> Vec<Node> {
        match &node.found.value {
            Value::List(_) | Value::Many(_) => self
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

    fn parameter(&self, node: &Node, n: u32) -> Vec<Node> {
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

    fn method(&self, node: &Node, name: &str) -> Vec<Node> {
        let at = self.at.clone();
        self.ev
            .member(&node.found, name, &at)
            .into_iter()
            .filter(|f| matches!(f.value, Value::Function { .. }))
            .map(|f| Node::new(f, None))
            .collect()
    }

    /// The methods of a class whose name a pattern matches.
    fn methods(&self, node: &Node, glob: &str) -> Vec<Node> {
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
    fn decorator(&self, node: &Node, path: &super::path::Path) -> Vec<Node> {
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

    fn type_argument(&self, at: &At, n: u32) -> Vec<Node> {
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
            .instances_of(&at)
            .into_iter()
            .map(|f| Node::new(f, Some(at.clone())))
            .collect()
    }

    // --- other calls ----------------------------------------------------------

    /// Calls of a method on the value: in the chain that made it, in the chain
    /// that goes on from it, and elsewhere on the same object.
    fn calls_on(&self, node: &Node, method: &str, filter: Option<&str>) -> Vec<Node> {
        let mut calls = Vec::new();
        if let Value::External(origin) = &node.found.value {
            let mut current = Some(origin);
            while let Some(o) = current {
                if let (Step::Call(Some(site)), Some(Step::Member(name))) =
                    (o.step(), o.parent().map(Origin::step))
                    && name == method
                {
                    calls.push(site.clone());
                }
                current = o.parent();
            }
        }
        calls.reverse();
        if let Some(at) = node.call.as_ref().or(node.at.as_ref()) {
            self.following(at, method, &mut calls);
        }
        self.siblings(node, method, &mut calls);
        calls
            .into_iter()
            .filter(|call| filter.is_none_or(|text| self.first_argument_is(call, text)))
            .map(|call| Node {
                found: Found::new(Value::Unknown(SmolStr::new(method))),
                at: Some(call.clone()),
                call: Some(call),
            })
            .collect()
    }

    /// `x.a().b().c()`: the calls behind `at`.
    fn following(&self, at: &At, method: &str, calls: &mut Vec<At>) {
        let facts = self.ev.project.facts(at.file);
        let mut current = at.expr;
        while let Some(parent) = facts.parent(current) {
            match &facts.expr(parent).kind {
                ExprKind::Member { object, .. } if *object == current => {}
                ExprKind::Call { callee, .. } if *callee == current => {
                    if let ExprKind::Member { name, .. } = &facts.expr(current).kind
                        && name == method
                    {
                        calls.push(At {
                            expr: parent,
                            ..at.clone()
                        });
                    }
                }
                _ => return,
            }
            current = parent;
        }
    }

    /// Calls of the method whose receiver is the very same object.
    fn siblings(&self, node: &Node, method: &str, calls: &mut Vec<At>) {
        let Value::External(origin) = &node.found.value else {
            return;
        };
        let file = self.at.file;
        for (other, call) in self.ev.callers.named(method) {
            if *other != file {
                continue;
            }
            let at = At {
                file,
                expr: *call,
                env: None,
            };
            if calls.iter().any(|c| c.file == at.file && c.expr == at.expr) {
                continue;
            }
            let Some((callee, _)) = self.ev.call_parts(&at) else {
                continue;
            };
            let facts = self.ev.project.facts(file);
            let ExprKind::Member { object, .. } = facts.expr(callee.expr).kind else {
                continue;
            };
            let object = At {
                expr: object,
                ..callee
            };
            let same = self.ev.concrete(&object).iter().any(|f| match &f.value {
                Value::External(o) => same_object(o, origin),
                _ => false,
            });
            let spelled = node.at.as_ref().is_some_and(|n| {
                facts.render(object.expr) == self.ev.project.facts(n.file).render(n.expr)
            });
            if same || (spelled && declared_only(origin)) {
                calls.push(at);
            }
        }
    }

    fn first_argument_is(&self, call: &At, text: &str) -> bool {
        let first = Argument {
            position: Some(0),
            keyword: None,
        };
        self.argument(call, &first).iter().any(|n| {
            self.name_of(n, 0)
                .iter()
                .any(|(t, _)| t.as_plain().is_some_and(|p| p == text))
        })
    }

    /// The class of the project an instance of a library's class was made of.
    fn class_made(&self, origin: &Origin) -> Option<ClassRef> {
        let made = self.ev.eval(origin.calls().next()?);
        made.into_iter().find_map(|f| match f.value {
            Value::Instance { class, .. } => Some(class),
            _ => None,
        })
    }

    /// The variable or field an object was assigned to; a parameter stays one,
    /// to be known where the function is called.
    fn bound(&self, origin: &Origin, at: Option<&At>) -> Vec<Node> {
        let receiver = || {
            let parent = self.origin.parent();
            let is_receiver = parent.is_some_and(|p| Arc::ptr_eq(&p.0, &origin.0));
            let receiver = self.receiver().into_iter().find_map(|n| n.at);
            receiver.filter(|_| is_receiver)
        };
        if let Some(at) = at.cloned().or_else(receiver) {
            let values = self.ev.eval(&at).into_iter();
            let params: Vec<Node> = values
                .filter(|f| matches!(f.value, Value::Param(_)))
                .map(|f| Node::new(f, Some(at.clone())))
                .collect();
            if !params.is_empty() {
                return params;
            }
        }
        let Some(call) = origin.calls().next() else {
            return Vec::new();
        };
        let facts = self.ev.project.facts(call.file);
        let names = facts.scopes.iter().flat_map(|s| &s.names);
        let mut bound: Vec<&SmolStr> = names
            .filter(|(_, bindings)| bindings.iter().any(|b| b.value == call.expr))
            .map(|(name, _)| name)
            .collect();
        let fields = facts.classes.iter().flat_map(|c| &c.fields);
        bound.extend(
            fields
                .filter(|f| f.values.contains(&call.expr))
                .map(|f| &f.name),
        );
        bound.sort();
        bound
            .first()
            .map_or_else(Vec::new, |name| vec![Node::text((*name).clone())])
    }

    // --- texts ----------------------------------------------------------------

    /// A value where a name is wanted; nothing for what is no name.
    #[must_use]
    pub fn name_of(&self, node: &Node, depth: u32) -> Vec<(Text, Trail)> {
        const DEEPEST: u32 = 4;
        if depth > DEEPEST {
            return Vec::new();
        }
        let trail = node.found.trail.clone();
        let at = node.at.clone().unwrap_or_else(|| self.at.clone());
        match &node.found.value {
            Value::Text(text) => vec![(self.settled(text), trail)],
            Value::Variant { .. } => vec![(self.ev.as_text(&node.found.value, &at), trail)],
            Value::Param(param) if self.settle => {
                let values = self.ev.concretize(param);
                let texts: Vec<(Text, Trail)> = values
                    .into_iter()
                    .filter(|f| !matches!(f.value, Value::Param(_)))
                    .flat_map(|f| self.name_of(&Node::new(f, node.at.clone()), depth + 1))
                    .collect();
                // Otherwise it is called what the code calls it.
                if !texts.iter().any(|(t, _)| t.is_partly_known()) {
                    return vec![(Text::hole(param.text.clone()), trail)];
                }
                texts
            }
            Value::Param(param) => vec![(
                Text {
                    pieces: vec![Piece::Param(param.clone())],
                },
                trail,
            )],
            Value::Unknown(text) => vec![(Text::hole(text.clone()), trail)],
            Value::External(origin) => {
                let named = self.named_object(origin, depth);
                match (&node.at, named.as_slice()) {
                    // A hole is called what the code calls it.
                    (Some(at), [(text, None)]) if !text.is_partly_known() => {
                        let written = self.ev.project.facts(at.file).render(at.expr);
                        vec![(Text::hole(written), None)]
                    }
                    _ => named,
                }
            }
            Value::List(_) | Value::Many(_) => self
                .ev
                .items(&node.found.value)
                .into_iter()
                .flatten()
                .flat_map(|f| self.name_of(&Node::new(f, node.at.clone()), depth + 1))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Parameters in a text that nobody binds become holes.
    fn settled(&self, text: &Text) -> Text {
        if !self.settle {
            return text.clone();
        }
        let mut out = Text::default();
        for piece in &text.pieces {
            out.push(match piece {
                Piece::Param(param) => Piece::Hole(param.text.clone()),
                other => other.clone(),
            });
        }
        out
    }

    /// An object that stands for a name; other library values are holes, by their spelling.
    fn named_object(&self, origin: &Origin, depth: u32) -> Vec<(Text, Trail)> {
        for (object, accesses) in &self.model.names {
            let Some(alternatives) = self.model.objects.get(object) else {
                continue;
            };
            for path in alternatives {
                let Some(captures) = path.matches(self.ev, &self.model.objects, origin) else {
                    continue;
                };
                let Some(call) = origin.calls().next() else {
                    continue;
                };
                let inner = Site {
                    at: call.clone(),
                    captures,
                    origin: origin.clone(),
                    on: On::Call,
                    item: None,
                    ..*self
                };
                for access in accesses {
                    let texts: Vec<(Text, Trail)> = inner
                        .take(access)
                        .iter()
                        .flat_map(|n| inner.name_of(n, depth + 1))
                        .collect();
                    if !texts.is_empty() {
                        return texts;
                    }
                }
            }
        }
        match origin.step() {
            // What a library call gives is known at run time only.
            Step::Call(Some(_)) | Step::Element | Step::Callback { .. } | Step::Member(_) => {
                vec![(Text::hole(spelled(origin)), None)]
            }
            _ => Vec::new(),
        }
    }

    /// The name of a value's class.
    #[must_use]
    pub fn type_name(&self, node: &Node) -> Option<Text> {
        match &node.found.value {
            Value::Instance { class, .. } | Value::Class(class) => {
                let name = self.ev.project.class_name(*class);
                (!name.is_empty()).then(|| Text::plain(name))
            }
            Value::Variant { class, .. } => Some(Text::plain(self.ev.project.class_name(*class))),
            Value::External(origin) => type_of_origin(origin).map(Text::plain),
            Value::Param(param) if self.settle => {
                self.ev
                    .concretize(param)
                    .into_iter()
                    .find_map(|f| match f.value {
                        Value::Param(_) => None,
                        _ => self.type_name(&Node::new(f, None)),
                    })
            }
            Value::Param(param) => Some(Text {
                pieces: vec![Piece::Param(param.clone())],
            }),
            _ => None,
        }
    }

    fn apply(&self, function: Function, arguments: &[Access]) -> Vec<Node> {
        let Some(first) = arguments.first() else {
            return Vec::new();
        };
        if function == Function::Type {
            return self
                .take(first)
                .iter()
                .flat_map(|n| match &n.found.value {
                    Value::List(_) | Value::Many(_) => self.elements(n),
                    _ => vec![n.clone()],
                })
                .filter_map(|n| self.type_name(&n))
                .map(|t| Node::value(Value::Text(t)))
                .collect();
        }
        let plain = |i: usize| -> Option<SmolStr> {
            let access = arguments.get(i)?;
            self.texts(std::slice::from_ref(access))
                .first()
                .and_then(|(t, _)| t.as_plain())
        };
        if function == Function::Env {
            return self.environment(plain(0), arguments.get(1));
        }
        let (second, third) = (plain(1).unwrap_or_default(), plain(2).unwrap_or_default());
        let change = |text: &str| -> String {
            match function {
                Function::Snake => casing::snake(text),
                Function::Kebab => casing::kebab(text),
                Function::Camel => casing::camel(text),
                Function::Pascal => casing::pascal(text),
                Function::Upper => text.to_uppercase(),
                Function::Lower => text.to_lowercase(),
                Function::StripSuffix => text.strip_suffix(&*second).unwrap_or(text).to_owned(),
                Function::StripPrefix => text.strip_prefix(&*second).unwrap_or(text).to_owned(),
                Function::Replace => text.replace(&*second, &third),
                Function::Last | Function::Type | Function::Env => text.to_owned(),
            }
        };
        self.texts(std::slice::from_ref(first))
            .into_iter()
            .map(|(text, trail)| {
                let text = if function == Function::Last {
                    last(&text, &second)
                } else {
                    text.map_plain(change)
                };
                Node::new(
                    Found {
                        value: Value::Text(text),
                        trail,
                    },
                    None,
                )
            })
            .collect()
    }

    /// An environment variable: its default, or itself.
    fn environment(&self, name: Option<SmolStr>, default: Option<&Access>) -> Vec<Node> {
        let defaults = default.map_or_else(Vec::new, |d| self.take(d));
        let known: Vec<Node> = defaults
            .into_iter()
            .filter(|n| !matches!(n.found.value, Value::Unknown(_) | Value::Null))
            .collect();
        if !known.is_empty() {
            return known;
        }
        name.map_or_else(Vec::new, |name| {
            vec![Node::value(Value::Text(Text {
                pieces: vec![Piece::Variable(name)],
            }))]
        })
    }
}

/// What stands behind the last separator; a text that ends in a hole is that hole.
fn last(text: &Text, separator: &str) -> Text {
    let mut out = Text::default();
    for piece in &text.pieces {
        match piece {
            Piece::Plain(plain) => match plain.rsplit_once(separator) {
                Some((_, behind)) => out = Text::plain(behind),
                None => out.push(piece.clone()),
            },
            other => out.push(other.clone()),
        }
    }
    out
}

fn function_node(function: FunctionRef) -> Node {
    Node::value(Value::Function {
        function,
        this: None,
        env: None,
    })
}

fn decorated(value: &Value) -> Option<Decorated> {
    match value {
        Value::External(origin) => decorated_target(origin).map(|(target, _)| target),
        _ => None,
    }
}

/// Whether two origins are the same object: made by the same call.
fn same_object(a: &Origin, b: &Origin) -> bool {
    match (a.calls().next(), b.calls().next()) {
        (Some(x), Some(y)) => x.file == y.file && x.expr == y.expr,
        _ => false,
    }
}

/// Whether nothing says where the object was made.
fn declared_only(origin: &Origin) -> bool {
    origin.calls().next().is_none()
}

/// The type an origin names: the last capitalised member, `pkg.OrderPlaced()`,
/// `pkg.OrderPlaced.new()`. What a method of such a value gives is of another type.
fn type_of_origin(origin: &Origin) -> Option<SmolStr> {
    let mut calls = 0;
    for o in std::iter::successors(Some(origin), |o| o.parent()) {
        match o.step() {
            Step::Member(name) | Step::Package(name) if name.starts_with(char::is_uppercase) => {
                return Some(name.clone());
            }
            Step::Call(_) => calls += 1,
            Step::Element | Step::Callback { .. } => return None,
            _ => {}
        }
        if calls > 1 {
            return None;
        }
    }
    None
}

/// A library value as a hole: its last member.
fn spelled(origin: &Origin) -> SmolStr {
    std::iter::successors(Some(origin), |o| o.parent())
        .find_map(|o| match o.step() {
            Step::Member(name) | Step::Package(name) | Step::Global(name) => Some(name.clone()),
            _ => None,
        })
        .unwrap_or_default()
}
