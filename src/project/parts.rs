//! Several values given at once: the results of a call, the key and the value
//! of a loop.

use smol_str::{SmolStr, format_smolstr};

use super::evaluate::{Evaluator, prefer_known};
use super::value::{At, Found, Value};
use crate::facts::{ExprId, ExprKind};

impl Evaluator<'_> {
    /// One of several values given at once: a result of a call, or the key or the
    /// value a loop has in turn. Of a library's results the first is the call's
    /// value, the others are members by number.
    pub(super) fn part(&self, at: &At, of: ExprId, index: u32) -> Vec<Found> {
        let of = At {
            expr: of,
            ..at.clone()
        };
        if let ExprKind::Element(over) = self.project.facts(of.file).expr(of.expr).kind {
            return self.ranged(&At { expr: over, ..of }, index);
        }
        let mut found = Vec::new();
        for f in self.eval(&of) {
            match &f.value {
                Value::List(_) | Value::Many(_) => {
                    found.extend(
                        self.items(&f.value)
                            .into_iter()
                            .nth(index as usize)
                            .unwrap_or_default(),
                    );
                }
                _ if index == 0 => found.push(f),
                Value::External(origin) => {
                    let part = origin.member(format_smolstr!("{index}"));
                    found.extend(self.external(part, at.file));
                }
                _ => {}
            }
        }
        found = prefer_known(found);
        let is_known = |f: &Found| !matches!(f.value, Value::Unknown(_) | Value::Null);
        if !found.iter().any(is_known) {
            let declared = self.declared_part(&of, index);
            if !declared.is_empty() {
                return declared;
            }
        }
        if found.is_empty() {
            found.push(self.unknown(at));
        }
        found
    }

    /// What the declared types of a function's results say of one of them.
    fn declared_part(&self, call: &At, index: u32) -> Vec<Found> {
        let Some((callee, _)) = self.call_parts(call) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for f in self.concrete_callee(&callee) {
            let Value::Function { function, .. } = f.value else {
                continue;
            };
            let facts = self.project.facts(function.file);
            let Some(ty) = facts.function(function.function).return_type else {
                continue;
            };
            let ty = match &facts.expr(ty).kind {
                ExprKind::List(types) => types.get(index as usize).copied(),
                _ => Some(ty).filter(|_| index == 0),
            };
            found.extend(ty.into_iter().flat_map(|expr| {
                self.instances_of(&At {
                    file: function.file,
                    expr,
                    env: None,
                })
            }));
        }
        found
    }

    /// The key (0) or the value (1) of a loop over pairs.
    fn ranged(&self, over: &At, index: u32) -> Vec<Found> {
        let mut found = Vec::new();
        for f in self.eval(over) {
            match (&f.value, index) {
                (Value::Object(_) | Value::Pair(_), 0) => {
                    found.extend(
                        self.entries(&f.value)
                            .into_iter()
                            .flat_map(|(keys, _)| keys),
                    );
                }
                (Value::Object(_) | Value::Pair(_), _) => {
                    found.extend(self.entries(&f.value).into_iter().flat_map(|(_, v)| v));
                }
                (_, 0) => found.push(Found::new(Value::Unknown(SmolStr::new_static("index")))),
                _ => found.extend(self.elements(std::slice::from_ref(&f))),
            }
        }
        prefer_known(found)
    }
}
