//! Structs, enums, traits, `impl` blocks and type aliases.

use smol_str::{SmolStr, format_smolstr};
use tree_sitter::Node;

use super::super::Role;
use super::attributes::Lead;
use super::{ImplBound, Lowering, is_extra, wire};
use crate::facts::{ClassId, ClassKind, ExprId, ExprKind, Field};
use crate::language::fields::Fields;

/// The case conventions a container sets for the names of its members.
struct Conventions {
    serde: Option<SmolStr>,
    strum: Option<SmolStr>,
}

impl Lowering<'_, '_> {
    /// Opens a class with its attributes and documentation.
    fn open(&mut self, node: Node, lead: &Lead, kind: ClassKind) -> ClassId {
        if lead.is_test(self) {
            self.mark_test(node, lead);
        }
        let decorators = self.decorators(lead);
        let span = self.span_with(node, lead);
        let doc = lead.doc(self);
        let name = node
            .field("name")
            .map_or_else(SmolStr::default, |name| self.name(name));
        let id = self.b.open_class(node, &name, kind);
        let class = self.b.class_mut(id);
        class.decorators = decorators;
        class.span = span;
        class.doc = doc;
        id
    }

    /// Closes a class and binds its name.
    fn close(&mut self, node: Node, id: ClassId) {
        self.b.close_class();
        let class = self.b.class_mut(id);
        let (name, span) = (class.name.clone(), class.span);
        let value = self.b.push(node, ExprKind::Class(id));
        self.b.bind(&name, value, span);
    }

    fn open_generics(&mut self, node: Node, id: ClassId) {
        let names = self.generics(node).into_iter().map(|(name, _)| name);
        self.b.class_mut(id).type_params = names.collect();
    }

    fn conventions(&mut self, id: ClassId) -> Conventions {
        let decorators = self.b.class_mut(id).decorators.clone();
        Conventions {
            serde: self.attribute_text(&decorators, "serde", "rename_all"),
            strum: self.attribute_text(&decorators, "strum", "serialize_all"),
        }
    }

    pub(super) fn struct_item(&mut self, node: Node, lead: &Lead) {
        let id = self.open(node, lead, ClassKind::Struct);
        self.open_generics(node, id);
        let conventions = self.conventions(id);
        if let Some(body) = node.field("body") {
            self.fields(body, id, &conventions);
        }
        self.remember(id);
        self.close(node, id);
    }

    /// Struct literals and `impl`s find the class by its name.
    fn remember(&mut self, id: ClassId) {
        let name = self.b.class_mut(id).name.clone();
        self.structs.entry(name).or_insert(id);
    }

    /// `{ a: A, b: B }` or `(A, B)`.
    fn fields(&mut self, body: Node, class: ClassId, conventions: &Conventions) {
        let mut lead = Lead::default();
        let mut position = 0;
        let mut cursor = body.walk();
        for child in body.named_children(&mut cursor) {
            if lead.take(self, child) || self.b.role(child) == Role::Skip {
                continue;
            }
            let (name, ty) = if self.b.role(child) == Role::Field {
                let name = child.field("name");
                let name = name.map_or_else(SmolStr::default, |name| self.name(name));
                (name, child.field("type"))
            } else {
                position += 1;
                (format_smolstr!("{}", position - 1), Some(child))
            };
            let decorators = self.decorators(&lead);
            let wire_name = self.wire_name(&decorators, conventions, &name, false);
            let field = Field {
                optional: ty.is_some_and(|ty| self.is_optional(ty)),
                ty: ty.map(|ty| self.ty(ty)),
                wire_name,
                decorators,
                ..self.new_field(child, name)
            };
            self.b.declare_field(class, field);
            lead = Lead::default();
        }
    }

    fn new_field(&self, node: Node, name: SmolStr) -> Field {
        Field {
            name,
            ty: None,
            values: Vec::new(),
            is_static: false,
            optional: false,
            wire_name: None,
            decorators: Vec::new(),
            declared: true,
            span: self.b.span(node),
        }
    }

    fn wire_name(
        &self,
        decorators: &[ExprId],
        conventions: &Conventions,
        name: &str,
        variant: bool,
    ) -> Option<SmolStr> {
        let by = |convention: &Option<SmolStr>| {
            let name = wire::rename(name, convention.as_deref()?, variant)?;
            Some(SmolStr::new(name))
        };
        self.attribute_text(decorators, "serde", "rename")
            .or_else(|| self.attribute_text(decorators, "strum", "to_string"))
            .or_else(|| self.attribute_text(decorators, "strum", "serialize"))
            .or_else(|| by(&conventions.serde))
            .or_else(|| by(&conventions.strum))
    }

    pub(super) fn enum_item(&mut self, node: Node, lead: &Lead) {
        let id = self.open(node, lead, ClassKind::Enum);
        self.open_generics(node, id);
        let conventions = self.conventions(id);
        if let Some(body) = node.field("body") {
            let mut lead = Lead::default();
            let mut cursor = body.walk();
            for variant in body.named_children(&mut cursor) {
                if !lead.take(self, variant) {
                    self.variant(variant, &lead, id, &conventions);
                    lead = Lead::default();
                }
            }
        }
        self.remember(id);
        self.close(node, id);
    }

    fn variant(&mut self, node: Node, lead: &Lead, class: ClassId, conventions: &Conventions) {
        let Some(name) = node.field("name") else {
            return;
        };
        let name = self.name(name);
        if let Some(discriminant) = node.field("value") {
            self.value(discriminant);
        }
        let decorators = self.decorators(lead);
        let payload = node.field("body").and_then(payload_type);
        let field = Field {
            ty: payload.map(|ty| self.ty(ty)),
            is_static: true,
            wire_name: self.wire_name(&decorators, conventions, &name, true),
            decorators,
            ..self.new_field(node, name)
        };
        self.b.declare_field(class, field);
    }

    pub(super) fn trait_item(&mut self, node: Node, lead: &Lead) {
        let id = self.open(node, lead, ClassKind::Interface);
        self.b.class_mut(id).is_abstract = true;
        let generics = self.generics(node);
        if let Some(bounds) = node.field("bounds") {
            let mut cursor = bounds.walk();
            for bound in bounds.named_children(&mut cursor) {
                if self.b.role(bound) != Role::Skip {
                    let base = self.ty(bound);
                    self.b.class_mut(id).bases.push(base);
                }
            }
        }
        self.members(node, id, generics);
        self.close(node, id);
    }

    pub(super) fn impl_item(&mut self, node: Node, lead: &Lead) {
        let id = self.open(node, lead, ClassKind::Extension);
        let generics = self.generics(node);
        if let Some(target) = node.field("type") {
            let name = type_name(target);
            let name = SmolStr::new(self.b.text(name));
            self.remember_bounds(target, &name, &generics);
            let target = self.ty(target);
            let class = self.b.class_mut(id);
            class.name = name;
            class.target = Some(target);
        }
        if let Some(implemented) = node.field("trait") {
            let base = self.ty(implemented);
            self.b.class_mut(id).bases.push(base);
        }
        self.members(node, id, generics);
        self.b.close_class();
    }

    /// In `impl<P: Publisher> Service<P>` the bound also holds for the struct's parameter.
    fn remember_bounds(
        &mut self,
        target: Node,
        name: &SmolStr,
        generics: &[(SmolStr, Option<ExprId>)],
    ) {
        let Some(arguments) = target.field("type_arguments") else {
            return;
        };
        let mut cursor = arguments.walk();
        let types = arguments
            .named_children(&mut cursor)
            .filter(|argument| !is_extra(*argument) && argument.kind() != "lifetime");
        for (position, argument) in types.enumerate() {
            let text = self.b.text(argument);
            let bound = generics.iter().find(|(name, _)| name == text);
            if let Some((_, Some(bound))) = bound {
                self.impl_bounds.push(ImplBound {
                    ty: name.clone(),
                    position,
                    bound: *bound,
                });
            }
        }
    }

    /// Methods, associated constants and types.
    fn members(&mut self, node: Node, id: ClassId, generics: Vec<(SmolStr, Option<ExprId>)>) {
        let names = generics.iter().map(|(name, _)| name.clone()).collect();
        self.b.class_mut(id).type_params = names;
        let bounds = generics
            .into_iter()
            .filter_map(|(name, bound)| Some((name, bound?)))
            .collect();
        let outer = std::mem::replace(&mut self.inherited, bounds);
        if let Some(body) = node.field("body") {
            let mut lead = Lead::default();
            let mut cursor = body.walk();
            for member in body.named_children(&mut cursor) {
                if !lead.take(self, member) {
                    self.class_member(member, &lead, id);
                    lead = Lead::default();
                }
            }
        }
        self.inherited = outer;
    }

    fn class_member(&mut self, node: Node, lead: &Lead, class: ClassId) {
        match self.b.role(node) {
            Role::Function => {
                self.deeper(|l| l.function(node, lead, true));
            }
            Role::Declaration | Role::Alias => self.associated(node, lead, class),
            _ => self.statement(node, lead),
        }
    }

    /// `const X: T = …;`, `type X = T;`, `type X: Bound;`
    fn associated(&mut self, node: Node, lead: &Lead, class: ClassId) {
        let Some(name) = node.field("name") else {
            return;
        };
        let ty = node.field("type").or_else(|| {
            let bounds = node.field("bounds")?;
            super::first_child(bounds)
        });
        let ty = ty.map(|ty| self.ty(ty));
        let value = node.field("value").map(|v| self.expr(v));
        let field = Field {
            ty,
            values: value.into_iter().collect(),
            is_static: true,
            decorators: self.decorators(lead),
            ..self.new_field(node, self.name(name))
        };
        self.b.declare_field(class, field);
    }

    pub(super) fn alias(&mut self, node: Node, lead: &Lead) {
        let id = self.open(node, lead, ClassKind::Alias);
        self.open_generics(node, id);
        if let Some(ty) = node.field("type") {
            let base = self.ty(ty);
            self.b.class_mut(id).bases.push(base);
        }
        self.close(node, id);
    }
}

/// The first type a variant carries.
fn payload_type(body: Node) -> Option<Node> {
    let mut cursor = body.walk();
    body.named_children(&mut cursor)
        .filter(|child| !is_extra(*child) && child.kind() != "visibility_modifier")
        .map(|child| match child.kind() {
            "field_declaration" => child.field("type").unwrap_or(child),
            _ => child,
        })
        .next()
}

/// The node that names a type: `Foo` of `&a::Foo<T>`.
fn type_name(mut node: Node) -> Node {
    loop {
        let inner = match node.kind() {
            "generic_type" | "reference_type" => node.field("type"),
            "scoped_type_identifier" => node.field("name"),
            "dynamic_type" => node.field("trait"),
            _ => None,
        };
        match inner {
            Some(inner) => node = inner,
            None => return node,
        }
    }
}
