//! What decorators make of the things they stand on.

use super::evaluate::Evaluator;
use super::value::{At, Decorated, Found, Step, Value};
use crate::facts::{ClassKind, ExprId, ExprKind};

impl Evaluator<'_> {
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
            // An annotation of the project counts as those it carries itself.
            if let Value::Class(class) = f.value
                && self.project.class(class).kind == ClassKind::Interface
            {
                let carried = &self.project.class(class).decorators;
                let of = |d: &ExprId| self.nested(|| self.decorated(class.file, *d, target));
                found.extend(carried.iter().filter_map(of).flatten());
                continue;
            }
            let origins = match f.value {
                Value::External(origin) => vec![origin],
                // A class of the project derived from a library's decorator is one.
                Value::Class(class) => {
                    let bases = self.external_bases(class).into_iter();
                    bases.map(|(origin, _)| origin).collect()
                }
                _ => Vec::new(),
            };
            for origin in origins {
                if !matches!(origin.root(), Step::Global(_)) {
                    let step = Step::Decorated {
                        decorator: site.clone(),
                        target,
                    };
                    let decorated = origin.then(step);
                    // What is put into a slot a model may know.
                    match target {
                        Decorated::Slot => found.extend(self.external(decorated, file)),
                        _ => found.push(Found::new(Value::External(decorated))),
                    }
                }
            }
        }
        found
    }
}
