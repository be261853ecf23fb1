//! What the node kinds of a grammar mean: the table a `queries/<language>.scm` gives.
//!
//! A query file lists node kinds with the role each plays, one pattern a line:
//! `(call_expression) @call`. Roles are looked up once a node, so the patterns
//! become a table indexed by kind instead of being run over every tree. The
//! files stay valid tree-sitter queries; a test compiles them as such.

use tree_sitter::{Language, Node};

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident = $capture:literal,)*) => {
        /// The role of a syntax node, named by a capture in the language's query.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Role {
            /// The query says nothing: its children are looked into.
            Other,
            $($(#[$doc])* $name,)*
        }

        impl Role {
            fn from_capture(capture: &str) -> Option<Self> {
                match capture {
                    $($capture => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

roles! {
    /// A call of a function or method.
    Call = "call",
    /// Construction of an object with its own syntax (`new X()`).
    New = "new",
    /// A macro call.
    Macro = "macro",
    /// `a.b`
    Member = "member",
    /// `a[b]`
    Index = "index",
    /// A name.
    Name = "name",
    /// A qualified name (`a::b`, `a.b` in a type).
    Path = "path",
    /// A string without holes.
    Text = "text",
    /// A string with holes.
    Template = "template",
    Number = "number",
    True = "true",
    False = "false",
    Null = "null",
    This = "this",
    Super = "super",
    /// Object, dict or struct literal.
    Object = "object",
    /// List, tuple, set, array.
    List = "list",
    /// A function declaration.
    Function = "function",
    /// A function with a receiver.
    Method = "method",
    /// A function without a name, used as a value.
    Lambda = "lambda",
    Class = "class",
    Interface = "interface",
    Struct = "struct",
    Enum = "enum",
    /// `impl`, partial class.
    Extension = "extension",
    /// A type alias.
    Alias = "alias",
    /// A field of a class.
    Field = "field",
    Import = "import",
    Export = "export",
    /// A declaration of variables.
    Declaration = "declaration",
    Assignment = "assignment",
    /// `x += y`
    Augmented = "augmented",
    Return = "return",
    /// `a ? b : c`
    Conditional = "conditional",
    /// `a + b`, `a ?? b`, `a or b`
    Binary = "binary",
    /// Parentheses, `await`, casts, references: the value is that of the operand.
    Transparent = "transparent",
    Spread = "spread",
    /// A declaration with decorators around it.
    Decorated = "decorated",
    /// A loop over the elements of a value.
    Loop = "loop",
    /// A block with a scope of its own.
    Block = "block",
    /// `switch`, `match`.
    Match = "match",
    /// `with x as y`, `using`.
    With = "with",
    Yield = "yield",
    /// A comprehension.
    Comprehension = "comprehension",
    /// `if let`, `while let`: binds a pattern.
    Let = "let",
    /// A nested module.
    Module = "module",
    /// A type with type arguments.
    Generic = "generic",
    /// An attribute that belongs to the next sibling.
    Attribute = "attribute",
    /// Never looked into.
    Skip = "skip",
}

/// Role of each node kind of one grammar.
#[derive(Debug)]
pub struct Roles {
    by_kind: Vec<Role>,
}

impl Roles {
    /// Reads a query file. Lines that are not `(kind) @role` patterns are errors:
    /// the files are part of the program, and a test loads every one of them.
    ///
    /// # Errors
    /// A line that is no pattern, a kind the grammar does not have, a role that does not exist.
    pub fn parse(query: &str, grammar: &Language) -> Result<Self, String> {
        let mut by_kind = vec![Role::Other; grammar.node_kind_count()];
        for (number, line) in query.lines().enumerate() {
            let line = line.split(';').next().unwrap_or("").trim();
            if line.is_empty() {
                continue;
            }
            let fail = |what: &str| format!("line {}: {what}: {line}", number + 1);
            let (kind, role) = line
                .strip_prefix('(')
                .and_then(|rest| rest.split_once(") @"))
                .ok_or_else(|| fail("not a `(kind) @role` pattern"))?;
            let role = Role::from_capture(role).ok_or_else(|| fail("no such role"))?;
            let mut known = false;
            // A grammar can have several symbols of one name (aliases).
            for (id, slot) in by_kind.iter_mut().enumerate() {
                let id = id as u16;
                if grammar.node_kind_is_named(id) && grammar.node_kind_for_id(id) == Some(kind) {
                    *slot = role;
                    known = true;
                }
            }
            if !known {
                return Err(fail("the grammar has no such node kind"));
            }
        }
        Ok(Self { by_kind })
    }

    /// The role of a node.
    #[must_use]
    pub fn of(&self, node: Node) -> Role {
        self.by_kind
            .get(node.kind_id() as usize)
            .copied()
            .unwrap_or(Role::Other)
    }
}
