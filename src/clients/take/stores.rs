//! Settings that libraries collect, looked up by key: files, and what calls are given.

use std::cmp::Reverse;

use smol_str::SmolStr;

use super::{Node, On, Site};
use crate::clients::access::Access;
use crate::clients::model::SettingsRule;
use crate::project::{At, FileId, Text, Value};

impl Site<'_, '_> {
    /// What a key leads to in the settings of this model's library: the nearest
    /// ones to the code that asks. Settings as near that differ tell nothing.
    pub(super) fn settings(&self, parts: &[Access]) -> Vec<Node> {
        self.key(parts)
            .map_or_else(Vec::new, |keys| self.stored(&keys))
    }

    pub(super) fn stored(&self, keys: &[SmolStr]) -> Vec<Node> {
        for rule in &self.model.settings {
            let mut found = self.in_files(rule, keys);
            if found.is_empty() {
                found = self.in_calls(rule, keys);
            }
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// In files: beside the code or further up, else the only ones there are.
    fn in_files(&self, rule: &SettingsRule, keys: &[SmolStr]) -> Vec<Node> {
        let stores = self.ev.stores(self.at.file, &rule.files);
        let mut found = stores.iter().map(|store| {
            let root = self.ev.stored(*store).into_iter();
            self.below(root.map(|f| Node::new(f, None)).collect(), keys)
        });
        found.find(|found| !found.is_empty()).unwrap_or_default()
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
