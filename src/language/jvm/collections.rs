//! Lists and maps that the platform's own functions make, as literals.

use smol_str::SmolStr;
use tree_sitter::Node;

use crate::facts::{Arg, Entry, ExprId, ExprKind, Key};
use crate::language::Builder;

/// What a function of the platform makes of its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Makes {
    /// A list of them.
    List,
    /// A map of keys and values in turn.
    Map,
    /// A map of `Map.entry(key, value)`.
    Entries,
    /// The first of them.
    Itself,
}

/// What `receiver.name(…)` makes; `None` for functions of others.
pub fn function(receiver: &str, name: &str) -> Option<Makes> {
    Some(match (receiver, name) {
        ("List" | "Set", "of") | ("Arrays", "asList") | ("Stream", "of") => Makes::List,
        ("Collections", "singletonList" | "singleton" | "emptyList" | "emptySet") => Makes::List,
        ("Map", "of") | ("Collections", "singletonMap" | "emptyMap") => Makes::Map,
        ("Map", "ofEntries") => Makes::Entries,
        ("Objects", "requireNonNull" | "requireNonNullElse" | "toString") => Makes::Itself,
        ("Collections", "unmodifiableList" | "unmodifiableMap" | "unmodifiableSet") => {
            Makes::Itself
        }
        ("List" | "Set" | "Map", "copyOf") | ("Arrays", "stream") => Makes::Itself,
        ("Optional", "of" | "ofNullable") | ("CompletableFuture", "completedFuture") => {
            Makes::Itself
        }
        ("String", "valueOf" | "copyValueOf") => Makes::Itself,
        ("Integer" | "Long" | "Boolean" | "Duration", "valueOf") => Makes::Itself,
        _ => return None,
    })
}

/// What `new Name(…)` makes; `None` for classes of others.
pub fn construction(name: &str) -> Option<Makes> {
    Some(match name {
        "HashMap" | "LinkedHashMap" | "TreeMap" | "ConcurrentHashMap" | "EnumMap" | "Hashtable"
        | "Properties" => Makes::Map,
        "ArrayList"
        | "LinkedList"
        | "HashSet"
        | "LinkedHashSet"
        | "TreeSet"
        | "CopyOnWriteArrayList" => Makes::List,
        "String" => Makes::Itself,
        _ => return None,
    })
}

/// The literal for a call of such a function.
pub fn literal(b: &mut Builder, node: Node, makes: Makes, args: &[Arg]) -> Option<ExprKind> {
    let values: Vec<ExprId> = args.iter().map(|a| a.value).collect();
    Some(match makes {
        Makes::List => ExprKind::List(values),
        Makes::Map => {
            let span = b.span(node);
            let entries = values.chunks_exact(2).map(|pair| Entry {
                key: key(b, pair[0]),
                value: pair[1],
                span,
            });
            ExprKind::Object {
                ty: None,
                entries: entries.collect(),
            }
        }
        Makes::Entries => {
            let entries: Vec<Entry> = values.iter().filter_map(|v| entry(b, *v)).collect();
            ExprKind::Object { ty: None, entries }
        }
        Makes::Itself => b.expr(*values.first()?).kind.clone(),
    })
}

/// `Map.entry(key, value)`, `key to value`
pub fn entry(b: &Builder, expr: ExprId) -> Option<Entry> {
    let ExprKind::Call { callee, args, .. } = &b.expr(expr).kind else {
        return None;
    };
    let ExprKind::Member { object, name, .. } = &b.expr(*callee).kind else {
        return None;
    };
    let (first, second) = match (name.as_str(), args.as_slice()) {
        ("entry", [key, value]) => (key.value, value.value),
        ("to", [value]) => (*object, value.value),
        _ => return None,
    };
    Some(Entry {
        key: key(b, first),
        value: second,
        span: b.expr(expr).span,
    })
}

/// A map's key: a text is a name.
pub fn key(b: &Builder, expr: ExprId) -> Key {
    match &b.expr(expr).kind {
        ExprKind::Text(text) => Key::Name(text.clone()),
        _ => Key::Computed(expr),
    }
}

/// A collection made empty: what is put into it later becomes part of it.
pub fn empty(makes: Makes, args: &[Arg]) -> Option<ExprKind> {
    match makes {
        Makes::Map => Some(ExprKind::Object {
            ty: None,
            entries: Vec::new(),
        }),
        Makes::List => Some(ExprKind::List(Vec::new())),
        Makes::Itself if args.len() == 1 => None,
        _ => None,
    }
}

/// `map.put(key, value)`, `list.add(value)`: written into the literal that the
/// map or list was made as.
pub fn put(b: &mut Builder, node: Node, collection: ExprId, method: &str, args: &[Arg]) {
    let span = b.span(node);
    match (method, args) {
        ("put" | "putIfAbsent" | "set" | "setProperty", [first, second]) => {
            let entry = Entry {
                key: key(b, first.value),
                value: second.value,
                span,
            };
            if let ExprKind::Object { entries, .. } = &mut b.expr_mut(collection).kind {
                entries.push(entry);
            }
        }
        ("putAll", [all]) => {
            let entry = Entry {
                key: Key::Spread,
                value: all.value,
                span,
            };
            if let ExprKind::Object { entries, .. } = &mut b.expr_mut(collection).kind {
                entries.push(entry);
            }
        }
        ("add" | "addLast" | "addFirst", [value]) => {
            if let ExprKind::List(values) = &mut b.expr_mut(collection).kind {
                values.push(value.value);
            }
        }
        ("addAll", [all]) => {
            let spread = b.push(node, ExprKind::Spread(all.value));
            if let ExprKind::List(values) = &mut b.expr_mut(collection).kind {
                values.push(spread);
            }
        }
        _ => {}
    }
}

/// Methods that write into a collection.
pub fn writes(method: &str) -> bool {
    matches!(
        method,
        "put"
            | "putIfAbsent"
            | "putAll"
            | "set"
            | "setProperty"
            | "add"
            | "addAll"
            | "addLast"
            | "addFirst"
    )
}

/// The literal behind a receiver: a local's, or a field's of this class.
pub fn behind(b: &Builder, receiver: ExprId) -> Option<ExprId> {
    let is_literal = |id: &ExprId| {
        matches!(
            b.expr(*id).kind,
            ExprKind::Object { ty: None, .. } | ExprKind::List(_)
        )
    };
    match &b.expr(receiver).kind {
        ExprKind::Name(name) => {
            let name: SmolStr = name.clone();
            b.lookup(&name)
                .map(|binding| binding.value)
                .filter(is_literal)
        }
        ExprKind::Member { object, name, .. }
            if matches!(b.expr(*object).kind, ExprKind::This | ExprKind::Name(_)) =>
        {
            let class = b.class(b.current_class()?);
            let own = match &b.expr(*object).kind {
                ExprKind::Name(n) => *n == class.name,
                _ => true,
            };
            let field = class.fields.iter().find(|f| own && f.name == *name)?;
            field.values.iter().copied().find(is_literal)
        }
        _ => None,
    }
}
