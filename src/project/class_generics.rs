//! Type parameters of classes: what they are where an object is made.

use smol_str::SmolStr;

use super::evaluate::Evaluator;
use super::value::{At, ClassRef, Found, Value};
use crate::facts::{ExprId, ExprKind};

impl Evaluator<'_> {
    /// What a type parameter of a class is for an instance: by how it was made
    /// or declared, or by what a derived class says.
    pub(super) fn class_type_argument(
        &self,
        this: &Value,
        class: ClassRef,
        name: &str,
    ) -> Vec<Found> {
        let unknown = || vec![Found::new(Value::Unknown(SmolStr::new(name)))];
        let lineage = self.lineage(class);
        let position = |c: &ClassRef| {
            let params = &self.project.class(*c).type_params;
            params.iter().position(|param| param == name)
        };
        let Some((owner, position)) = lineage.iter().find_map(|c| Some((*c, position(c)?))) else {
            return unknown();
        };
        if let Some(argument) = self.written_argument(this, position)
            && owner == class
        {
            return self.eval(&argument);
        }
        for derived in lineage {
            let facts = self.project.facts(derived.file);
            for base in &facts.class(derived.class).bases {
                let ExprKind::Generic { base: of, args } = &facts.expr(*base).kind else {
                    continue;
                };
                let at = |expr: ExprId| At {
                    file: derived.file,
                    expr,
                    env: None,
                };
                let is_owner = self
                    .eval(&at(*of))
                    .iter()
                    .any(|f| matches!(f.value, Value::Class(c) if c == owner));
                if let (true, Some(argument)) = (is_owner, args.get(position)) {
                    return self.eval(&at(*argument));
                }
            }
        }
        unknown()
    }

    /// A type argument as written where an instance was made or declared.
    fn written_argument(&self, this: &Value, position: usize) -> Option<At> {
        let Value::Instance {
            made, type_args, ..
        } = this
        else {
            return None;
        };
        let written = type_args.as_ref().or(made.as_ref())?;
        let facts = self.project.facts(written.file);
        let arguments = match &facts.expr(written.expr).kind {
            ExprKind::Generic { args, .. } => args,
            ExprKind::Call { type_args, .. } => type_args,
            _ => return None,
        };
        arguments.get(position).map(|argument| At {
            expr: *argument,
            ..written.clone()
        })
    }

    /// A library call with one type argument as a value of that type: that is
    /// what functions such as `Deserialize<T>` are written for.
    pub(super) fn of_type_argument(&self, call: &At) -> Vec<Found> {
        let facts = self.project.facts(call.file);
        match &facts.expr(call.expr).kind {
            ExprKind::Call {
                type_args,
                constructs: false,
                ..
            } if type_args.len() == 1 && self.has_namespaces(call.file) => self.instances_of(&At {
                expr: type_args[0],
                ..call.clone()
            }),
            _ => Vec::new(),
        }
    }
}
