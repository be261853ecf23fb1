//! Go: syntax tree to facts.
//!
//! What in Go only says how a value is held (`*T`, `&x`, `*p`) is left out: the
//! facts speak of the value itself. A method belongs to the type of its
//! receiver, wherever it stands; the receiver's name is bound to `this`.

mod assignments;
mod classes;
mod control;
mod declarations;
mod expressions;
mod functions;
mod imports;
mod literals;
mod tags;
mod texts;
mod types;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use tree_sitter::Node;

use super::{Builder, Role};
use crate::facts::{ClassId, ExprId, Span};
use crate::language::fields::Fields;

/// Lowers a whole file.
pub(super) fn lower(b: &mut Builder, root: Node) {
    let mut lowering = Lowering {
        b,
        types: FxHashMap::default(),
        extensions: FxHashMap::default(),
        literals: Vec::new(),
        iota: None,
    };
    let declarations = lowering.parts(root);
    // Methods and literals may stand above the types they are about.
    for node in &declarations {
        if lowering.b.role(*node) == Role::Import {
            lowering.imports(*node);
        } else if node.kind() == "type_declaration" {
            lowering.type_declaration(*node);
        }
    }
    for node in declarations {
        if lowering.b.role(node) != Role::Import && node.kind() != "type_declaration" {
            lowering.statement(node);
        }
    }
    lowering.bind_guessed_imports(root);
    lowering.assign_literals();
}

/// The state of lowering one Go file.
struct Lowering<'b, 's> {
    b: &'b mut Builder<'s>,
    /// The types of this file, by name.
    types: FxHashMap<SmolStr, ClassId>,
    /// What this file adds to types of other files of its package.
    extensions: FxHashMap<SmolStr, ClassId>,
    /// Fields of `T{ … }` literals, given to `T` when the whole file is known.
    literals: Vec<LiteralField>,
    /// The value of `iota` in the constant being lowered.
    iota: Option<u32>,
}

/// `field: value` of a struct literal.
struct LiteralField {
    class: ClassId,
    field: SmolStr,
    value: ExprId,
    span: Span,
}

impl<'t> Lowering<'_, '_> {
    /// Like [`Builder::deeper`], with this state.
    fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if !self.b.enter() {
            return None;
        }
        let result = f(self);
        self.b.leave();
        Some(result)
    }

    /// The named children of a node that mean something.
    fn parts(&self, node: Node<'t>) -> Vec<Node<'t>> {
        let mut cursor = node.walk();
        node.named_children(&mut cursor)
            .filter(|child| self.b.role(*child) != Role::Skip)
            .collect()
    }

    /// The named children of a field.
    fn field_parts(&self, node: Node<'t>, field: &str) -> Vec<Node<'t>> {
        let mut cursor = node.walk();
        node.children_by_field_name(field, &mut cursor)
            .filter(Node::is_named)
            .collect()
    }

    /// The expressions of a field that holds an `expression_list`.
    fn listed(&self, node: Node<'t>, field: &'static str) -> Vec<Node<'t>> {
        match node.field(field) {
            Some(list) if list.kind() == "expression_list" => self.parts(list),
            Some(single) => vec![single],
            None => Vec::new(),
        }
    }

    /// Every statement directly in a node.
    fn statements(&mut self, node: Node) {
        for child in self.parts(node) {
            self.statement(child);
        }
    }

    fn statement(&mut self, node: Node) {
        self.deeper(|lowering| lowering.statement_inner(node));
    }

    fn statement_inner(&mut self, node: Node) {
        match self.b.role(node) {
            Role::Function => self.function(node),
            Role::Method => self.method(node),
            Role::Class | Role::Alias => self.type_spec(node),
            Role::Declaration => self.declaration(node),
            Role::Let | Role::Assignment => self.assignment(node),
            Role::Return => self.returned(node),
            Role::Conditional => self.conditional(node),
            Role::Loop => self.for_loop(node),
            Role::Match => self.switch(node),
            Role::Block => self.block(node),
            Role::Import => self.imports(node),
            Role::Skip => {}
            Role::Other => self.other_statement(node),
            _ => {
                self.expr(node);
            }
        }
    }

    fn other_statement(&mut self, node: Node) {
        match node.kind() {
            "send_statement" => self.send(node),
            "communication_case" => self.communication(node),
            "receive_statement" => self.receive(node),
            "unary_expression" => {
                self.expr(node);
            }
            _ => self.statements(node),
        }
    }

    /// A block with a scope of its own.
    fn block(&mut self, node: Node) {
        self.b.open_scope(crate::facts::ScopeKind::Block);
        self.statements(node);
        self.b.close_scope();
    }

    /// Gives the fields of struct literals to the types of this file, which may
    /// stand below the literals.
    fn assign_literals(&mut self) {
        for literal in std::mem::take(&mut self.literals) {
            self.b
                .assign_field(literal.class, &literal.field, literal.value, literal.span);
        }
    }
}
