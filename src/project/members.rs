//! Members of values, whatever kind of value it is.

use std::sync::Arc;

use smol_str::SmolStr;

use super::builtins;
use super::evaluate::{Evaluator, prefer_known};
use super::value::{
    At, ClassRef, Decorated, Found, FunctionRef, ParamRef, Slot, Step, Text, Value,
};
use crate::facts::{ClassKind, ExprKind, ScopeId};
use crate::language::Modules;

impl Evaluator<'_> {
    /// `object.name`, where `at` is the whole expression.
    pub(super) fn member_of(&self, object: &At, name: &str, at: &At) -> Vec<Found> {
        if let Some(found) = self.own_member(object, name, at) {
            return found;
        }
        if let Some(found) = self.type_member(object, name, at) {
            return found;
        }
        if name == "name"
            && let Some(found) = self.variant_name(object)
        {
            return found;
        }
        let mut found = Vec::new();
        for value in self.eval(object) {
            found.extend(self.member(&value, name, at));
        }
        // A hole is called what the code at the use calls it.
        for f in &mut found {
            if matches!(f.value, Value::Unknown(_)) {
                *f = self.unknown(at);
            }
        }
        prefer_known(found)
    }

    /// `Kind.Card.name`: how a member of an enumeration is called, whatever it
    /// is worth.
    fn variant_name(&self, object: &At) -> Option<Vec<Found>> {
        let facts = self.project.facts(object.file);
        let ExprKind::Member {
            object: class,
            name,
            ..
        } = &facts.expr(object.expr).kind
        else {
            return None;
        };
        let class = self.eval(&At {
            expr: *class,
            ..object.clone()
        });
        let is_variant = class.iter().any(|f| match f.value {
            Value::Class(class) => {
                let class = self.project.class(class);
                class.kind == ClassKind::Enum && class.fields.iter().any(|f| f.name == *name)
            }
            _ => false,
        });
        is_variant.then(|| vec![Found::new(Value::Text(Text::plain(name.clone())))])
    }

    /// `this.name` where nobody says what `this` is: what the class around
    /// knows, else symbolic, to be known where the method is called.
    fn own_member(&self, object: &At, name: &str, at: &At) -> Option<Vec<Found>> {
        let facts = self.project.facts(object.file);
        let expr = facts.expr(object.expr);
        if !facts.is_this(object.expr) {
            return None;
        }
        if let Some(this) = self.bound_this(object) {
            return self.member_of_open_this(&this, name, at);
        }
        let class = self.extended(ClassRef {
            file: object.file,
            class: facts.class_of_scope(expr.scope)?,
        });
        let method = self.method_of_scope(object.file, expr.scope)?;
        Some(self.symbolic_member(class, method, name, at))
    }

    /// A member of `this` where a method has called another one on its own object
    /// and nobody says what that is.
    fn member_of_open_this(&self, this: &Value, name: &str, at: &At) -> Option<Vec<Found>> {
        let Value::Param(param) = this else {
            return None;
        };
        if param.slot != Slot::This || !param.path.is_empty() {
            return None;
        }
        let class = self.extended(ClassRef {
            file: param.function.file,
            class: self.project.function(param.function).class?,
        });
        Some(self.symbolic_member(class, param.function, name, at))
    }

    /// A member of a class around a scope that is named without `this`.
    pub(super) fn member_of_class_around(
        &self,
        at: &At,
        scope: ScopeId,
        class: ClassRef,
        name: &str,
    ) -> Vec<Found> {
        let method = self.method_of_scope(at.file, scope);
        if let Some(this) = method.and_then(|method| self.this_in(&at.env, method)) {
            if let Some(found) = self.member_of_open_this(&this, name, at) {
                return found;
            }
            return self.member(&Found::new(this), name, at);
        }
        match method {
            Some(method) => self.symbolic_member(class, method, name, at),
            None => {
                let instance = Value::Instance {
                    class,
                    made: None,
                    type_args: None,
                };
                self.instance_member(&instance, class, name, false)
            }
        }
    }

    /// A member where nobody says what `this` of the method is.
    fn symbolic_member(
        &self,
        class: ClassRef,
        method: FunctionRef,
        name: &str,
        at: &At,
    ) -> Vec<Found> {
        let symbolic = Found::new(Value::Param(ParamRef {
            function: method,
            slot: Slot::This,
            path: vec![SmolStr::new(name)],
            text: SmolStr::new(format!("this.{name}")),
        }));
        let of_class = self.project.function(method).is_static;
        let is_of_class =
            builtins::is_class_of_object(name) || (of_class && builtins::is_function_name(name));
        let mut found = match of_class {
            _ if is_of_class => Vec::new(),
            true => self.static_member(class, name),
            false => {
                let instance = Value::Instance {
                    class,
                    made: None,
                    type_args: None,
                };
                self.instance_member(&instance, class, name, self.is_called(at, name))
            }
        };
        // What a constructor was given is known where the object is made, and
        // what a subclass says where that is.
        let mut replaced = self.is_overridden(class, name, &found);
        found.retain(|f| {
            let given = matches!(f.value, Value::Param(_) | Value::Unknown(_) | Value::Null)
                || (replaced && !is_receiver(&f.value));
            replaced |= given;
            !given
        });
        if found.is_empty() || (replaced && !found.iter().any(|f| is_receiver(&f.value))) {
            found.push(symbolic);
        }
        if !of_class && !self.descendants(class).is_empty() {
            let this = Value::Param(ParamRef {
                function: method,
                slot: Slot::This,
                path: Vec::new(),
                text: SmolStr::new_static("this"),
            });
            for f in &mut found {
                keep_open(&mut f.value, &this);
            }
        }
        found
    }

    /// Whether what a class says of a field is said anew by one derived from it.
    fn is_overridden(&self, class: ClassRef, name: &str, found: &[Found]) -> bool {
        let declares = |c: &ClassRef| {
            let fields = &self.project.class(*c).fields;
            fields
                .iter()
                .any(|f| f.name == name && !f.values.is_empty())
                || !self.methods_named(*c, name).is_empty()
        };
        found.iter().any(|f| is_text(&f.value)) && self.descendants(class).iter().any(declares)
    }

    /// Whether a member is called where methods and fields are told apart by
    /// that: then only a method can be meant.
    fn is_called(&self, at: &At, name: &str) -> bool {
        let style = self.project.file(at.file).language.get().modules;
        if !matches!(style, Modules::Crate | Modules::Jvm) {
            return false;
        }
        let facts = self.project.facts(at.file);
        let is_it =
            matches!(&facts.expr(at.expr).kind, ExprKind::Member { name: n, .. } if n == name);
        let around = facts.parent(at.expr).map(|parent| &facts.expr(parent).kind);
        is_it && matches!(around, Some(ExprKind::Call { callee, .. }) if *callee == at.expr)
    }

    /// A member of a value.
    #[must_use]
    pub fn member(&self, of: &Found, name: &str, at: &At) -> Vec<Found> {
        let carry = |found: Vec<Found>| -> Vec<Found> {
            found
                .into_iter()
                .map(|f| Found {
                    trail: f.trail.or_else(|| of.trail.clone()),
                    value: f.value,
                })
                .collect()
        };
        match &of.value {
            Value::Object(object) => carry(self.entry(object, name)),
            Value::Class(class) => carry(self.static_member(*class, name)),
            Value::Instance { .. } if builtins::is_class_of_object(name) => {
                carry(self.class_of(&of.value))
            }
            Value::Instance { class, .. } => {
                let called = self.is_called(at, name);
                let found = self.instance_member(&of.value, *class, name, called);
                let known = |f: &Found| !matches!(f.value, Value::Unknown(_));
                if found.iter().any(known) {
                    return carry(found);
                }
                let extensions = self.extensions(of, name);
                carry(if extensions.is_empty() {
                    found
                } else {
                    extensions
                })
            }
            Value::Module(module) => carry(
                self.export(*module, name)
                    .unwrap_or_else(|| vec![self.unknown(at)]),
            ),
            Value::Setting(at_file) => match self.setting_at(*at_file, name) {
                Some(found) => carry(vec![found]),
                None => vec![self.unknown(at)],
            },
            Value::External(origin) => {
                // Of a module; on what a call gives it is a member like any other.
                if name == "default" && !matches!(origin.step(), Step::Call(_)) {
                    return vec![of.clone()];
                }
                if let (None, Step::Package(namespace)) = (origin.parent(), origin.step())
                    && self.has_namespaces(at.file)
                {
                    return self.namespace_member(at.file, namespace, name);
                }
                if let (Step::Call(_), Some(class)) = (origin.step(), origin.parent())
                    && builtins::is_class_of_object(name)
                    && self.has_namespaces(at.file)
                {
                    return vec![Found::new(Value::External(class.clone()))];
                }
                let mut found = self.external(origin.member(name), at.file);
                found.extend(self.extensions(of, name));
                found
            }
            Value::Param(param) => {
                let mut param = param.clone();
                param.text = SmolStr::new(format!("{}.{name}", param.text));
                param.path.push(SmolStr::new(name));
                vec![Found {
                    value: Value::Param(param),
                    trail: of.trail.clone(),
                }]
            }
            Value::Function { function, .. } => self.function_member(*function, name, at),
            Value::Variant {
                class,
                name: variant,
            } => {
                if matches!(name, "value" | "name") {
                    let text = self.variant_text(*class, variant);
                    return vec![Found::new(Value::Text(Text::plain(text)))];
                }
                self.method_on(&of.value, *class, name)
                    .unwrap_or_else(|| vec![self.unknown(at)])
            }
            // An enum member's text by its language's accessor.
            Value::Text(_) | Value::Number(_) if name == "value" => vec![of.clone()],
            _ => vec![self.unknown(at)],
        }
    }

    /// A member of a function: what its decorators make of it, or its name.
    fn function_member(&self, function: FunctionRef, name: &str, at: &At) -> Vec<Found> {
        let facts = self.project.function(function);
        let mut found = Vec::new();
        for decorator in &facts.decorators {
            for f in self.decorated(function.file, *decorator, Decorated::Function(function)) {
                found.extend(self.member(&f, name, at));
            }
        }
        if !found.is_empty() {
            return found;
        }
        if builtins::is_function_name(name) {
            return vec![Found::new(Value::Text(Text::plain(facts.name.clone())))];
        }
        vec![self.unknown(at)]
    }
}

/// A method of an object that is only known by its class stays one of whatever
/// object the method around is called on.
fn keep_open(value: &mut Value, this: &Value) {
    let Value::Function { this: own, .. } = value else {
        return;
    };
    if matches!(own.as_deref(), Some(Value::Instance { made: None, .. })) {
        *own = Some(Arc::new(this.clone()));
    }
}

/// Whether methods can be called on the value to some effect we know of.
pub(super) fn is_receiver(value: &Value) -> bool {
    matches!(
        value,
        Value::External(_)
            | Value::Instance { .. }
            | Value::Object(_)
            | Value::Class(_)
            | Value::Module(_)
            | Value::Function { .. }
            | Value::List(_)
            | Value::Many(_)
            | Value::Setting(_)
    )
}

pub(super) fn is_text(value: &Value) -> bool {
    matches!(
        value,
        Value::Text(_) | Value::Variant { .. } | Value::Number(_) | Value::Bool(_)
    )
}
