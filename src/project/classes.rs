//! Classes: extensions, lineage, constructors, statics.

use smol_str::SmolStr;

use super::evaluate::{Evaluator, hop};
use super::value::{At, ClassRef, Found, FunctionRef, Origin, Text, Value};
use crate::facts::{ClassKind, FunctionKind};

/// Superclasses beyond which a chain is taken for a cycle.
const MAX_BASES: usize = 32;

impl Evaluator<'_> {
    /// The class an extension adds to, if it is of the project; else itself.
    #[must_use]
    pub fn extended(&self, class: ClassRef) -> ClassRef {
        let Some(target) = self.project.class(class).target else {
            return class;
        };
        let at = At {
            file: class.file,
            expr: target,
            env: None,
        };
        self.eval(&at)
            .into_iter()
            .find_map(|f| match f.value {
                Value::Class(c) if c != class => Some(c),
                _ => None,
            })
            .unwrap_or(class)
    }

    /// The class itself, what extends it elsewhere, and its superclasses in order.
    #[must_use]
    pub fn lineage(&self, class: ClassRef) -> Vec<ClassRef> {
        self.lineage_once(class, || self.lineage_of(class))
    }

    fn lineage_of(&self, class: ClassRef) -> Vec<ClassRef> {
        let mut chain = vec![class];
        let mut next = 0;
        while next < chain.len() && chain.len() < MAX_BASES {
            let current = chain[next];
            next += 1;
            let facts = self.project.class(current);
            for base in &facts.bases {
                let at = At {
                    file: current.file,
                    expr: *base,
                    env: None,
                };
                for f in self.eval(&at) {
                    if let Value::Class(base) = f.value
                        && !chain.contains(&base)
                    {
                        chain.push(base);
                    }
                }
            }
            for extension in self.callers.extensions_of(&facts.name) {
                if !chain.contains(extension) && self.extended(*extension) == current {
                    chain.push(*extension);
                }
            }
        }
        chain
    }

    /// The library types a class is derived from.
    #[must_use]
    pub fn external_bases(&self, class: ClassRef) -> Vec<(Origin, At)> {
        let mut bases = Vec::new();
        for ancestor in self.lineage(class) {
            let facts = self.project.class(ancestor);
            // What is added to a library's type is of that type.
            for base in facts.bases.iter().chain(&facts.target) {
                let at = At {
                    file: ancestor.file,
                    expr: *base,
                    env: None,
                };
                for f in self.eval(&at) {
                    if let Value::External(origin) = f.value {
                        bases.push((origin, at.clone()));
                    }
                }
            }
        }
        bases
    }

    /// Classes of parsed files that name this one as a base, or have the methods
    /// an interface asks for where that is enough.
    #[must_use]
    pub fn subclasses(&self, class: ClassRef) -> Vec<ClassRef> {
        let name = self.project.class_name(class);
        let structural = self.structural(class);
        let derived = self
            .callers
            .derived_from(&name)
            .iter()
            .copied()
            .filter(|c| {
                let bases = &self.project.class(*c).bases;
                bases.iter().any(|base| {
                    let at = At {
                        file: c.file,
                        expr: *base,
                        env: None,
                    };
                    self.eval(&at)
                        .iter()
                        .any(|f| matches!(f.value, Value::Class(b) if b == class))
                })
            })
            .map(|c| self.extended(c));
        let mut all: Vec<ClassRef> = derived.collect();
        for class in structural {
            if !all.contains(&class) {
                all.push(class);
            }
        }
        all
    }

    /// The constructor a class declares or inherits.
    #[must_use]
    pub fn constructor(&self, class: ClassRef) -> Option<FunctionRef> {
        self.lineage(class).into_iter().find_map(|ancestor| {
            let facts = self.project.facts(ancestor.file);
            facts
                .class(ancestor.class)
                .methods
                .iter()
                .find(|m| facts.function(**m).kind == FunctionKind::Constructor)
                .map(|m| FunctionRef {
                    file: ancestor.file,
                    function: *m,
                })
        })
    }

    /// The classes derived from one, through any number of others.
    pub(super) fn derived(&self, class: ClassRef) -> Vec<ClassRef> {
        const MOST: usize = 64;
        let mut found = self.subclasses(class);
        let mut next = 0;
        while next < found.len() && found.len() < MOST {
            for deeper in self.subclasses(found[next]) {
                if deeper != class && !found.contains(&deeper) {
                    found.push(deeper);
                }
            }
            next += 1;
        }
        found
    }

    /// Whether there can be no instance of exactly this class.
    fn is_abstract(&self, class: ClassRef) -> bool {
        let facts = self.project.class(class);
        facts.is_abstract || facts.kind == ClassKind::Interface
    }

    /// What the class of a value can be that is only known to be of a class:
    /// that one, and those derived from it.
    #[must_use]
    pub fn possible_classes(&self, class: ClassRef) -> Vec<ClassRef> {
        let mut all: Vec<ClassRef> = std::iter::once(class)
            .chain(self.descendants(class).iter().copied())
            .collect();
        all.retain(|c| !self.is_abstract(*c));
        all
    }

    /// The class of an instance, as a value.
    pub(super) fn class_of(&self, instance: &Value) -> Vec<Found> {
        let classes = match instance {
            Value::Instance {
                class,
                made: Some(_),
                ..
            } => vec![*class],
            Value::Instance { class, .. } => self.possible_classes(*class),
            _ => Vec::new(),
        };
        classes
            .into_iter()
            .map(|class| Found::new(Value::Class(class)))
            .collect()
    }

    pub(super) fn static_member(&self, class: ClassRef, name: &str) -> Vec<Found> {
        // `Self` in an extension is the type it adds to.
        let class = self.extended(class);
        let lineage = self.lineage(class);
        for ancestor in &lineage {
            let facts = self.project.class(*ancestor);
            if let Some(field) = facts.fields.iter().find(|f| f.name == name) {
                let mut found = Vec::new();
                for value in &field.values {
                    let at = At {
                        file: ancestor.file,
                        expr: *value,
                        env: None,
                    };
                    let text = format!("{}.{name}", facts.name);
                    found.extend(
                        self.eval(&at)
                            .into_iter()
                            .map(|f| hop(f, &text, ancestor.file, field.span)),
                    );
                }
                if found.is_empty() && facts.kind == ClassKind::Enum {
                    found.push(Found::new(Value::Variant {
                        class: *ancestor,
                        name: SmolStr::new(name),
                    }));
                }
                if found.is_empty()
                    && let Some(ty) = field.ty
                {
                    let ty = At {
                        file: ancestor.file,
                        expr: ty,
                        env: None,
                    };
                    found = self.instances_of(&ty);
                }
                if !found.is_empty() {
                    return found;
                }
            }
            let methods = self.methods_named(*ancestor, name);
            if !methods.is_empty() {
                let this = Value::Class(class);
                return methods
                    .into_iter()
                    .flat_map(|method| self.method_value(method, &this))
                    .collect();
            }
            let scope = self.project.facts(ancestor.file).scope(facts.scope);
            if let Some(binding) = scope.names.get(name).and_then(|b| b.last()) {
                return self.eval(&At {
                    file: ancestor.file,
                    expr: binding.value,
                    env: None,
                });
            }
        }
        if super::builtins::is_function_name(name) {
            let name = self.project.class_name(class);
            return vec![Found::new(Value::Text(Text::plain(name)))];
        }
        let external = self.external_bases(class);
        if let Some((origin, _)) = external.first() {
            return self.external(origin.member(name), class.file);
        }
        vec![Found::new(Value::Unknown(SmolStr::new(name)))]
    }

    /// The text an enum's variant stands for on the wire.
    #[must_use]
    pub fn variant_text(&self, class: ClassRef, name: &str) -> SmolStr {
        let fields = &self.project.class(class).fields;
        fields
            .iter()
            .find(|f| f.name == name)
            .and_then(|f| f.wire_name.clone())
            .unwrap_or_else(|| SmolStr::new(name))
    }
}
