//! Calls: with lambdas behind them, of what a scope function makes the receiver.

use tree_sitter::Node;

use super::{Lowering, child, parts};
use crate::facts::{Arg, ExprId, ExprKind, SmolStr};
use crate::language::jvm::collections::{self, Makes};

/// Functions of the platform that make a list or a map of their arguments.
fn makes(name: &str) -> Option<Makes> {
    Some(match name {
        "listOf" | "setOf" | "arrayOf" | "mutableListOf" | "mutableSetOf" | "arrayListOf"
        | "hashSetOf" | "sequenceOf" | "listOfNotNull" | "emptyList" => Makes::List,
        "mapOf" | "mutableMapOf" | "hashMapOf" | "linkedMapOf" | "emptyMap" => Makes::Entries,
        "requireNotNull" | "checkNotNull" => Makes::Itself,
        _ => return None,
    })
}

impl Lowering<'_, '_> {
    pub(super) fn call(&mut self, node: Node) -> ExprId {
        let Some(mut function) = parts(node).into_iter().next() else {
            return self.b.unknown(node);
        };
        // A lambda behind the parentheses stands around the call with them.
        let behind = child(node, "annotated_lambda").is_some();
        let outer = node;
        let mut node = node;
        if behind
            && child(node, "value_arguments").is_none()
            && function.kind() == "call_expression"
        {
            node = function;
            let Some(inner) = parts(node).into_iter().next() else {
                return self.b.unknown(node);
            };
            function = inner;
        }
        let lambda = child(outer, "annotated_lambda").and_then(|l| child(l, "lambda_literal"));
        if function.kind() == "navigation_expression"
            && let Some(scoped) = self.scoped(node, function, lambda)
        {
            return scoped;
        }
        let callee = self.callee(function);
        let type_args: Vec<ExprId> = child(node, "type_arguments")
            .map_or_else(Vec::new, parts)
            .into_iter()
            .filter_map(|ty| self.ty(ty))
            .collect();
        let list = child(node, "value_arguments");
        let mut args = list.map_or_else(Vec::new, |list| self.arguments(list));
        if let Some(lambda) = lambda {
            // `with(x) { … }`: bare calls inside are of `x`.
            let is_with = self.b.text(function) == "with";
            let receiver = args.first().map(|a| a.value).filter(|_| is_with);
            let id = self.lambda(lambda, None, receiver);
            let value = self.b.push(lambda, ExprKind::Function(id));
            args.push(Arg { name: None, value });
        }
        if let Some(literal) = self.platform(node, callee, &args) {
            return literal;
        }
        if let ExprKind::Member { object, name, .. } = &self.b.expr(callee).kind {
            let (object, name): (ExprId, SmolStr) = (*object, name.clone());
            if collections::writes(&name)
                && let Some(collection) = collections::behind(self.b, object)
            {
                collections::put(self.b, node, collection, &name, &args);
            }
        }
        let constructs = matches!(&self.b.expr(callee).kind,
            ExprKind::Name(n) | ExprKind::Member { name: n, .. } if n.starts_with(char::is_uppercase));
        self.b.push(
            outer,
            ExprKind::Call {
                callee,
                args,
                type_args,
                constructs,
            },
        )
    }

    /// The callee; a bare one can be of what a scope function makes the receiver.
    fn callee(&mut self, function: Node) -> ExprId {
        if function.kind() != "identifier" {
            return self.expr(function);
        }
        let name = self.b.name(function);
        let receiver = self.receivers.last().copied();
        if let Some((_, receiver)) = receiver
            && name.starts_with(char::is_lowercase)
            && makes(&name).is_none()
            && !self.classes.is_bound(self.b, &name)
        {
            return self.b.member(function, receiver, &name);
        }
        self.classes.resolve(self.b, function, &name)
    }

    /// `x.apply { … }`, `x.let { … }` and their kind.
    fn scoped(&mut self, node: Node, function: Node, lambda: Option<Node>) -> Option<ExprId> {
        let lambda = lambda?;
        let children = parts(function);
        let (object, name) = (*children.first()?, *children.last()?);
        let name = self.b.text(name);
        let gives_itself = matches!(name, "apply" | "also");
        if !gives_itself && !matches!(name, "let" | "run" | "use") {
            return None;
        }
        let object = self.expr(object);
        let is_receiver = matches!(name, "apply" | "run");
        let id = if is_receiver {
            self.lambda(lambda, None, Some(object))
        } else {
            self.lambda(lambda, Some(object), None)
        };
        if gives_itself {
            return Some(object);
        }
        let value = self.b.facts().function(id).returns.last().copied();
        Some(value.unwrap_or_else(|| self.b.unknown(node)))
    }

    /// `listOf(a)`, `mapOf("k" to v)`, `List.of(a)`, `HashMap()`
    fn platform(&mut self, node: Node, callee: ExprId, args: &[Arg]) -> Option<ExprId> {
        let kind = match &self.b.expr(callee).kind {
            ExprKind::Name(name) => {
                let name: SmolStr = name.clone();
                if self.b.lookup(&name).is_some() {
                    let module = self.module_of(&name)?;
                    if !module.starts_with("java") && !module.starts_with("kotlin") {
                        return None;
                    }
                }
                match (makes(&name), collections::construction(&name)) {
                    (Some(makes), _) => collections::literal(self.b, node, makes, args)?,
                    (None, Some(makes)) => collections::empty(makes, args)?,
                    (None, None) => return None,
                }
            }
            ExprKind::Member { object, name, .. } => {
                let ExprKind::Name(class) = &self.b.expr(*object).kind else {
                    return None;
                };
                let makes = collections::function(class, name)?;
                collections::literal(self.b, node, makes, args)?
            }
            _ => return None,
        };
        Some(self.b.push(node, kind))
    }

    fn module_of(&self, name: &str) -> Option<SmolStr> {
        match self.b.expr(self.b.lookup(name)?.value).kind {
            ExprKind::Import(import) => Some(self.b.facts().import(import).module.clone()),
            _ => None,
        }
    }
}
