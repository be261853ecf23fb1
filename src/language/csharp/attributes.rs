//! Attributes, and the documentation in front of a declaration.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::{Lowering, child_of_kind, parts};
use crate::facts::{Arg, ExprId, ExprKind};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// The attributes of a declaration: a name, or a call with its arguments.
    pub(super) fn attributes(&mut self, node: Node) -> Vec<ExprId> {
        let mut decorators = Vec::new();
        for list in parts(node) {
            if list.kind() != "attribute_list" {
                continue;
            }
            for attribute in parts(list) {
                if attribute.kind() == "attribute" {
                    decorators.extend(self.attribute(attribute));
                }
            }
        }
        decorators
    }

    fn attribute(&mut self, node: Node) -> Option<ExprId> {
        let name = node.field("name")?;
        let (callee, type_args) = match name.kind() {
            "generic_name" => {
                let plain = parts(name).into_iter().next()?;
                (self.ty(plain), self.type_arguments(name))
            }
            _ => (self.ty(name), Vec::new()),
        };
        let list = child_of_kind(node, "attribute_argument_list");
        if list.is_none() && type_args.is_empty() {
            return Some(callee);
        }
        let mut args = Vec::new();
        for argument in list.map(parts).unwrap_or_default() {
            let name = argument.field("name");
            let value = parts(argument).into_iter().find(|p| Some(*p) != name);
            if let Some(value) = value {
                let value = self.expr(value);
                let name = name.map(|name| self.name(name));
                args.push(Arg { name, value });
            }
        }
        Some(self.b.push(
            node,
            ExprKind::Call {
                callee,
                args,
                type_args,
                constructs: false,
            },
        ))
    }

    /// The text an attribute of this name is given first, or under a name:
    /// `[JsonPropertyName("x")]`, `[EnumMember(Value = "x")]`.
    pub(super) fn attribute_text(
        &self,
        decorators: &[ExprId],
        attribute: &str,
        key: Option<&str>,
    ) -> Option<SmolStr> {
        decorators.iter().find_map(|id| {
            let ExprKind::Call { callee, args, .. } = &self.b.expr(*id).kind else {
                return None;
            };
            let named = match &self.b.expr(*callee).kind {
                ExprKind::Name(name) | ExprKind::Member { name, .. } => name == attribute,
                _ => false,
            };
            let arg = args
                .iter()
                .find(|arg| arg.name.as_deref() == key)
                .filter(|_| named)?;
            match &self.b.expr(arg.value).kind {
                ExprKind::Text(text) => Some(text.clone()),
                _ => None,
            }
        })
    }

    /// First sentence of the `/// …` lines in front of a declaration.
    pub(super) fn doc(&self, node: Node) -> Option<SmolStr> {
        let mut lines = Vec::new();
        let mut before = node.prev_sibling();
        while let Some(comment) = before.filter(|n| n.kind() == "comment") {
            let Some(line) = self.b.text(comment).strip_prefix("///") else {
                break;
            };
            lines.push(without_tags(line));
            before = comment.prev_sibling();
        }
        let lines = lines.iter().rev().map(|line| line.trim());
        super::super::first_sentence(lines.skip_while(|line| line.is_empty()))
    }
}

/// `<summary>Text</summary>` without its tags.
fn without_tags(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut inside = false;
    for c in line.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => out.push(c),
            _ => {}
        }
    }
    out
}
