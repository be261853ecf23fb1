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
    let has_class = |f: &&FunctionRef| ev.project.function(**f).class.is_some();
    let makers = match functions.iter().find(has_class) {
        Some(_) => makers(ev),
        None => Vec::new(),
    };
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
                let with = names_of(ev, class, &makers);
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
fn names_of(ev: &Evaluator, class: ClassRef, makers: &[(ClassRef, String)]) -> Vec<String> {
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
    let made = makers.iter().filter(|(c, _)| relatives.contains(c));
    names.extend(made.map(|(_, name)| name.clone()));
    names.sort();
    names.dedup();
    names
}

/// Functions and variables of modules that are instances of classes, with those.
fn makers(ev: &Evaluator) -> Vec<(ClassRef, String)> {
    let mut makers = Vec::new();
    for file in ev.project.ids() {
        if !ev.project.file(file).is_parsed() || ev.project.file(file).is_test {
            continue;
        }
        let facts = ev.project.facts(file);
        let mut add = |name: &str, expr: ExprId| {
            let at = At {
                file,
                expr,
                env: None,
            };
            for f in ev.eval(&at) {
                if let Value::Instance { class, .. } = f.value {
                    makers.push((class, name.to_owned()));
                }
            }
        };
        for f in &facts.functions {
            if f.class.is_none() && !f.name.is_empty() && f.outer.is_none() {
                f.returns.iter().for_each(|r| add(&f.name, *r));
            }
        }
        for (name, bindings) in facts.scopes.first().iter().flat_map(|s| &s.names) {
            for b in bindings {
                if matches!(facts.expr(b.value).kind, ExprKind::Call { .. }) {
                    add(name, b.value);
                }
            }
        }
    }
    makers.sort();
    makers.dedup();
    makers
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
