//! Classes, records, structs, interfaces, enums and delegates.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use tree_sitter::Node;

use super::super::Role;
use super::{Around, Declared, Lowering, child_of_kind, parts};
use crate::facts::{Arg, ClassId, ClassKind, ExprId, ExprKind, Field, FunctionKind};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    pub(super) fn class(&mut self, node: Node) {
        let nested = !self.classes.is_empty();
        // Its parts stand in several files: each adds to the whole.
        let partial = self.has_modifier(node, "partial") && !nested;
        let kind = match self.role(node) {
            _ if partial => ClassKind::Extension,
            Role::Interface => ClassKind::Interface,
            Role::Struct => ClassKind::Struct,
            _ => ClassKind::Class,
        };
        let decorators = self.attributes(node);
        let doc = self.doc(node);
        let name = self.field_name(node);
        let id = self.b.open_class(node, &name, kind);
        let type_params = self.type_parameters(node);
        self.classes.push(Around {
            id,
            members: self.declared(node),
            type_params: type_params.clone(),
        });
        let target = partial.then(|| self.whole_type(node, &name));
        let bases = self.bases(node);
        let is_abstract = self.has_modifier(node, "abstract") || kind == ClassKind::Interface;
        let class = self.b.class_mut(id);
        class.is_abstract = is_abstract;
        class.decorators = decorators;
        class.doc = doc;
        class.type_params = type_params;
        class.bases = bases;
        class.target = target;
        self.primary_constructor(node, id);
        if let Some(body) = node.field("body") {
            self.class_body(body);
        }
        self.classes.pop();
        self.b.close_class();
        self.bind_class(node, &name, id, partial);
    }

    /// Fields before methods, so that methods assign to what is declared.
    fn class_body(&mut self, body: Node) {
        let is_field = |l: &Self, member: &Node| l.role(*member) == Role::Field;
        let (fields, others): (Vec<Node>, Vec<Node>) = parts(body)
            .into_iter()
            .partition(|member| is_field(self, member));
        for member in fields.into_iter().chain(others) {
            self.statement(member);
        }
    }

    fn bind_class(&mut self, node: Node, name: &str, id: ClassId, partial: bool) {
        let value = self.b.push(node, ExprKind::Class(id));
        let at = self.b.span(node);
        if self.classes.is_empty() {
            self.offer(name, value);
        }
        if partial {
            let whole = self.whole_type(node, name);
            self.b.bind(name, whole, at);
        } else {
            self.b.bind(name, value, at);
        }
    }

    /// The names a class body declares, its primary constructor's included.
    fn declared(&self, node: Node) -> FxHashMap<SmolStr, Declared> {
        let mut members = FxHashMap::default();
        for parameter in child_of_kind(node, "parameter_list")
            .map(parts)
            .unwrap_or_default()
        {
            members.insert(self.field_name(parameter), Declared::Instance);
        }
        if let Some(body) = node.field("body") {
            self.declared_in(body, &mut members, 0);
        }
        members.remove("");
        members
    }

    fn declared_in(&self, body: Node, members: &mut FxHashMap<SmolStr, Declared>, depth: u8) {
        const DEEPEST: u8 = 8;
        for member in parts(body) {
            let is_static =
                self.has_modifier(member, "static") || self.has_modifier(member, "const");
            let declared = if is_static {
                Declared::Static
            } else {
                Declared::Instance
            };
            match member.kind() {
                "field_declaration" | "event_field_declaration" => {
                    let variables = child_of_kind(member, "variable_declaration");
                    for variable in variables.map(parts).unwrap_or_default() {
                        if variable.kind() == "variable_declarator" {
                            members.insert(self.field_name(variable), declared);
                        }
                    }
                }
                "property_declaration" => {
                    let name = self.field_name(member);
                    let ty = self.b.field_text(member, "type");
                    let like = ty.trim_end_matches('?') == name.as_str();
                    let declared = if like {
                        Declared::LikeItsType
                    } else {
                        declared
                    };
                    members.insert(name, declared);
                }
                "method_declaration" | "event_declaration" => {
                    members.insert(self.field_name(member), declared);
                }
                "class_declaration"
                | "record_declaration"
                | "struct_declaration"
                | "interface_declaration"
                | "enum_declaration"
                | "delegate_declaration" => {
                    members.insert(self.field_name(member), Declared::Nested);
                }
                kind if kind.starts_with("preproc_") && depth < DEEPEST => {
                    self.declared_in(member, members, depth + 1);
                }
                _ => {}
            }
        }
    }

    pub(super) fn type_parameters(&self, node: Node) -> Vec<SmolStr> {
        child_of_kind(node, "type_parameter_list")
            .map(parts)
            .unwrap_or_default()
            .into_iter()
            .map(|parameter| self.field_name(parameter))
            .collect()
    }

    fn bases(&mut self, node: Node) -> Vec<ExprId> {
        let Some(list) = child_of_kind(node, "base_list") else {
            return Vec::new();
        };
        let mut bases = Vec::new();
        for base in parts(list) {
            if base.kind() != "argument_list" {
                bases.push(self.ty(base));
            }
        }
        bases
    }

    /// `class A(IBus bus) : B(bus)`: the parameters are visible in all of the
    /// body; those of a record are its properties.
    fn primary_constructor(&mut self, node: Node, class: ClassId) {
        let Some(parameters) = child_of_kind(node, "parameter_list") else {
            return;
        };
        let name = self.b.class(class).name.clone();
        let function = self
            .b
            .open_function(parameters, &name, FunctionKind::Constructor);
        self.parameters(parameters, function);
        if let Some(list) = child_of_kind(node, "base_list") {
            let arguments = child_of_kind(list, "argument_list").or_else(|| {
                let base = child_of_kind(list, "primary_constructor_base_type")?;
                child_of_kind(base, "argument_list")
            });
            if let Some(arguments) = arguments {
                self.base_call(arguments, ExprKind::Super);
            }
        }
        let params = self.b.function_mut(function).params.clone();
        let spans: Vec<_> = parts(parameters)
            .into_iter()
            .filter(|p| p.kind() == "parameter")
            .map(|p| self.b.span(p))
            .collect();
        for (index, (param, span)) in params.into_iter().zip(spans).enumerate() {
            let value = self.b.push_at(
                span,
                ExprKind::Param {
                    function,
                    index: index as u32,
                },
            );
            let wire_name = self.attribute_text(&param.decorators, "JsonPropertyName", None);
            self.b.declare_field(
                class,
                Field {
                    name: param.name,
                    ty: param.ty,
                    values: vec![value],
                    is_static: false,
                    optional: false,
                    wire_name,
                    decorators: param.decorators,
                    declared: true,
                    span,
                },
            );
        }
        self.b.close_function();
    }

    /// `: base(a)`, `: this(a)`
    pub(super) fn base_call(&mut self, arguments: Node, callee: ExprKind) {
        let args: Vec<Arg> = self.arguments(Some(arguments));
        let callee = self.b.push(arguments, callee);
        self.b.push(
            arguments,
            ExprKind::Call {
                callee,
                args,
                type_args: Vec::new(),
                constructs: false,
            },
        );
    }

    /// `enum E { A = 1, [EnumMember(Value = "b")] B }`: what is sent is the name.
    pub(super) fn enumeration(&mut self, node: Node) {
        let decorators = self.attributes(node);
        let doc = self.doc(node);
        let name = self.field_name(node);
        let id = self.b.open_class(node, &name, ClassKind::Enum);
        let class = self.b.class_mut(id);
        class.decorators = decorators;
        class.doc = doc;
        let members = node.field("body").map(parts);
        for member in members.unwrap_or_default() {
            if member.kind() != "enum_member_declaration" {
                continue;
            }
            let decorators = self.attributes(member);
            let wire_name = self.attribute_text(&decorators, "EnumMember", Some("Value"));
            let field = Field {
                name: self.field_name(member),
                ty: None,
                values: Vec::new(),
                is_static: true,
                optional: false,
                wire_name,
                decorators,
                declared: true,
                span: self.b.span(member),
            };
            self.b.declare_field(id, field);
        }
        self.b.close_class();
        self.bind_class(node, &name, id, false);
    }

    /// `delegate Task Handler(Order order);` is a type that only names a shape.
    pub(super) fn delegate(&mut self, node: Node) {
        let name = self.field_name(node);
        let id = self.b.open_class(node, &name, ClassKind::Interface);
        self.b.class_mut(id).is_abstract = true;
        self.b.close_class();
        self.bind_class(node, &name, id, false);
    }
}
