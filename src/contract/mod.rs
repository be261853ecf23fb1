//! Message shapes: from types and literals.
//!
//! What is sent says its shape by its value, what is received by the type the
//! handler declares for it. Schema files describe the classes that are made of
//! them, and those in the tree that are called alike.

mod declared;
mod expected;
mod fields;
pub mod files;
mod handled;

use rustc_hash::FxHashMap;

pub use files::SchemaFiles;
use files::{Described, folded};

use crate::analysis::{Location, Payload, Schema, SchemaField};
use crate::clients::sites::{EndpointSite, Shape};
use crate::facts::{ExprId, ExprKind, Key, SmolStr};
use crate::project::{ClassRef, Evaluator, FileId};

/// Collects the schemas of payloads, each once.
pub struct Schemas<'f> {
    files: &'f SchemaFiles<'f>,
    by_file: FxHashMap<(String, u32), String>,
    by_class: FxHashMap<ClassRef, String>,
    by_literal: FxHashMap<(FileId, ExprId), String>,
    pub all: Vec<Schema>,
}

impl<'f> Schemas<'f> {
    #[must_use]
    pub fn new(files: &'f SchemaFiles<'f>) -> Self {
        Self {
            files,
            by_file: FxHashMap::default(),
            by_class: FxHashMap::default(),
            by_literal: FxHashMap::default(),
            all: Vec::new(),
        }
    }

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
        if let Shape::Named(names) = &shape {
            return self.described(names);
        }
        Some(match shape {
            Shape::Class(class) => {
                let ty = ev.project.class_name(class).to_string();
                Payload {
                    schema: self.class(ev, class),
                    ty: (!ty.is_empty()).then_some(ty),
                }
            }
            Shape::Named(_) => return None,
            Shape::Literal(file, expr) => {
                let name = site.name.as_ref().map(ToString::to_string);
                Payload {
                    ty: Some("literal".into()),
                    schema: self.literal(ev, file, expr, name.as_deref()),
                }
            }
        })
    }

    /// What a schema file says of the first of these types that any describes.
    fn described(&mut self, names: &[SmolStr]) -> Option<Payload> {
        let files = self.files;
        names.iter().find_map(|name| {
            let mut ids = files.find(name).into_iter().map(|d| self.add(&d));
            let schema = ids.next()?;
            ids.for_each(drop);
            Some(Payload {
                ty: Some(name.to_string()),
                schema: Some(schema),
            })
        })
    }

    /// Adds what schema files say of the classes in the tree. A file's message is
    /// taken to be the class's if they share a name and a field.
    pub fn add_described(&mut self) {
        let files = self.files;
        let of_code = self.all.iter().filter(|s| s.ty != "literal");
        let of_code: Vec<(String, Vec<String>)> = of_code
            .map(|s| {
                (
                    s.ty.clone(),
                    s.fields.iter().map(|f| folded(&f.name)).collect(),
                )
            })
            .collect();
        for (name, fields) in of_code {
            for described in files.find(&name) {
                let theirs = &described.message.fields;
                if theirs.iter().any(|f| fields.contains(&folded(&f.name))) {
                    self.add(&described);
                }
            }
        }
    }

    /// The schema of a file's message.
    pub fn add(&mut self, described: &Described) -> String {
        let message = &described.message;
        let key = (described.path.clone(), message.line);
        if let Some(id) = self.by_file.get(&key) {
            return id.clone();
        }
        let id = self.free_id(&message.name);
        self.by_file.insert(key, id.clone());
        self.all.push(Schema {
            id: id.clone(),
            ty: message.name.clone(),
            location: Location {
                file: described.path.clone(),
                line: message.line,
                column: 1,
                end_line: message.end_line,
            },
            format: described.format.into(),
            version: message.version.clone(),
            description: message.description.clone(),
            fields: message.fields.clone(),
        });
        id
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
