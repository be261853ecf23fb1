//! Client models: the TOML of `queries/clients/` made into rules.

use std::collections::BTreeMap;

use serde::Deserialize;
use smol_str::SmolStr;

use super::access::{Access, Parser};
use super::handover::Handover;
use super::iterations::IterationRule;
use super::path::{Objects, Path, Short};
use super::received::Received;
use crate::analysis::{DeclarationKind, Role};
use crate::project::Gives;

/// A client model.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: Client,
    pub objects: Objects,
    /// Objects that stand for a name: object to accesses.
    pub names: BTreeMap<SmolStr, Vec<Access>>,
    pub rules: Vec<Rule>,
    pub values: Vec<ValueRule>,
    pub fields: Vec<FieldRule>,
    pub settings: Vec<SettingsRule>,
    /// Plain channels of the language.
    pub handovers: Vec<Handover>,
    pub iterations: Vec<IterationRule>,
    pub runs: Vec<RunsRule>,
    pub providers: Vec<ProviderRule>,
    /// What the user of a program gives it: a name that stands for it where
    /// nothing is given does not say which messages there are.
    pub inputs: Vec<Path>,
}

/// Methods whose results are injected.
#[derive(Clone, Debug)]
pub struct ProviderRule {
    /// The decorators that say so.
    pub decorators: Vec<Path>,
    /// The name it is known by, if not the function's own.
    pub name: Accesses,
}

/// What a model is about.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    pub name: String,
    /// Absent for a model of values only (a standard library).
    #[serde(default)]
    pub technology: String,
    pub languages: Vec<String>,
    #[serde(default)]
    pub packages: Vec<SmolStr>,
    /// Names that stand for packages in the paths of this file: one for several
    /// packages with the same interface, or for one with a long name.
    #[serde(default)]
    pub short: Short,
    /// What makes a file worth parsing, if not the packages.
    pub literals: Option<Vec<String>>,
    #[serde(default)]
    pub docs: Option<String>,
    /// What its channels are.
    pub channel: Option<String>,
    /// Fields of a message that by convention say which of several it is.
    #[serde(default)]
    pub discriminators: Vec<SmolStr>,
}

/// How `assign` spells a name of any module.
const OF_A_MODULE: &str = "module.";

/// Where a rule applies.
#[derive(Clone, Debug)]
pub enum Place {
    Call(Vec<Path>),
    Decorator(Vec<Path>),
    Base(Vec<Path>),
    /// A call of one of these names that is handed an object of a class with
    /// such a base.
    Handed {
        to: Vec<SmolStr>,
        bases: Vec<Path>,
    },
}

/// What a rule makes.
#[derive(Clone, Debug)]
pub enum Kind {
    Endpoint(Role),
    Declaration(DeclarationKind),
    Policy(String),
}

/// Alternatives: the first that finds something.
pub type Accesses = Vec<Access>;

/// A rule of a model.
#[derive(Clone, Debug)]
pub struct Rule {
    pub kind: Kind,
    pub place: Place,
    /// Names that modules give something the rule is about.
    pub names_of_modules: Vec<SmolStr>,
    pub technology: Option<String>,
    pub channel: Option<String>,
    pub name: Accesses,
    pub via: Accesses,
    pub group: Accesses,
    pub payload: Accesses,
    pub handler: Accesses,
    pub message: Accesses,
    /// Where what arrives is in the code that receives it.
    pub received: Vec<Received>,
    pub each: Option<Accesses>,
    /// Sites stand where the element of `each` does.
    pub at_item: bool,
    /// Settings of an endpoint or declaration, details of a policy.
    pub settings: BTreeMap<String, Accesses>,
    pub defaults: BTreeMap<String, serde_json::Value>,
    /// Policies on the same site.
    pub policies: BTreeMap<String, BTreeMap<String, Accesses>>,
    pub when: Vec<Condition>,
    pub unless: Vec<Condition>,
    pub except: Vec<String>,
    pub likely: bool,
    pub requires_counterpart: bool,
    pub always: bool,
    /// Reported where the chain of calls begins that builds what the site is.
    pub built: bool,
}

/// Something that must hold of a site.
#[derive(Clone, Debug)]
pub struct Condition {
    pub access: Access,
    pub expected: Expected,
}

/// What an access must give.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    Present,
    Absent,
    Function,
    Text,
    Object,
    OneOf(Vec<serde_json::Value>),
}

/// What a call or member evaluates to.
#[derive(Clone, Debug)]
pub struct ValueRule {
    pub paths: Vec<Path>,
    /// Methods that an import of the package gives to the language's own values.
    pub methods: Vec<SmolStr>,
    /// What a `*` at the end does not stand for.
    pub except: Vec<SmolStr>,
    pub value: Accesses,
    pub when: Vec<Condition>,
    pub unless: Vec<Condition>,
}

/// What a field of a class holds that the code gives no value.
#[derive(Clone, Debug)]
pub struct FieldRule {
    /// Superclasses of such classes.
    pub bases: Vec<Path>,
    /// What such classes derive.
    pub derives: Vec<Path>,
    pub value: Accesses,
}

/// Where the settings stand that `setting(key)` looks into.
#[derive(Clone, Debug)]
pub struct SettingsRule {
    /// Files, as a library looks for them from where a program runs.
    pub files: Vec<String>,
    /// Calls that are given settings.
    pub calls: Vec<Path>,
    /// The key below which they stand.
    pub key: Accesses,
    /// The settings: an object, a class, a module, a settings file.
    pub tree: Accesses,
    pub when: Vec<Condition>,
}

/// Calls of a library that run the functions a decorator stands on: hooks of a
/// record's life. The functions get the arguments of the call.
#[derive(Clone, Debug)]
pub struct RunsRule {
    pub decorators: Vec<Path>,
    /// Methods of the class the function is a member of, or of its subclasses.
    pub methods: Vec<SmolStr>,
}

/// One or several strings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(untagged)]
enum Strings {
    #[default]
    None,
    One(String),
    Many(Vec<Scalar>),
    Scalar(Scalar),
}

/// An access may be written as a plain number or boolean.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Bool(bool),
    Number(f64),
}

impl Scalar {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
        }
    }
}

impl Strings {
    fn list(&self) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::One(text) => vec![text.clone()],
            Self::Many(all) => all.iter().map(Scalar::text).collect(),
            Self::Scalar(one) => vec![one.text()],
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawModel {
    client: Client,
    #[serde(default)]
    objects: BTreeMap<SmolStr, Strings>,
    #[serde(default)]
    names: BTreeMap<SmolStr, Strings>,
    #[serde(default)]
    producer: Vec<RawRule>,
    #[serde(default)]
    consumer: Vec<RawRule>,
    #[serde(default)]
    declaration: Vec<RawRule>,
    #[serde(default)]
    policy: Vec<RawRule>,
    #[serde(default)]
    value: Vec<RawValue>,
    #[serde(default)]
    field: Vec<RawField>,
    #[serde(default)]
    settings: Vec<RawSettings>,
    #[serde(default)]
    handover: Vec<RawHandover>,
    #[serde(default)]
    iteration: Vec<RawIteration>,
    #[serde(default)]
    runs: Vec<RawRuns>,
    #[serde(default)]
    provider: Vec<RawProvider>,
    #[serde(default)]
    input: Vec<RawInput>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInput {
    path: Strings,
    #[serde(default)]
    #[expect(dead_code, reason = "documentation for readers of the model")]
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawField {
    #[serde(default)]
    base: Strings,
    #[serde(default)]
    derive: Strings,
    value: Strings,
    #[serde(default)]
    #[expect(dead_code, reason = "documentation for readers of the model")]
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSettings {
    #[serde(default)]
    file: Strings,
    #[serde(default)]
    call: Strings,
    #[serde(default)]
    key: Strings,
    #[serde(default)]
    tree: Strings,
    #[serde(default)]
    when: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    #[expect(dead_code, reason = "documentation for readers of the model")]
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHandover {
    made: Strings,
    put: Vec<SmolStr>,
    taken: Vec<SmolStr>,
    #[serde(default)]
    #[expect(dead_code, reason = "documentation for readers of the model")]
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIteration {
    call: Strings,
    over: Strings,
    function: Strings,
    #[serde(default)]
    gives: Option<Gives>,
    #[serde(default)]
    #[expect(dead_code, reason = "documentation for readers of the model")]
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRuns {
    decorator: Strings,
    methods: Vec<SmolStr>,
    #[serde(default)]
    #[expect(dead_code, reason = "documentation for readers of the model")]
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProvider {
    decorator: Strings,
    #[serde(default)]
    name: Strings,
    #[serde(default)]
    #[expect(dead_code, reason = "documentation for readers of the model")]
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawValue {
    #[serde(default)]
    call: Strings,
    #[serde(default)]
    method: Vec<SmolStr>,
    #[serde(default)]
    path: Strings,
    value: Strings,
    #[serde(default)]
    except: Vec<SmolStr>,
    #[serde(default)]
    when: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    unless: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    #[expect(dead_code, reason = "documentation for readers of the model")]
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    #[serde(default)]
    call: Strings,
    #[serde(default)]
    decorator: Strings,
    #[serde(default)]
    base: Strings,
    #[serde(default)]
    assign: Strings,
    #[serde(default)]
    handed_to: Strings,
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
    payload: Strings,
    #[serde(default)]
    handler: Strings,
    #[serde(default)]
    message: Strings,
    #[serde(default)]
    received: Strings,
    each: Option<Strings>,
    at: Option<String>,
    #[serde(default)]
    settings: BTreeMap<String, Strings>,
    #[serde(default)]
    detail: BTreeMap<String, Strings>,
    #[serde(default)]
    defaults: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    policy: BTreeMap<String, BTreeMap<String, Strings>>,
    #[serde(default)]
    when: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    unless: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    except: Vec<String>,
    #[serde(default)]
    likely: bool,
    #[serde(default)]
    requires_counterpart: bool,
    #[serde(default)]
    always: bool,
    #[serde(default)]
    built: bool,
    #[serde(default)]
    #[expect(dead_code, reason = "documentation for readers of the model")]
    source: Option<String>,
}

impl Model {
    /// Reads a model.
    ///
    /// # Errors
    /// A sentence that names what is wrong: TOML, unknown key, a path or access that does not parse.
    pub fn parse(text: &str) -> Result<Self, String> {
        let raw: RawModel = toml::from_str(text).map_err(|e| e.to_string())?;
        Self::compile(raw)
    }

    /// What a model is about and how files show that they concern it, without its
    /// rules: most models concern no file of a tree.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn head(text: &str) -> Result<Self, String> {
        let is_other = |line: &str| line.starts_with('[') && !line.starts_with("[client");
        let mut end = 0;
        for line in text.split_inclusive('\n') {
            if is_other(line) {
                break;
            }
            end += line.len();
        }
        Self::parse(text.get(..end).unwrap_or(text))
    }

    /// A model from a table of `msgmap.toml`.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn from_table(table: toml::Table) -> Result<Self, String> {
        let raw: RawModel = table
            .try_into()
            .map_err(|e: toml::de::Error| e.to_string())?;
        Self::compile(raw)
    }

    fn compile(mut raw: RawModel) -> Result<Self, String> {
        for packages in raw.client.short.values() {
            raw.client.packages.extend(packages.iter().cloned());
        }
        if raw.client.packages.is_empty() {
            return Err("a client has no `packages`".into());
        }
        let names: Vec<SmolStr> = raw.objects.keys().cloned().collect();
        let compiler = Compiler {
            packages: &raw.client.packages,
            short: &raw.client.short,
            objects: &names,
        };
        let mut objects = Objects::new();
        for (name, paths) in &raw.objects {
            objects.insert(name.clone(), compiler.paths(paths)?);
        }
        let mut named = BTreeMap::new();
        for (object, accesses) in &raw.names {
            named.insert(object.clone(), compiler.accesses(accesses)?);
        }
        let mut rules = Vec::new();
        for rule in &raw.producer {
            rules.push(compiler.rule(Kind::Endpoint(Role::Producer), rule)?);
        }
        for rule in &raw.consumer {
            rules.push(compiler.rule(Kind::Endpoint(Role::Consumer), rule)?);
        }
        for rule in &raw.declaration {
            rules.push(compiler.rule(declaration_kind(rule)?, rule)?);
        }
        for rule in &raw.policy {
            let kind = rule.kind.clone().ok_or("a policy has no `kind`")?;
            rules.push(compiler.rule(Kind::Policy(kind), rule)?);
        }
        let mut values = Vec::new();
        for value in &raw.value {
            let mut paths = compiler.paths(&value.path)?;
            for call in value.call.list() {
                paths.extend(compiler.path(&format!("{call}()"))?);
            }
            values.push(ValueRule {
                paths,
                methods: value.method.clone(),
                except: value.except.clone(),
                value: compiler.accesses(&value.value)?,
                when: compiler.conditions(&value.when)?,
                unless: compiler.conditions(&value.unless)?,
            });
        }
        let fields = raw.field.iter().map(|f| compiler.field(f));
        let fields = fields.collect::<Result<_, _>>()?;
        let settings = raw.settings.iter().map(|s| compiler.settings(s));
        let settings = settings.collect::<Result<_, _>>()?;
        let handovers = raw
            .handover
            .iter()
            .map(|handover| {
                Ok(Handover {
                    made: compiler.paths(&handover.made)?,
                    put: handover.put.clone(),
                    taken: handover.taken.clone(),
                })
            })
            .collect::<Result<_, String>>()?;
        let iterations = raw.iteration.iter().map(|i| compiler.iteration(i));
        let iterations = iterations.collect::<Result<_, _>>()?;
        let mut runs = Vec::new();
        for rule in &raw.runs {
            runs.push(RunsRule {
                decorators: compiler.paths(&rule.decorator)?,
                methods: rule.methods.clone(),
            });
        }
        let mut inputs = Vec::new();
        for input in &raw.input {
            inputs.extend(compiler.paths(&input.path)?);
        }
        let mut providers = Vec::new();
        for provider in &raw.provider {
            providers.push(ProviderRule {
                decorators: compiler.paths(&provider.decorator)?,
                name: compiler.accesses(&provider.name)?,
            });
        }
        Ok(Self {
            handovers,
            iterations,
            client: raw.client,
            runs,
            objects,
            names: named,
            rules,
            values,
            fields,
            settings,
            providers,
            inputs,
        })
    }

    /// Whether a namespace is one of the packages or below one.
    #[must_use]
    pub fn is_of(&self, namespace: &str) -> bool {
        self.client.packages.iter().any(|package| {
            let below = namespace.strip_prefix(package.as_str());
            below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// The types of some namespaces that the model is about.
    pub fn types_of(&self, namespaces: &[SmolStr]) -> impl Iterator<Item = SmolStr> {
        let places = self.rules.iter().flat_map(|rule| match &rule.place {
            Place::Call(paths) | Place::Decorator(paths) | Place::Base(paths) => paths,
            Place::Handed { bases, .. } => bases,
        });
        let has_channels = !self.client.technology.is_empty();
        let paths = self.objects.values().flatten().chain(places);
        paths
            .filter(move |_| has_channels)
            .filter_map(move |path| path.type_of(namespaces).cloned())
    }

    /// Whether the model is about files of this language family.
    #[must_use]
    pub fn speaks(&self, family: &str) -> bool {
        self.client.languages.iter().any(|l| l == family)
    }
}

fn declaration_kind(rule: &RawRule) -> Result<Kind, String> {
    let kind = rule.kind.as_deref().ok_or("a declaration has no `kind`")?;
    serde_json::from_value(serde_json::Value::String(kind.to_owned()))
        .map(Kind::Declaration)
        .map_err(|_| format!("`{kind}` is no kind of declaration"))
}

struct Compiler<'m> {
    packages: &'m [SmolStr],
    short: &'m Short,
    objects: &'m [SmolStr],
}

impl Compiler<'_> {
    /// The paths a text writes.
    fn path(&self, text: &str) -> Result<Vec<Path>, String> {
        self.parser().paths(text)
    }

    fn parser(&self) -> Parser<'_> {
        Parser {
            packages: self.packages,
            short: self.short,
            objects: self.objects,
        }
    }

    fn paths(&self, texts: &Strings) -> Result<Vec<Path>, String> {
        let mut paths = Vec::new();
        for text in texts.list() {
            paths.extend(self.path(&text)?);
        }
        Ok(paths)
    }

    fn access(&self, text: &str) -> Result<Access, String> {
        self.parser().parse(text)
    }

    fn accesses(&self, texts: &Strings) -> Result<Accesses, String> {
        texts.list().iter().map(|t| self.access(t)).collect()
    }

    fn table(
        &self,
        table: &BTreeMap<String, Strings>,
    ) -> Result<BTreeMap<String, Accesses>, String> {
        table
            .iter()
            .map(|(key, texts)| Ok((key.clone(), self.accesses(texts)?)))
            .collect()
    }

    fn conditions(
        &self,
        table: &BTreeMap<String, serde_json::Value>,
    ) -> Result<Vec<Condition>, String> {
        table
            .iter()
            .map(|(access, expected)| {
                Ok(Condition {
                    access: self.access(access)?,
                    expected: expected_of(expected),
                })
            })
            .collect()
    }

    fn field(&self, field: &RawField) -> Result<FieldRule, String> {
        Ok(FieldRule {
            bases: self.paths(&field.base)?,
            derives: self.paths(&field.derive)?,
            value: self.accesses(&field.value)?,
        })
    }

    fn iteration(&self, iteration: &RawIteration) -> Result<IterationRule, String> {
        Ok(IterationRule {
            calls: self.paths(&iteration.call)?,
            over: self.accesses(&iteration.over)?,
            function: self.accesses(&iteration.function)?,
            gives: iteration.gives,
        })
    }

    fn settings(&self, settings: &RawSettings) -> Result<SettingsRule, String> {
        Ok(SettingsRule {
            files: settings.file.list(),
            calls: self.paths(&settings.call)?,
            key: self.accesses(&settings.key)?,
            tree: self.accesses(&settings.tree)?,
            when: self.conditions(&settings.when)?,
        })
    }

    fn place(&self, rule: &RawRule) -> Result<Place, String> {
        let (mut call, decorator, base) = (
            self.paths(&rule.call)?,
            self.paths(&rule.decorator)?,
            self.paths(&rule.base)?,
        );
        let is_assigned = !rule.assign.list().is_empty();
        // An assignment to a member is a call of its setter.
        for member in rule.assign.list() {
            if !member.starts_with(OF_A_MODULE) {
                call.extend(self.path(&format!("{member}="))?);
            }
        }
        let is_call = is_assigned || !call.is_empty();
        match (!is_call, decorator.is_empty(), base.is_empty()) {
            (false, true, true) => Ok(Place::Call(call)),
            (true, false, true) => Ok(Place::Decorator(decorator)),
            (true, true, false) if !rule.handed_to.list().is_empty() => Ok(Place::Handed {
                to: rule.handed_to.list().iter().map(SmolStr::new).collect(),
                bases: base,
            }),
            (true, true, false) => Ok(Place::Base(base)),
            _ => Err("a rule needs exactly one of `call` or `assign`, `decorator`, `base`".into()),
        }
    }

    fn rule(&self, kind: Kind, rule: &RawRule) -> Result<Rule, String> {
        let settings = if matches!(kind, Kind::Policy(_)) {
            &rule.detail
        } else {
            &rule.settings
        };
        let policies = rule
            .policy
            .iter()
            .map(|(kind, detail)| Ok((kind.clone(), self.table(detail)?)))
            .collect::<Result<_, String>>()?;
        let of_modules = rule.assign.list().into_iter();
        Ok(Rule {
            names_of_modules: of_modules
                .filter_map(|name| Some(SmolStr::new(name.strip_prefix(OF_A_MODULE)?)))
                .collect(),
            place: self.place(rule)?,
            kind,
            technology: rule.technology.clone(),
            channel: rule.channel.clone(),
            name: self.accesses(&rule.name)?,
            via: self.accesses(&rule.via)?,
            group: self.accesses(&rule.group)?,
            payload: self.accesses(&rule.payload)?,
            handler: self.accesses(&rule.handler)?,
            message: self.accesses(&rule.message)?,
            received: rule
                .received
                .list()
                .iter()
                .map(|text| Received::parse(text))
                .collect::<Result<_, _>>()?,
            at_item: match rule.at.as_deref() {
                None => false,
                Some("item") => true,
                Some(other) => return Err(format!("`at = \"{other}\"` is no place of a site")),
            },
            each: rule.each.as_ref().map(|e| self.accesses(e)).transpose()?,
            settings: self.table(settings)?,
            defaults: rule.defaults.clone(),
            policies,
            when: self.conditions(&rule.when)?,
            unless: self.conditions(&rule.unless)?,
            except: rule.except.clone(),
            likely: rule.likely,
            requires_counterpart: rule.requires_counterpart,
            always: rule.always,
            built: rule.built,
        })
    }
}

fn expected_of(value: &serde_json::Value) -> Expected {
    match value {
        serde_json::Value::String(text) => match text.as_str() {
            "*" => Expected::Present,
            "!" => Expected::Absent,
            "@function" => Expected::Function,
            "@text" => Expected::Text,
            "@object" => Expected::Object,
            _ => Expected::OneOf(vec![value.clone()]),
        },
        serde_json::Value::Array(all) => Expected::OneOf(all.clone()),
        other => Expected::OneOf(vec![other.clone()]),
    }
}
