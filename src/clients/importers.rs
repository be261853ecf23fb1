//! What leads from the files that name a library to the files that only use
//! what those offer: callers of wrappers, importers of a shared client.

use aho_corasick::AhoCorasick;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::Active;
use super::sites::Sites;
use crate::facts::{ClassId, ExprKind};
use crate::project::{At, Callers, ClassRef, Evaluator, FileId, Project, Step, Value};

/// Shorter names stand in too many files to lead anywhere.
const SHORTEST: usize = 2;

/// The spellings to look for in files nobody has parsed: calls of wrappers, and
/// names under which parsed files offer library objects.
#[must_use]
pub fn names(project: &Project, active: &Active, callers: &Callers, sites: &Sites) -> Vec<String> {
    let mut names: FxHashSet<String> = FxHashSet::default();
    for wrapper in &sites.wrappers {
        let function = project.function(*wrapper);
        if !function.name.is_empty() && !project.file(wrapper.file).is_test {
            names.insert(format!("{}(", function.name));
        }
        // A constructor is called by its class's name, and by its subclasses'.
        if let Some(class) = function.class {
            let class = ClassRef {
                file: wrapper.file,
                class,
            };
            names.insert(project.class_name(class).to_string());
        }
    }
    let files: Vec<FileId> = project
        .ids()
        .filter(|id| project.file(*id).is_parsed() && !project.file(*id).is_test)
        .collect();
    let offered: Vec<Vec<String>> = files
        .par_iter()
        .map(|file| {
            let ev = Evaluator::new(project, active, callers);
            hand_over(&ev, *file);
            offered(&ev, *file)
        })
        .collect();
    names.extend(offered.into_iter().flatten());
    let mut names: Vec<String> = names.into_iter().filter(|n| n.len() >= SHORTEST).collect();
    names.sort();
    names
}

/// Names of a module under which it offers something made of a library.
fn offered(ev: &Evaluator, file: FileId) -> Vec<String> {
    let facts = ev.project.facts(file);
    let mut names = Vec::new();
    if let Some(module) = facts.scopes.first() {
        for (name, bindings) in &module.names {
            let made = bindings.iter().any(|b| {
                let made_here = matches!(
                    facts.expr(b.value).kind,
                    ExprKind::Call { .. } | ExprKind::Either(_)
                );
                made_here && is_made(ev, file, b.value)
            });
            if made {
                names.push(name.to_string());
            }
        }
    }
    for (i, class) in facts.classes.iter().enumerate() {
        let id = ClassRef {
            file,
            class: ClassId(i as u32),
        };
        let derived = !class.bases.is_empty()
            && ev
                .external_bases(id)
                .iter()
                .any(|(origin, _)| matches!(origin.root(), Step::Package(_)));
        if derived && !class.name.is_empty() {
            names.push(class.name.to_string());
        }
    }
    // Decorated functions are tasks that other files call; others make clients.
    for (i, function) in facts.functions.iter().enumerate() {
        let id = crate::project::FunctionRef {
            file,
            function: crate::facts::FunctionId(i as u32),
        };
        let decorated = function.decorators.iter().any(|d| {
            !ev.decorated(file, *d, crate::project::Decorated::Function(id))
                .is_empty()
        });
        let makes =
            function.class.is_none() && function.returns.iter().any(|r| is_made(ev, file, *r));
        if (decorated || makes) && function.class.is_none() && !function.name.is_empty() {
            names.push(function.name.to_string());
        }
    }
    names
}

/// Parses the modules that a file hands a library object to: evaluating the
/// callee does it.
fn hand_over(ev: &Evaluator, file: FileId) {
    let facts = ev.project.facts(file);
    for call in &facts.calls {
        let ExprKind::Call { callee, args, .. } = &facts.expr(*call).kind else {
            continue;
        };
        if !matches!(facts.expr(*callee).kind, ExprKind::Name(_)) {
            continue;
        }
        let hands_over = args.iter().any(|a| {
            matches!(facts.expr(a.value).kind, ExprKind::Name(_)) && is_made(ev, file, a.value)
        });
        if hands_over {
            let at = At {
                file,
                expr: *callee,
                env: None,
            };
            let _ = ev.eval(&at);
        }
    }
}

fn is_made(ev: &Evaluator, file: FileId, expr: crate::facts::ExprId) -> bool {
    let at = At {
        file,
        expr,
        env: None,
    };
    ev.eval(&at).iter().any(|f| match &f.value {
        Value::External(origin) => {
            matches!(origin.root(), Step::Package(_)) && origin.calls().next().is_some()
        }
        Value::Instance { class, .. } => !ev.external_bases(*class).is_empty(),
        _ => false,
    })
}

/// Parses the unparsed files in which one of the names stands as a word.
pub fn parse(project: &Project, names: &[String]) {
    let Ok(automaton) = AhoCorasick::new(names) else {
        return;
    };
    let unparsed: Vec<FileId> = project
        .ids()
        .filter(|id| !project.file(*id).is_parsed() && !project.file(*id).is_test)
        .collect();
    unparsed.par_iter().for_each(|id| {
        let path = project.absolute(&project.file(*id).path);
        // Unreadable files were reported by the walk.
        let Ok(source) = std::fs::read(path) else {
            return;
        };
        if stands_as_word(&automaton, &source) {
            let _ = project.facts(*id);
        }
    });
}

/// Whether a name stands in a text between characters that are no part of names.
fn stands_as_word(names: &AhoCorasick, source: &[u8]) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    names.find_overlapping_iter(source).any(|m| {
        let before = m.start().checked_sub(1).and_then(|i| source.get(i));
        let opens = source.get(m.end().wrapping_sub(1)) == Some(&b'(');
        !is_word(before) && (opens || !is_word(source.get(m.end())))
    })
}
