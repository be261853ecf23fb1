//! Message shapes: from types and literals.
//!
//! What is sent says its shape by its value, what is received by the type the
//! handler declares for it.

mod declared;
mod expected;
mod fields;
mod handled;

use rustc_hash::FxHashMap;

use crate::analysis::{Payload, Schema, SchemaField};
use crate::clients::sites::{EndpointSite, Shape};
use crate::facts::{ExprId, ExprKind, Key};
use crate::project::{ClassRef, Evaluator, FileId};

/// Collects the schemas of payloads, each once.
#[derive(Default)]
pub struct Schemas {
    by_class: FxHashMap<ClassRef, String>,
    by_literal: FxHashMap<(FileId, ExprId), String>,
    pub all: Vec<Schema>,
}

impl Schemas {
    /// The payload of an endpoint; its schema is added if the tree has one.
    pub fn payload(&mut self, ev: &Evaluator, site: &EndpointSite) -> Option<Payload> {
        let said = site.message.as_ref().or(site.name.as_ref());
        let message = said.map(ToString::to_string);
        let shape = match &site.payload {
            Some(Shape::Literal(file, expr)) => {
                expected::class(ev, *file, *expr, message.as_deref())
                    .map_or(Shape::Literal(*file, *expr), Shape::Class)
            }
            Some(shape) => shape.clone(),
            None => Shape::Class(handled::class(ev, site, message.as_deref())?),
        };
        Some(match shape {
            Shape::Class(class) => {
                let ty = ev.project.class_name(class).to_string();
                Payload {
                    schema: self.class(ev, class),
                    ty: (!ty.is_empty()).then_some(ty),
                }
            }
            Shape::Literal(file, expr) => {
                let name = site.name.as_ref().map(ToString::to_string);
                Payload {
                    ty: Some("literal".into()),
                    schema: self.literal(ev, file, expr, name.as_deref()),
                }
            }
        })
    }

    fn class(&mut self, ev: &Evaluator, class: ClassRef) -> Option<String> {
        if let Some(id) = self.by_class.get(&class) {
            return Some(id.clone());
        }
        let name = ev.project.class_name(class).to_string();
        let facts = ev.project.facts(class.file);
        let declared = facts.class(class.class);
        let span = declared.span;
        let id = self.free_id(&if name.is_empty() {
            format!("{}:{}", ev.project.file(class.file).path, span.line)
        } else {
            name.clone()
        });
        self.by_class.insert(class, id.clone());
        self.all.push(Schema {
            id: id.clone(),
            ty: if name.is_empty() {
                "literal".into()
            } else {
                name
            },
            location: ev.project.location(class.file, span),
            format: ev.project.file(class.file).language.get().family().into(),
            version: None,
            description: declared.doc.as_ref().map(ToString::to_string),
            fields: fields::of(ev, class),
        });
        Some(id)
    }

    fn literal(
        &mut self,
        ev: &Evaluator,
        file: FileId,
        expr: ExprId,
        name: Option<&str>,
    ) -> Option<String> {
        if let Some(id) = self.by_literal.get(&(file, expr)) {
            return Some(id.clone());
        }
        let facts = ev.project.facts(file);
        let ExprKind::Object { entries, .. } = &facts.expr(expr).kind else {
            return None;
        };
        let fields: Vec<SchemaField> = entries
            .iter()
            .filter_map(|entry| match &entry.key {
                Key::Name(name) => Some(SchemaField {
                    name: name.to_string(),
                    ty: None,
                    required: true,
                }),
                _ => None,
            })
            .collect();
        if fields.is_empty() {
            return None;
        }
        let id = self.free_id(&format!("literal:{}", name.unwrap_or("message")));
        self.by_literal.insert((file, expr), id.clone());
        self.all.push(Schema {
            id: id.clone(),
            ty: "literal".into(),
            location: ev.project.location(file, facts.expr(expr).span),
            format: ev.project.file(file).language.get().family().into(),
            version: None,
            description: None,
            fields,
        });
        Some(id)
    }

    /// An id nobody has: the name, numbered if it is taken.
    fn free_id(&self, name: &str) -> String {
        let taken = |id: &str| self.all.iter().any(|s| s.id == id);
        if !taken(name) {
            return name.to_owned();
        }
        (2_u32..)
            .map(|n| format!("{name}#{n}"))
            .find(|id| !taken(id))
            .unwrap_or_default()
    }
}
