//! What a lookup of handlers looks like to someone who has not parsed the file:
//! a reason to parse it, and no more.

/// What tables of handlers are called.
const TABLES: [&str; 15] = [
    "handlers",
    "Handlers",
    "HANDLERS",
    "listeners",
    "Listeners",
    "LISTENERS",
    "subscribers",
    "Subscribers",
    "SUBSCRIBERS",
    "subscriptions",
    "Subscriptions",
    "callbacks",
    "Callbacks",
    "registry",
    "handlersMap",
];

/// How an element is taken out of a table.
const LOOKUPS: [&str; 5] = ["[", "?.[", ".get(", ".entry(", ".setdefault("];

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
const BY_TYPE: [&str; 4] = ["[type(", ".get(type(", "TypeId::of::<", "type_name::<"];

/// The spellings.
pub fn hints() -> impl Iterator<Item = String> {
    let named = TABLES
        .iter()
        .flat_map(|table| LOOKUPS.iter().map(move |lookup| format!("{table}{lookup}")));
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
    named
        .chain(by_message)
        .chain(each)
        .chain(BY_TYPE.map(str::to_owned))
}
