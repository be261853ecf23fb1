//! The function that a provider is told to run: `src/orders.handler`.

use crate::infra::paths::normalize;
use crate::infra::resources::apply::Code;
use crate::project::{Evaluator, FileId, FunctionRef, Value};

/// The function of the tree that a handler names; `None` if it is not there.
#[must_use]
pub fn find(ev: &Evaluator, code: &Code) -> Option<FunctionRef> {
    if let Some((class, method)) = code.handler.rsplit_once("::") {
        return method_of(ev, code, class, method);
    }
    let (module, name) = code.handler.rsplit_once('.')?;
    let path = normalize(&format!("{}/{module}", code.folder))?;
    let direct = modules(ev, &path).find_map(|file| function(ev, file, name));
    // `shop.Orders` is a class that has one method for the purpose.
    direct.or_else(|| method_of(ev, code, &code.handler, "handleRequest"))
}

/// The source files of a path without its extension.
fn modules<'e>(ev: &'e Evaluator, path: &str) -> impl Iterator<Item = FileId> + use<'e> {
    let files = &ev.project.files;
    let dotted = format!("{path}.");
    // Python writes modules with dots.
    let slashed = format!("{}.", path.replace('.', "/"));
    let below = move |prefix: String| {
        let start = files.partition_point(|f| f.path.as_str() < prefix.as_str());
        let alike = files[start..].iter().zip(start..);
        alike
            .take_while(move |(f, _)| f.path.starts_with(&prefix))
            .filter(|(f, _)| !f.is_test)
            .map(|(_, i)| FileId(i as u32))
    };
    below(dotted).chain(below(slashed))
}

fn function(ev: &Evaluator, file: FileId, name: &str) -> Option<FunctionRef> {
    let exported = ev.export(file, name).unwrap_or_default().into_iter();
    let mut functions = exported.filter_map(|found| match found.value {
        Value::Function { function, .. } => Some(function),
        _ => None,
    });
    functions.next()
}

/// The method of a class by their names, below the code's folder.
fn method_of(ev: &Evaluator, code: &Code, class: &str, method: &str) -> Option<FunctionRef> {
    // `Assembly::Namespace.Class::Method`
    let class = class.rsplit("::").next().unwrap_or(class);
    let class = class.rsplit('.').next().unwrap_or(class);
    if class.is_empty() {
        return None;
    }
    let mut files = ev.project.files.iter().zip(0..).filter(|(file, _)| {
        let stem = file
            .path
            .rsplit('/')
            .next()
            .and_then(|name| name.split('.').next());
        let is_below =
            code.folder.is_empty() || file.path.starts_with(&format!("{}/", code.folder));
        stem == Some(class) && is_below && !file.is_test
    });
    files.find_map(|(_, number)| {
        let file = FileId(number);
        let facts = ev.project.facts(file);
        let is_wanted = |f: &crate::facts::Function| {
            let own = f.class.map(|c| facts.class(c).name.as_str());
            f.name == method && own == Some(class)
        };
        let function = facts.functions.iter().position(is_wanted)?;
        Some(FunctionRef {
            file,
            function: crate::facts::FunctionId(function as u32),
        })
    })
}
