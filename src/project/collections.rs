//! Collections of the languages themselves that are filled elsewhere: what they
//! hold by their type, and by what is put in.

use smol_str::SmolStr;

use super::evaluate::{Evaluator, prefer_known};
use super::value::{At, Found, Origin, Step, Value};
use crate::facts::{ExprId, ExprKind};

/// The languages' own collections, by the names their types have.
const COLLECTIONS: [&str; 32] = [
    "list",
    "set",
    "dict",
    "tuple",
    "frozenset",
    "deque",
    "defaultdict",
    "List",
    "Set",
    "Dict",
    "DefaultDict",
    "Deque",
    "Iterable",
    "Sequence",
    "Mapping",
    "MutableMapping",
    "Array",
    "ReadonlyArray",
    "Map",
    "WeakMap",
    "WeakSet",
    "ReadonlyMap",
    "Record",
    "Vec",
    "VecDeque",
    "HashMap",
    "HashSet",
    "BTreeMap",
    "BTreeSet",
    "Tuple",
    "MutableSequence",
    "OrderedDict",
];

/// Methods whose last argument is put in.
const PUT: [&str; 10] = [
    "Add",
    "add",
    "push",
    "append",
    "set",
    "insert",
    "[]=",
    "appendleft",
    "push_back",
    "unshift",
];

/// Whether a method of this name puts something into a collection.
pub(super) fn puts(name: &str) -> bool {
    PUT.contains(&name)
}

/// Calls of one method that are looked at for one collection.
const MOST: usize = 40;

impl Evaluator<'_> {
    /// What a collection holds that the code around its making does not list.
    pub(super) fn held(&self, value: &Value) -> Vec<Found> {
        let typed = match value {
            Value::External(origin) => self.held_by_type(origin),
            _ => Vec::new(),
        };
        let by_object = self.is_by_object();
        if (!typed.is_empty() && !by_object) || !self.is_blank(value) {
            return typed;
        }
        let put = self.nested(|| self.put_in(value)).unwrap_or_default();
        if put.is_empty() { typed } else { put }
    }

    /// A collection of the language by its type, which says what it holds.
    pub(super) fn collection_type(&self, base: &At, generic: &At) -> Vec<Found> {
        self.eval(base)
            .into_iter()
            .filter_map(|f| match f.value {
                Value::External(origin) => {
                    let made = origin.then(Step::Call(Some(generic.clone())));
                    is_collection(&made).then(|| Found::new(Value::External(made)))
                }
                _ => None,
            })
            .collect()
    }

    /// What a loop over a collection runs over: pairs of a map in languages where
    /// it does; the keys, of which nothing is known, in Python.
    pub(super) fn looped_over(&self, value: &Value) -> Option<Vec<Found>> {
        let held = self.held(value);
        if held.is_empty() {
            return None;
        }
        let unknown = |text| Found::new(Value::Unknown(SmolStr::new_static(text)));
        let kind = match value {
            Value::External(origin) => collection_name(origin),
            _ => None,
        };
        Some(match kind.as_deref() {
            Some("Map" | "ReadonlyMap" | "HashMap" | "BTreeMap") => {
                vec![Found::new(Value::Pair((vec![unknown("key")], held).into()))]
            }
            Some(
                "dict" | "Dict" | "DefaultDict" | "defaultdict" | "Mapping" | "MutableMapping",
            )
            | Some("OrderedDict" | "Record") => vec![unknown("key")],
            _ => held,
        })
    }

    /// The last of the type's arguments, because that of a map is its value.
    fn held_by_type(&self, origin: &Origin) -> Vec<Found> {
        let Step::Call(Some(at)) = origin.step() else {
            return Vec::new();
        };
        if !is_collection(origin) {
            return Vec::new();
        }
        let arguments = match &self.project.facts(at.file).expr(at.expr).kind {
            ExprKind::Generic { args, .. } => args,
            ExprKind::Call { type_args, .. } => type_args,
            _ => return Vec::new(),
        };
        arguments.last().map_or_else(Vec::new, |last| {
            self.instances_of(&At {
                expr: *last,
                ..at.clone()
            })
        })
    }

    /// Whether a value is a collection that was made with nothing in it.
    pub(super) fn is_blank(&self, value: &Value) -> bool {
        let kind = |at: &At| &self.project.facts(at.file).expr(at.expr).kind;
        match value {
            Value::List(at) => matches!(kind(at), ExprKind::List(items) if items.is_empty()),
            Value::Object(at) => {
                matches!(kind(at), ExprKind::Object { ty: None, entries } if entries.is_empty())
            }
            Value::External(origin) => match origin.step() {
                Step::Call(Some(at)) => {
                    is_collection(origin)
                        && matches!(kind(at), ExprKind::Call { args, .. } if args.is_empty())
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// What the file a collection is made in puts into it.
    fn put_in(&self, collection: &Value) -> Vec<Found> {
        let Some(made) = made(collection) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        // `Add` is a method of much else; it is asked for where objects are followed.
        let skipped = usize::from(!self.is_by_object());
        for method in PUT.into_iter().skip(skipped) {
            let calls = self.callers.named(method).iter();
            for (file, call) in calls.filter(|(file, _)| *file == made.0).take(MOST) {
                let call = At {
                    file: *file,
                    expr: *call,
                    env: None,
                };
                if let Some(value) = self.put_by(&call, made) {
                    if self.is_put_into_other(&call, collection) {
                        found.push(Found::new(Value::Null));
                        continue;
                    }
                    found.extend(self.eval(&value));
                }
            }
        }
        prefer_known(found)
    }

    /// What a call puts into the collection, if it is about that one.
    fn put_by(&self, call: &At, made: (super::FileId, ExprId)) -> Option<At> {
        let (callee, args) = self.call_parts(call)?;
        let last = args.last()?.value;
        let ExprKind::Member { object, .. } = self.project.facts(call.file).expr(callee.expr).kind
        else {
            return None;
        };
        let object = At {
            expr: object,
            ..callee
        };
        let is_it = self
            .eval(&object)
            .iter()
            .any(|f| self::made(&f.value) == Some(made));
        is_it.then(|| At {
            expr: last,
            ..call.clone()
        })
    }

    /// What a method of a collection gives that is known by what it holds:
    /// `connections.values()`, `connections.get(id)`.
    pub(super) fn taken_out(&self, object: &At, method: &str) -> Option<Vec<Found>> {
        let values = self.eval(object);
        let held: Vec<Found> = values.iter().flat_map(|f| self.held(&f.value)).collect();
        if held.is_empty() {
            return None;
        }
        Some(match method {
            "values" | "copy" => vec![Found::new(Value::Many(held.into()))],
            "items" | "entries" => {
                let key = vec![Found::new(Value::Unknown(SmolStr::new_static("key")))];
                let pair = Found::new(Value::Pair((key, held).into()));
                vec![Found::new(Value::Many(vec![pair].into()))]
            }
            _ => held,
        })
    }
}

/// Where a collection is made.
fn made(value: &Value) -> Option<(super::FileId, ExprId)> {
    match value {
        Value::List(at) | Value::Object(at) => Some((at.file, at.expr)),
        Value::External(origin) => match origin.step() {
            Step::Call(Some(at)) => Some((at.file, at.expr)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a library value is one of the languages' own collections.
fn is_collection(origin: &Origin) -> bool {
    collection_name(origin).is_some()
}

/// The name of the collection that a call or a type makes.
fn collection_name(origin: &Origin) -> Option<SmolStr> {
    let mut callee = origin.parent()?;
    // `HashMap::new()`
    if let Step::Member(name) = callee.step()
        && matches!(name.as_str(), "new" | "with_capacity" | "default")
    {
        callee = callee.parent()?;
    }
    match callee.step() {
        Step::Global(name) | Step::Member(name) if COLLECTIONS.contains(&name.as_str()) => {
            Some(name.clone())
        }
        _ => None,
    }
}
