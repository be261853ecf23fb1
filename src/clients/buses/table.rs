//! Which table an expression is, and what is written in it.

use smol_str::SmolStr;

use super::structure::{bare, bindings};
use super::ways::{Root, ways};
use crate::facts::{ClassKind, Entry, ExprId, ExprKind, Key, ScopeId, ScopeKind, Span};
use crate::project::{At, ClassRef, Evaluator, FileId, FunctionRef, Step, Value, scope_of_name};

/// Where handlers are kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    /// A field, of an object or static.
    Field(ClassRef, SmolStr),
    /// A variable of a module or of a function around closures.
    Variable(FileId, ScopeId, SmolStr),
    /// An object of a class derived from the language's own map.
    Object(ClassRef),
    /// An entry of an object whose functions use it through `this`.
    Entry(FileId, ExprId, SmolStr),
}

impl Table {
    /// The table an expression names.
    #[must_use]
    pub fn of(ev: &Evaluator, file: FileId, expr: ExprId) -> Option<Self> {
        const DEEPEST: u32 = 6;
        identify(ev, file, expr, DEEPEST)
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Field(_, name) | Self::Variable(_, _, name) | Self::Entry(_, _, name) => name,
            Self::Object(_) => "",
        }
    }

    /// What keeps it: a class, a module, the function around it.
    #[must_use]
    pub fn keeper(&self, ev: &Evaluator) -> String {
        match self {
            Self::Field(class, _) | Self::Object(class) => {
                ev.project.class_name(*class).to_string()
            }
            Self::Variable(file, scope, _) => {
                let facts = ev.project.facts(*file);
                let function = facts.function_of_scope(*scope).map(|function| FunctionRef {
                    file: *file,
                    function,
                });
                function
                    .and_then(|f| ev.project.symbol(f))
                    .unwrap_or_else(|| module_name(&ev.project.file(*file).path))
            }
            Self::Entry(file, object, _) => {
                let facts = ev.project.facts(*file);
                let names = facts.scopes.iter().flat_map(|s| &s.names);
                let mut bound: Vec<&SmolStr> = names
                    .filter(|(_, all)| all.iter().any(|b| b.value == *object))
                    .map(|(name, _)| name)
                    .collect();
                bound.sort();
                bound.first().map_or_else(
                    || module_name(&ev.project.file(*file).path),
                    |name| name.to_string(),
                )
            }
        }
    }

    /// The expressions that are assigned to it as a whole.
    #[must_use]
    pub fn values(&self, ev: &Evaluator) -> Vec<At> {
        let (file, values): (FileId, Vec<ExprId>) = match self {
            Self::Object(_) => return Vec::new(),
            Self::Field(class, name) => {
                let fields = &ev.project.class(*class).fields;
                let field = fields.iter().find(|f| f.name == *name);
                (
                    class.file,
                    field.map_or_else(Vec::new, |f| f.values.clone()),
                )
            }
            Self::Variable(file, scope, name) => {
                let scope = ev.project.facts(*file).scope(*scope);
                let bindings = scope.names.get(name).into_iter().flatten();
                (*file, bindings.map(|b| b.value).collect())
            }
            Self::Entry(file, object, name) => {
                let facts = ev.project.facts(*file);
                let ExprKind::Object { entries, .. } = &facts.expr(*object).kind else {
                    return Vec::new();
                };
                let own = entries
                    .iter()
                    .filter(|e| matches!(&e.key, Key::Name(n) if n == name));
                (*file, own.map(|e| e.value).collect())
            }
        };
        values
            .into_iter()
            .map(|expr| At {
                file,
                expr,
                env: None,
            })
            .collect()
    }
}

/// A module by its file; one that stands for its folder by the folder.
fn module_name(path: &str) -> String {
    let mut parts = path.rsplit('/');
    let stem = |part: &str| part.split('.').next().unwrap_or(part).to_owned();
    let own = parts.next().map(stem).unwrap_or_default();
    if matches!(own.as_str(), "index" | "mod" | "__init__" | "lib" | "main")
        && let Some(folder) = parts.next()
    {
        return folder.to_owned();
    }
    own
}

fn identify(ev: &Evaluator, file: FileId, expr: ExprId, depth: u32) -> Option<Table> {
    let depth = depth.checked_sub(1)?;
    let facts = ev.project.facts(file);
    let expr = bare(facts, expr);
    let at = |expr| At {
        file,
        expr,
        env: None,
    };
    match &facts.expr(expr).kind {
        ExprKind::Name(_) if facts.is_this(expr) => map_class(ev, file, expr),
        ExprKind::Name(name) => {
            let scope = scope_of_name(
                facts,
                facts.expr(expr).scope,
                name,
                facts.expr(expr).span.start,
            )?;
            let first = bindings(facts, expr).first().map(|b| b.value)?;
            match &facts.expr(first).kind {
                ExprKind::Import(id) => {
                    let import = facts.import(*id);
                    let crate::project::Target::File(module) =
                        ev.project.resolve_module(file, &import.module)
                    else {
                        return None;
                    };
                    let crate::facts::Imported::Named(name) = &import.what else {
                        return None;
                    };
                    in_module(ev, module, name)
                }
                // `const handlers = this.handlers;`
                ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Call { .. }
                    if !matches!(facts.scope(scope).kind, ScopeKind::Module) =>
                {
                    identify(ev, file, first, depth)
                        .or_else(|| Some(Table::Variable(file, scope, name.clone())))
                }
                ExprKind::Param { .. } => None,
                _ => Some(Table::Variable(file, scope, name.clone())),
            }
        }
        ExprKind::This => map_class(ev, file, expr),
        ExprKind::Member { object, name, .. } => {
            if let Some(table) = map_class(ev, file, expr) {
                return Some(table);
            }
            for found in ev.concrete(&at(*object)) {
                match found.value {
                    Value::Class(class) | Value::Instance { class, .. } => {
                        return Some(Table::Field(declaring(ev, class, name), name.clone()));
                    }
                    Value::Module(module) => return in_module(ev, module, name),
                    Value::Object(object) => {
                        return Some(Table::Entry(object.file, object.expr, name.clone()));
                    }
                    _ => {}
                }
            }
            if facts.is_this(*object) {
                let object = object_around(facts, expr)?;
                return Some(Table::Entry(file, object, name.clone()));
            }
            None
        }
        _ => None,
    }
}

/// The language's own maps.
const MAPS: [&str; 6] = [
    "Map",
    "WeakMap",
    "dict",
    "OrderedDict",
    "defaultdict",
    "UserDict",
];

/// The class of an object that is a map itself.
fn map_class(ev: &Evaluator, file: FileId, expr: ExprId) -> Option<Table> {
    let at = At {
        file,
        expr,
        env: None,
    };
    ev.concrete(&at).into_iter().find_map(|found| {
        let Value::Instance { class, .. } = found.value else {
            return None;
        };
        let bases = ev.external_bases(class);
        let is_map = bases.iter().any(|(origin, _)| {
            matches!(origin.step(), Step::Global(name) | Step::Member(name) if MAPS.contains(&name.as_str()))
        });
        is_map.then_some(Table::Object(class))
    })
}

/// The object literal whose function an expression stands in.
fn object_around(facts: &crate::facts::Facts, expr: ExprId) -> Option<ExprId> {
    let mut function = facts.function_of_scope(facts.expr(expr).scope);
    while let Some(id) = function {
        let value = facts.function_values.get(id.0 as usize).copied().flatten();
        let parent = value.and_then(|v| facts.parent(v));
        if let Some(parent) = parent
            && matches!(facts.expr(parent).kind, ExprKind::Object { .. })
        {
            return Some(parent);
        }
        function = facts.function(id).outer;
    }
    None
}

fn in_module(ev: &Evaluator, module: FileId, name: &SmolStr) -> Option<Table> {
    let facts = ev.project.facts(module);
    let scope = ScopeId(0);
    let binding = facts.scopes.first()?.names.get(name)?.first()?;
    match &facts.expr(binding.value).kind {
        ExprKind::Import(id) => {
            let import = facts.import(*id);
            match (
                ev.project.resolve_module(module, &import.module),
                &import.what,
            ) {
                (crate::project::Target::File(next), crate::facts::Imported::Named(name))
                    if next != module =>
                {
                    let facts = ev.project.facts(next);
                    facts.scopes.first()?.names.get(name)?;
                    Some(Table::Variable(next, scope, name.clone()))
                }
                _ => None,
            }
        }
        _ => Some(Table::Variable(module, scope, name.clone())),
    }
}

/// The class along the lineage that has a field.
#[must_use]
pub fn declaring(ev: &Evaluator, class: ClassRef, name: &str) -> ClassRef {
    let class = ev.extended(class);
    ev.lineage(class)
        .into_iter()
        .filter(|c| ev.project.class(*c).kind != ClassKind::Interface)
        .find(|c| ev.project.class(*c).fields.iter().any(|f| f.name == name))
        .unwrap_or(class)
}

/// A row of a written table.
#[derive(Clone, Debug)]
pub struct Row {
    pub key: At,
    /// A name that is written as the key.
    pub name: Option<SmolStr>,
    pub value: At,
    pub span: Span,
}

/// The rows of a table: those of the literal it is made of, wherever it stands.
pub struct Rows<'e, 'p> {
    pub ev: &'e Evaluator<'p>,
    /// Functions that are given the table: their callers may stand in files
    /// nobody has parsed.
    pub given: Vec<FunctionRef>,
}

impl Rows<'_, '_> {
    #[must_use]
    pub fn of(&mut self, value: &At, depth: u32) -> Vec<Row> {
        let Some(depth) = depth.checked_sub(1) else {
            return Vec::new();
        };
        let ev = self.ev;
        let facts = ev.project.facts(value.file);
        let here = |expr: ExprId| At {
            expr,
            ..value.clone()
        };
        match &facts.expr(value.expr).kind {
            ExprKind::Object { entries, .. } => entries
                .iter()
                .flat_map(|entry| self.entry(value, entry, depth))
                .collect(),
            ExprKind::List(items) => items
                .iter()
                .filter_map(|item| pair(ev, &here(*item)))
                .collect(),
            ExprKind::Either(options) => options
                .iter()
                .flat_map(|option| self.of(&here(*option), depth))
                .collect(),
            ExprKind::Name(_) => {
                let bound = bindings(facts, value.expr);
                if let [only] = bound.as_slice()
                    && matches!(facts.expr(only.value).kind, ExprKind::Import(_))
                {
                    return self.evaluated(value, depth);
                }
                bound
                    .into_iter()
                    .flat_map(|b| self.of(&here(b.value), depth))
                    .collect()
            }
            ExprKind::Param { function, index } => {
                let function = FunctionRef {
                    file: value.file,
                    function: *function,
                };
                self.given.push(function);
                let calls = ev.calls_of(function).into_iter();
                calls
                    .filter_map(|(call, _)| ev.argument(&call, function, *index))
                    .flat_map(|argument| self.of(&argument, depth))
                    .collect()
            }
            // `new Map([…])`, `dict(…)`, `HashMap::from([…])`, `Object.freeze({…})`
            ExprKind::Call { callee, args, .. } if is_container(facts, *callee) => {
                let first = args.iter().find(|a| a.name.is_none());
                let inside = first.map_or_else(Vec::new, |a| self.of(&here(a.value), depth));
                if inside.is_empty() {
                    self.evaluated(value, depth)
                } else {
                    inside
                }
            }
            ExprKind::Member { .. } | ExprKind::Call { .. } => self.evaluated(value, depth),
            _ => Vec::new(),
        }
    }

    fn evaluated(&mut self, value: &At, depth: u32) -> Vec<Row> {
        let ev = self.ev;
        let literal = |found: crate::project::Found| match found.value {
            Value::Object(at) | Value::List(at) => Some(at),
            // `providers.Dict({…})`: what a library keeps the table in.
            Value::External(origin) => origin.calls().find_map(|call| {
                let (_, args) = ev.call_parts(call)?;
                let first = args.iter().find(|a| a.name.is_none())?.value;
                let is_table = matches!(
                    ev.project.facts(call.file).expr(first).kind,
                    ExprKind::Object { .. }
                );
                is_table.then(|| At {
                    expr: first,
                    ..call.clone()
                })
            }),
            _ => None,
        };
        ev.concrete(value)
            .into_iter()
            .filter_map(literal)
            .filter(|at| (at.file, at.expr) != (value.file, value.expr))
            .flat_map(|at| self.of(&at, depth))
            .collect()
    }

    fn entry(&mut self, object: &At, entry: &Entry, depth: u32) -> Vec<Row> {
        let facts = self.ev.project.facts(object.file);
        let here = |expr: ExprId| At {
            expr,
            ..object.clone()
        };
        let (key, name) = match &entry.key {
            Key::Spread => return self.of(&here(entry.value), depth),
            Key::Name(name) => (here(entry.value), Some(name.clone())),
            Key::Computed(key) => {
                // `{kind: bind(handler) for kind, handler in TABLE.items()}`: the
                // rows are those of the other table.
                let other = ways(facts, *key).into_iter().find_map(|w| match w.root {
                    Root::Kept(other) => Some(bare(facts, other)),
                    _ => None,
                });
                if let Some(other) = other {
                    return self.of(&here(other), depth);
                }
                (here(*key), None)
            }
        };
        vec![Row {
            key,
            name,
            value: here(entry.value),
            span: entry.span,
        }]
    }
}

/// Whether a call makes a table of the entries it is given.
fn is_container(facts: &crate::facts::Facts, callee: ExprId) -> bool {
    let (ExprKind::Name(name) | ExprKind::Member { name, .. }) = &facts.expr(callee).kind else {
        return false;
    };
    matches!(
        name.as_str(),
        "Map"
            | "WeakMap"
            | "dict"
            | "OrderedDict"
            | "MappingProxyType"
            | "from"
            | "freeze"
            | "fromEntries"
            | "seal"
    )
}

/// `[key, handler]`, `(key, handler)`
fn pair(ev: &Evaluator, item: &At) -> Option<Row> {
    let facts = ev.project.facts(item.file);
    let ExprKind::List(parts) = &facts.expr(item.expr).kind else {
        return None;
    };
    let [key, value] = parts.as_slice() else {
        return None;
    };
    let here = |expr: ExprId| At {
        expr,
        ..item.clone()
    };
    Some(Row {
        key: here(*key),
        name: None,
        value: here(*value),
        span: facts.expr(item.expr).span,
    })
}
