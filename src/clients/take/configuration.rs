//! Configuration: settings files, settings that calls are given, dotted keys.

use std::cmp::Reverse;

use smol_str::SmolStr;

use super::{Node, On, Site};
use crate::clients::access::{Access, Function};
use crate::clients::model::SettingsRule;
use crate::facts::ExprKind;
use crate::project::{At, FileId, Found, Piece, Target, Text, Value, folders};

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
    fn key(&self, parts: &[Access]) -> Option<Vec<SmolStr>> {
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

    fn below(&self, nodes: Vec<Node>, keys: &[SmolStr]) -> Vec<Node> {
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
    fn returned(&self, node: Node) -> Vec<Node> {
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

    // --- settings that libraries collect --------------------------------------

    /// What a key leads to in the settings of this model's library: the nearest
    /// ones to the code that asks. Settings as near that differ tell nothing.
    fn settings(&self, parts: &[Access]) -> Vec<Node> {
        let Some(keys) = self.key(parts) else {
            return Vec::new();
        };
        for rule in &self.model.settings {
            let mut found = self.in_files(rule, &keys);
            if found.is_empty() {
                found = self.in_calls(rule, &keys);
            }
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// In files: beside the code or further up, else the only ones there are.
    fn in_files(&self, rule: &SettingsRule, keys: &[SmolStr]) -> Vec<Node> {
        let from = &self.ev.project.file(self.at.file).path;
        for folder in folders(from) {
            for path in &rule.files {
                let found = self.below(self.file_in(folder, path), keys);
                if !found.is_empty() {
                    return found;
                }
            }
        }
        let anywhere = rule.files.iter().map(|path| {
            let file = self
                .ev
                .settings_file(self.at.file, &Text::plain(path.as_str()));
            let root = file.into_iter().map(|f| Node::new(f, None)).collect();
            self.below(root, keys)
        });
        let mut anywhere = anywhere.filter(|found| !found.is_empty());
        anywhere.next().unwrap_or_default()
    }

    /// A settings file, or the module that serves as one.
    fn file_in(&self, folder: &str, path: &str) -> Vec<Node> {
        let project = self.ev.project;
        let path = match folder {
            "" => path.to_owned(),
            folder => format!("{folder}/{path}"),
        };
        let found = match (self.ev.settings_at(&path), project.source_at(&path)) {
            (Some(settings), _) => vec![settings],
            (None, Some(module)) => self
                .ev
                .export(module, "default")
                .unwrap_or_else(|| vec![Found::new(Value::Module(module))]),
            (None, None) => Vec::new(),
        };
        found.into_iter().map(|f| Node::new(f, None)).collect()
    }

    fn in_calls(&self, rule: &SettingsRule, keys: &[SmolStr]) -> Vec<Node> {
        let mut found: Vec<(usize, Node)> = Vec::new();
        for path in &rule.calls {
            let Some(method) = path.method() else {
                continue;
            };
            for (file, call) in self.ev.callers.named(method) {
                let at = At {
                    file: *file,
                    expr: *call,
                    env: None,
                };
                let near = self.nearness(*file);
                let nodes = self.given(rule, path, &at, keys);
                found.extend(nodes.into_iter().map(|n| (near, n)));
            }
        }
        found.sort_by_key(|(near, _)| Reverse(*near));
        let Some((nearest, _)) = found.first().map(|(near, n)| (*near, n.clone())) else {
            return Vec::new();
        };
        let nodes: Vec<Node> = found
            .into_iter()
            .filter(|(near, _)| *near == nearest)
            .map(|(_, n)| n)
            .collect();
        let mut texts = nodes.iter().map(|n| self.name_of(n, 0));
        let first = texts.next().unwrap_or_default();
        let same = |other: &Vec<(Text, _)>| {
            other
                .iter()
                .map(|(t, _)| t)
                .eq(first.iter().map(|(t, _)| t))
        };
        if texts.all(|t| same(&t)) {
            nodes.into_iter().take(1).collect()
        } else {
            Vec::new()
        }
    }

    /// What a key leads to in the settings that one call is given.
    fn given(
        &self,
        rule: &SettingsRule,
        path: &crate::clients::path::Path,
        call: &At,
        keys: &[SmolStr],
    ) -> Vec<Node> {
        let Some((callee, _)) = self.ev.call_parts(call) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for f in self.ev.concrete_callee(&callee) {
            let Value::External(origin) = f.value else {
                continue;
            };
            let Some(captures) = path.matches(self.ev, &self.model.objects, &origin) else {
                continue;
            };
            let site = Site {
                at: call.clone(),
                captures,
                origin,
                on: On::Call,
                item: None,
                ..*self
            };
            if !site.satisfies(&rule.when, &[]) {
                continue;
            }
            let Some(keys) = site.without_prefix(rule, keys) else {
                continue;
            };
            let trees: Vec<Node> = site
                .first(&rule.tree)
                .into_iter()
                .flat_map(|n| site.returned(n))
                .collect();
            found.extend(site.below(trees, &keys));
        }
        found
    }

    /// The key below the one that the settings of a call stand under.
    fn without_prefix(&self, rule: &SettingsRule, keys: &[SmolStr]) -> Option<Vec<SmolStr>> {
        if rule.key.is_empty() {
            return Some(keys.to_vec());
        }
        let prefix = self.texts(&rule.key).first()?.0.as_plain()?;
        let (first, rest) = keys.split_first()?;
        let below = first.strip_prefix(prefix.as_str())?;
        let mut keys = Vec::new();
        if let Some(below) = below.strip_prefix(['.', ':']) {
            keys.push(SmolStr::new(below));
        } else if !below.is_empty() {
            return None;
        }
        keys.extend(rest.iter().cloned());
        Some(keys)
    }

    /// How much of their folders two files share.
    fn nearness(&self, file: FileId) -> usize {
        let project = self.ev.project;
        let folders = |file: FileId| project.file(file).path.split('/');
        let pairs = folders(file).zip(folders(self.at.file));
        pairs.take_while(|(a, b)| a == b).count()
    }
}
