//! Imports and exports, ES modules and CommonJS.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::expressions::expr;
use super::strings::{unescape, unquote};
use super::{children, classes, functions, statement};
use crate::facts::{Export, ExprId, ExprKind, Imported, ScopeKind};
use crate::language::fields::Fields;
use crate::language::{Builder, Role};

/// The module an import or export statement names.
fn source(b: &Builder, node: Node) -> Option<SmolStr> {
    let source = node.field("source")?;
    Some(unescape(unquote(b.text(source))))
}

/// `import a, { b as c }, * as d from "m"`, `import x = require("m")`
pub(super) fn import(b: &mut Builder, node: Node) {
    let module = source(b, node);
    let mut cursor = node.walk();
    let clauses: Vec<Node> = node.named_children(&mut cursor).collect();
    let mut bound = false;
    for clause in clauses {
        match (clause.kind(), &module) {
            ("import_clause", Some(module)) => {
                bound = true;
                import_clause(b, clause, module);
            }
            ("import_require_clause", _) => {
                let name = clause.named_child(0).map(|n| b.name(n));
                if let (Some(name), Some(module)) = (name, source(b, clause)) {
                    let value = b.import(clause, &module, Imported::Module);
                    let at = b.span(clause);
                    b.bind(&name, value, at);
                }
            }
            _ => {}
        }
    }
    if let (false, Some(module)) = (bound, module) {
        // For its side effects: still a dependency.
        b.import(node, &module, Imported::Module);
    }
}

fn import_clause(b: &mut Builder, clause: Node, module: &str) {
    let mut cursor = clause.walk();
    let parts: Vec<Node> = clause.named_children(&mut cursor).collect();
    for part in parts {
        match part.kind() {
            "identifier" => bind_import(b, part, part, module, Imported::Default),
            "namespace_import" => {
                if let Some(name) = part.named_child(0) {
                    bind_import(b, part, name, module, Imported::Module);
                }
            }
            "named_imports" => {
                let mut cursor = part.walk();
                let specifiers: Vec<Node> = part.named_children(&mut cursor).collect();
                for specifier in specifiers {
                    let Some(name) = specifier.field("name") else {
                        continue;
                    };
                    let local = specifier.field("alias").unwrap_or(name);
                    let what = named(b, name);
                    bind_import(b, specifier, local, module, what);
                }
            }
            _ => {}
        }
    }
}

/// What a specifier's name takes of the module; it may be a string.
fn named(b: &Builder, name: Node) -> Imported {
    match export_name(b, name).as_str() {
        "default" => Imported::Default,
        other => Imported::Named(SmolStr::new(other)),
    }
}

fn export_name(b: &Builder, name: Node) -> SmolStr {
    if b.role(name) == Role::Text {
        unescape(unquote(b.text(name)))
    } else {
        b.name(name)
    }
}

fn bind_import(b: &mut Builder, node: Node, local: Node, module: &str, what: Imported) {
    let value = b.import(node, module, what);
    let name = b.name(local);
    let at = b.span(local);
    b.bind(&name, value, at);
}

/// Every form of `export`.
pub(super) fn export(b: &mut Builder, node: Node) {
    let decorators = classes::decorators(b, node);
    if let Some(declaration) = node.field("declaration") {
        let is_default = has_token(node, "default");
        let value = match b.role(declaration) {
            Role::Class => {
                let class = classes::class(b, declaration, true);
                b.class_mut(class).decorators.splice(0..0, decorators);
                Some(ExprKind::Class(class))
            }
            Role::Function => functions::declaration_value(b, declaration).map(ExprKind::Function),
            _ => {
                statement(b, declaration);
                None
            }
        };
        if let (true, Some(kind)) = (is_default, value) {
            let value = b.push(declaration, kind);
            add(b, "default", value);
        }
        return;
    }
    if let Some(value) = node.field("value") {
        let value = expr(b, value);
        add(b, "default", value);
        return;
    }
    let module = source(b, node);
    let mut cursor = node.walk();
    let parts: Vec<Node> = node.named_children(&mut cursor).collect();
    let mut listed = false;
    for part in parts {
        match part.kind() {
            "export_clause" => {
                listed = true;
                export_clause(b, part, module.as_deref());
            }
            "namespace_export" => {
                listed = true;
                if let (Some(name), Some(module)) = (part.named_child(0), &module) {
                    let value = b.import(part, module, Imported::Module);
                    let name = export_name(b, name);
                    add(b, &name, value);
                }
            }
            // `export = value`
            "string" | "comment" => {}
            _ if module.is_none() => {
                let value = expr(b, part);
                add(b, "default", value);
            }
            _ => {}
        }
    }
    if let (false, Some(module)) = (listed, module) {
        b.import(node, &module, Imported::All);
    }
}

fn export_clause(b: &mut Builder, clause: Node, module: Option<&str>) {
    let mut cursor = clause.walk();
    let specifiers: Vec<Node> = clause.named_children(&mut cursor).collect();
    for specifier in specifiers {
        let Some(name) = specifier.field("name") else {
            continue;
        };
        let exported = specifier.field("alias").unwrap_or(name);
        let exported = export_name(b, exported);
        let value = match module {
            Some(module) => {
                let what = named(b, name);
                b.import(specifier, module, what)
            }
            None => {
                let local = b.name(name);
                b.push(name, ExprKind::Name(local))
            }
        };
        add(b, &exported, value);
    }
}

/// `module.exports = value`, `exports.name = value`: whether the assignment was one.
pub(super) fn commonjs_export(b: &mut Builder, left: Node, value: ExprId) -> bool {
    let text = b.text(left);
    if text == "module.exports" || text == "exports" {
        add(b, "default", value);
        return true;
    }
    let name = text
        .strip_prefix("module.exports.")
        .or_else(|| text.strip_prefix("exports."));
    match name {
        Some(name) if !name.contains(['.', '[', '(']) => {
            add(b, name, value);
            true
        }
        _ => false,
    }
}

fn add(b: &mut Builder, name: &str, value: ExprId) {
    b.facts_mut().exports.push(Export {
        name: SmolStr::new(name),
        value,
    });
}

/// Whether a keyword stands directly in the node.
pub(super) fn has_token(node: Node, token: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .any(|child| !child.is_named() && child.kind() == token)
}

/// `namespace N { … }`: an object of what stands in it.
pub(super) fn namespace(b: &mut Builder, node: Node) {
    let (Some(name), Some(body)) = (node.field("name"), node.field("body")) else {
        children(b, node);
        return;
    };
    let scope = b.open_scope(ScopeKind::Block);
    children(b, body);
    b.close_scope();
    let entries = b.scope_entries(scope);
    let value = b.push(node, ExprKind::Object { ty: None, entries });
    let (name, at) = (b.name(name), b.span(node));
    b.bind(&name, value, at);
}
