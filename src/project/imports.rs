//! What imports bind, and what modules offer.

use super::evaluate::Evaluator;
use super::value::{At, Found, Value};
use super::{FileId, Target};
use crate::facts::{Binding, ExprKind, ImportId, Imported};
use crate::language::Modules;

impl Evaluator<'_> {
    pub(super) fn import(&self, file: FileId, import: ImportId) -> Vec<Found> {
        let import = self.project.facts(file).import(import);
        match self.project.resolve_module(file, &import.module) {
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
                            expr: crate::facts::ExprId(0),
                            env: None,
                        },
                    ),
                    _ => vec![settings],
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
        let submodule = self.project.submodule(module, name)?;
        Some(vec![Found::new(Value::Module(submodule))])
    }
}
