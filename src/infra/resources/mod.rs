//! Resources: what the files of infrastructure list, whatever their format.
//!
//! A format's reader fills a [`World`]: its resources, each with a kind, a name
//! and a body, and the scopes in which references in their values have a
//! meaning. What a kind of resource means is data ([`model`]).

pub mod access;
pub mod apply;
pub mod evaluate;
pub mod model;

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::paths::folder;
use super::tree::{NodeId, Tree};

/// Resources beyond which a tree is generated or hostile.
pub const MAX_RESOURCES: usize = 50_000;

/// Index of a [`Document`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentId(pub u32);

/// Index of a [`Scope`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub u32);

/// Index of a [`Resource`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId(pub u32);

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Document {
    /// Relative to the root, with `/`.
    pub path: String,
    pub tree: Tree,
}

/// A value, and where its references are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub document: DocumentId,
    pub node: NodeId,
    pub scope: ScopeId,
}

/// How the references of a scope are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Nothing refers to anything: `${NAME}` is a variable of somebody else.
    #[default]
    Plain,
    /// `var.a`, `local.b`, `type.name.attribute`, `module.m.output`
    Terraform,
    /// `Resource.Attribute`, `Parameter`
    Template,
    /// The same, and `self:custom.stage`.
    Serverless,
    /// `.Values.topic`
    Chart,
}

/// Where references have a meaning: a module, a template, a chart.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub style: Style,
    /// Where what is not known here is looked up.
    pub parent: Option<ScopeId>,
    /// What paths into the file itself start from.
    pub root: Option<Place>,
    /// Values by how they are referred to, the part that names them.
    pub values: BTreeMap<SmolStr, Place>,
    /// Texts that are known without a place.
    pub texts: BTreeMap<SmolStr, SmolStr>,
    /// Scopes below, by the name they are called by.
    pub children: BTreeMap<SmolStr, ScopeId>,
    /// Resources by the name they are referred to by; several where a list makes them.
    pub resources: BTreeMap<SmolStr, Vec<ResourceId>>,
}

/// Something that a file lists.
#[derive(Clone, Debug)]
pub struct Resource {
    /// As models name it: `aws_sqs_queue`, `AWS::SQS::Queue`.
    pub kind: SmolStr,
    /// The name it has in its file, which need not be the provider's.
    pub name: SmolStr,
    /// Which one of several that a list makes.
    pub key: Option<SmolStr>,
    pub line: u32,
    pub body: Place,
    /// What it is written in: the function of an event.
    pub owner: Option<ResourceId>,
    /// Only looked up, not made.
    pub is_known_elsewhere: bool,
}

/// Everything that the infrastructure files of a tree list.
#[derive(Debug, Default)]
pub struct World {
    pub documents: Vec<Document>,
    pub scopes: Vec<Scope>,
    pub resources: Vec<Resource>,
    /// What templates export: names and values.
    pub exports: Vec<(Place, Place)>,
    /// Kinds and names that files of several folders use.
    ambiguous: BTreeSet<(SmolStr, SmolStr)>,
}

impl World {
    /// To be called when everything is there.
    pub fn complete(&mut self) {
        let mut folders: BTreeMap<(&SmolStr, &SmolStr), &str> = BTreeMap::new();
        let mut ambiguous = BTreeSet::new();
        for resource in &self.resources {
            let folder = folder(self.path(resource));
            let key = (&resource.kind, &resource.name);
            if *folders.entry(key).or_insert(folder) != folder {
                ambiguous.insert((key.0.clone(), key.1.clone()));
            }
        }
        self.ambiguous = ambiguous;
    }

    /// Whether no other folder has a resource of this kind and name.
    #[must_use]
    pub fn is_unique(&self, resource: &Resource) -> bool {
        let key = (resource.kind.clone(), resource.name.clone());
        !self.ambiguous.contains(&key)
    }

    pub fn add_document(&mut self, path: String, tree: Tree) -> DocumentId {
        self.documents.push(Document { path, tree });
        DocumentId(self.documents.len() as u32 - 1)
    }

    pub fn add_scope(&mut self, scope: Scope) -> ScopeId {
        self.scopes.push(scope);
        ScopeId(self.scopes.len() as u32 - 1)
    }

    /// Adds a resource, known in a scope by a name; `None` if there are too many.
    pub fn add(&mut self, resource: Resource, scope: ScopeId, by: SmolStr) -> Option<ResourceId> {
        if self.resources.len() >= MAX_RESOURCES {
            return None;
        }
        self.resources.push(resource);
        let id = ResourceId(self.resources.len() as u32 - 1);
        if let Some(scope) = self.scopes.get_mut(scope.0 as usize) {
            scope.resources.entry(by).or_default().push(id);
        }
        Some(id)
    }

    #[must_use]
    pub fn document(&self, id: DocumentId) -> &Document {
        &self.documents[id.0 as usize]
    }

    #[must_use]
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    #[must_use]
    pub fn resource(&self, id: ResourceId) -> &Resource {
        &self.resources[id.0 as usize]
    }

    /// The file a resource stands in.
    #[must_use]
    pub fn path(&self, resource: &Resource) -> &str {
        &self.document(resource.body.document).path
    }

    /// The tree a place is in.
    #[must_use]
    pub fn tree(&self, place: Place) -> &Tree {
        &self.document(place.document).tree
    }

    /// The text of a value that refers to nothing.
    #[must_use]
    pub fn text(&self, place: Place) -> Option<&SmolStr> {
        self.tree(place).text(place.node)
    }

    /// A value inside of another one.
    #[must_use]
    pub fn get(&self, place: Place, key: &str) -> Option<Place> {
        let node = self.tree(place).get(place.node, key)?;
        Some(Place { node, ..place })
    }
}
