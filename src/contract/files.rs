//! Files that describe messages, read when a payload's type asks for one.
//!
//! The walk only lists them. Their bytes are searched for the name that is
//! asked for, and only what has it is parsed.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;

use crate::analysis::Diagnostic;
use crate::infra::Malformed;
use crate::infra::messages::{Message, asyncapi, avro, json_schema, protobuf};
use crate::project::Project;

/// A file larger than this is data or generated; bytes.
const MAX_SIZE: u64 = 1024 * 1024;
/// Bytes of all files that are kept to be searched.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The schema files of a tree.
pub struct SchemaFiles<'p> {
    project: &'p Project,
    /// Sorted paths of what describes messages, and of SQL.
    listed: &'p [String],
    files: OnceCell<Vec<File>>,
    documents: OnceCell<Vec<(String, asyncapi::Document)>>,
    diagnostics: RefCell<BTreeSet<Diagnostic>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Protobuf,
    Avro,
}

struct File {
    path: String,
    kind: Kind,
    text: String,
    messages: OnceCell<Vec<Message>>,
}

/// A message, its file and what that is written in.
pub struct Described<'f> {
    pub message: std::borrow::Cow<'f, Message>,
    pub path: String,
    pub format: &'static str,
}

impl<'p> SchemaFiles<'p> {
    #[must_use]
    pub fn new(project: &'p Project, listed: &'p [String]) -> Self {
        Self {
            project,
            listed,
            files: OnceCell::new(),
            documents: OnceCell::new(),
            diagnostics: RefCell::default(),
        }
    }

    /// What could not be read or understood.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.borrow().iter().cloned().collect()
    }

    /// The SQL files, sorted by path.
    pub fn sql(&self) -> impl Iterator<Item = &'p str> {
        let listed = self.listed.iter().map(String::as_str);
        listed.filter(|path| path.ends_with(".sql"))
    }

    /// The GraphQL files, sorted by path.
    pub fn graphql(&self) -> impl Iterator<Item = &'p str> {
        let listed = self.listed.iter().map(String::as_str);
        listed.filter(|path| {
            let ends = [".graphql", ".graphqls", ".gql"];
            ends.iter().any(|end| path.ends_with(end))
        })
    }

    /// The text of a file; what cannot be read is left out.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<String> {
        let full = self.project.absolute(path);
        let size = std::fs::metadata(&full).map_or(0, |meta| meta.len());
        if size > MAX_SIZE {
            self.report(path, None, "too large for a schema; left out".into());
            return None;
        }
        match std::fs::read_to_string(&full) {
            Ok(text) => Some(text),
            Err(error) => {
                self.report(path, None, format!("cannot be read: {error}"));
                None
            }
        }
    }

    fn report(&self, path: &str, line: Option<u32>, message: String) {
        self.diagnostics.borrow_mut().insert(Diagnostic {
            file: path.to_owned(),
            line,
            message,
        });
    }

    fn understood<T: Default>(&self, path: &str, parsed: Result<T, Malformed>) -> T {
        parsed.unwrap_or_else(|malformed| {
            self.report(path, malformed.line, malformed.message);
            T::default()
        })
    }

    fn files(&self) -> &[File] {
        self.files.get_or_init(|| {
            let mut bytes = 0;
            let mut files = Vec::new();
            for path in self.listed {
                let kind = match path.rsplit('.').next() {
                    Some("proto") => Kind::Protobuf,
                    Some("avsc") => Kind::Avro,
                    _ => continue,
                };
                if bytes > MAX_BYTES {
                    break;
                }
                let Some(text) = self.text(path) else {
                    continue;
                };
                bytes += text.len();
                files.push(File {
                    path: path.clone(),
                    kind,
                    text,
                    messages: OnceCell::new(),
                });
            }
            files
        })
    }

    /// The messages of this name, in the order of their files.
    #[must_use]
    pub fn find(&self, name: &str) -> Vec<Described<'_>> {
        let mut found = Vec::new();
        for file in self.files() {
            if memchr::memmem::find(file.text.as_bytes(), name.as_bytes()).is_none() {
                continue;
            }
            let messages = file.messages.get_or_init(|| {
                let parsed = match file.kind {
                    Kind::Protobuf => protobuf::parse(&file.text),
                    Kind::Avro => avro::parse(&file.text),
                };
                self.understood(&file.path, parsed)
            });
            let format = match file.kind {
                Kind::Protobuf => "protobuf",
                Kind::Avro => "avro",
            };
            let called = messages.iter().filter(|m| m.name == name);
            found.extend(called.map(|message| Described {
                message: std::borrow::Cow::Borrowed(message),
                path: file.path.clone(),
                format,
            }));
        }
        found.extend(self.json_schemas(name));
        for (path, document) in self.asyncapi() {
            let called = document.messages.iter().filter(|m| m.name == name);
            found.extend(called.map(|message| Described {
                message: std::borrow::Cow::Borrowed(message),
                path: path.clone(),
                format: "asyncapi",
            }));
        }
        found
    }

    /// Files called like the message: `OrderPlaced.json`, `order-placed.schema.yaml`.
    fn json_schemas(&self, name: &str) -> Vec<Described<'_>> {
        let asked = folded(name);
        let files = self.project.configuration.files();
        let called = files.filter(|(_, path, _)| stem(path).is_some_and(|s| folded(s) == asked));
        let mut found = Vec::new();
        for (_, path, _) in called {
            let Some(text) = self.text(path) else {
                continue;
            };
            // Settings are read by others, who say what is wrong with them.
            let messages = json_schema::parse(&text, name).unwrap_or_default();
            found.extend(messages.into_iter().take(1).map(|message| Described {
                message: std::borrow::Cow::Owned(Message {
                    name: name.to_owned(),
                    ..message
                }),
                path: path.to_owned(),
                format: "json-schema",
            }));
        }
        found
    }

    /// The AsyncAPI documents, which are called so.
    pub fn asyncapi(&self) -> &[(String, asyncapi::Document)] {
        self.documents.get_or_init(|| {
            let files = self.project.configuration.files();
            let called = files.filter(|(_, path, _)| {
                let name = path.rsplit('/').next().unwrap_or(path);
                stem(path).is_some() && name.to_lowercase().contains("asyncapi")
            });
            let read = called.filter_map(|(_, path, _)| {
                let text = self.text(path)?;
                let document = self.understood(path, asyncapi::parse(&text));
                Some((path.to_owned(), document))
            });
            read.collect()
        })
    }
}

/// The name of a JSON or YAML file without its endings.
fn stem(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    let stem = [".json", ".yaml", ".yml"]
        .iter()
        .find_map(|end| name.strip_suffix(end))?;
    Some(stem.strip_suffix(".schema").unwrap_or(stem))
}

/// A name without what spellings differ in.
pub(super) fn folded(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
