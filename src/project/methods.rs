//! Methods: of a class, of what it inherits from, of what implements it.

use std::sync::Arc;

use super::evaluate::Evaluator;
use super::value::{ClassRef, Found, Frame, FunctionRef, Value};
use crate::facts::{ClassKind, FunctionKind};

impl Evaluator<'_> {
    /// A method as a value; a getter is what it returns.
    pub(super) fn method_value(&self, function: FunctionRef, this: &Value) -> Vec<Found> {
        if self.project.function(function).kind == FunctionKind::Getter {
            let frame = Frame {
                function,
                call: None,
                this: Some(this.clone()),
                given: None,
                outer: None,
            };
            return self.returned(function, Some(Arc::new(frame)));
        }
        vec![Found::new(Value::Function {
            function,
            this: Some(Arc::new(this.clone())),
            env: None,
        })]
    }

    /// The method of a class or of what it inherits from or extends it.
    pub(super) fn method_on(
        &self,
        this: &Value,
        class: ClassRef,
        name: &str,
    ) -> Option<Vec<Found>> {
        let methods = self
            .lineage(class)
            .into_iter()
            .map(|ancestor| self.methods_named(ancestor, name))
            .find(|methods| !methods.is_empty())?;
        let found = methods.into_iter();
        Some(found.flat_map(|m| self.method_value(m, this)).collect())
    }

    /// A method, or, of an interface or an abstract class, those that implement it.
    pub(super) fn implementations(
        &self,
        method: FunctionRef,
        class: ClassRef,
        this: &Value,
        name: &str,
    ) -> Vec<Found> {
        const MOST: usize = 6;
        let facts = self.project.class(class);
        let declared_only = facts.kind == ClassKind::Interface
            || (facts.is_abstract && self.project.function(method).returns.is_empty());
        let mut found = self.method_value(method, this);
        if !declared_only {
            return found;
        }
        for subclass in self.subclasses(class).into_iter().take(MOST) {
            for method in self.methods_named(subclass, name) {
                let this = Value::Instance {
                    class: subclass,
                    made: None,
                    type_args: None,
                };
                found.extend(self.method_value(method, &this));
            }
        }
        found
    }
}
