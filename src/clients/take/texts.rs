//! Values where a text is wanted: names, types, transformations.

use smol_str::SmolStr;

use super::{Node, On, Site};
use crate::clients::access::{Access, Function};
use crate::clients::casing;
use crate::facts::{ExprKind, FunctionKind};
use crate::project::{Found, Origin, ParamRef, Piece, Step, Text, Trail, Value};

impl Site<'_, '_> {
    /// A value where a name is wanted; nothing for what is no name.
    #[must_use]
    pub fn name_of(&self, node: &Node, depth: u32) -> Vec<(Text, Trail)> {
        const DEEPEST: u32 = 4;
        if depth > DEEPEST {
            return Vec::new();
        }
        let trail = node.found.trail.clone();
        let at = node.at.clone().unwrap_or_else(|| self.at.clone());
        match &node.found.value {
            Value::Text(text) => {
                let texts = self.settled(text).into_iter();
                texts.map(|text| (text, trail.clone())).collect()
            }
            Value::Variant { .. } => vec![(self.ev.as_text(&node.found.value, &at), trail)],
            Value::Param(param) if self.settle => {
                let values = self.ev.concretize(param);
                let texts: Vec<(Text, Trail)> = values
                    .into_iter()
                    .filter(|f| !matches!(f.value, Value::Param(_)))
                    .flat_map(|f| self.name_of(&Node::new(f, node.at.clone()), depth + 1))
                    .collect();
                if texts.iter().any(|(t, _)| t.is_partly_known()) {
                    return texts;
                }
                let made = self.made_with(param);
                if !made.is_empty() {
                    return made.into_iter().map(|t| (t, trail.clone())).collect();
                }
                // Otherwise it is called what the code calls it.
                vec![(Text::hole(param.text.clone()), trail)]
            }
            Value::Param(param) => vec![(
                Text {
                    pieces: vec![Piece::Param(param.clone())],
                },
                trail,
            )],
            Value::Unknown(text) => vec![(Text::hole(text.clone()), trail)],
            Value::External(origin) => {
                let named = self.named_object(origin, depth);
                match (&node.at, named.as_slice()) {
                    // A hole is called what the code calls it.
                    (Some(at), [(text, None)])
                        if !text.is_partly_known() && text.params().next().is_none() =>
                    {
                        let written = self.ev.project.facts(at.file).render(at.expr);
                        vec![(Text::hole(written), None)]
                    }
                    _ => named,
                }
            }
            Value::List(_) | Value::Many(_) | Value::Setting(_) => self
                .ev
                .items(&node.found.value)
                .into_iter()
                .flatten()
                .flat_map(|f| self.name_of(&Node::new(f, node.at.clone()), depth + 1))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Parameters in a text that nobody binds become what they can stand for,
    /// else holes.
    pub(super) fn settled(&self, text: &Text) -> Vec<Text> {
        const MOST: usize = 16;
        if !self.settle {
            return vec![text.clone()];
        }
        let mut results = vec![Text::default()];
        for piece in &text.pieces {
            let options = match piece {
                Piece::Param(param) => self.told(param),
                other => vec![Text {
                    pieces: vec![other.clone()],
                }],
            };
            let mut next = Vec::new();
            for result in &results {
                for option in options.iter().take(MOST.saturating_sub(next.len())) {
                    let mut text: Text = result.clone();
                    text.extend(option);
                    next.push(text);
                }
            }
            results = next;
        }
        results
    }

    /// The texts that objects are made with, where nobody says which object it is.
    fn made_with(&self, param: &ParamRef) -> Vec<Text> {
        let function = self.ev.project.function(param.function);
        if function.kind != FunctionKind::Constructor {
            return Vec::new();
        }
        let mut texts = self.ev.passed_texts(param);
        texts.retain(|t| t.is_partly_known() && t.params().next().is_none());
        texts
    }

    /// The texts a parameter can stand for; a hole if there is none.
    fn told(&self, param: &ParamRef) -> Vec<Text> {
        let mut texts: Vec<Text> = Vec::new();
        for f in self.ev.concretize(param) {
            let text = match &f.value {
                Value::Text(_) | Value::Variant { .. } => self.ev.as_text(&f.value, &self.at),
                _ => continue,
            };
            if text.as_plain().is_some() && !texts.contains(&text) {
                texts.push(text);
            }
        }
        if texts.is_empty() {
            texts = self.made_with(param);
        }
        if texts.is_empty() {
            texts.push(Text::hole(param.text.clone()));
        }
        texts
    }

    /// An object that stands for a name; other library values are holes, by their spelling.
    pub(super) fn named_object(&self, origin: &Origin, depth: u32) -> Vec<(Text, Trail)> {
        for (object, accesses) in &self.model.names {
            let Some(alternatives) = self.model.objects.get(object) else {
                continue;
            };
            for path in alternatives {
                let Some(captures) = path.matches(self.ev, &self.model.objects, origin) else {
                    continue;
                };
                let Some(call) = origin.calls().next() else {
                    continue;
                };
                let inner = Site {
                    at: call.clone(),
                    captures,
                    origin: origin.clone(),
                    on: On::Call,
                    item: None,
                    ..*self
                };
                for access in accesses {
                    let texts: Vec<(Text, Trail)> = inner
                        .take(access)
                        .iter()
                        .flat_map(|n| inner.name_of(n, depth + 1))
                        .collect();
                    if !texts.is_empty() {
                        return texts;
                    }
                }
            }
        }
        match origin.step() {
            // What a library call gives is known at run time only.
            Step::Call(Some(_)) | Step::Element | Step::Callback { .. } | Step::Member(_) => {
                vec![(Text::hole(spelled(origin)), None)]
            }
            _ => Vec::new(),
        }
    }

    /// The name of a value's class.
    #[must_use]
    pub fn type_name(&self, node: &Node) -> Option<Text> {
        match &node.found.value {
            Value::Instance { class, .. } | Value::Class(class) => {
                let name = self.ev.project.class_name(*class);
                (!name.is_empty()).then(|| Text::plain(name))
            }
            Value::Variant { class, .. } => Some(Text::plain(self.ev.project.class_name(*class))),
            Value::External(origin) if self.is_plain_call(origin) => None,
            Value::External(origin) => type_of_origin(origin).map(Text::plain),
            Value::Param(param) if self.settle => {
                self.ev
                    .concretize(param)
                    .into_iter()
                    .find_map(|f| match f.value {
                        Value::Param(_) => None,
                        _ => self.type_name(&Node::new(f, None)),
                    })
            }
            Value::Param(param) => Some(Text {
                pieces: vec![Piece::Param(param.clone())],
            }),
            _ => None,
        }
    }

    /// Whether a library's function gives the value, where a type is constructed
    /// by a word of its own: `Messages.Make(1)` is no `Make`.
    fn is_plain_call(&self, origin: &Origin) -> bool {
        let (Step::Call(Some(call)), Some(Step::Member(name))) =
            (origin.step(), origin.parent().map(Origin::step))
        else {
            return false;
        };
        if !name.starts_with(char::is_uppercase) {
            return false;
        }
        let project = self.ev.project;
        let kind = &project.facts(call.file).expr(call.expr).kind;
        let language = project.file(call.file).language.get();
        language.constructs_by_word()
            && matches!(
                kind,
                ExprKind::Call {
                    constructs: false,
                    ..
                }
            )
    }

    pub(super) fn apply(&self, function: Function, arguments: &[Access]) -> Vec<Node> {
        let Some(first) = arguments.first() else {
            return Vec::new();
        };
        if function == Function::Type {
            return self
                .take(first)
                .iter()
                .flat_map(|n| match &n.found.value {
                    Value::List(_) | Value::Many(_) => self.elements(n),
                    _ => vec![n.clone()],
                })
                .filter_map(|n| self.type_name(&n))
                .map(|t| Node::value(Value::Text(t)))
                .collect();
        }
        let plain = |i: usize| -> Option<SmolStr> {
            let access = arguments.get(i)?;
            self.texts(std::slice::from_ref(access))
                .first()
                .and_then(|(t, _)| t.as_plain())
        };
        if function == Function::Placeholders {
            return self.placeholders(first);
        }
        if function == Function::Env {
            return self.environment(plain(0), arguments.get(1));
        }
        if function == Function::Sql {
            return self.sql(first, plain(1).as_deref(), arguments.get(2));
        }
        if function == Function::OwnName {
            return self.own_names(first);
        }
        if let Some(nodes) = self.configured(function, arguments) {
            return nodes;
        }
        let (second, third) = (plain(1).unwrap_or_default(), plain(2).unwrap_or_default());
        let change = |text: &str| -> String {
            match function {
                Function::Snake => casing::snake(text),
                Function::SnakeDigits => casing::snake_digits(text),
                Function::Kebab => casing::kebab(text),
                Function::Camel => casing::camel(text),
                Function::Pascal => casing::pascal(text),
                Function::Upper => text.to_uppercase(),
                Function::Lower => text.to_lowercase(),
                Function::Capital => casing::capital(text),
                Function::Uncapital => casing::uncapital(text),
                Function::Words => casing::spaced(text),
                Function::StripSuffix => text.strip_suffix(&*second).unwrap_or(text).to_owned(),
                Function::StripPrefix => text.strip_prefix(&*second).unwrap_or(text).to_owned(),
                Function::Replace => text.replace(&*second, &third),
                _ => text.to_owned(),
            }
        };
        self.texts(std::slice::from_ref(first))
            .into_iter()
            .map(|(text, trail)| {
                let text = if function == Function::Last {
                    last(&text, &second)
                } else {
                    text.map_plain(change)
                };
                Node::new(
                    Found {
                        value: Value::Text(text),
                        trail,
                    },
                    None,
                )
            })
            .collect()
    }

    /// An environment variable: its default, or itself.
    pub(super) fn environment(&self, name: Option<SmolStr>, default: Option<&Access>) -> Vec<Node> {
        let defaults = default.map_or_else(Vec::new, |d| self.take(d));
        let known: Vec<Node> = defaults
            .into_iter()
            .filter(|n| !matches!(n.found.value, Value::Unknown(_) | Value::Null))
            .collect();
        if !known.is_empty() {
            return known;
        }
        name.map_or_else(Vec::new, |name| {
            vec![Node::value(Value::Text(Text {
                pieces: vec![Piece::Variable(name)],
            }))]
        })
    }
}

/// The type an origin names: the last capitalised member, `pkg.OrderPlaced()`,
/// `pkg.OrderPlaced.new()`. What a method of such a value gives is of another type.
fn type_of_origin(origin: &Origin) -> Option<SmolStr> {
    let mut calls = 0;
    for o in std::iter::successors(Some(origin), |o| o.parent()) {
        match o.step() {
            // What a method of an object gives is not of the method's type.
            Step::Member(name)
                if name.starts_with(char::is_uppercase)
                    && o.parent()
                        .is_some_and(|p| matches!(p.step(), Step::Call(_))) =>
            {
                return None;
            }
            Step::Member(name) | Step::Package(name) if name.starts_with(char::is_uppercase) => {
                return Some(name.clone());
            }
            Step::Call(_) => calls += 1,
            Step::Element | Step::Callback { .. } => return None,
            _ => {}
        }
        if calls > 1 {
            return None;
        }
    }
    None
}

/// A library value as a hole: its last member.
fn spelled(origin: &Origin) -> SmolStr {
    std::iter::successors(Some(origin), |o| o.parent())
        .find_map(|o| match o.step() {
            Step::Member(name) | Step::Package(name) | Step::Global(name) => Some(name.clone()),
            _ => None,
        })
        .unwrap_or_default()
}

/// What stands behind the last separator; a text that ends in a hole is that hole.
fn last(text: &Text, separator: &str) -> Text {
    let mut out = Text::default();
    for piece in &text.pieces {
        match piece {
            Piece::Plain(plain) => match plain.rsplit_once(separator) {
                Some((_, behind)) => out = Text::plain(behind),
                None => out.push(piece.clone()),
            },
            other => out.push(other.clone()),
        }
    }
    out
}
