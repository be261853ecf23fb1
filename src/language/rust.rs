//! Rust: syntax tree to facts.
//!
//! What in Rust only says how a value is held (`&`, `?`, `.await`, `Arc::new`,
//! `Some`, `Option<T>`) is left out: the facts speak of the value itself.

mod assignments;
mod attributes;
mod classes;
mod control;
mod expressions;
mod functions;
mod imports;
mod literals;
mod macro_syntax;
mod macro_tokens;
mod macros;
mod paths;
mod patterns;
mod types;
mod wire;

#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use tree_sitter::{Node, Parser};

use super::{Builder, Role};
use crate::facts::{ClassId, ClassKind, ExprId, ExprKind, Span};
use crate::language::fields::Fields;
use attributes::Lead;

/// Lowers a whole file.
pub(super) fn lower(b: &mut Builder, root: Node) {
    let mut lowering = Lowering::new(b);
    if attributes::is_test_file(&lowering, root) {
        lowering.mark_test(root, &Lead::default());
    }
    lowering.statements(root);
    lowering.assign_struct_literals();
}

/// The state of lowering one Rust file.
struct Lowering<'b, 's> {
    b: &'b mut Builder<'s>,
    /// Reads what stands inside macro calls; `None` if the grammar does not load.
    parser: Option<Parser>,
    /// Macro calls around the code being lowered.
    macro_depth: u8,
    /// Bytes of macro input that may still be parsed again.
    reparse_budget: usize,
    /// Structs and enums of this file, wherever they stand.
    structs: FxHashMap<SmolStr, ClassId>,
    /// Fields of `Foo { … }` literals, given to `Foo` when the whole file is known.
    literals: Vec<LiteralField>,
    /// Generic parameters of `impl` blocks with bounds, for the struct they extend.
    impl_bounds: Vec<ImplBound>,
    /// Names of the inline modules around the code being lowered.
    modules: Vec<SmolStr>,
    /// Bounds of the enclosing `impl` or trait, visible in its methods.
    inherited: Vec<(SmolStr, ExprId)>,
    /// What the loops around the code are left with.
    breaks: Vec<Vec<ExprId>>,
}

/// `field: value` of a struct literal.
struct LiteralField {
    ty: SmolStr,
    field: SmolStr,
    value: ExprId,
    span: Span,
}

/// In `impl<P: Publisher> Service<P>`: the first parameter of `Service` is a `Publisher`.
struct ImplBound {
    ty: SmolStr,
    position: usize,
    bound: ExprId,
}

impl<'b, 's> Lowering<'b, 's> {
    fn new(b: &'b mut Builder<'s>) -> Self {
        let mut parser = Parser::new();
        let loaded = parser.set_language(&tree_sitter_rust::LANGUAGE.into());
        let reparse_budget = b.source().len().saturating_mul(8);
        Self {
            b,
            parser: loaded.ok().map(|()| parser),
            macro_depth: 0,
            reparse_budget,
            structs: FxHashMap::default(),
            literals: Vec::new(),
            impl_bounds: Vec::new(),
            modules: Vec::new(),
            inherited: Vec::new(),
            breaks: Vec::new(),
        }
    }

    /// Like [`Builder::deeper`], with this state.
    fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if !self.b.enter() {
            return None;
        }
        let result = f(self);
        self.b.leave();
        Some(result)
    }

    /// An identifier as a name: `r#type` is `type`.
    fn name(&self, node: Node) -> SmolStr {
        let text = self.b.text(node);
        SmolStr::new(text.strip_prefix("r#").unwrap_or(text))
    }

    /// Lowers items and statements in order; the value is that of the last
    /// one, if it is an expression without a semicolon.
    fn statements(&mut self, parent: Node) -> Option<ExprId> {
        let mut lead = Lead::default();
        let mut tail = None;
        let mut cursor = parent.walk();
        let mut children = parent.named_children(&mut cursor).peekable();
        while let Some(child) = children.next() {
            if lead.take(self, child) {
                continue;
            }
            let is_last = parent.kind() == "block" && children.peek().is_none();
            tail = match self.tail_expression(child) {
                Some(value) if self.is_value(value, is_last) => self.value(value),
                _ => {
                    self.statement(child, &lead);
                    None
                }
            };
            lead = Lead::default();
        }
        tail
    }

    /// The expression a statement without semicolon ends a block with. The text
    /// of the semicolon tells the one of the source from the one put behind
    /// the input of a macro.
    fn tail_expression<'t>(&self, node: Node<'t>) -> Option<Node<'t>> {
        if node.kind() != "expression_statement" {
            return Some(node);
        }
        let last = node.child(node.child_count().saturating_sub(1))?;
        if last.kind() == ";" && self.b.text(last) == ";" {
            return None;
        }
        first_child(node)
    }

    /// Whether a statement can be what its block evaluates to. A macro call
    /// with more behind it is one of statements or items.
    fn is_value(&self, node: Node, is_last: bool) -> bool {
        !self.is_item(node) && (is_last || self.b.role(node) != Role::Macro)
    }

    fn is_item(&self, node: Node) -> bool {
        matches!(
            self.b.role(node),
            Role::Function
                | Role::Struct
                | Role::Enum
                | Role::Interface
                | Role::Extension
                | Role::Alias
                | Role::Import
                | Role::Module
                | Role::Declaration
        ) || node.kind() == "foreign_mod_item"
    }

    /// Lowers one item or statement.
    fn statement(&mut self, node: Node, lead: &Lead) {
        match self.b.role(node) {
            Role::Function => self.function(node, lead, false),
            Role::Struct => self.struct_item(node, lead),
            Role::Enum => self.enum_item(node, lead),
            Role::Interface => self.trait_item(node, lead),
            Role::Extension => self.impl_item(node, lead),
            Role::Alias => self.alias(node, lead),
            Role::Import => self.import(node),
            Role::Module => self.module(node, lead),
            Role::Declaration => self.declaration(node),
            Role::Macro => self.macro_statement(node),
            Role::Skip | Role::Attribute => {}
            _ => self.other_statement(node),
        }
    }

    fn other_statement(&mut self, node: Node) {
        let inner = match node.kind() {
            "expression_statement" => first_child(node),
            _ => None,
        };
        match inner {
            Some(inner) if self.b.role(inner) == Role::Macro => self.macro_statement(inner),
            Some(inner) => drop(self.value(inner)),
            None => drop(self.value(node)),
        }
    }

    /// `let`, `const`, `static`.
    fn declaration(&mut self, node: Node) {
        let ty = node.field("type").map(|ty| self.ty(ty));
        let value = node.field("value").map(|v| self.expr(v));
        if let Some(name) = node.field("name") {
            let name = self.name(name);
            if name != "_" {
                self.b.bind_typed(&name, value, ty, node);
            }
            return;
        }
        if let Some(alternative) = node.field("alternative") {
            self.block(alternative);
        }
        let Some(pattern) = node.field("pattern") else {
            return;
        };
        if let Some(name) = self.plain_name(pattern)
            && let Some(ExprKind::Function(closure)) = value.map(|v| self.b.expr(v).kind.clone())
        {
            let function = self.b.function_mut(closure);
            if function.name.is_empty() {
                function.name = name;
            }
        }
        match value {
            Some(value) => self.bind_pattern(pattern, value, ty, node.end_byte() as u32),
            None => {
                if let Some(name) = self.plain_name(pattern) {
                    self.b.bind_typed(&name, None, ty, node);
                }
            }
        }
    }

    /// Gives the fields of struct literals to the structs of this file, which
    /// may stand below the literals, and the bounds of `impl`s to their structs.
    fn assign_struct_literals(&mut self) {
        self.assign_from_impls();
        for literal in std::mem::take(&mut self.literals) {
            if let Some(class) = self.structs.get(&literal.ty) {
                self.b
                    .assign_field(*class, &literal.field, literal.value, literal.span);
            }
        }
        for found in std::mem::take(&mut self.impl_bounds) {
            let Some(class) = self.structs.get(&found.ty) else {
                continue;
            };
            let class = self.b.class_mut(*class);
            let scope = class.scope;
            let Some(name) = class.type_params.get(found.position).cloned() else {
                continue;
            };
            self.b.bind_type_parameter(scope, &name, found.bound);
        }
    }
}

impl Lowering<'_, '_> {
    /// `Self { a: x }` and `self.a = x` in an `impl` are about the struct it extends.
    fn assign_from_impls(&mut self) {
        let classes = &mut self.b.facts_mut().classes;
        let mut moved = Vec::new();
        for class in classes
            .iter_mut()
            .filter(|c| c.kind == ClassKind::Extension)
        {
            let Some(target) = self.structs.get(&class.name) else {
                continue;
            };
            for field in class.fields.extract_if(.., |f| !f.declared) {
                let values = field.values.into_iter();
                moved.extend(values.map(|v| (*target, field.name.clone(), v, field.span)));
            }
        }
        for (class, name, value, span) in moved {
            self.b.assign_field(class, &name, value, span);
        }
    }
}

/// The first named child that is no comment.
fn first_child(node: Node) -> Option<Node> {
    nth_child(node, 0)
}

/// The n-th named child, comments and attributes not counted.
fn nth_child(node: Node, n: usize) -> Option<Node> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor)
        .filter(|child| !is_extra(*child))
        .nth(n)
}

/// The children that are patterns, expressions or types. `_` has no named node.
fn parts(node: Node) -> Vec<Node> {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .filter(|child| (child.is_named() && !is_extra(*child)) || child.kind() == "_")
        .collect()
}

fn is_extra(node: Node) -> bool {
    node.is_extra() || matches!(node.kind(), "attribute_item" | "inner_attribute_item")
}
