//! What code stored in the database does with messages: functions and triggers in
//! SQL files that notify, or put rows into a table that serves as a queue.
//!
//! Such files are read only where the map has a queue or channel of Postgres.

use std::collections::{BTreeMap, BTreeSet};

use super::endpoints::{Code, Made};
use crate::analysis::{Confidence, Declaration, DeclarationKind, Endpoint, Location, Role};
use crate::clients::sql::{self, Asked, Placed};
use crate::contract::SchemaFiles;
use crate::project::{Services, is_test_path};

const NOTIFY: &str = "postgres-notify";
const QUEUE: &str = "postgres-queue";
const CLIENT: &str = "sql";
/// A larger file is a dump; bytes.
const MAX_SIZE: usize = 256 * 1024;

/// Adds the producers in SQL files, and where they declare a table that is a queue.
pub fn add(
    services: &Services,
    files: &SchemaFiles,
    made: &mut Vec<Made>,
    declarations: &mut Vec<Declaration>,
) {
    let live = || made.iter().map(|m| &m.endpoint).filter(|e| !e.test);
    let listens = live().any(|e| e.technology == NOTIFY && e.role == Role::Consumer);
    let taken = live().filter(|e| e.technology == QUEUE && e.role == Role::Consumer);
    let queues: BTreeSet<String> = taken.filter_map(|e| e.name.clone()).collect();
    if !listens && queues.is_empty() {
        return;
    }
    // A function that is made anew replaces the one of an earlier file.
    let mut producers: BTreeMap<(String, Option<String>, String), Made> = BTreeMap::new();
    for path in files.sql().filter(|path| !path.ends_with(".down.sql")) {
        let Some(text) = files.text(path).filter(|text| text.len() <= MAX_SIZE) else {
            continue;
        };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut found = Vec::new();
        if listens {
            found.extend(
                sql::places(&text, Asked::Notify)
                    .into_iter()
                    .map(|p| (NOTIFY, p)),
            );
        }
        if !queues.is_empty() {
            let inserted = sql::places(&text, Asked::Insert).into_iter();
            // Rows a file puts in by itself are data.
            let sent = inserted.filter(|p| p.function.is_some() && queues.contains(&p.name));
            found.extend(sent.map(|p| (QUEUE, p)));
            let tables = sql::places(&text, Asked::Table).into_iter();
            let declared = tables.filter(|p| queues.contains(&p.name));
            declarations.extend(declared.map(|p| declaration(services, path, p)));
        }
        for (technology, placed) in found {
            let of = format!("{folder}:{technology}");
            let key = (of, placed.function.clone(), placed.name.clone());
            producers.insert(key, producer(services, path, technology, placed));
        }
    }
    made.extend(producers.into_values());
}

fn location(path: &str, line: u32) -> Location {
    Location {
        file: path.to_owned(),
        line,
        column: 1,
        end_line: line,
    }
}

fn declaration(services: &Services, path: &str, placed: Placed) -> Declaration {
    Declaration {
        kind: DeclarationKind::Queue,
        technology: QUEUE.into(),
        service: services.name_of(services.folder_of(path)),
        location: location(path, placed.line),
        name: Some(placed.name),
        settings: BTreeMap::new(),
        test: is_test_path(path),
    }
}

fn producer(services: &Services, path: &str, technology: &str, placed: Placed) -> Made {
    let endpoint = Endpoint {
        id: String::new(),
        role: Role::Producer,
        technology: technology.to_owned(),
        client: CLIENT.into(),
        name: Some(placed.name),
        via: None,
        group: None,
        service: services.name_of(services.folder_of(path)),
        symbol: placed.function.filter(|name| !name.is_empty()),
        location: location(path, placed.line),
        confidence: Confidence::Certain,
        evidence: Vec::new(),
        payload: None,
        handler: None,
        settings: BTreeMap::new(),
        test: is_test_path(path),
        wrapper: false,
    };
    Made {
        endpoint,
        code: Code {
            calls: Vec::new(),
            inside: None,
            handler: None,
        },
        channel_kind: if technology == QUEUE {
            "queue"
        } else {
            "topic"
        }
        .into(),
        requires_counterpart: false,
    }
}
