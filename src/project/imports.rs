//! What imports bind, and what modules offer.

use super::evaluate::Evaluator;
use super::value::{At, Found, Value};
use super::{FileId, Target};
use crate::facts::{Binding, ExprId, ExprKind, ImportId, Imported};
use crate::language::Modules;

impl Evaluator<'_> {
    pub(super) fn import(&self, file: FileId, id: ImportId) -> Vec<Found> {
        let import = self.project.facts(file).import(id);
        if self.has_namespaces(file) {
            return match &import.what {
                Imported::Named(name) => self.namespace_member(file, &import.module, name),
                _ => self.namespace_member(file, "", &import.module),
            };
        }
        if self.project.file(file).language.get().modules == Modules::Jvm
            && let Imported::Named(name) = &import.what
        {
            return self.qualified_import(file, &import.module, name);
        }
        match self.project.imported(file, id) {
            Target::File(module)
                if let Some(inside) = self.inside_module(file, module, &import.module, 0) =>
            {
                match &import.what {
                    Imported::Named(name) => self.members_of(&inside, name, file),
                    _ => inside,
                }
            }
            // `from . import module` in the package itself.
            Target::File(module)
                if module == file
                    && let Imported::Named(name) = &import.what
                    && let Some(submodule) = self.project.submodule(file, name) =>
            {
                vec![Found::new(Value::Module(submodule))]
            }
            Target::File(module) => match &import.what {
                Imported::Module | Imported::All => vec![Found::new(Value::Module(module))],
                Imported::Default => self
                    .export(module, "default")
                    .unwrap_or_else(|| vec![Found::new(Value::Module(module))]),
                Imported::Named(name) => self.export(module, name).unwrap_or_else(|| {
                    // A module of the project can have the name of a library
                    // beside it; what it does not offer, the library does.
                    let own = import.module.starts_with('.') || import.module.contains("::");
                    if own {
                        return vec![Found::new(Value::Unknown(name.clone()))];
                    }
                    let origin = self.project.external_module(file, &import.module);
                    self.external(origin.member(name.clone()), file)
                }),
            },
            Target::External(_)
                if let Some(settings) = self.imported_settings(file, &import.module) =>
            {
                match &import.what {
                    Imported::Named(name) => self.member(
                        &settings,
                        name,
                        &At {
                            file,
                            expr: ExprId(0),
                            env: None,
                        },
                    ),
                    _ => vec![settings],
                }
            }
            Target::External(_) if let Some(own) = self.of_own_scope(file, &import.module) => {
                match &import.what {
                    Imported::Named(name) => self.members_of(&own, name, file),
                    _ => own,
                }
            }
            Target::External(origin) => match &import.what {
                Imported::Named(name) => match self.namespaced(file, &import.module, name) {
                    Some(module) => vec![Found::new(Value::Module(module))],
                    None => self.external(origin.member(name.clone()), file),
                },
                _ => vec![Found::new(Value::External(origin))],
            },
        }
    }

    /// What an import's module is where it stands inside of a file: an inline
    /// module, an enum whose variants are imported.
    pub(super) fn inside_module(
        &self,
        from: FileId,
        module: FileId,
        written: &str,
        depth: u32,
    ) -> Option<Vec<Found>> {
        let inside = self.project.inside_module(from, written);
        let (first, rest) = inside.split_first()?;
        let found = self.export_at(module, first, depth)?;
        Some(self.walked(found, rest, module))
    }

    /// A path that begins with something the file itself declares: `use kinds::A`
    /// beside `mod kinds { … }` or `enum Kind`.
    pub(super) fn of_own_scope(&self, file: FileId, written: &str) -> Option<Vec<Found>> {
        if self.project.file(file).language.get().modules != Modules::Crate {
            return None;
        }
        let mut path = written.split("::");
        let first = path.next()?;
        let facts = self.project.facts(file);
        let bindings = facts.scopes.first()?.names.get(first)?;
        let declared = |b: &&Binding| {
            let kind = &facts.expr(b.value).kind;
            matches!(kind, ExprKind::Object { .. } | ExprKind::Class(_))
        };
        let binding = bindings.iter().find(declared)?;
        let found = self.eval(&At {
            file,
            expr: binding.value,
            env: None,
        });
        let rest: Vec<&str> = path.collect();
        Some(self.walked(found, &rest, file))
    }

    fn walked(&self, mut found: Vec<Found>, path: &[&str], file: FileId) -> Vec<Found> {
        for name in path {
            found = self.members_of(&found, name, file);
        }
        found
    }

    pub(super) fn members_of(&self, of: &[Found], name: &str, file: FileId) -> Vec<Found> {
        let at = At {
            file,
            expr: ExprId(0),
            env: None,
        };
        of.iter().flat_map(|f| self.member(f, name, &at)).collect()
    }

    /// `from folder import module` where the folder is no module itself.
    fn namespaced(&self, file: FileId, folder: &str, name: &str) -> Option<FileId> {
        if self.project.file(file).language.get().modules != Modules::Dotted {
            return None;
        }
        let dot = if folder.ends_with('.') { "" } else { "." };
        match self
            .project
            .resolve_module(file, &format!("{folder}{dot}{name}"))
        {
            Target::File(module) => Some(module),
            Target::External(_) => None,
        }
    }

    /// What a module offers under a name.
    #[must_use]
    pub fn export(&self, module: FileId, name: &str) -> Option<Vec<Found>> {
        self.export_at(module, name, 0)
    }

    pub(super) fn export_at(&self, module: FileId, name: &str, depth: u32) -> Option<Vec<Found>> {
        if self.project.is_structural(module) {
            let files = self.project.package_of(module).into_iter();
            return files
                .filter(|file| self.project.could_offer(*file, name))
                .find_map(|file| self.declared(file, name));
        }
        let facts = self.project.facts(module);
        let at = |expr| At {
            file: module,
            expr,
            env: None,
        };
        if let Some(export) = facts.exports.iter().rev().find(|e| e.name == name) {
            return Some(self.eval(&at(export.value)));
        }
        if let Some(bindings) = facts.scopes.first().and_then(|s| s.names.get(name)) {
            let chosen: Vec<&Binding> = bindings.iter().collect();
            let first = bindings.first()?;
            return Some(self.bindings(&at(first.value), name, &chosen));
        }
        // `module.exports = { a, b }`
        if name != "default"
            && let Some(whole) = facts.exports.iter().find(|e| e.name == "default")
            && matches!(facts.expr(whole.value).kind, ExprKind::Object { .. })
        {
            let at = at(whole.value);
            return Some(self.member_of(&at, name, &at));
        }
        if let Some(found) = self.through_globs(module, name, depth) {
            return Some(found);
        }
        // `module.exports = require("./whole")`
        if name != "default"
            && let Some(whole) = facts.exports.iter().find(|e| e.name == "default")
        {
            let values = self.eval(&at(whole.value));
            let found = self.members_of(&values, name, module);
            if found.iter().any(|f| !matches!(f.value, Value::Unknown(_))) {
                return Some(found);
            }
        }
        let submodule = self.project.submodule(module, name)?;
        Some(vec![Found::new(Value::Module(submodule))])
    }
}
