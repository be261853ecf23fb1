//! Types: what a value declared of a type can be.

use std::sync::Arc;

use super::evaluate::Evaluator;
use super::value::{At, Found, Origin, Slot, Step, Value};
use crate::facts::{ClassKind, ExprId, ExprKind};

impl Evaluator<'_> {
    /// What a value is that is said to be of a type: a class of the project says
    /// more than a library that hands out anything, and any type more than nothing.
    pub(super) fn cast(&self, value: &At, ty: &At) -> Vec<Found> {
        let found = self.eval(value);
        let is_open = |f: &Found| matches!(f.value, Value::Unknown(_) | Value::External(_));
        if !found.iter().any(is_open) {
            return found;
        }
        let said = self.instances_of(ty);
        let is_own = |f: &Found| matches!(f.value, Value::Instance { .. });
        let is_unknown = |f: &Found| matches!(f.value, Value::Unknown(_));
        if said.iter().any(is_own) || (!said.is_empty() && found.iter().all(is_unknown)) {
            let known = found.into_iter().filter(|f| !is_open(f));
            return known.chain(said).collect();
        }
        found
    }
}

impl Evaluator<'_> {
    /// The values a slot of this declared type can hold.
    #[must_use]
    pub fn instances_of(&self, ty: &At) -> Vec<Found> {
        self.nested(|| self.instances_inner(ty)).unwrap_or_default()
    }

    fn instances_inner(&self, ty: &At) -> Vec<Found> {
        let facts = self.project.facts(ty.file);
        let here = |expr| At { expr, ..ty.clone() };
        match &facts.expr(ty.expr).kind {
            ExprKind::Either(options) => {
                return options
                    .iter()
                    .flat_map(|option| self.instances_of(&here(*option)))
                    .collect();
            }
            // A list type is a list with one of each of its types.
            ExprKind::List(types) => return self.list_of(ty, types),
            // A literal type is its value.
            ExprKind::Text(_) | ExprKind::Number(_) => return self.eval(ty),
            ExprKind::Generic { base, args } => {
                if let Some(said_of) = self.said_of(&here(*base), args) {
                    return self.instances_of(&said_of);
                }
                let instances = self.instances_of(&here(*base));
                if instances.is_empty() {
                    return self.collection_type(&here(*base), ty);
                }
                return instances
                    .into_iter()
                    .map(|f| with_arguments(f, ty))
                    .flat_map(|f| match f.value {
                        // What a wrapper of a library holds its model knows.
                        Value::External(origin) => self.external(origin, ty.file),
                        _ => vec![f],
                    })
                    .collect();
            }
            _ => {}
        }
        let mut found = Vec::new();
        for f in self.eval(ty) {
            match f.value {
                Value::Class(class) => {
                    let facts = self.project.class(class);
                    if facts.kind == ClassKind::Alias {
                        let file = class.file;
                        for base in &facts.bases {
                            found.extend(self.instances_of(&At {
                                file,
                                expr: *base,
                                env: None,
                            }));
                        }
                        continue;
                    }
                    found.push(Found::new(Value::Instance {
                        class,
                        made: None,
                        type_args: None,
                    }));
                }
                // `str`, `dict`: a built-in type is nothing that sends.
                Value::External(origin) if is_built_in(&origin) => {}
                // A literal type, or the constant of one, is its value.
                value @ (Value::Text(_) | Value::Variant { .. }) => found.push(Found::new(value)),
                // A text or number can be any.
                Value::External(origin) if is_plain(&origin) => {}
                // A type that stands for another (`Self::Context`) is followed already.
                Value::External(origin) if self.is_declared(&origin) => {
                    found.push(Found::new(Value::External(origin)));
                }
                Value::External(origin) => {
                    found.push(Found::new(Value::External(origin.then(Step::Call(None)))));
                }
                // A type parameter is known where the function is called.
                Value::Param(param) if matches!(param.slot, Slot::Type(_)) => {
                    found.push(Found::new(Value::Param(param)));
                }
                // A type query (`typeof x`) is the value itself.
                value @ (Value::Object(_) | Value::Instance { .. } | Value::Module(_)) => {
                    found.push(Found::new(value));
                }
                _ => {}
            }
        }
        found
    }

    fn list_of(&self, at: &At, types: &[ExprId]) -> Vec<Found> {
        let elements: Vec<Found> = types
            .iter()
            .map(|ty| {
                let ty = At {
                    expr: *ty,
                    ..at.clone()
                };
                let instance = self.instances_of(&ty).into_iter().next();
                instance.unwrap_or_else(|| self.unknown(&ty))
            })
            .collect();
        // A list of what nothing is known of is no news.
        if elements
            .iter()
            .all(|f| matches!(f.value, Value::Unknown(_)))
        {
            return Vec::new();
        }
        vec![Found::new(Value::Many(Arc::new(elements)))]
    }

    /// Whether a library value is known by its declared type only.
    pub(super) fn is_declared(&self, origin: &Origin) -> bool {
        match origin.step() {
            Step::Call(None) => true,
            Step::Call(Some(at)) => self.is_generic(at),
            _ => false,
        }
    }

    pub(super) fn is_generic(&self, at: &At) -> bool {
        let kind = &self.project.facts(at.file).expr(at.expr).kind;
        matches!(kind, ExprKind::Generic { .. })
    }

    /// Type argument `n` of a generic type, as a value of it.
    #[must_use]
    pub fn type_argument(&self, generic: &At, n: usize) -> Vec<Found> {
        let facts = self.project.facts(generic.file);
        match &facts.expr(generic.expr).kind {
            ExprKind::Generic { args, .. } => match args.get(n) {
                Some(arg) => self.instances_of(&At {
                    expr: *arg,
                    ..generic.clone()
                }),
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}

/// Whether a type is a name in lower case that nothing declares.
fn is_built_in(origin: &Origin) -> bool {
    matches!(origin.step(), Step::Global(name) if name.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// Whether an origin is a type of texts, numbers or truths that languages have.
fn is_plain(origin: &Origin) -> bool {
    const PLAIN: [&str; 12] = [
        "str", "String", "string", "char", "bytes", "int", "float", "bool", "u32", "u64", "i64",
        "usize",
    ];
    origin.parent().is_none()
        && matches!(origin.step(), Step::Global(name) | Step::Package(name) if PLAIN.contains(&name.as_str()))
}

/// Remembers the type arguments an instance was declared with.
fn with_arguments(found: Found, generic: &At) -> Found {
    let value = match found.value {
        Value::Instance { class, made, .. } => Value::Instance {
            class,
            made,
            type_args: Some(generic.clone()),
        },
        // A library's generic keeps its type as the call that made it.
        Value::External(origin) => match (origin.step(), origin.parent()) {
            (Step::Call(None), Some(parent)) => {
                Value::External(parent.then(Step::Call(Some(generic.clone()))))
            }
            _ => Value::External(origin),
        },
        other => other,
    };
    Found {
        value,
        trail: found.trail,
    }
}
