//! What the infrastructure says, joined to what the code says.

use std::collections::BTreeSet;

use super::endpoints::{Code, Made};
use super::handlers;
use super::naming::is_open;
use crate::analysis::{Confidence, Declaration, Endpoint, Handler, Location, Policy, Role};
use crate::infra::resources::apply::{Attached, Found, Spot};
use crate::project::{Evaluator, Services, is_test_path};

/// A place in a file of the infrastructure.
fn location(spot: &Spot) -> Location {
    Location {
        file: spot.file.clone(),
        line: spot.line,
        column: 1,
        end_line: spot.line,
    }
}

fn service(services: &Services, file: &str) -> String {
    services.name_of(services.folder_of(file))
}

/// The queues, topics and bindings that files declare.
pub fn declarations<'f>(
    services: &'f Services,
    found: &'f Found,
) -> impl Iterator<Item = Declaration> + 'f {
    found.declarations.iter().map(|declared| Declaration {
        kind: declared.kind,
        technology: declared.technology.clone(),
        name: declared.name.clone(),
        service: service(services, &declared.spot.file),
        test: is_test_path(&declared.spot.file),
        settings: declared.settings.clone(),
        location: location(&declared.spot),
    })
}

/// The policies that files set.
pub fn policies<'f>(services: &'f Services, found: &'f Found) -> impl Iterator<Item = Policy> + 'f {
    found.policies.iter().map(|ruled| Policy {
        kind: ruled.kind.clone(),
        technology: ruled.technology.clone(),
        service: service(services, &ruled.spot.file),
        applies_to: ruled
            .channel
            .iter()
            .map(|channel| format!("{}:{channel}", ruled.technology))
            .collect(),
        detail: ruled.detail.clone(),
        test: is_test_path(&ruled.spot.file),
        location: location(&ruled.spot),
    })
}

/// The producers and consumers that files set up, with the code behind them.
pub fn endpoints<'f>(
    ev: &'f Evaluator,
    services: &'f Services,
    found: &'f Found,
) -> impl Iterator<Item = Made> + 'f {
    found
        .endpoints
        .iter()
        .map(|attached| endpoint(ev, services, attached))
}

/// Code that is handed messages says of which technology they are; where from,
/// only the infrastructure does. One of the two is enough.
pub fn name_what_code_cannot(made: &mut Vec<Made>, attached: &[Made]) {
    made.retain(|m| {
        let own = m.code.handler.or(m.code.inside);
        let is_nameless = m.endpoint.role == Role::Consumer && m.endpoint.name.is_none();
        let is_same = |a: &Made| {
            let technology = a.endpoint.technology == m.endpoint.technology;
            technology && a.endpoint.role == Role::Consumer && a.code.handler == own
        };
        !(is_nameless && own.is_some() && attached.iter().any(is_same))
    });
}

fn endpoint(ev: &Evaluator, services: &Services, attached: &Attached) -> Made {
    let project = ev.project;
    let function = attached
        .code
        .as_ref()
        .and_then(|code| handlers::find(ev, code));
    let handler = function.map(|function| Handler {
        symbol: project.symbol(function),
        location: project.location(function.file, project.function(function).span),
    });
    // A function belongs to the service its code is of.
    let code = attached.code.as_ref();
    let file = match (&handler, code) {
        (Some(handler), _) => handler.location.file.clone(),
        (None, Some(code)) if !code.folder.is_empty() => format!("{}/.", code.folder),
        _ => attached.spot.file.clone(),
    };
    let endpoint = Endpoint {
        id: String::new(),
        role: attached.role,
        technology: attached.technology.clone(),
        client: attached.model.clone(),
        name: attached.name.clone(),
        via: attached.via.clone(),
        group: attached.group.clone(),
        service: services.name_of(services.folder_of(&file)),
        symbol: attached.symbol.clone(),
        location: location(&attached.spot),
        confidence: if attached.likely {
            Confidence::Likely
        } else {
            Confidence::Certain
        },
        evidence: Vec::new(),
        payload: None,
        handler,
        settings: attached.settings.clone(),
        test: is_test_path(&attached.spot.file),
        wrapper: false,
    };
    Made {
        endpoint,
        code: Code {
            calls: Vec::new(),
            inside: None,
            handler: function,
        },
        channel_kind: attached.channel.clone(),
        requires_counterpart: false,
    }
}

/// Names without anything known in them that are still the names of something:
/// the provider chooses them, but one file declares what others refer to.
pub struct ChosenNames<'f>(BTreeSet<(&'f str, &'f str)>);

impl<'f> ChosenNames<'f> {
    pub fn of(found: &'f Found) -> Self {
        let named = found.declarations.iter().filter_map(|declared| {
            let name = declared.name.as_deref().filter(|name| is_open(name))?;
            Some((declared.technology.as_str(), name))
        });
        Self(named.collect())
    }

    pub fn has(&self, technology: &str, name: &str) -> bool {
        self.0.contains(&(technology, name))
    }
}
