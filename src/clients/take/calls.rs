//! Other calls on the same object, and what it is bound to.

use std::sync::Arc;

use smol_str::SmolStr;

use super::{Node, Site};
use crate::clients::access::Argument;
use crate::clients::path::Path;
use crate::facts::{ExprId, ExprKind};
use crate::project::{At, ClassRef, Env, FileId, Found, Origin, Step, Value};

impl Site<'_, '_> {
    /// Calls of a method on the value: in the chain that made it, in the chain
    /// that goes on from it, and elsewhere on the same object.
    pub(super) fn calls_on(&self, node: &Node, method: &str, filter: Option<&str>) -> Vec<Node> {
        let mut calls = Vec::new();
        if let Value::Param(param) = &node.found.value {
            // Of a parameter, those on the objects it stands for.
            let objects = self.ev.concretize(param).into_iter();
            let objects = objects.filter(|f| matches!(f.value, Value::External(_)));
            return objects
                .flat_map(|f| self.calls_on(&Node::new(f, None), method, filter))
                .collect();
        }
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

    /// `New(WithTopic("x"), WithRetry(3))`: the calls of one of these paths among
    /// the arguments.
    pub(super) fn options(&self, node: &Node, paths: &[Path]) -> Vec<Node> {
        let Some(call) = node.made(self.ev) else {
            return Vec::new();
        };
        let objects = &self.model.objects;
        let option = |argument: &Node| match &argument.found.value {
            Value::External(origin) => {
                let (Step::Call(Some(site)), Some(callee)) = (origin.step(), origin.parent())
                else {
                    return None;
                };
                let is_it = paths
                    .iter()
                    .any(|path| path.matches(self.ev, objects, callee).is_some());
                is_it.then(|| Node {
                    call: Some(site.clone()),
                    ..argument.clone()
                })
            }
            _ => None,
        };
        let arguments = self.arguments(&call, 0);
        arguments.iter().filter_map(option).collect()
    }

    /// `x.a().b().c()`: the calls behind `at`.
    pub(super) fn following(&self, at: &At, method: &str, calls: &mut Vec<At>) {
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
    pub(super) fn siblings(&self, node: &Node, method: &str, calls: &mut Vec<At>) {
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
                env: self.env_of(file, *call),
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

    /// What the function around a call is called with, if it is the one the site
    /// is looked at in.
    fn env_of(&self, file: FileId, call: ExprId) -> Env {
        let facts = self.ev.project.facts(file);
        let around = facts.function_of_scope(facts.expr(call).scope);
        let frame = self.at.env.as_ref()?;
        let is_same = frame.function.file == file && around == Some(frame.function.function);
        is_same.then(|| Arc::clone(frame))
    }

    pub(super) fn first_argument_is(&self, call: &At, text: &str) -> bool {
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
    pub(super) fn class_made(&self, origin: &Origin) -> Option<ClassRef> {
        let made = self.ev.eval(origin.calls().next()?);
        made.into_iter().find_map(|f| match f.value {
            Value::Instance { class, .. } => Some(class),
            _ => None,
        })
    }

    /// The variable or field an object was assigned to; a parameter stays one,
    /// to be known where the function is called.
    pub(super) fn bound(&self, origin: &Origin, at: Option<&At>) -> Vec<Node> {
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
}

/// Whether two origins are the same object: made by the same call.
fn same_object(a: &Origin, b: &Origin) -> bool {
    let same = match (a.calls().next(), b.calls().next()) {
        (Some(x), Some(y)) => x.file == y.file && x.expr == y.expr,
        _ => false,
    };
    // Members of one object are different objects.
    let is_member = |o: &Origin| matches!(o.step(), Step::Member(_));
    same && (!is_member(a) || !is_member(b) || last_member(a) == last_member(b))
}

fn last_member(origin: &Origin) -> Option<&SmolStr> {
    match origin.step() {
        Step::Member(name) => Some(name),
        _ => None,
    }
}

/// Whether nothing says where the object was made.
fn declared_only(origin: &Origin) -> bool {
    origin.calls().next().is_none()
}
