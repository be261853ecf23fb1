//! Who calls what, by name: an index over the parsed files, which grows as more
//! of them are parsed.

use smol_str::SmolStr;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{ByName, ClassRef, FileId, FunctionRef, Project, Target};
use crate::facts::{ClassId, ClassKind, ExprId, ExprKind, FunctionId, Imported};

/// The name under which calls of a base's constructor are found.
pub(super) const SUPER: &str = "super";

/// Calls, functions passed on and derived classes of the parsed files, by name.
/// Whether a call really leads to a function is for the evaluator to say.
#[derive(Debug, Default)]
pub struct Callers {
    calls: ByName<(FileId, ExprId)>,
    passed: ByName<(FileId, ExprId)>,
    derived: ByName<ClassRef>,
    extensions: ByName<ClassRef>,
    /// Classes by the methods they have, where having them is implementing.
    with_method: ByName<ClassRef>,
    literals: ByName<(FileId, ExprId)>,
    holders: ByName<ClassRef>,
    /// Functions that are called as methods of their first parameter.
    extending: ByName<FunctionRef>,
    /// Decorated methods by the last name of the type they return, where slots
    /// are filled by type.
    returning: ByName<FunctionRef>,
    /// The same by their own names.
    decorated: ByName<FunctionRef>,
    /// The names under which modules are imported as a whole or by default.
    imported_as: FxHashMap<FileId, Vec<SmolStr>>,
    /// The other names under which something of a name is imported or exported.
    renamed: ByName<SmolStr>,
}

impl Callers {
    /// Adds files to the index; each once.
    pub fn add_files(&mut self, project: &Project, files: &[FileId]) {
        let parts: Vec<Self> = files
            .par_iter()
            .map(|file| {
                let mut part = Self::default();
                part.add(project, *file);
                part
            })
            .collect();
        for part in parts {
            merge(&mut self.calls, part.calls);
            merge(&mut self.passed, part.passed);
            merge(&mut self.derived, part.derived);
            merge(&mut self.extensions, part.extensions);
            merge(&mut self.with_method, part.with_method);
            merge(&mut self.literals, part.literals);
            merge(&mut self.holders, part.holders);
            merge(&mut self.extending, part.extending);
            merge(&mut self.returning, part.returning);
            merge(&mut self.decorated, part.decorated);
            merge(&mut self.renamed, part.renamed);
            for (module, names) in part.imported_as {
                let known = self.imported_as.entry(module).or_default();
                for name in names {
                    if !known.contains(&name) {
                        known.push(name);
                    }
                }
            }
        }
    }

    fn add(&mut self, project: &Project, file: FileId) {
        let facts = project.facts(file);
        for call in &facts.calls {
            let ExprKind::Call { callee, args, .. } = &facts.expr(*call).kind else {
                continue;
            };
            if matches!(facts.expr(*callee).kind, ExprKind::Super) {
                let name = SmolStr::new_static(SUPER);
                self.calls.entry(name).or_default().push((file, *call));
            } else if let Some(name) = last_name(facts, *callee) {
                self.calls.entry(name).or_default().push((file, *call));
            } else if let ExprKind::Call { args, .. } = &facts.expr(*callee).kind
                && let [only] = args.as_slice()
                && let Some(name) = last_name(facts, only.value)
            {
                // `in_thread(send)(message)` may well call `send`.
                self.calls.entry(name).or_default().push((file, *call));
            }
            for arg in args {
                if let Some(name) = last_name(facts, arg.value) {
                    self.passed.entry(name).or_default().push((file, arg.value));
                }
            }
        }
        self.add_imports(project, file);
        self.add_renamed(project, file);
        for (i, expr) in facts.exprs.iter().enumerate() {
            if let ExprKind::Object { ty: Some(ty), .. } = expr.kind
                && let Some(name) = last_name(facts, ty)
            {
                let literal = (file, ExprId(i as u32));
                self.literals.entry(name).or_default().push(literal);
            }
        }
        for (i, function) in facts.functions.iter().enumerate() {
            if function.extends {
                let id = FunctionRef {
                    file,
                    function: FunctionId(i as u32),
                };
                let named = self.extending.entry(function.name.clone());
                named.or_default().push(id);
            }
        }
        if project.file(file).language.get().injects_by_type() {
            self.add_decorated(project, file);
        }
        for (i, class) in facts.classes.iter().enumerate() {
            let id = ClassRef {
                file,
                class: ClassId(i as u32),
            };
            for base in &class.bases {
                if let Some(name) = last_name(facts, *base) {
                    self.derived.entry(name).or_default().push(id);
                }
            }
            if project.is_structural(file) {
                for method in &class.methods {
                    let name = facts.function(*method).name.clone();
                    self.with_method.entry(name).or_default().push(id);
                }
            }
            for ty in class.fields.iter().filter_map(|f| f.ty) {
                if let Some(name) = last_name(facts, ty) {
                    self.holders.entry(name).or_default().push(id);
                }
            }
            if let (ClassKind::Extension, Some(target)) = (class.kind, class.target)
                && let Some(name) = last_name(facts, target)
                    .or_else(|| Some(class.name.clone()).filter(|name| !name.is_empty()))
            {
                self.extensions.entry(name).or_default().push(id);
            }
        }
    }

    fn add_decorated(&mut self, project: &Project, file: FileId) {
        let facts = project.facts(file);
        for (i, function) in facts.functions.iter().enumerate() {
            let Some(ty) = function
                .return_type
                .filter(|_| !function.decorators.is_empty())
            else {
                continue;
            };
            let id = FunctionRef {
                file,
                function: FunctionId(i as u32),
            };
            if let Some(name) = last_name(facts, ty) {
                self.returning.entry(name).or_default().push(id);
            }
            let own = function.name.clone();
            self.decorated.entry(own).or_default().push(id);
        }
    }

    fn add_imports(&mut self, project: &Project, file: FileId) {
        let facts = project.facts(file);
        let names = facts.scopes.iter().flat_map(|s| &s.names);
        let mut imported: Vec<(FileId, SmolStr)> = names
            .flat_map(|(name, bindings)| bindings.iter().map(move |b| (name, b)))
            .filter_map(|(name, binding)| {
                let ExprKind::Import(id) = facts.expr(binding.value).kind else {
                    return None;
                };
                let import = facts.import(id);
                if !matches!(import.what, Imported::Default | Imported::Module) {
                    return None;
                }
                match project.imported(file, id) {
                    Target::File(module) => Some((module, name.clone())),
                    Target::External(_) => None,
                }
            })
            .collect();
        imported.sort();
        for (module, name) in imported {
            let names = self.imported_as.entry(module).or_default();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }

    /// `import { run as start }`, `export { Run as Job }`
    fn add_renamed(&mut self, project: &Project, file: FileId) {
        let facts = project.facts(file);
        let imported = |expr: ExprId| match &facts.expr(expr).kind {
            ExprKind::Import(id) => match &facts.import(*id).what {
                Imported::Named(name) => Some(name.clone()),
                _ => None,
            },
            _ => None,
        };
        let bound = facts.scopes.iter().flat_map(|s| &s.names);
        let bound = bound.flat_map(|(name, all)| all.iter().map(move |b| (name, b.value)));
        let taken = bound.filter_map(|(name, value)| Some((imported(value)?, name.clone())));
        let offered = facts.exports.iter().filter_map(|export| {
            let own = match &facts.expr(export.value).kind {
                ExprKind::Name(name) => Some(name.clone()),
                _ => imported(export.value),
            };
            Some((own?, export.name.clone()))
        });
        let mut renamed: Vec<(SmolStr, SmolStr)> = taken.chain(offered).collect();
        renamed.retain(|(own, other)| own != other && other != "default");
        renamed.sort();
        renamed.dedup();
        for (own, other) in renamed {
            self.renamed.entry(own).or_default().push(other);
        }
    }

    /// The other names under which what has this name is imported or exported,
    /// wherever it is from.
    #[must_use]
    pub fn renamed(&self, name: &str) -> Vec<SmolStr> {
        let mut names = self.renamed.get(name).cloned().unwrap_or_default();
        names.sort();
        names.dedup();
        names
    }

    /// The names under which other files import a module as a whole or by default.
    #[must_use]
    pub fn imported_as(&self, module: FileId) -> &[SmolStr] {
        self.imported_as.get(&module).map_or(&[], Vec::as_slice)
    }

    /// Calls whose callee's last name is this.
    #[must_use]
    pub fn named(&self, name: &str) -> &[(FileId, ExprId)] {
        self.calls.get(name).map_or(&[], Vec::as_slice)
    }

    /// Arguments whose last name is this: functions passed by name.
    #[must_use]
    pub fn passed(&self, name: &str) -> &[(FileId, ExprId)] {
        self.passed.get(name).map_or(&[], Vec::as_slice)
    }

    /// Classes that name a base of this name.
    #[must_use]
    pub fn derived_from(&self, name: &str) -> &[ClassRef] {
        self.derived.get(name).map_or(&[], Vec::as_slice)
    }

    /// Classes with a method of this name, where having an interface's methods is
    /// implementing it.
    #[must_use]
    pub fn with_method(&self, name: &str) -> &[ClassRef] {
        self.with_method.get(name).map_or(&[], Vec::as_slice)
    }

    /// Classes that declare a field of a type of this name.
    #[must_use]
    pub fn holders_of(&self, name: &str) -> &[ClassRef] {
        self.holders.get(name).map_or(&[], Vec::as_slice)
    }

    /// Literals of a type of this name: `X { … }`.
    #[must_use]
    pub fn literals_of(&self, name: &str) -> &[(FileId, ExprId)] {
        self.literals.get(name).map_or(&[], Vec::as_slice)
    }

    /// Functions of this name that are called as methods of their first parameter.
    #[must_use]
    pub fn extending(&self, name: &str) -> &[FunctionRef] {
        self.extending.get(name).map_or(&[], Vec::as_slice)
    }

    /// Decorated methods that return a type of this name.
    #[must_use]
    pub fn decorated_returning(&self, name: &str) -> &[FunctionRef] {
        self.returning.get(name).map_or(&[], Vec::as_slice)
    }

    /// Decorated methods of this name.
    #[must_use]
    pub fn decorated_named(&self, name: &str) -> &[FunctionRef] {
        self.decorated.get(name).map_or(&[], Vec::as_slice)
    }

    /// Extensions (`impl X`) of a type of this name.
    #[must_use]
    pub fn extensions_of(&self, name: &str) -> &[ClassRef] {
        self.extensions.get(name).map_or(&[], Vec::as_slice)
    }
}

fn merge<T>(into: &mut ByName<T>, part: ByName<T>) {
    for (name, mut all) in part {
        into.entry(name).or_default().append(&mut all);
    }
}

/// The name an expression ends in.
#[must_use]
pub fn last_name(facts: &crate::facts::Facts, expr: ExprId) -> Option<SmolStr> {
    match &facts.expr(expr).kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name.clone()),
        ExprKind::Generic { base, .. } => last_name(facts, *base),
        ExprKind::Cast { value, .. } => last_name(facts, *value),
        ExprKind::Class(class) => Some(facts.class(*class).name.clone()),
        _ => None,
    }
}
