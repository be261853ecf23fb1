//! What names mean: bindings in scopes, and what comes through globs.

use smol_str::{SmolStr, format_smolstr};

use super::evaluate::{Evaluator, hop};
use super::value::{At, Found, Origin, Step, Value};
use super::{FileId, Target};
use crate::facts::{Binding, ExprKind, Facts, ScopeId, ScopeKind};
use crate::language::Modules;

impl Evaluator<'_> {
    pub(super) fn name(&self, at: &At, scope: ScopeId, name: &str, position: u32) -> Vec<Found> {
        let facts = self.project.facts(at.file);
        if let Some(chosen) = visible(facts, scope, name, position) {
            return self.bindings(at, name, &chosen);
        }
        if self.has_namespaces(at.file) {
            if let Some(found) = self.type_argument_value(at) {
                return found;
            }
            return self.through_namespaces(at, scope, name);
        }
        if self.project.file(at.file).language.get().modules == Modules::Jvm {
            return self.visible_name(at, scope, name);
        }
        self.imported_macro(at, scope, name, position)
            .or_else(|| self.in_package(at.file, name))
            .or_else(|| self.through_globs(at.file, name, 0))
            .unwrap_or_else(|| self.undeclared(at.file, name))
    }

    /// A name another file of the same package declares; what a file imports is
    /// its own.
    pub(super) fn in_package(&self, file: FileId, name: &str) -> Option<Vec<Found>> {
        if !self.project.is_structural(file) {
            return None;
        }
        let others = self.project.package_of(file).into_iter().skip(1);
        others
            .filter(|other| self.project.could_offer(*other, name))
            .find_map(|other| self.declared(other, name))
    }

    /// A name the module scope of a file declares without importing it.
    pub(super) fn declared(&self, file: FileId, name: &str) -> Option<Vec<Found>> {
        let facts = self.project.facts(file);
        let bindings: Vec<&Binding> = facts
            .scopes
            .first()?
            .names
            .get(name)?
            .iter()
            .filter(|b| !matches!(facts.expr(b.value).kind, ExprKind::Import(_)))
            .collect();
        let first = bindings.first()?;
        let at = At {
            file,
            expr: first.value,
            env: None,
        };
        Some(self.bindings(&at, name, &bindings))
    }

    /// `name!` of a library: what is imported as `name` is its macro too.
    fn imported_macro(
        &self,
        at: &At,
        scope: ScopeId,
        name: &str,
        position: u32,
    ) -> Option<Vec<Found>> {
        let bare = name.strip_suffix('!')?;
        let found: Vec<Found> = self
            .name(at, scope, bare, position)
            .into_iter()
            .filter_map(|f| match f.value {
                Value::External(origin) => {
                    let (Step::Member(member), Some(of)) = (origin.step(), origin.parent()) else {
                        return None;
                    };
                    Some(Found::new(Value::External(
                        of.member(format_smolstr!("{member}!")),
                    )))
                }
                _ => None,
            })
            .collect();
        (!found.is_empty()).then_some(found)
    }

    /// A name nothing in the file declares: a crate where paths need no import,
    /// else a global.
    fn undeclared(&self, file: FileId, name: &str) -> Vec<Found> {
        let by_crate = self.project.file(file).language.get().modules == Modules::Crate;
        if !by_crate || !name.starts_with(|c: char| c.is_ascii_lowercase()) || name.ends_with('!') {
            return vec![Found::new(Value::External(Origin::global(name)))];
        }
        match self.project.resolve_module(file, name) {
            Target::File(module) => vec![Found::new(Value::Module(module))],
            Target::External(origin) => vec![Found::new(Value::External(origin))],
        }
    }

    pub(super) fn bindings(&self, at: &At, name: &str, bindings: &[&Binding]) -> Vec<Found> {
        let facts = self.project.facts(at.file);
        let mut found = Vec::new();
        for binding in bindings {
            let value = At {
                expr: binding.value,
                ..at.clone()
            };
            let mut values = if binding.assigns {
                self.eval(&value)
            } else {
                self.of_said_kind(&value, binding.ty)
            };
            let blank = !values.is_empty() && values.iter().all(|f| self.is_blank(&f.value));
            if let Some(ty) = binding.ty
                && (blank || values.iter().all(|f| matches!(f.value, Value::Unknown(_))))
            {
                let ty = At {
                    expr: ty,
                    ..value.clone()
                };
                // What an empty collection is for, its type says.
                if !blank {
                    values.clear();
                }
                values.extend(self.instances_of(&ty));
            } else if let Some(ty) = binding.ty
                && self.project.file(at.file).language.get().modules == Modules::Jvm
                && values.iter().all(|f| matches!(f.value, Value::External(_)))
            {
                // What a library gives back is what it is declared to be here.
                let ty = At {
                    expr: ty,
                    ..value.clone()
                };
                let typed = self.instances_of(&ty);
                if typed
                    .iter()
                    .any(|f| matches!(f.value, Value::Instance { .. }))
                {
                    values = typed;
                }
            }
            // What a pattern takes out of a parameter is known by its callers, and
            // by the type of the variant it names.
            if let Some(ty) = binding.ty
                && matches!(facts.expr(binding.value).kind, ExprKind::Index { .. })
                && matches!(facts.expr(ty).kind, ExprKind::Index { .. })
                && values.iter().all(|f| matches!(f.value, Value::Param(_)))
            {
                let ty = At {
                    expr: ty,
                    ..value.clone()
                };
                values.extend(self.instances_of(&ty));
            }
            let span = facts.expr(binding.value).span;
            let is_literal = !matches!(
                facts.expr(binding.value).kind,
                ExprKind::Param { .. }
                    | ExprKind::Import(_)
                    | ExprKind::Function(_)
                    | ExprKind::Class(_)
            );
            for mut value in values {
                // A hole is called what the code at the use calls it.
                if matches!(value.value, Value::Unknown(_)) {
                    value.value = Value::Unknown(SmolStr::new(name));
                }
                found.push(if is_literal {
                    hop(value, name, at.file, span)
                } else {
                    value
                });
            }
        }
        if found.is_empty() {
            found.push(Found::new(Value::Unknown(SmolStr::new(name))));
        }
        self.decided(found, at.file)
    }

    /// `from m import *`, `use m::*`, `export * from "m"`.
    pub(super) fn through_globs(&self, file: FileId, name: &str, depth: u32) -> Option<Vec<Found>> {
        const DEEPEST: u32 = 8;
        if depth > DEEPEST || self.project.facts(file).globs.is_empty() {
            return None;
        }
        // Modules that offer everything of each other are asked once.
        let key = (file, SmolStr::new(name));
        let is_first = self.asked.borrow().is_empty();
        if !self.asked.borrow_mut().insert(key.clone()) {
            return None;
        }
        let found = self.offered_through(file, name, depth);
        if is_first {
            self.asked.borrow_mut().clear();
        } else if found.is_some() {
            self.asked.borrow_mut().remove(&key);
        }
        found
    }

    fn offered_through(&self, file: FileId, name: &str, depth: u32) -> Option<Vec<Found>> {
        let facts = self.project.facts(file);
        let mut external = None;
        for glob in &facts.globs {
            let written = &facts.import(*glob).module;
            match self.project.imported(file, *glob) {
                Target::File(module)
                    if let Some(inside) = self.inside_module(file, module, written, depth + 1) =>
                {
                    if let Some(found) = self.offered_by(&inside, name, file, depth) {
                        return Some(found);
                    }
                }
                Target::File(module)
                    if module != file && self.project.could_offer(module, name) =>
                {
                    if let Some(found) = self.export_at(module, name, depth + 1) {
                        return Some(found);
                    }
                }
                Target::External(_) if let Some(own) = self.of_own_scope(file, written) => {
                    if let Some(found) = self.offered_by(&own, name, file, depth) {
                        return Some(found);
                    }
                }
                Target::External(origin) => {
                    // Only a guess: the name may as well be a global.
                    external.get_or_insert(origin.member(name));
                }
                Target::File(_) => {}
            }
        }
        external
            .filter(|_| name.starts_with(char::is_uppercase))
            .map(|origin| self.external(origin, file))
    }

    /// What values of a module offer under a name, if they know it.
    fn offered_by(&self, of: &[Found], name: &str, file: FileId, depth: u32) -> Option<Vec<Found>> {
        let mut found = Vec::new();
        for f in of {
            match f.value {
                // Modules that offer each other's names are gone round once.
                Value::Module(module) => {
                    found.extend(
                        self.export_at(module, name, depth + 1)
                            .into_iter()
                            .flatten(),
                    );
                }
                _ => found.extend(self.members_of(std::slice::from_ref(f), name, file)),
            }
        }
        let is_known = |f: &Found| !matches!(f.value, Value::Unknown(_));
        found.iter().any(is_known).then_some(found)
    }
}

/// The bindings a name can mean where it stands; `None` if nothing in the file
/// binds it.
#[must_use]
pub fn visible<'f>(
    facts: &'f Facts,
    scope: ScopeId,
    name: &str,
    position: u32,
) -> Option<Vec<&'f Binding>> {
    let user = facts.function_of_scope(scope);
    let id = scope_of_name(facts, scope, name, position)?;
    let bindings = facts.scope(id).names.get(name)?;
    let same_function = facts.function_of_scope(id) == user;
    if same_function && bindings.iter().all(|b| is_later(facts, b, position)) {
        return Some(bindings.iter().collect());
    }
    Some(visible_bindings(bindings, position, same_function))
}

/// The scope whose binding a name means where it stands.
#[must_use]
pub fn scope_of_name(facts: &Facts, scope: ScopeId, name: &str, position: u32) -> Option<ScopeId> {
    let user = facts.function_of_scope(scope);
    let mut current = Some(scope);
    let mut innermost = true;
    // A binding that comes later hides nothing yet: `let x = x?`. It counts
    // if nothing further out has the name (loops, hoisting).
    let mut later: Option<ScopeId> = None;
    while let Some(id) = current {
        let s = facts.scope(id);
        // Names of a class body are not in scope inside its methods.
        let is_visible = innermost || !matches!(s.kind, ScopeKind::Class(_));
        if is_visible && let Some(bindings) = s.names.get(name) {
            let same_function = facts.function_of_scope(id) == user;
            if !same_function || !bindings.iter().all(|b| is_later(facts, b, position)) {
                return Some(id);
            }
            later = later.or(Some(id));
        }
        if !matches!(s.kind, ScopeKind::Block) {
            innermost = false;
        }
        current = s.parent;
    }
    later
}

/// Whether a binding comes behind a place. Functions and classes are hoisted.
fn is_later(facts: &Facts, binding: &Binding, position: u32) -> bool {
    let hoisted = matches!(
        facts.expr(binding.value).kind,
        ExprKind::Function(_) | ExprKind::Class(_)
    );
    binding.at >= position && !hoisted
}

/// The bindings a use at `position` can see: the declaration before it and what
/// is assigned between the two; seen from another function, all of them.
fn visible_bindings(bindings: &[Binding], position: u32, same_function: bool) -> Vec<&Binding> {
    if !same_function {
        return bindings.iter().collect();
    }
    let before: Vec<&Binding> = bindings.iter().filter(|b| b.at < position).collect();
    let Some(last) = before.iter().rposition(|b| b.declares) else {
        return bindings.iter().collect();
    };
    let mut chosen: Vec<&Binding> = before.into_iter().skip(last).collect();
    // What is assigned as surely as it was declared replaces what was before.
    let branch = chosen.first().map(|b| b.branch);
    let replaced = chosen
        .iter()
        .rposition(|b| b.assigns && Some(b.branch) == branch);
    if let Some(replaced) = replaced {
        chosen.drain(..replaced);
    }
    // A bare declaration says nothing once something is assigned.
    if chosen.len() > 1 {
        chosen.retain(|b| b.assigns);
    }
    chosen
}
