//! What a lookup of handlers looks like to someone who has not parsed the file:
//! a reason to parse it, and no more.

/// What the names of tables of handlers have in them, but for the first letter.
const TABLES: [&str; 12] = [
    "andlers",
    "ANDLERS",
    "andler_map",
    "andlerMap",
    "andlerRegistry",
    "isteners",
    "ISTENERS",
    "ubscribers",
    "ubscriptions",
    "bservers",
    "allbacks",
    "egistry",
];

/// How an element is taken out of a table.
const LOOKUPS: [&str; 6] = ["[", "?.[", ".get(", "?.get(", ".entry(", ".setdefault("];

/// What messages are called, where one is looked up by its class or a field.
const MESSAGES: [&str; 6] = [
    "event",
    "Event",
    "message",
    "msg",
    "command",
    "notification",
];

/// Lookups by a type, whatever it is called.
const BY_TYPE: [&str; 5] = [
    "[type(",
    ".get(type(",
    ".get(&type",
    "TypeId::of::<",
    "type_name::<",
];

/// The names of tables; a lookup must follow one ([`is_lookup`]).
pub fn tables() -> impl Iterator<Item = String> {
    TABLES.iter().map(|table| (*table).to_owned())
}

/// Lookups that say enough alone.
pub fn lookups() -> impl Iterator<Item = String> {
    let by_message = MESSAGES.iter().flat_map(|message| {
        [
            format!("[{message}."),
            format!(".get({message}."),
            format!("{message}.constructor"),
            format!("{message}.__class__"),
        ]
    });
    // Lists of records are gone through.
    let each = ["subscriptions", "subscribers", "listeners", "handlers"]
        .iter()
        .flat_map(|list| {
            [
                format!("in self.{list}:"),
                format!("in self._{list}:"),
                format!("of this.{list})"),
            ]
        });
    by_message.chain(each).chain(BY_TYPE.map(str::to_owned))
}

/// Whether something is looked up in the table whose name a text goes on with.
#[must_use]
pub fn is_lookup(behind: &[u8]) -> bool {
    let name = behind
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
        .count();
    let rest = behind.get(name..).unwrap_or_default();
    LOOKUPS.iter().any(|l| rest.starts_with(l.as_bytes()))
}
