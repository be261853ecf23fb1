//! Chapter 4: what messages look like, and what holds their shape together.

use std::collections::BTreeSet;

use askama::Template;

use crate::analysis::{Payload, Role, Schema};
use crate::report::kinds::words;

use super::md::{Md, Table, Writer, filters, md};
use super::{policies, practices};

/// Fields of a schema written out.
const FIELDS: usize = 30;

#[derive(Template)]
#[template(path = "guide/contracts.md")]
pub(super) struct Contracts {
    schemas: Option<Md>,
    /// Production endpoints with a shape, and all of them.
    shaped: usize,
    endpoints: usize,
    versions: Option<Md>,
    versioned_names: Option<Md>,
    /// Schema languages with rules for evolution: Avro, Protobuf, JSON Schema.
    registered: Option<Md>,
    optional: usize,
    fields: usize,
    rules: Option<Md>,
    validation: Option<Md>,
    findings: Option<Md>,
}

impl Contracts {
    pub(super) fn of(writer: &Writer<'_>) -> Self {
        let a = writer.view.analysis;
        let ends = || a.live(Role::Producer).chain(a.live(Role::Consumer));
        let fields = || a.schemas.iter().flat_map(|schema| &schema.fields);
        let files = a.schemas.iter().filter(|s| is_schema_language(&s.format));
        let files = files.map(|s| [Md::code(&s.ty), Md::text(&s.format), writer.at(&s.location)]);
        Self {
            schemas: schemas(writer),
            shaped: ends()
                .filter(|e| writer.view.schema_of(e).is_some())
                .count(),
            endpoints: ends().count(),
            versions: versions(writer),
            versioned_names: versioned_names(writer),
            registered: Table::new(["Type", "Format", "Where"])
                .rows(files)
                .written(),
            optional: fields().filter(|f| !f.required).count(),
            fields: fields().count(),
            rules: rules(writer),
            validation: policies::table(writer, &["validation", "schema-validation"]),
            findings: practices::findings(writer, |check| {
                words(check)
                    .iter()
                    .any(|w| matches!(w.as_str(), "schema" | "payload" | "contract" | "field"))
            }),
        }
    }
}

/// Whether compatibility of versions is defined for a format.
fn is_schema_language(format: &str) -> bool {
    matches!(format, "avro" | "protobuf" | "json-schema" | "asyncapi")
}

fn schemas(writer: &Writer<'_>) -> Option<Md> {
    let rows = writer.view.analysis.schemas.iter().map(|schema| {
        let mut fields: Vec<_> = schema.fields.iter().take(FIELDS).map(field).collect();
        if schema.fields.len() > FIELDS {
            fields.push(md!("… and {} more", schema.fields.len() - FIELDS));
        }
        let mut ty = Md::code(&schema.ty);
        if let Some(description) = &schema.description {
            ty = md!("{}<br>{}", ty, Md::text(description));
        }
        [
            ty,
            Md::text(&schema.format),
            Md::join(fields, ", "),
            carried(writer, schema),
            writer.at(&schema.location),
        ]
    });
    Table::new([
        "Type",
        "Format",
        "Fields (? = optional)",
        "Carried by",
        "Where",
    ])
    .rows(rows)
    .written()
}

fn field(field: &crate::analysis::SchemaField) -> Md {
    let mark = if field.required { "" } else { "?" };
    match &field.ty {
        Some(ty) => Md::code(&format!("{}{mark}: {ty}", field.name)),
        None => Md::code(&format!("{}{mark}", field.name)),
    }
}

/// The names messages of this shape travel under.
fn carried(writer: &Writer<'_>, schema: &Schema) -> Md {
    let a = writer.view.analysis;
    let names: BTreeSet<_> = a
        .live(Role::Producer)
        .chain(a.live(Role::Consumer))
        .filter(|e| e.payload.as_ref().is_some_and(|p| describes(schema, p)))
        .filter_map(|e| e.name.as_deref())
        .collect();
    Md::some(names.into_iter().map(Md::code), ", ")
}

/// Whether a schema is the payload's own, or a schema language's of the same type.
fn describes(schema: &Schema, payload: &Payload) -> bool {
    let is_same = payload.ty.as_ref() == Some(&schema.ty);
    payload.schema.as_ref() == Some(&schema.id) || (is_same && is_schema_language(&schema.format))
}

fn versions(writer: &Writer<'_>) -> Option<Md> {
    let versioned = writer.view.analysis.schemas.iter().filter_map(|schema| {
        let version = schema.version.as_deref()?;
        Some([
            Md::code(&schema.ty),
            Md::code(version),
            writer.at(&schema.location),
        ])
    });
    Table::new(["Type", "Version", "Where"])
        .rows(versioned)
        .written()
}

/// Channels with a version in their name: `orders.v2`.
fn versioned_names(writer: &Writer<'_>) -> Option<Md> {
    let versioned = writer.view.meetings().filter(|meeting| {
        let is_version = |word: &String| {
            let digits = word.strip_prefix('v').unwrap_or_default();
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
        };
        words(&meeting.channel.name).iter().any(is_version)
    });
    let rows = versioned.map(|meeting| {
        let mut ends = meeting.producers.iter().chain(&meeting.consumers);
        let place = ends.next().map(|end| writer.at(&end.endpoint.location));
        [
            Md::code(&meeting.channel.name),
            Md::code(&meeting.channel.technology),
            Md::join(place, ""),
        ]
    });
    Table::new(["Name", "Technology", "Where"])
        .rows(rows)
        .written()
}

/// What a message of each shape must have.
fn rules(writer: &Writer<'_>) -> Option<Md> {
    let rows = writer.view.analysis.schemas.iter().filter_map(|schema| {
        let required: Vec<_> = schema.fields.iter().filter(|f| f.required).collect();
        let names = required.iter().take(FIELDS).map(|f| Md::code(&f.name));
        (!required.is_empty()).then(|| {
            [
                Md::code(&schema.ty),
                Md::join(names, ", "),
                writer.at(&schema.location),
            ]
        })
    });
    Table::new(["Type", "Required fields", "Where"])
        .rows(rows)
        .written()
}
