//! Where accesses begin: arguments, receivers, objects of the path.

use std::sync::Arc;

use super::{Node, On, Site, function_node};
use crate::clients::access::{Argument, Head};
use crate::facts::{Arg, ExprId, ExprKind};
use crate::project::{At, ClassRef, Found, FunctionRef, Step, Text, Value};

impl Site<'_, '_> {
    pub(super) fn head(&self, head: &Head) -> Vec<Node> {
        match head {
            Head::Argument(_) if self.on == On::Value => self.evaluated(self.at.clone()),
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
            Head::Call => vec![Node {
                call: Some(self.at.clone()),
                ..Node::new(
                    Found::new(Value::External(self.origin.clone())),
                    Some(self.at.clone()),
                )
            }],
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
            Head::Field => match self.on {
                On::Field(class, n) => {
                    let fields = &self.ev.project.class(class).fields;
                    let field = fields.get(n as usize);
                    field.map_or_else(Vec::new, |f| vec![Node::text(f.name.clone())])
                }
                _ => Vec::new(),
            },
            Head::Attribute(names) => self.attributes(names),
            Head::Wild(n) => self
                .captures
                .wild
                .get(*n as usize)
                .map_or_else(Vec::new, |text| vec![Node::text(text.clone())]),
        }
    }

    /// Argument of a call by position or keyword, looked for in spread objects too.
    pub(super) fn argument(&self, call: &At, argument: &Argument) -> Vec<Node> {
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
        // What an initialiser sets right behind a construction counts as well.
        if let (None, Some(keyword)) = (named, &argument.keyword)
            && let Some(set) = self.ev.entry_expr(call, keyword)
        {
            return set
                .into_iter()
                .filter(|f| !matches!(f.value, Value::Null))
                .map(|f| Node::new(f, Some(call.clone())))
                .collect();
        }
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
    pub(super) fn spread_keyword(&self, call: &At, argument: &Argument) -> Vec<Node> {
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

    pub(super) fn arguments(&self, call: &At, from: u32) -> Vec<Node> {
        let Some((_, args)) = self.ev.call_parts(call) else {
            return Vec::new();
        };
        self.positional(call, args)
            .skip(from as usize)
            .flat_map(|expr| {
                let at = At {
                    expr,
                    ..call.clone()
                };
                let nodes = self.evaluated(at);
                let spread = matches!(
                    self.ev.project.facts(call.file).expr(expr).kind,
                    ExprKind::Spread(_)
                );
                // `f(list...)` passes the elements.
                nodes
                    .into_iter()
                    .flat_map(|node| match &node.found.value {
                        Value::List(_) | Value::Many(_) if spread => self.elements(&node),
                        _ => vec![node],
                    })
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// Arguments that are not keywords, nor an object spread into keywords.
    pub(super) fn positional<'s>(
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
    pub(super) fn keywords(&self, call: &At) -> Node {
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

    pub(super) fn evaluated(&self, at: At) -> Vec<Node> {
        self.ev
            .eval(&at)
            .into_iter()
            .filter(|f| !matches!(f.value, Value::Null))
            .map(|found| Node::new(found, Some(at.clone())))
            .collect()
    }

    pub(super) fn receiver(&self) -> Vec<Node> {
        let Some((callee, _)) = self.ev.call_parts(&self.at) else {
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
        let Some(parent) = self.origin.parent() else {
            // A method of the language's own values.
            return match self.on {
                On::Call => self.evaluated(at),
                _ => Vec::new(),
            };
        };
        vec![Node::new(
            Found::new(Value::External(parent.clone())),
            Some(at),
        )]
    }

    pub(super) fn object(&self, name: &str) -> Vec<Node> {
        let Some(origin) = self.captures.object(name) else {
            return Vec::new();
        };
        vec![Node::new(Found::new(Value::External(origin.clone())), None)]
    }

    pub(super) fn class(&self) -> Option<ClassRef> {
        match self.on {
            On::Class(class) | On::Field(class, _) => Some(class),
            On::Function(function) => {
                let class = self.ev.project.function(function).class?;
                Some(ClassRef {
                    file: function.file,
                    class,
                })
            }
            On::Call | On::Value => {
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
    pub(super) fn enclosing(&self) -> Option<FunctionRef> {
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
}
