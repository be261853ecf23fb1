//! Models: the TOML of `queries/infra/` made into rules.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use smol_str::SmolStr;

use super::access::{self, Access};
use crate::analysis::{DeclarationKind, Role};

static FILES: Dir = include_dir!("$CARGO_MANIFEST_DIR/queries/infra");

/// Alternatives: the first that finds something.
pub type Accesses = Vec<Access>;

/// What the resources of some format mean.
#[derive(Clone, Debug)]
pub struct Model {
    pub name: String,
    /// What its channels are, if a rule does not say.
    pub channel: Option<String>,
    pub rules: Vec<Rule>,
}

/// What a rule makes of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Endpoint(Role),
    Declaration(DeclarationKind),
    Policy,
    /// Code that runs: it has variables, and handles what it is given.
    Function,
    /// Only something with a name.
    Named,
}

/// A rule of a model.
#[derive(Clone, Debug)]
pub struct Rule {
    pub kind: Kind,
    /// Of a policy.
    pub policy: String,
    pub technology: String,
    pub channel: Option<String>,
    pub name: Accesses,
    pub via: Accesses,
    pub group: Accesses,
    /// Of a function its own, of a consumer the function.
    pub handler: Accesses,
    /// Where a function's code is.
    pub folder: Accesses,
    /// The names of services whose code a function could be, if no folder is told.
    pub service: Accesses,
    /// What a function's environment holds.
    pub variables: Accesses,
    pub each: Accesses,
    pub settings: BTreeMap<String, Accesses>,
    pub defaults: BTreeMap<String, serde_json::Value>,
    /// Policies on the same resource.
    pub policies: BTreeMap<String, BTreeMap<String, Accesses>>,
    pub when: Vec<Condition>,
    pub unless: Vec<Condition>,
    pub likely: bool,
    pub always: bool,
}

/// Something that must hold of a resource.
#[derive(Clone, Debug)]
pub struct Condition {
    pub access: Access,
    pub expected: Expected,
}

/// What an access must give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    Present,
    Absent,
    /// One of these texts.
    OneOf(Vec<String>),
    /// A text with one of these in it.
    Contains(Vec<String>),
}

/// Every model there is, indexed.
#[derive(Debug, Default)]
pub struct Models {
    pub models: Vec<Model>,
    /// Rules by the kind of resource they are about: model and rule.
    rules: FxHashMap<SmolStr, Vec<(usize, usize)>>,
    /// What makes a file worth reading, by the format of the model.
    literals: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawModel {
    infra: RawInfra,
    #[serde(default)]
    producer: Vec<RawRule>,
    #[serde(default)]
    consumer: Vec<RawRule>,
    #[serde(default)]
    declaration: Vec<RawRule>,
    #[serde(default)]
    policy: Vec<RawRule>,
    #[serde(default)]
    function: Vec<RawRule>,
    #[serde(default)]
    named: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInfra {
    name: String,
    format: String,
    #[serde(default)]
    technology: String,
    channel: Option<String>,
    /// What makes a file worth reading, if not the kinds of its resources.
    literals: Option<Vec<String>>,
    #[serde(default)]
    #[expect(dead_code, reason = "documentation for readers of the model")]
    docs: Option<String>,
}

/// One or several texts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(untagged)]
enum Strings {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

impl Strings {
    fn list(&self) -> &[String] {
        match self {
            Self::None => &[],
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }

    fn accesses(&self) -> Result<Accesses, String> {
        self.list().iter().map(|a| access::parse(a)).collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    resource: Strings,
    kind: Option<String>,
    technology: Option<String>,
    channel: Option<String>,
    #[serde(default)]
    name: Strings,
    #[serde(default)]
    via: Strings,
    #[serde(default)]
    group: Strings,
    #[serde(default)]
    handler: Strings,
    #[serde(default)]
    folder: Strings,
    #[serde(default)]
    service: Strings,
    #[serde(default)]
    variables: Strings,
    #[serde(default)]
    each: Strings,
    #[serde(default)]
    settings: BTreeMap<String, Strings>,
    #[serde(default)]
    detail: BTreeMap<String, Strings>,
    #[serde(default)]
    defaults: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    policy: BTreeMap<String, BTreeMap<String, Strings>>,
    #[serde(default)]
    when: BTreeMap<String, Strings>,
    #[serde(default)]
    unless: BTreeMap<String, Strings>,
    #[serde(default)]
    likely: bool,
    #[serde(default)]
    always: bool,
    #[serde(default)]
    #[expect(dead_code, reason = "documentation for readers of the model")]
    source: Option<String>,
}

impl Models {
    /// The models that come with msgmap.
    ///
    /// # Errors
    /// A sentence that names the model and what is wrong with it.
    pub fn load() -> Result<Self, String> {
        let mut files: Vec<_> = FILES.files().collect();
        files.sort_by_key(|f| f.path());
        let read = files
            .par_iter()
            .map(|file| {
                let text = file.contents_utf8().unwrap_or("");
                parse(text).map_err(|e| format!("{}: {e}", file.path().display()))
            })
            .collect::<Result<Vec<_>, String>>()?;
        let mut all = Self::default();
        for parsed in read {
            all.add(parsed);
        }
        Ok(all)
    }

    fn add(&mut self, parsed: Parsed) {
        let literals = self.literals.entry(parsed.format).or_default();
        literals.extend(parsed.literals);
        let model = self.models.len();
        for (rule, kinds) in parsed.kinds.iter().enumerate() {
            for kind in kinds {
                let rules = self.rules.entry(SmolStr::new(kind)).or_default();
                rules.push((model, rule));
            }
        }
        self.models.push(parsed.model);
    }

    /// The rules about a kind of resource, with their models.
    pub fn rules(&self, kind: &str) -> impl Iterator<Item = (&Model, &Rule)> {
        let found = self.rules.get(kind).map_or(&[][..], Vec::as_slice);
        found.iter().map(|(model, rule)| {
            let model = &self.models[*model];
            (model, &model.rules[*rule])
        })
    }

    /// What a kind of resource is called by.
    #[must_use]
    pub fn name(&self, kind: &str) -> &[Access] {
        let made = |rule: &&Rule| {
            let names = matches!(
                rule.kind,
                Kind::Declaration(_) | Kind::Function | Kind::Named
            );
            names && rule.each.is_empty() && !rule.name.is_empty()
        };
        let mut rules = self.rules(kind).map(|(_, rule)| rule).filter(made);
        rules.next().map_or(&[], |rule| &rule.name)
    }

    /// What makes a file worth reading, with the formats that say so.
    pub fn literals(&self) -> impl Iterator<Item = (&str, &str)> {
        let formats = self.literals.iter();
        formats.flat_map(|(format, all)| all.iter().map(move |l| (format.as_str(), l.as_str())))
    }
}

struct Parsed {
    format: String,
    literals: Vec<String>,
    model: Model,
    /// The kinds of resources each rule is about.
    kinds: Vec<Vec<String>>,
}

fn parse(text: &str) -> Result<Parsed, String> {
    let raw: RawModel = toml::from_str(text).map_err(|e| e.to_string())?;
    let mut rules = Vec::new();
    let mut kinds = Vec::new();
    let groups = [
        (Some(Kind::Endpoint(Role::Producer)), raw.producer),
        (Some(Kind::Endpoint(Role::Consumer)), raw.consumer),
        (None, raw.declaration),
        (Some(Kind::Policy), raw.policy),
        (Some(Kind::Function), raw.function),
        (Some(Kind::Named), raw.named),
    ];
    for (kind, group) in groups {
        for rule in group {
            kinds.push(rule.resource.list().to_vec());
            let resource = rule.resource.list().join(", ");
            let compiled = compile(kind, rule, &raw.infra);
            rules.push(compiled.map_err(|e| format!("{resource}: {e}"))?);
        }
    }
    let literals = raw.infra.literals.unwrap_or_else(|| {
        let mut kinds: Vec<String> = kinds.concat();
        kinds.sort();
        kinds.dedup();
        kinds
    });
    Ok(Parsed {
        format: raw.infra.format,
        literals,
        model: Model {
            name: raw.infra.name,
            channel: raw.infra.channel,
            rules,
        },
        kinds,
    })
}

fn compile(kind: Option<Kind>, raw: RawRule, infra: &RawInfra) -> Result<Rule, String> {
    let said = raw.kind.unwrap_or_default();
    let kind = match kind {
        Some(kind) => kind,
        None => {
            let kind = serde_json::from_value(said.clone().into());
            Kind::Declaration(kind.map_err(|_| format!("`{said}` is no kind of declaration"))?)
        }
    };
    if kind == Kind::Policy && said.is_empty() {
        return Err("a policy without a kind".into());
    }
    let technology = raw.technology.unwrap_or_else(|| infra.technology.clone());
    if technology.is_empty() && !matches!(kind, Kind::Function | Kind::Named) {
        return Err("no technology".into());
    }
    let table = |all: &BTreeMap<String, Strings>| -> Result<BTreeMap<String, Accesses>, String> {
        let each = all.iter().map(|(k, a)| Ok((k.clone(), a.accesses()?)));
        each.collect()
    };
    let policies: Result<_, String> = raw
        .policy
        .iter()
        .map(|(kind, detail)| Ok((kind.clone(), table(detail)?)))
        .collect();
    let settings = if kind == Kind::Policy {
        &raw.detail
    } else {
        &raw.settings
    };
    Ok(Rule {
        kind,
        policy: said,
        technology,
        channel: raw.channel,
        name: raw.name.accesses()?,
        via: raw.via.accesses()?,
        group: raw.group.accesses()?,
        handler: raw.handler.accesses()?,
        folder: raw.folder.accesses()?,
        service: raw.service.accesses()?,
        variables: raw.variables.accesses()?,
        each: raw.each.accesses()?,
        settings: table(settings)?,
        defaults: raw.defaults,
        policies: policies?,
        when: conditions(&raw.when)?,
        unless: conditions(&raw.unless)?,
        likely: raw.likely,
        always: raw.always,
    })
}

fn conditions(raw: &BTreeMap<String, Strings>) -> Result<Vec<Condition>, String> {
    let one = |(text, expected): (&String, &Strings)| {
        let expected = match expected.list() {
            [one] if one == "*" => Expected::Present,
            [one] if one == "!" => Expected::Absent,
            texts => {
                let parts = texts.iter().map(|t| t.strip_prefix('~').map(str::to_owned));
                match parts.collect::<Option<Vec<String>>>() {
                    Some(parts) => Expected::Contains(parts),
                    None => Expected::OneOf(texts.to_vec()),
                }
            }
        };
        Ok(Condition {
            access: access::parse(text)?,
            expected,
        })
    };
    raw.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::{Models, parse};

    #[test]
    fn the_models_that_come_with_it_are_understood() {
        let models = Models::load().expect("models");
        assert!(!models.models.is_empty());
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let head = "[infra]\nname = \"x\"\nformat = \"terraform\"\ntechnology = \"sqs\"\n";
        let fails = |text: &str| parse(&format!("{head}{text}")).err();
        let rule = "[[declaration]]\nresource = \"a\"\n";
        assert!(fails("").is_none());
        assert!(fails(&format!("{rule}kind = \"queue\"\nname = \"b\"\n")).is_none());
        assert!(fails(&format!("{rule}kind = \"pipe\"\n")).is_some());
        assert!(fails(&format!("{rule}kind = \"queue\"\nname = \"nope(a)\"\n")).is_some());
        assert!(fails(&format!("{rule}kind = \"queue\"\nnme = \"a\"\n")).is_some());
        assert!(fails("[[policy]]\nresource = \"a\"\n").is_some());
    }
}
