//! Bare names: locals, or members of one of the classes around them.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use tree_sitter::Node;

use crate::facts::{ClassId, ExprId, ExprKind, ScopeId, ScopeKind};
use crate::language::Builder;

/// What the body of a class declares under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// Reached through an instance.
    Instance,
    /// Reached through the class: statics, nested classes, type parameters.
    Static,
}

/// The classes around the code being lowered, innermost last.
#[derive(Default)]
pub struct Enclosing {
    open: Vec<Open>,
}

struct Open {
    id: ClassId,
    members: FxHashMap<SmolStr, Member>,
}

/// What a bare name turns out to be.
enum Meaning {
    /// A local, an import, a class of the file, or something elsewhere.
    Name,
    Member {
        class: ClassId,
        kind: Member,
        /// Where `this` is an instance of that class.
        scope: ScopeId,
    },
}

impl Enclosing {
    pub fn open(&mut self, id: ClassId, members: FxHashMap<SmolStr, Member>) {
        self.open.push(Open { id, members });
    }

    pub fn close(&mut self) {
        self.open.pop();
    }

    /// Adds what was found out to be a member while the class was lowered.
    pub fn add(&mut self, name: &str, kind: Member) {
        if let Some(open) = self.open.last_mut() {
            open.members.entry(SmolStr::new(name)).or_insert(kind);
        }
    }

    /// A bare name as an expression.
    pub fn resolve(&self, b: &mut Builder, node: Node, name: &str) -> ExprId {
        let Meaning::Member { class, kind, scope } = self.meaning(b, name) else {
            return b.push(node, ExprKind::Name(SmolStr::new(name)));
        };
        let object = match kind {
            Member::Instance => this_at(b, node, scope),
            Member::Static => self.class(b, node, class),
        };
        b.member(node, object, name)
    }

    /// The class of which a bare name is a member, if it is one.
    pub fn class_with(&self, b: &Builder, name: &str) -> Option<ClassId> {
        match self.meaning(b, name) {
            Meaning::Member { class, .. } => Some(class),
            Meaning::Name => None,
        }
    }

    /// Whether a name stands for something local or imported.
    pub fn is_bound(&self, b: &Builder, name: &str) -> bool {
        b.lookup(name).is_some() || self.class_with(b, name).is_some()
    }

    fn meaning(&self, b: &Builder, name: &str) -> Meaning {
        let mut this = b.scope();
        let mut next = Some(b.scope());
        while let Some(id) = next {
            let scope = b.facts().scope(id);
            if let ScopeKind::Class(class) = scope.kind {
                let open = self.open.iter().find(|o| o.id == class);
                if let Some(kind) = open.and_then(|o| o.members.get(name)) {
                    return Meaning::Member {
                        class,
                        kind: *kind,
                        scope: this,
                    };
                }
                this = scope.parent.unwrap_or(this);
            } else if scope.names.contains_key(name) {
                return Meaning::Name;
            }
            next = scope.parent;
        }
        Meaning::Name
    }

    /// An expression for a class around the code; nested ones through theirs.
    fn class(&self, b: &mut Builder, node: Node, class: ClassId) -> ExprId {
        let name = b.class(class).name.clone();
        let outer = self
            .open
            .iter()
            .rev()
            .skip_while(|o| o.id != class)
            .nth(1)
            .filter(|o| o.members.get(&name) == Some(&Member::Static))
            .map(|o| o.id);
        match outer {
            Some(outer) if !name.is_empty() => {
                let object = b
                    .deeper(|b| self.class(b, node, outer))
                    .unwrap_or_else(|| b.unknown(node));
                b.member(node, object, &name)
            }
            _ if name.is_empty() => b.push(node, ExprKind::This),
            _ => b.push(node, ExprKind::Name(name)),
        }
    }
}

/// `this` of a class further out.
fn this_at(b: &mut Builder, node: Node, scope: ScopeId) -> ExprId {
    let this = b.push(node, ExprKind::This);
    b.expr_mut(this).scope = scope;
    this
}

/// Splits `com.acme.Outer.Inner` into package and the names behind it: packages
/// are lower case by convention, classes begin with a capital letter and have
/// a lower one somewhere. `None` for what has no package.
pub fn qualified(text: &str) -> Option<(&str, &str)> {
    let mut start = 0;
    for (i, part) in text.split('.').enumerate() {
        let is_class = part.starts_with(char::is_uppercase);
        if is_class {
            let looks_like_one = part.len() == 1 || part.chars().any(char::is_lowercase);
            // One segment before it may as well be a variable.
            return (i > 1 && looks_like_one)
                .then(|| (text[..start - 1].trim_end_matches('.'), &text[start..]));
        }
        start += part.len() + 1;
    }
    None
}
