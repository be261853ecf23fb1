//! AsyncAPI 2 and 3: the channels of a document with the messages on them.

use super::{MAX_MESSAGES, Message, json_schema};
use crate::analysis::DeclarationKind;
use crate::infra::Malformed;
use crate::infra::tree::{Content, NodeId, Tree};
use crate::infra::yaml;

/// What a document says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    pub channels: Vec<Channel>,
    pub messages: Vec<Message>,
}

/// A channel and what it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    pub name: String,
    pub technology: String,
    pub kind: DeclarationKind,
    /// 1-based.
    pub line: u32,
    /// Names of messages of the document.
    pub messages: Vec<String>,
}

/// The protocols that AsyncAPI's servers and bindings name, what msgmap calls
/// them, and what their channels are.
/// <https://github.com/asyncapi/bindings>
const PROTOCOLS: [(&str, &str, DeclarationKind); 17] = [
    ("kafka", "kafka", DeclarationKind::Topic),
    ("kafka-secure", "kafka", DeclarationKind::Topic),
    ("amqp", "rabbitmq", DeclarationKind::Exchange),
    ("amqps", "rabbitmq", DeclarationKind::Exchange),
    ("mqtt", "mqtt", DeclarationKind::Topic),
    ("mqtt5", "mqtt", DeclarationKind::Topic),
    ("secure-mqtt", "mqtt", DeclarationKind::Topic),
    ("mqtts", "mqtt", DeclarationKind::Topic),
    ("nats", "nats", DeclarationKind::Topic),
    ("pulsar", "pulsar", DeclarationKind::Topic),
    ("redis", "redis-pubsub", DeclarationKind::Topic),
    ("sns", "sns", DeclarationKind::Topic),
    ("sqs", "sqs", DeclarationKind::Queue),
    ("googlepubsub", "google-pubsub", DeclarationKind::Topic),
    ("ws", "websocket", DeclarationKind::Topic),
    ("wss", "websocket", DeclarationKind::Topic),
    ("socketio", "socket.io", DeclarationKind::Topic),
];

/// Reads a file; nothing if it is no AsyncAPI document.
///
/// # Errors
/// If it is not understood, and where.
pub fn parse(text: &str) -> Result<Document, Malformed> {
    let tree = yaml::parse(text).map_err(Malformed::whole)?;
    let Some(root) = tree
        .root()
        .filter(|root| tree.get(*root, "asyncapi").is_some())
    else {
        return Ok(Document::default());
    };
    let reader = Reader { tree: &tree, root };
    let mut document = Document::default();
    for (name, at) in reader.table(Some(root), "channels") {
        reader.channel(name, at, &mut document);
    }
    for part in ["messages", "schemas"] {
        for (name, at) in reader.table(tree.get(root, "components"), part) {
            if part == "messages" {
                reader.message(name, at, &mut document);
            } else if !document.messages.iter().any(|m| m.name == name) {
                document
                    .messages
                    .extend(json_schema::message(&tree, root, at, name));
            }
        }
    }
    document.messages.truncate(MAX_MESSAGES);
    Ok(document)
}

struct Reader<'t> {
    tree: &'t Tree,
    root: NodeId,
}

impl<'t> Reader<'t> {
    fn table(&self, at: Option<NodeId>, key: &str) -> Vec<(&'t str, NodeId)> {
        let table = at.and_then(|at| self.tree.get(at, key));
        match table.and_then(|id| self.tree.node(id)).map(|n| &n.content) {
            Some(Content::Table(entries)) => {
                entries.iter().map(|(k, id)| (k.as_str(), *id)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn text(&self, at: NodeId, key: &str) -> Option<&'t str> {
        let text = self.tree.text(self.tree.get(at, key)?)?;
        Some(text.as_str())
    }

    fn referred(&self, at: NodeId) -> NodeId {
        json_schema::referred(self.tree, self.root, at)
    }

    fn channel(&self, id: &str, at: NodeId, document: &mut Document) {
        let at = self.referred(at);
        let mut messages = Vec::new();
        // Version 3 lists them by name, version 2 below what is done with them.
        for (name, message) in self.table(Some(at), "messages") {
            messages.push(self.message(name, message, document));
        }
        for operation in ["publish", "subscribe"] {
            let Some(message) = self
                .tree
                .get(at, operation)
                .and_then(|operation| self.tree.get(operation, "message"))
            else {
                continue;
            };
            let options = self
                .tree
                .get(message, "oneOf")
                .and_then(|o| self.tree.node(o));
            match options.map(|node| &node.content) {
                Some(Content::List(options)) => {
                    for option in options {
                        messages.push(self.message("", *option, document));
                    }
                }
                _ => messages.push(self.message("", message, document)),
            }
        }
        messages.retain(|name| !name.is_empty());
        messages.sort();
        messages.dedup();
        let Some((technology, kind)) = self.protocol(at) else {
            return;
        };
        document.channels.push(Channel {
            // In version 2 a channel is called by its address.
            name: self.text(at, "address").unwrap_or(id).to_owned(),
            technology: technology.to_owned(),
            kind,
            line: self.tree.node(at).map_or(1, |node| node.line),
            messages,
        });
    }

    /// What a channel's bindings say, else the only protocol of the servers.
    fn protocol(&self, channel: NodeId) -> Option<(&'static str, DeclarationKind)> {
        let known = |name: &str| PROTOCOLS.iter().find(|(protocol, ..)| *protocol == name);
        for (name, binding) in self.table(Some(channel), "bindings") {
            if let Some((_, technology, kind)) = known(name) {
                let is_queue = self.text(binding, "is") == Some("queue");
                let kind = if is_queue {
                    DeclarationKind::Queue
                } else {
                    *kind
                };
                return Some((technology, kind));
            }
        }
        let servers = self.table(Some(self.root), "servers");
        let protocols = servers
            .iter()
            .filter_map(|(_, at)| known(self.text(self.referred(*at), "protocol")?));
        let mut of_servers: Vec<_> = protocols.map(|(_, t, kind)| (*t, *kind)).collect();
        of_servers.dedup();
        match of_servers.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// Adds a message; what it is called.
    fn message(&self, name: &str, at: NodeId, document: &mut Document) -> String {
        let reference = self.text(at, "$ref").and_then(|r| r.rsplit('/').next());
        let at = self.referred(at);
        let name = self
            .text(at, "name")
            .or(reference)
            .unwrap_or(name)
            .to_owned();
        if name.is_empty() || document.messages.iter().any(|m| m.name == name) {
            return name;
        }
        if let Some(payload) = self.tree.get(at, "payload") {
            let payload = match self.tree.get(payload, "schema") {
                // With a format of its own, the schema is one level down.
                Some(schema) if self.tree.get(payload, "schemaFormat").is_some() => schema,
                _ => payload,
            };
            let described = json_schema::message(self.tree, self.root, payload, &name);
            document.messages.extend(described.map(|message| Message {
                name: name.clone(),
                line: self.tree.node(at).map_or(1, |node| node.line),
                ..message
            }));
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, parse};

    fn shown(document: &Document) -> Vec<String> {
        let channels = document.channels.iter().map(|c| {
            let kind = c.kind.as_str();
            format!(
                "{} {kind} {} {}: {}",
                c.technology,
                c.name,
                c.line,
                c.messages.join(",")
            )
        });
        let messages = document.messages.iter().map(|m| {
            let fields: Vec<&str> = m.fields.iter().map(|f| f.name.as_str()).collect();
            format!("{} {}: {}", m.name, m.line, fields.join(","))
        });
        channels.chain(messages).collect()
    }

    #[test]
    fn version_two() {
        let text = "asyncapi: 2.6.0\nservers:\n  main: {url: x, protocol: kafka}\nchannels:\n  orders.placed:\n    publish:\n      message:\n        $ref: '#/components/messages/OrderPlaced'\ncomponents:\n  messages:\n    OrderPlaced:\n      payload:\n        $ref: '#/components/schemas/Order'\n  schemas:\n    Order:\n      type: object\n      properties:\n        id: {type: string}\n";
        let document = parse(text).expect("valid");
        assert_eq!(
            shown(&document),
            [
                "kafka topic orders.placed 6: OrderPlaced",
                "OrderPlaced 12: id",
                "Order 16: id"
            ]
        );
    }

    #[test]
    fn version_three() {
        let text = "asyncapi: 3.0.0\nchannels:\n  jobs:\n    address: work.jobs\n    messages:\n      Job:\n        payload:\n          properties: {n: {type: integer}}\n    bindings:\n      amqp: {is: queue}\n";
        let document = parse(text).expect("valid");
        assert_eq!(
            shown(&document),
            ["rabbitmq queue work.jobs 4: Job", "Job 7: n"]
        );
    }

    #[test]
    fn what_is_none_says_nothing() {
        assert_eq!(parse("openapi: 3.0.0\n"), Ok(Document::default()));
    }
}
