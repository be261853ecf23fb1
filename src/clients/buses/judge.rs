//! What separates a bus from other tables of functions.
//!
//! Structure decides where it can: several handlers under the name or class of
//! the message they are handed is a bus. One handler a key is a command bus as
//! well as a strategy; there the message has to be named by its own class or
//! field, nobody may need the answer, and the words of the code have to agree.

use super::uses::Dispatch;
use super::ways::Step;
use crate::clients::casing::words;
use crate::project::Evaluator;

/// What messages and those who wait for them are called.
const MESSAGES: [&str; 14] = [
    "event",
    "message",
    "msg",
    "command",
    "notification",
    "signal",
    "topic",
    "subscriber",
    "subscription",
    "subscribe",
    "publish",
    "publisher",
    "pubsub",
    "bus",
];

/// What tables with several handlers a key and their functions are called.
const SUPPORT: [&str; 13] = [
    "listener",
    "handler",
    "callback",
    "observer",
    "emitter",
    "emit",
    "notify",
    "trigger",
    "fire",
    "dispatch",
    "dispatcher",
    "broadcast",
    "raise",
];

/// What looks like a bus and is none: tables of functions that answer.
const OTHERS: [&str; 45] = [
    "route",
    "router",
    "middleware",
    "visitor",
    "reducer",
    "strategy",
    "strategie",
    "formatter",
    "parser",
    "validator",
    "factory",
    "factorie",
    "cache",
    "memo",
    "serializer",
    "serialiser",
    "encoder",
    "decoder",
    "converter",
    "renderer",
    "template",
    "component",
    "resolver",
    "loader",
    "transform",
    "transformer",
    "opcode",
    "instruction",
    "token",
    "migration",
    "plugin",
    "hook",
    "interceptor",
    "rule",
    "method",
    "rpc",
    "request",
    "keybinding",
    "shortcut",
    "filter",
    "node",
    "ast",
    "tag",
    "widget",
    "adapter",
];

/// Whether one of some words is another one, in the singular or the plural.
fn says(words: &[String], of: &[&str]) -> bool {
    words
        .iter()
        .any(|w| of.contains(&w.as_str()) || w.strip_suffix('s').is_some_and(|w| of.contains(&w)))
}

/// What is asked for an answer.
const QUERIES: [&str; 2] = ["query", "querie"];

/// Whether a name is that of a question, which one handler answers.
#[must_use]
pub fn is_query(name: &str) -> bool {
    words(name).last().is_some_and(|w| w == "query")
}

/// Fields that name what is asked for, not a message.
const REQUESTS: [&str; 6] = ["url", "path", "pathname", "method", "route", "href"];

/// What is known of a table by the functions that dispatch from it.
#[derive(Debug)]
pub struct Shape {
    /// Several handlers have a key.
    many: bool,
    /// The message that is handed over names itself: by its class, by a field.
    of_message: bool,
    /// What is handed over is what names it.
    passes: bool,
    /// Every dispatcher takes what handlers return.
    answers: bool,
    /// The key is what is asked for, not a message.
    by_request: bool,
    /// The words around it: table, class, functions, their parameters' types.
    words: Vec<String>,
    /// The table's and its class's own words.
    own: Vec<String>,
}

impl Shape {
    /// `own` is what table and keeper are called.
    #[must_use]
    pub fn of(ev: &Evaluator, dispatches: &[&Dispatch], own: &str) -> Self {
        let own = words(own);
        let mut around = words_around(ev, dispatches);
        around.extend(own.iter().cloned());
        let is_request =
            |s: &Step| matches!(s, Step::Member(name) if REQUESTS.contains(&name.as_str()));
        Self {
            many: dispatches.iter().any(|d| d.many),
            of_message: dispatches
                .iter()
                .any(|d| d.passes && !d.message.steps.is_empty()),
            passes: dispatches.iter().any(|d| d.passes),
            answers: dispatches.iter().all(|d| d.used),
            by_request: dispatches
                .iter()
                .any(|d| d.message.steps.iter().any(is_request)),
            words: around,
            own,
        }
    }

    /// Whether it can be a bus, before anybody has looked for its users.
    #[must_use]
    pub fn may_be_bus(&self) -> bool {
        let is_other = says(&self.own, &OTHERS) && !says(&self.own, &MESSAGES);
        // What is asked is answered: a request, and no message.
        let plain: Vec<String> = self.own.iter().filter(|w| *w != "bus").cloned().collect();
        let asks = says(&self.own, &QUERIES) && !says(&plain, &MESSAGES);
        if self.by_request || is_other || asks {
            return false;
        }
        let about_messages = says(&self.words, &MESSAGES);
        if self.many {
            return self.of_message || about_messages || says(&self.words, &SUPPORT);
        }
        about_messages
    }

    /// Whether a key has one handler, who can answer.
    #[must_use]
    pub fn is_single(&self) -> bool {
        !self.many
    }

    /// Whether it is one, by the names that are sent and those that are handled;
    /// `by_class` if these are names of classes.
    #[must_use]
    pub fn is_bus(&self, sent: &[String], received: &[String], by_class: bool) -> bool {
        if !self.may_be_bus() || sent.is_empty() || received.is_empty() {
            return false;
        }
        let paths = received.iter().filter(|n| n.starts_with('/')).count();
        if paths * 2 > received.len() {
            return false;
        }
        if self.many {
            // Where results are collected, messages must be what it is about.
            return !self.answers || self.of_message || says(&self.words, &MESSAGES);
        }
        let linked = sent.iter().any(|s| received.contains(s));
        let plain = self.words.iter().filter(|w| !w.starts_with("command"));
        let plain: Vec<String> = plain.cloned().collect();
        let about_events = says(&plain, &MESSAGES);
        let of_message = self.of_message || (by_class && self.passes);
        linked && (of_message || (!self.answers && about_events))
    }
}

/// The words around dispatching functions: their names, parameters and types.
fn words_around(ev: &Evaluator, dispatches: &[&Dispatch]) -> Vec<String> {
    let mut text = String::new();
    for dispatch in dispatches {
        let facts = ev.project.facts(dispatch.file);
        let mut function = facts.function_of_scope(facts.expr(dispatch.call).scope);
        while let Some(id) = function {
            let f = facts.function(id);
            text.push(' ');
            text.push_str(&f.name);
            for param in &f.params {
                text.push(' ');
                text.push_str(&param.name);
                if let Some(ty) = param.ty {
                    text.push(' ');
                    text.push_str(&facts.render(ty));
                }
            }
            function = f.outer;
        }
    }
    words(&text)
}
