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

/// How the elements of a collection are gone through.
const EACH: [&str; 3] = [".forEach(", "for (const ", "for (let "];

/// How an element is taken out of a table.
const LOOKUPS: [&str; 8] = [
    "[",
    "?.[",
    ".get(",
    "?.get(",
    ".entry(",
    ".setdefault(",
    ".get::<",
    ".get_mut::<",
];

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

/// How one goes through a collection; it must be a table's, and what it holds
/// called ([`calls_each`]).
pub fn each() -> impl Iterator<Item = String> {
    EACH.iter().map(|each| (*each).to_owned())
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
    let name = behind.iter().take_while(|b| is_word(**b)).count();
    let rest = behind.get(name..).unwrap_or_default();
    LOOKUPS.iter().any(|l| rest.starts_with(l.as_bytes()))
}

/// Whether what stands behind the beginning of a loop, or of a callback with
/// each element, goes through what is found under a key and calls the elements:
/// `table[key]?.forEach((f) => f(event))`, `for (const f of table[key]) f(event)`.
#[must_use]
pub fn calls_each(before: &[u8], behind: &[u8]) -> bool {
    /// As far as the first call stands from the element's name.
    const FARTHEST: usize = 160;
    let behind = behind.get(..FARTHEST.min(behind.len())).unwrap_or_default();
    let skipped = behind
        .iter()
        .take_while(|b| matches!(b, b'(' | b' '))
        .count();
    let behind = behind.get(skipped..).unwrap_or_default();
    let length = behind.iter().take_while(|b| is_word(**b)).count();
    let (element, rest) = behind.split_at(length);
    let (over, body) = match rest.strip_prefix(b" of ") {
        // The collection stands between the name and the end of the head.
        Some(rest) => rest.split_at(closing(rest)),
        None => (before.trim_ascii_end(), rest),
    };
    let over = over.strip_suffix(b"?? []").unwrap_or(over).trim_ascii_end();
    let over = over.strip_suffix(b"?").unwrap_or(over);
    !element.is_empty() && is_looked_up(over) && is_called(element, body)
}

/// Where the bracket is closed that was opened before a text; its end if it is not.
fn closing(text: &[u8]) -> usize {
    let mut open = 0_u32;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'(' => open += 1,
            b')' if open == 0 => return at,
            b')' => open -= 1,
            _ => {}
        }
    }
    text.len()
}

/// Whether a text ends in a lookup by a name: `table[key]`, `table.get(event.type)`.
fn is_looked_up(text: &[u8]) -> bool {
    let (inside, opening) = match text.split_last() {
        Some((b']', inside)) => (inside, b'['),
        Some((b')', inside)) => (inside, b'('),
        _ => return false,
    };
    let is_key = |b: &&u8| is_word(**b) || **b == b'.';
    let key = inside.iter().rev().take_while(is_key).count();
    let (table, key) = inside.split_at(inside.len() - key);
    let is_name = key.first().is_some_and(|b| !b.is_ascii_digit());
    let Some((last, table)) = table.split_last() else {
        return false;
    };
    let looks_up = match opening {
        b'[' => table.last().is_some_and(|b| is_word(*b) || *b == b'.'),
        _ => table.ends_with(b".get"),
    };
    is_name && *last == opening && looks_up
}

/// Whether something is called by its name somewhere in a text.
fn is_called(name: &[u8], text: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = find(text.get(at..).unwrap_or_default(), name) {
        let (start, end) = (at + found, at + found + name.len());
        let begins = start == 0
            || text
                .get(start - 1)
                .is_some_and(|b| !is_word(*b) && *b != b'.');
        let rest = text.get(end..).unwrap_or_default();
        if begins
            && [&b"("[..], b"?.(", b".call(", b".apply("]
                .iter()
                .any(|c| rest.starts_with(c))
        {
            return true;
        }
        at = end;
    }
    false
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|w| w == what)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::calls_each;

    fn hints(text: &str) -> bool {
        super::each().any(|each| {
            let at = text.find(&each);
            at.is_some_and(|at| {
                let (before, behind) = text.split_at(at);
                calls_each(before.as_bytes(), &behind.as_bytes()[each.len()..])
            })
        })
    }

    #[test]
    fn elements_under_a_key_that_are_called() {
        assert!(hints("bound[event]?.forEach((run) => run(args));"));
        assert!(hints(
            "this.bound.get(e.type)?.forEach(run => { run.call(this, e) })"
        ));
        assert!(hints(
            "for (const run of bound[event] ?? []) {\n  run(args);\n}"
        ));
        assert!(hints("for (const run of bound.get(event) ?? []) run(args)"));
    }

    #[test]
    fn others() {
        assert!(!hints("bound.forEach((run) => run(args));"));
        assert!(!hints("rows[index]?.forEach((cell) => draw(cell));"));
        assert!(!hints("bound[0].forEach((run) => run(args));"));
        assert!(!hints("for (const row of rows[name]) draw(row);"));
        assert!(!hints("for (const run of runs) run(args);"));
        assert!(!hints(".forEach("));
    }
}
