//! Classes, records, interfaces, annotation types, enums, anonymous classes.

use tree_sitter::Node;

use super::{Lowering, Role, has_modifier, parts};
use crate::facts::{ClassId, ClassKind, ExprId, ExprKind, SmolStr};
use crate::language::fields::Fields;
use crate::language::jvm::generated;

impl Lowering<'_, '_> {
    /// A declared class of any kind; its name is bound where it stands.
    pub(super) fn class(&mut self, node: Node) {
        let kind = match self.b.role(node) {
            Role::Struct => ClassKind::Struct,
            Role::Interface => ClassKind::Interface,
            Role::Enum => ClassKind::Enum,
            _ => ClassKind::Class,
        };
        let name = self.field_name(node, "name");
        let decorators = self.annotations(node);
        let doc = self.doc(node);
        let bases = self.bases(node);
        let id = self.b.open_class(node, &name, kind);
        let class = self.b.class_mut(id);
        class.decorators = decorators;
        class.doc = doc;
        class.bases = bases;
        // Nothing is of an annotation's type.
        class.is_abstract =
            has_modifier(node, "abstract") || node.kind() == "annotation_type_declaration";
        if let Some(body) = node.field("body") {
            let names = self.declared_names(body, kind == ClassKind::Interface);
            self.classes.open(id, names);
            let type_params = self.type_parameters(node);
            self.b.class_mut(id).type_params = type_params;
            if kind == ClassKind::Struct {
                self.record(id, node);
            }
            self.body(id, body);
            self.generated(id, node);
            self.classes.close();
        }
        self.b.close_class();
        let value = self.b.push(node, ExprKind::Class(id));
        let at = self.b.span(node);
        self.b.bind(&name, value, at);
    }

    /// Superclass first, then interfaces.
    fn bases(&mut self, node: Node) -> Vec<ExprId> {
        let mut clauses: Vec<Node> = parts(node)
            .into_iter()
            .filter(|c| {
                matches!(
                    c.kind(),
                    "superclass" | "super_interfaces" | "extends_interfaces"
                )
            })
            .collect();
        clauses.sort_by_key(|c| c.kind() != "superclass");
        let mut bases = Vec::new();
        for clause in clauses {
            for part in parts(clause) {
                let types = if part.kind() == "type_list" {
                    parts(part)
                } else {
                    vec![part]
                };
                bases.extend(types.into_iter().filter_map(|ty| self.ty(ty)));
            }
        }
        bases
    }

    fn body(&mut self, id: ClassId, body: Node) {
        let interface = self.b.class(id).kind == ClassKind::Interface;
        for member in parts(body) {
            match self.b.role(member) {
                Role::Field => self.field(id, member, interface),
                Role::Method => self.method(member),
                // The record's own constructor runs the compact one's statements.
                Role::Function if member.kind() == "compact_constructor_declaration" => {}
                Role::Function => self.constructor(member),
                _ => match member.kind() {
                    "enum_constant" => self.constant_of_enum(id, member),
                    "enum_body_declarations" => {
                        self.deeper(|l| l.body(id, member));
                    }
                    _ => self.statement(member),
                },
            }
        }
    }

    /// `ORDERS("orders")`, `ORDERS { … }`
    fn constant_of_enum(&mut self, id: ClassId, node: Node) {
        let name = self.field_name(node, "name");
        let decorators = self.annotations(node);
        let arguments = node.field("arguments");
        let body = node.field("body");
        let value = (arguments.is_some() || body.is_some()).then(|| {
            let args = self.arguments(node);
            let own = self.b.push(node, ExprKind::Class(id));
            let callee = match body {
                Some(body) => self.anonymous(node, own, body),
                None => own,
            };
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
        self.declare(id, node, name, None, value, decorators, true);
    }

    /// `new Base(…) { … }`: a class expression with that base.
    pub(super) fn anonymous(&mut self, node: Node, base: ExprId, body: Node) -> ExprId {
        let id = self.b.open_class(node, "", ClassKind::Class);
        self.b.class_mut(id).bases = vec![base];
        let names = self.declared_names(body, false);
        self.classes.open(id, names);
        self.deeper(|l| l.body(id, body));
        self.classes.close();
        self.b.close_class();
        self.b.push(node, ExprKind::Class(id))
    }

    /// A record's components are its fields, its constructor and its accessors.
    fn record(&mut self, id: ClassId, node: Node) {
        let Some(list) = node.field("parameters") else {
            return;
        };
        let components = self.components(list);
        for (name, ty, decorators) in &components {
            self.declare(id, list, name.clone(), *ty, None, decorators.clone(), false);
        }
        let fields: Vec<(SmolStr, Option<ExprId>)> = components
            .into_iter()
            .map(|(name, ty, _)| (name, ty))
            .collect();
        generated::constructor(self.b, list, id, &fields);
        let body = node.field("body");
        for (name, ty) in fields {
            let declared = body.is_some_and(|body| self.declares_method(body, &name));
            if !declared {
                generated::accessor(self.b, list, &name, &name, ty);
            }
        }
    }

    fn declares_method(&self, body: Node, name: &str) -> bool {
        parts(body)
            .into_iter()
            .any(|m| self.b.role(m) == Role::Method && self.b.field_text(m, "name") == name)
    }

    /// What annotation processors write for a class: a class whose final
    /// fields nothing sets has a constructor for them; where something is
    /// generated for a class, getters are.
    fn generated(&mut self, id: ClassId, node: Node) {
        let class = self.b.class(id);
        let annotated =
            !class.decorators.is_empty() || class.fields.iter().any(|f| !f.decorators.is_empty());
        if class.kind != ClassKind::Class || !annotated {
            return;
        }
        let Some(body) = node.field("body") else {
            return;
        };
        let mut open = Vec::new();
        let mut all = Vec::new();
        for member in parts(body) {
            if self.b.role(member) != Role::Field || has_modifier(member, "static") {
                continue;
            }
            for declarator in parts(member) {
                if declarator.kind() != "variable_declarator" {
                    continue;
                }
                let name = self.field_name(declarator, "name");
                let field = self.b.class(id).fields.iter().find(|f| f.name == name);
                let ty = field.and_then(|f| f.ty);
                let sets = declarator.field("value").is_some();
                if has_modifier(member, "final") && !sets {
                    open.push((name.clone(), ty));
                }
                if !sets {
                    all.push((name.clone(), ty));
                }
                let getter = generated::getter(&name);
                if !self.declares_method(body, &getter) {
                    generated::accessor(self.b, declarator, &getter, &name, ty);
                }
            }
        }
        let constructs = parts(body)
            .into_iter()
            .any(|m| m.kind() == "constructor_declaration");
        let fields = if open.is_empty() { all } else { open };
        if !constructs && !fields.is_empty() {
            generated::constructor(self.b, node, id, &fields);
        }
    }
}
