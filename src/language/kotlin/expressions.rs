//! Expressions.

use tree_sitter::Node;

use super::{Lowering, Role, child, parts};
use crate::facts::{Arm, ExprId, ExprKind, SmolStr};
use crate::language::fields::Fields;
use crate::language::jvm::{collections, strings};

impl Lowering<'_, '_> {
    pub(super) fn expr(&mut self, node: Node) -> ExprId {
        match self.deeper(|l| l.expr_inner(node)) {
            Some(id) => id,
            None => self.b.unknown(node),
        }
    }

    fn expr_inner(&mut self, node: Node) -> ExprId {
        match node.kind() {
            "true" => return self.b.push(node, ExprKind::Bool(true)),
            "false" => return self.b.push(node, ExprKind::Bool(false)),
            "null" => return self.b.push(node, ExprKind::Null),
            "unary_expression" => return self.unary(node),
            "try_expression" => return self.attempt(node),
            _ => {}
        }
        let kind = match self.b.role(node) {
            Role::Call => return self.call(node),
            Role::Member => return self.member(node),
            Role::Path => return self.reference(node),
            Role::Index => return self.index(node),
            Role::Name => return self.named(node),
            Role::Template => return self.template(node),
            Role::Text => ExprKind::Text(strings::unescape(strings::unquote(self.b.text(node)))),
            Role::Number => ExprKind::Number(strings::number(self.b.text(node))),
            // In an extension function the receiver is a parameter of that name.
            Role::This if self.b.lookup("this").is_some() => {
                ExprKind::Name(SmolStr::new_static("this"))
            }
            Role::This => ExprKind::This,
            Role::Super => ExprKind::Super,
            Role::Lambda => ExprKind::Function(self.lambda(node, None, None)),
            Role::Object => return self.object(node),
            Role::List => {
                let elements = parts(node).into_iter().map(|e| self.expr(e)).collect();
                ExprKind::List(elements)
            }
            Role::Transparent => {
                let inner = node
                    .field("left")
                    .or_else(|| parts(node).into_iter().next_back());
                let Some(inner) = inner else {
                    return self.b.unknown(node);
                };
                let value = self.expr(inner);
                let said = node.field("right");
                let ty = said.and_then(|ty| self.ty(ty));
                return self.b.cast(node, value, ty);
            }
            Role::Conditional => self.conditional(node),
            Role::Match => return self.when(node),
            Role::Binary => return self.binary(node),
            Role::Spread => match parts(node).into_iter().next() {
                Some(inner) => ExprKind::Spread(self.expr(inner)),
                None => return self.b.unknown(node),
            },
            _ => {
                self.statements(node);
                return self.b.unknown(node);
            }
        };
        self.b.push(node, kind)
    }

    fn named(&mut self, node: Node) -> ExprId {
        let name = self.b.name(node);
        match name.as_str() {
            "true" => self.b.push(node, ExprKind::Bool(true)),
            "false" => self.b.push(node, ExprKind::Bool(false)),
            "null" => self.b.push(node, ExprKind::Null),
            _ => self.classes.resolve(self.b, node, &name),
        }
    }

    /// `a.b`, `a?.b`, `X::class.java`
    fn member(&mut self, node: Node) -> ExprId {
        if let Some(imported) = self.imported(node, self.b.text(node)) {
            return imported;
        }
        let children = parts(node);
        let (Some(object), Some(name)) = (children.first(), children.last()) else {
            return self.b.unknown(node);
        };
        let object = self.expr(*object);
        if children.len() < 2 {
            return object;
        }
        let text = self.b.name(*name);
        match text.as_str() {
            // The class of a class is itself.
            "class" | "java" | "javaObjectType" | "kotlin" => object,
            _ => self.b.member(*name, object, &text),
        }
    }

    /// `this::handle`, `X::class`, `::handle`
    fn reference(&mut self, node: Node) -> ExprId {
        let text = self.b.text(node);
        let children = parts(node);
        let first = match children.first() {
            Some(first) if super::is_type(*first) => {
                let ty = self.ty(*first);
                ty.unwrap_or_else(|| self.b.unknown(*first))
            }
            Some(first) => self.expr(*first),
            None => return self.b.unknown(node),
        };
        match children.last() {
            Some(name) if children.len() > 1 && !text.ends_with("class") => {
                let text = self.b.name(*name);
                self.b.member(*name, first, &text)
            }
            _ => first,
        }
    }

    fn index(&mut self, node: Node) -> ExprId {
        let children = parts(node);
        let (Some(object), Some(index)) = (children.first(), children.get(1)) else {
            return self.b.unknown(node);
        };
        let object = self.expr(*object);
        let index = self.expr(*index);
        self.b.push(node, ExprKind::Index { object, index })
    }

    /// `"a.$b.${c}"`
    fn template(&mut self, node: Node) -> ExprId {
        let block = node.kind() == "multiline_string_literal";
        let mut pieces = Vec::new();
        let all = parts(node);
        let mut next = 0;
        while let Some(part) = all.get(next) {
            next += 1;
            if part.kind() == "interpolation" {
                if let Some(inner) = parts(*part).into_iter().next() {
                    let piece = self.expr(inner);
                    pieces.push(piece);
                }
                continue;
            }
            // Content is one text however many nodes it is cut into.
            let mut raw = self.b.text(*part).to_owned();
            while part.kind() == "string_content"
                && let Some(more) = all.get(next).filter(|n| n.kind() == "string_content")
            {
                raw.push_str(self.b.text(*more));
                next += 1;
            }
            self.content(*part, &raw, block, &mut pieces);
        }
        let kind = match pieces.as_slice() {
            [] => ExprKind::Text(SmolStr::default()),
            [only] if matches!(self.b.expr(*only).kind, ExprKind::Text(_)) => {
                self.b.expr(*only).kind.clone()
            }
            _ => ExprKind::Concat(pieces),
        };
        self.b.push(node, kind)
    }

    /// Plain text; `$name` in it is not told apart by the grammar everywhere.
    fn content(&mut self, node: Node, raw: &str, block: bool, pieces: &mut Vec<ExprId>) {
        let plain = |l: &mut Self, raw: &str, pieces: &mut Vec<ExprId>| {
            if !raw.is_empty() {
                let text = if block {
                    SmolStr::new(raw)
                } else {
                    strings::unescape(raw)
                };
                pieces.push(l.b.push(node, ExprKind::Text(text)));
            }
        };
        let mut rest = raw;
        if node.kind() != "escape_sequence" {
            while let Some(start) = rest.find('$') {
                let after = &rest[start + 1..];
                let end = after
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(after.len());
                let is_name = after.starts_with(|c: char| c.is_alphabetic() || c == '_');
                if !is_name {
                    break;
                }
                plain(self, &rest[..start], pieces);
                let name = &after[..end];
                pieces.push(self.classes.resolve(self.b, node, name));
                rest = &after[end..];
            }
        }
        plain(self, rest, pieces);
    }

    fn unary(&mut self, node: Node) -> ExprId {
        let operator = self.b.field_text(node, "operator");
        let Some(argument) = node.field("argument") else {
            self.statements(node);
            return self.b.unknown(node);
        };
        let value = self.expr(argument);
        match (operator, &self.b.expr(value).kind) {
            ("!!", _) => value,
            ("-", ExprKind::Number(number)) => {
                let number = SmolStr::new(format!("-{number}"));
                self.b.push(node, ExprKind::Number(number))
            }
            _ => self.b.unknown(node),
        }
    }

    /// The value of a branch: that of its last statement.
    fn branch(&mut self, node: Node) -> ExprId {
        if node.kind() != "block" {
            return self.expr(node);
        }
        let statements = parts(node);
        let Some((last, before)) = statements.split_last() else {
            return self.b.unknown(node);
        };
        for statement in before {
            self.statement(*statement);
        }
        self.expr_or_statement(*last)
    }

    fn expr_or_statement(&mut self, node: Node) -> ExprId {
        match self.b.role(node) {
            Role::Assignment | Role::Loop | Role::Field | Role::Return => {
                self.statement(node);
                self.b.unknown(node)
            }
            _ => self.expr(node),
        }
    }

    fn attempt(&mut self, node: Node) -> ExprId {
        let mut value = None;
        for part in parts(node) {
            if part.kind() == "block" && value.is_none() {
                value = Some(self.branch(part));
            } else {
                self.statement(part);
            }
        }
        value.unwrap_or_else(|| self.b.unknown(node))
    }

    fn conditional(&mut self, node: Node) -> ExprKind {
        let condition = node.field("condition");
        if let Some(condition) = condition {
            self.expr(condition);
        }
        let mut options = Vec::new();
        for part in parts(node) {
            if Some(part.id()) != condition.map(|c| c.id()) {
                let option = self.branch(part);
                options.push(option);
            }
        }
        ExprKind::Either(options)
    }

    fn when(&mut self, node: Node) -> ExprId {
        let subject = child(node, "when_subject").and_then(|s| parts(s).into_iter().next_back());
        let subject = match subject {
            Some(subject) => self.expr_or_statement(subject),
            None => self.b.unknown(node),
        };
        let mut arms = Vec::new();
        for entry in parts(node) {
            if entry.kind() != "when_entry" {
                continue;
            }
            let mut cursor = entry.walk();
            let conditions: Vec<Node> = entry
                .children_by_field_name("condition", &mut cursor)
                .collect();
            let mut patterns = Vec::new();
            for condition in &conditions {
                match condition.kind() {
                    "type_test" | "range_test" => self.statements(*condition),
                    _ => patterns.push(self.expr(*condition)),
                }
            }
            let is_condition = |n: &Node| conditions.iter().any(|c| c.id() == n.id());
            let body = parts(entry).into_iter().rfind(|n| !is_condition(n));
            if let Some(body) = body {
                let value = self.branch(body);
                arms.push(Arm { patterns, value });
            }
        }
        self.b.push(node, ExprKind::Match { subject, arms })
    }

    /// `a + b`, `a ?: b`, `a to b`
    fn binary(&mut self, node: Node) -> ExprId {
        let children = parts(node);
        let (Some(left), Some(right)) = (children.first(), children.last()) else {
            return self.b.unknown(node);
        };
        let left = self.expr(*left);
        let right = self.expr_or_statement(*right);
        if node.kind() == "infix_expression" {
            let Some(name) = children.get(1).filter(|_| children.len() == 3) else {
                return self.b.unknown(node);
            };
            let text = self.b.name(*name);
            let callee = self.b.member(*name, left, &text);
            return self.b.call(node, callee, vec![right]);
        }
        match self.b.field_text(node, "operator") {
            "+" => {
                let mut pieces = match &self.b.expr(left).kind {
                    ExprKind::Concat(pieces) => pieces.clone(),
                    _ => vec![left],
                };
                pieces.push(right);
                self.b.push(node, ExprKind::Concat(pieces))
            }
            "?:" => self.b.push(node, ExprKind::Either(vec![left, right])),
            _ => self.b.unknown(node),
        }
    }

    /// `x = v`, `this.x = v`, `map[k] = v`
    pub(super) fn assignment(&mut self, node: Node) {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else {
            self.statements(node);
            return;
        };
        let value = self.expr(right);
        if self.b.field_text(node, "operator") != "=" {
            self.expr(left);
            return;
        }
        let at = self.b.span(left);
        match left.kind() {
            "identifier" => {
                let name = self.b.name(left);
                match self.classes.class_with(self.b, &name) {
                    Some(class) => self.b.assign_field(class, &name, value, at),
                    None => self.b.assign(&name, value, at),
                }
            }
            "index_expression" => self.assign_index(left, value),
            _ => {
                let target = self.expr(left);
                if let ExprKind::Member { object, name, .. } = &self.b.expr(target).kind {
                    let (object, name): (ExprId, SmolStr) = (*object, name.clone());
                    if matches!(self.b.expr(object).kind, ExprKind::This)
                        && let Some(class) = self.b.current_class()
                    {
                        self.b.assign_field(class, &name, value, at);
                        return;
                    }
                    let callee = self.b.member(left, object, &format!("{name}="));
                    self.b.call(left, callee, vec![value]);
                }
            }
        }
    }

    fn assign_index(&mut self, left: Node, value: ExprId) {
        let children = parts(left);
        let (Some(object), Some(index)) = (children.first(), children.get(1)) else {
            return;
        };
        let object = self.expr(*object);
        let index = self.expr(*index);
        let arg = |value| crate::facts::Arg { name: None, value };
        if let Some(collection) = collections::behind(self.b, object) {
            collections::put(self.b, left, collection, "put", &[arg(index), arg(value)]);
        }
        let callee = self.b.member(left, object, "[]=");
        self.b.call(left, callee, vec![index, value]);
    }
}
