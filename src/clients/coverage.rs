//! What the models that come with msgmap cover: the table of `msgmap clients`.

use std::collections::BTreeSet;

use serde::Serialize;

use super::model::Kind;
use super::{Clients, Model};
use crate::analysis::Role;

/// What is modelled of one client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    pub client: String,
    /// Its model and its page of cases go by this name; what `msgmap explain` takes.
    pub page: String,
    pub languages: Vec<String>,
    /// A client of several brokers has several.
    pub technologies: Vec<String>,
    /// Calls, decorators or base classes that send are recognised.
    pub producer: bool,
    /// The same of what receives.
    pub consumer: bool,
    /// What of it declares: `queue`, `topic`, `binding`, …
    pub declarations: Vec<String>,
    /// Statements about delivery and failure: `retry`, `dead-letter`, …
    pub policies: Vec<String>,
}

/// The coverage of every client, by name; models of a language's or library's
/// values, which have no channels, are left out.
///
/// # Errors
/// A sentence that names a model and what is wrong with it.
pub fn coverage() -> Result<Vec<Coverage>, String> {
    let heads = Clients::load(&[])?;
    let all = vec![true; heads.models.len()];
    let pages: Vec<String> = heads.pages().collect();
    let models = heads.with_rules(&all)?.models;
    let mut covered: Vec<Coverage> = models
        .iter()
        .zip(pages)
        .filter(|(model, _)| !model.rules.is_empty())
        .map(|(model, page)| of_model(model, page))
        .collect();
    covered.sort_by(|a, b| (&a.client, &a.page).cmp(&(&b.client, &b.page)));
    Ok(covered)
}

fn of_model(model: &Model, page: String) -> Coverage {
    let mut technologies = BTreeSet::new();
    let mut declarations = BTreeSet::new();
    let mut policies = BTreeSet::new();
    let (mut producer, mut consumer) = (false, false);
    let own = Some(&model.client.technology).filter(|t| !t.is_empty());
    for rule in &model.rules {
        technologies.extend(rule.technology.as_ref().or(own).cloned());
        policies.extend(rule.policies.keys().cloned());
        match &rule.kind {
            Kind::Endpoint(Role::Producer) => producer = true,
            Kind::Endpoint(Role::Consumer) => consumer = true,
            Kind::Declaration(kind) => {
                declarations.insert(kind.as_str().to_owned());
            }
            Kind::Policy(kind) => {
                policies.insert(kind.clone());
            }
        }
    }
    Coverage {
        client: model.client.name.clone(),
        page,
        languages: model.client.languages.clone(),
        technologies: technologies.into_iter().collect(),
        producer,
        consumer,
        declarations: declarations.into_iter().collect(),
        policies: policies.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::coverage;

    #[test]
    fn a_client_is_covered_by_what_its_rules_are_about() {
        let all = coverage().expect("models");
        let kafkajs = all.iter().find(|c| c.client == "kafkajs").expect("kafkajs");
        assert_eq!(kafkajs.technologies, ["kafka"]);
        assert!(kafkajs.producer && kafkajs.consumer);
        assert!(kafkajs.policies.iter().any(|p| p == "retry"));
        assert!(all.iter().all(|c| c.client != "std-python"));
        let sqs = all.iter().find(|c| c.client == "@aws-sdk/client-sqs");
        assert_eq!(sqs.map(|c| c.page.as_str()), Some("aws-sdk-client-sqs"));
        assert!(all.iter().all(|c| crate::clients::page(&c.page).is_some()));
    }
}
