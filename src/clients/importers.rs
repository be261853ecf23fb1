//! What leads from the files that name a library to the files that only use
//! what those offer: callers of wrappers, importers of a shared client.

use aho_corasick::AhoCorasick;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::{Active, Clients};
use crate::facts::{ClassId, ExprId, ExprKind, Field, FunctionKind};
use crate::language::Modules;
use crate::project::{
    At, Callers, ClassRef, Decorated, Evaluator, FileId, Found, FunctionRef, Project, Spelling,
    Step, Value,
};

/// Shorter names stand in too many files to lead anywhere.
const SHORTEST: usize = 2;

/// A spelling that makes a file worth parsing, where one of `with` stands too.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sought {
    spelling: String,
    /// Empty if the spelling alone says enough.
    with: Vec<String>,
    stands: Stands,
}

/// Where a spelling has to stand to count, from anywhere to the least places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Stands {
    /// As a word.
    AsWord,
    /// Where names are imported, taken of something or called.
    Named,
    /// Where names are imported from a module.
    Imported,
}

/// Names to be looked for wherever they stand.
pub fn words(names: impl IntoIterator<Item = String>) -> impl Iterator<Item = Sought> {
    names
        .into_iter()
        .filter(|name| name.len() >= SHORTEST)
        .map(|spelling| Sought {
            spelling,
            with: Vec::new(),
            stands: Stands::AsWord,
        })
}

/// Where objects of some classes are made.
pub fn makers(ev: &Evaluator, classes: &[ClassRef]) -> impl Iterator<Item = Sought> {
    let names = classes.iter().map(|class| ev.project.class_name(*class));
    names
        .filter(|name| name.len() >= SHORTEST)
        .flat_map(|name| [Sought::name(&name), Sought::call(&name, Vec::new())])
}

impl Sought {
    /// A name, wherever it is imported or taken from a module.
    pub(super) fn name(name: &str) -> Self {
        Self {
            spelling: name.to_owned(),
            with: Vec::new(),
            stands: Stands::Named,
        }
    }

    /// A name, where it is imported from a module.
    pub(super) fn imported(name: &str) -> Self {
        Self {
            spelling: name.to_owned(),
            with: Vec::new(),
            stands: Stands::Imported,
        }
    }

    /// A member of this name, where one of the others stands too.
    pub(super) fn member(name: &str, with: Vec<String>) -> Self {
        Self {
            spelling: name.to_owned(),
            with,
            stands: Stands::Named,
        }
    }

    /// A call by this name, where one of the others stands too.
    pub(super) fn call(name: &str, with: Vec<String>) -> Self {
        Self {
            spelling: format!("{name}("),
            with,
            stands: Stands::Named,
        }
    }
}

/// What the files looked into so far offer to others.
#[derive(Default)]
pub struct Offered {
    all: Vec<Offers>,
}

impl Offered {
    /// Adds what some files offer; gives the files whose functions they hand
    /// library objects to.
    pub fn add(
        &mut self,
        project: &Project,
        active: &Active,
        callers: &Callers,
        files: &[FileId],
    ) -> Vec<FileId> {
        let found: Vec<(Offers, Vec<FileId>)> = files
            .par_iter()
            .filter(|file| !project.file(**file).is_test)
            .map(|file| {
                let ev = Evaluator::new(project, active, callers);
                (offers(&ev, active, *file), hand_over(&ev, active, *file))
            })
            .collect();
        let mut receivers = Vec::new();
        for (offers, files) in found {
            self.all.push(offers);
            receivers.extend(files);
        }
        receivers
    }

    /// What to look for in files nobody has parsed: calls of wrappers, and names
    /// under which library objects are offered.
    #[must_use]
    pub fn sought(&self, ev: &Evaluator, wrappers: &[FunctionRef]) -> Vec<Sought> {
        let mut all: FxHashSet<Sought> = FxHashSet::default();
        for wrapper in wrappers {
            if !ev.project.file(wrapper.file).is_test {
                all.extend(calls_of_wrapper(ev, *wrapper, &self.all));
            }
        }
        let names = self.all.iter().flat_map(|o| &o.names);
        all.extend(names.map(|name| Sought::name(name)));
        let held = self.all.iter().flat_map(|o| &o.held);
        all.extend(held.map(|(class, field)| Sought {
            spelling: format!(".{field}."),
            with: vec![class.clone()],
            stands: Stands::Named,
        }));
        let mut all: Vec<Sought> = all
            .into_iter()
            .filter(|s| s.spelling.len() >= SHORTEST)
            .collect();
        all.sort();
        all
    }
}

/// How a wrapper is called: a function by its name, a constructor by that of
/// its class, a method where its class, a relative of it or an instance is named.
fn calls_of_wrapper(ev: &Evaluator, wrapper: FunctionRef, offers: &[Offers]) -> Vec<Sought> {
    let function = ev.project.function(wrapper);
    let call = format!("{}(", function.name);
    let Some(class) = function.class else {
        let named = (!function.name.is_empty()).then(|| Sought::name(&function.name));
        let bare = named.as_ref().and_then(|_| in_package(ev, wrapper));
        return named.into_iter().chain(bare).collect();
    };
    let class = ev.extended(ClassRef {
        file: wrapper.file,
        class,
    });
    let relatives = ev.lineage(class).into_iter().chain(ev.subclasses(class));
    let mut with: Vec<String> = relatives
        .map(|c| ev.project.class_name(c).to_string())
        .filter(|name| !name.is_empty())
        .collect();
    let instances = offers.iter().flat_map(|o| &o.instances);
    with.extend(
        instances
            .filter(|(c, _)| *c == class)
            .map(|(_, name)| name.clone()),
    );
    // `state.bus.publish(…)`: where only the type that holds the object is named.
    let holders: Vec<String> = with
        .iter()
        .flat_map(|name| ev.callers.holders_of(name))
        .map(|c| ev.project.class_name(*c).to_string())
        .filter(|name| !name.is_empty())
        .collect();
    let constructs = function.kind == FunctionKind::Constructor;
    if !constructs {
        with.extend(holders);
    }
    with.sort();
    with.dedup();
    if constructs {
        return with.iter().map(|name| Sought::name(name)).collect();
    }
    let run_by = ev.run_by(wrapper).into_iter().map(|m| format!("{m}("));
    // What derives from the class calls the method by a name of its own.
    let name = ev.project.class_name(class);
    let mut sought: Vec<Sought> = derivations(&name).map(|d| Sought::name(&d)).collect();
    // Where having the methods is implementing an interface, the caller may know
    // the class by no name; what is called as a method of its first parameter
    // names no class either.
    if ev.project.is_structural(wrapper.file) || function.extends {
        with.clear();
    }
    // `Publish(…)`, `Publish<Order>(…)`
    let generic = (!function.type_params.is_empty()).then(|| format!("{}<", function.name));
    let spellings = [Some(call), generic].into_iter().flatten().chain(run_by);
    sought.extend(spellings.map(|spelling| Sought {
        spelling,
        with: with.clone(),
        stands: Stands::Named,
    }));
    sought
}

/// A call of a function in another file of its package, where files of a folder
/// are one: no import names it there.
fn in_package(ev: &Evaluator, function: FunctionRef) -> Option<Sought> {
    let file = ev.project.file(function.file);
    if !ev.project.is_structural(function.file) {
        return None;
    }
    let folder = file.path.rsplit('/').nth(1).unwrap_or("main");
    let packages = [folder, "main"].map(|name| format!("package {name}"));
    Some(Sought::call(
        &ev.project.function(function).name,
        packages.into(),
    ))
}

/// How languages write that a class derives from another one.
fn derivations(name: &str) -> impl Iterator<Item = String> {
    let written = ["extends ", "(", " : "].iter();
    written
        .filter(|_| !name.is_empty())
        .map(move |before| format!("{before}{name}"))
}

/// What a module offers that leads on.
struct Offers {
    /// Names of things made of a library.
    names: Vec<String>,
    /// Names of instances of the project's classes.
    instances: Vec<(ClassRef, String)>,
    /// Fields that hold a client, with the names of their classes.
    held: Vec<(String, SmolStr)>,
}

fn offers(ev: &Evaluator, active: &Active, file: FileId) -> Offers {
    Offers {
        names: offered(ev, active, file),
        instances: instances(ev, file),
        held: held(ev, active, file),
    }
}

/// Fields through which others can get a client out of an object.
fn held(ev: &Evaluator, active: &Active, file: FileId) -> Vec<(String, SmolStr)> {
    let facts = ev.project.facts(file);
    let mut found = Vec::new();
    for (i, class) in facts.classes.iter().enumerate() {
        let id = ClassRef {
            file,
            class: ClassId(i as u32),
        };
        if !class.name.is_empty() {
            let fields = clients_in(ev, active, id);
            found.extend(fields.map(|field| (class.name.to_string(), field.name.clone())));
        }
    }
    found
}

/// Instances of the project's classes that a module binds.
fn instances(ev: &Evaluator, file: FileId) -> Vec<(ClassRef, String)> {
    let facts = ev.project.facts(file);
    let mut found = Vec::new();
    for (name, bindings) in facts.scopes.first().iter().flat_map(|s| &s.names) {
        for binding in bindings {
            if !matches!(facts.expr(binding.value).kind, ExprKind::Call { .. }) {
                continue;
            }
            let at = At {
                file,
                expr: binding.value,
                env: None,
            };
            for f in ev.eval(&at) {
                if let Value::Instance { class, .. } = f.value {
                    found.push((class, name.to_string()));
                }
            }
        }
    }
    found
}

/// Names of a module under which it offers something made of a library.
fn offered(ev: &Evaluator, active: &Active, file: FileId) -> Vec<String> {
    let facts = ev.project.facts(file);
    let mut names = Vec::new();
    if let Some(module) = facts.scopes.first() {
        for (name, bindings) in &module.names {
            let made = bindings.iter().any(|b| {
                let made_here = matches!(
                    facts.expr(b.value).kind,
                    ExprKind::Call { .. } | ExprKind::Either(_)
                );
                made_here && is_made(ev, active, file, b.value)
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
                .any(|(origin, _)| active.is_object(ev, &origin.then(Step::Call(None))));
        let fields = class.fields.iter().flat_map(|f| &f.decorators);
        let injected = || fields.copied().any(|d| active.injects(ev, file, d));
        if !class.name.is_empty() && (derived || injected()) {
            names.push(class.name.to_string());
        }
    }
    // Decorated functions are tasks that other files call; others make clients.
    for (i, function) in facts.functions.iter().enumerate() {
        let id = FunctionRef {
            file,
            function: crate::facts::FunctionId(i as u32),
        };
        let decorated = function.decorators.iter().any(|d| {
            ev.decorated(file, *d, Decorated::Function(id))
                .iter()
                .any(|f| matches!(&f.value, Value::External(o) if active.is_object(ev, o)))
        });
        let makes = || {
            function
                .returns
                .iter()
                .any(|r| is_made(ev, active, file, *r))
        };
        match function.class {
            None if !function.name.is_empty() && (decorated || makes()) => {
                names.push(function.name.to_string());
            }
            // `Queues.get()`: the class that hands a client out leads to its users.
            Some(class) if function.is_static && makes() => {
                names.push(ev.project.class_name(ClassRef { file, class }).to_string());
            }
            _ => {}
        }
    }
    names
}

/// The files of the functions that a file hands a library object to.
fn hand_over(ev: &Evaluator, active: &Active, file: FileId) -> Vec<FileId> {
    let facts = ev.project.facts(file);
    let at = |expr| At {
        file,
        expr,
        env: None,
    };
    let mut receivers = Vec::new();
    for call in &facts.calls {
        let ExprKind::Call { callee, args, .. } = &facts.expr(*call).kind else {
            continue;
        };
        let is_name = |expr| matches!(facts.expr(expr).kind, ExprKind::Name(_));
        let hands_over = |value| is_name(value) && is_made(ev, active, file, value);
        if !args.iter().any(|a| hands_over(a.value)) {
            continue;
        }
        for found in ev.concrete_callee(&at(*callee)) {
            match found.value {
                Value::Function { function, .. } => receivers.push(function.file),
                Value::Class(class) => receivers.push(class.file),
                _ => {}
            }
        }
    }
    receivers.retain(|f| *f != file);
    receivers
}

fn is_made(ev: &Evaluator, active: &Active, file: FileId, expr: crate::facts::ExprId) -> bool {
    let at = At {
        file,
        expr,
        env: None,
    };
    ev.eval(&at).iter().any(|f| match &f.value {
        Value::External(origin) => active.is_object(ev, origin) || active.is_decorator(ev, origin),
        Value::Instance { class, .. } => {
            clients_in(ev, active, *class).next().is_some()
                || ev
                    .external_bases(*class)
                    .iter()
                    .any(|(origin, _)| active.is_object(ev, &origin.then(Step::Call(None))))
        }
        Value::Class(class) => {
            let mut bases = ev.external_bases(*class).into_iter();
            bases.any(|(origin, _)| active.is_decorator(ev, &origin))
        }
        _ => false,
    })
}

/// The fields of a class that hold a client.
fn clients_in<'p>(
    ev: &Evaluator<'p>,
    active: &Active,
    class: ClassRef,
) -> impl Iterator<Item = &'p Field> {
    let at = move |expr| At {
        file: class.file,
        expr,
        env: None,
    };
    let is_client = move |f: &Found| matches!(&f.value, Value::External(origin) if active.is_object(ev, origin));
    ev.project.class(class).fields.iter().filter(move |field| {
        let made = |v: &ExprId| ev.eval(&at(*v)).iter().any(is_client);
        let is_typed = |ty| ev.instances_of(&at(ty)).iter().any(is_client);
        field.values.iter().any(made) || field.ty.is_some_and(is_typed)
    })
}

/// Adds the names under which modules import or export what is sought by name.
pub fn under_other_names(callers: &Callers, sought: &mut Vec<Sought>) {
    let mut others = Vec::new();
    for s in sought.iter_mut() {
        let renamed = s.with.iter().flat_map(|name| callers.renamed(name));
        let renamed: Vec<String> = renamed.map(String::from).collect();
        s.with.extend(renamed);
        for name in callers.renamed(&s.spelling) {
            others.push(Sought {
                spelling: name.into(),
                ..s.clone()
            });
        }
    }
    sought.extend(others);
    sought.retain(|s| s.spelling.len() >= SHORTEST);
}

/// Files that name no library because all files of their project use it, and
/// that name a type of it; they are parsed.
#[must_use]
pub fn through_global_usings(project: &Project, clients: &Clients) -> Vec<FileId> {
    let mut found = Vec::new();
    for (usings, files) in project.compiled_together() {
        let mut sought: Vec<Sought> = Vec::new();
        for model in &clients.models {
            sought.extend(model.types_of(usings).map(|name| Sought::name(&name)));
        }
        sought.sort();
        sought.dedup();
        if !sought.is_empty() {
            let unread = |id: &FileId| !project.file(*id).is_parsed();
            let files: Vec<FileId> = files.into_iter().filter(unread).collect();
            found.extend(parse(project, &sought, &files));
        }
    }
    found
}

/// Those of some files in which something sought stands; they are parsed.
#[must_use]
pub fn parse(project: &Project, sought: &[Sought], files: &[FileId]) -> Vec<FileId> {
    let mut spellings: Vec<&str> = sought
        .iter()
        .flat_map(|s| std::iter::once(&s.spelling).chain(&s.with))
        .map(String::as_str)
        .collect();
    spellings.sort_unstable();
    spellings.dedup();
    let Ok(automaton) = AhoCorasick::new(&spellings) else {
        return Vec::new();
    };
    let asked: Vec<(Spelling, Vec<Spelling>)> = sought
        .iter()
        .map(|s| {
            let with = s.with.iter().map(|w| Spelling::of(w));
            (Spelling::of(&s.spelling), with.collect())
        })
        .collect();
    let leads = |&&id: &&FileId| {
        let file = project.file(id);
        let could_lead = |(spelling, with): &(Spelling, Vec<Spelling>)| {
            file.could_have(spelling)
                && (with.is_empty() || with.iter().any(|w| file.could_have(w)))
        };
        if !asked.iter().any(could_lead) {
            return false;
        }
        let path = project.absolute(&file.path);
        // Unreadable files were reported by the walk.
        let Ok(source) = std::fs::read(path) else {
            return false;
        };
        // With namespaces no import says a name: it stands where it is used.
        let anywhere = file.language.get().modules == Modules::Namespace;
        let standing = standing(&automaton, &spellings, &source, anywhere);
        let leads = sought.iter().any(|s| {
            let stands = |spelling: &String, least: Stands| {
                standing.get(spelling.as_str()).is_some_and(|s| *s >= least)
            };
            let beside = |w: &String| stands(w, Stands::Named);
            stands(&s.spelling, s.stands) && (s.with.is_empty() || s.with.iter().any(beside))
        });
        if leads {
            let _ = project.facts(id);
        }
        leads
    };
    files.par_iter().filter(leads).copied().collect()
}

/// The spellings that stand in a text as words, and how at best; calls stand
/// behind anything that is no part of a name.
fn standing<'s>(
    automaton: &AhoCorasick,
    spellings: &[&'s str],
    source: &[u8],
    anywhere: bool,
) -> FxHashMap<&'s str, Stands> {
    let mut standing: FxHashMap<&'s str, Stands> = FxHashMap::default();
    for m in automaton.find_overlapping_iter(source) {
        let before = source.get(..m.start()).unwrap_or_default();
        let spelling = source.get(m.start()..m.end()).unwrap_or_default();
        let is_call = matches!(spelling.last(), Some(b'(' | b'<' | b'.'));
        let goes_on = !is_call && source.get(m.end()).is_some_and(|b| is_word(*b));
        let begins = !spelling.first().is_some_and(|b| is_word(*b))
            || !before.last().is_some_and(|b| is_word(*b));
        if goes_on || !begins {
            continue;
        }
        // What is spelled with more than a name says itself what it is.
        let is_plain = spelling.iter().all(|b| is_word(*b) || *b == b'$');
        if let Some(spelling) = spellings.get(m.pattern().as_usize()) {
            let known = standing.entry(*spelling).or_insert(Stands::AsWord);
            if is_plain && *known < Stands::Imported && is_imported(before) {
                *known = Stands::Imported;
            } else if is_call || !is_plain || anywhere || is_named(before) {
                *known = Stands::Named.max(*known);
            }
        }
    }
    standing
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether what stands before a name makes it one that is imported, bound to a
/// module or taken from one, rather than a word of a comment or a text.
fn is_named(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let Some(last) = before.last() else {
        return false;
    };
    if !is_word(*last) {
        return b"{,(:*.".contains(last);
    }
    [
        &b"import"[..],
        b"const",
        b"let",
        b"var",
        b"as",
        b"type",
        b"use",
    ]
    .iter()
    .any(|word| before.ends_with(word))
}

/// Whether what stands before a name begins an import of it from a module:
/// `import { a as b, …`, `from m import a, …`, `use m::{a, …`, `use m::…`.
fn is_imported(before: &[u8]) -> bool {
    /// Longer lists of names are not gone through.
    const FARTHEST: usize = 2048;
    let start = before.len().saturating_sub(FARTHEST);
    let before = before.get(start..).unwrap_or_default().trim_ascii_end();
    // Names before it in the same list.
    let in_list = |b: &&u8| is_word(**b) || matches!(b, b',' | b'$') || b.is_ascii_whitespace();
    let listed = before.iter().rev().take_while(in_list).count();
    let (head, list) = before.split_at(before.len() - listed);
    let first = |line: &[u8]| {
        let mut words = line.split(|b| !is_word(*b)).filter(|w| !w.is_empty());
        words
            .next()
            .is_some_and(|w| matches!(w, b"import" | b"export" | b"use" | b"pub"))
    };
    let last_line = |text: &[u8]| {
        let line = text.rsplit(|b| matches!(b, b'\n' | b';')).next();
        line.unwrap_or_default().to_vec()
    };
    match head.split_last() {
        Some((b'{', head)) => {
            let head = head.trim_ascii_end();
            let is_bound = [&b"const"[..], b"let", b"var"]
                .iter()
                .any(|w| head.ends_with(w));
            is_bound || first(&last_line(head))
        }
        Some((b'(', head)) => head.trim_ascii_end().ends_with(b"import"),
        Some((b':', head)) if list.is_empty() => first(&last_line(head)),
        _ => last_line(list)
            .split(|b| !is_word(*b))
            .any(|word| word == b"import"),
    }
}
