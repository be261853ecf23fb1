//! Terraform and OpenTofu: a folder's `.tf` files are a module; modules call
//! modules with arguments.
//!
//! A module is read once for each call, so that a resource has the name the
//! call gives it. What nothing in the tree calls is run by somebody.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::hcl::{Block, File};
use super::paths::{folder, normalize};
use super::resources::evaluate::{Evaluator, Value};
use super::resources::{DocumentId, Place, Resource, Scope, ScopeId, Style, World};
use super::tree::{Content, NodeId};

/// Modules inside each other.
const MAX_DEPTH: u32 = 8;

/// Modules as they are called, all together.
const MAX_CALLS: usize = 2_000;

/// What a list makes of one resource.
const MAX_INSTANCES: usize = 64;

/// Steps of a reference.
const MAX_TOKENS: usize = 16;

/// The blocks of the files of a folder.
type Modules = BTreeMap<String, Vec<(DocumentId, Block)>>;

/// Adds the resources of all modules. `files` by path, sorted.
pub fn add(world: &mut World, files: Vec<(String, File)>) {
    let mut modules = Modules::new();
    for (path, file) in files {
        let of = folder(&path).to_owned();
        let document = world.add_document(path, file.tree);
        let blocks = file.blocks.into_iter().map(|block| (document, block));
        modules.entry(of).or_default().extend(blocks);
    }
    let called: BTreeSet<String> = modules
        .iter()
        .flat_map(|(folder, blocks)| blocks.iter().map(move |(d, b)| (folder, d, b)))
        .filter_map(|(folder, document, block)| local_source(world, folder, *document, block))
        .collect();
    let mut adding = Adding {
        world,
        modules: &modules,
        calls: 0,
    };
    for folder in modules.keys().filter(|folder| !called.contains(*folder)) {
        adding.module(folder, None, 0);
    }
}

/// The folder of a module that a block calls.
fn local_source(
    world: &World,
    folder: &str,
    document: DocumentId,
    block: &Block,
) -> Option<String> {
    let source = source(world, document, block)?;
    let is_local = source.starts_with("./") || source.starts_with("../");
    is_local
        .then(|| normalize(&format!("{folder}/{source}")))
        .flatten()
}

fn source(world: &World, document: DocumentId, block: &Block) -> Option<SmolStr> {
    let tree = &world.document(document).tree;
    let source = tree
        .get(block.body, "source")
        .filter(|_| block.keyword == "module")?;
    tree.text(source).cloned()
}

struct Adding<'w> {
    world: &'w mut World,
    modules: &'w Modules,
    calls: usize,
}

impl Adding<'_> {
    /// Adds a module with the arguments of a call.
    fn module(&mut self, folder: &str, call: Option<Place>, depth: u32) -> Option<ScopeId> {
        let blocks = self.modules.get(folder)?;
        self.calls += 1;
        if depth > MAX_DEPTH || self.calls > MAX_CALLS {
            return None;
        }
        let scope = self.world.add_scope(Scope {
            style: Style::Terraform,
            ..Scope::default()
        });
        for (document, block) in blocks {
            self.values(scope, *document, block, call);
        }
        // Calls first: what loops over a module's output finds it.
        for (document, block) in blocks.iter().filter(|(_, b)| b.keyword == "module") {
            self.call(folder, scope, *document, block, depth);
        }
        for (document, block) in blocks {
            if let ("resource" | "data", [kind, name, ..]) =
                (block.keyword.as_str(), block.labels.as_slice())
            {
                self.resource(scope, *document, block, kind, name);
            }
        }
        Some(scope)
    }

    /// Variables with what they are given or their defaults, locals, outputs.
    fn values(&mut self, scope: ScopeId, document: DocumentId, block: &Block, call: Option<Place>) {
        let here = |node| Place {
            document,
            node,
            scope,
        };
        let tree = &self.world.document(document).tree;
        let mut values: Vec<(SmolStr, Place)> = Vec::new();
        match (block.keyword.as_str(), block.labels.as_slice()) {
            ("variable", [name, ..]) => {
                let given = call.and_then(|call| self.world.get(call, name));
                let default = || tree.get(block.body, "default").map(here);
                let value = given.or_else(default);
                values.extend(value.map(|v| (SmolStr::new(format!("var.{name}")), v)));
            }
            ("output", [name, ..]) => {
                let value = tree.get(block.body, "value").map(here);
                values.extend(value.map(|v| (SmolStr::new(format!("output.{name}")), v)));
            }
            ("locals", _) => {
                let entries = tree.entries(block.body).iter();
                values.extend(
                    entries
                        .map(|(name, node)| (SmolStr::new(format!("local.{name}")), here(*node))),
                );
            }
            _ => {}
        }
        if let Some(scope) = self.world.scopes.get_mut(scope.0 as usize) {
            // What is null is as good as not given.
            scope.values.extend(values);
        }
    }

    fn call(
        &mut self,
        folder: &str,
        scope: ScopeId,
        document: DocumentId,
        block: &Block,
        depth: u32,
    ) {
        let Some(name) = block.labels.first() else {
            return;
        };
        if let Some(target) = local_source(self.world, folder, document, block) {
            for (key, inside) in self.instances(scope, document, block.body) {
                let call = Place {
                    document,
                    node: block.body,
                    scope: inside,
                };
                let Some(child) = self.module(&target, Some(call), depth + 1) else {
                    continue;
                };
                let called = key.map_or_else(|| name.clone(), |k| keyed(name, &k));
                if let Some(scope) = self.world.scopes.get_mut(scope.0 as usize) {
                    scope.children.entry(name.clone()).or_insert(child);
                    scope.children.insert(called, child);
                }
            }
            return;
        }
        // A module of a registry is a resource of its own.
        if let Some(source) = source(self.world, document, block) {
            let kind = SmolStr::new(format!("module:{source}"));
            let by = SmolStr::new(format!("module.{name}"));
            self.instantiate(scope, document, block, &kind, name, &by);
        }
    }

    fn resource(
        &mut self,
        scope: ScopeId,
        document: DocumentId,
        block: &Block,
        kind: &SmolStr,
        name: &SmolStr,
    ) {
        let by = match block.keyword.as_str() {
            "data" => SmolStr::new(format!("data.{kind}.{name}")),
            _ => SmolStr::new(format!("{kind}.{name}")),
        };
        self.instantiate(scope, document, block, kind, name, &by);
    }

    fn instantiate(
        &mut self,
        scope: ScopeId,
        document: DocumentId,
        block: &Block,
        kind: &SmolStr,
        name: &SmolStr,
        by: &SmolStr,
    ) {
        for (key, inside) in self.instances(scope, document, block.body) {
            let resource = Resource {
                kind: kind.clone(),
                name: name.clone(),
                key,
                line: block.line,
                body: Place {
                    document,
                    node: block.body,
                    scope: inside,
                },
                owner: None,
                is_known_elsewhere: block.keyword == "data",
            };
            self.world.add(resource, scope, by.clone());
        }
    }

    /// The scopes of what `for_each` or `count` makes; the scope itself without.
    fn instances(
        &mut self,
        scope: ScopeId,
        document: DocumentId,
        body: NodeId,
    ) -> Vec<(Option<SmolStr>, ScopeId)> {
        let once = vec![(None, scope)];
        let tree = &self.world.document(document).tree;
        let each = tree.get(body, "for_each");
        let Some(node) = each.or_else(|| tree.get(body, "count")) else {
            return once;
        };
        let place = Place {
            document,
            node,
            scope,
        };
        if each.is_none() {
            return self.counted(scope, place);
        }
        let elements = self.elements(place);
        if elements.is_empty() {
            return once;
        }
        let mut instances = Vec::new();
        for (key, value) in elements.into_iter().take(MAX_INSTANCES) {
            let inside = self.world.add_scope(Scope {
                style: Style::Terraform,
                parent: Some(scope),
                values: BTreeMap::from([("each.value".into(), value)]),
                texts: BTreeMap::from([("each.key".into(), key.clone())]),
                ..Scope::default()
            });
            instances.push((Some(key), inside));
        }
        instances
    }

    fn counted(&mut self, scope: ScopeId, count: Place) -> Vec<(Option<SmolStr>, ScopeId)> {
        let number = self.world.text(count).and_then(|t| t.parse::<usize>().ok());
        let several = number.filter(|n| (2..=MAX_INSTANCES).contains(n));
        let Some(several) = several else {
            return vec![(None, scope)];
        };
        let one = |index: usize| {
            let key = SmolStr::new(index.to_string());
            let inside = self.world.add_scope(Scope {
                style: Style::Terraform,
                parent: Some(scope),
                texts: BTreeMap::from([("count.index".into(), key.clone())]),
                ..Scope::default()
            });
            (Some(key), inside)
        };
        (0..several).map(one).collect()
    }

    /// Keys and values of a set or map; of references only those to values.
    fn elements(&self, of: Place) -> Vec<(SmolStr, Place)> {
        let models = super::resources::model::Models::default();
        let ev = Evaluator::new(self.world, &models);
        let Some(place) = ev.place_of(&Value::Place(of), 0) else {
            return Vec::new();
        };
        let tree = self.world.tree(place);
        let inside = |node: &NodeId| Place {
            node: *node,
            ..place
        };
        match tree.node(place.node).map(|n| &n.content) {
            Some(Content::Table(entries)) => {
                let entries = entries
                    .iter()
                    .map(|(key, node)| (key.clone(), inside(node)));
                entries.collect()
            }
            Some(Content::List(items)) => {
                let keyed = items.iter().filter_map(|node| {
                    let text = ev.text(&Value::Place(inside(node)), 0)?;
                    Some((SmolStr::new(text), inside(node)))
                });
                keyed.collect()
            }
            _ => Vec::new(),
        }
    }
}

fn keyed(name: &str, key: &str) -> SmolStr {
    SmolStr::new(format!("{name}[{key}]"))
}

/// A step of a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token<'t> {
    Name(&'t str),
    /// What stands in brackets.
    Index(&'t str),
}

/// What a reference of a module means.
#[must_use]
pub fn resolve(ev: &Evaluator, scope: ScopeId, reference: &str, depth: u32) -> Option<Value> {
    let tokens = tokens(reference)?;
    let (first, rest) = tokens.split_first()?;
    let Token::Name(first) = first else {
        return None;
    };
    match (*first, rest) {
        ("each" | "count", [Token::Name(name), rest @ ..]) => {
            let name = format!("{first}.{name}");
            let (value, text) = own(ev, scope, &name);
            match (value, text) {
                (Some(place), _) => members(ev, scope, Value::Place(place), rest, depth),
                (None, text) => text.map(|t| Value::Text(t.to_string())),
            }
        }
        ("var" | "local", [Token::Name(name), rest @ ..]) => {
            let (value, _) = own(ev, scope, &format!("{first}.{name}"));
            members(ev, scope, Value::Place(value?), rest, depth)
        }
        ("path", _) => Some(Value::Text(".".into())),
        ("module", [Token::Name(name), rest @ ..]) => {
            let (key, rest) = index(ev, scope, rest, depth);
            let called = key.map_or_else(|| SmolStr::new(name), |k| keyed(name, &k));
            let child = up(ev, scope).find_map(|s| {
                let children = &ev.world.scope(s).children;
                children
                    .get(&called)
                    .or_else(|| children.get(*name))
                    .copied()
            });
            match (child, rest) {
                (Some(child), [Token::Name(output), rest @ ..]) => {
                    let output = SmolStr::new(format!("output.{output}"));
                    let value = *ev.world.scope(child).values.get(&output)?;
                    members(ev, scope, Value::Place(value), rest, depth)
                }
                _ => resource(ev, scope, &format!("module.{name}"), rest, depth),
            }
        }
        ("data", [Token::Name(kind), Token::Name(name), rest @ ..]) => {
            resource(ev, scope, &format!("data.{kind}.{name}"), rest, depth)
        }
        (kind, [Token::Name(name), rest @ ..]) => {
            resource(ev, scope, &format!("{kind}.{name}"), rest, depth)
        }
        _ => None,
    }
}

/// A scope and those around it.
fn up<'e>(ev: &'e Evaluator, scope: ScopeId) -> impl Iterator<Item = ScopeId> + use<'e> {
    std::iter::successors(Some(scope), |s| ev.world.scope(*s).parent)
}

fn own<'e>(ev: &'e Evaluator, scope: ScopeId, name: &str) -> (Option<Place>, Option<&'e SmolStr>) {
    let value = up(ev, scope).find_map(|s| ev.world.scope(s).values.get(name).copied());
    let text = up(ev, scope).find_map(|s| ev.world.scope(s).texts.get(name));
    (value, text)
}

fn resource(
    ev: &Evaluator,
    scope: ScopeId,
    name: &str,
    rest: &[Token],
    depth: u32,
) -> Option<Value> {
    let all = up(ev, scope).find_map(|s| ev.world.scope(s).resources.get(name))?;
    let (key, rest) = index(ev, scope, rest, depth);
    let wanted = all
        .iter()
        .find(|id| ev.world.resource(**id).key == key)
        .or_else(|| all.first().filter(|_| all.len() == 1 || key.is_none()))?;
    let names = rest.iter().filter_map(|token| match token {
        Token::Name(name) => Some(SmolStr::new(name)),
        Token::Index(_) => None,
    });
    Some(Value::Resource(*wanted, names.collect()))
}

/// An index at the beginning, as the key it is.
fn index<'t>(
    ev: &Evaluator,
    scope: ScopeId,
    rest: &'t [Token<'t>],
    depth: u32,
) -> (Option<SmolStr>, &'t [Token<'t>]) {
    match rest {
        [Token::Index("*"), rest @ ..] => (None, rest),
        [Token::Index(index), rest @ ..] => (key(ev, scope, index, depth), rest),
        _ => (None, rest),
    }
}

/// `"a"`, `0`, `each.key`
fn key(ev: &Evaluator, scope: ScopeId, index: &str, depth: u32) -> Option<SmolStr> {
    let index = index.trim();
    if let Some(text) = index.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        return Some(SmolStr::new(text));
    }
    if index.bytes().all(|b| b.is_ascii_digit()) {
        return Some(SmolStr::new(index));
    }
    let value = ev.resolve(scope, index, depth + 1)?;
    ev.text(&value, depth + 1).map(SmolStr::new)
}

fn members(
    ev: &Evaluator,
    scope: ScopeId,
    value: Value,
    rest: &[Token],
    depth: u32,
) -> Option<Value> {
    let keys = rest.iter().filter_map(|token| match token {
        Token::Name(name) => Some(SmolStr::new(name)),
        Token::Index("*") => None,
        Token::Index(index) => key(ev, scope, index, depth),
    });
    let keys: Vec<SmolStr> = keys.collect();
    ev.members(value, &keys, depth + 1)
}

/// `a.b["c"].d[0]`; `None` for what is no plain reference.
fn tokens(reference: &str) -> Option<Vec<Token<'_>>> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let mut tokens = Vec::new();
    let mut rest = reference;
    while !rest.is_empty() {
        if tokens.len() >= MAX_TOKENS {
            return None;
        }
        if let Some(behind) = rest.strip_prefix('[') {
            let (index, next) = behind.split_once(']')?;
            tokens.push(Token::Index(index));
            rest = next;
            continue;
        }
        let body = if tokens.is_empty() {
            rest
        } else {
            rest.strip_prefix('.')?
        };
        if let Some(next) = body.strip_prefix('*') {
            tokens.push(Token::Index("*"));
            rest = next;
            continue;
        }
        let end = body.find(|c| !is_name(c)).unwrap_or(body.len());
        if end == 0 {
            return None;
        }
        tokens.push(Token::Name(&body[..end]));
        rest = &body[end..];
    }
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use super::{Token, tokens};

    #[test]
    fn references_are_split() {
        let name = Token::Name;
        assert_eq!(
            tokens("a.b[\"c.d\"].e"),
            Some(vec![
                name("a"),
                name("b"),
                Token::Index("\"c.d\""),
                name("e")
            ])
        );
        assert_eq!(
            tokens("a.b.*.id"),
            Some(vec![name("a"), name("b"), Token::Index("*"), name("id")])
        );
        assert_eq!(tokens("f(a)"), None);
        assert_eq!(tokens("a ? b : c"), None);
    }
}
