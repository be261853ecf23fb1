//! What an expression evaluates to.

use std::sync::Arc;

use smol_str::SmolStr;

use super::{FileId, SettingsId, builtins};
use crate::facts::{ClassId, ExprId, FunctionId, Span};
use crate::infra::tree::NodeId;

/// An expression in its file, under the calls that lead into it.
#[derive(Clone, Debug)]
pub struct At {
    pub file: FileId,
    pub expr: ExprId,
    pub env: Env,
}

/// A function of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionRef {
    pub file: FileId,
    pub function: FunctionId,
}

/// A class of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassRef {
    pub file: FileId,
    pub class: ClassId,
}

/// The calls an evaluation has gone into, innermost first: what parameters
/// and `this` are bound to.
pub type Env = Option<Arc<Frame>>;

/// One call.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The function that runs.
    pub function: FunctionRef,
    /// The call, in the environment of the caller. `None` when only `this` is known.
    pub call: Option<At>,
    /// What `this` is in the function.
    pub this: Option<Value>,
    /// What the parameters are, where no call says.
    pub given: Option<Arc<[Vec<Found>]>>,
    /// What is bound around the function (a closure's makers).
    pub outer: Env,
    /// A call that takes something from a plain channel, with what was put in.
    pub handed: Option<Handed>,
}

/// What a call gives that takes from a channel inside the program.
#[derive(Clone, Debug)]
pub struct Handed {
    pub taken: (FileId, ExprId),
    /// What was put in, in the environment it was put in.
    pub put: At,
}

/// A value, as far as the source tells.
#[derive(Clone, Debug)]
pub enum Value {
    /// A string, possibly with holes.
    Text(Text),
    Number(SmolStr),
    Bool(bool),
    Null,
    /// An object literal; its entries are evaluated when asked for.
    Object(At),
    /// A list literal.
    List(At),
    /// A list made of known elements: the keys of an object, mapped elements.
    Many(Arc<Vec<Found>>),
    /// A key with its value.
    Pair(Arc<(Vec<Found>, Vec<Found>)>),
    Function {
        function: FunctionRef,
        this: Option<Arc<Value>>,
        env: Env,
    },
    Class(ClassRef),
    /// A value of a class of the project.
    Instance {
        class: ClassRef,
        /// The construction; `None` when only the type is known.
        made: Option<At>,
        /// Type arguments, if written.
        type_args: Option<At>,
    },
    /// A variant of an enum that has no value of its own.
    Variant {
        class: ClassRef,
        name: SmolStr,
    },
    Module(FileId),
    /// A table or list of a settings file.
    Setting(SettingRef),
    /// Something of a library, by its way from the package.
    External(Origin),
    /// A parameter whose callers are not known here, or a part of it.
    Param(ParamRef),
    /// Not known; the text as a reader would write it.
    Unknown(SmolStr),
}

/// A place in a settings file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SettingRef {
    pub file: SettingsId,
    pub node: NodeId,
}

/// What a call says to the function it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// What it is called on.
    This,
    /// The value of this parameter.
    Argument(u32),
    /// The type this type parameter stands for.
    Type(u32),
}

/// A parameter, or the part of it that a path leads to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParamRef {
    pub function: FunctionRef,
    pub slot: Slot,
    pub path: Vec<SmolStr>,
    /// As a reader would write it.
    pub text: SmolStr,
}

impl ParamRef {
    /// The parameter's index, if it is one with a value.
    #[must_use]
    pub fn argument(&self) -> Option<u32> {
        match self.slot {
            Slot::Argument(index) => Some(index),
            _ => None,
        }
    }

    /// Whether it is the name of the class of `this`.
    #[must_use]
    pub fn is_own_class_name(&self) -> bool {
        self.slot == Slot::This
            && matches!(self.path.as_slice(), [class, name]
                if builtins::is_class_of_object(class) && builtins::is_function_name(name))
    }
}

/// A string with holes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text {
    pub pieces: Vec<Piece>,
}

/// A piece of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Piece {
    Plain(SmolStr),
    /// Known only at run time.
    Hole(SmolStr),
    /// An environment variable; what sets it is looked up last, so that a
    /// default in the code wins.
    Variable(SmolStr),
    /// Any one part of what such a variable lists.
    Listed {
        variable: SmolStr,
        separator: SmolStr,
    },
    /// What a function of the language makes of such a variable's text.
    Changed(SmolStr),
    /// A parameter: known where the function is called.
    Param(ParamRef),
}

impl Text {
    #[must_use]
    pub fn plain(text: impl Into<SmolStr>) -> Self {
        Self {
            pieces: vec![Piece::Plain(text.into())],
        }
    }

    #[must_use]
    pub fn hole(text: impl Into<SmolStr>) -> Self {
        Self {
            pieces: vec![Piece::Hole(text.into())],
        }
    }

    /// The text, if it has no holes.
    #[must_use]
    pub fn as_plain(&self) -> Option<SmolStr> {
        match self.pieces.as_slice() {
            [] => Some(SmolStr::default()),
            [Piece::Plain(text)] => Some(text.clone()),
            _ => None,
        }
    }

    /// Appends, joining neighbouring plain pieces.
    pub fn push(&mut self, piece: Piece) {
        if let (Some(Piece::Plain(last)), Piece::Plain(next)) = (self.pieces.last_mut(), &piece) {
            *last = SmolStr::new(format!("{last}{next}"));
            return;
        }
        if piece != Piece::Plain(SmolStr::default()) {
            self.pieces.push(piece);
        }
    }

    pub fn extend(&mut self, other: &Self) {
        for piece in &other.pieces {
            self.push(piece.clone());
        }
    }

    /// The variable that is the whole text.
    #[must_use]
    pub fn as_variable(&self) -> Option<&SmolStr> {
        match self.pieces.as_slice() {
            [
                Piece::Variable(name) | Piece::Changed(name) | Piece::Listed { variable: name, .. },
            ] => Some(name),
            _ => None,
        }
    }

    /// How much of the text is known; a variable counts as one letter.
    #[must_use]
    pub fn known_letters(&self) -> usize {
        let known = self.pieces.iter().map(|piece| match piece {
            Piece::Plain(text) => text.len(),
            Piece::Hole(_) | Piece::Param(_) => 0,
            _ => 1,
        });
        known.sum()
    }

    /// Whether any plain or variable part is known.
    #[must_use]
    pub fn is_partly_known(&self) -> bool {
        self.pieces.is_empty()
            || self
                .pieces
                .iter()
                .any(|p| !matches!(p, Piece::Hole(_) | Piece::Param(_)))
    }

    pub fn params(&self) -> impl Iterator<Item = &ParamRef> {
        self.pieces.iter().filter_map(|p| match p {
            Piece::Param(param) => Some(param),
            _ => None,
        })
    }

    /// Applies a function to every plain piece.
    #[must_use]
    pub fn map_plain(&self, f: impl Fn(&str) -> String) -> Self {
        let mut out = Self::default();
        for piece in &self.pieces {
            out.push(match piece {
                Piece::Plain(text) => Piece::Plain(SmolStr::new(f(text))),
                Piece::Variable(name) => Piece::Changed(name.clone()),
                other => other.clone(),
            });
        }
        out
    }
}

impl std::fmt::Display for Text {
    /// Holes as `{text}`, variables as `${NAME}`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Plain(text) => f.write_str(text)?,
                // Braces inside would end the hole early for whoever reads the name.
                Piece::Hole(text) => write!(f, "{{{}}}", text.replace(['{', '}'], ""))?,
                Piece::Variable(name)
                | Piece::Changed(name)
                | Piece::Listed { variable: name, .. } => {
                    write!(f, "${{{name}}}")?;
                }
                Piece::Param(param) => write!(f, "{{{}}}", param.text)?,
            }
        }
        Ok(())
    }
}

/// How a library value is reached from its package.
#[derive(Clone, Debug)]
pub struct Origin(pub Arc<OriginNode>);

/// The last step of an [`Origin`] and the rest of the way.
#[derive(Clone, Debug)]
pub struct OriginNode {
    pub parent: Option<Origin>,
    pub step: Step,
}

/// One step from a package to a value.
#[derive(Clone, Debug)]
pub enum Step {
    /// A package, as imported.
    Package(SmolStr),
    /// A name nothing in the file or its imports defines.
    Global(SmolStr),
    /// One of the namespaces that the file uses: which of them has the name that
    /// follows nothing in the tree says.
    Used(Arc<[SmolStr]>),
    Member(SmolStr),
    /// The result of a call; `None` when only the type is declared.
    Call(Option<At>),
    /// The parameter of a function passed to the call before: argument, key path inside it, parameter.
    Callback {
        argument: u32,
        path: Vec<SmolStr>,
        param: u32,
    },
    /// An element of it.
    Element,
    /// The thing that carries this decorator.
    Decorated {
        /// The decorator expression.
        decorator: At,
        target: Decorated,
    },
}

/// What a decorator stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decorated {
    Function(FunctionRef),
    Class(ClassRef),
    /// A parameter or field.
    Slot,
}

impl Origin {
    #[must_use]
    pub fn package(name: impl Into<SmolStr>) -> Self {
        Self(Arc::new(OriginNode {
            parent: None,
            step: Step::Package(name.into()),
        }))
    }

    #[must_use]
    pub fn global(name: impl Into<SmolStr>) -> Self {
        Self(Arc::new(OriginNode {
            parent: None,
            step: Step::Global(name.into()),
        }))
    }

    #[must_use]
    pub fn used(namespaces: Arc<[SmolStr]>) -> Self {
        Self(Arc::new(OriginNode {
            parent: None,
            step: Step::Used(namespaces),
        }))
    }

    #[must_use]
    pub fn then(&self, step: Step) -> Self {
        Self(Arc::new(OriginNode {
            parent: Some(self.clone()),
            step,
        }))
    }

    #[must_use]
    pub fn member(&self, name: impl Into<SmolStr>) -> Self {
        self.then(Step::Member(name.into()))
    }

    /// Whether it is a map of the language itself, made with its entries:
    /// `new Map(entries)`, `HashMap::from(entries)`, `dict(entries)`.
    #[must_use]
    pub fn is_map(&self) -> bool {
        let Some(callee) = self.parent() else {
            return false;
        };
        if !matches!(self.step(), Step::Call(Some(_))) {
            return false;
        }
        match (callee.step(), callee.parent().map(Self::step)) {
            (Step::Global(name), None) => matches!(name.as_str(), "Map" | "dict"),
            (Step::Member(from), Some(Step::Member(name) | Step::Global(name))) => {
                matches!(from.as_str(), "from" | "from_iter")
                    && matches!(name.as_str(), "HashMap" | "BTreeMap")
            }
            _ => false,
        }
    }

    /// The step nearest to the value.
    #[must_use]
    pub fn step(&self) -> &Step {
        &self.0.step
    }

    #[must_use]
    pub fn parent(&self) -> Option<&Self> {
        self.0.parent.as_ref()
    }

    /// Where the way begins.
    #[must_use]
    pub fn root(&self) -> &Step {
        let mut node = self;
        while let Some(parent) = node.parent() {
            node = parent;
        }
        node.step()
    }

    /// Number of steps.
    #[must_use]
    pub fn length(&self) -> usize {
        1 + self.parent().map_or(0, Self::length)
    }

    /// The calls on the way, the last one first.
    pub fn calls(&self) -> impl Iterator<Item = &At> {
        std::iter::successors(Some(self), |o| o.parent()).filter_map(|o| match o.step() {
            Step::Call(site) => site.as_ref(),
            Step::Decorated { decorator, .. } => Some(decorator),
            _ => None,
        })
    }
}

/// A value and the hops it was found by.
#[derive(Clone, Debug)]
pub struct Found {
    pub value: Value,
    pub trail: Trail,
}

/// Hops from a use to its value, the last one first.
pub type Trail = Option<Arc<Hop>>;

/// One hop.
#[derive(Clone, Debug)]
pub struct Hop {
    pub text: SmolStr,
    pub spot: Spot,
    pub before: Trail,
}

/// Where a hop stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    Code { file: FileId, span: Span },
    Settings { file: SettingsId, line: u32 },
}

impl Found {
    #[must_use]
    pub fn new(value: Value) -> Self {
        Self { value, trail: None }
    }

    /// The hops in the order they were taken.
    #[must_use]
    pub fn hops(&self) -> Vec<&Hop> {
        let mut hops: Vec<&Hop> =
            std::iter::successors(self.trail.as_deref(), |hop| hop.before.as_deref()).collect();
        hops.reverse();
        hops
    }
}
