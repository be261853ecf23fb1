//! What settings files hold, as values: tables and lists are looked into when
//! somebody asks, a scalar is its text.

use std::rc::Rc;

use smol_str::SmolStr;

use super::evaluate::Evaluator;
use super::value::{Found, Hop, Piece, SettingRef, Spot, Text, Value};
use super::{FileId, SettingsId, folders};
use crate::infra::placeholders::{self, Part};
use crate::infra::tree::{Content, NodeId, Tree};

/// What a settings file may be called where its name is given without an ending.
const ENDINGS: [&str; 6] = ["yaml", "yml", "toml", "json", "ini", "properties"];

/// A file that settings stand in.
#[derive(Clone, Copy, Debug)]
pub enum Store {
    Settings(SettingsId),
    /// A module whose default export they are.
    Module(FileId),
}

impl Evaluator<'_> {
    /// The settings file that code of `from` names, as a value. Of a path that
    /// is known in part, what stands behind the last hole counts.
    #[must_use]
    pub fn settings_file(&self, from: FileId, path: &Text) -> Option<Found> {
        let files = &self.project.configuration;
        let known = match path.pieces.split_last() {
            Some((Piece::Plain(tail), [])) => tail,
            Some((Piece::Plain(tail), _)) => tail.split_once('/')?.1,
            _ => return None,
        };
        let from = &self.project.file(from).path;
        let named = |path: &str| files.named(from, path);
        let file = named(known).or_else(|| {
            let mut all = ENDINGS.iter().map(|ending| format!("{known}.{ending}"));
            all.find_map(|path| named(&path))
        })?;
        self.settings_root(file)
    }

    /// The files of these names: beside the code that asks or further up, then the
    /// only ones of the tree. Many keys are asked for of the same few files, so
    /// what is there is looked up once for each list of names.
    #[must_use]
    pub fn stores(&self, from: FileId, names: &[String]) -> Rc<[Store]> {
        let key = (from, names.as_ptr() as usize);
        if let Some(known) = self.stores.borrow().get(&key) {
            return Rc::clone(known);
        }
        let (files, path) = (&self.project.configuration, &self.project.file(from).path);
        let beside = folders(path).flat_map(|folder| names.iter().map(move |n| (folder, n)));
        let beside = beside.filter_map(|(folder, name)| {
            let path = match folder {
                "" => name.clone(),
                folder => format!("{folder}/{name}"),
            };
            let settings = files.at(&path).map(Store::Settings);
            settings.or_else(|| self.project.source_at(&path).map(Store::Module))
        });
        let anywhere = names.iter().filter_map(|name| files.named(path, name));
        let all: Rc<[Store]> = beside.chain(anywhere.map(Store::Settings)).collect();
        self.stores.borrow_mut().insert(key, Rc::clone(&all));
        all
    }

    /// What such a file holds; of a module, what it offers by default.
    #[must_use]
    pub fn stored(&self, store: Store) -> Vec<Found> {
        match store {
            Store::Settings(file) => self.settings_root(file).into_iter().collect(),
            Store::Module(module) => self
                .export(module, "default")
                .unwrap_or_else(|| vec![Found::new(Value::Module(module))]),
        }
    }

    fn settings_root(&self, file: SettingsId) -> Option<Found> {
        let node = self.project.configuration.tree(file)?.root()?;
        self.setting_value(SettingRef { file, node }, None)
    }

    /// A node of a settings file as a value; nothing for an empty one.
    fn setting_value(&self, at: SettingRef, key: Option<&str>) -> Option<Found> {
        let tree = self.project.configuration.tree(at.file)?;
        let node = tree.node(at.node)?;
        let value = match &node.content {
            Content::Null => return None,
            Content::Scalar(text) => Value::Text(placed(text)),
            Content::List(_) | Content::Table(_) => Value::Setting(at),
        };
        let hop = key.map(|key| {
            std::sync::Arc::new(Hop {
                text: SmolStr::new(key),
                spot: Spot::Settings {
                    file: at.file,
                    line: node.line,
                },
                before: None,
            })
        });
        Some(Found { value, trail: hop })
    }

    fn setting_tree(&self, at: SettingRef) -> Option<&Tree> {
        self.project.configuration.tree(at.file)
    }

    /// What a key, dotted or not, leads to.
    #[must_use]
    pub fn setting_at(&self, at: SettingRef, key: &str) -> Option<Found> {
        let node = self.setting_tree(at)?.find(at.node, key)?;
        self.setting_value(SettingRef { node, ..at }, Some(key))
    }

    /// The elements of a list.
    pub(super) fn setting_items(&self, at: SettingRef) -> Vec<Vec<Found>> {
        let items = self.setting_tree(at).map_or(&[][..], |t| t.items(at.node));
        let item = |node: &NodeId| {
            let at = SettingRef { node: *node, ..at };
            self.setting_value(at, Some("[]")).into_iter().collect()
        };
        items.iter().map(item).collect()
    }

    /// The keys of a table with their values.
    pub(super) fn setting_entries(&self, at: SettingRef) -> Vec<(Vec<Found>, Vec<Found>)> {
        let entries = self
            .setting_tree(at)
            .map_or(&[][..], |t| t.entries(at.node));
        let entry = |(key, node): &(SmolStr, NodeId)| {
            let at = SettingRef { node: *node, ..at };
            let value = self.setting_value(at, Some(key)).into_iter().collect();
            (
                vec![Found::new(Value::Text(Text::plain(key.clone())))],
                value,
            )
        };
        entries.iter().map(entry).collect()
    }
}

/// A value of a file, its references to variables as such.
fn placed(text: &str) -> Text {
    let mut value = Text::default();
    for part in placeholders::parts(text, false) {
        value.push(match part {
            Part::Plain(text) => Piece::Plain(text),
            Part::Reference {
                default: Some(default),
                ..
            } => Piece::Plain(default),
            Part::Reference { name, .. } => Piece::Variable(name),
        });
    }
    value
}

/// Files that imports can name beside modules.
#[must_use]
pub(super) fn is_settings_import(module: &str) -> bool {
    [".json", ".yaml", ".yml", ".toml"]
        .iter()
        .any(|ending| module.ends_with(ending))
}

impl Evaluator<'_> {
    /// The settings file an import names.
    pub(super) fn imported_settings(&self, file: FileId, module: &str) -> Option<Found> {
        if !is_settings_import(module) {
            return None;
        }
        // An alias (`@/config.json`) is known by how the path goes on.
        let path = match module.split_once('/') {
            Some((alias, rest)) if alias.starts_with(['@', '~']) => rest,
            _ => module,
        };
        self.settings_file(file, &Text::plain(path))
    }
}
