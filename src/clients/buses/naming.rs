//! What a message is called: a text, or its class.

use smol_str::SmolStr;

use super::ways::Step;
use crate::clients::sites::Shape;
use crate::project::{At, ClassRef, Evaluator, Found, Origin, Step as OriginStep, Text, Value};

/// What names a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub text: Text,
    /// The class that gives its name.
    pub class: Option<ClassRef>,
}

/// The names of a message that some steps take of it. Where what is taken
/// cannot be told, its class says what it is.
#[must_use]
pub fn names(ev: &Evaluator, value: &Found, steps: &[Step], at: &At) -> Vec<Named> {
    let found = taken(ev, value, steps, at);
    let is_message = matches!(value.value, Value::Instance { .. } | Value::Variant { .. });
    if found.is_empty() && is_message {
        return name(ev, value, at).into_iter().collect();
    }
    found
}

/// The names that some steps take of a value.
#[must_use]
pub fn taken(ev: &Evaluator, value: &Found, steps: &[Step], at: &At) -> Vec<Named> {
    let mut taken = vec![value.clone()];
    for step in steps {
        taken = taken.iter().flat_map(|f| take(ev, f, step, at)).collect();
    }
    let listed = |f: &Found| match f.value {
        Value::List(_) | Value::Many(_) => ev.elements(std::slice::from_ref(f)),
        _ => vec![f.clone()],
    };
    let found = taken.iter().flat_map(listed);
    let found: Vec<Named> = found.filter_map(|f| name(ev, &f, at)).collect();
    let mut distinct: Vec<Named> = Vec::new();
    for named in found {
        if !distinct.contains(&named) {
            distinct.push(named);
        }
    }
    distinct
}

fn take(ev: &Evaluator, found: &Found, step: &Step, at: &At) -> Vec<Found> {
    let class_of = |value: &Value| match value {
        Value::Instance { class, .. } => vec![Found::new(Value::Class(*class))],
        Value::External(origin) if matches!(origin.step(), OriginStep::Call(_)) => {
            let class = origin.parent().cloned();
            class
                .map(|o| Found::new(Value::External(o)))
                .into_iter()
                .collect()
        }
        Value::Class(_) | Value::Variant { .. } => vec![found.clone()],
        _ => Vec::new(),
    };
    match step {
        Step::Class => class_of(&found.value),
        Step::Member(name) if matches!(name.as_str(), "constructor" | "__class__") => {
            class_of(&found.value)
        }
        Step::Member(name)
            if matches!(name.as_str(), "name" | "__name__" | "__qualname__")
                && matches!(found.value, Value::External(_)) =>
        {
            vec![found.clone()]
        }
        Step::Member(name) => ev.member(found, name, at),
        Step::Invoke => match &found.value {
            Value::Function { function, .. } => ev.returned(*function, None),
            Value::Text(_) => vec![found.clone()],
            _ => Vec::new(),
        },
        Step::Opaque => Vec::new(),
    }
}

fn name(ev: &Evaluator, found: &Found, at: &At) -> Option<Named> {
    let plain = |text: Text| Some(Named { text, class: None });
    let of_class = |class: ClassRef| {
        Some(Named {
            text: Text::plain(ev.project.class_name(class)),
            class: Some(class),
        })
    };
    match &found.value {
        Value::Text(text) => plain(text.clone()).filter(|n| n.text.is_partly_known()),
        // A type that others are derived from says not which of them it is.
        Value::Instance {
            class, made: None, ..
        } => match ev.possible_classes(*class).as_slice() {
            [only] => of_class(*only),
            _ => None,
        },
        Value::Class(class) | Value::Instance { class, .. } => of_class(*class),
        Value::Variant { .. } => plain(ev.as_text(&found.value, at)),
        Value::External(origin) => plain(Text::plain(type_name(origin)?)),
        _ => None,
    }
}

/// The name of a type of a library or of a file that is not there.
fn type_name(origin: &Origin) -> Option<SmolStr> {
    let origin = match origin.step() {
        OriginStep::Call(_) => origin.parent()?,
        _ => origin,
    };
    match origin.step() {
        OriginStep::Member(name) if name.starts_with(char::is_uppercase) => Some(name.clone()),
        _ => None,
    }
}

/// The shape of a message.
#[must_use]
pub fn shape(value: &Value) -> Option<Shape> {
    match value {
        Value::Instance { class, .. } => Some(Shape::Class(*class)),
        Value::Object(at) => Some(Shape::Literal(at.file, at.expr)),
        _ => None,
    }
}
