//! Fields of instances.

use std::sync::Arc;

use smol_str::SmolStr;

use super::FileId;
use super::callers::last_name;
use super::evaluate::{Evaluator, hop, prefer_known};
use super::members::{is_receiver, is_text};
use super::value::{At, ClassRef, Decorated, Found, Frame, Origin, Step, Value};
use crate::facts::{ExprId, ExprKind};
use crate::language::Modules;

impl Evaluator<'_> {
    /// A field or method of an instance; library bases are asked last. What is
    /// `called` is a method if there is one of the name.
    pub(super) fn instance_member(
        &self,
        this: &Value,
        class: ClassRef,
        name: &str,
        called: bool,
    ) -> Vec<Found> {
        if let Some(parameter) = name.strip_prefix('<').and_then(|n| n.strip_suffix('>')) {
            return self.class_type_argument(this, class, parameter);
        }
        let lineage = self.lineage(class);
        if called {
            for of in &lineage {
                let methods = self.methods_named(*of, name).into_iter();
                let found: Vec<Found> = methods
                    .flat_map(|method| self.implementations(method, *of, this, name))
                    .collect();
                if !found.is_empty() {
                    return found;
                }
            }
        }
        let (mut typed, mut declared) = (Vec::new(), Vec::new());
        for ancestor in lineage {
            let facts = self.project.class(ancestor);
            if let Some(n) = facts.fields.iter().position(|f| f.name == name) {
                let field = &facts.fields[n];
                let found = self.field(this, ancestor, field);
                // What a library's own field description says is known to its model.
                let is_told = |f: &Found| {
                    let described = matches!(f.value, Value::External(_));
                    (is_receiver(&f.value) && !described) || is_text(&f.value)
                };
                if !found.iter().any(is_told)
                    && let Some(filled) = self.filled(class, ancestor, n)
                {
                    return filled;
                }
                let known = |f: &Found| is_receiver(&f.value) || is_text(&f.value);
                if !found.iter().any(known) {
                    typed.extend(found);
                } else if found
                    .iter()
                    .any(|f| known(f) && !self.is_only_declared(&f.value))
                {
                    return self.said_by_type(ancestor, n, &found).unwrap_or(found);
                } else {
                    // What is assigned to it may stand in an extension.
                    declared.extend(found);
                }
            }
            let methods = self.methods_named(ancestor, name);
            if declared.is_empty() && !methods.is_empty() {
                return methods
                    .into_iter()
                    .flat_map(|method| self.implementations(method, ancestor, this, name))
                    .collect();
            }
            // Names bound in a class body (nested classes, aliases).
            let scope = self.project.facts(ancestor.file).scope(facts.scope);
            if let (true, Some(binding)) = (
                declared.is_empty(),
                scope.names.get(name).and_then(|b| b.last()),
            ) {
                return self.eval(&At {
                    file: ancestor.file,
                    expr: binding.value,
                    env: None,
                });
            }
        }
        if !declared.is_empty() {
            let built = self.built_with(class, name);
            let built = self.or_assigned(built, this, class, name);
            return if built.is_empty() { declared } else { built };
        }
        if !typed.is_empty() {
            let is_given = typed.iter().any(|f| matches!(f.value, Value::Param(_)));
            let assigned = match is_given {
                true => Vec::new(),
                false => self.or_assigned(Vec::new(), this, class, name),
            };
            return if assigned.is_empty() { typed } else { assigned };
        }
        if let Some(method) = self.method_in_package(class, name) {
            return self.method_value(method, this);
        }
        if let Some(found) = self.promoted(this, class, name) {
            return found;
        }
        let dereferenced = self.nested(|| self.dereferenced(this, class, name));
        if let Some(found) = dereferenced.flatten() {
            return found;
        }
        let external: Vec<Found> = self
            .external_bases(class)
            .into_iter()
            .flat_map(|(origin, _)| {
                let made = match this {
                    Value::Instance { made, .. } => made.clone(),
                    _ => None,
                };
                self.external(origin.then(Step::Call(made)).member(name), class.file)
            })
            .collect();
        if !external.is_empty() {
            return external;
        }
        vec![Found::new(Value::Unknown(SmolStr::new(name)))]
    }

    /// What a field is built with, else what other code assigns to it.
    fn or_assigned(
        &self,
        built: Vec<Found>,
        this: &Value,
        class: ClassRef,
        name: &str,
    ) -> Vec<Found> {
        if !built.is_empty() {
            return built;
        }
        let assigned = self.nested(|| self.assigned_elsewhere(this, class, name));
        assigned.unwrap_or_default()
    }

    /// What the type of a field says where what is assigned comes from a library
    /// that hands out anything (`context.getBean(Bus.class)`).
    fn said_by_type(&self, class: ClassRef, field: usize, found: &[Found]) -> Option<Vec<Found>> {
        let is_client = |f: &Found| match &f.value {
            Value::External(origin) => self.library.is_object(self, origin),
            _ => true,
        };
        let field = self.project.class(class).fields.get(field)?;
        let ty = field.ty?;
        // What is injected is known by its provider.
        let is_assigned = field.decorators.is_empty() && !field.values.is_empty();
        if !is_assigned || found.iter().any(is_client) {
            return None;
        }
        let said = self.instances_of(&At {
            file: class.file,
            expr: ty,
            env: None,
        });
        let says = |f: &Found| is_receiver(&f.value) && is_client(f);
        said.iter().any(says).then_some(said)
    }

    /// A member of what an object stands for by the language's own operator
    /// (`Deref`).
    fn dereferenced(&self, this: &Value, class: ClassRef, name: &str) -> Option<Vec<Found>> {
        let by_crate = self.project.file(class.file).language.get().modules == Modules::Crate;
        if !by_crate || name == "deref" {
            return None;
        }
        let (deref, of) = self.method_in(&self.lineage(class), "deref")?;
        let frame = Frame {
            function: deref,
            call: None,
            this: Some(this.clone()),
            given: None,
            handed: None,
            outer: None,
        };
        let at = At {
            file: of.file,
            expr: ExprId(0),
            env: None,
        };
        let targets = self.returned(deref, Some(Arc::new(frame)));
        let found: Vec<Found> = targets
            .iter()
            .filter(|f| is_receiver(&f.value))
            .flat_map(|f| self.member(f, name, &at))
            .collect();
        (!found.is_empty()).then_some(found)
    }

    /// A member of what a struct embeds, which is a field named like its type.
    fn promoted(&self, this: &Value, class: ClassRef, name: &str) -> Option<Vec<Found>> {
        if !self.project.is_structural(class.file) {
            return None;
        }
        for ancestor in self.lineage(class) {
            let facts = self.project.facts(ancestor.file);
            let class = facts.class(ancestor.class);
            for base in &class.bases {
                let embedded = last_name(facts, *base)
                    .and_then(|base| class.fields.iter().find(|f| f.name == base));
                let Some(field) = embedded else {
                    continue;
                };
                let at = At {
                    file: ancestor.file,
                    expr: *base,
                    env: None,
                };
                let found: Vec<Found> = self
                    .field(this, ancestor, field)
                    .iter()
                    .filter(|f| matches!(f.value, Value::External(_)))
                    .flat_map(|f| self.member(f, name, &at))
                    .collect();
                if !found.is_empty() {
                    return Some(found);
                }
            }
        }
        None
    }

    /// What a library fills a field with that the code gives no value.
    fn filled(&self, class: ClassRef, declaring: ClassRef, field: usize) -> Option<Vec<Found>> {
        let name = &self.project.class(declaring).fields.get(field)?.name;
        let known = |c: ClassRef| {
            let fields = &self.project.class(c).fields;
            Some((c, fields.iter().position(|f| f.name == *name)?))
        };
        let (class, field) = known(class).unwrap_or((declaring, field));
        if self.project.class(class).bases.is_empty()
            && self.project.class(class).decorators.is_empty()
        {
            return None;
        }
        let found = self.nested(|| self.library.field(self, class, field as u32))??;
        let place = &self.project.class(class).fields[field];
        let hops = found.into_iter();
        Some(hops.map(|f| hop(f, name, class.file, place.span)).collect())
    }

    /// What a class derives by an attribute (`#[derive(…)]`).
    #[must_use]
    pub fn derives(&self, class: ClassRef) -> Vec<Origin> {
        let facts = self.project.facts(class.file);
        let mut all = Vec::new();
        for decorator in &facts.class(class.class).decorators {
            let ExprKind::Call { callee, args, .. } = &facts.expr(*decorator).kind else {
                continue;
            };
            if !matches!(&facts.expr(*callee).kind, ExprKind::Name(n) if n == "derive") {
                continue;
            }
            for arg in args {
                let at = At {
                    file: class.file,
                    expr: arg.value,
                    env: None,
                };
                all.extend(self.eval(&at).into_iter().filter_map(|f| match f.value {
                    Value::External(origin) => Some(origin),
                    _ => None,
                }));
            }
        }
        all
    }

    /// Whether nothing is known of a value but its type.
    fn is_only_declared(&self, value: &Value) -> bool {
        match value {
            Value::External(origin) => origin.calls().all(|at| self.is_type(at)),
            Value::Instance { made, .. } => made.is_none(),
            Value::Many(all) => {
                !all.is_empty() && all.iter().all(|f| self.is_only_declared(&f.value))
            }
            _ => false,
        }
    }

    /// What a field is given where the class is written as a literal, in any file.
    fn built_with(&self, class: ClassRef, name: &str) -> Vec<Found> {
        const MOST: usize = 8;
        let literals = self.callers.literals_of(&self.project.class(class).name);
        let mut found = Vec::new();
        let in_tests = |file: FileId, literal: ExprId| {
            let span = self.project.facts(file).expr(literal).span;
            self.project.is_test(file, span)
        };
        let others = literals
            .iter()
            .filter(|(file, literal)| *file != class.file && !in_tests(*file, *literal));
        for (file, literal) in others.take(MOST) {
            let at = At {
                file: *file,
                expr: *literal,
                env: None,
            };
            let is_of =
                |f: &Found| matches!(f.value, Value::Instance { class: c, .. } if c == class);
            if self.eval(&at).iter().any(is_of) {
                found.extend(self.entry_expr(&at, name).into_iter().flatten());
            }
        }
        found.retain(|f| {
            matches!(f.value, Value::Param(_))
                || (is_receiver(&f.value) && !self.is_only_declared(&f.value))
        });
        found
    }

    /// What a field of an instance holds.
    fn field(&self, this: &Value, class: ClassRef, field: &crate::facts::Field) -> Vec<Found> {
        let Value::Instance { made, .. } = this else {
            return Vec::new();
        };
        if made.is_some()
            && let Some(found) = self.set_while_filling(this, class, &field.name)
        {
            return found;
        }
        // A struct literal says what it was made with.
        if let Some(made) = made
            && let Some(found) = self.entry_expr(made, &field.name)
        {
            return found;
        }
        let env = self.construction(this, class);
        let mut found = Vec::new();
        // Attributes of a Rust field only help what the struct derives.
        let inert = self.project.file(class.file).language.get().modules == Modules::Crate;
        for decorator in field.decorators.iter().filter(|_| !inert) {
            let mut injected = self.decorated(class.file, *decorator, Decorated::Slot);
            // A tag of a struct's field says what its value is, or nothing.
            if self.project.is_structural(class.file) {
                injected.retain(|f| !matches!(f.value, Value::External(_)));
            }
            found.extend(injected);
        }
        let facts = self.project.facts(class.file);
        let in_test = |span| self.project.is_test(class.file, span);
        let of_test = in_test(facts.class(class.class).span);
        let mut is_empty = false;
        for value in &field.values {
            // What a test gives a field is nobody else's.
            if !of_test && in_test(facts.expr(*value).span) {
                continue;
            }
            let Some(env) = self.assigned_under(class.file, *value, this, &env) else {
                is_empty = true;
                continue;
            };
            let at = At {
                file: class.file,
                expr: *value,
                env,
            };
            found.extend(
                self.eval(&at)
                    .into_iter()
                    .map(|f| hop(f, &field.name, class.file, field.span)),
            );
        }
        if is_empty && found.is_empty() {
            return vec![Found::new(Value::Many(Arc::new(Vec::new())))];
        }
        found = prefer_known(found);
        let known = found
            .iter()
            .any(|f| is_receiver(&f.value) || is_text(&f.value));
        if self.is_by_object() && found.iter().any(|f| matches!(f.value, Value::Param(_))) {
            return found;
        }
        // What is injected is of the declared type too, and what an empty
        // collection is for, its type says.
        let blank = found.iter().all(|f| self.is_blank(&f.value));
        let injected = (!field.decorators.is_empty() || blank)
            && !found.is_empty()
            && !found.iter().any(|f| is_text(&f.value));
        if let (true, Some(ty)) = (injected || !known, field.ty) {
            let at = At {
                file: class.file,
                expr: ty,
                env: None,
            };
            let provided = self.provided(&at, &field.name, &field.decorators);
            if !provided.is_empty() {
                return provided;
            }
            let instances: Vec<Found> = self
                .instances_of(&at)
                .into_iter()
                .filter(|f| is_receiver(&f.value) || is_text(&f.value))
                .collect();
            // What is put into it says more than its type.
            let is_held = || found.iter().any(|f| !self.held(&f.value).is_empty());
            if injected && self.is_by_object() && blank && is_held() {
                return found;
            }
            if injected {
                found.extend(instances);
            } else if !instances.is_empty() {
                return instances;
            }
        }
        found
    }
}
