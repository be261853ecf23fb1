//! Tables of handlers: `HANDLERS[msg.type](msg)`, `handlers.get(msg.type)`.

use smol_str::SmolStr;

use super::origin::Told;
use super::{Region, Search};
use crate::clients::buses;
use crate::facts::{ExprId, ExprKind, Key, Span};
use crate::project::{At, FunctionRef, Step, Value};

impl Search<'_, '_> {
    /// The entries of the tables that a field of the message is looked up in.
    pub(super) fn tables(&mut self, region: &Region) {
        let facts = self.ev.project.facts(region.file);
        let mut looked_up = Vec::new();
        for expr in &facts.exprs {
            if expr.span.start < region.span.start || expr.span.end > region.span.end {
                continue;
            }
            match &expr.kind {
                ExprKind::Index { object, index } => looked_up.push((*object, *index)),
                ExprKind::Call { callee, args, .. } => {
                    if let (ExprKind::Member { object, name, .. }, Some(key)) =
                        (&facts.expr(*callee).kind, args.first())
                        && name == "get"
                    {
                        looked_up.push((*object, key.value));
                    }
                }
                _ => {}
            }
        }
        for (table, key) in looked_up {
            let at = |expr: ExprId| At {
                file: region.file,
                expr,
                env: region.env.clone(),
            };
            if matches!(
                facts.expr(key).kind,
                ExprKind::Text(_) | ExprKind::Number(_)
            ) {
                continue;
            }
            match self.tells(&at(key)) {
                Some(Told::Field(field)) if self.fields.contains(&field) => {
                    self.entries(&at(table), &field);
                }
                _ => {}
            }
        }
    }

    fn entries(&mut self, table: &At, field: &SmolStr) {
        for f in self.ev.concrete(table) {
            for entry in self.rows(&f.value) {
                let function = self
                    .ev
                    .eval(&entry.value)
                    .into_iter()
                    .find_map(|f| match f.value {
                        Value::Function { function, .. } => Some(function),
                        _ => None,
                    });
                // A table of texts or settings handles nothing.
                if let Some(function) = function {
                    self.row(&entry, field, function);
                }
            }
        }
        self.filled(table, field);
    }

    /// What is registered later: `this.handlers[type] = handler`.
    fn filled(&mut self, table: &At, field: &SmolStr) {
        let filled = buses::filled(self.ev, table);
        for received in filled.received {
            let name = received.name.and_then(|n| n.text.as_plain());
            self.add(
                name,
                Some(field.clone()),
                received.file,
                received.span,
                received.handler,
            );
        }
        self.cases.leading.extend(filled.through);
    }

    fn row(&mut self, entry: &Row, field: &SmolStr, function: FunctionRef) {
        self.add(
            entry.key.clone(),
            Some(field.clone()),
            entry.value.file,
            entry.span,
            Some(function),
        );
    }

    /// Keys and values of an object, or of the pairs a map is made of.
    fn rows(&self, table: &Value) -> Vec<Row> {
        match table {
            Value::Object(object) => self.object_rows(object, 0),
            Value::External(origin) => match origin.step() {
                Step::Call(Some(made)) => self.pairs(made),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn object_rows(&self, object: &At, depth: u32) -> Vec<Row> {
        /// Tables spread into tables.
        const DEEPEST: u32 = 4;
        let facts = self.ev.project.facts(object.file);
        let ExprKind::Object { entries, .. } = &facts.expr(object.expr).kind else {
            return Vec::new();
        };
        let here = |expr| At {
            expr,
            ..object.clone()
        };
        let mut rows = Vec::new();
        for entry in entries {
            let key = match &entry.key {
                Key::Name(name) => Some(name.clone()),
                Key::Computed(key) => self.text(&here(*key)),
                Key::Spread => {
                    for f in self.ev.eval(&here(entry.value)) {
                        if let Value::Object(spread) = &f.value
                            && depth < DEEPEST
                        {
                            rows.extend(self.object_rows(spread, depth + 1));
                        }
                    }
                    continue;
                }
            };
            rows.push(Row {
                key,
                value: here(entry.value),
                span: entry.span,
            });
        }
        rows
    }

    /// `new Map([["start", onStart], …])`
    fn pairs(&self, made: &At) -> Vec<Row> {
        let facts = self.ev.project.facts(made.file);
        let Some((_, args)) = self.ev.call_parts(made) else {
            return Vec::new();
        };
        let list = args.first().map(|arg| &facts.expr(arg.value).kind);
        let Some(ExprKind::List(pairs)) = list else {
            return Vec::new();
        };
        let here = |expr| At {
            expr,
            ..made.clone()
        };
        pairs
            .iter()
            .filter_map(|pair| match &facts.expr(*pair).kind {
                ExprKind::List(parts) => match parts.as_slice() {
                    [key, value] => Some(Row {
                        key: self.text(&here(*key)),
                        value: here(*value),
                        span: facts.expr(*pair).span,
                    }),
                    _ => None,
                },
                _ => None,
            })
            .collect()
    }

    fn text(&self, at: &At) -> Option<SmolStr> {
        self.ev.eval(at).iter().find_map(|f| match &f.value {
            Value::Text(text) => text.as_plain(),
            Value::Variant { class, name } => Some(self.ev.variant_text(*class, name)),
            _ => None,
        })
    }
}

/// An entry of a table.
struct Row {
    key: Option<SmolStr>,
    value: At,
    span: Span,
}
