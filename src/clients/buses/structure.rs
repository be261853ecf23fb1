//! How an expression is reached from a table, told by one file's facts alone.

use smol_str::SmolStr;

use crate::facts::{Binding, ExprId, ExprKind, Facts, FunctionId};
use crate::project::visible;

/// Steps from a use to its table beyond which none is looked for.
const MOST_STEPS: u32 = 64;

/// Methods that find a value by its key, or make one there.
const LOOKUPS: [&str; 9] = [
    "get",
    "get_mut",
    "entry",
    "setdefault",
    "getOrDefault",
    "getOrPut",
    "computeIfAbsent",
    "GetValueOrDefault",
    "GetOrAdd",
];

/// Methods whose result is as good as their receiver: copies, views, guards.
const TRANSPARENT: [&str; 36] = [
    "slice",
    "values",
    "values_mut",
    "into_values",
    "items",
    "entries",
    "iter",
    "iter_mut",
    "into_iter",
    "unwrap",
    "expect",
    "cloned",
    "copied",
    "copy",
    "clone",
    "filter",
    "reverse",
    "sort",
    "rev",
    "as_ref",
    "as_mut",
    "as_deref",
    "lock",
    "read",
    "write",
    "borrow",
    "borrow_mut",
    "or_default",
    "or_insert",
    "or_insert_with",
    "unwrap_or_default",
    "unwrap_or",
    "to_vec",
    "find",
    "drain",
    "splice",
];

/// Functions that copy the collection they are given, or show a side of it.
const COPIES: [&str; 9] = [
    "list", "tuple", "set", "sorted", "reversed", "from", "values", "entries", "take",
];

/// Methods that call their argument with each element of the receiver.
const EACH: [&str; 11] = [
    "forEach",
    "map",
    "filter",
    "some",
    "every",
    "find",
    "flatMap",
    "for_each",
    "filter_map",
    "flat_map",
    "then",
];

/// Whether a method only shows what its receiver holds.
#[must_use]
pub fn is_transparent(name: &str) -> bool {
    TRANSPARENT.contains(&name) || LOOKUPS.contains(&name)
}

/// A value that comes out of a table.
#[derive(Clone, Debug)]
pub struct Reached {
    /// The table, as written.
    pub table: ExprId,
    /// The key it was looked up by; `None` for any element of a list.
    pub key: Option<ExprId>,
    /// One of several under the key, or in the list.
    pub many: bool,
    /// The last member taken of what was found: a record's field, a method.
    pub member: Option<SmolStr>,
}

/// The table an expression's value comes out of, if it does.
#[must_use]
pub fn reach(facts: &Facts, expr: ExprId) -> Option<Reached> {
    let mut search = Search {
        facts,
        left: MOST_STEPS,
    };
    search.reach(expr)
}

struct Search<'f> {
    facts: &'f Facts,
    left: u32,
}

impl Search<'_> {
    fn reach(&mut self, expr: ExprId) -> Option<Reached> {
        self.left = self.left.checked_sub(1)?;
        let facts = self.facts;
        match &facts.expr(expr).kind {
            ExprKind::Name(_) => self.named(expr),
            ExprKind::Index { object, index } => {
                let inner = self.reach(*object);
                if let ExprKind::Number(n) = &facts.expr(*index).kind {
                    return inner.map(|r| Reached {
                        member: Some(n.clone()),
                        ..r
                    });
                }
                inner
                    .filter(|r| r.key.is_some())
                    .or_else(|| lookup(facts, *object, *index))
            }
            ExprKind::Member { object, name, .. } => {
                let inner = self.reach(*object)?;
                Some(Reached {
                    member: Some(name.clone()),
                    ..inner
                })
            }
            ExprKind::Call {
                callee,
                args,
                type_args,
                ..
            } => {
                let first = args.first().map(|a| a.value);
                // `map.get_mut::<Listeners<E>>()`: a map of types is asked by one.
                let ty = type_args.first().copied();
                self.call(*callee, first, first.or(ty))
            }
            ExprKind::Either(all) | ExprKind::Concat(all) => {
                all.iter().find_map(|option| self.reach(*option))
            }
            ExprKind::Element(over) => self.element(*over),
            ExprKind::Part { of, .. } => self.reach(*of),
            ExprKind::List(items) => items.iter().find_map(|item| match facts.expr(*item).kind {
                ExprKind::Spread(inner) => self.reach(inner),
                _ => None,
            }),
            ExprKind::Spread(inner) => self.reach(*inner),
            ExprKind::Match { subject, .. } => self.reach(*subject),
            _ => None,
        }
    }

    fn named(&mut self, expr: ExprId) -> Option<Reached> {
        for binding in bindings(self.facts, expr) {
            let found = match self.facts.expr(binding.value).kind {
                ExprKind::Param { function, index } => each(self.facts, function, index)
                    .and_then(|collection| self.element(collection)),
                _ => self.reach(binding.value),
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn call(
        &mut self,
        callee: ExprId,
        first: Option<ExprId>,
        key: Option<ExprId>,
    ) -> Option<Reached> {
        let facts = self.facts;
        match &facts.expr(callee).kind {
            ExprKind::Member { object, name, .. } => {
                if LOOKUPS.contains(&name.as_str())
                    && let Some(key) = key
                {
                    return self
                        .reach(*object)
                        .filter(|r| r.key.is_some())
                        .or_else(|| lookup(facts, *object, key));
                }
                if let ("find", false) = (name.as_str(), first.is_none()) {
                    return self.element(*object).map(|r| Reached { many: false, ..r });
                }
                if TRANSPARENT.contains(&name.as_str()) {
                    return self.reach(*object);
                }
                let copies = COPIES.contains(&name.as_str());
                copies
                    .then_some(first)
                    .flatten()
                    .and_then(|f| self.reach(f))
            }
            ExprKind::Name(name) if COPIES.contains(&name.as_str()) => self.reach(first?),
            _ => None,
        }
    }

    fn element(&mut self, over: ExprId) -> Option<Reached> {
        if let Some(reached) = self.reach(over) {
            return Some(Reached {
                many: true,
                ..reached
            });
        }
        let table = bare(self.facts, over);
        is_kept(self.facts, table).then_some(Reached {
            table,
            key: None,
            many: true,
            member: None,
        })
    }
}

fn lookup(facts: &Facts, object: ExprId, key: ExprId) -> Option<Reached> {
    let table = bare(facts, object);
    is_kept(facts, table).then_some(Reached {
        table,
        key: Some(key),
        many: false,
        member: None,
    })
}

/// Whether something can be kept under an expression: a variable, a field.
#[must_use]
pub fn is_kept(facts: &Facts, expr: ExprId) -> bool {
    match &facts.expr(expr).kind {
        // A class can be a table itself.
        ExprKind::Name(_) | ExprKind::This => true,
        ExprKind::Member { object, .. } => is_kept(facts, *object),
        _ => false,
    }
}

/// An expression without the copies, guards and views around it.
#[must_use]
pub fn bare(facts: &Facts, mut expr: ExprId) -> ExprId {
    for _ in 0..MOST_STEPS {
        expr = match &facts.expr(expr).kind {
            ExprKind::Spread(inner) => *inner,
            ExprKind::Either(options) => match options.first() {
                Some(first) => *first,
                None => return expr,
            },
            ExprKind::List(items) => match items.as_slice() {
                [only] if matches!(facts.expr(*only).kind, ExprKind::Spread(_)) => *only,
                _ => return expr,
            },
            ExprKind::Call { callee, args, .. } => {
                let first = args.first().map(|a| a.value);
                match (&facts.expr(*callee).kind, first) {
                    (ExprKind::Member { object, name, .. }, _)
                        if TRANSPARENT.contains(&name.as_str()) =>
                    {
                        *object
                    }
                    (ExprKind::Member { name, .. } | ExprKind::Name(name), Some(first))
                        if COPIES.contains(&name.as_str()) =>
                    {
                        first
                    }
                    _ => return expr,
                }
            }
            _ => return expr,
        };
    }
    expr
}

/// The bindings a name can mean where it stands; none for anything else.
#[must_use]
pub fn bindings(facts: &Facts, expr: ExprId) -> Vec<&Binding> {
    let expr = facts.expr(expr);
    match &expr.kind {
        ExprKind::Name(name) => {
            visible(facts, expr.scope, name, expr.span.start).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// The collection whose elements a parameter of a lambda stands for.
#[must_use]
pub fn each(facts: &Facts, function: FunctionId, index: u32) -> Option<ExprId> {
    let value = facts.function_values.get(function.0 as usize).copied()??;
    let ExprKind::Call { callee, args, .. } = &facts.expr(facts.parent(value)?).kind else {
        return None;
    };
    let ExprKind::Member { object, name, .. } = &facts.expr(*callee).kind else {
        return None;
    };
    let first = args.first().is_some_and(|a| a.value == value);
    let is_element = match index {
        0 => EACH.contains(&name.as_str()),
        1 => name == "reduce",
        _ => false,
    };
    (first && is_element).then_some(*object)
}
