//! Facts as text, whole and unabridged, for tests to compare.

use msgmap::facts::{
    Class, ExprId, ExprKind, Facts, Field, Function, Imported, Key, ScopeId, SmolStr,
};

/// An expression.
pub fn expr(facts: &Facts, id: ExprId) -> String {
    let one = |id: &ExprId| expr(facts, *id);
    let all = |ids: &[ExprId]| exprs(facts, ids).join(", ");
    match &facts.expr(id).kind {
        ExprKind::Text(text) => format!("{text:?}"),
        ExprKind::Number(text) | ExprKind::Name(text) => text.to_string(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Null => "null".into(),
        ExprKind::Concat(parts) => format!("concat({})", all(parts)),
        ExprKind::This => "this".into(),
        ExprKind::Super => "super".into(),
        ExprKind::Member { object, name, .. } => format!("{}.{name}", one(object)),
        ExprKind::Index { object, index } => format!("{}[{}]", one(object), one(index)),
        ExprKind::Call { callee, args, .. } => {
            let args: Vec<String> = args
                .iter()
                .map(|arg| match &arg.name {
                    Some(name) => format!("{name}={}", one(&arg.value)),
                    None => one(&arg.value),
                })
                .collect();
            format!("{}({})", one(callee), args.join(", "))
        }
        ExprKind::Object { entries, .. } => {
            let entries: Vec<String> = entries
                .iter()
                .map(|entry| {
                    let key = match &entry.key {
                        Key::Name(name) => name.to_string(),
                        Key::Computed(key) => format!("[{}]", one(key)),
                        Key::Spread => "...".into(),
                    };
                    format!("{key}: {}", one(&entry.value))
                })
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        ExprKind::List(elements) => format!("[{}]", all(elements)),
        ExprKind::Function(id) => format!("function {}", facts.function(*id).name),
        ExprKind::Class(id) => format!("class {}", facts.class(*id).name),
        ExprKind::Either(options) => format!("either({})", all(options)),
        ExprKind::Match { subject, .. } => format!("match {}", one(subject)),
        ExprKind::Element(of) => format!("each({})", one(of)),
        ExprKind::Part { of, index } => format!("{}#{index}", one(of)),
        ExprKind::Param { function, index } => {
            let param = &facts.function(*function).params[*index as usize];
            format!("param {}", param.name)
        }
        ExprKind::Import(id) => {
            let import = facts.import(*id);
            match &import.what {
                Imported::Named(name) => format!("import {}: {name}", import.module),
                Imported::All => format!("import {}: *", import.module),
                Imported::Module | Imported::Default => format!("import {}", import.module),
            }
        }
        ExprKind::Generic { base, args } => format!("{}<{}>", one(base), all(args)),
        ExprKind::Spread(of) => format!("*{}", one(of)),
        ExprKind::Cast { value, ty } => format!("{} as {}", one(value), one(ty)),
        ExprKind::Unknown(text) => format!("?{text}"),
    }
}

/// Several expressions.
pub fn exprs(facts: &Facts, ids: &[ExprId]) -> Vec<String> {
    ids.iter().map(|id| expr(facts, *id)).collect()
}

/// Every call, in source order.
pub fn calls(facts: &Facts) -> Vec<String> {
    exprs(facts, &facts.calls)
}

/// The bindings of a scope in the order they count: `name: type = value`.
pub fn bindings(facts: &Facts, scope: ScopeId) -> Vec<String> {
    let mut all: Vec<(u32, ExprId, String)> = Vec::new();
    for (name, bindings) in &facts.scope(scope).names {
        for binding in bindings {
            let value = binding.assigns.then_some(binding.value);
            let text = typed(facts, name, binding.ty, value);
            all.push((binding.at, binding.value, text));
        }
    }
    all.sort();
    all.into_iter().map(|(_, _, text)| text).collect()
}

/// A field: `static optional name: type = value`.
pub fn field(facts: &Facts, field: &Field) -> String {
    let mut text = String::new();
    for (said, word) in [(field.is_static, "static "), (field.optional, "optional ")] {
        if said {
            text.push_str(word);
        }
    }
    text + &typed(facts, &field.name, field.ty, field.values.first().copied())
}

fn typed(facts: &Facts, name: &SmolStr, ty: Option<ExprId>, value: Option<ExprId>) -> String {
    let mut text = name.to_string();
    if let Some(ty) = ty {
        text.push_str(": ");
        text.push_str(&expr(facts, ty));
    }
    if let Some(value) = value {
        text.push_str(" = ");
        text.push_str(&expr(facts, value));
    }
    text
}

/// The first function of that name.
pub fn function<'f>(facts: &'f Facts, name: &str) -> &'f Function {
    facts
        .functions
        .iter()
        .find(|function| function.name == name)
        .expect("the function is in the facts")
}

/// The first class of that name.
pub fn class<'f>(facts: &'f Facts, name: &str) -> &'f Class {
    facts
        .classes
        .iter()
        .find(|class| class.name == name)
        .expect("the class is in the facts")
}
