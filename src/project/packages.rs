//! Names of the languages in which a package's classes see each other, imports
//! name classes and their members, and a bare name can be inherited.

use super::FileId;
use super::evaluate::Evaluator;
use super::value::{At, ClassRef, Found, Origin, Value};
use crate::facts::{ScopeId, ScopeKind};

impl Evaluator<'_> {
    /// `import a.b.C;`, `import static a.b.C.name;`, `import a.b.Outer.Inner;`
    pub(super) fn qualified_import(&self, file: FileId, module: &str, name: &str) -> Vec<Found> {
        if let Some(found) = self.declared_in(file, module, name) {
            return found;
        }
        if let Some(found) = self.of_class(file, module, name, 0) {
            return found;
        }
        let origin = self.project.external_module(file, module);
        self.external(origin.member(name), file)
    }

    /// What a package of the project declares under a name.
    fn declared_in(&self, file: FileId, package: &str, name: &str) -> Option<Vec<Found>> {
        let module = self.project.declaring(file, package, name)?;
        self.export(module, name)
    }

    /// A static or nested class of a class given by its qualified name.
    fn of_class(&self, file: FileId, class: &str, name: &str, depth: u32) -> Option<Vec<Found>> {
        const DEEPEST: u32 = 6;
        let (package, last) = class.rsplit_once('.')?;
        if depth > DEEPEST || !last.starts_with(char::is_uppercase) {
            return None;
        }
        let found = self
            .declared_in(file, package, last)
            .or_else(|| self.of_class(file, package, last, depth + 1))?;
        let classes = found.into_iter().filter_map(|f| match f.value {
            Value::Class(class) => Some(class),
            _ => None,
        });
        let members: Vec<Found> = classes
            .filter(|class| self.offers(*class, name))
            .flat_map(|class| self.static_member(class, name))
            .collect();
        (!members.is_empty()).then_some(members)
    }

    /// A name nothing in the file binds: of its package, of what it imports as a
    /// whole, inherited, else a global.
    pub(super) fn visible_name(&self, at: &At, scope: ScopeId, name: &str) -> Vec<Found> {
        let own = self.project.file(at.file).heading.as_ref();
        if let Some(heading) = own
            && let Some(found) = self.declared_in(at.file, &heading.package, name)
        {
            return found;
        }
        let facts = self.project.facts(at.file);
        let globs = || facts.globs.iter().map(|g| facts.import(*g).module.as_str());
        for module in globs() {
            let found = self
                .declared_in(at.file, module, name)
                .or_else(|| self.of_class(at.file, module, name, 0));
            if let Some(found) = found {
                return found;
            }
        }
        if let Some(found) = self.inherited(at, scope, name) {
            return found;
        }
        // Which of several packages has it nobody here knows.
        let is_class = name.starts_with(char::is_uppercase);
        let found: Vec<Found> = globs()
            .filter(|module| {
                // What the platform has is called like a global.
                let of_platform = ["java.", "kotlin."].iter().any(|p| module.starts_with(p));
                let last = module.rsplit('.').next().unwrap_or("");
                !of_platform && is_class != last.starts_with(char::is_uppercase)
            })
            .flat_map(|module| {
                let origin = self.project.external_module(at.file, module);
                self.external(origin.member(name), at.file)
            })
            .collect();
        if found.is_empty() {
            return vec![Found::new(Value::External(Origin::global(name)))];
        }
        found
    }

    /// A member that a class around the scope inherits.
    fn inherited(&self, at: &At, scope: ScopeId, name: &str) -> Option<Vec<Found>> {
        let facts = self.project.facts(at.file);
        let mut inner = scope;
        let mut current = Some(scope);
        while let Some(id) = current {
            let s = facts.scope(id);
            if let ScopeKind::Class(class) = s.kind {
                if !facts.class(class).bases.is_empty() {
                    let class = ClassRef {
                        file: at.file,
                        class,
                    };
                    let of_library = || {
                        name.starts_with(char::is_lowercase)
                            && !self.external_bases(class).is_empty()
                    };
                    if self.offers(class, name) || of_library() {
                        return Some(self.member_of_class_around(at, inner, class, name));
                    }
                }
                inner = s.parent.unwrap_or(inner);
            }
            current = s.parent;
        }
        None
    }

    /// Whether a class or what it is derived from declares a name.
    fn offers(&self, class: ClassRef, name: &str) -> bool {
        self.lineage(class).into_iter().any(|class| {
            let facts = self.project.facts(class.file);
            let c = facts.class(class.class);
            c.fields.iter().any(|f| f.name == name)
                || c.methods.iter().any(|m| facts.function(*m).name == name)
                || facts.scope(c.scope).names.contains_key(name)
        })
    }
}
