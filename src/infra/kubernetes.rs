//! Kubernetes manifests: each document with a kind is a resource, of the kind
//! `group/Kind` whatever the version (`apps/Deployment`, `core/ConfigMap`).

use smol_str::SmolStr;

use super::resources::{DocumentId, Place, Resource, ScopeId, World};
use super::tree::{NodeId, Tree};

/// Items of a `List` and documents of a file.
const MAX_DOCUMENTS: usize = 1_000;

/// Whether a file has a manifest in it.
#[must_use]
pub fn is_manifest(tree: &Tree) -> bool {
    let mut documents = tree.documents().iter();
    documents.any(|root| kind(tree, *root).is_some())
}

fn kind(tree: &Tree, root: NodeId) -> Option<SmolStr> {
    let text = |key: &str| tree.text(tree.exact(root, key)?);
    let (version, kind) = (text("apiVersion")?, text("kind")?);
    let group = version.rsplit_once('/').map_or("core", |(group, _)| group);
    Some(SmolStr::new(format!("{group}/{kind}")))
}

/// Adds the manifests of a file, in a scope that says what its references mean.
pub fn add(world: &mut World, document: DocumentId, scope: ScopeId) {
    let tree = &world.document(document).tree;
    let mut found = Vec::new();
    for root in tree.documents().iter().take(MAX_DOCUMENTS) {
        let items = match kind(tree, *root) {
            Some(kind) if kind.ends_with("List") => tree.exact(*root, "items"),
            Some(_) => None,
            None => continue,
        };
        let items = items.map_or(&[][..], |items| tree.items(items));
        let all = items.iter().take(MAX_DOCUMENTS).chain([root]);
        found.extend(all.filter_map(|node| {
            let name = tree
                .exact(*node, "metadata")
                .and_then(|m| tree.text(tree.exact(m, "name")?))
                .cloned()
                .unwrap_or_default();
            Some((kind(tree, *node)?, name, tree.line(*node), *node))
        }));
    }
    for (kind, name, line, node) in found {
        let resource = Resource {
            kind: kind.clone(),
            name: name.clone(),
            key: None,
            line,
            body: Place {
                document,
                node,
                scope,
            },
            owner: None,
            is_known_elsewhere: false,
        };
        world.add(resource, scope, SmolStr::new(format!("{kind}/{name}")));
    }
}
