//! What spans files: modules and imports, services, and what names and
//! receivers evaluate to across them.

mod asked;
mod assigned;
mod builtins;
mod callbacks;
mod callers;
mod calls;
mod choices;
mod class_generics;
mod classes;
mod collections;
mod concrete;
mod configuration;
mod decorators;
mod dotnet;
mod environment;
mod evaluate;
mod extension_functions;
mod fields;
mod filled;
mod generics;
mod imports;
mod indexing;
mod injected;
mod iterations;
mod leading;
mod members;
mod methods;
mod modules;
mod names;
mod namespaces;
mod objects;
mod overloads;
mod packages;
mod parameters;
mod parts;
mod paths;
mod platform;
mod providers;
mod readings;
mod said;
mod services;
mod settings;
mod structural;
mod text_functions;
mod texts;
mod types;
mod value;
mod words;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

pub use asked::{Asked, Asking};
pub use callers::{Callers, last_name};
pub use configuration::{Configuration, SettingsId, folders};
pub use environment::Setting;
pub use evaluate::{Evaluator, Library};
pub use iterations::{Gives, Iteration};
pub use modules::{Declared, Manifest, Target};
pub use names::{scope_of_name, visible};
pub use paths::is_test_path;
pub use readings::Reading;
pub use services::Services;
pub use value::{
    At, ClassRef, Decorated, Env, Found, Frame, FunctionRef, Handed, Hop, Origin, ParamRef, Piece,
    SettingRef, Slot, Spot, Step, Text, Trail, Value,
};

pub use words::{Spelling, Words};

use crate::analysis::Location;
use crate::facts::{Class, Facts, Function, FunctionId, Span};
use crate::infra::resources::apply::Variable;
use crate::language::{Heading, LanguageId};

/// Index of a file in [`Project::files`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A source file; parsed when somebody asks for its facts.
#[derive(Debug)]
pub struct File {
    /// Relative to the root, with `/`.
    pub path: String,
    pub language: LanguageId,
    /// Stands in a folder or has a name that says test, mock, story, …
    pub is_test: bool,
    /// What it adds to the namespaces of the tree, in languages that have them.
    pub declared: Option<Declared>,
    /// The package it is in and what it declares there, in languages in which
    /// the files of a package see each other.
    pub heading: Option<Heading>,
    facts: OnceLock<Result<Facts, String>>,
    /// What its imports mean, worked out when somebody asks; parallel to the facts' imports.
    imported: OnceLock<Box<[OnceLock<Target>]>>,
    /// What stands in it, for those who ask before it is parsed; `None` if
    /// nobody has read it for that.
    words: Option<Words>,
}

impl File {
    #[must_use]
    pub fn new(path: String, language: LanguageId, is_test: bool) -> Self {
        Self {
            is_test,
            path,
            language,
            declared: None,
            heading: None,
            facts: OnceLock::new(),
            imported: OnceLock::new(),
            words: None,
        }
    }

    /// The file with its facts, which are there already.
    #[must_use]
    pub fn with_facts(self, facts: Result<Facts, String>) -> Self {
        // A fresh cell is empty.
        let _ = self.facts.set(facts);
        self
    }

    /// The file with what its bytes say that it declares.
    #[must_use]
    pub fn declaring(self, declared: Option<Declared>) -> Self {
        Self { declared, ..self }
    }

    /// The file with what its head says.
    #[must_use]
    pub fn headed(self, heading: Option<Heading>) -> Self {
        Self { heading, ..self }
    }

    /// The file with the words that stand in it.
    #[must_use]
    pub fn worded(self, words: Option<Words>) -> Self {
        Self { words, ..self }
    }

    /// Whether all words of a text could stand in the file; what is not known of
    /// a file could.
    #[must_use]
    pub fn could_have(&self, text: &Spelling) -> bool {
        self.words
            .as_ref()
            .is_none_or(|words| words.could_have(text))
    }

    /// Whether it has been parsed.
    #[must_use]
    pub fn is_parsed(&self) -> bool {
        self.facts.get().is_some()
    }

    /// Why it could not be parsed, if it was tried.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.facts.get()?.as_ref().err().map(String::as_str)
    }
}

/// The files of a scan and how they refer to each other.
#[derive(Debug)]
pub struct Project {
    root: PathBuf,
    pub files: Vec<File>,
    modules: modules::Modules,
    pub configuration: Configuration,
    /// The facts of a file that cannot be read or parsed.
    empty: Facts,
}

impl Project {
    /// `files` and `settings`, the configuration files, sorted by path;
    /// `manifests` are the package files of the tree, `variables` what its
    /// infrastructure sets.
    #[must_use]
    pub fn new(
        root: PathBuf,
        files: Vec<File>,
        manifests: Vec<Manifest>,
        settings: Vec<String>,
        variables: Vec<Variable>,
    ) -> Self {
        let mut manifests = manifests;
        manifests.extend(modules::bundler_aliases(&root, &files));
        let modules = modules::Modules::new(&files, manifests);
        Self {
            configuration: Configuration::new(&root, settings, variables),
            root,
            files,
            modules,
            empty: Facts::default(),
        }
    }

    #[must_use]
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len() as u32).map(FileId)
    }

    /// The facts of a file, parsed now if nobody has asked before; empty for a
    /// file that cannot be read or parsed.
    #[must_use]
    pub fn facts(&self, id: FileId) -> &Facts {
        let file = self.file(id);
        let facts = file.facts.get_or_init(|| {
            let source = std::fs::read(self.absolute(&file.path)).map_err(|e| e.to_string())?;
            crate::walk::check_source(&source)?;
            file.language.get().facts(&source)
        });
        facts.as_ref().unwrap_or(&self.empty)
    }

    /// Whether a module can offer a name, told without parsing it: the name
    /// stands in it, or it passes on everything of another module.
    #[must_use]
    pub fn could_offer(&self, id: FileId, name: &str) -> bool {
        // Whether it has been parsed by now is another thread's business.
        let file = self.file(id);
        file.words
            .as_ref()
            .is_none_or(|words| words.passes_on || words.could_have(&Spelling::of(name)))
    }

    #[must_use]
    pub fn absolute(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    #[must_use]
    pub fn function(&self, f: FunctionRef) -> &Function {
        self.facts(f.file).function(f.function)
    }

    #[must_use]
    pub fn class(&self, c: ClassRef) -> &Class {
        self.facts(c.file).class(c.class)
    }

    /// What the module of an import is. Barrels are asked again and again.
    #[must_use]
    pub fn imported(&self, from: FileId, import: crate::facts::ImportId) -> Target {
        let imports = &self.facts(from).imports;
        let known = self
            .file(from)
            .imported
            .get_or_init(|| imports.iter().map(|_| OnceLock::new()).collect());
        let resolve = || self.resolve_module(from, &self.facts(from).import(import).module);
        match known.get(import.0 as usize) {
            Some(cell) => cell.get_or_init(resolve).clone(),
            None => resolve(),
        }
    }

    /// What the module named in an import of `from` is.
    #[must_use]
    pub fn resolve_module(&self, from: FileId, module: &str) -> Target {
        self.modules.resolve(&self.files, from, module)
    }

    /// What of an import's module stands inside of the file it means.
    #[must_use]
    pub fn inside_module<'m>(&self, from: FileId, module: &'m str) -> Vec<&'m str> {
        self.modules.inside(&self.files, from, module)
    }

    /// The module of an import as a library, whatever the project has.
    #[must_use]
    pub fn external_module(&self, from: FileId, module: &str) -> Origin {
        modules::external(self.file(from).language.get().modules, module)
    }

    /// The files that share one scope with a file, itself first.
    #[must_use]
    pub fn package_of(&self, file: FileId) -> Vec<FileId> {
        self.modules.package_of(&self.files, file)
    }

    /// Whether files of a folder share one scope, and interfaces are implemented
    /// by having their methods.
    #[must_use]
    pub fn is_structural(&self, file: FileId) -> bool {
        self.file(file).language.get().modules == crate::language::Modules::Folder
    }

    /// Whether any file declares a type of this name in a namespace.
    #[must_use]
    pub fn declares_type(&self, name: &str) -> bool {
        self.modules.namespaces.declares(name)
    }

    /// The files that declare a type of a namespace, as seen from `from`.
    #[must_use]
    pub fn files_of_type(&self, from: FileId, namespace: &str, name: &str) -> Vec<FileId> {
        let namespaces = &self.modules.namespaces;
        namespaces.files(&self.files, from, namespace, name)
    }

    /// The functions of a name that extend types of any file, tests left out.
    #[must_use]
    pub fn extending(&self, name: &str) -> Vec<FunctionRef> {
        let files = self.modules.namespaces.extending(name).iter();
        let files = files.filter(|file| !self.file(**file).is_test);
        let mut all: Vec<FunctionRef> = files
            .flat_map(|file| {
                let functions = self.facts(*file).functions.iter().zip(0..);
                let named = functions.filter(|(f, _)| f.extends && f.name == name);
                named.map(|(_, i)| FunctionRef {
                    file: *file,
                    function: FunctionId(i),
                })
            })
            .collect();
        all.sort();
        all.dedup();
        all
    }

    /// Files that use namespaces because all of their project do, with those.
    #[must_use]
    pub fn compiled_together(&self) -> Vec<(&[SmolStr], Vec<FileId>)> {
        self.modules.namespaces.compiled_together(&self.files)
    }

    /// Whether the tree has a namespace.
    #[must_use]
    pub fn has_namespace(&self, namespace: &str) -> bool {
        self.modules.namespaces.has(namespace)
    }

    /// Namespaces that a file uses because every file of its project does.
    #[must_use]
    pub fn global_usings(&self, file: FileId) -> &[SmolStr] {
        self.modules.namespaces.usings(&self.file(file).path)
    }

    /// The file that declares a name of a package, as seen from `from`.
    #[must_use]
    pub fn declaring(&self, from: FileId, package: &str, name: &str) -> Option<FileId> {
        self.modules.declaring(&self.files, from, package, name)
    }

    /// A module below another one: a submodule of a package.
    #[must_use]
    pub fn submodule(&self, parent: FileId, name: &str) -> Option<FileId> {
        self.modules.submodule(&self.files, parent, name)
    }

    /// The source file of that path from the root.
    #[must_use]
    pub fn source_at(&self, path: &str) -> Option<FileId> {
        let found = self.files.binary_search_by(|f| f.path.as_str().cmp(path));
        found.ok().map(|i| FileId(i as u32))
    }

    /// A place as reports give it.
    #[must_use]
    pub fn location(&self, file: FileId, span: Span) -> Location {
        Location {
            file: self.file(file).path.clone(),
            line: span.line,
            column: span.column,
            end_line: span.end_line,
        }
    }

    /// Where a hop stands, as reports give it.
    #[must_use]
    pub fn spot(&self, spot: &Spot) -> Location {
        match *spot {
            Spot::Code { file, span } => self.location(file, span),
            Spot::Settings { file, line } => Location {
                file: self.configuration.path(file).to_owned(),
                line,
                column: 1,
                end_line: line,
            },
        }
    }

    /// Whether a place is test code, by its file or by what is around it.
    #[must_use]
    pub fn is_test(&self, file: FileId, span: Span) -> bool {
        self.file(file).is_test
            || self
                .facts(file)
                .test_ranges
                .iter()
                .any(|(start, end)| (*start..*end).contains(&span.start))
    }

    /// The innermost function around a byte of a file.
    #[must_use]
    pub fn function_at(&self, file: FileId, byte: u32) -> Option<FunctionRef> {
        let facts = self.facts(file);
        let around = facts
            .functions
            .iter()
            .enumerate()
            .filter(|(_, f)| (f.span.start..f.span.end).contains(&byte));
        around
            .min_by_key(|(_, f)| f.span.end - f.span.start)
            .map(|(i, _)| FunctionRef {
                file,
                function: crate::facts::FunctionId(i as u32),
            })
    }

    /// Name of a class or function with the class around it, for reports.
    #[must_use]
    pub fn symbol(&self, f: FunctionRef) -> Option<String> {
        let facts = self.facts(f.file);
        let mut current = Some(f.function);
        while let Some(id) = current {
            let function = facts.function(id);
            if !function.name.is_empty() {
                return Some(match function.class {
                    Some(class) => {
                        format!(
                            "{}.{}",
                            self.class_name(ClassRef {
                                file: f.file,
                                class
                            }),
                            function.name
                        )
                    }
                    None => function.name.to_string(),
                });
            }
            current = function.outer;
        }
        None
    }

    /// Name of a class; of an extension, that of the type it extends.
    #[must_use]
    pub fn class_name(&self, c: ClassRef) -> SmolStr {
        let facts = self.facts(c.file);
        let class = facts.class(c.class);
        match class.target {
            Some(target) if class.name.is_empty() => {
                let text = facts.render(target);
                SmolStr::new(text.rsplit('.').next().unwrap_or(&text))
            }
            _ => class.name.clone(),
        }
    }
}

/// Groups ids by a name.
pub(crate) type ByName<T> = FxHashMap<SmolStr, Vec<T>>;
