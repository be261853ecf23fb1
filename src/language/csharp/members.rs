//! Members of classes: fields, properties, events, methods, constructors.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::super::Role;
use super::statements::initializer;
use super::{Lowering, child_of_kind, has_token, parts};
use crate::facts::{ClassId, ExprId, ExprKind, Field, FunctionKind};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    pub(super) fn member(&mut self, node: Node) {
        let Some(class) = self.classes.last().map(|class| class.id) else {
            // Half-written code: a member outside of a class.
            if self.role(node) == Role::Method {
                self.local_function(node);
            }
            return;
        };
        match node.kind() {
            "property_declaration" | "event_declaration" => self.property(node, class),
            "field_declaration" | "event_field_declaration" => self.field(node, class),
            _ => self.method(node),
        }
    }

    /// `private const string A = "a", B;`, `event Handler Changed;`
    fn field(&mut self, node: Node, class: ClassId) {
        let Some(variables) = child_of_kind(node, "variable_declaration") else {
            return;
        };
        let decorators = self.attributes(node);
        let is_static = self.has_modifier(node, "static") || self.has_modifier(node, "const");
        let declared = variables.field("type");
        for variable in parts(variables) {
            if variable.kind() != "variable_declarator" {
                continue;
            }
            let ty = self.declared_type(variables);
            let value = initializer(variable).map(|value| self.typed_value(value, declared));
            let field = Field {
                is_static,
                ..self.new_field(variable, ty, value, &decorators)
            };
            self.b.declare_field(class, field);
        }
    }

    fn new_field(
        &self,
        node: Node,
        ty: Option<ExprId>,
        value: Option<ExprId>,
        decorators: &[ExprId],
    ) -> Field {
        let wire_name = self
            .attribute_text(decorators, "JsonPropertyName", None)
            .or_else(|| self.attribute_text(decorators, "JsonProperty", None))
            .or_else(|| self.attribute_text(decorators, "DataMember", Some("Name")));
        Field {
            name: self.field_name(node),
            ty,
            values: value.into_iter().collect(),
            is_static: false,
            optional: false,
            wire_name,
            decorators: decorators.to_vec(),
            declared: true,
            span: self.b.span(node),
        }
    }

    /// A property that holds a value is a field; one that computes it, a getter.
    fn property(&mut self, node: Node, class: ClassId) {
        let accessors: Vec<Node> = node.field("accessors").map(parts).unwrap_or_default();
        let getter = accessors
            .iter()
            .find(|a| self.b.field_text(**a, "name") == "get")
            .and_then(|get| get.field("body"));
        let value = node.field("value");
        let computed = value.filter(|value| value.kind() == "arrow_expression_clause");
        for accessor in accessors {
            if self.b.field_text(accessor, "name") != "get" {
                self.accessor(accessor);
            }
        }
        if let Some(body) = getter.or(computed) {
            self.getter(node, body);
            return;
        }
        let decorators = self.attributes(node);
        let ty = self.declared_type(node);
        let declared = node.field("type");
        let value = value.map(|value| self.typed_value(value, declared));
        let is_static = self.has_modifier(node, "static");
        let field = Field {
            is_static,
            optional: declared.is_some_and(|ty| ty.kind() == "nullable_type"),
            ..self.new_field(node, ty, value, &decorators)
        };
        self.b.declare_field(class, field);
    }

    fn getter(&mut self, node: Node, body: Node) {
        let decorators = self.attributes(node);
        let name = self.field_name(node);
        let is_static = self.has_modifier(node, "static");
        let function = self.b.open_function(node, &name, FunctionKind::Getter);
        let return_type = self.declared_type(node);
        let doc = self.doc(node);
        let facts = self.b.function_mut(function);
        facts.decorators = decorators;
        facts.return_type = return_type;
        facts.is_static = is_static;
        facts.doc = doc;
        self.body(body);
        self.b.close_function();
    }

    /// `set => _x = value`, `add { … }`: searched for calls.
    fn accessor(&mut self, node: Node) {
        let Some(body) = node.field("body") else {
            return;
        };
        let name = SmolStr::new(self.b.field_text(node, "name"));
        self.b.open_function(node, &name, FunctionKind::Method);
        let value = self.b.unknown(node);
        let at = self.b.span(node);
        self.b.bind("value", value, at);
        self.body(body);
        self.b.close_function();
    }

    /// A method, constructor, operator or indexer.
    fn method(&mut self, node: Node) {
        let decorators = self.attributes(node);
        let kind = match node.kind() {
            "constructor_declaration" => FunctionKind::Constructor,
            _ => FunctionKind::Method,
        };
        let name = match node.kind() {
            "indexer_declaration" => SmolStr::new_static("this[]"),
            "operator_declaration" => SmolStr::new(self.b.field_text(node, "operator")),
            "destructor_declaration" => SmolStr::new_static("~"),
            _ => self.field_name(node),
        };
        let is_static = self.has_modifier(node, "static");
        let doc = self.doc(node);
        let function = self.b.open_function(node, &name, kind);
        self.function_head(node, function);
        let facts = self.b.function_mut(function);
        facts.decorators = decorators;
        facts.is_static = is_static;
        facts.doc = doc;
        if let Some(first) = child_of_kind(node, "constructor_initializer") {
            let callee = match has_token(first, "base") {
                true => ExprKind::Super,
                false => ExprKind::This,
            };
            if let Some(arguments) = child_of_kind(first, "argument_list") {
                self.base_call(arguments, callee);
            }
        }
        let accessors = node.field("accessors").map(parts);
        for accessor in accessors.unwrap_or_default() {
            if let Some(body) = accessor.field("body") {
                self.body(body);
            }
        }
        let body = node.field("body");
        if let Some(body) = body.or_else(|| node.field("value")) {
            self.body(body);
        }
        self.b.close_function();
    }
}
