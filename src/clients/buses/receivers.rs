//! Who handles the messages of a table: its written rows, and the callers of
//! the functions that register.

use smol_str::SmolStr;

use super::levels::Levels;
use super::naming::{Named, taken};
use super::senders::{mentions, type_argument, type_of_caller};
use super::structure::bare;
use super::table::{Row, Rows, Table};
use super::uses::Registration;
use super::ways::{Root, Step, Way, ways};
use crate::clients::importers::Sought;
use crate::facts::{ExprId, ExprKind, FunctionId, Span};
use crate::project::{At, Evaluator, FileId, Found, FunctionRef, Text, Value};

/// Files deep that a table's rows are looked for.
const DEEPEST: u32 = 8;

/// Messages one table may have.
const MOST: usize = 500;

/// A handler attached to a message.
#[derive(Clone, Debug)]
pub struct Received {
    pub file: FileId,
    pub span: Span,
    pub call: Option<ExprId>,
    pub name: Option<Named>,
    pub handler: Option<FunctionRef>,
}

/// Finds the handlers of tables.
pub struct Receivers<'e, 'p> {
    pub ev: &'e Evaluator<'p>,
    /// The method a dispatcher calls on handlers that are objects.
    pub method: Option<SmolStr>,
    pub received: Vec<Received>,
    pub wrappers: Vec<FunctionRef>,
    /// What leads to classes of handlers.
    pub leads: Vec<Sought>,
}

impl<'e, 'p> Receivers<'e, 'p> {
    #[must_use]
    pub fn new(ev: &'e Evaluator<'p>, method: Option<SmolStr>) -> Self {
        Self {
            ev,
            method,
            received: Vec::new(),
            wrappers: Vec::new(),
            leads: Vec::new(),
        }
    }

    /// The rows written in a table.
    pub fn written(&mut self, table: &Table) {
        let values = table.values(self.ev);
        for row in self.rows_of(&values) {
            self.row(&row);
        }
    }

    fn rows_of(&mut self, values: &[At]) -> Vec<Row> {
        let mut found = Rows {
            ev: self.ev,
            given: Vec::new(),
        };
        let rows = values
            .iter()
            .flat_map(|value| found.of(value, DEEPEST))
            .collect();
        self.wrappers.append(&mut found.given);
        rows
    }

    /// A row's handlers; false if it has none.
    fn row(&mut self, row: &Row) -> bool {
        if self.ev.project.is_test(row.value.file, row.span) {
            return false;
        }
        let name = match &row.name {
            Some(name) => vec![Named {
                text: Text::plain(name.clone()),
                class: None,
            }],
            None => self.key_names(&row.key),
        };
        let Some(name) = name.into_iter().next() else {
            return false;
        };
        let before = self.received.len();
        let facts = self.ev.project.facts(row.value.file);
        for expr in handlers(facts, row.value.expr) {
            let at = At {
                expr,
                ..row.value.clone()
            };
            let Some(function) = self.handler(&at).and_then(|h| h.function) else {
                continue;
            };
            // On the row's line; the column tells handlers of one row apart.
            let own = facts.expr(expr).span;
            let span = Span {
                start: own.start,
                column: own.column,
                ..row.span
            };
            self.received.push(Received {
                file: row.value.file,
                span,
                call: None,
                name: Some(name.clone()),
                handler: Some(function),
            });
        }
        self.received.len() > before
    }

    fn key_names(&self, key: &At) -> Vec<Named> {
        self.ev
            .eval(key)
            .iter()
            .flat_map(|f| taken(self.ev, f, &[], key))
            .collect()
    }

    /// What callers of a registering function attach.
    pub fn registered(&mut self, registration: &Registration) {
        // Of a list's elements a type can tell all there is; of a parameter only
        // what no caller does.
        let before = self.received.len();
        let is_listed = self.declared(registration, true);
        if is_listed || self.received.len() > before {
            return;
        }
        self.attach(registration, &Levels::default());
        if self.received.len() == before {
            self.declared(registration, false);
        }
    }

    fn attach(&mut self, registration: &Registration, levels: &Levels) {
        if self.received.len() >= MOST {
            return;
        }
        let ev = self.ev;
        let at = |expr| At {
            file: registration.file,
            expr,
            env: levels.env(),
        };
        let key = at(registration.key);
        let facts = ev.project.facts(registration.file);
        let ways = ways(facts, registration.key);
        let typed = ways.iter().find_map(|w| match w.root {
            Root::TypeParam { function, index } => Some((function, index, w)),
            _ => None,
        });
        if let Some((function, index, way)) = typed {
            self.typed(registration, function, index, way);
            return;
        }
        if self.gone_through(registration, levels) {
            return;
        }
        let mut params: Vec<FunctionRef> = Vec::new();
        let mut found: Vec<Named> = Vec::new();
        for value in ev.eval(&key) {
            match &value.value {
                Value::Param(p) if p.argument().is_some() => params.push(p.function),
                Value::Param(p) => found.extend(
                    ev.concretize(p)
                        .iter()
                        .flat_map(|f| taken(ev, f, &[], &key)),
                ),
                Value::Text(text) if text.params().any(|p| p.argument().is_some()) => {
                    params.extend(
                        text.params()
                            .filter(|p| p.argument().is_some())
                            .map(|p| p.function),
                    );
                }
                _ => found.extend(taken(ev, &value, &[], &key)),
            }
        }
        // What is taken of a parameter that evaluation cannot follow: its class.
        if found.is_empty() && params.is_empty() {
            for way in &ways {
                if let Root::Param { function, .. } = way.root
                    && levels.outermost().is_none()
                {
                    params.push(FunctionRef {
                        file: registration.file,
                        function,
                    });
                } else {
                    let root = at(way.at);
                    let values = ev.eval(&root);
                    found.extend(values.iter().flat_map(|f| taken(ev, f, &way.steps, &root)));
                }
            }
        }
        params.sort();
        params.dedup();
        for function in params {
            self.wrappers.push(function);
            for next in levels.callers(ev, function) {
                self.attach(registration, &next);
            }
        }
        for name in found {
            let handler = at(registration.handler);
            self.receive(registration, levels, name, &handler);
        }
    }

    /// `for kind, handler in handlers.items(): bus.register(kind, handler)`:
    /// the rows of the table that is gone through.
    fn gone_through(&mut self, registration: &Registration, levels: &Levels) -> bool {
        let Some(passed) = levels.passed_for(self.ev, registration.file, registration.key) else {
            return false;
        };
        let facts = self.ev.project.facts(passed.file);
        let mut found = false;
        for way in ways(facts, passed.expr) {
            let Root::Kept(table) = way.root else {
                continue;
            };
            // A key is what is gone through, or the first of a pair of it.
            let is_key = match way.steps.as_slice() {
                [] => true,
                [Step::Member(name)] => name == "0",
                _ => false,
            };
            if !is_key {
                continue;
            }
            let table = At {
                file: passed.file,
                expr: bare(facts, table),
                env: None,
            };
            for row in self.rows_of(std::slice::from_ref(&table)) {
                found |= self.row(&row);
            }
        }
        found
    }

    fn receive(&mut self, registration: &Registration, levels: &Levels, name: Named, handler: &At) {
        let own = At {
            file: registration.file,
            expr: registration.call,
            env: None,
        };
        let call = levels.outermost().unwrap_or(&own).clone();
        let decorated = self.decorated(&call);
        let function = match decorated {
            Some(function) => Some(function),
            None => self.handler(handler).and_then(|h| h.function),
        };
        let facts = self.ev.project.facts(call.file);
        self.received.push(Received {
            file: call.file,
            span: call_span(facts, call.expr),
            call: Some(call.expr),
            name: Some(name),
            handler: function,
        });
    }

    /// A registration by type: the type argument, else the type of the
    /// handler's first parameter.
    fn typed(
        &mut self,
        registration: &Registration,
        function: FunctionId,
        index: usize,
        way: &Way,
    ) {
        let function = FunctionRef {
            file: registration.file,
            function,
        };
        self.typed_by(
            registration,
            function,
            index,
            &way.steps,
            &Levels::default(),
        );
    }

    /// What the callers of a function register, by its type parameter; a caller
    /// can have the type of its own caller.
    fn typed_by(
        &mut self,
        registration: &Registration,
        function: FunctionRef,
        index: usize,
        steps: &[Step],
        levels: &Levels,
    ) {
        let ev = self.ev;
        self.wrappers.push(function);
        let facts = ev.project.facts(function.file);
        let f = facts.function(function.function);
        let type_name = f.type_params.get(index).cloned().unwrap_or_default();
        let param = f
            .params
            .iter()
            .position(|p| p.ty.is_some_and(|ty| mentions(facts, ty, &type_name)));
        for next in levels.callers(ev, function) {
            let Some(call) = next.outermost().cloned() else {
                continue;
            };
            if let Some((outer, index)) = type_of_caller(ev, &call, index) {
                self.typed_by(registration, outer, index, steps, &next);
                continue;
            }
            let handler = At {
                file: registration.file,
                expr: registration.handler,
                env: next.env(),
            };
            let class = type_argument(ev, &call, index).or_else(|| {
                let given = param.and_then(|p| ev.argument(&call, function, p as u32));
                self.first_type(&given.unwrap_or_else(|| handler.clone()))
            });
            let Some(class) = class else {
                continue;
            };
            if let Some(name) = taken(ev, &class, steps, &call).into_iter().next() {
                self.receive(registration, &next, name, &handler);
            }
        }
    }

    /// The type of a handler's first parameter; of an object, that of its method's.
    fn first_type(&self, handler: &At) -> Option<Found> {
        let function = self.handler(handler)?.function?;
        let ty = self.ev.project.function(function).params.first()?.ty?;
        let at = At {
            file: function.file,
            expr: ty,
            env: None,
        };
        self.ev.instances_of(&at).into_iter().next()
    }

    /// The function a decorator that registers stands on.
    fn decorated(&self, call: &At) -> Option<FunctionRef> {
        let facts = self.ev.project.facts(call.file);
        let functions = facts.functions.iter();
        let decorated = functions
            .enumerate()
            .find(|(_, f)| f.decorators.contains(&call.expr))
            .map(|(i, _)| FunctionId(i as u32));
        let method = || {
            let class = facts
                .classes
                .iter()
                .find(|c| c.decorators.contains(&call.expr))?;
            let named = |m: &&FunctionId| {
                let name = &facts.function(**m).name;
                self.method.as_ref() == Some(name)
                    || matches!(name.as_str(), "__call__" | "handle" | "execute")
            };
            class.methods.iter().find(named).copied()
        };
        Some(FunctionRef {
            file: call.file,
            function: decorated.or_else(method)?,
        })
    }

    /// The method of a handler that is an object.
    pub(super) fn method_of(&self, handler: &Found, at: &At) -> Option<FunctionRef> {
        let method = self.method.as_deref().unwrap_or("__call__");
        let members = self.ev.member(handler, method, at);
        members.into_iter().find_map(|m| match m.value {
            Value::Function { function, .. } => Some(function),
            _ => None,
        })
    }

    /// The function that handles: the value itself, or the method of an object.
    fn handler(&self, at: &At) -> Option<Handler> {
        const DEEPEST: u32 = 3;
        self.handler_at(at, DEEPEST)
    }

    fn handler_at(&self, at: &At, depth: u32) -> Option<Handler> {
        let mut open = None;
        let mut wrapped = false;
        for found in self.ev.eval(at) {
            match &found.value {
                Value::Function { function, .. } => {
                    return Some(Handler {
                        function: Some(*function),
                    });
                }
                Value::Instance { .. } | Value::Class(_) => {
                    let function = self.method_of(&found, at);
                    if function.is_some() {
                        return Some(Handler { function });
                    }
                }
                Value::Param(_) => open = Some(Handler { function: None }),
                // `providers.Factory(Handler, …)`, `partial(handler, …)`
                Value::External(_) | Value::Unknown(_) => wrapped = true,
                _ => {}
            }
        }
        if wrapped && let Some(depth) = depth.checked_sub(1) {
            let (_, args) = self.ev.call_parts(at)?;
            let first = args.iter().find(|a| a.name.is_none())?;
            return self.handler_at(
                &At {
                    expr: first.value,
                    ..at.clone()
                },
                depth,
            );
        }
        open
    }
}

struct Handler {
    function: Option<FunctionRef>,
}

/// The handlers of a row: one, or each of a list.
fn handlers(facts: &crate::facts::Facts, value: ExprId) -> Vec<ExprId> {
    match &facts.expr(value).kind {
        ExprKind::List(items) => items.clone(),
        // `new Set([f, g])`
        ExprKind::Call { args, .. } => match args.first() {
            Some(first) if matches!(facts.expr(first.value).kind, ExprKind::List(_)) => {
                handlers(facts, first.value)
            }
            _ => vec![value],
        },
        _ => vec![value],
    }
}

/// Where a call is reported: from its method's name to its end.
#[must_use]
pub fn call_span(facts: &crate::facts::Facts, call: ExprId) -> Span {
    let whole = facts.expr(call).span;
    match &facts.expr(call).kind {
        ExprKind::Call { callee, .. } => match &facts.expr(*callee).kind {
            ExprKind::Member { at, .. } => Span {
                end: whole.end,
                end_line: whole.end_line,
                ..*at
            },
            _ => whole,
        },
        _ => whole,
    }
}
