//! Values where text is wanted: concatenation, templates, holes.

use std::sync::Arc;

use smol_str::SmolStr;

use super::callers::last_name;
use super::evaluate::Evaluator;
use super::value::{At, ClassRef, Found, Piece, Text, Value};
use crate::facts::{ExprId, ExprKind};

/// The methods that say what a value is as a text, and the trait they are of.
const TO_TEXT: [(&str, Option<&str>); 3] = [
    ("toString", None),
    ("__str__", None),
    ("fmt", Some("Display")),
];

impl Evaluator<'_> {
    pub(super) fn concat(&self, at: &At, parts: &[ExprId]) -> Vec<Found> {
        const MOST: usize = 16;
        let mut results = vec![(Text::default(), None)];
        for part in parts {
            let at = At {
                expr: *part,
                ..at.clone()
            };
            let values = self.eval(&at);
            let mut next = Vec::new();
            for (text, trail) in &results {
                for value in &values {
                    if next.len() >= MOST {
                        break;
                    }
                    let mut text = text.clone();
                    text.extend(&self.as_text(&value.value, &at));
                    next.push((text, value.trail.clone().or_else(|| trail.clone())));
                }
            }
            results = next;
        }
        results
            .into_iter()
            .map(|(text, trail)| Found {
                value: Value::Text(text),
                trail,
            })
            .collect()
    }

    /// A value where text is wanted; what is no text is a hole.
    #[must_use]
    pub fn as_text(&self, value: &Value, at: &At) -> Text {
        let hole = |text: &str| Text::hole(SmolStr::new(text));
        match value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => Text::plain(number.clone()),
            Value::Bool(b) => Text::plain(if *b { "true" } else { "false" }),
            Value::Variant { class, name } => self
                .said_by_class(value, *class)
                .unwrap_or_else(|| Text::plain(self.variant_text(*class, name))),
            Value::Instance { class, .. } => self
                .said_by_class(value, *class)
                .or_else(|| super::platform::constant_name(self, value).map(Text::plain))
                .unwrap_or_else(|| hole(&self.project.facts(at.file).render(at.expr))),
            Value::Param(param) => Text {
                pieces: vec![Piece::Param(param.clone())],
            },
            Value::Unknown(text) => hole(text),
            _ => hole(&self.project.facts(at.file).render(at.expr)),
        }
    }

    /// The text that a class of the project says its values are, by the method
    /// its language calls for it or a conversion of its own.
    fn said_by_class(&self, value: &Value, class: ClassRef) -> Option<Text> {
        let text = |found: Vec<Found>| {
            found.into_iter().find_map(|f| match f.value {
                Value::Text(text) => Some(text),
                _ => None,
            })
        };
        let named = self.lineage(class).into_iter().find_map(|ancestor| {
            TO_TEXT.iter().find_map(|(name, of)| {
                let is_of = |base: &ExprId| {
                    last_name(self.project.facts(ancestor.file), *base).as_deref() == *of
                };
                let meant = of.is_none() || self.project.class(ancestor).bases.iter().any(is_of);
                self.method(ancestor, name).filter(|_| meant)
            })
        });
        if let Some(function) = named {
            let function = Value::Function {
                function,
                this: Some(Arc::new(value.clone())),
                env: None,
            };
            return self
                .nested(|| text(self.applied(&function, Vec::new())))
                .flatten();
        }
        let conversion = self.conversion(class)?;
        let given = vec![vec![Found::new(value.clone())]];
        self.nested(|| text(self.applied(&conversion, given)))
            .flatten()
    }

    /// `impl From<Class> for String`: the function that makes a text of it.
    fn conversion(&self, class: ClassRef) -> Option<Value> {
        let texts = ["String", "str"].iter();
        let mut extensions = texts.flat_map(|t| self.callers.extensions_of(t));
        extensions.find_map(|extension| {
            let facts = self.project.facts(extension.file);
            let is_from = self.project.class(*extension).bases.iter().any(|base| {
                let ExprKind::Generic { args, .. } = &facts.expr(*base).kind else {
                    return false;
                };
                let converts = last_name(facts, *base).as_deref() == Some("From");
                converts
                    && args.first().is_some_and(|from| {
                        let from = At {
                            file: extension.file,
                            expr: *from,
                            env: None,
                        };
                        let is_it = |f: &Found| matches!(f.value, Value::Class(c) if c == class);
                        self.eval(&from).iter().any(is_it)
                    })
            });
            let function = self.method(*extension, "from").filter(|_| is_from)?;
            Some(Value::Function {
                function,
                this: None,
                env: None,
            })
        })
    }
}
