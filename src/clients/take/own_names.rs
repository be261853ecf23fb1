//! Functions that are named by a text: `"shop.tasks.send"`.

use smol_str::SmolStr;

use super::{Node, Site};
use crate::clients::access::Access;
use crate::facts::ExprKind;
use crate::project::{At, FunctionRef, Target, Text, Value};

impl Site<'_, '_> {
    /// Texts that are the way to a function of the project stand for the
    /// function's own name; others stay what they are.
    pub(super) fn own_names(&self, access: &Access) -> Vec<Node> {
        self.texts(std::slice::from_ref(access))
            .into_iter()
            .map(|(text, trail)| {
                let own = text.as_plain().and_then(|plain| self.own_name(&plain));
                let mut node = Node::value(Value::Text(own.map_or(text, Text::plain)));
                node.found.trail = trail;
                node
            })
            .collect()
    }

    fn own_name(&self, way: &str) -> Option<SmolStr> {
        let (module, name) = way.rsplit_once('.')?;
        let Target::File(file) = self.ev.project.resolve_module(self.at.file, module) else {
            return None;
        };
        let function = self
            .ev
            .export(file, name)?
            .into_iter()
            .find_map(|f| match f.value {
                Value::Function { function, .. } => Some(function),
                _ => None,
            })?;
        // What was registered under this very text has it as its name.
        if self.is_registered_as(function, way) {
            return None;
        }
        Some(self.ev.project.function(function).name.clone())
    }

    fn is_registered_as(&self, function: FunctionRef, text: &str) -> bool {
        let facts = self.ev.project.facts(function.file);
        let decorators = &facts.function(function.function).decorators;
        decorators.iter().any(|decorator| {
            let ExprKind::Call { args, .. } = &facts.expr(*decorator).kind else {
                return false;
            };
            args.iter().any(|arg| {
                let at = At {
                    file: function.file,
                    expr: arg.value,
                    env: None,
                };
                let values = self.ev.eval(&at);
                values.iter().any(
                    |f| matches!(&f.value, Value::Text(t) if t.as_plain().as_deref() == Some(text)),
                )
            })
        })
    }
}
