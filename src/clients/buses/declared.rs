//! Handlers that say themselves what they are for: the key they are registered
//! under is taken of the handler, by a field or a method of it.

use super::levels::Levels;
use super::naming::taken;
use super::receivers::{Received, Receivers};
use super::structure::{bare, bindings};
use super::uses::Registration;
use super::ways::{Root, Step, ways};
use crate::clients::importers::Sought;
use crate::facts::{ClassKind, ExprId, ExprKind, Facts};
use crate::project::{At, ClassRef, Evaluator, FileId, Found, FunctionRef, Value};

impl Receivers<'_, '_> {
    /// The handlers of a registration that takes the key of the handler: those
    /// of the lists it is given, else, where a container hands them in, every
    /// class of the type it takes. `listed` says whether registrations of a
    /// list's elements are meant, or those of a parameter; tells if it is one.
    pub(super) fn declared(&mut self, registration: &Registration, listed: bool) -> bool {
        let facts = self.ev.project.facts(registration.file);
        let handler = ways(facts, registration.handler).into_iter();
        let Some(root) = handler
            .filter(|w| w.steps.is_empty())
            .map(|w| w.root)
            .next()
        else {
            return false;
        };
        let key = ways(facts, registration.key).into_iter();
        let Some(steps) = key
            .filter(|w| w.root == root && !w.steps.is_empty())
            .map(|w| w.steps)
            .next()
        else {
            return false;
        };
        if listed != matches!(root, Root::Kept(_)) {
            return false;
        }
        let before = self.received.len();
        let types = match root {
            Root::Kept(list) => {
                let list = bare(facts, list);
                self.listed(registration.file, list, &steps);
                type_of(self.ev, registration.file, list)
            }
            Root::Param { function, index } => {
                let params = &facts.function(function).params;
                params
                    .get(index as usize)
                    .and_then(|p| p.ty)
                    .map(|ty| (registration.file, ty))
            }
            Root::TypeParam { .. } => None,
        };
        if self.received.len() > before {
            return true;
        }
        for class in types.map_or_else(Vec::new, |(file, ty)| classes_in(self.ev, file, ty)) {
            let name = self.ev.project.class_name(class);
            self.leads.push(Sought::name(&name));
            for handler in self.ev.possible_classes(class) {
                self.class(handler, &steps);
            }
        }
        true
    }

    /// The handlers of a list that callers pass.
    fn listed(&mut self, file: FileId, list: ExprId, steps: &[Step]) {
        let facts = self.ev.project.facts(file);
        let Some(Root::Param { function, index }) =
            ways(facts, list).into_iter().next().map(|w| w.root)
        else {
            return;
        };
        let function = FunctionRef { file, function };
        self.wrappers.push(function);
        for levels in Levels::default().callers(self.ev, function) {
            let argument = levels
                .outermost()
                .and_then(|call| self.ev.argument(call, function, index));
            let Some(argument) = argument else {
                continue;
            };
            for found in self.ev.eval(&argument) {
                for item in self.ev.items(&found.value).into_iter().flatten() {
                    self.made(&item, steps);
                }
            }
        }
    }

    /// A handler that is made somewhere: reported where it is.
    fn made(&mut self, handler: &Found, steps: &[Step]) {
        let Value::Instance {
            made: Some(made), ..
        } = &handler.value
        else {
            return;
        };
        let span = self.ev.project.facts(made.file).expr(made.expr).span;
        for name in taken(self.ev, handler, steps, made) {
            self.received.push(Received {
                file: made.file,
                span,
                call: None,
                name: Some(name),
                handler: self.method_of(handler, made),
            });
        }
    }

    /// A class of handlers: reported where it is declared.
    fn class(&mut self, class: ClassRef, steps: &[Step]) {
        let facts = self.ev.project.class(class);
        if self.ev.project.is_test(class.file, facts.span) {
            return;
        }
        let handler = Found::new(Value::Instance {
            class,
            made: None,
            type_args: None,
        });
        let at = At {
            file: class.file,
            expr: ExprId(0),
            env: None,
        };
        for name in taken(self.ev, &handler, steps, &at) {
            self.received.push(Received {
                file: class.file,
                span: facts.span,
                call: None,
                name: Some(name),
                handler: self.method_of(&handler, &at),
            });
        }
    }
}

/// The type a list is declared with: of a parameter, of a field.
fn type_of(ev: &Evaluator, file: FileId, list: ExprId) -> Option<(FileId, ExprId)> {
    let facts = ev.project.facts(file);
    match &facts.expr(list).kind {
        ExprKind::Name(_) => bindings(facts, list)
            .into_iter()
            .find_map(|b| b.ty.or_else(|| param_type(facts, b.value)))
            .map(|ty| (file, ty)),
        ExprKind::Member { object, name, .. } => {
            let at = At {
                file,
                expr: *object,
                env: None,
            };
            ev.concrete(&at).into_iter().find_map(|f| match f.value {
                Value::Instance { class, .. } => {
                    let owner = super::table::declaring(ev, class, name);
                    let fields = &ev.project.class(owner).fields;
                    let field = fields.iter().find(|f| f.name == *name)?;
                    Some((owner.file, field.ty?))
                }
                _ => None,
            })
        }
        _ => None,
    }
}

fn param_type(facts: &Facts, value: ExprId) -> Option<ExprId> {
    match facts.expr(value).kind {
        ExprKind::Param { function, index } => {
            facts.function(function).params.get(index as usize)?.ty
        }
        _ => None,
    }
}

/// The classes of the project a type is written with, the outermost ones.
fn classes_in(ev: &Evaluator, file: FileId, ty: ExprId) -> Vec<ClassRef> {
    const DEEPEST: u32 = 5;
    fn go(ev: &Evaluator, file: FileId, ty: ExprId, depth: u32, found: &mut Vec<ClassRef>) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        let facts = ev.project.facts(file);
        let at = |expr| At {
            file,
            expr,
            env: None,
        };
        if let ExprKind::Generic { base, args } = &facts.expr(ty).kind {
            let before = found.len();
            go(ev, file, *base, depth, found);
            if found.len() == before {
                args.iter().for_each(|arg| go(ev, file, *arg, depth, found));
            }
            return;
        }
        for f in ev.eval(&at(ty)) {
            if let Value::Class(class) = f.value
                && ev.project.class(class).kind != ClassKind::Alias
            {
                found.push(class);
            }
        }
    }
    let mut found = Vec::new();
    go(ev, file, ty, DEEPEST, &mut found);
    found
}
