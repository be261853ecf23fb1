//! Functions, their parameters, and generic parameters.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::attributes::Lead;
use super::{Lowering, is_extra};
use crate::facts::{ExprId, ExprKind, FunctionId, FunctionKind, Param};
use crate::language::fields::Fields;

/// Bounds that hold for nearly every type, so that they don't tell which it is.
const COMMON_BOUNDS: [&str; 34] = [
    "Send",
    "Sync",
    "Sized",
    "Unpin",
    "Copy",
    "Clone",
    "Debug",
    "Display",
    "Default",
    "Eq",
    "PartialEq",
    "Ord",
    "PartialOrd",
    "Hash",
    "Any",
    "Error",
    "Into",
    "From",
    "TryFrom",
    "TryInto",
    "AsRef",
    "AsMut",
    "Borrow",
    "Deref",
    "ToString",
    "FromStr",
    "Iterator",
    "IntoIterator",
    "Serialize",
    "Deserialize",
    "DeserializeOwned",
    "Fn",
    "FnMut",
    "FnOnce",
];

impl Lowering<'_, '_> {
    /// A function, or a method if it stands directly in an `impl` or a trait.
    pub(super) fn function(&mut self, node: Node, lead: &Lead, member: bool) {
        if lead.is_test(self) {
            self.mark_test(node, lead);
        }
        let decorators = self.decorators(lead);
        let name = node
            .field("name")
            .map_or_else(SmolStr::default, |name| self.name(name));
        let kind = if member {
            FunctionKind::Method
        } else {
            FunctionKind::Function
        };
        let span = self.span_with(node, lead);
        let doc = lead.doc(self);
        let id = self.b.open_function(node, &name, kind);
        if member {
            for (name, bound) in self.inherited.clone() {
                let at = span.start;
                self.b.bind_from(&name, bound, None, at);
            }
        }
        let type_params = self.generics(node).into_iter().map(|(name, _)| name);
        let type_params = type_params.collect();
        let has_self = node
            .field("parameters")
            .is_some_and(|parameters| self.parameters(parameters, id));
        let return_type = node.field("return_type").map(|t| self.ty(t));
        let function = self.b.function_mut(id);
        function.decorators = decorators;
        function.type_params = type_params;
        function.return_type = return_type;
        function.is_static = member && !has_self;
        function.span = span;
        function.doc = doc;
        if let Some(body) = node.field("body")
            && let Some(Some(tail)) = self.deeper(|l| l.statements(body))
        {
            self.b.returns(tail);
        }
        self.b.close_function();
        if !member {
            let value = self.b.push(node, ExprKind::Function(id));
            self.b.bind(&name, value, span);
        }
    }

    /// Parameters of a function or closure; true if `self` is among them.
    pub(super) fn parameters(&mut self, node: Node, function: FunctionId) -> bool {
        let mut has_self = false;
        let mut lead = Lead::default();
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            // A parameter `_` has no named node.
            if !(child.is_named() || child.kind() == "_") || lead.take(self, child) {
                continue;
            }
            let pattern = child.field("pattern");
            let this = child.kind() == "self_parameter"
                || pattern.is_some_and(|pattern| pattern.kind() == "self");
            match child.kind() {
                _ if this => {
                    has_self = true;
                    let this = self.b.push(child, ExprKind::This);
                    let at = self.b.span(child);
                    self.b.bind("self", this, at);
                }
                "parameter" | "variadic_parameter" => {
                    let ty = child.field("type");
                    self.parameter(child, pattern, ty, &lead, function);
                }
                _ => self.parameter(child, Some(child), None, &lead, function),
            }
            lead = Lead::default();
        }
        has_self
    }

    fn parameter(
        &mut self,
        node: Node,
        pattern: Option<Node>,
        ty: Option<Node>,
        lead: &Lead,
        function: FunctionId,
    ) {
        let ty = ty.map(|ty| self.ty(ty));
        let decorators = self.decorators(lead);
        let name = pattern.and_then(|pattern| self.plain_name(pattern));
        let params = &mut self.b.function_mut(function).params;
        let index = params.len() as u32;
        params.push(Param {
            name: name.unwrap_or_default(),
            ty,
            default: None,
            decorators,
            rest: node.kind() == "variadic_parameter",
        });
        let value = self.b.push(node, ExprKind::Param { function, index });
        if let Some(pattern) = pattern {
            self.bind_pattern(pattern, value, ty, node.start_byte() as u32);
        }
    }

    /// The generic parameters of an item with the bound that says what they
    /// are; names with such a bound are bound to it in the innermost scope.
    pub(super) fn generics(&mut self, node: Node) -> Vec<(SmolStr, Option<ExprId>)> {
        let mut found: Vec<(SmolStr, Option<ExprId>)> = Vec::new();
        if let Some(parameters) = node.field("type_parameters") {
            let mut cursor = parameters.walk();
            for parameter in parameters.named_children(&mut cursor) {
                if parameter.kind() == "type_parameter"
                    && let Some(name) = parameter.field("name")
                {
                    let name = self.name(name);
                    let bound = self.bound(parameter);
                    found.push((name, bound));
                }
            }
        }
        let mut cursor = node.walk();
        for clause in node.named_children(&mut cursor) {
            if clause.kind() == "where_clause" {
                self.where_clause(clause, &mut found);
            }
        }
        for (name, bound) in &found {
            if let Some(bound) = bound {
                self.b
                    .bind_from(name, *bound, None, node.start_byte() as u32);
            }
        }
        found
    }

    fn where_clause(&mut self, clause: Node, found: &mut [(SmolStr, Option<ExprId>)]) {
        let mut cursor = clause.walk();
        for predicate in clause.named_children(&mut cursor) {
            let name = self.b.field_text(predicate, "left");
            if let Some((_, bound @ None)) = found.iter_mut().find(|(known, _)| known == name) {
                *bound = self.bound(predicate);
            }
        }
    }

    /// The only bound that is not one of [`COMMON_BOUNDS`].
    fn bound(&mut self, node: Node) -> Option<ExprId> {
        let bounds = node.field("bounds")?;
        let mut cursor = bounds.walk();
        let mut telling = bounds.named_children(&mut cursor).filter(|bound| {
            let named = bound.field("type").unwrap_or(*bound);
            let name = self.b.text(named).rsplit("::").next().unwrap_or("");
            !is_extra(*bound)
                && matches!(
                    bound.kind(),
                    "type_identifier" | "scoped_type_identifier" | "generic_type"
                )
                && !COMMON_BOUNDS.contains(&name)
        });
        let only = telling.next().filter(|_| telling.next().is_none())?;
        Some(self.ty(only))
    }
}
