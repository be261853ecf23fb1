//! Interfaces that are implemented by having their methods.

use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use super::evaluate::Evaluator;
use super::value::{ClassRef, FunctionRef};
use crate::facts::ClassKind;

/// A method as far as it is compared: `Send` of a mailer is not that of a queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Method {
    name: SmolStr,
    parameters: usize,
}

impl Evaluator<'_> {
    /// The classes of parsed files that have every method an interface asks for;
    /// none where classes say what they implement.
    pub(super) fn structural(&self, interface: ClassRef) -> Vec<ClassRef> {
        let is_interface = self.project.class(interface).kind == ClassKind::Interface;
        if !is_interface || !self.project.is_structural(interface.file) {
            return Vec::new();
        }
        let wanted = self.method_set(interface);
        // The method that the fewest have leaves the fewest to look at.
        let Some(rarest) = wanted
            .iter()
            .min_by_key(|method| (self.callers.with_method(&method.name).len(), *method))
        else {
            return Vec::new();
        };
        let mut found: Vec<ClassRef> = Vec::new();
        for candidate in self.callers.with_method(&rarest.name) {
            let class = self.extended(*candidate);
            if found.contains(&class) || self.project.class(class).kind == ClassKind::Interface {
                continue;
            }
            if self.method_set(class).is_superset(&wanted) {
                found.push(class);
            }
        }
        found
    }

    /// The interfaces of parsed files whose methods a class has.
    #[must_use]
    pub fn interfaces_of(&self, class: ClassRef) -> Vec<ClassRef> {
        if !self.project.is_structural(class.file) {
            return Vec::new();
        }
        let own = self.method_set(class);
        let mut names: Vec<&SmolStr> = own.iter().map(|method| &method.name).collect();
        names.sort();
        let mut found: Vec<ClassRef> = Vec::new();
        for name in names {
            for candidate in self.callers.with_method(name) {
                let is_interface = self.project.class(*candidate).kind == ClassKind::Interface;
                if is_interface
                    && !found.contains(candidate)
                    && own.is_superset(&self.method_set(*candidate))
                {
                    found.push(*candidate);
                }
            }
        }
        found
    }

    /// The methods of a class and of what it embeds.
    fn method_set(&self, class: ClassRef) -> FxHashSet<Method> {
        let mut all = FxHashSet::default();
        for ancestor in self.lineage(class) {
            let facts = self.project.facts(ancestor.file);
            let methods = facts.class(ancestor.class).methods.iter();
            all.extend(methods.map(|m| {
                let function = facts.function(*m);
                Method {
                    name: function.name.clone(),
                    parameters: function.params.len(),
                }
            }));
        }
        all
    }

    /// A method that a file of the class's package adds to it, which nobody may
    /// have parsed yet.
    pub(super) fn method_in_package(&self, class: ClassRef, name: &str) -> Option<FunctionRef> {
        if !self.project.is_structural(class.file) {
            return None;
        }
        let class_name = self.project.class_name(class);
        let others = self.project.package_of(class.file).into_iter().skip(1);
        let others = others.filter(|file| self.project.could_offer(*file, &format!("{name}(")));
        for file in others {
            let facts = self.project.facts(file);
            for extension in &facts.classes {
                let Some(target) = extension.target.filter(|_| extension.name.is_empty()) else {
                    continue;
                };
                let method = extension
                    .methods
                    .iter()
                    .find(|m| facts.function(**m).name == name);
                if let Some(method) = method
                    && facts.render(target) == class_name.as_str()
                {
                    return Some(FunctionRef {
                        file,
                        function: *method,
                    });
                }
            }
        }
        None
    }
}
