//! One file a language: syntax tree to [`Facts`].
//!
//! Adding a language is one `queries/<language>.scm`, one lowering file here,
//! and one line in [`LANGUAGES`].

mod builder;
mod csharp;

pub mod embedded;
mod fields;
mod go;
mod java;
mod javascript;
mod jvm;
mod kotlin;
mod python;
mod roles;
mod rust;
pub mod templates;

use std::sync::LazyLock;

use tree_sitter::{Node, Parser};

pub use builder::Builder;
pub use jvm::heading::Heading;
pub use roles::{Role, Roles};

use crate::facts::Facts;

/// Makes of a file's bytes those that are code, each where it stood.
type Code = fn(&[u8]) -> Vec<u8>;

/// Everything msgmap knows about a programming language.
pub struct Language {
    /// Name in lower case, as client models and reports spell it.
    pub name: &'static str,
    /// File extensions without the dot.
    pub extensions: &'static [&'static str],
    /// How modules are named and found.
    pub modules: Modules,
    grammar: fn() -> tree_sitter::Language,
    query: &'static str,
    lower: fn(&mut Builder, Node),
    /// What of a file is code, if it is not all of it.
    code: Option<Code>,
    /// Read on first use: a scan that meets no Rust never reads Rust's table.
    roles: LazyLock<Result<Roles, String>>,
}

/// How a language's imports name modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modules {
    /// Relative paths, packages by name, path aliases (`./a`, `pkg/sub`).
    Path,
    /// Dotted names with leading dots for relative ones (`..a.b`).
    Dotted,
    /// `crate::`, `self::`, `super::` and crate names, `::` between.
    Crate,
    /// Import paths that begin with a module's path. A folder is one package:
    /// its files see each other's names.
    Folder,
    /// Namespaces that any file can add to: a name is of one of those used.
    Namespace,
    /// Packages of classes: `com.acme.orders.Order`.
    Jvm,
}

macro_rules! language {
    ($name:literal, $extensions:expr, $modules:ident, $grammar:expr, $query:literal, $lower:path) => {
        language!($name, $extensions, $modules, $grammar, $query, $lower, None)
    };
    ($name:literal, $extensions:expr, $modules:ident, $grammar:expr, $query:literal, $lower:path, $code:expr) => {
        Language {
            name: $name,
            extensions: &$extensions,
            modules: Modules::$modules,
            grammar: || $grammar.into(),
            query: include_str!(concat!("../../queries/", $query)),
            lower: $lower,
            code: $code,
            roles: LazyLock::new(|| {
                Roles::parse(
                    include_str!(concat!("../../queries/", $query)),
                    &$grammar.into(),
                )
            }),
        }
    };
}

/// The languages, one line each.
#[rustfmt::skip]
pub static LANGUAGES: [Language; 11] = [
    language!("typescript", ["ts", "mts", "cts"], Path, tree_sitter_typescript::LANGUAGE_TYPESCRIPT, "typescript.scm", javascript::lower),
    language!("tsx", ["tsx"], Path, tree_sitter_typescript::LANGUAGE_TSX, "typescript.scm", javascript::lower),
    language!("javascript", ["js", "jsx", "mjs", "cjs"], Path, tree_sitter_javascript::LANGUAGE, "javascript.scm", javascript::lower),
    // Scripts inside other files: the dialect that takes all the others.
    language!("vue", ["vue", "svelte"], Path, tree_sitter_typescript::LANGUAGE_TSX, "typescript.scm", javascript::lower, Some(embedded::scripts)),
    language!("html", ["html", "htm"], Path, tree_sitter_typescript::LANGUAGE_TSX, "typescript.scm", javascript::lower, Some(embedded::scripts)),
    language!("python", ["py", "pyi"], Dotted, tree_sitter_python::LANGUAGE, "python.scm", python::lower),
    language!("rust", ["rs"], Crate, tree_sitter_rust::LANGUAGE, "rust.scm", rust::lower),
    language!("go", ["go"], Folder, tree_sitter_go::LANGUAGE, "go.scm", go::lower),
    language!("csharp", ["cs"], Namespace, tree_sitter_c_sharp::LANGUAGE, "csharp.scm", csharp::lower),
    language!("java", ["java"], Jvm, tree_sitter_java::LANGUAGE, "java.scm", java::lower),
    language!("kotlin", ["kt"], Jvm, tree_sitter_kotlin_ng::LANGUAGE, "kotlin.scm", kotlin::lower),
];

/// Index of a language in [`LANGUAGES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LanguageId(pub u8);

impl LanguageId {
    /// The language of a file, by its extension.
    #[must_use]
    pub fn of_path(path: &std::path::Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        LANGUAGES
            .iter()
            .position(|l| l.extensions.contains(&extension))
            .map(|i| Self(i as u8))
    }

    #[must_use]
    pub fn get(self) -> &'static Language {
        &LANGUAGES[self.0 as usize]
    }
}

impl Language {
    /// The name models and reports use: dialects count as their language.
    #[must_use]
    pub fn family(&self) -> &'static str {
        match self.name {
            "tsx" | "vue" => "typescript",
            "html" => "javascript",
            other => other,
        }
    }

    /// The syntax tree of `source` lowered to facts. Half-written code gives
    /// the facts of what could be parsed, with the lines that could not in
    /// [`Facts::errors`].
    ///
    /// # Errors
    /// A message if the file cannot be parsed at all.
    pub fn facts(&self, source: &[u8]) -> Result<Facts, String> {
        let roles = self.roles.as_ref().map_err(Clone::clone)?;
        let code = self.code.map(|code| code(source));
        let source = code.as_deref().unwrap_or(source);
        let mut parser = Parser::new();
        parser
            .set_language(&(self.grammar)())
            .map_err(|e| format!("grammar of {}: {e}", self.name))?;
        let tree = parser
            .parse(source, None)
            .ok_or_else(|| "the parser gave up".to_owned())?;
        let root = tree.root_node();
        let mut builder = Builder::new(source, roles);
        (self.lower)(&mut builder, root);
        let mut facts = builder.finish();
        if root.has_error() {
            facts.errors = error_lines(root);
        }
        Ok(facts)
    }

    /// Whether several functions can have one name and differ in what they take.
    #[must_use]
    pub fn overloads(&self) -> bool {
        matches!(self.modules, Modules::Namespace | Modules::Jvm)
    }

    /// Whether only `new` makes an object of a class.
    #[must_use]
    pub fn constructs_by_word(&self) -> bool {
        match self.modules {
            Modules::Path | Modules::Namespace => true,
            Modules::Jvm => self.name == "java",
            _ => false,
        }
    }

    /// The function that is given what the user gives the program.
    #[must_use]
    pub fn entry_point(&self) -> Option<&'static str> {
        match self.modules {
            Modules::Jvm => Some("main"),
            Modules::Namespace => Some("Main"),
            _ => None,
        }
    }

    /// What a program without a function it begins with calls what the user gives it.
    #[must_use]
    pub fn program_arguments(&self) -> Option<&'static str> {
        (self.modules == Modules::Namespace).then_some("args")
    }

    /// Whether frameworks fill fields and parameters by their types.
    #[must_use]
    pub fn injects_by_type(&self) -> bool {
        self.modules == Modules::Jvm
    }

    /// The package a file is in and what it declares there, read without
    /// parsing; `None` in languages in which a file is a module of its own.
    #[must_use]
    pub fn heading(&self, source: &[u8]) -> Option<Heading> {
        (self.modules == Modules::Jvm).then(|| jvm::heading::heading(source))
    }

    /// The query that names the roles of this language's node kinds.
    #[must_use]
    pub fn query(&self) -> &'static str {
        self.query
    }

    /// The tree-sitter grammar.
    #[must_use]
    pub fn grammar(&self) -> tree_sitter::Language {
        (self.grammar)()
    }
}

/// The first few lines the parser could not make sense of.
fn error_lines(root: Node) -> Vec<u32> {
    const MOST: usize = 3;
    let mut lines = Vec::new();
    let mut pending = vec![root];
    while let Some(node) = pending.pop() {
        if node.is_error() || node.is_missing() {
            lines.push(node.start_position().row as u32 + 1);
            if lines.len() == MOST {
                break;
            }
        } else if node.has_error() {
            let mut cursor = node.walk();
            let children: Vec<Node> = node.children(&mut cursor).collect();
            pending.extend(children.into_iter().rev());
        }
    }
    lines.dedup();
    lines
}

/// The first sentence of a documentation comment's lines; `None` if it is empty.
fn first_sentence<'a>(lines: impl Iterator<Item = &'a str>) -> Option<smol_str::SmolStr> {
    const LONGEST: usize = 200;
    let mut text = String::new();
    for line in lines {
        let line = line.trim();
        if line.is_empty() {
            if text.is_empty() {
                continue;
            }
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(line);
        if let Some(end) = text.find(". ") {
            text.truncate(end + 1);
            break;
        }
    }
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
    }
    (!text.is_empty()).then(|| smol_str::SmolStr::new(text))
}
