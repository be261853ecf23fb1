//! The shape of what a site hands over, as far as values and names say it.

use smol_str::SmolStr;

use super::access::{Access, Function};
use super::model::Rule;
use super::sites::Shape;
use super::take::{Node, Site};
use crate::project::{Evaluator, Origin, Step, Text, Value};

/// Parameters and lists that are looked into for a message.
const DEEPEST: u32 = 3;
/// Messages of one list that are looked at.
const MOST: usize = 32;
/// Names of types on the way to one library value.
const MOST_NAMES: usize = 4;

/// The shape of a site's payload: of what the rule says it is, and otherwise the
/// class whose name is the message's. Of several the one that is called so.
#[must_use]
pub fn shape(site: &Site, rule: &Rule, name: Option<&Text>) -> Option<Shape> {
    let mut shapes = Vec::new();
    collect(site.ev, &site.first(&rule.payload), &mut shapes);
    if !shapes.iter().any(|s| matches!(s, Shape::Class(_))) {
        let mut named = Vec::new();
        for access in rule.message.iter().chain(&rule.name) {
            typed(site, access, &mut named);
            if !named.is_empty() {
                break;
            }
        }
        // A class that a name was taken of says more than a literal.
        if !named.is_empty() {
            shapes = named;
        }
    }
    let name = name.and_then(Text::as_plain);
    let is_called = |shape: &&Shape| match (shape, &name) {
        (Shape::Class(class), Some(name)) => site.ev.project.class_name(*class) == *name,
        _ => false,
    };
    let called = shapes.iter().find(is_called);
    let is_known = |shape: &&Shape| !matches!(shape, Shape::Named(_));
    let known = || shapes.iter().find(is_known);
    called.or_else(known).or(shapes.first()).cloned()
}

/// The classes whose names an access takes: `snake(type(arg0))`.
fn typed(site: &Site, access: &Access, shapes: &mut Vec<Shape>) {
    match access {
        Access::Apply(Function::Type, arguments) => {
            if let Some(of) = arguments.first() {
                collect(site.ev, &site.take(of), shapes);
            }
        }
        Access::Apply(_, arguments) => {
            for argument in arguments {
                typed(site, argument, shapes);
            }
        }
        _ => {}
    }
    shapes.retain(|shape| !matches!(shape, Shape::Literal(..) | Shape::Named(_)));
}

fn collect(ev: &Evaluator, nodes: &[Node], shapes: &mut Vec<Shape>) {
    for node in nodes {
        of(ev, &node.found.value, 0, shapes);
    }
}

fn of(ev: &Evaluator, value: &Value, depth: u32, shapes: &mut Vec<Shape>) {
    if depth > DEEPEST || shapes.len() >= MOST {
        return;
    }
    match value {
        Value::Instance { class, .. } | Value::Class(class) | Value::Variant { class, .. } => {
            shapes.push(Shape::Class(*class));
        }
        Value::Object(at) => shapes.push(Shape::Literal(at.file, at.expr)),
        Value::List(_) | Value::Many(_) => {
            for found in ev.items(value).into_iter().flatten().take(MOST) {
                of(ev, &found.value, depth + 1, shapes);
            }
        }
        Value::Param(param) => {
            for found in ev.concretize(param) {
                of(ev, &found.value, depth + 1, shapes);
            }
        }
        Value::External(origin) => {
            let names = names(origin);
            if !names.is_empty() {
                shapes.push(Shape::Named(names));
            }
        }
        _ => {}
    }
}

/// The names of types on the way to a library value, the nearest first.
fn names(origin: &Origin) -> Vec<SmolStr> {
    std::iter::successors(Some(origin), |o| o.parent())
        .filter_map(|o| match o.step() {
            Step::Member(name) | Step::Package(name) => Some(name),
            _ => None,
        })
        .filter(|name| name.starts_with(char::is_uppercase))
        .take(MOST_NAMES)
        .cloned()
        .collect()
}
