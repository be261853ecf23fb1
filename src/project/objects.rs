//! Object literals: their entries, spreads and computed keys.

use smol_str::SmolStr;

use super::builtins;
use super::evaluate::{Evaluator, hop};
use super::value::{At, Found, Text, Value};
use crate::facts::{ExprId, ExprKind, Key};

impl Evaluator<'_> {
    pub(super) fn object(&self, at: &At, ty: Option<ExprId>) -> Vec<Found> {
        let mut found = vec![Found::new(Value::Object(at.clone()))];
        let Some(ty) = ty else {
            return found;
        };
        let ty = At {
            expr: ty,
            ..at.clone()
        };
        for f in self.eval(&ty) {
            match f.value {
                // A construction says what the object is made of and with.
                Value::Instance { .. } => return vec![f],
                Value::External(origin) if matches!(origin.step(), super::Step::Call(Some(_))) => {
                    found.push(Found::new(Value::External(origin)));
                }
                // The fields of a struct of the project are found through the instance.
                Value::Class(class) => {
                    let instance = Value::Instance {
                        class,
                        made: Some(at.clone()),
                        type_args: None,
                    };
                    return vec![Found::new(instance)];
                }
                // A variant with named fields.
                value @ Value::Variant { .. } => found.push(Found::new(value)),
                Value::External(origin) => {
                    let made = origin.then(super::Step::Call(Some(at.clone())));
                    found.push(Found::new(Value::External(made)));
                }
                _ => {}
            }
        }
        found
    }

    /// An entry of an object literal; unknown if it has none.
    #[must_use]
    pub fn entry(&self, object: &At, name: &str) -> Vec<Found> {
        self.entry_expr(object, name)
            .unwrap_or_else(|| vec![Found::new(Value::Unknown(SmolStr::new(name)))])
    }

    /// An entry of an object literal; `None` if it has none of this name.
    #[must_use]
    pub fn entry_expr(&self, object: &At, name: &str) -> Option<Vec<Found>> {
        let added = || {
            let added = self.added_entries(object).into_iter();
            let found: Vec<Found> = added
                .filter(|(keys, _)| keys.iter().any(|k| is_text(&k.value, name)))
                .flat_map(|(_, values)| values)
                .collect();
            (!found.is_empty()).then_some(found)
        };
        let written = self.written_entry(object, name).or_else(added)?;
        // What is written may only be there to be filled in.
        if written.iter().all(|f| is_blank(&f.value)) {
            let assigned = self.assigned_entry(object, name);
            if !assigned.is_empty() {
                return Some(assigned);
            }
        }
        Some(written)
    }

    /// What an entry that was written without a value is given later: `object.name = value`.
    fn assigned_entry(&self, object: &At, name: &str) -> Vec<Found> {
        let facts = self.project.facts(object.file);
        let setters = self.callers.named(&format!("{name}=")).iter();
        let mut assigned = Vec::new();
        for (_, call) in setters.filter(|(file, _)| *file == object.file) {
            let ExprKind::Call { callee, args, .. } = &facts.expr(*call).kind else {
                continue;
            };
            let (ExprKind::Member { object: of, .. }, [value]) =
                (&facts.expr(*callee).kind, args.as_slice())
            else {
                continue;
            };
            let here = |expr| At {
                expr,
                ..object.clone()
            };
            let is_it = |f: &Found| matches!(&f.value, Value::Object(o) if o.file == object.file && o.expr == object.expr);
            if matches!(facts.expr(*of).kind, ExprKind::Name(_))
                && self.eval(&here(*of)).iter().any(is_it)
            {
                assigned.extend(self.eval(&here(value.value)));
            }
        }
        assigned
    }

    /// Entries that an object is given after it was written: `object[key] = value`.
    fn added_entries(&self, object: &At) -> Vec<(Vec<Found>, Vec<Found>)> {
        let facts = self.project.facts(object.file);
        let setters = self.callers.named("[]=").iter();
        let mut added = Vec::new();
        for (_, call) in setters.filter(|(file, _)| *file == object.file) {
            let ExprKind::Call { callee, args, .. } = &facts.expr(*call).kind else {
                continue;
            };
            let (ExprKind::Member { object: of, .. }, [key, value]) =
                (&facts.expr(*callee).kind, args.as_slice())
            else {
                continue;
            };
            let here = |expr| At {
                file: object.file,
                expr,
                env: None,
            };
            // Only what has a name can be given something later.
            let is_it = |f: &Found| matches!(&f.value, Value::Object(o) if o.file == object.file && o.expr == object.expr);
            if matches!(
                facts.expr(*of).kind,
                ExprKind::Name(_) | ExprKind::Member { .. }
            ) && self.eval(&here(*of)).iter().any(is_it)
            {
                added.push((self.eval(&here(key.value)), self.eval(&here(value.value))));
            }
        }
        added
    }

    fn written_entry(&self, object: &At, name: &str) -> Option<Vec<Found>> {
        let facts = self.project.facts(object.file);
        let expr = facts.initialised(object.expr).unwrap_or(object.expr);
        let ExprKind::Object { entries, .. } = &facts.expr(expr).kind else {
            return None;
        };
        let here = |expr: ExprId| At {
            expr,
            ..object.clone()
        };
        for entry in entries.iter().rev() {
            match &entry.key {
                Key::Name(key) if key == name => {
                    return Some(
                        self.eval(&here(entry.value))
                            .into_iter()
                            .map(|f| hop(f, name, object.file, entry.span))
                            .collect(),
                    );
                }
                Key::Computed(key) => {
                    let keys = self.eval(&here(*key));
                    let same = keys.iter().any(|k| {
                        self.as_text(&k.value, &here(*key)).as_plain().as_deref() == Some(name)
                    });
                    if same {
                        return Some(self.eval(&here(entry.value)));
                    }
                }
                Key::Spread => {
                    let spread: Vec<Found> = self.spread(object, || {
                        let values = self.eval(&here(entry.value));
                        let members = values
                            .iter()
                            .flat_map(|f| self.member(f, name, &here(entry.value)));
                        // A library's defaults are no entries of this object.
                        members
                            .filter(|f| !matches!(f.value, Value::Unknown(_) | Value::External(_)))
                            .collect()
                    });
                    if !spread.is_empty() {
                        return Some(spread);
                    }
                }
                Key::Name(_) => {}
            }
        }
        None
    }

    /// Keys and values of an object, a class's statics or an enum, in source order.
    #[must_use]
    pub fn entries(&self, value: &Value) -> Vec<(Vec<Found>, Vec<Found>)> {
        match value {
            Value::Object(object) => {
                let facts = self.project.facts(object.file);
                let ExprKind::Object { entries, .. } = &facts.expr(object.expr).kind else {
                    return Vec::new();
                };
                let here = |expr: ExprId| At {
                    expr,
                    ..object.clone()
                };
                let mut all = Vec::new();
                for entry in entries {
                    let keys = match &entry.key {
                        Key::Name(key) => vec![Found::new(Value::Text(Text::plain(key.clone())))],
                        Key::Computed(key) => self.eval(&here(*key)),
                        Key::Spread => {
                            all.extend(self.spread(object, || {
                                let spread = self.eval(&here(entry.value)).into_iter();
                                spread
                                    .flat_map(|f| self.entries(&f.value))
                                    .collect::<Vec<_>>()
                            }));
                            continue;
                        }
                    };
                    all.push((keys, self.eval(&here(entry.value))));
                }
                all.extend(self.added_entries(object));
                all
            }
            Value::Class(class) => {
                let statics = self
                    .project
                    .class(*class)
                    .fields
                    .iter()
                    .filter(|f| f.is_static);
                statics
                    .map(|field| {
                        let key = Found::new(Value::Text(Text::plain(field.name.clone())));
                        (vec![key], self.static_member(*class, &field.name))
                    })
                    .collect()
            }
            // `new Map([[key, value], …])`
            Value::External(origin) if origin.is_map() => {
                let list = origin
                    .calls()
                    .next()
                    .and_then(|call| builtins::argument(self, call, 0));
                let lists = list.map_or_else(Vec::new, |list| self.eval(&list));
                let pairs = lists.iter().flat_map(|f| self.items(&f.value)).flatten();
                pairs
                    .filter_map(|pair| match self.items(&pair.value).as_slice() {
                        [key, value] => Some((key.clone(), value.clone())),
                        _ => None,
                    })
                    .collect()
            }
            Value::Setting(table) => self.setting_entries(*table),
            Value::Pair(pair) => vec![(pair.0.clone(), pair.1.clone())],
            // Entries that are known one by one.
            Value::Many(all) => all
                .iter()
                .filter(|f| matches!(f.value, Value::Pair(_)))
                .flat_map(|f| self.entries(&f.value))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// Whether a value only holds a place.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.as_plain().is_some_and(|t| t.is_empty()),
        Value::Null => true,
        _ => false,
    }
}

fn is_text(value: &Value, text: &str) -> bool {
    matches!(value, Value::Text(t) if t.as_plain().is_some_and(|p| p == text))
}
