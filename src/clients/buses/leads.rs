//! What leads from a bus to the files that use it.

use crate::clients::importers::Sought;
use crate::facts::{ExprId, ExprKind, FunctionKind};
use crate::project::{At, ClassRef, Evaluator, FileId, FunctionRef, Value};

/// What to look for in files nobody has parsed: calls of the functions a bus is
/// used through, in files that name their module, their class, an instance of
/// it or a function that makes one.
#[must_use]
pub fn leads(ev: &Evaluator, functions: &[FunctionRef]) -> Vec<Sought> {
    let mut all = Vec::new();
    for function in functions {
        let f = ev.project.function(*function);
        if f.name.is_empty() {
            continue;
        }
        let with = match f.class {
            Some(class) => {
                let class = ev.extended(ClassRef {
                    file: function.file,
                    class,
                });
                let with = names_of(ev, class);
                all.extend(with.iter().map(|name| Sought::name(name)));
                with
            }
            None => {
                all.push(Sought::imported(&f.name));
                names_of_module(ev, function.file)
            }
        };
        if f.kind != FunctionKind::Constructor {
            all.push(Sought::call(&f.name, with));
        }
    }
    all.sort();
    all.dedup();
    all
}

/// The names by which an object of a class is got at.
fn names_of(ev: &Evaluator, class: ClassRef) -> Vec<String> {
    let relatives: Vec<ClassRef> = ev
        .lineage(class)
        .into_iter()
        .chain(ev.subclasses(class))
        .collect();
    let mut names: Vec<String> = relatives
        .iter()
        .map(|c| ev.project.class_name(*c).to_string())
        .filter(|name| !name.is_empty())
        .collect();
    names.extend(makers(ev, &relatives));
    names.sort();
    names.dedup();
    names
}

/// Functions and variables of modules that are instances of one of the classes.
fn makers(ev: &Evaluator, classes: &[ClassRef]) -> Vec<String> {
    let is_one = |file: FileId, expr: ExprId| {
        let at = At {
            file,
            expr,
            env: None,
        };
        ev.eval(&at)
            .iter()
            .any(|f| matches!(f.value, Value::Instance { class, .. } if classes.contains(&class)))
    };
    let mut names = Vec::new();
    for file in ev.project.ids() {
        if !ev.project.file(file).is_parsed() || ev.project.file(file).is_test {
            continue;
        }
        let facts = ev.project.facts(file);
        for f in &facts.functions {
            let is_plain = f.class.is_none() && !f.name.is_empty() && f.outer.is_none();
            if is_plain && f.returns.iter().any(|r| is_one(file, *r)) {
                names.push(f.name.to_string());
            }
        }
        for (name, bindings) in facts.scopes.first().iter().flat_map(|s| &s.names) {
            let made = bindings.iter().any(|b| {
                matches!(facts.expr(b.value).kind, ExprKind::Call { .. }) && is_one(file, b.value)
            });
            if made {
                names.push(name.to_string());
            }
        }
    }
    names
}

/// The names by which a module is imported.
fn names_of_module(ev: &Evaluator, file: FileId) -> Vec<String> {
    let path = &ev.project.file(file).path;
    let mut parts = path.rsplit('/');
    let stem = |part: &str| part.split('.').next().unwrap_or(part).to_owned();
    let own = parts.next().map(stem).unwrap_or_default();
    let mut names: Vec<String> = ev
        .callers
        .imported_as(file)
        .iter()
        .map(ToString::to_string)
        .collect();
    if matches!(own.as_str(), "index" | "mod" | "__init__" | "lib") {
        names.extend(parts.next().map(str::to_owned));
    } else {
        names.push(own);
    }
    names.sort();
    names.dedup();
    names
}
