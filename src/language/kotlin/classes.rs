//! Classes, objects, companions, properties, enums and annotations.

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::{Lowering, Role, child, has_word, is_type, parts};
use crate::facts::{Arg, ClassId, ClassKind, ExprId, ExprKind, Field, FunctionKind, SmolStr};
use crate::language::jvm::generated;
use crate::language::jvm::names::Member;

impl Lowering<'_, '_> {
    /// The annotations of a declaration.
    pub(super) fn annotations(&mut self, node: Node) -> Vec<ExprId> {
        child(node, "modifiers").map_or_else(Vec::new, |list| self.annotations_in(list))
    }

    pub(super) fn annotations_in(&mut self, node: Node) -> Vec<ExprId> {
        let mut found = Vec::new();
        for part in parts(node) {
            if self.b.role(part) == Role::Attribute {
                found.push(self.annotation(part));
            }
        }
        found
    }

    /// `@Name`, `@Name(topics = ["x"])`
    pub(super) fn annotation(&mut self, node: Node) -> ExprId {
        for part in parts(node) {
            if part.kind() == "constructor_invocation" {
                return self.invocation(part, false);
            }
            if is_type(part) {
                return self.ty(part).unwrap_or_else(|| self.b.unknown(part));
            }
        }
        self.b.unknown(node)
    }

    /// `Type(arguments)`
    fn invocation(&mut self, node: Node, constructs: bool) -> ExprId {
        let ty = parts(node).into_iter().find(|c| is_type(*c));
        let callee = ty.and_then(|ty| self.ty(ty));
        let callee = callee.unwrap_or_else(|| self.b.unknown(node));
        let args = child(node, "value_arguments").map_or_else(Vec::new, |l| self.arguments(l));
        self.b.push(
            node,
            ExprKind::Call {
                callee,
                args,
                type_args: Vec::new(),
                constructs,
            },
        )
    }

    /// `class`, `interface`, `enum class`, `object`.
    pub(super) fn class(&mut self, node: Node) {
        let is_object = self.b.role(node) == Role::Module;
        let name = SmolStr::new(self.b.field_text(node, "name"));
        let kind = if child(node, "interface").is_some() || has_word(self.b, node, "annotation") {
            ClassKind::Interface
        } else if has_word(self.b, node, "enum") {
            ClassKind::Enum
        } else {
            ClassKind::Class
        };
        let decorators = self.annotations(node);
        let (bases, delegated) = self.bases(node);
        let id = self.b.open_class(node, &name, kind);
        let is_abstract = ["abstract", "sealed", "annotation"]
            .iter()
            .any(|word| has_word(self.b, node, word));
        let class = self.b.class_mut(id);
        class.decorators = decorators;
        class.bases = bases;
        class.is_abstract = is_abstract;
        self.members(node, id, is_object, delegated);
        self.b.close_class();
        let value = self.b.push(node, ExprKind::Class(id));
        let at = self.b.span(node);
        self.b.bind(&name, value, at);
    }

    /// `object : Base() { … }`
    pub(super) fn object(&mut self, node: Node) -> ExprId {
        let (bases, _) = self.bases(node);
        let id = self.b.open_class(node, "", ClassKind::Class);
        self.b.class_mut(id).bases = bases;
        self.members(node, id, false, None);
        self.b.close_class();
        let callee = self.b.push(node, ExprKind::Class(id));
        self.b.push(
            node,
            ExprKind::Call {
                callee,
                args: Vec::new(),
                type_args: Vec::new(),
                constructs: true,
            },
        )
    }

    /// The bases, and the arguments the superclass is made with.
    fn bases<'t>(&mut self, node: Node<'t>) -> (Vec<ExprId>, Option<Node<'t>>) {
        let mut bases = Vec::new();
        let mut made = None;
        let list = child(node, "delegation_specifiers").map_or_else(Vec::new, parts);
        for specifier in list {
            let Some(base) = parts(specifier).into_iter().next() else {
                continue;
            };
            let ty = if is_type(base) {
                Some(base)
            } else {
                made = made.or_else(|| child(base, "value_arguments"));
                parts(base).into_iter().find(|c| is_type(*c))
            };
            bases.extend(ty.and_then(|ty| self.ty(ty)));
        }
        (bases, made)
    }

    fn members(&mut self, node: Node, id: ClassId, is_object: bool, made: Option<Node>) {
        let body = child(node, "class_body").or_else(|| child(node, "enum_class_body"));
        let primary = child(node, "primary_constructor");
        let names = self.declared_names(primary, body, is_object);
        self.classes.open(id, names);
        if primary.is_some() || made.is_some() {
            self.primary(node, id, primary, made);
        }
        if let Some(body) = body {
            self.deeper(|l| l.class_body(id, body, is_object));
        }
        self.classes.close();
    }

    /// The names a class declares, and whether an instance is needed to reach them.
    fn declared_names(
        &self,
        primary: Option<Node>,
        body: Option<Node>,
        is_object: bool,
    ) -> FxHashMap<SmolStr, Member> {
        let mut names = FxHashMap::default();
        let own = if is_object {
            Member::Static
        } else {
            Member::Instance
        };
        let parameters = primary.and_then(|p| child(p, "class_parameters"));
        for parameter in parameters.map_or_else(Vec::new, parts) {
            let is_property =
                child(parameter, "val").is_some() || child(parameter, "var").is_some();
            if let (true, Some(name)) = (is_property, child(parameter, "identifier")) {
                names.insert(self.b.name(name), Member::Instance);
            }
        }
        for member in body.map_or_else(Vec::new, parts) {
            match self.b.role(member) {
                Role::Field => {
                    if let Some(name) = variable(member) {
                        names.insert(self.b.name(name), own);
                    }
                }
                Role::Function => {
                    names.insert(SmolStr::new(self.b.field_text(member, "name")), own);
                }
                Role::Class | Role::Module => {
                    let name = SmolStr::new(self.b.field_text(member, "name"));
                    names.insert(name, Member::Static);
                }
                Role::Extension => {
                    let body = child(member, "class_body");
                    names.extend(self.declared_names(None, body, true));
                }
                _ if member.kind() == "enum_entry" => {
                    if let Some(name) = child(member, "identifier") {
                        names.insert(self.b.name(name), Member::Static);
                    }
                }
                _ => {}
            }
        }
        names
    }

    /// `class X(val a: A, b: B) : Base(a)`: constructor and fields in one.
    fn primary(&mut self, node: Node, id: ClassId, primary: Option<Node>, made: Option<Node>) {
        let at = primary.or(made).unwrap_or(node);
        let function = self.b.open_function(at, "", FunctionKind::Constructor);
        if let Some(made) = made {
            // What the superclass is made with stands behind the parameters.
            let end = self.b.span(made);
            let span = &mut self.b.function_mut(function).span;
            (span.end, span.end_line) = (end.end, end.end_line);
        }
        let parameters = primary.and_then(|p| child(p, "class_parameters"));
        for parameter in parameters.map_or_else(Vec::new, parts) {
            let Some(name) = child(parameter, "identifier") else {
                continue;
            };
            let decorators = self.annotations(parameter);
            let children = parts(parameter);
            let ty = children
                .iter()
                .find(|c| is_type(**c))
                .and_then(|t| self.ty(*t));
            let default = children
                .last()
                .filter(|c| !is_type(**c) && c.id() != name.id() && c.kind() != "modifiers");
            let default = default.map(|d| self.expr(*d));
            let text = self.b.name(name);
            let value =
                self.declare_parameter(function, name, &text, ty, decorators.clone(), false);
            if let Some(last) = self.b.function_mut(function).params.last_mut() {
                last.default = default;
            }
            // What only the initialisers use is a field as far as they go.
            self.declare(id, parameter, text, ty, Some(value), decorators, false);
        }
        if let Some(made) = made {
            let callee = self.b.push(made, ExprKind::Super);
            let args = self.arguments(made);
            self.b.push(
                made,
                ExprKind::Call {
                    callee,
                    args,
                    type_args: Vec::new(),
                    constructs: true,
                },
            );
        }
        self.b.close_function();
    }

    fn class_body(&mut self, id: ClassId, body: Node, is_static: bool) {
        for member in parts(body) {
            match self.b.role(member) {
                Role::Field => self.property(member, Some((id, is_static))),
                Role::Function => self.function(member, is_static),
                Role::Class | Role::Module => self.class(member),
                // A companion's members are the class's own statics.
                Role::Extension => {
                    if let Some(body) = child(member, "class_body") {
                        self.deeper(|l| l.class_body(id, body, true));
                    }
                }
                Role::Method => self.secondary(member),
                _ if member.kind() == "enum_entry" => self.entry(id, member),
                _ => self.statement(member),
            }
        }
    }

    fn secondary(&mut self, node: Node) {
        let id = self.b.open_function(node, "", FunctionKind::Constructor);
        if let Some(list) = child(node, "function_value_parameters") {
            self.parameters(id, list);
        }
        if let Some(call) = child(node, "constructor_delegation_call") {
            let to_base = self.b.text(call).starts_with("super");
            let kind = if to_base {
                ExprKind::Super
            } else {
                ExprKind::This
            };
            let callee = self.b.push(call, kind);
            let args = child(call, "value_arguments").map_or_else(Vec::new, |l| self.arguments(l));
            self.b.push(
                call,
                ExprKind::Call {
                    callee,
                    args,
                    type_args: Vec::new(),
                    constructs: true,
                },
            );
        }
        if let Some(block) = child(node, "block") {
            self.deeper(|l| l.statements(block));
        }
        self.b.close_function();
    }

    /// `ORDERS("orders")`
    fn entry(&mut self, id: ClassId, node: Node) {
        let Some(name) = child(node, "identifier") else {
            return;
        };
        let value = child(node, "value_arguments").map(|list| {
            let args = self.arguments(list);
            let callee = self.b.push(node, ExprKind::Class(id));
            self.b.push(
                node,
                ExprKind::Call {
                    callee,
                    args,
                    type_args: Vec::new(),
                    constructs: true,
                },
            )
        });
        let name = self.b.name(name);
        self.declare(id, node, name, None, value, Vec::new(), true);
    }

    /// `val a: A = x`, `by lazy { x }`, `get() = x`; of a class, or a local or
    /// a value of the file.
    pub(super) fn property(&mut self, node: Node, of: Option<(ClassId, bool)>) {
        let decorators = self.annotations(node);
        let Some(name) = variable(node) else {
            for part in parts(node) {
                self.statement(part);
            }
            return;
        };
        let declaration = child(node, "variable_declaration").unwrap_or(node);
        let ty = parts(declaration)
            .into_iter()
            .find(|c| is_type(*c))
            .and_then(|t| self.ty(t));
        let text = self.b.name(name);
        let mut value = None;
        for part in parts(node) {
            match part.kind() {
                "variable_declaration"
                | "modifiers"
                | "setter"
                | "type_parameters"
                | "type_constraints" => {}
                "property_delegate" => value = self.delegate(part),
                "getter" => {
                    if let Some((class, is_static)) = of {
                        self.getter(class, node, part, &text, is_static);
                        return;
                    }
                }
                _ if is_type(part) => {}
                _ => value = Some(self.expr(part)),
            }
        }
        match of {
            Some((class, is_static)) => {
                self.declare(class, node, text.clone(), ty, value, decorators, is_static);
                if !is_static {
                    generated::accessor(self.b, name, &generated::getter(&text), &text, ty);
                }
            }
            None => self.b.bind_typed(&text, value, ty, name),
        }
    }

    /// `by lazy { value }`
    fn delegate(&mut self, node: Node) -> Option<ExprId> {
        let value = parts(node).into_iter().next()?;
        let value = self.expr(value);
        let ExprKind::Call { args, .. } = &self.b.expr(value).kind else {
            return Some(value);
        };
        let lambda = args.last()?.value;
        let ExprKind::Function(function) = self.b.expr(lambda).kind else {
            return Some(value);
        };
        self.b.facts().function(function).returns.last().copied()
    }

    fn getter(&mut self, _class: ClassId, node: Node, getter: Node, name: &str, is_static: bool) {
        let id = self.b.open_function(node, name, FunctionKind::Getter);
        self.b.function_mut(id).is_static = is_static;
        if let Some(body) = child(getter, "function_body") {
            self.body(body);
        }
        self.b.close_function();
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of a field, named by its type"
    )]
    fn declare(
        &mut self,
        class: ClassId,
        node: Node,
        name: SmolStr,
        ty: Option<ExprId>,
        value: Option<ExprId>,
        decorators: Vec<ExprId>,
        is_static: bool,
    ) {
        let span = self.b.span(node);
        self.b.declare_field(
            class,
            Field {
                name,
                ty,
                values: value.into_iter().collect(),
                is_static,
                optional: false,
                wire_name: None,
                decorators,
                declared: true,
                span,
            },
        );
    }

    /// The arguments in parentheses, named ones by their names.
    pub(super) fn arguments(&mut self, list: Node) -> Vec<Arg> {
        let mut args = Vec::new();
        for argument in parts(list) {
            if argument.kind() != "value_argument" {
                continue;
            }
            let children = parts(argument);
            let named = child(argument, "=").is_some() && children.len() > 1;
            let name = children.first().filter(|_| named).map(|n| self.b.name(*n));
            if let Some(value) = children.last() {
                let value = self.expr(*value);
                args.push(Arg { name, value });
            }
        }
        args
    }
}

/// The name a property declares.
fn variable(node: Node) -> Option<Node> {
    child(child(node, "variable_declaration")?, "identifier")
}
