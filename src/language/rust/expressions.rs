//! Expressions: paths, calls, members, literals of structs and lists.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::super::Role;
use super::{LiteralField, Lowering, first_child, is_extra, nth_child};
use crate::facts::{Arg, Entry, ExprId, ExprKind, FunctionKind, Key};
use crate::language::fields::Fields;

/// Constructors of the standard library that only hold the value they are given.
const HOLDERS: [&str; 19] = [
    "Arc::new",
    "Box::new",
    "Rc::new",
    "Mutex::new",
    "RwLock::new",
    "RefCell::new",
    "Cell::new",
    "Cow::Borrowed",
    "Cow::Owned",
    "Cow::from",
    "Pin::new",
    "Box::pin",
    "Arc::from",
    "Arc::clone",
    "Rc::clone",
    "String::from",
    "Option::Some",
    "Result::Ok",
    "OnceCell::from",
];

/// Constructors whose value is what their closure returns.
const LAZY: [&str; 4] = [
    "LazyLock::new",
    "LazyCell::new",
    "Lazy::new",
    "OnceCell::with_value",
];

/// Constructors of places that are filled later: what is in them, their type says.
const EMPTY: [&str; 6] = [
    "OnceLock::new",
    "OnceCell::new",
    "OnceCell::const_new",
    "OnceCell::default",
    "OnceLock::default",
    "ArcSwapOption::empty",
];

/// A call that is not one to the facts.
enum Held<'t> {
    /// `Arc::new(x)`: x itself.
    Value(Node<'t>),
    /// `LazyLock::new(f)`: what f returns.
    Lazy(Node<'t>),
}

impl Lowering<'_, '_> {
    /// The expression of a node, whatever it is.
    pub(super) fn expr(&mut self, node: Node) -> ExprId {
        match self.value(node) {
            Some(value) => value,
            None => self.b.unknown(node),
        }
    }

    /// The value of a node; `None` if it has none (`return`, a block without tail).
    pub(super) fn value(&mut self, node: Node) -> Option<ExprId> {
        match self.deeper(|l| l.chain(node)) {
            Some(value) => value,
            None => Some(self.b.unknown(node)),
        }
    }

    /// Chains such as `a.b(c).d(e)?` are as long as generated code makes them, so
    /// they are followed down to what they start with, then built up in a loop.
    fn chain(&mut self, node: Node) -> Option<ExprId> {
        let mut links = Vec::new();
        let mut start = node;
        while let Some(inner) = self.link_below(start) {
            links.push(start);
            start = inner;
        }
        let mut value = self.start(start);
        while let Some(link) = links.pop() {
            let outer = links.last().copied();
            value = self.link(link, value, outer);
        }
        value
    }

    /// The expression that a link of a chain is applied to.
    pub(super) fn link_below<'t>(&self, node: Node<'t>) -> Option<Node<'t>> {
        match self.b.role(node) {
            Role::Call => match self.held(node) {
                Some(Held::Value(value)) => Some(value),
                Some(Held::Lazy(_)) => None,
                None => node.field("function"),
            },
            Role::Member => node.field("value"),
            Role::Index => first_child(node),
            Role::Transparent => match node.kind() {
                "reference_expression" | "type_cast_expression" => node.field("value"),
                "unary_expression" if !self.b.text(node).starts_with('*') => None,
                _ => first_child(node),
            },
            Role::Generic if node.kind() == "generic_function" => node.field("function"),
            _ => None,
        }
    }

    /// Applies a link of a chain to the value below it.
    fn link(&mut self, node: Node, below: Option<ExprId>, outer: Option<Node>) -> Option<ExprId> {
        let role = self.b.role(node);
        if role == Role::Transparent || (role == Role::Call && self.held(node).is_some()) {
            return below;
        }
        let below = match below {
            Some(below) => below,
            None => self.b.unknown(node),
        };
        Some(match role {
            Role::Call => {
                let call = self.call(node, below);
                self.pushed(node, call);
                call
            }
            Role::Member => self.member(node, below),
            Role::Index => {
                let index = nth_child(node, 1).map(|index| self.expr(index));
                match index {
                    Some(index) => self.b.push(
                        node,
                        ExprKind::Index {
                            object: below,
                            index,
                        },
                    ),
                    None => below,
                }
            }
            // `f::<T>`: the call around it takes the type arguments.
            _ if outer.is_some_and(|outer| {
                self.b.role(outer) == Role::Call && outer.field("function") == Some(node)
            }) =>
            {
                below
            }
            _ => {
                let args = self.type_arguments(node);
                self.b.push(node, ExprKind::Generic { base: below, args })
            }
        })
    }

    fn call(&mut self, node: Node, callee: ExprId) -> ExprId {
        let path = self.b.field_text(node, "function");
        let is = |known: &str| {
            path.strip_suffix(known)
                .is_some_and(|before| before.is_empty() || before.ends_with("::"))
        };
        if EMPTY.iter().any(|known| is(known)) {
            return self.b.unknown(node);
        }
        let type_args = match node.field("function") {
            Some(function) if function.kind() == "generic_function" => {
                self.type_arguments(function)
            }
            _ => Vec::new(),
        };
        let mut args = Vec::new();
        if let Some(arguments) = node.field("arguments") {
            let mut cursor = arguments.walk();
            for argument in arguments.named_children(&mut cursor) {
                if !is_extra(argument) {
                    let value = self.expr(argument);
                    args.push(Arg { name: None, value });
                }
            }
        }
        self.b.push(
            node,
            ExprKind::Call {
                callee,
                args,
                type_args,
                constructs: false,
            },
        )
    }

    /// `text.push_str(more)`: from here on the text is both.
    fn pushed(&mut self, node: Node, call: ExprId) {
        let ExprKind::Call { callee, args, .. } = &self.b.expr(call).kind else {
            return;
        };
        let ExprKind::Member { object, name, .. } = &self.b.expr(*callee).kind else {
            return;
        };
        let ([more], "push_str") = (args.as_slice(), name.as_str()) else {
            return;
        };
        let (text, more) = (*object, more.value);
        if let ExprKind::Name(name) = self.b.expr(text).kind.clone() {
            let both = self.b.push(node, ExprKind::Concat(vec![text, more]));
            let mut at = self.b.span(node);
            at.start = at.end;
            self.b.assign(&name, both, at);
        }
    }

    /// `a.b`. A number after anything but `self` takes a tuple apart; after
    /// `self` it is a field of the tuple struct.
    fn member(&mut self, node: Node, object: ExprId) -> ExprId {
        let Some(field) = node.field("field") else {
            return object;
        };
        let name = self.name(field);
        let of_self = self.b.expr(object).kind == ExprKind::This;
        if self.b.role(field) == Role::Number && !of_self {
            let index = self.b.push(field, ExprKind::Number(name));
            return self.b.push(node, ExprKind::Index { object, index });
        }
        let at = self.b.span(field);
        self.b.push(node, ExprKind::Member { object, name, at })
    }

    /// Whether a call only holds its argument.
    fn held<'t>(&self, call: Node<'t>) -> Option<Held<'t>> {
        let function = call.field("function")?;
        let path = match self.b.role(function) {
            Role::Name | Role::Path => self.b.text(function),
            _ => return None,
        };
        let arguments = call.field("arguments")?;
        let mut cursor = arguments.walk();
        let mut values = arguments
            .named_children(&mut cursor)
            .filter(|child| !is_extra(*child));
        let (Some(value), None) = (values.next(), values.next()) else {
            return None;
        };
        let is = |known: &str| {
            path.strip_suffix(known)
                .is_some_and(|before| before.is_empty() || before.ends_with("::"))
        };
        if matches!(path, "Some" | "Ok") || HOLDERS.iter().any(|known| is(known)) {
            Some(Held::Value(value))
        } else if LAZY.iter().any(|known| is(known)) {
            Some(Held::Lazy(value))
        } else {
            None
        }
    }

    /// What a chain starts with.
    fn start(&mut self, node: Node) -> Option<ExprId> {
        match self.b.role(node) {
            Role::Name => Some(self.identifier(node)),
            Role::Path => Some(self.path(node)),
            Role::This => Some(self.b.push(node, ExprKind::This)),
            Role::Text | Role::Number | Role::True => Some(self.literal(node)),
            Role::Generic => Some(self.ty(node)),
            Role::Object => Some(self.struct_literal(node)),
            Role::List => Some(self.list(node)),
            Role::Lambda => Some(self.lambda(node)),
            Role::Call => Some(self.lazy(node)),
            Role::Macro => self.macro_call(node),
            Role::Binary => Some(self.binary(node)),
            Role::Conditional => self.conditional(node),
            Role::Match => Some(self.match_expression(node)),
            Role::Block => self.block(node),
            Role::Loop => self.for_loop(node),
            Role::Let => self.condition(node),
            Role::Assignment => self.assignment(node),
            Role::Augmented => self.augmented(node),
            Role::Return => self.return_expression(node),
            Role::Skip | Role::Attribute => None,
            Role::Transparent => Some(self.unary(node)),
            _ if self.is_item(node) => {
                self.statement(node, &super::Lead::default());
                None
            }
            _ => self.other(node),
        }
    }

    /// `-x`, `!x`: only the operand is looked into, unless it is a number.
    fn unary(&mut self, node: Node) -> ExprId {
        let operand = first_child(node);
        if operand.is_some_and(|operand| self.b.role(operand) == Role::Number) {
            let text = SmolStr::new(self.b.text(node));
            return self.b.push(node, ExprKind::Number(text));
        }
        if let Some(operand) = operand {
            self.value(operand);
        }
        self.b.unknown(node)
    }

    fn other(&mut self, node: Node) -> Option<ExprId> {
        match node.kind() {
            "while_expression" => self.while_loop(node),
            "loop_expression" => self.endless_loop(node),
            "break_expression" => self.break_with(node),
            "expression_statement" => {
                let inner = first_child(node)?;
                self.value(inner)
            }
            _ => {
                self.statements(node);
                None
            }
        }
    }

    /// `Foo { a: x, b, ..rest }`
    fn struct_literal(&mut self, node: Node) -> ExprId {
        let name = node.field("name");
        let ty = name.map(|name| self.ty(name));
        let of = name.map_or("", |name| self.b.text(name));
        let mut entries = Vec::new();
        if let Some(body) = node.field("body") {
            let mut cursor = body.walk();
            for child in body.named_children(&mut cursor) {
                if let Some(entry) = self.struct_entry(child) {
                    self.assign_literal_field(of, &entry);
                    entries.push(entry);
                }
            }
        }
        self.b.push(node, ExprKind::Object { ty, entries })
    }

    fn struct_entry(&mut self, node: Node) -> Option<Entry> {
        let span = self.b.span(node);
        let (key, value) = match node.kind() {
            "field_initializer" => {
                let name = self.name(node.field("field")?);
                let value = self.expr(node.field("value")?);
                (Key::Name(name), value)
            }
            "shorthand_field_initializer" => {
                let name = first_child(node)?;
                (Key::Name(self.name(name)), self.expr(name))
            }
            "base_field_initializer" => {
                let value = self.expr(first_child(node)?);
                (Key::Spread, value)
            }
            _ => return None,
        };
        Some(Entry { key, value, span })
    }

    /// A struct literal says what the fields of its struct hold.
    fn assign_literal_field(&mut self, ty: &str, entry: &Entry) {
        let Key::Name(field) = &entry.key else {
            return;
        };
        if ty == "Self" {
            if let Some(class) = self.b.current_class() {
                self.b.assign_field(class, field, entry.value, entry.span);
            }
            return;
        }
        let plain = ty.split("::<").next().unwrap_or("");
        self.literals.push(LiteralField {
            ty: SmolStr::new(plain),
            field: field.clone(),
            value: entry.value,
            span: entry.span,
        });
    }

    fn list(&mut self, node: Node) -> ExprId {
        let length = node.field("length");
        let mut items = Vec::new();
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            if is_extra(child) {
                continue;
            }
            let value = self.expr(child);
            if Some(child) != length {
                items.push(value);
            }
        }
        self.b.push(node, ExprKind::List(items))
    }

    fn lambda(&mut self, node: Node) -> ExprId {
        let function = self.b.open_function(node, "", FunctionKind::Lambda);
        if let Some(parameters) = node.field("parameters") {
            self.parameters(parameters, function);
        }
        let return_type = node.field("return_type").map(|t| self.ty(t));
        self.b.function_mut(function).return_type = return_type;
        if let Some(body) = node.field("body")
            && let Some(value) = self.value(body)
        {
            self.b.returns(value);
        }
        self.b.close_function();
        self.b.push(node, ExprKind::Function(function))
    }

    /// `LazyLock::new(f)`: what the function returns.
    fn lazy(&mut self, node: Node) -> ExprId {
        let Some(Held::Lazy(argument)) = self.held(node) else {
            return self.b.unknown(node);
        };
        let function = self.expr(argument);
        let ExprKind::Function(id) = self.b.expr(function).kind else {
            return self.b.call(node, function, Vec::new());
        };
        let returns = self.b.function_mut(id).returns.clone();
        match returns.as_slice() {
            [] => self.b.unknown(node),
            [value] => *value,
            _ => self.b.push(node, ExprKind::Either(returns)),
        }
    }

    /// `a + b + c` is one concatenation; of other operators only the operands
    /// are looked into. Chains are followed in a loop, see [`Self::chain`].
    fn binary(&mut self, node: Node) -> ExprId {
        let mut steps = Vec::new();
        let mut start = node;
        while self.b.role(start) == Role::Binary {
            steps.push(start);
            match start.field("left") {
                Some(left) => start = left,
                None => break,
            }
        }
        let concatenates = steps
            .iter()
            .all(|step| self.b.field_text(*step, "operator") == "+");
        let mut parts = vec![self.expr(start)];
        for step in steps.into_iter().rev() {
            let Some(right) = step.field("right") else {
                continue;
            };
            let right = self.expr(right);
            // What is compared is the left operand only if nothing is before it.
            if let ("==", [left]) = (self.b.field_text(step, "operator"), parts.as_slice()) {
                let (left, at) = (*left, self.b.span(step));
                self.b.compare(left, right, at);
            }
            parts.push(right);
        }
        if concatenates {
            self.b.push(node, ExprKind::Concat(parts))
        } else {
            self.b.unknown(node)
        }
    }
}
