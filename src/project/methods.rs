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
                handed: None,
            };
            return self.returned(function, Some(Arc::new(frame)));
        }
        vec![Found::new(Value::Function {
            function,
            this: Some(Arc::new(this.clone())),
            env: None,
        })]
    }

    /// The methods of a name in the first of some classes that has any.
    fn methods_in(&self, lineage: &[ClassRef], name: &str) -> Vec<FunctionRef> {
        let named = lineage.iter().map(|class| self.methods_named(*class, name));
        named
            .into_iter()
            .find(|m| !m.is_empty())
            .unwrap_or_default()
    }

    /// The method of a class or of what it inherits from or extends it.
    pub(super) fn method_on(
        &self,
        this: &Value,
        class: ClassRef,
        name: &str,
    ) -> Option<Vec<Found>> {
        let (method, _) = self.method_in(&self.lineage(class), name).or_else(|| {
            let method = self.method_in_package(class, name)?;
            Some((method, class))
        })?;
        Some(self.method_value(method, this))
    }

    /// The first method of that name in some classes, and whose it is.
    pub(super) fn method_in(
        &self,
        lineage: &[ClassRef],
        name: &str,
    ) -> Option<(FunctionRef, ClassRef)> {
        let mut classes = lineage.iter();
        classes.find_map(|class| Some((self.method(*class, name)?, *class)))
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
            // Its methods can stand in an extension of it.
            let own: Vec<ClassRef> = self.lineage(subclass);
            let own: Vec<ClassRef> = own.into_iter().filter(|c| *c != class).collect();
            for method in self.methods_in(&own, name) {
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
