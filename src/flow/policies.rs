//! Policies, and the endpoints and channels each is about.

use super::endpoints::Joined;
use crate::analysis::Policy;
use crate::clients::sites::{PolicySite, Sites};
use crate::project::{Evaluator, Services};

/// Policies with what they apply to, and `others`, sorted.
pub fn join(
    ev: &Evaluator,
    services: &Services,
    sites: &Sites,
    joined: &Joined,
    others: impl Iterator<Item = Policy>,
) -> Vec<Policy> {
    let is_stated = |p: &&PolicySite| {
        let same = |other: &&PolicySite| {
            !other.implied && other.kind == p.kind && other.place.file == p.place.file
        };
        let around = |other: &PolicySite| other.call == p.call || other.place == p.place;
        !(p.implied && sites.policies.iter().filter(same).any(around))
    };
    let mut policies: Vec<Policy> = sites
        .policies
        .iter()
        .filter(is_stated)
        .map(|site| {
            let location = ev.project.location(site.place.file, site.place.span);
            Policy {
                kind: site.kind.clone(),
                technology: site.technology.clone(),
                service: services.name_of(services.folder_of(&location.file)),
                applies_to: applies_to(site, joined),
                detail: site.detail.clone(),
                test: ev.project.is_test(site.place.file, site.place.span),
                location,
            }
        })
        .collect();
    policies.extend(others);
    policies.sort_by(|a, b| {
        (&a.location, &a.kind, &a.applies_to).cmp(&(&b.location, &b.kind, &b.applies_to))
    });
    policies.dedup();
    policies
}

/// Endpoints that are the policy's own call, are made by it, or by what it is
/// called on; and the channel it names.
fn applies_to(site: &PolicySite, joined: &Joined) -> Vec<String> {
    let mut about: Vec<String> = joined
        .endpoints
        .iter()
        .zip(&joined.code)
        .filter(|(_, code)| {
            // What names its channel is not about all that the same client does.
            let made = site.made.filter(|_| site.channel.is_none());
            code.calls.contains(&site.call) || made.is_some_and(|made| code.calls.contains(&made))
        })
        .map(|(endpoint, _)| endpoint.id.clone())
        .collect();
    about.extend(
        site.channel
            .as_ref()
            .map(|channel| format!("{}:{channel}", site.technology)),
    );
    about.sort();
    about.dedup();
    about
}
