//! The project's own functions around a client.
//!
//! A function that passes its parameter on to a channel's name is a wrapper;
//! its callers are the producers, with the names they pass. Found at run time,
//! through several levels, by evaluating the same rule under the environment
//! of each caller until no parameter is left in the name.

mod declared;
mod far;
mod filled;
mod filled_settings;
mod handed;
mod outbox;

use std::sync::Arc;

use filled::{Beside, ByObject};
use rustc_hash::FxHashMap;

use super::cases;
use super::dispatchers::OwnNamed;
use super::handover;
use super::matching::{Match, Matcher, calls_of};
use super::model::{Kind, Rule};
use super::payloads;
use super::sites::{DeclarationSite, EndpointSite, Place};
use super::take::{On, Site};
use crate::analysis::{Confidence, Role};
use crate::facts::{ExprId, FunctionId, FunctionKind, Span};
use crate::project::{
    At, ClassRef, Env, Evaluator, FileId, Frame, FunctionRef, Handed, Origin, ParamRef, Piece,
    Project, Reading, Slot, Step, Text, Trail, Value,
};

/// Wrappers around wrappers beyond which a name counts as unknown.
const MAX_LEVELS: usize = 5;
/// Endpoints one call can stand for.
const MAX_USES: usize = 500;

/// What a matching place stands for.
#[derive(Default)]
pub struct Uses {
    pub endpoints: Vec<EndpointSite>,
    /// What callers make it declare.
    pub declarations: Vec<DeclarationSite>,
    /// The functions around it that pass a parameter on as the name.
    pub wrappers: Vec<FunctionRef>,
    /// Messages that go by the name of the class that sends them.
    pub own_named: Vec<OwnNamed>,
    /// The classes of records that keep messages until they are sent.
    pub records: Vec<ClassRef>,
}

/// A call that leads to the site: the function it runs, and `this` in it.
#[derive(Clone)]
struct Level {
    function: FunctionRef,
    call: At,
    this: Option<Value>,
    /// The parameter whose value it says.
    param: Option<ParamRef>,
    /// What takes what is handed over here, through no parameter.
    taken: Option<Taken>,
    /// The call only fills a collection, where the site is called other names too.
    fills: Option<Beside>,
}

impl Level {
    /// A call that puts away what is taken elsewhere, through no parameter.
    fn handing_over(project: &Project, call: At, taken: Taken) -> Self {
        let function = project.function_at(call.file, span_of(project, &call).start);
        Self {
            // Nothing is bound in it: the frame only says what was handed over.
            function: function.unwrap_or(FunctionRef {
                file: call.file,
                function: FunctionId(u32::MAX),
            }),
            call,
            this: None,
            param: None,
            taken: Some(taken),
            fills: None,
        }
    }
}

/// An expression whose value was put away somewhere else.
#[derive(Clone)]
struct Taken {
    place: (FileId, ExprId),
    /// Put into a record; otherwise into a plain channel.
    stored: Option<outbox::Stored>,
}

impl Taken {
    /// What a call puts away, in the environment of the call.
    fn put(&self, ev: &Evaluator, call: &At) -> Option<At> {
        match &self.stored {
            Some(stored) => Some(stored.content(call)),
            None => handover::content(ev, call),
        }
    }
}

/// The endpoints a matching place stands for: itself, or the calls of the
/// wrapper it is in.
pub fn uses(matcher: &Matcher, at: &At, on: On, matched: &Match) -> Uses {
    let mut search = Search {
        matcher,
        at,
        on,
        rule: matcher.active.rule(matched.rule),
        uses: Uses::default(),
        levels: Vec::new(),
        relays: FxHashMap::default(),
        by_object: ByObject::default(),
    };
    search.explore(matched);
    search.uses
}

struct Search<'s, 'a, 'p> {
    matcher: &'s Matcher<'a, 'p>,
    at: &'s At,
    on: On,
    rule: &'s Rule,
    uses: Uses,
    /// Innermost first.
    levels: Vec<Level>,
    /// What relays were found to send, by the expression that says what.
    relays: FxHashMap<(FileId, ExprId), Vec<EndpointSite>>,
    by_object: ByObject,
}

impl Search<'_, '_, '_> {
    /// The environment of the levels: each call is evaluated in that of the next.
    fn env(&self) -> Env {
        self.env_from(0)
    }

    /// The environment of the levels from one on.
    fn env_from(&self, first: usize) -> Env {
        self.environments(first).0
    }

    /// The same, and the calls that fill a collection: what is in it is evaluated
    /// under those, whatever leads to it.
    fn environments(&self, first: usize) -> (Env, Env) {
        let (mut env, mut filling): (Env, Env) = (None, None);
        for level in self.levels.iter().skip(first).rev() {
            let call = At {
                env: env.clone(),
                ..level.call.clone()
            };
            let handed = level.taken.as_ref().and_then(|taken| {
                Some(Handed {
                    taken: taken.place,
                    put: taken.put(self.matcher.ev, &call)?,
                })
            });
            let fills = level.fills.is_some();
            let frame = Some(Arc::new(Frame {
                function: level.function,
                call: handed.is_none().then_some(call),
                this: level.this.clone(),
                given: None,
                outer: filling.clone().filter(|_| fills),
                handed,
            }));
            match fills {
                true => (env, filling) = (None, frame),
                false => env = frame,
            }
        }
        (env, filling)
    }

    /// Where the endpoint is reported: the outermost call.
    fn outermost(&self) -> &At {
        self.levels.last().map_or(self.at, |level| &level.call)
    }

    /// The site, as the levels lead to it.
    fn here(&self) -> At {
        At {
            env: self.env().or_else(|| self.at.env.clone()),
            ..self.at.clone()
        }
    }

    fn explore(&mut self, matched: &Match) {
        if let Kind::Declaration(_) = self.rule.kind {
            return self.explore_declared(matched);
        }
        if self.uses.endpoints.len() >= MAX_USES {
            return;
        }
        let at = self.here();
        let matcher = self.matcher;
        for settle in [false, true] {
            let site = matcher.site(&at, self.on, matched, settle);
            let mut open: Vec<(ParamRef, usize)> = Vec::new();
            let mut ready = Vec::new();
            for site in matcher.each(site, self.rule) {
                if !site.satisfies(&self.rule.when, &self.rule.unless) {
                    continue;
                }
                let names = self.names(&site, matched);
                if names.iter().all(|n| n.name.is_none()) && self.put_by_others(&site) {
                    continue;
                }
                if self.stored_by_others(&site, &names) {
                    continue;
                }
                self.note_own_names(matched, &names);
                let here = self.open(&names);
                let names = self.ready(names, &here);
                if open.is_empty() {
                    open = here;
                }
                for name in names {
                    let endpoint = self.endpoint(&site, matched, name);
                    let endpoint = endpoint.filter(|e| self.is_relayed(e));
                    ready.extend(endpoint.map(|e| self.told_apart(&site, e)));
                }
            }
            if self.told_by_objects(matched) {
                return;
            }
            if open.is_empty()
                && !ready.is_empty()
                && let Some(param) = self.handed(&at, matched)
                && self.callers(&param, true, 0, None)
            {
                return;
            }
            let ready: Vec<EndpointSite> = ready.into_iter().flatten().collect();
            let told: Vec<Text> = ready.iter().filter_map(|e| e.name.clone()).collect();
            self.uses.endpoints.extend(ready);
            // The ways to a record are long: callers are asked once.
            if settle && self.stored().is_some() {
                return;
            }
            let filled = open.iter().any(|(param, _)| self.fills(param));
            // Of a collection nothing else says what is in it.
            let known = self.is_filling() || (filled && self.by_object.reads);
            if self.follow(open, &told) || known {
                return;
            }
        }
    }

    /// Goes on with the callers that say the open parameters; false if there are
    /// such and none says one.
    fn follow(&mut self, open: Vec<(ParamRef, usize)>, told: &[Text]) -> bool {
        let mut found = open.is_empty();
        for (param, known) in open {
            if let Some(own) = self.own_object(&param)
                && self.callers(&own, true, known, None)
            {
                found = true;
                continue;
            }
            // A caller that passes an object on need not know what is in it.
            let in_object = param.slot == Slot::This || !param.path.is_empty();
            let beside = self.beside(&param, told.to_vec());
            found |= self.callers(&param, in_object, known, beside);
        }
        found
    }

    /// What the site is called: each name with each message.
    fn names(&mut self, site: &Site, matched: &Match) -> Vec<Named> {
        let messages = messages(site.texts(&self.rule.message));
        let mut all = Vec::new();
        let handlers = handlers(site, self.rule);
        let mut names = names(site, self.rule, matched.confidence);
        self.leave_own(&mut names);
        self.settle_far(&mut names);
        self.keep_filled(&mut names);
        let (several, paired) = (names.len() > 1, names.len() == handlers.len());
        for (i, name) in names.into_iter().enumerate() {
            // A table of names and handlers that is looped over has both in one
            // order; where it does not, which belongs to which is not known.
            let handler = match handlers.as_slice() {
                [_, _, ..] if several && paired => handlers.get(i),
                [_, _, ..] if several => None,
                all => all.first(),
            };
            let picked = match &name {
                Some((text, _)) if messages.is_empty() => self.picked(site, matched, text),
                _ => Vec::new(),
            };
            let own = if messages.is_empty() {
                &picked
            } else {
                &messages
            };
            let named = |message| Named {
                name: name.clone(),
                message,
                handler: handler.copied(),
            };
            if own.is_empty() {
                all.push(named(None));
            }
            all.extend(own.iter().cloned().map(|message| named(Some(message))));
        }
        all
    }

    /// Remembers messages that go by the name of the class that sends them.
    fn note_own_names(&mut self, matched: &Match, names: &[Named]) {
        let ev = self.matcher.ev;
        for named in names {
            let (Some((channel, _)), Some(message)) = (&named.name, &named.message) else {
                continue;
            };
            let (Some(channel), [Piece::Param(param)]) =
                (channel.as_plain(), message.pieces.as_slice())
            else {
                continue;
            };
            let class = ev.project.function(param.function).class;
            if let (Some(class), true) = (class, param.is_own_class_name()) {
                self.uses.own_named.push(OwnNamed {
                    technology: self.matcher.technology(self.rule, matched.rule),
                    channel: channel.to_string(),
                    family: ev.extended(ClassRef {
                        file: param.function.file,
                        class,
                    }),
                });
            }
        }
    }

    /// What the channel's dispatcher picks the performer by, as this payload has it.
    fn picked(&self, site: &Site, matched: &Match, name: &Text) -> Vec<Text> {
        let matcher = self.matcher;
        let Some(channel) = name.as_plain() else {
            return Vec::new();
        };
        let technology = matcher.technology(self.rule, matched.rule);
        let fields = matcher.dispatchers.fields(&technology, &channel);
        let texts = fields
            .map(|field| site.fields_as_texts(&self.rule.payload, field))
            .find(|texts| !texts.is_empty());
        messages(texts.unwrap_or_default())
    }

    /// Where the messages of a place without a name are told apart, each kind is
    /// an endpoint; the place itself is what all of them come through.
    fn told_apart(&mut self, site: &Site, endpoint: EndpointSite) -> Vec<EndpointSite> {
        if self.rule.received.is_empty() || endpoint.name.is_some() {
            return vec![endpoint];
        }
        let handlers = site.first(&self.rule.handler);
        let handlers: Vec<Value> = handlers.into_iter().map(|n| n.found.value).collect();
        let cases = cases::of(site, &self.rule.received, &handlers);
        self.uses.wrappers.extend(cases.leading);
        let mut all = vec![EndpointSite {
            wrapper: !cases.all.is_empty(),
            ..endpoint.clone()
        }];
        all.extend(cases.all.into_iter().map(|case| EndpointSite {
            name: Some(Text::plain(case.name)),
            place: case.place,
            handler: case.handler,
            trail: None,
            ..endpoint.clone()
        }));
        all
    }

    /// Goes on with the callers of the function a name depends on; false if
    /// there are none to go on with, or if a name is asked of them and none says
    /// one. Of a name that has text of its own already, `known` letters, callers
    /// have to say more: who passes an id to a function that sends does not send.
    fn callers(
        &mut self,
        param: &ParamRef,
        must_tell: bool,
        known: usize,
        fills: Option<Beside>,
    ) -> bool {
        let Some(function) = self.function_to_bind(param) else {
            return false;
        };
        let most = match self.stored() {
            Some(_) => outbox::MAX_LEVELS,
            None => MAX_LEVELS,
        };
        if self.levels.len() >= most
            || self
                .levels
                .iter()
                .any(|l| l.taken.is_none() && l.function == function)
        {
            return false;
        }
        // Its callers may stand in files nobody has parsed yet.
        self.uses.wrappers.push(function);
        if function != param.function {
            // Who makes the object says with which name.
            self.uses.wrappers.push(param.function);
        }
        let ev = self.matcher.ev;
        let mut callers: Vec<(At, Option<Value>)> = ev.calls_of(function);
        callers.retain(|(call, _)| !ev.is_test_of(call, function));
        if callers.is_empty() {
            return false;
        }
        let before = self.uses.endpoints.len();
        if self.levels.is_empty() {
            self.mark_wrapper();
        }
        for (call, this) in callers {
            self.through(Level {
                function,
                call,
                this,
                param: Some(param.clone()),
                taken: None,
                fills: fills.clone(),
            });
        }
        self.by_object.filled |= fills.is_some() && self.uses.endpoints.len() > before;
        // What an object keeps for later may have been given to another method:
        // callers that say nothing of the name are no endpoints.
        let is_known = |t: &Text| t.is_partly_known();
        let says = |t: &Text| is_known(t) && (known == 0 || t.known_letters() > known);
        let told = |e: &EndpointSite| {
            !e.wrapper
                && e.name.as_ref().is_some_and(says)
                && e.message.as_ref().is_none_or(is_known)
        };
        let found = self.uses.endpoints.get(before..).unwrap_or_default();
        if (must_tell || known > 0) && !found.iter().any(told) {
            self.uses.endpoints.truncate(before);
            return false;
        }
        true
    }

    /// A writer sends what others put into a plain channel: those are the producers.
    /// False if it is not known to be one.
    fn put_by_others(&mut self, site: &Site) -> bool {
        let producer = matches!(self.rule.kind, Kind::Endpoint(Role::Producer));
        if !producer || self.levels.len() >= MAX_LEVELS {
            return false;
        }
        let matcher = self.matcher;
        let (ev, project) = (matcher.ev, matcher.ev.project);
        let payload = site.first(&self.rule.payload).into_iter();
        let payload: Vec<Value> = payload.map(|node| node.found.value).collect();
        let Some(taken) = handover::taken(site, matcher.active, &payload) else {
            return false;
        };
        let in_test = project.file(self.at.file).is_test;
        let calls: Vec<At> = handover::puts(ev, &taken)
            .into_iter()
            .filter(|call| in_test || !project.is_test(call.file, span_of(project, call)))
            .filter(|call| {
                let known = |l: &Level| (l.call.file, l.call.expr) == (call.file, call.expr);
                !self.levels.iter().any(known)
            })
            .collect();
        if calls.is_empty() {
            return false;
        }
        if self.levels.is_empty() {
            self.mark_wrapper();
        }
        for call in calls {
            let taken = Taken {
                place: (taken.call.file, taken.call.expr),
                stored: None,
            };
            self.through(Level::handing_over(project, call, taken));
        }
        true
    }

    /// Explores the site as one more call leads to it.
    fn through(&mut self, level: Level) {
        self.levels.push(level);
        let at = At {
            env: self.env(),
            ..self.at.clone()
        };
        if self.on == On::Call {
            let reading = Reading {
                filling: self.environments(0).1,
                by_object: self.by_object.reads,
            };
            self.matcher.ev.reading(reading, || {
                let again = self.matcher.matches(&at);
                self.explore_all(again);
            });
        }
        self.levels.pop();
    }

    /// Explores what the same rule matches under the new environment.
    fn explore_all(&mut self, matches: Vec<Match>) {
        let rule = self.rule;
        // However many objects the relay can send with, the record is the same.
        let most = if self.stored().is_some() {
            1
        } else {
            usize::MAX
        };
        let is_same = |m: &Match| std::ptr::eq(self.matcher.active.rule(m.rule), rule);
        let again: Vec<Match> = matches.into_iter().filter(is_same).take(most).collect();
        for matched in again {
            self.explore(&matched);
        }
    }

    /// The function whose callers say what a parameter is. What a constructor
    /// was given is known where the object's method is called.
    fn function_to_bind(&self, param: &ParamRef) -> Option<FunctionRef> {
        let ev = self.matcher.ev;
        let function = ev.project.function(param.function);
        if function.kind != FunctionKind::Constructor {
            return Some(param.function);
        }
        let at = self.outermost();
        let facts = ev.project.facts(at.file);
        let scope = facts.expr(at.expr).scope;
        match ev.method_of_scope(at.file, scope) {
            Some(method)
                if method != param.function && self.shares_class(method, param.function) =>
            {
                Some(method)
            }
            _ => Some(param.function),
        }
    }

    fn shares_class(&self, a: FunctionRef, b: FunctionRef) -> bool {
        let ev = self.matcher.ev;
        let class = |f: FunctionRef| {
            ev.project.function(f).class.map(|class| ClassRef {
                file: f.file,
                class,
            })
        };
        match (class(a), class(b)) {
            (Some(a), Some(b)) => {
                let (a, b) = (ev.extended(a), ev.extended(b));
                ev.lineage(a).contains(&b) || ev.lineage(b).contains(&a)
            }
            _ => false,
        }
    }

    /// The client call inside the wrapper, said to be one.
    fn mark_wrapper(&mut self) {
        for matched in self.matcher.matches(self.at) {
            if !std::ptr::eq(self.matcher.active.rule(matched.rule), self.rule) {
                continue;
            }
            let site = self.matcher.site(self.at, self.on, &matched, true);
            let name = site.texts(&self.rule.name).into_iter().next();
            // By its type alone it has no name of its own.
            let name = name.filter(|_| !self.by_object.reads);
            if name.is_none() && !site.satisfies(&self.rule.when, &self.rule.unless) {
                return;
            }
            let named = Named {
                name,
                message: None,
                handler: handlers(&site, self.rule).into_iter().next(),
            };
            if let Some(mut endpoint) = self.endpoint(&site, &matched, named) {
                endpoint.wrapper = true;
                self.uses.endpoints.push(endpoint);
            }
            return;
        }
    }

    fn endpoint(&self, site: &Site, matched: &Match, named: Named) -> Option<EndpointSite> {
        let Kind::Endpoint(role) = self.rule.kind else {
            return None;
        };
        let matcher = self.matcher;
        let text = |accesses: &[super::access::Access]| {
            site.texts(accesses).into_iter().next().map(|(t, _)| t)
        };
        let (name, trail) = named
            .name
            .map_or((None, None), |(t, trail)| (Some(t), trail));
        if let Some(plain) = name.as_ref().and_then(Text::as_plain)
            && self.rule.except.iter().any(|e| *e == plain)
        {
            return None;
        }
        let on = if self.levels.is_empty() {
            self.on
        } else {
            On::Call
        };
        let model = matcher.active.model(matched.rule);
        let said = named.message.as_ref().or(name.as_ref());
        let payload = payloads::shape(site, self.rule, said);
        let mut calls = calls_of(self.at, &matched.origin);
        calls.extend(self.levels.iter().map(|l| (l.call.file, l.call.expr)));
        Some(EndpointSite {
            role,
            client: model.client.name.clone(),
            technology: matcher.technology(self.rule, matched.rule),
            channel: self
                .rule
                .channel
                .clone()
                .or_else(|| model.client.channel.clone())
                .unwrap_or_else(|| "topic".into()),
            name,
            message: named.message,
            via: text(&self.rule.via),
            group: text(&self.rule.group),
            place: self.place(site, on),
            calls,
            trail,
            confidence: matched.confidence,
            payload,
            handler: named.handler,
            settings: self.settings(site),
            wrapper: false,
            requires_counterpart: self.rule.requires_counterpart,
        })
    }
}

fn span_of(project: &Project, at: &At) -> Span {
    project.facts(at.file).expr(at.expr).span
}

impl Search<'_, '_, '_> {
    /// Where an endpoint is reported: the outermost call, or what the rule says.
    fn place(&self, site: &Site, on: On) -> Place {
        let outermost = self.outermost();
        if let Some(place) = item_place(site, self.rule.at_item) {
            return place;
        }
        if self.rule.built && self.levels.is_empty() {
            let facts = self.matcher.ev.project.facts(outermost.file);
            return Place {
                file: outermost.file,
                span: facts.expr(outermost.expr).span,
            };
        }
        self.matcher.location(outermost, on)
    }
}

/// Where the element a site is about stands, if that is a method, or the rule
/// says that it is the place.
fn item_place(site: &Site, at_item: bool) -> Option<Place> {
    match &site.item.as_ref()?.found.value {
        Value::Function { function, .. } => Some(Place {
            file: function.file,
            span: site.ev.project.function(*function).span,
        }),
        Value::Object(object) if at_item => Some(Place {
            file: object.file,
            span: site.ev.project.facts(object.file).expr(object.expr).span,
        }),
        _ => None,
    }
}

/// What an endpoint is called.
#[derive(Clone)]
struct Named {
    name: Option<(Text, Trail)>,
    /// The message's own name inside the channel.
    message: Option<Text>,
    handler: Option<FunctionRef>,
}

impl Named {
    /// A parameter that has to be known first, and how much of the name is known
    /// without it.
    fn open(&self) -> Option<(ParamRef, usize)> {
        let name = self.name.iter().flat_map(|(text, _)| text.params());
        if let Some(param) = name.into_iter().next() {
            let known = self
                .name
                .as_ref()
                .map_or(0, |(text, _)| text.known_letters());
            return Some((param.clone(), known));
        }
        let message = self.message.iter().flat_map(Text::params).next();
        message.map(|param| (param.clone(), 0))
    }
}

/// The names of a site, each once; one that is none if nothing is known. A match
/// by spelling needs a name that is at least partly known.
fn names(site: &Site, rule: &Rule, confidence: Confidence) -> Vec<Option<(Text, Trail)>> {
    let mut names: Vec<Option<(Text, Trail)>> = Vec::new();
    for named in site.texts(&rule.name) {
        let known = names.iter().flatten().any(|(t, _)| *t == named.0);
        if !known {
            names.push(Some(named));
        }
    }
    if confidence == Confidence::Likely {
        names.retain(|n| n.as_ref().is_some_and(|(t, _)| t.is_partly_known()));
        return names;
    }
    if names.is_empty() {
        names.push(None);
    }
    names
}

/// The functions that get what a site receives.
fn handlers(site: &Site, rule: &Rule) -> Vec<FunctionRef> {
    let nodes = site.first(&rule.handler).into_iter();
    nodes
        .filter_map(|node| match &node.found.value {
            Value::Function { function, .. } => Some(*function),
            Value::External(origin) => wrapped(site.ev, origin),
            _ => None,
        })
        .collect()
}

/// The only function of the project that a library's call is given: what it makes
/// of it (`action(handler)`, `asyncHandler(handler)`) runs that.
fn wrapped(ev: &Evaluator, origin: &Origin) -> Option<FunctionRef> {
    let Step::Call(Some(call)) = origin.step() else {
        return None;
    };
    let (_, args) = ev.call_parts(call)?;
    let mut functions = args.iter().flat_map(|arg| {
        let at = At {
            expr: arg.value,
            ..call.clone()
        };
        ev.eval(&at)
    });
    let mut functions = functions.by_ref().filter_map(|found| match found.value {
        Value::Function { function, .. } => Some(function),
        _ => None,
    });
    let first = functions.next()?;
    functions.next().is_none().then_some(first)
}

/// Messages' own names inside the channel, each once.
fn messages(texts: Vec<(Text, Trail)>) -> Vec<Text> {
    let mut messages: Vec<Text> = Vec::new();
    for (text, _) in texts {
        if !messages.contains(&text) {
            messages.push(text);
        }
    }
    messages
}
