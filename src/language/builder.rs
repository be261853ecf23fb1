//! Builds [`Facts`] while a language's lowering walks its syntax tree.
//!
//! The builder owns what every language shares: the arena, the scope stack,
//! roles of node kinds, the depth guard. A lowering only says what a node means.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use tree_sitter::Node;

use super::roles::{Role, Roles};
use crate::facts::{
    Arg, Binding, Class, ClassId, ClassKind, Comparison, Entry, Expr, ExprId, ExprKind, Facts,
    Field, Function, FunctionId, FunctionKind, Import, ImportId, Imported, Key, Narrowing, Scope,
    ScopeId, ScopeKind, Span,
};
use crate::language::fields::Fields;

/// Nesting beyond which an expression is not looked into: deeper code is
/// generated or hostile, and the walk is recursive.
const MAX_DEPTH: u32 = 300;

/// Longest source text kept for an expression that is not understood.
const MAX_TEXT: usize = 60;

/// The state of one lowering.
pub struct Builder<'s> {
    source: &'s [u8],
    roles: &'s Roles,
    facts: Facts,
    /// Innermost scope last; never empty.
    scopes: Vec<ScopeId>,
    functions: Vec<FunctionId>,
    classes: Vec<ClassId>,
    /// Names a scope declares to be those of an outer one (`global`, `nonlocal`).
    shared: FxHashMap<(ScopeId, SmolStr), ScopeId>,
    /// `!=` of the condition being lowered: about the value only if the branch leaves.
    unequal: Vec<Comparison>,
    depth: u32,
    /// Statements around the walk whose parts need not all run, innermost last.
    branches: Vec<u32>,
    branch_count: u32,
}

impl<'s> Builder<'s> {
    pub(super) fn new(source: &'s [u8], roles: &'s Roles) -> Self {
        let mut facts = Facts::default();
        facts.scopes.push(Scope {
            parent: None,
            kind: ScopeKind::Module,
            names: Default::default(),
            narrowed: None,
        });
        Self {
            source,
            roles,
            facts,
            scopes: vec![ScopeId(0)],
            functions: Vec::new(),
            classes: Vec::new(),
            shared: FxHashMap::default(),
            unequal: Vec::new(),
            depth: 0,
            branches: Vec::new(),
            branch_count: 0,
        }
    }

    /// What the language's query calls this node; [`Role::Other`] if nothing.
    pub fn role(&self, node: Node) -> Role {
        self.roles.of(node)
    }

    /// Runs `f` one level deeper, or returns `None` when the code is nested too deeply.
    pub fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if !self.enter() {
            return None;
        }
        let result = f(self);
        self.leave();
        Some(result)
    }

    /// Goes one level deeper, for a lowering that has state of its own; false
    /// when the code is nested too deeply. Every true is paired with [`Self::leave`].
    pub fn enter(&mut self) -> bool {
        let fits = self.depth < MAX_DEPTH;
        self.depth += u32::from(fits);
        fits
    }

    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Lowers a statement whose parts need not all run: what is assigned in it
    /// is added to what was assigned before.
    pub fn branching<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        self.enter_branch();
        let result = f(self);
        self.leave_branch();
        result
    }

    /// As [`Self::branching`], for a lowering that has state of its own; paired
    /// with [`Self::leave_branch`].
    pub fn enter_branch(&mut self) {
        self.branch_count += 1;
        self.branches.push(self.branch_count);
    }

    pub fn leave_branch(&mut self) {
        self.branches.pop();
    }

    fn branch(&self) -> u32 {
        self.branches.last().copied().unwrap_or_default()
    }

    /// A value that is said to be of a type. Only what is computed can be more
    /// than it shows; a literal is what it is.
    pub(super) fn cast(&mut self, node: Node, value: ExprId, ty: Option<ExprId>) -> ExprId {
        let ty = ty.filter(|ty| !matches!(self.expr(*ty).kind, ExprKind::Unknown(_)));
        match (ty, &self.expr(value).kind) {
            (Some(ty), ExprKind::Call { .. } | ExprKind::Name(_) | ExprKind::Index { .. }) => {
                self.push(node, ExprKind::Cast { value, ty })
            }
            _ => value,
        }
    }

    // --- source ---------------------------------------------------------

    /// The whole file.
    pub fn source(&self) -> &'s [u8] {
        self.source
    }

    /// The text of a node; empty if it is not UTF-8.
    pub fn text(&self, node: Node) -> &'s str {
        self.source
            .get(node.byte_range())
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or("")
    }

    /// The text of a node as a name.
    pub fn name(&self, node: Node) -> SmolStr {
        SmolStr::new(self.text(node))
    }

    /// The text of the field of a node, empty if there is none.
    pub fn field_text(&self, node: Node, field: &'static str) -> &'s str {
        node.field(field).map_or("", |child| self.text(child))
    }

    pub fn span(&self, node: Node) -> Span {
        let (start, end) = (node.start_position(), node.end_position());
        Span {
            start: node.start_byte() as u32,
            end: node.end_byte() as u32,
            line: start.row as u32 + 1,
            column: start.column as u32 + 1,
            end_line: end.row as u32 + 1,
        }
    }

    // --- expressions ----------------------------------------------------

    pub fn push(&mut self, node: Node, kind: ExprKind) -> ExprId {
        self.push_at(self.span(node), kind)
    }

    pub fn push_at(&mut self, span: Span, kind: ExprKind) -> ExprId {
        let id = ExprId(self.facts.exprs.len() as u32);
        if matches!(kind, ExprKind::Call { .. }) {
            self.facts.calls.push(id);
        }
        self.facts.exprs.push(Expr {
            kind,
            span,
            scope: self.scope(),
        });
        id
    }

    /// An expression nothing can be read from, with its source text shortened to one line.
    pub fn unknown(&mut self, node: Node) -> ExprId {
        // Only the part that may be kept is read: nested expressions would
        // otherwise read the innermost text once a level.
        let (start, end) = (node.start_byte(), node.end_byte());
        let bytes = self.source.get(start..end.min(start + 4 * MAX_TEXT + 4));
        let text = bytes
            .and_then(|bytes| bytes.utf8_chunks().next())
            .map_or("", |chunk| chunk.valid());
        let line = text.lines().next().unwrap_or("").trim();
        let end = line
            .char_indices()
            .map(|(i, _)| i)
            .nth(MAX_TEXT)
            .unwrap_or(line.len());
        let text = SmolStr::new(line.get(..end).unwrap_or(""));
        self.push(node, ExprKind::Unknown(text))
    }

    /// `first`, or what counts where that is missing.
    pub fn fallback(&mut self, node: Node, first: ExprId, otherwise: ExprId) -> ExprId {
        let id = self.push(node, ExprKind::Either(vec![first, otherwise]));
        self.facts.fallbacks.push(id);
        id
    }

    /// A type of which a value is all of these at once.
    pub fn intersection(&mut self, node: Node, types: Vec<ExprId>) -> ExprId {
        let id = self.push(node, ExprKind::Either(types));
        self.facts.intersections.push(id);
        id
    }

    pub fn expr(&self, id: ExprId) -> &Expr {
        self.facts.expr(id)
    }

    /// The expression's kind may be completed after its children are lowered.
    pub fn expr_mut(&mut self, id: ExprId) -> &mut Expr {
        &mut self.facts.exprs[id.0 as usize]
    }

    pub fn member(&mut self, node: Node, object: ExprId, name: &str) -> ExprId {
        let at = self.span(node);
        self.push_at(
            at,
            ExprKind::Member {
                object,
                name: SmolStr::new(name),
                at,
            },
        )
    }

    /// A call with positional arguments.
    pub fn call(&mut self, node: Node, callee: ExprId, args: Vec<ExprId>) -> ExprId {
        let args = args
            .into_iter()
            .map(|value| Arg { name: None, value })
            .collect();
        self.push(
            node,
            ExprKind::Call {
                callee,
                args,
                type_args: Vec::new(),
                constructs: false,
            },
        )
    }

    // --- scopes and names -----------------------------------------------

    pub fn scope(&self) -> ScopeId {
        *self.scopes.last().unwrap_or(&ScopeId(0))
    }

    pub fn open_scope(&mut self, kind: ScopeKind) -> ScopeId {
        let id = ScopeId(self.facts.scopes.len() as u32);
        self.facts.scopes.push(Scope {
            parent: Some(self.scope()),
            kind,
            names: Default::default(),
            narrowed: None,
        });
        self.scopes.push(id);
        id
    }

    /// Says what an expression is known to be in the innermost scope.
    pub fn narrow(&mut self, subject: ExprId, values: Vec<ExprId>) {
        let scope = self.scope();
        self.facts.narrows = true;
        self.facts.scopes[scope.0 as usize].narrowed = Some(Narrowing { subject, values });
    }

    /// Records that an expression is compared with a value.
    pub fn compare(&mut self, subject: ExprId, value: ExprId, at: Span) {
        self.facts
            .comparisons
            .push(Comparison { subject, value, at });
    }

    /// Records that an expression is compared for not being a value.
    pub fn compare_unequal(&mut self, subject: ExprId, value: ExprId, at: Span) {
        self.unequal.push(Comparison { subject, value, at });
    }

    /// Opens a condition, to be closed with what this gives.
    pub fn open_condition(&self) -> usize {
        self.unequal.len()
    }

    /// Closes a condition: `if (x !== "a") return;` makes what follows about "a",
    /// any other `!==` makes nothing about it.
    pub fn close_condition(&mut self, opened: usize, leaves: bool) {
        let unequal = self.unequal.split_off(opened.min(self.unequal.len()));
        if leaves {
            self.facts.comparisons.extend(unequal);
        }
    }

    pub fn close_scope(&mut self) {
        if self.scopes.len() > 1 {
            self.scopes.pop();
        }
    }

    /// Binds a name in the innermost scope.
    pub fn bind(&mut self, name: &str, value: ExprId, at: Span) {
        self.bind_full(self.scope(), name, value, None, at, true);
    }

    /// Binds a declared name with its type; `value` may be an [`ExprKind::Unknown`].
    pub fn bind_typed(
        &mut self,
        name: &str,
        value: Option<ExprId>,
        ty: Option<ExprId>,
        node: Node,
    ) {
        let assigns = value.is_some();
        let value = match value {
            Some(value) => value,
            None => self.push(node, ExprKind::Unknown(SmolStr::new(name))),
        };
        let scope = self.scope();
        self.insert_binding(
            scope,
            name,
            Binding {
                value,
                ty,
                at: node.start_byte() as u32,
                declares: true,
                assigns,
                branch: self.branch(),
            },
        );
    }

    /// Binds a name to what a pattern says a value to be: as good as its type
    /// where that says more than the value does.
    pub fn bind_said(&mut self, name: &str, value: ExprId, ty: ExprId, node: Node) {
        self.bind_typed(name, Some(value), Some(ty), node);
        let scope = self.scope();
        let bound = self.facts.scopes[scope.0 as usize].names.get_mut(name);
        if let Some(binding) = bound.and_then(|all| all.last_mut()) {
            binding.assigns = false;
        }
    }

    /// What a name is bound to where the walk stands: its latest binding so far.
    pub fn lookup(&self, name: &str) -> Option<&Binding> {
        let start = self.scope();
        let mut next = Some(start);
        while let Some(id) = next {
            let scope = self.facts.scope(id);
            // The names of a class are not visible in its methods.
            let visible = id == start || !matches!(scope.kind, ScopeKind::Class(_));
            if visible && let Some(binding) = scope.names.get(name).and_then(|all| all.last()) {
                return Some(binding);
            }
            next = scope.parent;
        }
        None
    }

    /// From here on the innermost function means the name of `outer` when it
    /// assigns to `name` with [`Self::assign_local`].
    pub fn share_name(&mut self, name: &str, outer: ScopeId) {
        let scope = self.function_scope();
        self.shared.insert((scope, SmolStr::new(name)), outer);
    }

    /// The innermost scope that is no block: a function's, a class's, the module's.
    fn function_scope(&self) -> ScopeId {
        let mut id = self.scope();
        loop {
            let scope = self.facts.scope(id);
            match (scope.kind, scope.parent) {
                (ScopeKind::Block, Some(parent)) => id = parent,
                _ => return id,
            }
        }
    }

    /// Binds a declared name from byte offset `at` on, where that is not where the
    /// name stands: `let x = x.trim();` still means the outer `x` on its right.
    pub fn bind_from(&mut self, name: &str, value: ExprId, ty: Option<ExprId>, at: u32) {
        let scope = self.scope();
        self.insert_binding(
            scope,
            name,
            Binding {
                value,
                ty,
                at,
                declares: true,
                assigns: true,
                branch: self.branch(),
            },
        );
    }

    /// Assigns to a name that may be declared in an outer scope: the binding
    /// goes to the scope that has the name, else to the innermost function or module.
    pub fn assign(&mut self, name: &str, value: ExprId, at: Span) {
        let mut scope = self.scope();
        let mut target = None;
        loop {
            let s = self.facts.scope(scope);
            if s.names.contains_key(name) {
                target = Some((scope, false));
                break;
            }
            match (s.parent, s.kind) {
                (Some(parent), _) => scope = parent,
                (None, _) => break,
            }
        }
        let (scope, declares) = target.unwrap_or((self.scope(), true));
        self.bind_full(scope, name, value, None, at, declares);
    }

    /// Like [`Self::assign`] for languages in which assignment declares in the
    /// innermost function (Python): outer scopes are written to only after
    /// [`Self::share_name`].
    pub fn assign_local(&mut self, name: &str, value: ExprId, ty: Option<ExprId>, at: Span) {
        let mut scope = self.function_scope();
        if let Some(outer) = self.shared.get(&(scope, SmolStr::new(name))) {
            scope = *outer;
        }
        let declares = !self.facts.scope(scope).names.contains_key(name);
        self.bind_full(scope, name, value, ty, at, declares);
    }

    /// Binds a type parameter of a class to its bound, if nothing else did.
    pub fn bind_type_parameter(&mut self, scope: ScopeId, name: &str, bound: ExprId) {
        if !self.facts.scope(scope).names.contains_key(name) {
            let at = self.expr(bound).span;
            self.bind_full(scope, name, bound, None, at, true);
        }
    }

    fn bind_full(
        &mut self,
        scope: ScopeId,
        name: &str,
        value: ExprId,
        ty: Option<ExprId>,
        at: Span,
        declares: bool,
    ) {
        self.insert_binding(
            scope,
            name,
            Binding {
                value,
                ty,
                at: at.start,
                declares,
                assigns: true,
                branch: self.branch(),
            },
        );
    }

    fn insert_binding(&mut self, scope: ScopeId, name: &str, binding: Binding) {
        if name.is_empty() {
            return;
        }
        self.facts.scopes[scope.0 as usize]
            .names
            .entry(SmolStr::new(name))
            .or_default()
            .push(binding);
    }

    /// What a scope binds, in source order: the entries of a module inside a file.
    pub fn scope_entries(&self, scope: ScopeId) -> Vec<Entry> {
        let names = &self.facts.scope(scope).names;
        let mut items: Vec<(u32, SmolStr, ExprId)> = names
            .iter()
            .filter_map(|(name, bindings)| {
                let last = bindings.last()?;
                Some((last.at, name.clone(), last.value))
            })
            .collect();
        items.sort();
        items
            .into_iter()
            .map(|(_, name, value)| Entry {
                span: self.expr(value).span,
                key: Key::Name(name),
                value,
            })
            .collect()
    }

    // --- functions and classes ------------------------------------------

    /// Opens a function: pushes its scope and makes it current. Parameters,
    /// returns and the rest are filled in through [`Self::function_mut`].
    pub fn open_function(&mut self, node: Node, name: &str, kind: FunctionKind) -> FunctionId {
        let id = FunctionId(self.facts.functions.len() as u32);
        let class = match kind {
            FunctionKind::Function | FunctionKind::Lambda => None,
            _ => self.classes.last().copied(),
        };
        let outer = self.functions.last().copied();
        let span = self.span(node);
        let scope = self.open_scope(ScopeKind::Function(id));
        self.facts.functions.push(Function {
            name: SmolStr::new(name),
            kind,
            is_static: false,
            extends: false,
            params: Vec::new(),
            returns: Vec::new(),
            return_type: None,
            type_params: Vec::new(),
            decorators: Vec::new(),
            scope,
            class,
            outer,
            span,
            doc: None,
        });
        if let Some(class) = class {
            self.facts.classes[class.0 as usize].methods.push(id);
        }
        self.functions.push(id);
        id
    }

    pub fn close_function(&mut self) {
        self.functions.pop();
        self.close_scope();
    }

    pub fn function_mut(&mut self, id: FunctionId) -> &mut Function {
        &mut self.facts.functions[id.0 as usize]
    }

    /// Adds a returned expression to the function being lowered.
    pub fn returns(&mut self, value: ExprId) {
        if let Some(id) = self.functions.last().copied() {
            self.function_mut(id).returns.push(value);
        }
    }

    pub fn current_function(&self) -> Option<FunctionId> {
        self.functions.last().copied()
    }

    /// Opens a class and its scope.
    pub fn open_class(&mut self, node: Node, name: &str, kind: ClassKind) -> ClassId {
        let id = ClassId(self.facts.classes.len() as u32);
        let span = self.span(node);
        let scope = self.open_scope(ScopeKind::Class(id));
        self.facts.classes.push(Class {
            name: SmolStr::new(name),
            kind,
            is_abstract: false,
            bases: Vec::new(),
            target: None,
            type_params: Vec::new(),
            decorators: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            scope,
            span,
            doc: None,
        });
        self.classes.push(id);
        id
    }

    pub fn close_class(&mut self) {
        self.classes.pop();
        self.close_scope();
    }

    /// Goes on with a class that was closed: its methods stand elsewhere. Its
    /// names are not visible there.
    pub fn resume_class(&mut self, id: ClassId) {
        self.classes.push(id);
    }

    /// Ends what [`Self::resume_class`] began.
    pub fn leave_class(&mut self) {
        self.classes.pop();
    }

    pub fn class(&self, id: ClassId) -> &Class {
        self.facts.class(id)
    }

    pub fn class_mut(&mut self, id: ClassId) -> &mut Class {
        &mut self.facts.classes[id.0 as usize]
    }

    pub fn current_class(&self) -> Option<ClassId> {
        self.classes.last().copied()
    }

    /// Adds a value to a field of a class, making the field if it is new
    /// (`this.x = …` in a method).
    pub fn assign_field(&mut self, class: ClassId, name: &str, value: ExprId, at: Span) {
        self.field_mut(class, name, at).values.push(value);
    }

    /// Gives a field assigned in a method its type (`self.x: T = …`); a type
    /// it was declared with stays.
    pub fn type_field(&mut self, class: ClassId, name: &str, ty: ExprId, at: Span) {
        self.field_mut(class, name, at).ty.get_or_insert(ty);
    }

    /// The field of that name, made if it is new.
    fn field_mut(&mut self, class: ClassId, name: &str, at: Span) -> &mut Field {
        let fields = &mut self.facts.classes[class.0 as usize].fields;
        let index = fields
            .iter()
            .position(|f| f.name == name)
            .unwrap_or_else(|| {
                fields.push(Field {
                    name: SmolStr::new(name),
                    ty: None,
                    values: Vec::new(),
                    is_static: false,
                    optional: false,
                    wire_name: None,
                    decorators: Vec::new(),
                    declared: false,
                    span: at,
                });
                fields.len() - 1
            });
        &mut fields[index]
    }

    /// Adds a field written in the class body; values assigned earlier are kept.
    pub fn declare_field(&mut self, class: ClassId, mut field: Field) {
        let fields = &mut self.facts.classes[class.0 as usize].fields;
        if let Some(known) = fields.iter_mut().find(|f| f.name == field.name) {
            field.values.append(&mut known.values);
            *known = field;
        } else {
            fields.push(field);
        }
    }

    // --- modules ----------------------------------------------------------

    /// Adds an import and returns the expression it binds.
    pub fn import(&mut self, node: Node, module: &str, what: Imported) -> ExprId {
        let id = ImportId(self.facts.imports.len() as u32);
        let span = self.span(node);
        if what == Imported::All {
            self.facts.globs.push(id);
        }
        self.facts.imports.push(Import {
            module: SmolStr::new(module),
            what,
            span,
        });
        self.push(node, ExprKind::Import(id))
    }

    /// The facts so far.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    pub fn facts_mut(&mut self) -> &mut Facts {
        &mut self.facts
    }

    /// Puts calls in source order, links children to parents, and hands the facts over.
    pub(super) fn finish(mut self) -> Facts {
        self.facts.calls.sort_by_key(|id| {
            let span = self.facts.exprs[id.0 as usize].span;
            (span.start, span.end, id.0)
        });
        self.facts
            .comparisons
            .sort_by_key(|c| (c.at.start, c.value));
        self.facts.parents = vec![None; self.facts.exprs.len()];
        self.facts.function_values = vec![None; self.facts.functions.len()];
        for parent in 0..self.facts.exprs.len() {
            if let ExprKind::Function(f) = self.facts.exprs[parent].kind {
                self.facts.function_values[f.0 as usize].get_or_insert(ExprId(parent as u32));
            }
            let id = ExprId(parent as u32);
            for child in children(&self.facts.exprs[parent].kind) {
                self.facts.parents[child.0 as usize].get_or_insert(id);
            }
        }
        self.facts
    }
}

/// The direct sub-expressions of an expression.
fn children(kind: &ExprKind) -> Vec<ExprId> {
    match kind {
        ExprKind::Concat(ids) | ExprKind::List(ids) | ExprKind::Either(ids) => ids.clone(),
        ExprKind::Member { object, .. } => vec![*object],
        ExprKind::Index { object, index } => vec![*object, *index],
        ExprKind::Call {
            callee,
            args,
            type_args,
            ..
        } => std::iter::once(*callee)
            .chain(args.iter().map(|a| a.value))
            .chain(type_args.iter().copied())
            .collect(),
        ExprKind::Object { ty, entries } => {
            let mut ids: Vec<ExprId> = ty.iter().copied().collect();
            for entry in entries {
                if let crate::facts::Key::Computed(key) = entry.key {
                    ids.push(key);
                }
                ids.push(entry.value);
            }
            ids
        }
        ExprKind::Match { subject, arms } => std::iter::once(*subject)
            .chain(
                arms.iter()
                    .flat_map(|arm| arm.patterns.iter().copied().chain([arm.value])),
            )
            .collect(),
        ExprKind::Element(id) | ExprKind::Spread(id) | ExprKind::Part { of: id, .. } => vec![*id],
        ExprKind::Cast { value, ty } => vec![*value, *ty],
        ExprKind::Generic { base, args } => {
            std::iter::once(*base).chain(args.iter().copied()).collect()
        }
        ExprKind::Text(_)
        | ExprKind::Number(_)
        | ExprKind::Bool(_)
        | ExprKind::Null
        | ExprKind::Name(_)
        | ExprKind::This
        | ExprKind::Super
        | ExprKind::Function(_)
        | ExprKind::Class(_)
        | ExprKind::Param { .. }
        | ExprKind::Import(_)
        | ExprKind::Unknown(_) => Vec::new(),
    }
}
