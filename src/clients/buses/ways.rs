//! Where a value comes from inside one file: a parameter, a type parameter, or
//! a collection it was taken out of; and what was done to it on the way.

use smol_str::SmolStr;

use super::structure::{bare, bindings, each};
use crate::facts::{ExprId, ExprKind, Facts, FunctionId};

/// Expressions that may be looked into for one value.
const MOST_STEPS: u32 = 64;

/// Methods that take an element out of a collection.
const TAKES: [&str; 9] = [
    "pop",
    "popleft",
    "pop_front",
    "shift",
    "dequeue",
    "poll",
    "remove",
    "get_nowait",
    "recv",
];

/// Methods whose result is their receiver as far as names go.
const SAME: [&str; 12] = [
    "toString",
    "to_string",
    "to_owned",
    "as_str",
    "clone",
    "unwrap",
    "as_ref",
    "into",
    "trim",
    "lower",
    "toLowerCase",
    "valueOf",
];

/// Where a value begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    Param {
        function: FunctionId,
        index: u32,
    },
    /// A type the function is called with.
    TypeParam {
        function: FunctionId,
        index: usize,
    },
    /// An element of this collection.
    Kept(ExprId),
}

/// What is taken of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Member(SmolStr),
    /// Its class: `type(x)`, `x.constructor`.
    Class,
    /// The result of calling it.
    Invoke,
    /// What some function makes of it.
    Opaque,
}

/// A value's way from its root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    pub root: Root,
    pub steps: Vec<Step>,
    /// The expression of the root.
    pub at: ExprId,
}

impl Way {
    fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

/// The ways a value can have come; none if it begins with something else.
#[must_use]
pub fn ways(facts: &Facts, expr: ExprId) -> Vec<Way> {
    let mut left = MOST_STEPS;
    let mut found = go(facts, expr, &mut left);
    found.dedup();
    found
}

fn go(facts: &Facts, expr: ExprId, left: &mut u32) -> Vec<Way> {
    *left = left.saturating_sub(1);
    if *left == 0 {
        return Vec::new();
    }
    let then = |ways: Vec<Way>, step: Step| -> Vec<Way> {
        ways.into_iter().map(|w| w.then(step.clone())).collect()
    };
    match &facts.expr(expr).kind {
        ExprKind::Name(name) => named(facts, expr, name, left),
        ExprKind::Param { function, index } => vec![param(facts, expr, *function, *index)],
        ExprKind::Member { object, name, .. } => {
            then(go(facts, *object, left), Step::Member(name.clone()))
        }
        ExprKind::Index { object, index } => match &facts.expr(*index).kind {
            ExprKind::Text(name) | ExprKind::Number(name) => {
                then(go(facts, *object, left), Step::Member(name.clone()))
            }
            _ => Vec::new(),
        },
        ExprKind::Call { .. } => called(facts, expr, left),
        ExprKind::Element(over) => vec![Way {
            root: Root::Kept(*over),
            steps: Vec::new(),
            at: expr,
        }],
        ExprKind::Either(options) => {
            let options = options.iter();
            options
                .flat_map(|option| go(facts, *option, left))
                .collect()
        }
        ExprKind::Concat(parts) => {
            let parts = parts.iter();
            let ways = parts.flat_map(|part| go(facts, *part, left)).collect();
            then(ways, Step::Opaque)
        }
        ExprKind::Spread(inner) | ExprKind::Part { of: inner, .. } => go(facts, *inner, left),
        // `Listeners<E>` is another type for each `E`.
        ExprKind::Generic { args, .. } => args
            .iter()
            .flat_map(|arg| go(facts, *arg, left))
            .filter(|way| matches!(way.root, Root::TypeParam { .. }))
            .collect(),
        _ => Vec::new(),
    }
}

fn named(facts: &Facts, expr: ExprId, name: &SmolStr, left: &mut u32) -> Vec<Way> {
    if let Some((function, index)) = type_parameter(facts, expr, name) {
        return vec![Way {
            root: Root::TypeParam { function, index },
            steps: Vec::new(),
            at: expr,
        }];
    }
    let bindings = bindings(facts, expr).into_iter();
    bindings.flat_map(|b| go(facts, b.value, left)).collect()
}

fn param(facts: &Facts, expr: ExprId, function: FunctionId, index: u32) -> Way {
    let root = match each(facts, function, index) {
        Some(collection) => Root::Kept(collection),
        None => Root::Param { function, index },
    };
    Way {
        root,
        steps: Vec::new(),
        at: expr,
    }
}

/// The function around an expression that has a type parameter of this name.
fn type_parameter(facts: &Facts, expr: ExprId, name: &str) -> Option<(FunctionId, usize)> {
    let mut function = facts.function_of_scope(facts.expr(expr).scope);
    while let Some(id) = function {
        let f = facts.function(id);
        if let Some(index) = f.type_params.iter().position(|t| t == name) {
            return Some((id, index));
        }
        function = f.outer;
    }
    None
}

fn called(facts: &Facts, expr: ExprId, left: &mut u32) -> Vec<Way> {
    let ExprKind::Call {
        callee,
        args,
        type_args,
        constructs,
    } = &facts.expr(expr).kind
    else {
        return Vec::new();
    };
    // `TypeId::of::<T>()`: all there is to know is the type.
    if let ([ty], true) = (type_args.as_slice(), args.is_empty())
        && let ExprKind::Name(name) = &facts.expr(*ty).kind
        && let Some((function, index)) = type_parameter(facts, *ty, name)
    {
        return vec![Way {
            root: Root::TypeParam { function, index },
            steps: vec![Step::Class],
            at: *ty,
        }];
    }
    if *constructs {
        return Vec::new();
    }
    let first = args.iter().find(|a| a.name.is_none()).map(|a| a.value);
    match &facts.expr(*callee).kind {
        ExprKind::Name(name) => {
            let Some(first) = first else {
                return Vec::new();
            };
            let step = match name.as_str() {
                "type" => Some(Step::Class),
                "str" | "String" => None,
                _ => Some(Step::Opaque),
            };
            let ways = go(facts, first, left).into_iter();
            ways.map(|w| match &step {
                Some(step) => w.then(step.clone()),
                None => w,
            })
            .collect()
        }
        ExprKind::Member { object, name, .. } => {
            let by_number = first.is_none_or(|f| matches!(facts.expr(f).kind, ExprKind::Number(_)));
            if TAKES.contains(&name.as_str()) && by_number {
                return vec![Way {
                    root: Root::Kept(bare(facts, *object)),
                    steps: Vec::new(),
                    at: expr,
                }];
            }
            let own = go(facts, *object, left);
            if SAME.contains(&name.as_str()) {
                return own;
            }
            if !own.is_empty() {
                let own = own.into_iter();
                return own
                    .map(|w| w.then(Step::Member(name.clone())).then(Step::Invoke))
                    .collect();
            }
            let first = first.map_or_else(Vec::new, |first| go(facts, first, left));
            first.into_iter().map(|w| w.then(Step::Opaque)).collect()
        }
        _ => Vec::new(),
    }
}
