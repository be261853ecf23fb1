//! Where a record is read back: what an expression is read out of.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use super::{MOST_CALLERS, MOST_STEPS};
use crate::clients::buses::structure::bindings;
use crate::clients::casing::uncapital;
use crate::facts::{ClassKind, ExprId, ExprKind, FunctionId, FunctionKind};
use crate::project::{At, ClassRef, Evaluator, FileId, FunctionRef, Value};

/// A record keeps a message and the name of its type.
const FEWEST_FIELDS: usize = 2;

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
    fn param(&mut self, file: FileId, function: FunctionId, index: u32) {
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
