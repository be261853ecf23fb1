//! Configuration: settings files, settings that calls are given, dotted keys.

use smol_str::SmolStr;

use super::{Node, On, Site};
use crate::clients::access::{Access, Function};
use crate::facts::ExprKind;
use crate::project::{At, Found, Piece, Target, Text, Value};

impl Site<'_, '_> {
    /// What a function about configuration gives; `None` for any other.
    pub(super) fn configured(&self, function: Function, arguments: &[Access]) -> Option<Vec<Node>> {
        let (first, rest) = arguments.split_first()?;
        Some(match function {
            Function::File => self.files(first),
            Function::Setting => self.settings(arguments),
            Function::At => self.looked_up(self.take(first), rest),
            Function::Default => self.defaulted(first, rest),
            Function::Join => self.joined(first, rest),
            Function::Module => self.modules(first),
            Function::Returned => self
                .take(first)
                .into_iter()
                .flat_map(|n| self.returned(n))
                .collect(),
            Function::Called => self.called(first),
            _ => return None,
        })
    }

    /// The first of the named settings files that there is.
    fn files(&self, path: &Access) -> Vec<Node> {
        let nodes = self.take(path);
        // Something that has been read already.
        if let Some(read) = nodes
            .iter()
            .find(|n| matches!(n.found.value, Value::Setting(_)))
        {
            return vec![read.clone()];
        }
        let texts = nodes.iter().flat_map(|n| self.name_of(n, 0));
        let mut files = texts.filter_map(|(text, _)| self.ev.settings_file(self.at.file, &text));
        files
            .next()
            .map_or_else(Vec::new, |f| vec![Node::new(f, None)])
    }

    /// A key whose parts are given one by one, each possibly dotted.
    pub(super) fn key(&self, parts: &[Access]) -> Option<Vec<SmolStr>> {
        let mut keys = Vec::new();
        for part in parts {
            let texts = self.texts(std::slice::from_ref(part));
            keys.push(texts.first()?.0.as_plain()?);
        }
        Some(keys)
    }

    fn looked_up(&self, nodes: Vec<Node>, parts: &[Access]) -> Vec<Node> {
        self.key(parts)
            .map_or_else(Vec::new, |keys| self.below(nodes, &keys))
    }

    pub(super) fn below(&self, nodes: Vec<Node>, keys: &[SmolStr]) -> Vec<Node> {
        keys.iter().fold(nodes, |nodes, key| {
            nodes.iter().flat_map(|n| self.dotted(n, key)).collect()
        })
    }

    /// What a dotted key leads to, the longest names first.
    fn dotted(&self, node: &Node, key: &str) -> Vec<Node> {
        const MOST: usize = 12;
        if let Value::Setting(at) = node.found.value {
            let found = self.ev.setting_at(at, key);
            return found.into_iter().map(|f| Node::new(f, None)).collect();
        }
        let whole = match node.found.value {
            Value::Many(_) => self.paired(node, key),
            _ => self.field(node, key),
        };
        if !whole.is_empty() || key.split(['.', ':']).count() > MOST {
            return whole;
        }
        for (end, separator) in key.rmatch_indices(['.', ':']) {
            let (head, tail) = (&key[..end], &key[end + separator.len()..]);
            let found: Vec<Node> = self
                .field(node, head)
                .into_iter()
                .flat_map(|n| self.dotted(&n, tail))
                .collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// The value of a key among entries that are known one by one.
    fn paired(&self, node: &Node, key: &str) -> Vec<Node> {
        let is_key = |f: &Found| matches!(&f.value, Value::Text(t) if t.as_plain().is_some_and(|t| t == key));
        let entries = self.ev.entries(&node.found.value).into_iter();
        let values = entries.filter(|(keys, _)| keys.iter().any(is_key));
        values
            .flat_map(|(_, values)| values)
            .map(|f| Node::new(f, None))
            .collect()
    }

    /// A value; where it is a variable that nothing in the code gives a value,
    /// the default.
    fn defaulted(&self, first: &Access, rest: &[Access]) -> Vec<Node> {
        let nodes = self.take(first);
        let is_open = |n: &Node| matches!(&n.found.value, Value::Text(t) if matches!(t.pieces.as_slice(), [Piece::Variable(_)]));
        if nodes.is_empty() || !nodes.iter().all(is_open) {
            return nodes;
        }
        let defaults = self.first(rest);
        let is_known = |n: &Node| !matches!(n.found.value, Value::Unknown(_) | Value::External(_));
        if defaults.iter().any(is_known) {
            return defaults.into_iter().filter(is_known).collect();
        }
        nodes
    }

    fn joined(&self, first: &Access, rest: &[Access]) -> Vec<Node> {
        let separator = self.key(rest).and_then(|k| k.first().cloned());
        let separator = separator.unwrap_or_default();
        let mut text = Text::default();
        for (i, node) in self.take(first).iter().enumerate() {
            if i > 0 {
                text.push(Piece::Plain(separator.clone()));
            }
            match self.name_of(node, 0).into_iter().next() {
                Some((part, _)) => text.extend(&part),
                None => text.push(Piece::Hole(SmolStr::new_static("part"))),
            }
        }
        vec![Node::new(
            Found::new(Value::Text(text)),
            Some(self.at.clone()),
        )]
    }

    /// The modules of the project that a text names.
    fn modules(&self, named: &Access) -> Vec<Node> {
        let texts = self.texts(std::slice::from_ref(named));
        let resolved = texts.into_iter().filter_map(|(text, _)| {
            match self
                .ev
                .project
                .resolve_module(self.at.file, &text.as_plain()?)
            {
                Target::File(module) => Some(Node::value(Value::Module(module))),
                Target::External(_) => None,
            }
        });
        resolved.collect()
    }

    /// What a function gives, an instance of a class; anything else is what it is.
    pub(super) fn returned(&self, node: Node) -> Vec<Node> {
        match node.found.value {
            Value::Function { function, env, .. } => {
                let found = self.ev.returned(function, env).into_iter();
                found.map(|f| Node::new(f, None)).collect()
            }
            Value::Class(class) => vec![Node::value(Value::Instance {
                class,
                made: None,
                type_args: None,
            })],
            _ => vec![node],
        }
    }

    /// What the function of that name gives, seen from where the site is.
    fn called(&self, named: &Access) -> Vec<Node> {
        let names = self.key(std::slice::from_ref(named)).unwrap_or_default();
        let found = names.iter().flat_map(|name| {
            let mut parts = name.split("::");
            let first = parts.next().unwrap_or_default();
            let first = self.ev.export(self.at.file, first).unwrap_or_default();
            parts.fold(first, |found, part| {
                found
                    .iter()
                    .flat_map(|f| self.ev.member(f, part, &self.at))
                    .collect()
            })
        });
        let functions = found.filter(|f| matches!(f.value, Value::Function { .. }));
        functions
            .flat_map(|f| self.returned(Node::new(f, None)))
            .collect()
    }

    /// The attributes of the field a rule is about that go by one of the names.
    pub(super) fn attributes(&self, names: &[SmolStr]) -> Vec<Node> {
        let On::Field(class, n) = self.on else {
            return Vec::new();
        };
        let facts = self.ev.project.facts(class.file);
        let Some(field) = facts.class(class.class).fields.get(n as usize) else {
            return Vec::new();
        };
        let is_named = |decorator: &&crate::facts::ExprId| match &facts.expr(**decorator).kind {
            ExprKind::Call { callee, .. } => {
                let text = facts.render(*callee);
                names.iter().any(|n| text == *n)
            }
            _ => false,
        };
        let attributes = field.decorators.iter().filter(is_named);
        attributes
            .map(|decorator| {
                let at = At {
                    file: class.file,
                    expr: *decorator,
                    env: None,
                };
                let mut node = Node::new(self.ev.unknown(&at), Some(at.clone()));
                node.call = Some(at);
                node
            })
            .collect()
    }
}
