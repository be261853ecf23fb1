//! Type parameters: the types that stand for them where a function is called,
//! and what the types are asked for (`T::TOPIC`, `type_name::<T>()`).

use smol_str::SmolStr;

use super::evaluate::{Evaluator, prefer_known};
use super::value::{At, Found, FunctionRef, ParamRef, Slot, Step, Text, Value};
use crate::facts::{ClassKind, ExprId, ExprKind};

impl Evaluator<'_> {
    /// The function whose type parameter an expression names, and which of them it is.
    fn type_parameter(&self, at: &At) -> Option<(FunctionRef, u32)> {
        let facts = self.project.facts(at.file);
        let expr = facts.expr(at.expr);
        let ExprKind::Name(name) = &expr.kind else {
            return None;
        };
        let mut function = facts.function_of_scope(expr.scope);
        while let Some(id) = function {
            let declared = facts.function(id);
            if let Some(n) = declared.type_params.iter().position(|t| t == name) {
                let function = FunctionRef {
                    file: at.file,
                    function: id,
                };
                return Some((function, n as u32));
            }
            function = declared.outer;
        }
        None
    }

    /// A type as a value: the class it names, or the one its type parameter
    /// stands for. `None` if the expression names no type parameter.
    pub(super) fn type_argument_value(&self, at: &At) -> Option<Vec<Found>> {
        let (function, n) = self.type_parameter(at)?;
        let text = self.project.facts(at.file).render(at.expr);
        let bound = self.bound_type(at, function, n);
        Some(bound.unwrap_or_else(|| {
            vec![Found::new(Value::Param(ParamRef {
                function,
                slot: Slot::Type(n),
                path: Vec::new(),
                text: SmolStr::new(text),
            }))]
        }))
    }

    /// What the type named by an expression is: its class, or what is known of
    /// it from the library it is of.
    #[must_use]
    pub fn types_named(&self, at: &At) -> Vec<Found> {
        self.type_argument_value(at)
            .unwrap_or_else(|| self.instances_of(at))
    }

    /// A member of a type parameter, or of the type that a trait's method is
    /// called on.
    pub(super) fn type_member(&self, object: &At, name: &str, at: &At) -> Option<Vec<Found>> {
        let types = self
            .type_argument_value(object)
            .or_else(|| self.self_type(object))?;
        let found = types.iter().flat_map(|ty| self.member(ty, name, at));
        Some(prefer_known(found.collect()))
    }

    /// `Self` in a trait: the type the method is called on.
    fn self_type(&self, object: &At) -> Option<Vec<Found>> {
        let facts = self.project.facts(object.file);
        let expr = facts.expr(object.expr);
        let ExprKind::Class(class) = expr.kind else {
            return None;
        };
        if facts.class(class).kind != ClassKind::Interface {
            return None;
        }
        if let Some(this) = self.bound_this(object) {
            return match this {
                Value::Instance { class, .. } | Value::Variant { class, .. } => {
                    Some(vec![Found::new(Value::Class(class))])
                }
                Value::Class(_) => Some(vec![Found::new(this)]),
                _ => None,
            };
        }
        let method = self.method_of_scope(object.file, expr.scope)?;
        Some(vec![Found::new(Value::Param(ParamRef {
            function: method,
            slot: Slot::This,
            path: vec![SmolStr::new_static("__class__")],
            text: SmolStr::new_static("Self"),
        }))])
    }

    /// The types that the calls an evaluation has gone into give a type
    /// parameter: written there, or those of the arguments it is the type of.
    fn bound_type(&self, at: &At, function: FunctionRef, n: u32) -> Option<Vec<Found>> {
        let mut frame = at.env.as_ref();
        while let Some(f) = frame {
            if f.function == function
                && let Some(call) = &f.call
            {
                return Some(self.type_at_call(call, function, n));
            }
            frame = f.outer.as_ref();
        }
        None
    }

    fn type_at_call(&self, call: &At, function: FunctionRef, n: u32) -> Vec<Found> {
        let facts = self.project.facts(call.file);
        if let ExprKind::Call { type_args, .. } = &facts.expr(call.expr).kind
            && let Some(ty) = type_args.get(n as usize)
        {
            let at = At {
                expr: *ty,
                ..call.clone()
            };
            let written = self.type_argument_value(&at);
            let written = written.unwrap_or_else(|| self.eval(&at));
            if written.iter().any(|f| is_type(&f.value)) {
                return written;
            }
        }
        let facts = self.project.facts(function.file);
        let declared = facts.function(function.function);
        let Some(name) = declared.type_params.get(n as usize) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for (i, param) in declared.params.iter().enumerate() {
            let Some(depth) = param.ty.and_then(|ty| self.stands_in(function, ty, name)) else {
                continue;
            };
            if let Some(argument) = self.argument(call, function, i as u32) {
                let mut values = self.eval(&argument);
                for _ in 0..depth {
                    values = self.elements(&values);
                }
                found.extend(values.iter().flat_map(|f| self.class_named(f, call)));
            }
        }
        found
    }

    /// How deep inside a type a type parameter stands: 0 for `T`, 1 for `Vec<T>`.
    fn stands_in(&self, function: FunctionRef, ty: ExprId, name: &str) -> Option<u32> {
        let facts = self.project.facts(function.file);
        match &facts.expr(ty).kind {
            ExprKind::Name(n) => (n == name).then_some(0),
            ExprKind::Generic { args, .. } => {
                let named =
                    |arg: &ExprId| matches!(&facts.expr(*arg).kind, ExprKind::Name(n) if n == name);
                args.iter().any(named).then_some(1)
            }
            _ => None,
        }
    }

    fn class_named(&self, of: &Found, at: &At) -> Vec<Found> {
        match &of.value {
            Value::Variant { class, .. } => vec![Found::new(Value::Class(*class))],
            // A struct without fields is its own value.
            Value::Class(_) => vec![of.clone()],
            Value::Instance { .. } | Value::Param(_) => self.member(of, "__class__", at),
            Value::External(origin) => match (origin.step(), origin.parent()) {
                (Step::Call(_), Some(ty)) if self.has_namespaces(at.file) => {
                    vec![Found::new(Value::External(ty.clone()))]
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// The types callers give a type parameter.
    pub(super) fn type_values(&self, function: FunctionRef, n: u32) -> Vec<Found> {
        const MOST: usize = 16;
        let calls = self.calls_of(function).into_iter().take(MOST);
        let mut found: Vec<Found> = Vec::new();
        for (call, _) in calls {
            for f in self.type_at_call(&call, function, n) {
                let Value::Class(class) = f.value else {
                    continue;
                };
                let is_it = |k: &Found| matches!(k.value, Value::Class(c) if c == class);
                if !found.iter().any(is_it) {
                    found.push(f);
                }
            }
        }
        found
    }

    /// `type_name::<T>()`: the name of the type.
    pub(super) fn name_of_type(&self, at: &At) -> Option<Vec<Found>> {
        let facts = self.project.facts(at.file);
        let ExprKind::Call { type_args, .. } = &facts.expr(at.expr).kind else {
            return None;
        };
        let ty = At {
            expr: *type_args.first()?,
            ..at.clone()
        };
        let types = self
            .type_argument_value(&ty)
            .unwrap_or_else(|| self.eval(&ty));
        let known: Vec<Found> = types
            .iter()
            .flat_map(|f| match f.value {
                Value::Class(class) => {
                    let name = self.project.class_name(class);
                    vec![Found::new(Value::Text(Text::plain(name)))]
                }
                // A type can have a member `name` of its own.
                Value::Param(_) => self.member(f, "__qualname__", at),
                _ => Vec::new(),
            })
            .collect();
        (!known.is_empty()).then_some(known)
    }
}

fn is_type(value: &Value) -> bool {
    matches!(
        value,
        Value::Class(_) | Value::External(_) | Value::Param(_)
    )
}
