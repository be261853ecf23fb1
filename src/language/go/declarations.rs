//! `var` and `const`, with `iota`.

use tree_sitter::Node;

use super::Lowering;
use crate::facts::{ExprId, ExprKind};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    pub(super) fn declaration(&mut self, node: Node) {
        if node.kind() == "const_declaration" {
            return self.constants(node);
        }
        for part in self.parts(node) {
            match part.kind() {
                "var_spec" => self.variables(part),
                _ => self.declaration(part),
            }
        }
    }

    /// `var a, b T = x, y`
    fn variables(&mut self, node: Node) {
        let ty = node.field("type").map(|ty| self.ty(ty));
        let names = self.field_parts(node, "name");
        let values = self.listed(node, "value");
        let values = self.values_for(&values, names.len());
        for (i, name) in names.into_iter().enumerate() {
            let text = self.b.name(name);
            if text == "_" {
                continue;
            }
            match values.get(i) {
                Some(value) => self.declare(&text, *value, ty, node),
                None => self.b.bind_typed(&text, None, ty, name),
            }
        }
    }

    /// A declared name counts from behind its declaration on.
    fn declare(&mut self, name: &str, value: ExprId, ty: Option<ExprId>, node: Node) {
        let at = match self.b.current_function() {
            Some(_) => node.end_byte(),
            None => node.start_byte(),
        };
        self.b.bind_from(name, value, ty, at as u32);
    }

    /// A constant without a value repeats the one before it.
    fn constants(&mut self, node: Node) {
        let mut repeated: (Vec<Node>, Option<Node>) = (Vec::new(), None);
        for (i, spec) in self.parts(node).into_iter().enumerate() {
            let values = self.listed(spec, "value");
            if !values.is_empty() {
                repeated = (values, spec.field("type"));
            }
            let (values, ty) = repeated.clone();
            self.iota = Some(i as u32);
            let ty = ty.map(|ty| self.ty(ty));
            for (name, value) in self.field_parts(spec, "name").into_iter().zip(values) {
                let value = self.expr(value);
                let text = self.b.name(name);
                if text != "_" {
                    self.declare(&text, value, ty, spec);
                }
            }
        }
        self.iota = None;
    }

    /// The number of the constant being declared.
    pub(super) fn iota(&mut self, node: Node) -> ExprId {
        match self.iota {
            Some(n) => self.b.push(node, ExprKind::Number(n.to_string().into())),
            None => self.b.unknown(node),
        }
    }
}
