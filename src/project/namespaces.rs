//! Names of languages with namespaces: what no scope of a file binds is a
//! member that a base class declares, a type of a namespace that the file sees,
//! or else something of a library.

use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};

use super::FileId;
use super::evaluate::Evaluator;
use super::value::{At, ClassRef, Found, Origin, Step, Value};
use crate::facts::{ScopeId, ScopeKind};
use crate::language::Modules;

/// Namespaces of the language's own library that are used without being named.
/// Source: <https://learn.microsoft.com/dotnet/core/project-sdk/overview#implicit-using-directives>.
const IMPLICIT: [&str; 14] = [
    "System",
    "System.Collections.Generic",
    "System.IO",
    "System.Linq",
    "System.Net.Http",
    "System.Threading",
    "System.Threading.Tasks",
    "Microsoft.AspNetCore.Builder",
    "Microsoft.AspNetCore.Hosting",
    "Microsoft.AspNetCore.Http",
    "Microsoft.Extensions.Configuration",
    "Microsoft.Extensions.DependencyInjection",
    "Microsoft.Extensions.Hosting",
    "Microsoft.Extensions.Logging",
];

impl Evaluator<'_> {
    /// Whether names of a file are looked up in namespaces.
    pub(super) fn has_namespaces(&self, file: FileId) -> bool {
        self.project.file(file).language.get().modules == Modules::Namespace
    }

    /// What a name means that no scope of the file binds.
    pub(super) fn through_namespaces(&self, at: &At, scope: ScopeId, name: &str) -> Vec<Found> {
        if let Some(found) = self.inherited_name(at, scope, name) {
            return found;
        }
        if let Some(found) = self.visible_type(at.file, name) {
            return found;
        }
        // `[Handles]` is of the class `HandlesAttribute`.
        let attribute = format_smolstr!("{name}Attribute");
        if self.project.declares_type(&attribute)
            && let Some(found) = self.visible_type(at.file, &attribute)
        {
            return found;
        }
        let mut found = self.library_member(at, scope, name);
        if name.starts_with(char::is_uppercase) {
            let origin = Origin::used(self.usings(at.file));
            found.extend(self.external(origin.member(name), at.file));
        }
        if found.is_empty() {
            let language = self.project.file(at.file).language.get();
            found.push(Found::new(if language.program_arguments() == Some(name) {
                Value::External(Origin::global(name))
            } else {
                Value::Unknown(SmolStr::new(name))
            }));
        }
        found
    }

    /// A member of a class around the use that its bases or its other parts declare.
    fn inherited_name(&self, at: &At, scope: ScopeId, name: &str) -> Option<Vec<Found>> {
        let class = self.class_around(at.file, scope)?;
        let declares = self.lineage(class).into_iter().any(|ancestor| {
            let facts = self.project.class(ancestor);
            facts.fields.iter().any(|field| field.name == name)
                || self.method(ancestor, name).is_some()
                || self
                    .project
                    .facts(ancestor.file)
                    .scope(facts.scope)
                    .names
                    .contains_key(name)
        });
        declares.then(|| self.member_of_class_around(at, scope, class, name))
    }

    /// A member of the library class that a class around the use derives from.
    fn library_member(&self, at: &At, scope: ScopeId, name: &str) -> Vec<Found> {
        let Some(class) = self.class_around(at.file, scope) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for (origin, _) in self.external_bases(class) {
            let member = origin.then(Step::Call(None)).member(name);
            found.extend(self.external(member, at.file));
        }
        found
    }

    /// The class around a scope, of which there is more than what stands in the
    /// file: it has bases or other parts.
    fn class_around(&self, file: FileId, scope: ScopeId) -> Option<ClassRef> {
        let facts = self.project.facts(file);
        let scope_kind = facts.scope(scope).kind;
        // A base itself is looked up from inside the class.
        if matches!(scope_kind, ScopeKind::Class(_)) {
            return None;
        }
        let class = facts.class_of_scope(scope)?;
        let own = facts.class(class);
        let more = !own.bases.is_empty() || own.target.is_some();
        more.then(|| self.extended(ClassRef { file, class }))
    }

    /// A type or namespace that a file sees under a simple name.
    fn visible_type(&self, file: FileId, name: &str) -> Option<Vec<Found>> {
        let facts = self.project.facts(file);
        let globs = facts.globs.iter().map(|id| &facts.import(*id).module);
        let usings: Vec<&SmolStr> = globs.chain(self.project.global_usings(file)).collect();
        if self.project.declares_type(name) {
            for using in &usings {
                let found = self.type_in(file, using, name);
                if found.is_some() {
                    return found;
                }
                // `using` inside of a namespace can leave out what is around it.
                for around in usings.iter().filter(|u| !u.is_empty()) {
                    let joined = format_smolstr!("{around}.{using}");
                    if !using.is_empty()
                        && self.project.has_namespace(&joined)
                        && let Some(found) = self.type_in(file, &joined, name)
                    {
                        return Some(found);
                    }
                }
            }
        }
        for using in &usings {
            if let Some(found) = self.static_of(file, using, name) {
                return Some(found);
            }
        }
        usings
            .iter()
            .map(|using| joined(using, name))
            .find(|namespace| self.project.has_namespace(namespace))
            .map(|namespace| vec![Found::new(Value::External(Origin::package(namespace)))])
    }

    /// `using static A.B.Names;`: a static of a type of the project.
    fn static_of(&self, file: FileId, using: &str, name: &str) -> Option<Vec<Found>> {
        let (namespace, class) = using.rsplit_once('.').unwrap_or(("", using));
        if class.is_empty() || !self.project.declares_type(class) {
            return None;
        }
        let class = self
            .type_in(file, namespace, class)?
            .into_iter()
            .find_map(|f| match f.value {
                Value::Class(class) => Some(class),
                _ => None,
            })?;
        let found = self.static_member(class, name);
        let known = |f: &Found| !matches!(f.value, Value::Unknown(_));
        found.iter().any(known).then_some(found)
    }

    /// A type of the project by its namespace and name.
    pub(super) fn type_in(&self, file: FileId, namespace: &str, name: &str) -> Option<Vec<Found>> {
        let full = joined(namespace, name);
        for id in self.project.files_of_type(file, namespace, name) {
            let facts = self.project.facts(id);
            if let Some(export) = facts.exports.iter().find(|e| e.name == full) {
                return Some(self.eval(&At {
                    file: id,
                    expr: export.value,
                    env: None,
                }));
            }
        }
        None
    }

    /// A member of a namespace: a type of the project, a namespace below it, or
    /// something of a library.
    pub(super) fn namespace_member(&self, file: FileId, namespace: &str, name: &str) -> Vec<Found> {
        if let Some(found) = self.type_in(file, namespace, name) {
            return found;
        }
        let inner = joined(namespace, name);
        if namespace.is_empty() || self.project.has_namespace(&inner) {
            return vec![Found::new(Value::External(Origin::package(inner)))];
        }
        self.external(Origin::package(namespace).member(name), file)
    }

    /// The namespaces that a name without a path can be of.
    fn usings(&self, file: FileId) -> Arc<[SmolStr]> {
        if let Some(known) = self.usings.borrow().get(&file) {
            return known.clone();
        }
        let facts = self.project.facts(file);
        let globs = facts
            .globs
            .iter()
            .map(|id| facts.import(*id).module.clone());
        let mut all: Vec<SmolStr> = globs
            .chain(self.project.global_usings(file).iter().cloned())
            .chain(IMPLICIT.map(SmolStr::new_static))
            .filter(|using| !using.is_empty())
            .collect();
        all.sort();
        all.dedup();
        let all: Arc<[SmolStr]> = all.into();
        self.usings.borrow_mut().insert(file, all.clone());
        all
    }
}

/// A name with its namespace.
fn joined(namespace: &str, name: &str) -> SmolStr {
    if namespace.is_empty() {
        SmolStr::new(name)
    } else {
        format_smolstr!("{namespace}.{name}")
    }
}
