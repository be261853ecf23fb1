//! `object[index]`, and the elements of lists.

use smol_str::SmolStr;

use super::evaluate::{Evaluator, prefer_known};
use super::members::is_receiver;
use super::value::{At, ClassRef, Found, Step, Value};
use crate::facts::ExprKind;

impl Evaluator<'_> {
    /// `object[index]`
    pub(super) fn index(&self, object: &At, index: &At, at: &At) -> Vec<Found> {
        let keys = self.eval(index);
        let mut found = Vec::new();
        for value in self.eval(object) {
            for key in &keys {
                found.extend(self.indexed(&value, &key.value, index, at));
            }
        }
        prefer_known(found)
    }

    /// What a variant of an enum carries, as far as its type tells.
    fn payload(&self, class: ClassRef, name: &str) -> Vec<Found> {
        let fields = &self.project.class(class).fields;
        let ty = fields.iter().find(|f| f.name == name).and_then(|f| f.ty);
        let instances = ty.map_or_else(Vec::new, |expr| {
            self.instances_of(&At {
                file: class.file,
                expr,
                env: None,
            })
        });
        let is_known = |f: &Found| match &f.value {
            Value::External(origin) => !matches!(origin.root(), Step::Global(_)),
            value => is_receiver(value),
        };
        let mut found: Vec<Found> = instances.into_iter().filter(is_known).collect();
        if found.is_empty() {
            found.push(Found::new(Value::Unknown(SmolStr::new(name))));
        }
        found
    }

    fn indexed(&self, of: &Found, key: &Value, index: &At, at: &At) -> Vec<Found> {
        match (&of.value, key) {
            (Value::Variant { class, name }, Value::Number(n)) if n == "0" => {
                self.payload(*class, name)
            }
            (Value::Pair(pair), Value::Number(n)) => {
                if n == "0" {
                    pair.0.clone()
                } else {
                    pair.1.clone()
                }
            }
            (Value::List(_) | Value::Many(_) | Value::Setting(_), Value::Number(n)) => {
                let items = self.items(&of.value);
                match n.parse::<usize>().ok().and_then(|n| items.get(n)) {
                    Some(item) => item.clone(),
                    None => vec![self.unknown(at)],
                }
            }
            (Value::External(origin), _) if origin.is_map() => self.map_entry(of, key, at),
            (Value::External(_), _)
                if let held = self.held(&of.value)
                    && !held.is_empty() =>
            {
                held
            }
            (Value::External(origin), _) => match key {
                Value::Text(text) if text.as_plain().is_some() => {
                    self.external(origin.member(text.as_plain().unwrap_or_default()), at.file)
                }
                _ => self.external(origin.then(Step::Element), at.file),
            },
            (Value::Param(_), Value::Number(n)) => self.member(of, n, at),
            (_, Value::Text(text)) if text.as_plain().is_some() => {
                self.member(of, &text.as_plain().unwrap_or_default(), at)
            }
            (Value::Object(_), Value::Class(class)) => {
                let found = self.entry_of_class(of, *class);
                if found.is_empty() {
                    vec![self.unknown(at)]
                } else {
                    found
                }
            }
            (_, Value::Variant { class, name }) => {
                self.member(of, &self.variant_text(*class, name), at)
            }
            // Any element may be meant.
            (Value::List(_) | Value::Many(_), Value::Unknown(_) | Value::Param(_)) => {
                self.elements(std::slice::from_ref(of))
            }
            // Any entry may be meant.
            (Value::Object(_) | Value::Class(_), Value::Unknown(_) | Value::Param(_)) => {
                let all: Vec<Found> = self
                    .entries(&of.value)
                    .into_iter()
                    .flat_map(|(_, values)| values)
                    .filter(|f| !matches!(f.value, Value::Function { .. }))
                    .collect();
                let all = if all.is_empty() {
                    self.held(&of.value)
                } else {
                    all
                };
                if all.is_empty() {
                    vec![self.unknown(at)]
                } else {
                    all
                }
            }
            _ => {
                let text = self.as_text(key, index);
                match text.as_plain() {
                    Some(name) => self.member(of, &name, at),
                    None => vec![self.unknown(at)],
                }
            }
        }
    }

    /// The entry of a table whose keys are classes.
    fn entry_of_class(&self, table: &Found, class: ClassRef) -> Vec<Found> {
        let is_it = |k: &Found| matches!(k.value, Value::Class(c) if c == class);
        self.entries(&table.value)
            .into_iter()
            .filter(|(keys, _)| keys.iter().any(is_it))
            .flat_map(|(_, values)| values)
            .collect()
    }

    /// The entry of a map of the language; any of them if the key is not known.
    fn map_entry(&self, map: &Found, key: &Value, at: &At) -> Vec<Found> {
        if let Value::Class(class) = key {
            let found = self.entry_of_class(map, *class);
            if !found.is_empty() {
                return found;
            }
        }
        let entries = self.entries(&map.value);
        let known = matches!(key, Value::Text(text) if text.as_plain().is_some());
        let text = self.as_text(key, at);
        let found: Vec<Found> = entries
            .into_iter()
            .filter(|(keys, _)| !known || keys.iter().any(|k| self.as_text(&k.value, at) == text))
            .flat_map(|(_, values)| values)
            .collect();
        if !found.is_empty() {
            return found;
        }
        let held = self.held(&map.value);
        if held.is_empty() {
            return vec![self.unknown(at)];
        }
        held
    }

    /// The elements of a list, each with its values.
    #[must_use]
    pub fn items(&self, value: &Value) -> Vec<Vec<Found>> {
        match value {
            Value::List(list) => {
                let facts = self.project.facts(list.file);
                let ExprKind::List(ids) = &facts.expr(list.expr).kind else {
                    return Vec::new();
                };
                let mut items = Vec::new();
                for id in ids {
                    let at = At {
                        expr: *id,
                        ..list.clone()
                    };
                    if let ExprKind::Spread(inner) = facts.expr(*id).kind {
                        let inner = At { expr: inner, ..at };
                        items.extend(self.spread(list, || {
                            let spread = self.eval(&inner).into_iter();
                            spread
                                .flat_map(|f| self.items(&f.value))
                                .collect::<Vec<_>>()
                        }));
                    } else {
                        items.push(self.eval(&at));
                    }
                }
                items
            }
            Value::Many(all) => all.iter().map(|f| vec![f.clone()]).collect(),
            Value::Setting(list) => self.setting_items(*list),
            _ => Vec::new(),
        }
    }

    /// Any one element of each of the values.
    #[must_use]
    pub fn elements(&self, over: &[Found]) -> Vec<Found> {
        let mut found = Vec::new();
        for f in over {
            match &f.value {
                Value::List(_) | Value::Many(_) => {
                    found.extend(self.items(&f.value).into_iter().flatten());
                    found.extend(self.held(&f.value));
                }
                Value::Setting(_) if !self.items(&f.value).is_empty() => {
                    found.extend(self.items(&f.value).into_iter().flatten());
                }
                Value::Object(_) | Value::Setting(_) => {
                    found.extend(
                        self.entries(&f.value)
                            .into_iter()
                            .flat_map(|(keys, _)| keys),
                    );
                }
                Value::Class(_) => {
                    found.extend(self.entries(&f.value).into_iter().flat_map(|(_, v)| v));
                }
                Value::External(origin) => match self.looped_over(&f.value) {
                    Some(held) => found.extend(held),
                    None => {
                        let element = origin.then(Step::Element);
                        found.push(Found::new(Value::External(element)));
                    }
                },
                Value::Instance {
                    type_args: Some(args),
                    ..
                } => found.extend(self.type_argument(args, 0)),
                Value::Param(param) => {
                    let mut param = param.clone();
                    param.path.push(SmolStr::new_static("[]"));
                    found.push(Found::new(Value::Param(param)));
                }
                Value::Null => {}
                other => found.push(Found {
                    value: match other {
                        Value::Unknown(text) => Value::Unknown(text.clone()),
                        _ => Value::Unknown(SmolStr::new_static("element")),
                    },
                    trail: f.trail.clone(),
                }),
            }
        }
        // Of a list that another object's call fills nothing is in this one.
        if found.is_empty() && !over.is_empty() && self.filling().is_some() {
            found.push(Found::new(Value::Null));
        }
        found
    }
}
