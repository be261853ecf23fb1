//! What sort of thing a technology is, and what sort of event a name stands for.

/// What a technology does with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Carries messages between processes.
    Broker,
    /// Carries work to be done once by one worker.
    JobQueue,
    /// Calls handlers inside of one process.
    InProcess,
    /// Keeps a connection to browsers and devices open.
    RealTime,
}

impl Kind {
    /// The sort a technology belongs to, spelled as in the JSON contract;
    /// one that is not listed is taken for a broker.
    #[must_use]
    pub fn of(technology: &str) -> Self {
        match technology {
            "celery" | "rq" | "dramatiq" | "huey" | "arq" | "taskiq" | "bullmq" | "bull"
            | "bee-queue" | "agenda" | "pg-boss" | "graphile-worker" | "postgres-queue"
            | "sidekiq" | "resque" | "hangfire" | "faktory" | "apalis" => Self::JobQueue,
            "in-process" => Self::InProcess,
            "socket.io"
            | "websocket"
            | "sse"
            | "signalr"
            | "django-channels"
            | "graphql-subscription" => Self::RealTime,
            _ => Self::Broker,
        }
    }

    /// The words used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Broker => "broker",
            Self::JobQueue => "job queue",
            Self::InProcess => "in-process bus",
            Self::RealTime => "real-time",
        }
    }
}

/// What an event is for, in the terms of domain-driven design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventKind {
    /// Something happened, told inside of one process.
    Domain,
    /// Something happened, told to other processes.
    Integration,
    /// Something is to be done.
    Command,
}

impl EventKind {
    /// The sort of an event: job queues carry commands, and so does a name in
    /// the imperative; of the rest, what leaves the process is integration.
    #[must_use]
    pub fn of(technology: &str, name: &str) -> Self {
        match Kind::of(technology) {
            Kind::JobQueue => Self::Command,
            _ if is_imperative(name) => Self::Command,
            Kind::InProcess => Self::Domain,
            Kind::Broker | Kind::RealTime => Self::Integration,
        }
    }
}

/// Whether a name asks for something (`SendEmail`, `place-order`,
/// `RefundCommand`) instead of telling that it happened (`order.placed`).
#[must_use]
pub fn is_imperative(name: &str) -> bool {
    let last = name.rsplit(['.', ':', '/']).next().unwrap_or(name);
    let mut words = words(last);
    if words.len() < 2 {
        words = self::words(name);
    }
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return false;
    };
    if matches!(last.as_str(), "command" | "cmd") {
        return true;
    }
    words.len() > 1 && IMPERATIVES.contains(&first.as_str()) && !is_past(last)
}

/// Whether a name is one a saga uses to take a step back.
#[must_use]
pub fn is_compensation(name: &str) -> bool {
    words(name)
        .iter()
        .any(|word| COMPENSATIONS.iter().any(|stem| word.starts_with(stem)))
}

/// The words of an identifier in lower case: `orderPlaced`, `order.placed`,
/// `order_placed` and `HTTPOrder` are two words each.
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let begins = c.is_uppercase()
            && (before.is_lowercase()
                || before.is_numeric()
                || (before.is_uppercase() && chars.peek().is_some_and(|next| next.is_lowercase())));
        if begins || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a word tells that something is over.
fn is_past(word: &str) -> bool {
    word.ends_with("ed")
        || matches!(
            word,
            "done"
                | "sent"
                | "paid"
                | "made"
                | "lost"
                | "found"
                | "sold"
                | "left"
                | "taken"
                | "given"
                | "written"
                | "event"
                | "events"
        )
}

/// Verbs that begin a command. Words that are nouns as often (`order`,
/// `request`, `store`, `build`) are left out.
const IMPERATIVES: &[&str] = &[
    "add",
    "allocate",
    "apply",
    "approve",
    "archive",
    "assign",
    "calculate",
    "cancel",
    "charge",
    "clean",
    "cleanup",
    "complete",
    "compute",
    "confirm",
    "convert",
    "create",
    "delete",
    "deliver",
    "dispatch",
    "download",
    "execute",
    "export",
    "fetch",
    "generate",
    "get",
    "handle",
    "import",
    "index",
    "invite",
    "merge",
    "migrate",
    "move",
    "notify",
    "place",
    "process",
    "publish",
    "purge",
    "refresh",
    "refund",
    "register",
    "reindex",
    "reject",
    "release",
    "remove",
    "render",
    "reserve",
    "reset",
    "resize",
    "restore",
    "retry",
    "run",
    "save",
    "schedule",
    "send",
    "ship",
    "start",
    "stop",
    "submit",
    "sync",
    "transcode",
    "update",
    "upload",
    "validate",
    "verify",
];

/// Stems of words that take a step back.
const COMPENSATIONS: &[&str] = &[
    "abort",
    "cancel",
    "compensat",
    "fail",
    "refund",
    "reject",
    "release",
    "revert",
    "rollback",
    "undo",
    "void",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn technologies() {
        assert_eq!(Kind::of("kafka"), Kind::Broker);
        assert_eq!(Kind::of("bullmq"), Kind::JobQueue);
        assert_eq!(Kind::of("in-process"), Kind::InProcess);
        assert_eq!(Kind::of("sse"), Kind::RealTime);
        assert_eq!(Kind::of("never-heard-of"), Kind::Broker);
    }

    #[test]
    fn commands_ask_and_events_tell() {
        for command in [
            "SendEmail",
            "place-order",
            "mail:send_welcome",
            "OrderCommand",
            "process.payment",
        ] {
            assert!(is_imperative(command), "{command}");
        }
        for event in [
            "order.placed",
            "documents.update",
            "OrderPlaced",
            "import.finished",
            "orders",
            "",
            "create",
        ] {
            assert!(!is_imperative(event), "{event}");
        }
    }

    #[test]
    fn compensations_step_back() {
        assert!(is_compensation("payment.failed"));
        assert!(is_compensation("ReleaseStock"));
        assert!(!is_compensation("order.placed"));
    }

    #[test]
    fn words_of_every_case() {
        assert_eq!(words("orderPlaced"), ["order", "placed"]);
        assert_eq!(words("HTTPOrder_x.y"), ["http", "order", "x", "y"]);
        assert!(words("|| ").is_empty());
    }
}
