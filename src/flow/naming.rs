//! Names both sides agree on: the rules of `truth/GUIDE.md` that need more than one site.

use std::collections::{BTreeMap, BTreeSet};

pub use crate::analysis::is_open;
use crate::analysis::{Declaration, DeclarationKind, Endpoint, Role};
use crate::clients::buses;
use crate::clients::sites::Sites;
use crate::project::{Piece, Text};

/// A name with its holes alike, for comparison.
#[must_use]
pub fn canonical(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(start) = rest.find('{') {
        let variable = start > 0 && rest.as_bytes().get(start - 1) == Some(&b'$');
        let Some(length) = rest[start..].find('}') else {
            break;
        };
        let end = start + length + 1;
        if variable {
            out.push_str(&rest[..end]);
        } else {
            out.push_str(&rest[..start]);
            out.push_str("{}");
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// A message without a key of its own goes by its exchange; a queue that
/// carries several kinds of messages names each.
pub fn normalize(sites: &mut Sites) {
    for endpoint in &mut sites.endpoints {
        // A bus of the project is no place a message goes to without a name.
        let is_bus = endpoint.client == buses::CLIENT;
        if endpoint.role == Role::Producer && endpoint.name.is_none() && !is_bus {
            endpoint.name.clone_from(&endpoint.via);
        }
    }
    let mut messages: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for endpoint in sites.endpoints.iter().filter(|e| !e.wrapper) {
        if let (Some(name), Some(message)) = (&endpoint.name, &endpoint.message)
            && message.is_partly_known()
        {
            messages
                .entry((endpoint.technology.clone(), name.to_string()))
                .or_default()
                .insert(message.to_string());
        }
    }
    for endpoint in &mut sites.endpoints {
        let (Some(name), Some(message)) = (&mut endpoint.name, &endpoint.message) else {
            continue;
        };
        let key = (endpoint.technology.clone(), name.to_string());
        if message.is_partly_known() && messages.get(&key).is_some_and(|all| all.len() > 1) {
            let mut joined: Text = name.clone();
            joined.push(Piece::Plain(":".into()));
            joined.extend(message);
            *name = joined;
        }
    }
}

/// A consumer's queue travels through the exchange it is bound to.
pub fn bound_exchanges(endpoints: &mut [Endpoint], declarations: &[Declaration]) {
    for endpoint in endpoints {
        if endpoint.role != Role::Consumer || endpoint.via.is_some() {
            continue;
        }
        let Some(name) = endpoint.name.as_deref() else {
            continue;
        };
        let binding = declarations.iter().find(|d| {
            d.kind == DeclarationKind::Binding
                && d.technology == endpoint.technology
                && text(d, "queue").is_some_and(|queue| {
                    let is_same = queue == name
                        && (!is_open(name) || d.location.file == endpoint.location.file);
                    is_same || (is_injected(name, queue) && same_folder(d, endpoint))
                })
        });
        endpoint.via = binding.and_then(|b| text(b, "exchange")).map(str::to_owned);
    }
}

/// Whether a queue without a name of its own is the one an annotation asks for:
/// `{#orders}` there is what is called `orders` where it is bound.
#[must_use]
pub fn is_injected(asked: &str, queue: &str) -> bool {
    asked.strip_prefix("{#") == queue.strip_prefix('{') && asked.starts_with("{#")
}

/// Whether a declaration stands beside an endpoint.
#[must_use]
pub fn same_folder(declaration: &Declaration, endpoint: &Endpoint) -> bool {
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    folder(&declaration.location.file) == folder(&endpoint.location.file)
}

/// A setting that is a text.
#[must_use]
pub fn text<'d>(declaration: &'d Declaration, key: &str) -> Option<&'d str> {
    declaration.settings.get(key)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::{canonical, is_open};

    #[test]
    fn holes_are_alike_and_variables_are_not() {
        assert_eq!(canonical("user:{userId}.x"), "user:{}.x");
        assert_eq!(canonical("${QUEUE}-{id}"), "${QUEUE}-{}");
        assert_eq!(canonical("open{"), "open{");
        assert!(is_open("{name}"));
        assert!(!is_open("{a}-{b}") && !is_open("a{b}") && !is_open("${A}"));
    }
}
