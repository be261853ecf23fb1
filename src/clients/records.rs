//! Records of the project that keep a message beside the name of its type.
//!
//! Where such a record is made, what it is given says the message
//! ([`makings`]); where one is read back, an expression leads to it
//! ([`records_behind`]).

use std::collections::VecDeque;

use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use super::buses::structure::bindings;
use super::casing::uncapital;
use crate::facts::{Arg, ClassKind, Entry, ExprId, ExprKind, FunctionKind, Key};
use crate::project::{At, ClassRef, Evaluator, FileId, Found, FunctionRef, Slot, Value};

/// Expressions looked at on the way from one.
const MOST_STEPS: usize = 96;
/// Callers of one function that are asked.
const MOST_CALLERS: usize = 4;

/// A record keeps a message and the name of its type.
const FEWEST_FIELDS: usize = 2;

/// Members that give the name of a type, of a type.
const TYPE_NAMES: [&str; 3] = ["FullName", "AssemblyQualifiedName", "Name"];

/// A place that makes a record.
#[derive(Clone)]
pub struct Making {
    /// The construction.
    pub call: At,
    /// What it is given.
    pub given: Vec<ExprId>,
    /// The message, or the type of it, whose name is among that.
    pub message: At,
    /// The constructor in which the message is a parameter.
    pub within: Option<FunctionRef>,
}

/// The classes of records that what is relayed is read out of.
#[must_use]
pub fn records_behind(ev: &Evaluator, relayed: &At) -> Vec<ClassRef> {
    let mut walk = Walk {
        ev,
        seen: FxHashSet::default(),
        pending: VecDeque::from([relayed.clone()]),
        records: Vec::new(),
    };
    while let Some(at) = walk.pending.pop_front() {
        walk.step(&at);
    }
    walk.records.retain(|record| keeps_types(ev, *record));
    walk.records
}

struct Walk<'e, 'p> {
    ev: &'e Evaluator<'p>,
    seen: FxHashSet<(FileId, ExprId)>,
    /// The nearest first.
    pending: VecDeque<At>,
    records: Vec<ClassRef>,
}

impl Walk<'_, '_> {
    fn from(&mut self, at: &At) {
        self.pending.push_back(at.clone());
    }

    fn step(&mut self, at: &At) {
        if self.seen.len() >= MOST_STEPS || !self.seen.insert((at.file, at.expr)) {
            return;
        }
        let facts = self.ev.project.facts(at.file);
        let here = |expr: ExprId| At { expr, ..at.clone() };
        match &facts.expr(at.expr).kind {
            ExprKind::Name(_) => {
                for binding in bindings(facts, at.expr) {
                    self.from(&here(binding.value));
                }
            }
            ExprKind::Member { object, name, .. } => self.member(&here(*object), name),
            ExprKind::Call { callee, args, .. } => {
                match &facts.expr(*callee).kind {
                    ExprKind::Member { object, name, .. } if args.is_empty() => {
                        self.member(&here(*object), &field_of_getter(name));
                    }
                    ExprKind::Member { object, .. } => self.from(&here(*object)),
                    _ => {}
                }
                for arg in args {
                    self.from(&here(arg.value));
                }
            }
            ExprKind::Element(inner)
            | ExprKind::Part { of: inner, .. }
            | ExprKind::Cast { value: inner, .. }
            | ExprKind::Index { object: inner, .. } => self.from(&here(*inner)),
            ExprKind::Either(options) => {
                for option in options {
                    self.from(&here(*option));
                }
            }
            ExprKind::Param { function, index } => self.param(at.file, *function, *index),
            _ => {}
        }
    }

    /// A field of an object: the object's class may be a record's, and what the
    /// field was given may have been read out of one.
    fn member(&mut self, object: &At, name: &str) {
        let facts = self.ev.project.facts(object.file);
        // What an object has itself it has not read back.
        if facts.is_this(object.expr) {
            return;
        }
        for class in classes_of(self.ev, object) {
            let facts = self.ev.project.class(class);
            let fields = facts.fields.iter().filter(|f| f.name == name);
            if !self.records.contains(&class) && fields.clone().next().is_some() {
                self.records.push(class);
            }
            for value in fields.flat_map(|f| &f.values) {
                self.from(&At {
                    file: class.file,
                    expr: *value,
                    env: None,
                });
            }
        }
        self.from(object);
    }

    /// What callers pass.
    fn param(&mut self, file: FileId, function: crate::facts::FunctionId, index: u32) {
        let function = FunctionRef { file, function };
        // Whoever makes an object does not read it back.
        if self.ev.project.function(function).kind == FunctionKind::Constructor {
            return;
        }
        for (call, _) in self.ev.calls_of(function).iter().take(MOST_CALLERS) {
            if let Some(argument) = self.ev.argument(call, function, index) {
                self.from(&argument);
            }
        }
    }
}

/// The field that a method without arguments gives by its name.
fn field_of_getter(name: &str) -> String {
    match name.strip_prefix("get") {
        Some(rest) if rest.starts_with(char::is_uppercase) => uncapital(rest),
        _ => name.to_owned(),
    }
}

/// The classes of the project an expression can be an object of.
fn classes_of(ev: &Evaluator, at: &At) -> Vec<ClassRef> {
    let mut classes: Vec<ClassRef> = ev
        .concrete(at)
        .into_iter()
        .filter_map(|f| match f.value {
            Value::Instance { class, .. } => Some(class),
            _ => None,
        })
        .collect();
    if classes.is_empty() {
        classes.extend(element_class(ev, at));
    }
    classes
}

/// The class an expression is declared to be of, or the elements of a list that
/// is declared or that a function of the project says it returns.
fn element_class(ev: &Evaluator, at: &At) -> Option<ClassRef> {
    let facts = ev.project.facts(at.file);
    let here = |expr: ExprId| At { expr, ..at.clone() };
    let mut expr = at.expr;
    for _ in 0..MOST_CALLERS {
        expr = match &facts.expr(expr).kind {
            ExprKind::Name(_) => {
                let binding = *bindings(facts, expr).first()?;
                if let Some(class) = binding.ty.and_then(|ty| innermost(ev, at.file, ty)) {
                    return Some(class);
                }
                binding.value
            }
            ExprKind::Element(over) => *over,
            ExprKind::Call { callee, .. } => {
                let callees = ev.concrete_callee(&here(*callee));
                return callees.into_iter().find_map(|f| match f.value {
                    Value::Function { function, .. } => {
                        let ty = ev.project.function(function).return_type?;
                        innermost(ev, function.file, ty)
                    }
                    _ => None,
                });
            }
            _ => return None,
        };
    }
    None
}

/// The class that stands innermost in a type: `Task<List<Row>>` is about rows.
fn innermost(ev: &Evaluator, file: FileId, mut ty: ExprId) -> Option<ClassRef> {
    let facts = ev.project.facts(file);
    while let ExprKind::Generic { args, .. } = &facts.expr(ty).kind {
        ty = *args.last()?;
    }
    let at = At {
        file,
        expr: ty,
        env: None,
    };
    ev.instances_of(&at)
        .into_iter()
        .find_map(|f| match f.value {
            Value::Instance { class, .. } => Some(class),
            _ => None,
        })
}

/// Whether a class is one whose objects could be stored with the name of a type.
fn keeps_types(ev: &Evaluator, record: ClassRef) -> bool {
    let class = ev.project.class(record);
    let is_class = matches!(class.kind, ClassKind::Class | ClassKind::Struct);
    is_class && !class.name.is_empty() && class.fields.len() >= FEWEST_FIELDS
}

/// The places that make records of a class and give them the name of a
/// message's type, and the message.
#[must_use]
pub fn makings(ev: &Evaluator, record: ClassRef) -> Vec<Making> {
    let mut found = Vec::new();
    let within = noted(ev, record);
    for call in constructions(ev, record) {
        let given = given(ev, &call);
        let message = given.iter().find_map(|expr| {
            let at = At {
                expr: *expr,
                ..call.clone()
            };
            let message = typed(ev, &at, &mut FxHashSet::default())?;
            let others = given.iter().filter(|other| *other != expr);
            is_kept(ev, &call, others.copied(), &message).then_some(message)
        });
        let making = |message, within| Making {
            call: call.clone(),
            given: given.clone(),
            message,
            within,
        };
        match (message, &within) {
            (Some(message), _) => found.push(making(message, None)),
            (None, Some((message, constructor))) => {
                found.push(making(message.clone(), Some(*constructor)));
            }
            (None, None) => {}
        }
    }
    found
}

/// The record that an expression reads a field of, and the field.
#[must_use]
pub fn read_of(ev: &Evaluator, at: &At) -> Option<(ClassRef, SmolStr)> {
    let facts = ev.project.facts(at.file);
    let mut expr = at.expr;
    if let [only] = bindings(facts, expr).as_slice() {
        expr = only.value;
    }
    let (object, field) = match &facts.expr(expr).kind {
        ExprKind::Member { object, name, .. } => (*object, name.to_string()),
        ExprKind::Call { callee, args, .. } if args.is_empty() => match &facts.expr(*callee).kind {
            ExprKind::Member { object, name, .. } => (*object, field_of_getter(name)),
            _ => return None,
        },
        _ => return None,
    };
    if facts.is_this(object) {
        return None;
    }
    let object = At {
        expr: object,
        ..at.clone()
    };
    let has = |class: &ClassRef| {
        let fields = &ev.project.class(*class).fields;
        fields.iter().any(|f| f.name == field) && keeps_types(ev, *class)
    };
    let record = classes_of(ev, &object).into_iter().find(has)?;
    Some((record, SmolStr::new(field)))
}

/// The places that make records of a class, with what they give a field.
#[must_use]
pub fn makings_with(ev: &Evaluator, record: ClassRef, field: &str) -> Vec<Making> {
    let calls = constructions(ev, record).into_iter();
    calls
        .filter_map(|call| {
            let (message, within) = given_to(ev, &call, record, field)?;
            Some(Making {
                given: given(ev, &call),
                call,
                message,
                within,
            })
        })
        .collect()
}

/// What a construction gives a field: by its name, through the constructor, or
/// in the order of the fields where there is none.
fn given_to(
    ev: &Evaluator,
    call: &At,
    record: ClassRef,
    field: &str,
) -> Option<(At, Option<FunctionRef>)> {
    let facts = ev.project.facts(call.file);
    let here = |expr: ExprId| At {
        expr,
        ..call.clone()
    };
    let around = facts.parent(call.expr).map(|expr| &facts.expr(expr).kind);
    for kind in [Some(&facts.expr(call.expr).kind), around] {
        if let Some(ExprKind::Object { entries, .. }) = kind {
            let is_it = |e: &&Entry| matches!(&e.key, Key::Name(name) if name == field);
            if let Some(entry) = entries.iter().find(is_it) {
                return Some((here(entry.value), None));
            }
        }
    }
    let (_, args) = ev.call_parts(call)?;
    let named = |a: &&Arg| a.name.as_ref().is_some_and(|name| name == field);
    if let Some(arg) = args.iter().find(named) {
        return Some((here(arg.value), None));
    }
    let own = ev.project.facts(record.file);
    let class = own.class(record.class);
    let place = class.fields.iter().position(|f| f.name == field)?;
    let Some(constructor) = ev.constructor(record) else {
        let mut positional = args.iter().filter(|a| a.name.is_none());
        return Some((here(positional.nth(place)?.value), None));
    };
    let value = *class.fields[place].values.first()?;
    match own.expr(value).kind {
        ExprKind::Param { index, .. } => Some((ev.argument(call, constructor, index)?, None)),
        _ => match bindings(own, value)
            .first()
            .map(|b| &own.expr(b.value).kind)
        {
            Some(ExprKind::Param { index, .. }) => {
                Some((ev.argument(call, constructor, *index)?, None))
            }
            _ => {
                let at = At {
                    file: record.file,
                    expr: value,
                    env: None,
                };
                Some((at, Some(constructor)))
            }
        },
    }
}

/// The calls that make objects of a class.
fn constructions(ev: &Evaluator, record: ClassRef) -> Vec<At> {
    let name = ev.project.class_name(record);
    let calls = ev.callers.named(&name).iter().map(|(file, expr)| At {
        file: *file,
        expr: *expr,
        env: None,
    });
    let is_it = |f: &Found| matches!(&f.value, Value::Instance { class, made: Some(_), .. } if *class == record);
    calls
        .filter(|call| ev.eval(call).iter().any(is_it))
        .collect()
}

/// What a construction is given: its arguments and what an initialiser sets.
fn given(ev: &Evaluator, call: &At) -> Vec<ExprId> {
    let facts = ev.project.facts(call.file);
    let mut all = Vec::new();
    match &facts.expr(call.expr).kind {
        ExprKind::Call { args, .. } => all.extend(args.iter().map(|arg| arg.value)),
        ExprKind::Object { entries, .. } => all.extend(entries.iter().map(|e| e.value)),
        _ => {}
    }
    let around = facts.parent(call.expr);
    if let Some(ExprKind::Object { ty, entries }) = around.map(|expr| &facts.expr(expr).kind)
        && *ty == Some(call.expr)
    {
        all.extend(entries.iter().map(|e| e.value));
    }
    all
}

/// The message whose type the record's own constructor notes, and keeps.
fn noted(ev: &Evaluator, record: ClassRef) -> Option<(At, FunctionRef)> {
    let facts = ev.project.facts(record.file);
    let class = facts.class(record.class);
    let constructors = class.methods.iter().copied();
    let mut constructors =
        constructors.filter(|m| facts.function(*m).kind == FunctionKind::Constructor);
    let values: Vec<ExprId> = class.fields.iter().flat_map(|f| f.values.clone()).collect();
    constructors.find_map(|constructor| {
        let span = facts.function(constructor).span;
        let inside = |e: &ExprId| {
            let s = facts.expr(*e).span;
            s.start >= span.start && s.end <= span.end
        };
        let values: Vec<ExprId> = values.iter().copied().filter(inside).collect();
        let at = |expr| At {
            file: record.file,
            expr,
            env: None,
        };
        values.iter().find_map(|value| {
            let message = typed(ev, &at(*value), &mut FxHashSet::default())?;
            let others = values.iter().copied().filter(|other| other != value);
            let function = FunctionRef {
                file: record.file,
                function: constructor,
            };
            is_kept(ev, &at(*value), others, &message).then_some((message, function))
        })
    })
}

/// Whether the message stands in something else that a record is given: its data.
fn is_kept(ev: &Evaluator, at: &At, others: impl Iterator<Item = ExprId>, message: &At) -> bool {
    let facts = ev.project.facts(message.file);
    // A type parameter stands for what is of that type.
    let Some(root) = root_name(facts, message.expr) else {
        return true;
    };
    let is_type = ev
        .eval(message)
        .iter()
        .any(|f| matches!(&f.value, Value::Param(p) if matches!(p.slot, Slot::Type(_))));
    is_type
        || others.into_iter().any(|other| {
            mentions(
                ev,
                &At {
                    expr: other,
                    ..at.clone()
                },
                &root,
                MOST_CALLERS,
            )
        })
}

/// The name an expression begins with.
fn root_name(facts: &crate::facts::Facts, mut expr: ExprId) -> Option<SmolStr> {
    loop {
        expr = match &facts.expr(expr).kind {
            ExprKind::Name(name) => return Some(name.clone()),
            ExprKind::Member { object, .. } => *object,
            ExprKind::Call { callee, .. } => *callee,
            ExprKind::Cast { value, .. } => *value,
            _ => return None,
        };
    }
}

/// Whether a name stands in an expression, or in what its own names stand for.
fn mentions(ev: &Evaluator, at: &At, name: &str, deep: usize) -> bool {
    let facts = ev.project.facts(at.file);
    let span = facts.expr(at.expr).span;
    let is_named = |e: &crate::facts::Expr| {
        matches!(&e.kind, ExprKind::Name(n) if n == name)
            && e.span.start >= span.start
            && e.span.end <= span.end
    };
    if facts.exprs.iter().any(is_named) {
        return true;
    }
    deep > 0
        && bindings(facts, at.expr).iter().any(|binding| {
            let value = At {
                expr: binding.value,
                ..at.clone()
            };
            mentions(ev, &value, name, deep - 1)
        })
}

/// The object or type whose type an expression gives, in full or as a part.
fn typed(ev: &Evaluator, at: &At, seen: &mut FxHashSet<(FileId, ExprId)>) -> Option<At> {
    if seen.len() >= MOST_STEPS || !seen.insert((at.file, at.expr)) {
        return None;
    }
    let facts = ev.project.facts(at.file);
    let here = |expr: ExprId| At { expr, ..at.clone() };
    let mut first = |exprs: Vec<ExprId>| exprs.into_iter().find_map(|e| typed(ev, &here(e), seen));
    match &facts.expr(at.expr).kind {
        ExprKind::Name(_) => first(bindings(facts, at.expr).iter().map(|b| b.value).collect()),
        ExprKind::Member { object, name, .. } => match name.as_str() {
            "constructor" | "__class__" | "javaClass" => Some(here(*object)),
            _ if TYPE_NAMES.contains(&name.as_str()) && is_type(ev, &here(*object)) => {
                Some(here(*object))
            }
            _ => first(vec![*object]),
        },
        ExprKind::Call { callee, args, .. } => {
            let args: Vec<ExprId> = args.iter().map(|arg| arg.value).collect();
            match (&facts.expr(*callee).kind, args.as_slice()) {
                (ExprKind::Member { object, name, .. }, []) if name == "getClass" => {
                    Some(here(*object))
                }
                (ExprKind::Name(name), [only]) if name == "type" => Some(here(*only)),
                (ExprKind::Member { object, .. }, _) => {
                    first(std::iter::once(*object).chain(args).collect())
                }
                _ => first(args),
            }
        }
        ExprKind::Concat(parts) | ExprKind::Either(parts) => first(parts.clone()),
        ExprKind::Cast { value, .. } => first(vec![*value]),
        _ => None,
    }
}

/// Whether an expression is a type parameter.
fn is_type(ev: &Evaluator, at: &At) -> bool {
    let is_it = |value: &Value| matches!(value, Value::Param(p) if matches!(p.slot, Slot::Type(_)));
    ev.eval(at).iter().any(|f| is_it(&f.value))
}
