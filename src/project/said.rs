//! What a pattern says a value to be (`case IEvent e`, `x is IEvent e`), where
//! that is only a kind of values: the value itself says more.

use super::evaluate::Evaluator;
use super::value::{At, ClassRef, Found, Value};
use crate::facts::{ClassKind, ExprId, ExprKind, FunctionKind};

impl Evaluator<'_> {
    /// What a value is that a pattern says to be of a kind; nothing where the
    /// type says as much as can be known, or where there is no value.
    pub(super) fn of_said_kind(&self, value: &At, ty: Option<ExprId>) -> Vec<Found> {
        let facts = self.project.facts(value.file);
        let Some(ty) = ty.filter(|_| !matches!(facts.expr(value.expr).kind, ExprKind::Unknown(_)))
        else {
            return Vec::new();
        };
        let (held, is_list) = self.innermost(&At {
            expr: ty,
            ..value.clone()
        });
        let Some(kind) = self.kind_of_data(&held) else {
            return Vec::new();
        };
        let mut found = self.eval(value);
        found.retain(|f| match &f.value {
            Value::Param(_) => true,
            Value::Instance { class, .. } => !is_list && self.lineage(*class).contains(&kind),
            Value::List(_) | Value::Many(_) => is_list,
            _ => false,
        });
        found
    }

    /// What a type of lists holds, the type itself if it is none.
    fn innermost(&self, ty: &At) -> (At, bool) {
        let facts = self.project.facts(ty.file);
        let (mut expr, mut is_list) = (ty.expr, false);
        while let ExprKind::Generic { args, .. } = &facts.expr(expr).kind {
            let [only] = args.as_slice() else { break };
            (expr, is_list) = (*only, true);
        }
        let held = At { expr, ..ty.clone() };
        (held, is_list)
    }

    /// The class of the project that a type names, if it only says what some
    /// values have in common, and nothing of what they do.
    fn kind_of_data(&self, ty: &At) -> Option<ClassRef> {
        let class = self.eval(ty).into_iter().find_map(|f| match f.value {
            Value::Class(class) => Some(class),
            _ => None,
        })?;
        let facts = self.project.facts(class.file);
        let declared = facts.class(class.class);
        let acts = |kind| matches!(kind, FunctionKind::Method | FunctionKind::Function);
        let is_data = !declared
            .methods
            .iter()
            .any(|m| acts(facts.function(*m).kind));
        let is_open = declared.kind == ClassKind::Interface || declared.is_abstract;
        (is_open && is_data).then_some(class)
    }
}
