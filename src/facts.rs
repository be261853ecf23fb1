//! Language-neutral facts of one source file.
//!
//! A file is lowered to a small program: expressions in an arena, scopes that
//! bind names to expressions, functions, classes and imports. Whatever a
//! language spells differently (`new`, decorators, `with`, struct literals,
//! destructuring) is one shape here, so that resolution and matching are
//! written once.
//!
//! Nothing in this module knows a language, a library or another file.

use rustc_hash::FxHashMap;
pub use smol_str::SmolStr;

/// Index of an [`Expr`] in [`Facts::exprs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub u32);
/// Index of a [`Scope`] in [`Facts::scopes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub u32);
/// Index of a [`Function`] in [`Facts::functions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub u32);
/// Index of a [`Class`] in [`Facts::classes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassId(pub u32);
/// Index of an [`Import`] in [`Facts::imports`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImportId(pub u32);

/// Where something stands in its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Byte offset of the first byte.
    pub start: u32,
    /// Byte offset behind the last byte.
    pub end: u32,
    /// 1-based line of the first byte.
    pub line: u32,
    /// 1-based column (in bytes) of the first byte.
    pub column: u32,
    /// 1-based line of the last byte.
    pub end_line: u32,
}

/// An expression, with the scope its names are looked up in.
#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
    pub scope: ScopeId,
}

/// What an expression is, in every language.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A string literal, unescaped, without quotes.
    Text(SmolStr),
    /// A number as written.
    Number(SmolStr),
    Bool(bool),
    Null,
    /// Concatenation, template string, f-string, `format!`: the pieces in order.
    Concat(Vec<ExprId>),
    /// A name to be looked up from the expression's scope outwards.
    Name(SmolStr),
    /// `this`, `self`.
    This,
    /// `super`, `super()`.
    Super,
    /// `object.name`, `object::name`, `object?.name`.
    Member {
        object: ExprId,
        name: SmolStr,
        /// Where the member's name stands; calls are reported there.
        at: Span,
    },
    /// `object[index]`.
    Index {
        object: ExprId,
        index: ExprId,
    },
    /// A call, a construction, an annotation with arguments. Operators that
    /// hand something over (`channel <- message`, `event += handler`) are calls
    /// of a member named like the operator.
    Call {
        callee: ExprId,
        args: Vec<Arg>,
        /// `f<T>()`, `f::<T>()`.
        type_args: Vec<ExprId>,
        /// `new X()`; in languages without `new`, false.
        constructs: bool,
    },
    /// Object literal, dict literal, struct literal (then with its type).
    Object {
        ty: Option<ExprId>,
        entries: Vec<Entry>,
    },
    /// List, tuple, set, slice, array literal.
    List(Vec<ExprId>),
    /// Lambda, or the value a function declaration binds its name to.
    Function(FunctionId),
    /// Class expression, or the value a class declaration binds its name to.
    Class(ClassId),
    /// One of several: `a ?? b`, `a or b`, `c ? a : b`, values assigned in branches.
    Either(Vec<ExprId>),
    /// `match`/`switch` used as a value.
    Match {
        subject: ExprId,
        arms: Vec<Arm>,
    },
    /// Any one element of an iterated value: the variable of a loop over it.
    Element(ExprId),
    /// One of several values an expression gives at once: a result of a call, the
    /// key or the value of an [`ExprKind::Element`].
    Part {
        of: ExprId,
        index: u32,
    },
    /// The value of a parameter.
    Param {
        function: FunctionId,
        index: u32,
    },
    /// What an import binds.
    Import(ImportId),
    /// A type applied to type arguments: `Repository<User>`, `list[int]`.
    Generic {
        base: ExprId,
        args: Vec<ExprId>,
    },
    /// `(Order) x`, `x as Order`: what something is said to be that the value
    /// itself does not tell.
    Cast {
        value: ExprId,
        ty: ExprId,
    },
    /// `...x` / `*x` inside a list or argument list.
    Spread(ExprId),
    /// Something no name or receiver can come from; the text as written, shortened.
    Unknown(SmolStr),
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    /// Keyword (`topic=…`), if written.
    pub name: Option<SmolStr>,
    pub value: ExprId,
}

/// An entry of an object literal.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: Key,
    pub value: ExprId,
    pub span: Span,
}

/// The key of an [`Entry`].
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// A plain name or string.
    Name(SmolStr),
    /// `[expr]: …`, or any key of a dict that is not a string literal.
    Computed(ExprId),
    /// `...rest`, `**rest`, `..base`: all entries of the value.
    Spread,
}

/// One arm of a [`ExprKind::Match`].
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// Values that select the arm; empty for the default arm.
    pub patterns: Vec<ExprId>,
    pub value: ExprId,
}

/// What a name is bound to, and where.
#[derive(Clone, Debug)]
pub struct Binding {
    pub value: ExprId,
    /// Declared type, if written.
    pub ty: Option<ExprId>,
    /// Byte offset of the binding: a use sees the nearest one before it.
    pub at: u32,
    /// A declaration (`const`, `let`, `def`, first assignment), not a reassignment.
    pub declares: bool,
    /// Whether anything is assigned here (`let x: T;` binds a type and no value).
    pub assigns: bool,
    /// The innermost statement around it whose parts need not all run (`if`,
    /// loops, `switch`), by number; 0 if there is none.
    pub branch: u32,
}

/// What opens a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    Module,
    /// Its names are visible in the class body only, not in its methods.
    Class(ClassId),
    Function(FunctionId),
    Block,
}

/// A scope: names and what they are bound to.
#[derive(Clone, Debug)]
pub struct Scope {
    pub parent: Option<ScopeId>,
    pub kind: ScopeKind,
    pub names: FxHashMap<SmolStr, Vec<Binding>>,
    /// What an expression is known to be inside: the subject of a `switch` in
    /// one of its cases.
    pub narrowed: Option<Narrowing>,
}

/// An expression and the values it can have in a scope.
#[derive(Clone, Debug)]
pub struct Narrowing {
    pub subject: ExprId,
    pub values: Vec<ExprId>,
}

/// An expression compared with a value it can have: `x === "a"`, a label of a
/// `switch`, a pattern of a `match`.
#[derive(Clone, Debug)]
pub struct Comparison {
    pub subject: ExprId,
    pub value: ExprId,
    /// Where the comparison, the label or the pattern stands.
    pub at: Span,
}

/// What of a module an import takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    /// The module itself: `import x`, `import * as x`, `require("x")`.
    Module,
    /// `import x from "m"`.
    Default,
    /// `import { x }`, `from m import x`, `use m::x`.
    Named(SmolStr),
    /// Every name: `from m import *`, `use m::*`, `export * from "m"`.
    All,
}

/// An import; the module is spelled as in the source.
#[derive(Clone, Debug)]
pub struct Import {
    pub module: SmolStr,
    pub what: Imported,
    pub span: Span,
}

/// A name a module offers besides the bindings of its module scope.
#[derive(Clone, Debug)]
pub struct Export {
    /// `default` for a default export.
    pub name: SmolStr,
    pub value: ExprId,
}

/// What a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    Function,
    Method,
    Constructor,
    /// Read like a field: `get x()`, `@property`.
    Getter,
    Lambda,
}

/// A function, method or lambda.
#[derive(Clone, Debug)]
pub struct Function {
    /// Empty for a lambda that is not bound to a name.
    pub name: SmolStr,
    pub kind: FunctionKind,
    pub is_static: bool,
    /// Called as a method of its first parameter: `static void F(this T x)`.
    pub extends: bool,
    /// Without the receiver (`self`, `cls`).
    pub params: Vec<Param>,
    /// Every expression it returns, tail expressions included.
    pub returns: Vec<ExprId>,
    pub return_type: Option<ExprId>,
    pub type_params: Vec<SmolStr>,
    /// Decorators, annotations, attributes: a name or a call.
    pub decorators: Vec<ExprId>,
    /// Its own scope (parameters and locals).
    pub scope: ScopeId,
    /// The class it is a member of.
    pub class: Option<ClassId>,
    /// The function it is written in.
    pub outer: Option<FunctionId>,
    /// The whole declaration, decorators included.
    pub span: Span,
    /// First sentence of its documentation.
    pub doc: Option<SmolStr>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Empty if destructured (then its parts are bound in the function's scope).
    pub name: SmolStr,
    pub ty: Option<ExprId>,
    pub default: Option<ExprId>,
    pub decorators: Vec<ExprId>,
    /// Takes all remaining arguments.
    pub rest: bool,
}

/// What kind of type a [`Class`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassKind {
    Class,
    Interface,
    Struct,
    /// Its variants are static fields.
    Enum,
    /// Members for a type declared elsewhere (`impl X`, partial class); see [`Class::target`].
    Extension,
    /// `type A = …`; the aliased type is the only base.
    Alias,
}

/// A class, interface, struct, enum, trait, type alias.
#[derive(Clone, Debug)]
pub struct Class {
    pub name: SmolStr,
    pub kind: ClassKind,
    pub is_abstract: bool,
    /// Superclass first, then interfaces and traits, as type expressions.
    pub bases: Vec<ExprId>,
    /// The type an [`ClassKind::Extension`] adds to.
    pub target: Option<ExprId>,
    pub type_params: Vec<SmolStr>,
    pub decorators: Vec<ExprId>,
    pub fields: Vec<Field>,
    pub methods: Vec<FunctionId>,
    pub scope: ScopeId,
    pub span: Span,
    /// First sentence of its documentation.
    pub doc: Option<SmolStr>,
}

/// A field, property, enum variant, or attribute assigned in a method.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: SmolStr,
    pub ty: Option<ExprId>,
    /// Everything assigned to it: initialiser, `this.x = …`, constructor parameter.
    pub values: Vec<ExprId>,
    pub is_static: bool,
    pub optional: bool,
    /// Name on the wire, where an attribute says so (`serde(rename)`).
    pub wire_name: Option<SmolStr>,
    pub decorators: Vec<ExprId>,
    /// Written in the class body (not only assigned in a method).
    pub declared: bool,
    pub span: Span,
}

/// The facts of one file.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub exprs: Vec<Expr>,
    /// Parent expression of each expression; parallel to `exprs`.
    pub parents: Vec<Option<ExprId>>,
    pub scopes: Vec<Scope>,
    /// The expression whose value a function is; parallel to `functions`.
    pub function_values: Vec<Option<ExprId>>,
    pub functions: Vec<Function>,
    pub classes: Vec<Class>,
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    /// Imports of everything: `from m import *`, `use m::*`, `export * from`.
    pub globs: Vec<ImportId>,
    /// Every call, in source order.
    pub calls: Vec<ExprId>,
    /// Every comparison that leads to code about the value, in source order.
    pub comparisons: Vec<Comparison>,
    /// Those [`ExprKind::Either`] whose later options only count where the earlier
    /// ones are missing: `a ?? b`, defaults. In the order of their numbers.
    pub fallbacks: Vec<ExprId>,
    /// Lines the parser could not make sense of (1-based), at most a few.
    pub errors: Vec<u32>,
    /// Those [`ExprKind::Either`] that are types of which a value is all at once:
    /// `A & B`. In the order of their numbers.
    pub intersections: Vec<ExprId>,
    /// Whether any scope narrows anything: most files have none.
    pub narrows: bool,
    /// Byte ranges that are test code inside a production file (`#[cfg(test)]`).
    pub test_ranges: Vec<(u32, u32)>,
}

impl Facts {
    #[must_use]
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }
    #[must_use]
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }
    #[must_use]
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions[id.0 as usize]
    }
    #[must_use]
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.0 as usize]
    }
    #[must_use]
    pub fn import(&self, id: ImportId) -> &Import {
        &self.imports[id.0 as usize]
    }
    /// Whether later options of an `Either` only count where earlier ones are missing.
    #[must_use]
    pub fn is_fallback(&self, id: ExprId) -> bool {
        self.fallbacks.binary_search(&id).is_ok()
    }

    /// Whether an `Either` is a type of which a value is all options at once.
    #[must_use]
    pub fn is_intersection(&self, id: ExprId) -> bool {
        self.intersections.binary_search(&id).is_ok()
    }

    #[must_use]
    pub fn parent(&self, id: ExprId) -> Option<ExprId> {
        self.parents[id.0 as usize]
    }

    /// The object whose entries are set right behind the construction of what
    /// holds them: `new X(a) { B = c }`.
    #[must_use]
    pub fn initialised(&self, construction: ExprId) -> Option<ExprId> {
        if !matches!(self.expr(construction).kind, ExprKind::Call { .. }) {
            return None;
        }
        let parent = self.parent(construction)?;
        match self.expr(parent).kind {
            ExprKind::Object { ty: Some(ty), .. } if ty == construction => Some(parent),
            _ => None,
        }
    }

    /// The innermost function around a scope.
    #[must_use]
    pub fn function_of_scope(&self, mut scope: ScopeId) -> Option<FunctionId> {
        loop {
            let s = self.scope(scope);
            if let ScopeKind::Function(f) = s.kind {
                return Some(f);
            }
            scope = s.parent?;
        }
    }

    /// The innermost class around a scope.
    #[must_use]
    pub fn class_of_scope(&self, mut scope: ScopeId) -> Option<ClassId> {
        loop {
            let s = self.scope(scope);
            match s.kind {
                ScopeKind::Class(c) => return Some(c),
                ScopeKind::Function(f) => {
                    if let Some(c) = self.function(f).class {
                        return Some(c);
                    }
                }
                _ => {}
            }
            scope = s.parent?;
        }
    }

    /// Whether an expression is the receiver of the method it stands in: `this`,
    /// or the name a language gives it.
    #[must_use]
    pub fn is_this(&self, id: ExprId) -> bool {
        let name = match &self.expr(id).kind {
            ExprKind::This => return true,
            ExprKind::Name(name) => name,
            _ => return false,
        };
        let mut scope = Some(self.expr(id).scope);
        while let Some(s) = scope.map(|s| self.scope(s)) {
            if let Some(binding) = s.names.get(name).and_then(|all| all.first()) {
                return matches!(self.expr(binding.value).kind, ExprKind::This);
            }
            scope = s.parent;
        }
        false
    }

    /// Whether two names or members are spelled alike.
    #[must_use]
    pub fn is_same(&self, a: ExprId, b: ExprId) -> bool {
        match (&self.expr(a).kind, &self.expr(b).kind) {
            (ExprKind::Name(x), ExprKind::Name(y)) => x == y,
            (ExprKind::This, ExprKind::This) => true,
            (
                ExprKind::Member {
                    object: x, name: n, ..
                },
                ExprKind::Member {
                    object: y, name: m, ..
                },
            ) => n == m && self.is_same(*x, *y),
            _ => false,
        }
    }

    /// An expression as a reader would write it, shortened; for holes and evidence.
    #[must_use]
    pub fn render(&self, id: ExprId) -> String {
        let mut out = String::new();
        self.render_into(id, &mut out, 0);
        out
    }

    fn render_into(&self, id: ExprId, out: &mut String, depth: u8) {
        if depth > 6 || out.len() > 120 {
            out.push('…');
            return;
        }
        let next = depth + 1;
        match &self.expr(id).kind {
            ExprKind::Text(t) => {
                out.push('"');
                out.push_str(t);
                out.push('"');
            }
            ExprKind::Number(n) | ExprKind::Name(n) => out.push_str(n),
            ExprKind::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            ExprKind::Null => out.push_str("null"),
            ExprKind::This => out.push_str("this"),
            ExprKind::Super => out.push_str("super"),
            ExprKind::Concat(parts) => {
                for (i, part) in parts.iter().enumerate() {
                    if i > 0 {
                        out.push_str(" + ");
                    }
                    self.render_into(*part, out, next);
                }
            }
            ExprKind::Member { object, name, .. } => {
                self.render_into(*object, out, next);
                out.push('.');
                out.push_str(name);
            }
            ExprKind::Index { object, index } => {
                self.render_into(*object, out, next);
                out.push('[');
                self.render_into(*index, out, next);
                out.push(']');
            }
            ExprKind::Call { callee, .. } => {
                self.render_into(*callee, out, next);
                out.push_str("()");
            }
            ExprKind::Generic { base, .. } => self.render_into(*base, out, next),
            ExprKind::Spread(inner)
            | ExprKind::Cast { value: inner, .. }
            | ExprKind::Element(inner)
            | ExprKind::Part { of: inner, .. } => {
                self.render_into(*inner, out, next);
            }
            ExprKind::Param { function, index } => {
                let name = self
                    .function(*function)
                    .params
                    .get(*index as usize)
                    .map_or("", |p| p.name.as_str());
                out.push_str(if name.is_empty() { "argument" } else { name });
            }
            ExprKind::Import(i) => match &self.import(*i).what {
                Imported::Named(n) => out.push_str(n),
                _ => out.push_str(&self.import(*i).module),
            },
            ExprKind::Class(c) => out.push_str(&self.class(*c).name),
            ExprKind::Function(f) => {
                let name = &self.function(*f).name;
                out.push_str(if name.is_empty() { "function" } else { name });
            }
            ExprKind::Either(options) => {
                for (i, option) in options.iter().enumerate() {
                    if i > 0 {
                        out.push_str(" | ");
                    }
                    self.render_into(*option, out, next);
                }
            }
            ExprKind::Match { subject, .. } => self.render_into(*subject, out, next),
            ExprKind::Object { .. } => out.push_str("{…}"),
            ExprKind::List(_) => out.push_str("[…]"),
            ExprKind::Unknown(text) => out.push_str(text),
        }
    }
}
