//! Imports. What a package calls itself is not known here: an import without a
//! name is bound to its path's last segment, and to what packages of such a
//! path are called by convention.

use tree_sitter::Node;

use super::Lowering;
use crate::facts::{ImportId, Imported};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    pub(super) fn imports(&mut self, node: Node) {
        for child in self.parts(node) {
            match child.kind() {
                "import_spec" => self.import(child),
                _ => self.imports(child),
            }
        }
    }

    fn import(&mut self, node: Node) {
        let Some(path) = node.field("path") else {
            return;
        };
        let path = self.text_of(path);
        let span = self.b.span(node);
        match node.field("name") {
            Some(name) if name.kind() == "dot" => {
                self.b.import(node, &path, Imported::All);
            }
            Some(name) if name.kind() == "blank_identifier" => {}
            Some(name) => {
                let value = self.b.import(node, &path, Imported::Module);
                let name = self.b.name(name);
                self.b.bind(&name, value, span);
            }
            None => {
                let value = self.b.import(node, &path, Imported::Module);
                // What is no name as it stands is a guess.
                if let Some(name) = default_names(&path).first()
                    && is_segment(&path, name)
                {
                    self.b.bind(name, value, span);
                }
            }
        }
    }

    /// Binds the other names a package may have, where nothing else has them.
    pub(super) fn bind_guessed_imports(&mut self, root: Node) {
        let imports = self.b.facts().imports.clone();
        let mut guesses = Vec::new();
        for (i, import) in imports.iter().enumerate() {
            // Struct tags are imports of no import declaration.
            if import.what == Imported::Module && import.module != super::tags::PACKAGE {
                let names = default_names(&import.module);
                guesses.extend(names.into_iter().map(|name| (i, name)));
            }
        }
        for (i, name) in guesses {
            let named = self.b.lookup(&name).is_some();
            let aliased = self.has_other_name(ImportId(i as u32));
            if !named && !aliased {
                let kind = crate::facts::ExprKind::Import(ImportId(i as u32));
                let value = self.b.push(root, kind);
                self.b.bind(&name, value, imports[i].span);
            }
        }
    }

    /// Whether the source gives an import a name of its own.
    fn has_other_name(&self, id: ImportId) -> bool {
        let facts = self.b.facts();
        let default = default_names(&facts.import(id).module);
        let Some(module) = facts.scopes.first() else {
            return false;
        };
        module.names.iter().any(|(name, bindings)| {
            !default.iter().any(|d| d == name)
                && bindings.iter().any(
                    |b| matches!(facts.expr(b.value).kind, crate::facts::ExprKind::Import(i) if i == id),
                )
        })
    }
}

/// The names a package of this path may have, the likeliest first: the last
/// segment without a major version, and without what says that it is Go.
fn default_names(path: &str) -> Vec<String> {
    let mut segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
    if segments.len() > 1 && segments.last().is_some_and(|s| is_version(s)) {
        segments.pop();
    }
    let last = segments.last().copied().unwrap_or("");
    // `gopkg.in/yaml.v3`
    let last = match last.rsplit_once('.') {
        Some((name, version)) if is_version(version) => name,
        _ => last,
    };
    let mut names = Vec::new();
    let mut add = |name: &str| {
        let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_')
            && name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if is_name && !names.iter().any(|n| n == name) {
            names.push(name.to_owned());
        }
    };
    add(last);
    let bare = last.strip_prefix("go-").unwrap_or(last);
    let bare = ["-go", ".go", "-golang", ".golang"]
        .iter()
        .find_map(|suffix| bare.strip_suffix(suffix))
        .unwrap_or(bare);
    add(bare);
    add(&bare.replace(['-', '.'], ""));
    add(&bare.replace(['-', '.'], "_"));
    if let Some((_, end)) = bare.rsplit_once(['-', '.']) {
        add(end);
    }
    names
}

/// Whether a name is a whole segment of a path, a version behind it left out.
fn is_segment(path: &str, name: &str) -> bool {
    path.split('/').any(|segment| {
        segment
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.strip_prefix('.').is_some_and(is_version))
    })
}

/// `v2`
fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::default_names;

    #[test]
    fn names_follow_the_last_segment() {
        assert_eq!(default_names("net/http"), ["http"]);
        assert_eq!(default_names("example.com/acme/queue/v9"), ["queue"]);
        assert_eq!(default_names("gopkg.in/yaml.v3"), ["yaml"]);
        assert_eq!(default_names("example.com/acme/bus.go"), ["bus"]);
        assert_eq!(default_names("example.com/acme/go-bus"), ["bus"]);
        assert_eq!(
            default_names("example.com/acme/paper.bus.golang"),
            ["paperbus", "paper_bus", "bus"]
        );
    }
}
