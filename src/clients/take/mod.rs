//! Takes from a site what an access says.

mod calls;
mod configuration;
mod discriminators;
mod heads;
mod own_names;
mod placeholders;
mod sql;
mod steps;
mod stores;
mod texts;

use smol_str::SmolStr;

use super::access::{Access, Head, TakeStep};
use super::model::{Condition, Expected, Model};
use super::path::Captures;
use super::settings;
use crate::facts::{Arg, ExprKind};
use crate::project::{At, ClassRef, Evaluator, Found, FunctionRef, Origin, Text, Trail, Value};

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
    /// What a module gives a name.
    Value,
    Function(FunctionRef),
    Class(ClassRef),
    /// A field of a class, by its number.
    Field(ClassRef, u32),
}

/// Whether something is given: who passes null passes nothing.
fn is_there(node: &Node) -> bool {
    !matches!(node.found.value, Value::Null)
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

    /// A field of what accesses take, where a text is wanted.
    #[must_use]
    pub fn fields_as_texts(&self, accesses: &[Access], field: &str) -> Vec<(Text, Trail)> {
        let nodes = self.first(accesses);
        let fields = nodes.iter().flat_map(|node| self.field(node, field));
        fields.flat_map(|node| self.name_of(&node, 0)).collect()
    }

    /// Whether all conditions hold.
    #[must_use]
    pub fn satisfies(&self, when: &[Condition], unless: &[Condition]) -> bool {
        when.iter().all(|c| self.holds(c, true)) && !unless.iter().any(|c| self.holds(c, false))
    }

    /// Whether a condition holds; `open` is what a parameter counts as whose
    /// callers have not been asked: it may be a text or none.
    fn holds(&self, condition: &Condition, open: bool) -> bool {
        let nodes = self.take(&condition.access);
        match &condition.expected {
            Expected::Present => nodes.iter().any(is_there) || self.is_written(&condition.access),
            Expected::Absent => !nodes.iter().any(is_there) && !self.is_written(&condition.access),
            Expected::Function => nodes
                .iter()
                .any(|n| matches!(n.found.value, Value::Function { .. })),
            Expected::Text => nodes.iter().any(|n| match n.found.value {
                Value::Text(_) | Value::Variant { .. } => true,
                Value::Param(_) => open || self.settle,
                _ => false,
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

    /// Whether an argument stands at its place, be it `nil`: which form of a call
    /// it is shows in how many there are.
    fn is_written(&self, access: &Access) -> bool {
        let Access::Take(Head::Argument(argument), steps) = access else {
            return false;
        };
        let Some(position) = argument.position.filter(|_| steps.is_empty()) else {
            return false;
        };
        let Some((callee, args)) = self.ev.call_parts(&self.at) else {
            return false;
        };
        // Assigning null is no call with an argument, but takes something away.
        let callee = &self.ev.project.facts(callee.file).expr(callee.expr).kind;
        if matches!(callee, ExprKind::Member { name, .. } if name.ends_with('=')) {
            return false;
        }
        let stands = |arg: &Arg| {
            let kind = &self.ev.project.facts(self.at.file).expr(arg.value).kind;
            arg.name.is_none() && !matches!(kind, ExprKind::Spread(_))
        };
        let before = args.iter().take(position as usize + 1);
        before.clone().count() > position as usize && before.into_iter().all(stands)
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
            Access::Take(head, steps) => self.walk(self.head(head), steps),
            Access::Then(access, steps) => self.walk(self.take(access), steps),
        }
    }

    fn walk(&self, mut nodes: Vec<Node>, steps: &[TakeStep]) -> Vec<Node> {
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
            // `consumer.Received.+=()`: a call on a member of the object.
            if let (TakeStep::Field(name), Some(TakeStep::Call(..))) = (step, steps.get(i + 1)) {
                nodes = nodes.iter().flat_map(|n| self.member_of(n, name)).collect();
                i += 1;
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
}

fn function_node(function: FunctionRef) -> Node {
    Node::value(Value::Function {
        function,
        this: None,
        env: None,
    })
}
