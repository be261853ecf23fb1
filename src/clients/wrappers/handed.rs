//! Library objects that a function is handed: as an argument, or in the object
//! it is a method of.

use smol_str::SmolStr;

use super::Search;
use crate::analysis::Role;
use crate::clients::access::Access;
use crate::clients::matching::Match;
use crate::clients::model::Kind;
use crate::clients::take::On;
use crate::facts::FunctionKind;
use crate::project::{At, ClassRef, Evaluator, FunctionRef, Origin, ParamRef, Slot, Step, Value};

impl Search<'_, '_, '_> {
    /// The parameter through which the object came that the name is taken from.
    /// A function that is handed the object and the message, or that hands out
    /// what it receives, leaves the name to whoever calls it.
    pub(super) fn handed(&self, at: &At, matched: &Match) -> Option<ParamRef> {
        let named_by_object = self.rule.name.iter().any(Access::is_of_object);
        if self.on != On::Call || !named_by_object || !self.rule.message.is_empty() {
            return None;
        }
        let handed = Handed {
            ev: self.matcher.ev,
            origin: &matched.origin,
        };
        let outermost = self.outermost();
        let param = handed.to(outermost)?;
        let passes_on = match self.rule.kind {
            Kind::Endpoint(Role::Consumer) => handed.hands_out(param.function, outermost),
            _ => {
                let site = self.matcher.site(at, self.on, matched, false);
                let payload = site.first(&self.rule.payload);
                payload.iter().any(|n| match &n.found.value {
                    Value::Param(p) => {
                        p.function == param.function && matches!(p.slot, Slot::Argument(_))
                    }
                    _ => false,
                })
            }
        };
        passes_on.then_some(param)
    }
}

/// An object, by the way it was made.
pub(super) struct Handed<'h, 'p> {
    pub(super) ev: &'h Evaluator<'p>,
    pub(super) origin: &'h Origin,
}

impl Handed<'_, '_> {
    /// The parameter of a function around a call through which the object came
    /// in; `this` of its method if the object was given to the class.
    pub(super) fn to(&self, call: &At) -> Option<ParamRef> {
        let facts = self.ev.project.facts(call.file);
        let scope = facts.expr(call.expr).scope;
        let mut function = facts.function_of_scope(scope);
        while let Some(id) = function {
            let around = FunctionRef {
                file: call.file,
                function: id,
            };
            // A lambda has no callers that could be found by its name.
            if !facts.function(id).name.is_empty()
                && let Some(param) = self.param_of(around)
            {
                return Some(param);
            }
            function = facts.function(id).outer;
        }
        let method = self.ev.method_of_scope(call.file, scope)?;
        self.given_to_class_of(method).then(|| ParamRef {
            function: method,
            slot: Slot::This,
            path: Vec::new(),
            text: SmolStr::new_static("this"),
        })
    }

    /// Whether a function returns what a call in it gives.
    pub(super) fn hands_out(&self, function: FunctionRef, call: &At) -> bool {
        let facts = self.ev.project.facts(function.file);
        let returned = &facts.function(function.function).returns;
        let mut around = Some(call.expr);
        while let Some(expr) = around {
            if returned.contains(&expr) {
                return true;
            }
            around = facts.parent(expr);
        }
        let is_call = |origin: &Origin| {
            let mut calls = origin.calls();
            calls.any(|c| c.file == call.file && c.expr == call.expr)
        };
        returned.iter().any(|expr| {
            let at = At {
                file: function.file,
                expr: *expr,
                env: None,
            };
            let values = self.ev.eval(&at);
            values
                .iter()
                .any(|f| matches!(&f.value, Value::External(origin) if is_call(origin)))
        })
    }

    fn param_of(&self, function: FunctionRef) -> Option<ParamRef> {
        let params = &self.ev.project.function(function).params;
        params.iter().enumerate().find_map(|(i, param)| {
            let param = ParamRef {
                function,
                slot: Slot::Argument(i as u32),
                path: Vec::new(),
                text: param.name.clone(),
            };
            self.is_it(&param).then_some(param)
        })
    }

    /// Whether a parameter stands for the object, or for one it was made of.
    fn is_it(&self, param: &ParamRef) -> bool {
        self.ev.concretize(param).iter().any(|f| match &f.value {
            // What a library gives its callback is not the object.
            Value::External(origin) if matches!(origin.step(), Step::Callback { .. }) => false,
            Value::External(origin) => match origin.calls().next() {
                Some(made) => self.is_made_by(made),
                None => false,
            },
            _ => false,
        })
    }

    fn is_made_by(&self, call: &At) -> bool {
        let is_call = self.ev.call_parts(call).is_some();
        let mut calls = self.origin.calls();
        is_call && calls.any(|c| c.file == call.file && c.expr == call.expr)
    }

    /// Whether a function that makes objects of the method's class is given it.
    fn given_to_class_of(&self, method: FunctionRef) -> bool {
        let Some(class) = self.ev.project.function(method).class else {
            return false;
        };
        let class = self.ev.extended(ClassRef {
            file: method.file,
            class,
        });
        self.ev.lineage(class).into_iter().any(|class| {
            let facts = self.ev.project.facts(class.file);
            let makers = facts.class(class.class).methods.iter().filter(|m| {
                let function = facts.function(**m);
                function.is_static || function.kind == FunctionKind::Constructor
            });
            makers.copied().any(|function| {
                let maker = FunctionRef {
                    file: class.file,
                    function,
                };
                self.param_of(maker).is_some()
            })
        })
    }
}
