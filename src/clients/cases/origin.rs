//! Whether a value is what was received, or a field of it.

use smol_str::SmolStr;

use super::Search;
use crate::clients::received::Part;
use crate::facts::ExprId;
use crate::project::{At, FileId, FunctionRef, Origin, ParamRef, Slot, Step, Value};

/// Methods that give the same message in another form, or a field as text.
const CONVERSIONS: [&str; 25] = [
    "json",
    "text",
    "decode",
    "strip",
    "trim",
    "toString",
    "to_string",
    "to_str",
    "as_str",
    "into_text",
    "to_text",
    "into_data",
    "as_bytes",
    "and_then",
    "unwrap_or",
    "unwrap_or_default",
    "cloned",
    "ok",
    "lower",
    "to_lowercase",
    "toLowerCase",
    "into_bytes",
    "parse",
    "try_into",
    "deserialize",
];

/// Methods that give the field named by their first argument.
const LOOKUPS: [&str; 3] = ["get", "pop", "get_str"];

/// What of the message a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Whole,
    Field(SmolStr),
}

/// Where what was received is first known.
pub(super) enum Root {
    /// The result of a call.
    Call(FileId, ExprId),
    /// A value of a library: the variable of a loop.
    Value(Origin),
    /// The parameter of a function that a call or a class hands to a library.
    Parameter {
        function: FunctionRef,
        index: u32,
        call: (FileId, ExprId),
    },
}

/// One step from the root to a value.
enum Way<'o> {
    Member(&'o SmolStr),
    Element,
    /// A call of the member before it.
    Call(Option<&'o At>),
}

impl Search<'_, '_> {
    /// What of the message an expression is.
    pub(super) fn tells(&self, at: &At) -> Option<Told> {
        /// Callbacks inside callbacks.
        const DEEPEST: u32 = 4;
        self.ev
            .eval(at)
            .iter()
            .find_map(|f| self.told(&f.value, DEEPEST))
    }

    fn told(&self, value: &Value, depth: u32) -> Option<Told> {
        match value {
            Value::External(origin) => self.way(&self.way_from_root(origin)?),
            Value::Param(param) => match self.way_from_parameter(param) {
                Some(way) => self.way(&way),
                None => {
                    let depth = depth.checked_sub(1)?;
                    let told = |found: Vec<crate::project::Found>| {
                        found.iter().find_map(|f| self.told(&f.value, depth))
                    };
                    told(self.ev.handed_to(param)).or_else(|| told(self.ev.concretize(param)))
                }
            },
            _ => None,
        }
    }

    /// The steps from the root to a library value; none if it does not come from there.
    fn way_from_root<'o>(&self, origin: &'o Origin) -> Option<Vec<Way<'o>>> {
        let mut way = Vec::new();
        let mut current = origin;
        loop {
            if self.is_root(current) {
                way.reverse();
                return Some(way);
            }
            way.push(match current.step() {
                Step::Member(name) => Way::Member(name),
                Step::Element => Way::Element,
                Step::Call(call) => Way::Call(call.as_ref()),
                _ => return None,
            });
            current = current.parent()?;
        }
    }

    fn is_root(&self, origin: &Origin) -> bool {
        let is_call = |step: &Step, call: (FileId, ExprId)| matches!(step, Step::Call(Some(at)) if (at.file, at.expr) == call);
        match &self.root {
            Root::Call(file, expr) => is_call(origin.step(), (*file, *expr)),
            Root::Value(root) => same(origin, root),
            Root::Parameter { index, call, .. } => {
                matches!(origin.step(), Step::Callback { param, .. } if param == index)
                    && origin.parent().is_some_and(|o| is_call(o.step(), *call))
            }
        }
    }

    fn way_from_parameter<'o>(&self, param: &'o ParamRef) -> Option<Vec<Way<'o>>> {
        let Root::Parameter {
            function, index, ..
        } = &self.root
        else {
            return None;
        };
        let is_it = param.function == *function && param.slot == Slot::Argument(*index);
        let step = |name: &'o SmolStr| {
            let element = name == "[]" || name.parse::<u32>().is_ok();
            if element {
                Way::Element
            } else {
                Way::Member(name)
            }
        };
        is_it.then(|| param.path.iter().map(step).collect())
    }

    /// What is at the end of a way from the root.
    fn way(&self, way: &[Way]) -> Option<Told> {
        let mut rest = way;
        for part in &self.received.steps {
            rest = match (part, rest) {
                (Part::Member(name), [Way::Member(n), after @ ..]) if name == *n => after,
                (Part::Element, [Way::Element, after @ ..]) => after,
                _ => return None,
            };
        }
        let mut told = Told::Whole;
        loop {
            rest = match rest {
                [] => return Some(told),
                [Way::Element, after @ ..] => after,
                [Way::Member(name), Way::Call(_), after @ ..]
                    if CONVERSIONS.contains(&name.as_str()) =>
                {
                    after
                }
                [Way::Member(name), Way::Call(Some(call)), after @ ..]
                    if told == Told::Whole && LOOKUPS.contains(&name.as_str()) =>
                {
                    told = Told::Field(self.first_text(call)?);
                    after
                }
                [Way::Member(name), after @ ..] if told == Told::Whole => {
                    told = Told::Field((*name).clone());
                    after
                }
                _ => return None,
            };
        }
    }

    /// The first argument of a call, if it is a text.
    fn first_text(&self, call: &At) -> Option<SmolStr> {
        let (_, args) = self.ev.call_parts(call)?;
        let at = At {
            expr: args.first()?.value,
            ..call.clone()
        };
        self.ev.eval(&at).iter().find_map(|f| match &f.value {
            Value::Text(text) => text.as_plain(),
            _ => None,
        })
    }
}

/// Whether two origins are the same way, by the same calls.
fn same(a: &Origin, b: &Origin) -> bool {
    let (mut a, mut b) = (Some(a), Some(b));
    loop {
        match (a, b) {
            (None, None) => return true,
            (Some(x), Some(y)) if same_step(x.step(), y.step()) => {
                (a, b) = (x.parent(), y.parent());
            }
            _ => return false,
        }
    }
}

fn same_step(a: &Step, b: &Step) -> bool {
    match (a, b) {
        (Step::Package(x), Step::Package(y))
        | (Step::Global(x), Step::Global(y))
        | (Step::Member(x), Step::Member(y)) => x == y,
        (Step::Element, Step::Element) | (Step::Call(None), Step::Call(None)) => true,
        (Step::Call(Some(x)), Step::Call(Some(y))) => (x.file, x.expr) == (y.file, y.expr),
        (
            Step::Callback {
                argument: a,
                path: p,
                param: x,
            },
            Step::Callback {
                argument: b,
                path: q,
                param: y,
            },
        ) => (a, p, x) == (b, q, y),
        (Step::Decorated { target: x, .. }, Step::Decorated { target: y, .. }) => x == y,
        _ => false,
    }
}
