//! What class an object literal is expected to be of, where it stands.

use super::declared;
use crate::facts::{ExprId, ExprKind};
use crate::project::{At, ClassRef, Evaluator, FileId, Value};

/// The class that the place of a literal declares: the type of the variable it is
/// bound to, of the parameter it is passed for, or of what the function around
/// it returns.
#[must_use]
pub fn class(
    ev: &Evaluator,
    file: FileId,
    literal: ExprId,
    message: Option<&str>,
) -> Option<ClassRef> {
    let ty = bound(ev, file, literal)
        .or_else(|| passed(ev, file, literal))
        .or_else(|| returned(ev, file, literal))?;
    declared::class(ev, &ty, message)
}

fn bound(ev: &Evaluator, file: FileId, literal: ExprId) -> Option<At> {
    let facts = ev.project.facts(file);
    let scope = facts.scope(facts.expr(literal).scope);
    let bindings = scope.names.values().flatten();
    let ty = bindings
        .filter(|binding| binding.value == literal)
        .find_map(|binding| binding.ty)?;
    Some(at(file, ty))
}

fn passed(ev: &Evaluator, file: FileId, literal: ExprId) -> Option<At> {
    let facts = ev.project.facts(file);
    let call = facts.parent(literal)?;
    let ExprKind::Call { callee, args, .. } = &facts.expr(call).kind else {
        return None;
    };
    let argument = args.iter().find(|arg| arg.value == literal)?;
    let position = args.iter().position(|arg| arg.value == literal)?;
    ev.eval(&at(file, *callee)).into_iter().find_map(|found| {
        let Value::Function { function, .. } = found.value else {
            return None;
        };
        let params = &ev.project.function(function).params;
        let param = match &argument.name {
            Some(name) => params.iter().find(|p| p.name == *name),
            None => params.get(position),
        };
        Some(at(function.file, param?.ty?))
    })
}

fn returned(ev: &Evaluator, file: FileId, literal: ExprId) -> Option<At> {
    let facts = ev.project.facts(file);
    let function = facts.function_of_scope(facts.expr(literal).scope)?;
    let function = facts.function(function);
    let ty = function.return_type?;
    function.returns.contains(&literal).then(|| at(file, ty))
}

fn at(file: FileId, expr: ExprId) -> At {
    At {
        file,
        expr,
        env: None,
    }
}
