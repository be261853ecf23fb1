//! Members of values: entries of objects, statics of classes, fields and
//! methods of instances, exports of modules.

use std::sync::Arc;

use smol_str::SmolStr;

use super::builtins;
use super::evaluate::{Evaluator, hop, prefer_known};
use super::value::{
    At, ClassRef, Decorated, Found, Frame, FunctionRef, Origin, ParamRef, Step, Text, Value,
};
use crate::facts::{ClassKind, ExprId, ExprKind, FunctionKind, Key};

/// Superclasses beyond which a chain is taken for a cycle.
const MAX_BASES: usize = 12;

impl Evaluator<'_> {
    /// `object.name`, where `at` is the whole expression.
    pub(super) fn member_of(&self, object: &At, name: &str, at: &At) -> Vec<Found> {
        if let Some(found) = self.own_member(object, name) {
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

    /// `this.name` where nobody says what `this` is: what the class around
    /// knows, else symbolic, to be known where the method is called.
    fn own_member(&self, object: &At, name: &str) -> Option<Vec<Found>> {
        let facts = self.project.facts(object.file);
        let expr = facts.expr(object.expr);
        if !facts.is_this(object.expr) || self.bound_this(object).is_some() {
            return None;
        }
        let class = self.extended(ClassRef {
            file: object.file,
            class: facts.class_of_scope(expr.scope)?,
        });
        let method = self.method_of_scope(object.file, expr.scope)?;
        let instance = Value::Instance {
            class,
            made: None,
            type_args: None,
        };
        let mut found = self.instance_member(&instance, class, name);
        let symbolic = Found::new(Value::Param(ParamRef {
            function: method,
            index: None,
            path: vec![SmolStr::new(name)],
            text: SmolStr::new(format!("this.{name}")),
        }));
        // What a constructor was given is known where the object is made.
        let mut replaced = false;
        found.retain(|f| {
            let given = matches!(f.value, Value::Param(_) | Value::Unknown(_) | Value::Null);
            replaced |= given;
            !given
        });
        if found.is_empty() || (replaced && !found.iter().any(|f| is_receiver(&f.value))) {
            found.push(symbolic);
        }
        Some(found)
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
            Value::Instance { class, .. } => carry(self.instance_member(&of.value, *class, name)),
            Value::Module(module) => carry(
                self.export(*module, name)
                    .unwrap_or_else(|| vec![self.unknown(at)]),
            ),
            Value::External(origin) => {
                if name == "default" {
                    return vec![of.clone()];
                }
                self.external(origin.member(name), at.file)
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

    // --- objects ------------------------------------------------------------

    /// An entry of an object literal; unknown if it has none.
    #[must_use]
    pub fn entry(&self, object: &At, name: &str) -> Vec<Found> {
        self.entry_expr(object, name)
            .unwrap_or_else(|| vec![Found::new(Value::Unknown(SmolStr::new(name)))])
    }

    /// An entry of an object literal; `None` if it has none of this name.
    #[must_use]
    pub fn entry_expr(&self, object: &At, name: &str) -> Option<Vec<Found>> {
        let facts = self.project.facts(object.file);
        let ExprKind::Object { entries, .. } = &facts.expr(object.expr).kind else {
            return None;
        };
        let here = |expr: ExprId| At {
            expr,
            ..object.clone()
        };
        for entry in entries.iter().rev() {
            match &entry.key {
                Key::Name(key) if key == name => {
                    return Some(
                        self.eval(&here(entry.value))
                            .into_iter()
                            .map(|f| hop(f, name, object.file, entry.span))
                            .collect(),
                    );
                }
                Key::Computed(key) => {
                    let keys = self.eval(&here(*key));
                    let same = keys.iter().any(|k| {
                        self.as_text(&k.value, &here(*key)).as_plain().as_deref() == Some(name)
                    });
                    if same {
                        return Some(self.eval(&here(entry.value)));
                    }
                }
                Key::Spread => {
                    let spread: Vec<Found> = self
                        .eval(&here(entry.value))
                        .iter()
                        .flat_map(|f| self.member(f, name, &here(entry.value)))
                        // A library's defaults are no entries of this object.
                        .filter(|f| !matches!(f.value, Value::Unknown(_) | Value::External(_)))
                        .collect();
                    if !spread.is_empty() {
                        return Some(spread);
                    }
                }
                Key::Name(_) => {}
            }
        }
        None
    }

    /// Keys and values of an object, a class's statics or an enum, in source order.
    #[must_use]
    pub fn entries(&self, value: &Value) -> Vec<(Vec<Found>, Vec<Found>)> {
        match value {
            Value::Object(object) => {
                let facts = self.project.facts(object.file);
                let ExprKind::Object { entries, .. } = &facts.expr(object.expr).kind else {
                    return Vec::new();
                };
                let here = |expr: ExprId| At {
                    expr,
                    ..object.clone()
                };
                let mut all = Vec::new();
                for entry in entries {
                    let keys = match &entry.key {
                        Key::Name(key) => vec![Found::new(Value::Text(Text::plain(key.clone())))],
                        Key::Computed(key) => self.eval(&here(*key)),
                        Key::Spread => {
                            for f in self.eval(&here(entry.value)) {
                                all.extend(self.entries(&f.value));
                            }
                            continue;
                        }
                    };
                    all.push((keys, self.eval(&here(entry.value))));
                }
                all
            }
            Value::Class(class) => {
                let statics = self
                    .project
                    .class(*class)
                    .fields
                    .iter()
                    .filter(|f| f.is_static);
                statics
                    .map(|field| {
                        let key = Found::new(Value::Text(Text::plain(field.name.clone())));
                        (vec![key], self.static_member(*class, &field.name))
                    })
                    .collect()
            }
            Value::Pair(pair) => vec![(pair.0.clone(), pair.1.clone())],
            // Entries that are known one by one.
            Value::Many(all) => all
                .iter()
                .filter(|f| matches!(f.value, Value::Pair(_)))
                .flat_map(|f| self.entries(&f.value))
                .collect(),
            _ => Vec::new(),
        }
    }

    // --- classes ------------------------------------------------------------

    /// The class an extension adds to, if it is of the project; else itself.
    #[must_use]
    pub fn extended(&self, class: ClassRef) -> ClassRef {
        let Some(target) = self.project.class(class).target else {
            return class;
        };
        let at = At {
            file: class.file,
            expr: target,
            env: None,
        };
        self.eval(&at)
            .into_iter()
            .find_map(|f| match f.value {
                Value::Class(c) if c != class => Some(c),
                _ => None,
            })
            .unwrap_or(class)
    }

    /// The class itself, what extends it elsewhere, and its superclasses in order.
    #[must_use]
    pub fn lineage(&self, class: ClassRef) -> Vec<ClassRef> {
        let mut chain = vec![class];
        let mut next = 0;
        while next < chain.len() && chain.len() < MAX_BASES {
            let current = chain[next];
            next += 1;
            let facts = self.project.class(current);
            for base in &facts.bases {
                let at = At {
                    file: current.file,
                    expr: *base,
                    env: None,
                };
                for f in self.eval(&at) {
                    if let Value::Class(base) = f.value
                        && !chain.contains(&base)
                    {
                        chain.push(base);
                    }
                }
            }
            for extension in self.callers.extensions_of(&facts.name) {
                if !chain.contains(extension) && self.extended(*extension) == current {
                    chain.push(*extension);
                }
            }
        }
        chain
    }

    /// The library types a class is derived from.
    #[must_use]
    pub fn external_bases(&self, class: ClassRef) -> Vec<(Origin, At)> {
        let mut bases = Vec::new();
        for ancestor in self.lineage(class) {
            for base in &self.project.class(ancestor).bases {
                let at = At {
                    file: ancestor.file,
                    expr: *base,
                    env: None,
                };
                for f in self.eval(&at) {
                    if let Value::External(origin) = f.value {
                        bases.push((origin, at.clone()));
                    }
                }
            }
        }
        bases
    }

    fn static_member(&self, class: ClassRef, name: &str) -> Vec<Found> {
        // `Self` in an extension is the type it adds to.
        let class = self.extended(class);
        let lineage = self.lineage(class);
        for ancestor in &lineage {
            let facts = self.project.class(*ancestor);
            if let Some(field) = facts.fields.iter().find(|f| f.name == name) {
                let mut found = Vec::new();
                for value in &field.values {
                    let at = At {
                        file: ancestor.file,
                        expr: *value,
                        env: None,
                    };
                    let text = format!("{}.{name}", facts.name);
                    found.extend(
                        self.eval(&at)
                            .into_iter()
                            .map(|f| hop(f, &text, ancestor.file, field.span)),
                    );
                }
                if found.is_empty() && facts.kind == ClassKind::Enum {
                    found.push(Found::new(Value::Variant {
                        class: *ancestor,
                        name: SmolStr::new(name),
                    }));
                }
                if found.is_empty()
                    && let Some(ty) = field.ty
                {
                    let ty = At {
                        file: ancestor.file,
                        expr: ty,
                        env: None,
                    };
                    found = self.instances_of(&ty);
                }
                if !found.is_empty() {
                    return found;
                }
            }
            if let Some(function) = self.method(*ancestor, name) {
                let this = Value::Class(class);
                return self.method_value(function, &this);
            }
            let scope = self.project.facts(ancestor.file).scope(facts.scope);
            if let Some(binding) = scope.names.get(name).and_then(|b| b.last()) {
                return self.eval(&At {
                    file: ancestor.file,
                    expr: binding.value,
                    env: None,
                });
            }
        }
        if matches!(name, "name" | "__name__" | "__qualname__") {
            let name = self.project.class_name(class);
            return vec![Found::new(Value::Text(Text::plain(name)))];
        }
        let external = self.external_bases(class);
        if let Some((origin, _)) = external.first() {
            return self.external(origin.member(name), class.file);
        }
        vec![Found::new(Value::Unknown(SmolStr::new(name)))]
    }

    /// The text an enum's variant stands for on the wire.
    pub(super) fn variant_text(&self, class: ClassRef, name: &str) -> SmolStr {
        let fields = &self.project.class(class).fields;
        fields
            .iter()
            .find(|f| f.name == name)
            .and_then(|f| f.wire_name.clone())
            .unwrap_or_else(|| SmolStr::new(name))
    }

    /// A method declared in the class itself.
    fn method(&self, class: ClassRef, name: &str) -> Option<FunctionRef> {
        let facts = self.project.facts(class.file);
        facts
            .class(class.class)
            .methods
            .iter()
            .find(|m| facts.function(**m).name == name)
            .map(|m| FunctionRef {
                file: class.file,
                function: *m,
            })
    }

    /// A method as a value; a getter is what it returns.
    fn method_value(&self, function: FunctionRef, this: &Value) -> Vec<Found> {
        if self.project.function(function).kind == FunctionKind::Getter {
            let frame = Frame {
                function,
                call: None,
                this: Some(this.clone()),
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
    fn method_on(&self, this: &Value, class: ClassRef, name: &str) -> Option<Vec<Found>> {
        let method = self
            .lineage(class)
            .into_iter()
            .find_map(|ancestor| self.method(ancestor, name))?;
        Some(self.method_value(method, this))
    }

    /// A field or method of an instance; library bases are asked last.
    fn instance_member(&self, this: &Value, class: ClassRef, name: &str) -> Vec<Found> {
        let mut typed = Vec::new();
        for ancestor in self.lineage(class) {
            let facts = self.project.class(ancestor);
            if let Some(field) = facts.fields.iter().find(|f| f.name == name) {
                let found = self.field(this, ancestor, field);
                if found
                    .iter()
                    .any(|f| is_receiver(&f.value) || is_text(&f.value))
                {
                    return found;
                }
                typed.extend(found);
            }
            if let Some(method) = self.method(ancestor, name) {
                return self.implementations(method, ancestor, this, name);
            }
            // Names bound in a class body (nested classes, aliases).
            let scope = self.project.facts(ancestor.file).scope(facts.scope);
            if let Some(binding) = scope.names.get(name).and_then(|b| b.last()) {
                return self.eval(&At {
                    file: ancestor.file,
                    expr: binding.value,
                    env: None,
                });
            }
        }
        if !typed.is_empty() {
            return typed;
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

    /// What a field of an instance holds.
    fn field(&self, this: &Value, class: ClassRef, field: &crate::facts::Field) -> Vec<Found> {
        let Value::Instance { made, .. } = this else {
            return Vec::new();
        };
        // A struct literal says what it was made with.
        if let Some(made) = made
            && let Some(found) = self.entry_expr(made, &field.name)
        {
            return found;
        }
        let env = self.construction(this, class);
        let mut found = Vec::new();
        for decorator in &field.decorators {
            found.extend(self.decorated(class.file, *decorator, Decorated::Slot));
        }
        for value in &field.values {
            let at = At {
                file: class.file,
                expr: *value,
                env: env.clone(),
            };
            found.extend(
                self.eval(&at)
                    .into_iter()
                    .map(|f| hop(f, &field.name, class.file, field.span)),
            );
        }
        found = prefer_known(found);
        let known = found
            .iter()
            .any(|f| is_receiver(&f.value) || is_text(&f.value));
        // What is injected is of the declared type too.
        let injected = !field.decorators.is_empty() && !found.is_empty();
        if let (true, Some(ty)) = (injected || !known, field.ty) {
            let at = At {
                file: class.file,
                expr: ty,
                env: None,
            };
            let instances: Vec<Found> = self
                .instances_of(&at)
                .into_iter()
                .filter(|f| is_receiver(&f.value))
                .collect();
            if injected {
                found.extend(instances);
            } else if !instances.is_empty() {
                return instances;
            }
        }
        found
    }

    /// The environment of the constructor that made an instance.
    fn construction(&self, this: &Value, class: ClassRef) -> super::Env {
        let Value::Instance {
            made: Some(made), ..
        } = this
        else {
            return None;
        };
        let constructor = self.constructor(class)?;
        let frame = Frame {
            function: constructor,
            call: Some(made.clone()),
            this: Some(this.clone()),
            outer: made.env.clone(),
        };
        Some(Arc::new(frame))
    }

    /// The constructor a class declares or inherits.
    #[must_use]
    pub fn constructor(&self, class: ClassRef) -> Option<FunctionRef> {
        self.lineage(class).into_iter().find_map(|ancestor| {
            let facts = self.project.facts(ancestor.file);
            facts
                .class(ancestor.class)
                .methods
                .iter()
                .find(|m| facts.function(**m).kind == FunctionKind::Constructor)
                .map(|m| FunctionRef {
                    file: ancestor.file,
                    function: *m,
                })
        })
    }

    /// A method, or, of an interface or an abstract class, those that implement it.
    fn implementations(
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
            if let Some(method) = self.method(subclass, name) {
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

    /// Classes of parsed files that name this one as a base.
    #[must_use]
    pub fn subclasses(&self, class: ClassRef) -> Vec<ClassRef> {
        let name = self.project.class_name(class);
        self.callers
            .derived_from(&name)
            .iter()
            .copied()
            .filter(|c| {
                let bases = &self.project.class(*c).bases;
                bases.iter().any(|base| {
                    let at = At {
                        file: c.file,
                        expr: *base,
                        env: None,
                    };
                    self.eval(&at)
                        .iter()
                        .any(|f| matches!(f.value, Value::Class(b) if b == class))
                })
            })
            .map(|c| self.extended(c))
            .collect()
    }

    // --- functions and decorators --------------------------------------------

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

    /// What a library decorator makes of the thing it stands on.
    #[must_use]
    pub fn decorated(
        &self,
        file: super::FileId,
        decorator: ExprId,
        target: Decorated,
    ) -> Vec<Found> {
        let facts = self.project.facts(file);
        let site = At {
            file,
            expr: decorator,
            env: None,
        };
        let callee = match &facts.expr(decorator).kind {
            ExprKind::Call { callee, .. } => At {
                expr: *callee,
                ..site.clone()
            },
            _ => site.clone(),
        };
        let mut found = Vec::new();
        for f in self.eval(&callee) {
            if let Value::External(origin) = f.value
                && !matches!(origin.root(), Step::Global(_))
            {
                let step = Step::Decorated {
                    decorator: site.clone(),
                    target,
                };
                found.push(Found::new(Value::External(origin.then(step))));
            }
        }
        found
    }

    /// `object[index]`
    pub(super) fn index(&self, object: &At, index: &At, at: &At) -> Vec<Found> {
        let keys = self.eval(index);
        let mut found = Vec::new();
        for value in self.eval(object) {
            for key in &keys {
                found.extend(self.indexed(&value, &key.value, index, at));
            }
        }
        prefer_known(found)
    }

    fn indexed(&self, of: &Found, key: &Value, index: &At, at: &At) -> Vec<Found> {
        match (&of.value, key) {
            (Value::Pair(pair), Value::Number(n)) => {
                if n == "0" {
                    pair.0.clone()
                } else {
                    pair.1.clone()
                }
            }
            (Value::List(_) | Value::Many(_), Value::Number(n)) => {
                let items = self.items(&of.value);
                match n.parse::<usize>().ok().and_then(|n| items.get(n)) {
                    Some(item) => item.clone(),
                    None => vec![self.unknown(at)],
                }
            }
            (Value::External(origin), _) => match key {
                Value::Text(text) if text.as_plain().is_some() => {
                    self.external(origin.member(text.as_plain().unwrap_or_default()), at.file)
                }
                _ => self.external(origin.then(Step::Element), at.file),
            },
            (Value::Param(_), Value::Number(n)) => self.member(of, n, at),
            (_, Value::Text(text)) if text.as_plain().is_some() => {
                self.member(of, &text.as_plain().unwrap_or_default(), at)
            }
            (_, Value::Variant { class, name }) => {
                self.member(of, &self.variant_text(*class, name), at)
            }
            // Any entry may be meant.
            (Value::Object(_) | Value::Class(_), Value::Unknown(_) | Value::Param(_)) => {
                let all: Vec<Found> = self
                    .entries(&of.value)
                    .into_iter()
                    .flat_map(|(_, values)| values)
                    .filter(|f| !matches!(f.value, Value::Function { .. }))
                    .collect();
                if all.is_empty() {
                    vec![self.unknown(at)]
                } else {
                    all
                }
            }
            _ => {
                let text = self.as_text(key, index);
                match text.as_plain() {
                    Some(name) => self.member(of, &name, at),
                    None => vec![self.unknown(at)],
                }
            }
        }
    }

    /// The elements of a list, each with its values.
    #[must_use]
    pub fn items(&self, value: &Value) -> Vec<Vec<Found>> {
        match value {
            Value::List(list) => {
                let facts = self.project.facts(list.file);
                let ExprKind::List(ids) = &facts.expr(list.expr).kind else {
                    return Vec::new();
                };
                let mut items = Vec::new();
                for id in ids {
                    let at = At {
                        expr: *id,
                        ..list.clone()
                    };
                    if let ExprKind::Spread(inner) = facts.expr(*id).kind {
                        let inner = At { expr: inner, ..at };
                        for f in self.eval(&inner) {
                            items.extend(self.items(&f.value));
                        }
                    } else {
                        items.push(self.eval(&at));
                    }
                }
                items
            }
            Value::Many(all) => all.iter().map(|f| vec![f.clone()]).collect(),
            _ => Vec::new(),
        }
    }

    /// Any one element of each of the values.
    #[must_use]
    pub fn elements(&self, over: &[Found]) -> Vec<Found> {
        let mut found = Vec::new();
        for f in over {
            match &f.value {
                Value::List(_) | Value::Many(_) => {
                    found.extend(self.items(&f.value).into_iter().flatten());
                }
                Value::Object(_) => {
                    found.extend(
                        self.entries(&f.value)
                            .into_iter()
                            .flat_map(|(keys, _)| keys),
                    );
                }
                Value::Class(_) => {
                    found.extend(self.entries(&f.value).into_iter().flat_map(|(_, v)| v));
                }
                Value::External(origin) => {
                    let element = origin.then(Step::Element);
                    found.push(Found::new(Value::External(element)));
                }
                Value::Instance {
                    type_args: Some(args),
                    ..
                } => found.extend(self.type_argument(args, 0)),
                Value::Param(param) => {
                    let mut param = param.clone();
                    param.path.push(SmolStr::new_static("[]"));
                    found.push(Found::new(Value::Param(param)));
                }
                other => found.push(Found {
                    value: match other {
                        Value::Unknown(text) => Value::Unknown(text.clone()),
                        _ => Value::Unknown(SmolStr::new_static("element")),
                    },
                    trail: f.trail.clone(),
                }),
            }
        }
        found
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
    )
}

fn is_text(value: &Value) -> bool {
    matches!(
        value,
        Value::Text(_) | Value::Variant { .. } | Value::Number(_) | Value::Bool(_)
    )
}
