//! What AsyncAPI documents say of the channels in the map.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::endpoints::Made;
use crate::analysis::{Declaration, Location, Payload};
use crate::contract::files::Described;
use crate::contract::{SchemaFiles, Schemas};
use crate::infra::messages::asyncapi::Channel;
use crate::project::{Services, is_test_path};

/// The channels that documents describe. What is done with them there is
/// documentation: code that does it is an endpoint of its own.
pub fn declarations(services: &Services, files: &SchemaFiles) -> Vec<Declaration> {
    let documents = files.asyncapi().iter();
    let channels = documents.flat_map(|(path, d)| d.channels.iter().map(move |c| (path, c)));
    channels
        .map(|(path, channel)| Declaration {
            kind: channel.kind,
            technology: channel.technology.clone(),
            name: Some(channel.name.clone()),
            service: services.name_of(services.folder_of(path)),
            location: Location {
                file: path.clone(),
                line: channel.line,
                column: 1,
                end_line: channel.line,
            },
            settings: BTreeMap::new(),
            test: is_test_path(path),
        })
        .collect()
}

/// Gives endpoints on a described channel the only message that it carries, and
/// adds the schemas of all messages on it.
pub fn payloads(files: &SchemaFiles, made: &mut [Made], schemas: &mut Schemas) {
    for (path, document) in files.asyncapi() {
        for channel in &document.channels {
            let mut ids = Vec::new();
            for endpoint in made.iter_mut().map(|made| &mut made.endpoint) {
                if !is_on(channel, &endpoint.technology, endpoint.name.as_deref()) {
                    continue;
                }
                if ids.is_empty() {
                    let messages = document.messages.iter();
                    let carried = messages.filter(|m| channel.messages.contains(&m.name));
                    ids = carried
                        .map(|message| {
                            let id = schemas.add(&Described {
                                message: Cow::Borrowed(message),
                                path: path.clone(),
                                format: "asyncapi",
                            });
                            (message.name.clone(), id)
                        })
                        .collect();
                }
                if let ([(name, id)], None) = (ids.as_slice(), &endpoint.payload) {
                    endpoint.payload = Some(Payload {
                        ty: Some(name.clone()),
                        schema: Some(id.clone()),
                    });
                }
            }
        }
    }
}

fn is_on(channel: &Channel, technology: &str, name: Option<&str>) -> bool {
    channel.technology == technology && name == Some(channel.name.as_str())
}
