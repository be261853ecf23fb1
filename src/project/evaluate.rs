//! What an expression evaluates to, followed across files.
//!
//! Evaluation is demand-driven and gives every value an expression can have as
//! far as the source tells: names through scopes, imports and re-exports,
//! members through objects, classes and instances, calls through returned
//! expressions. Library values keep their way from the package
//! ([`Origin`]); parameters stay symbolic ([`Value::Param`]) until a caller
//! binds them, which is how wrappers are found.
//!
//! One evaluator serves one file at a time: what it remembers never depends on
//! what another thread did, so that results do not either.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::value::{
    At, ClassRef, Env, Found, FunctionRef, Hop, Origin, ParamRef, Piece, Text, Value,
};
use super::{Callers, FileId, Project, Target};
use crate::facts::{Binding, ExprId, ExprKind, FunctionId, ImportId, Imported, ScopeId, ScopeKind};
use crate::language::Modules;

/// Evaluations inside evaluations beyond which a value counts as unknown.
const MAX_DEPTH: u32 = 60;
/// Evaluations one question may cost.
const MAX_STEPS: u32 = 8_000;
/// Values one expression may have; registries with more names are rare.
const MAX_VALUES: usize = 96;

/// What libraries' calls and members evaluate to. Client models know; the
/// evaluator does not.
pub trait Library: Sync {
    /// The values of a library call or member, if a model says what they are.
    ///
    /// `file` is where it is asked for, for values no call has made.
    fn value(&self, evaluator: &Evaluator, origin: &Origin, file: FileId) -> Option<Vec<Found>>;
}

/// What expressions outside of any call evaluate to.
type Memo = FxHashMap<(FileId, ExprId), Rc<[Found]>>;

/// A parameter; `this` of a method without index.
type ParamKey = (FunctionRef, Option<u32>);

/// Evaluates expressions of a project.
pub struct Evaluator<'p> {
    pub project: &'p Project,
    pub(super) library: &'p dyn Library,
    /// Who calls what, by name.
    pub callers: &'p Callers,
    memo: RefCell<Memo>,
    /// What parameters stand for.
    params: RefCell<FxHashMap<ParamKey, Rc<[Found]>>>,
    active_params: RefCell<FxHashSet<ParamKey>>,
    active: RefCell<FxHashSet<(FileId, ExprId, usize)>>,
    depth: Cell<u32>,
    steps: Cell<u32>,
    /// Something was cut short: what depends on it must not be remembered.
    cut: Cell<bool>,
}

impl<'p> Evaluator<'p> {
    #[must_use]
    pub fn new(project: &'p Project, library: &'p dyn Library, callers: &'p Callers) -> Self {
        Self {
            project,
            library,
            callers,
            memo: RefCell::default(),
            params: RefCell::default(),
            active_params: RefCell::default(),
            active: RefCell::default(),
            depth: Cell::new(0),
            steps: Cell::new(0),
            cut: Cell::new(false),
        }
    }

    /// The values an expression can have. Never empty for a well-formed
    /// expression: what is not known is a [`Value::Unknown`].
    #[must_use]
    pub fn eval(&self, at: &At) -> Vec<Found> {
        let key = (at.file, at.expr);
        if at.env.is_none()
            && let Some(known) = self.memo.borrow().get(&key)
        {
            return known.to_vec();
        }
        if self.depth.get() == 0 {
            self.steps.set(0);
        }
        let guard = (at.file, at.expr, env_key(&at.env));
        self.steps.set(self.steps.get() + 1);
        if self.depth.get() >= MAX_DEPTH
            || self.steps.get() > MAX_STEPS
            || !self.active.borrow_mut().insert(guard)
        {
            self.cut.set(true);
            return vec![self.unknown(at)];
        }
        let outer_cut = self.cut.replace(false);
        self.depth.set(self.depth.get() + 1);
        let mut found = self.eval_kind(at);
        self.depth.set(self.depth.get() - 1);
        self.active.borrow_mut().remove(&guard);
        found.truncate(MAX_VALUES);
        if at.env.is_none() && !self.cut.get() {
            self.memo.borrow_mut().insert(key, found.as_slice().into());
        }
        // At the outermost level a cut has done its work.
        self.cut
            .set((self.cut.get() || outer_cut) && self.depth.get() > 0);
        found
    }

    /// Runs a step of resolution that may come back to itself; `None` when it
    /// has gone too deep.
    pub(super) fn nested<T>(&self, f: impl FnOnce() -> T) -> Option<T> {
        /// Each such step can cost many evaluations.
        const WEIGHT: u32 = 4;
        let depth = self.depth.get();
        if depth + WEIGHT > MAX_DEPTH || self.steps.get() > MAX_STEPS {
            self.cut.set(true);
            return None;
        }
        self.depth.set(depth + WEIGHT);
        let result = f();
        self.depth.set(depth);
        Some(result)
    }

    /// What a parameter stands for, worked out once: functions that call each
    /// other would otherwise be gone through on every path between them.
    pub(super) fn once(&self, key: ParamKey, f: impl FnOnce() -> Vec<Found>) -> Vec<Found> {
        if let Some(known) = self.params.borrow().get(&key) {
            return known.to_vec();
        }
        self.steps.set(self.steps.get() + 1);
        if !self.active_params.borrow_mut().insert(key) {
            self.cut.set(true);
            return Vec::new();
        }
        let outer_cut = self.cut.replace(false);
        let mut found = f();
        distinct(&mut found);
        self.active_params.borrow_mut().remove(&key);
        // What took too long once would take as long again.
        if !self.cut.get() || self.steps.get() > MAX_STEPS {
            self.params
                .borrow_mut()
                .insert(key, found.as_slice().into());
        }
        self.cut.set(self.cut.get() || outer_cut);
        found
    }

    /// The expression as an unknown, with its text.
    #[must_use]
    pub fn unknown(&self, at: &At) -> Found {
        let text = self.project.facts(at.file).render(at.expr);
        Found::new(Value::Unknown(SmolStr::new(text)))
    }

    fn eval_kind(&self, at: &At) -> Vec<Found> {
        let facts = self.project.facts(at.file);
        let expr = facts.expr(at.expr);
        let here = |expr: ExprId| At { expr, ..at.clone() };
        let one = |value: Value| vec![Found::new(value)];
        match &expr.kind {
            ExprKind::Text(text) => one(Value::Text(Text::plain(text.clone()))),
            ExprKind::Number(number) => one(Value::Number(number.clone())),
            ExprKind::Bool(value) => one(Value::Bool(*value)),
            ExprKind::Null => one(Value::Null),
            ExprKind::Concat(parts) => self.concat(at, parts),
            ExprKind::Name(_) | ExprKind::Member { .. }
                if facts.narrows
                    && let Some(values) = self.narrowed(at) =>
            {
                self.union(values.iter().map(|v| here(*v)))
            }
            ExprKind::Name(name) => self.name(at, expr.scope, name, expr.span.start),
            ExprKind::This => self.this(at),
            ExprKind::Super => self.super_value(at),
            ExprKind::Member { object, name, .. } => self.member_of(&here(*object), name, at),
            ExprKind::Index { object, index } => self.index(&here(*object), &here(*index), at),
            ExprKind::Call { .. } => self.call(at),
            ExprKind::Object { ty, .. } => self.object(at, *ty),
            ExprKind::List(_) => one(Value::List(at.clone())),
            ExprKind::Function(function) => one(Value::Function {
                function: FunctionRef {
                    file: at.file,
                    function: *function,
                },
                this: None,
                env: at.env.clone(),
            }),
            ExprKind::Class(class) => one(Value::Class(ClassRef {
                file: at.file,
                class: *class,
            })),
            ExprKind::Either(options) => self.union(options.iter().map(|o| here(*o))),
            ExprKind::Match { subject, arms } => self.select(at, *subject, arms),
            ExprKind::Element(over) => {
                let over = self.eval(&here(*over));
                self.elements(&over)
            }
            ExprKind::Param { function, index } => self.param(at, *function, *index),
            ExprKind::Import(import) => self.import(at.file, *import),
            ExprKind::Generic { base, .. } => self.eval(&here(*base)),
            ExprKind::Spread(inner) => self.eval(&here(*inner)),
            ExprKind::Unknown(text) => one(Value::Unknown(text.clone())),
        }
    }

    /// The values an expression is narrowed to where it stands.
    fn narrowed(&self, at: &At) -> Option<&'p [ExprId]> {
        let facts = self.project.facts(at.file);
        let mut scope = Some(facts.expr(at.expr).scope);
        while let Some(id) = scope {
            let s = facts.scope(id);
            if let Some(narrowing) = &s.narrowed
                && narrowing.subject != at.expr
                && facts.is_same(narrowing.subject, at.expr)
            {
                return Some(&narrowing.values);
            }
            scope = s.parent;
        }
        None
    }

    /// The known values of several expressions; unknown only if all are.
    fn union(&self, options: impl Iterator<Item = At>) -> Vec<Found> {
        let mut found = Vec::new();
        for option in options {
            found.extend(self.eval(&option));
        }
        super::builtins::prefer_defaults(prefer_known(found))
    }

    fn object(&self, at: &At, ty: Option<ExprId>) -> Vec<Found> {
        let mut found = vec![Found::new(Value::Object(at.clone()))];
        let Some(ty) = ty else {
            return found;
        };
        let ty = At {
            expr: ty,
            ..at.clone()
        };
        for f in self.eval(&ty) {
            match f.value {
                // The fields of a struct of the project are found through the instance.
                Value::Class(class) => {
                    let instance = Value::Instance {
                        class,
                        made: Some(at.clone()),
                        type_args: None,
                    };
                    return vec![Found::new(instance)];
                }
                Value::External(origin) => {
                    let made = origin.then(super::Step::Call(Some(at.clone())));
                    found.push(Found::new(Value::External(made)));
                }
                _ => {}
            }
        }
        found
    }

    fn concat(&self, at: &At, parts: &[ExprId]) -> Vec<Found> {
        const MOST: usize = 16;
        let mut results = vec![(Text::default(), None)];
        for part in parts {
            let at = At {
                expr: *part,
                ..at.clone()
            };
            let values = self.eval(&at);
            let mut next = Vec::new();
            for (text, trail) in &results {
                for value in &values {
                    if next.len() >= MOST {
                        break;
                    }
                    let mut text = text.clone();
                    text.extend(&self.as_text(&value.value, &at));
                    next.push((text, value.trail.clone().or_else(|| trail.clone())));
                }
            }
            results = next;
        }
        results
            .into_iter()
            .map(|(text, trail)| Found {
                value: Value::Text(text),
                trail,
            })
            .collect()
    }

    /// A value where text is wanted; what is no text is a hole.
    #[must_use]
    pub fn as_text(&self, value: &Value, at: &At) -> Text {
        let hole = |text: &str| Text::hole(SmolStr::new(text));
        match value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => Text::plain(number.clone()),
            Value::Bool(b) => Text::plain(if *b { "true" } else { "false" }),
            Value::Variant { class, name } => Text::plain(self.variant_text(*class, name)),
            Value::Param(param) => Text {
                pieces: vec![Piece::Param(param.clone())],
            },
            Value::Unknown(text) => hole(text),
            _ => hole(&self.project.facts(at.file).render(at.expr)),
        }
    }

    /// `match`: the arms the subject selects, or all of them.
    fn select(&self, at: &At, subject: ExprId, arms: &[crate::facts::Arm]) -> Vec<Found> {
        let here = |expr: ExprId| At { expr, ..at.clone() };
        let subjects = self.eval(&here(subject));
        let mut selected = Vec::new();
        for subject in &subjects {
            let arm = arms.iter().find(|arm| {
                arm.patterns.iter().any(|pattern| {
                    self.eval(&here(*pattern))
                        .iter()
                        .any(|p| same_choice(&p.value, &subject.value))
                })
            });
            if let Some(arm) = arm {
                selected.extend(self.eval(&here(arm.value)));
            }
        }
        if selected.is_empty() {
            return self.union(arms.iter().map(|arm| here(arm.value)));
        }
        selected
    }

    // --- names ------------------------------------------------------------

    fn name(&self, at: &At, scope: ScopeId, name: &str, position: u32) -> Vec<Found> {
        let facts = self.project.facts(at.file);
        let user = facts.function_of_scope(scope);
        let mut current = Some(scope);
        let mut innermost = true;
        // A binding that comes later hides nothing yet: `let x = x?`. It counts
        // if nothing further out has the name (loops, hoisting).
        let mut later: Option<&[Binding]> = None;
        while let Some(id) = current {
            let s = facts.scope(id);
            // Names of a class body are not in scope inside its methods.
            let visible = innermost || !matches!(s.kind, ScopeKind::Class(_));
            if visible && let Some(bindings) = s.names.get(name) {
                let same_function = facts.function_of_scope(id) == user;
                let is_later = |b: &Binding| {
                    let hoisted = matches!(
                        facts.expr(b.value).kind,
                        ExprKind::Function(_) | ExprKind::Class(_)
                    );
                    b.at >= position && !hoisted
                };
                if same_function && bindings.iter().all(is_later) {
                    later = later.or(Some(bindings));
                    current = s.parent;
                    continue;
                }
                let chosen = visible_bindings(bindings, position, same_function);
                return self.bindings(at, name, &chosen);
            }
            if !matches!(s.kind, ScopeKind::Block) {
                innermost = false;
            }
            current = s.parent;
        }
        if let Some(bindings) = later {
            let all: Vec<&Binding> = bindings.iter().collect();
            return self.bindings(at, name, &all);
        }
        self.through_globs(at.file, name, 0)
            .unwrap_or_else(|| self.undeclared(at.file, name))
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

    fn bindings(&self, at: &At, name: &str, bindings: &[&Binding]) -> Vec<Found> {
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
                Vec::new()
            };
            if let Some(ty) = binding.ty
                && values.iter().all(|f| matches!(f.value, Value::Unknown(_)))
            {
                let ty = At {
                    expr: ty,
                    ..value.clone()
                };
                values = self.instances_of(&ty);
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
        prefer_known(found)
    }

    /// `from m import *`, `use m::*`, `export * from "m"`.
    fn through_globs(&self, file: FileId, name: &str, depth: u32) -> Option<Vec<Found>> {
        const DEEPEST: u32 = 8;
        if depth > DEEPEST {
            return None;
        }
        let facts = self.project.facts(file);
        let mut external = None;
        for glob in &facts.globs {
            match self
                .project
                .resolve_module(file, &facts.import(*glob).module)
            {
                Target::File(module)
                    if module != file && self.project.could_offer(module, name) =>
                {
                    if let Some(found) = self.export_at(module, name, depth + 1) {
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

    // --- modules ------------------------------------------------------------

    fn import(&self, file: FileId, import: ImportId) -> Vec<Found> {
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

    fn export_at(&self, module: FileId, name: &str, depth: u32) -> Option<Vec<Found>> {
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

    /// A library value, or what a model says it evaluates to.
    pub(super) fn external(&self, origin: Origin, file: FileId) -> Vec<Found> {
        // A model may evaluate the very call it is asked about.
        if self.depth.get() < MAX_DEPTH
            && let Some(found) = self.library.value(self, &origin, file)
            && !found.is_empty()
        {
            return found;
        }
        vec![Found::new(Value::External(origin))]
    }

    // --- parameters and `this` --------------------------------------------

    fn param(&self, at: &At, function: FunctionId, index: u32) -> Vec<Found> {
        let function = FunctionRef {
            file: at.file,
            function,
        };
        if let Some(found) = self.argument_in(&at.env, function, index) {
            return found;
        }
        let name = self
            .project
            .function(function)
            .params
            .get(index as usize)
            .map_or_else(SmolStr::default, |p| p.name.clone());
        vec![Found::new(Value::Param(ParamRef {
            function,
            index: Some(index),
            path: Vec::new(),
            text: if name.is_empty() {
                SmolStr::new("argument")
            } else {
                name
            },
        }))]
    }

    /// The argument a parameter is bound to by the innermost call of its function.
    fn argument_in(&self, env: &Env, function: FunctionRef, index: u32) -> Option<Vec<Found>> {
        let mut frame = env.as_ref();
        while let Some(f) = frame {
            if f.function == function
                && let Some(call) = &f.call
            {
                return Some(match self.argument(call, function, index) {
                    Some(argument) => self.eval(&argument),
                    None => self.default_of(function, index),
                });
            }
            frame = f.outer.as_ref();
        }
        None
    }

    fn default_of(&self, function: FunctionRef, index: u32) -> Vec<Found> {
        let param = self.project.function(function).params.get(index as usize);
        let default = param.and_then(|p| p.default).map(|expr| {
            self.eval(&At {
                file: function.file,
                expr,
                env: None,
            })
        });
        default.unwrap_or_else(|| {
            let name = param.map_or("", |p| p.name.as_str());
            vec![Found::new(Value::Unknown(SmolStr::new(name)))]
        })
    }

    /// `this`: what the environment says, else an instance of the class around.
    fn this(&self, at: &At) -> Vec<Found> {
        if let Some(this) = self.bound_this(at) {
            return vec![Found::new(this)];
        }
        let facts = self.project.facts(at.file);
        match facts.class_of_scope(facts.expr(at.expr).scope) {
            Some(class) => {
                let class = self.extended(ClassRef {
                    file: at.file,
                    class,
                });
                vec![Found::new(Value::Instance {
                    class,
                    made: None,
                    type_args: None,
                })]
            }
            None => vec![self.unknown(at)],
        }
    }

    /// What `this` is bound to where the expression stands.
    pub(super) fn bound_this(&self, at: &At) -> Option<Value> {
        let facts = self.project.facts(at.file);
        let method = self.method_of_scope(at.file, facts.expr(at.expr).scope)?;
        let mut frame = at.env.as_ref();
        while let Some(f) = frame {
            if f.function == method && f.this.is_some() {
                return f.this.clone();
            }
            frame = f.outer.as_ref();
        }
        None
    }

    /// The method around a scope: the function whose `this` is meant there.
    #[must_use]
    pub fn method_of_scope(&self, file: FileId, scope: ScopeId) -> Option<FunctionRef> {
        let facts = self.project.facts(file);
        let mut function = facts.function_of_scope(scope);
        while let Some(id) = function {
            if facts.function(id).class.is_some() {
                return Some(FunctionRef { file, function: id });
            }
            function = facts.function(id).outer;
        }
        None
    }

    fn super_value(&self, at: &At) -> Vec<Found> {
        let facts = self.project.facts(at.file);
        let Some(class) = facts.class_of_scope(facts.expr(at.expr).scope) else {
            return vec![self.unknown(at)];
        };
        let Some(base) = facts.class(class).bases.first() else {
            return vec![self.unknown(at)];
        };
        let base = At {
            file: at.file,
            expr: *base,
            env: None,
        };
        self.eval(&base)
    }
}

/// Adds a hop to the way a value was found.
pub(super) fn hop(found: Found, text: &str, file: FileId, span: crate::facts::Span) -> Found {
    Found {
        value: found.value,
        trail: Some(Arc::new(Hop {
            text: SmolStr::new(text),
            file,
            span,
            before: found.trail,
        })),
    }
}

/// Drops what is not known if anything is.
pub(super) fn prefer_known(found: Vec<Found>) -> Vec<Found> {
    let is_known = |f: &Found| !matches!(f.value, Value::Unknown(_) | Value::Null);
    if found.iter().any(is_known) {
        return found.into_iter().filter(is_known).collect();
    }
    found
}

/// Drops values that are the same object, and what is beyond the most there can be:
/// many callers pass the same thing on.
pub(super) fn distinct(found: &mut Vec<Found>) {
    let mut seen = FxHashSet::default();
    found.retain(|f| {
        let made = match &f.value {
            Value::External(origin) => origin
                .calls()
                .next()
                .map(|call| (call.file, call.expr, origin.length())),
            Value::Instance {
                made: Some(made), ..
            } => Some((made.file, made.expr, 0)),
            _ => None,
        };
        made.is_none_or(|key| seen.insert(key))
    });
    found.truncate(MAX_VALUES);
}

/// Environments are compared by identity: equal ones made twice just cost time.
fn env_key(env: &Env) -> usize {
    env.as_ref().map_or(0, |frame| Arc::as_ptr(frame) as usize)
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
    // A bare declaration says nothing once something is assigned.
    if chosen.len() > 1 {
        chosen.retain(|b| b.assigns);
    }
    chosen
}

/// Whether a pattern's value is the one the subject has.
fn same_choice(pattern: &Value, subject: &Value) -> bool {
    match (pattern, subject) {
        (Value::Variant { class: a, name: x }, Value::Variant { class: b, name: y }) => {
            a == b && x == y
        }
        (Value::Text(a), Value::Text(b)) => a.as_plain().is_some() && a == b,
        (Value::Number(a), Value::Number(b)) => a == b,
        _ => false,
    }
}
