//! Declarations inside functions of the project: what a function declares under
//! a name that it is given is declared by its callers.

use super::{MAX_LEVELS, MAX_USES, Search};
use crate::clients::matching::{Match, calls_of};
use crate::clients::model::Kind;
use crate::clients::sites::DeclarationSite;
use crate::project::{ParamRef, Text, Trail};

impl Search<'_, '_, '_> {
    /// What callers make the site declare; nothing where its name is of its own.
    pub(super) fn explore_declared(&mut self, matched: &Match) {
        let Kind::Declaration(kind) = self.rule.kind else {
            return;
        };
        let at = self.here();
        let matcher = self.matcher;
        let site = matcher.site(&at, self.on, matched, false);
        for site in matcher.each(site, self.rule) {
            if self.uses.declarations.len() >= MAX_USES
                || !site.satisfies(&self.rule.when, &self.rule.unless)
            {
                continue;
            }
            let texts = site.texts(&self.rule.name);
            let mut names: Vec<_> = texts.into_iter().map(Some).collect();
            if self.by_object.reads {
                self.leave_own(&mut names);
                self.settle_far(&mut names);
                self.keep_filled(&mut names);
            } else {
                self.note_far(&names);
            }
            if self.told_by_objects(matched) {
                return;
            }
            let names: Vec<_> = names.into_iter().flatten().collect();
            if let Some((param, known)) = self.open_declared(&names) {
                let before = self.uses.declarations.len();
                if let Some(own) = self.own_object(&param) {
                    self.declared_by_callers(&own, known);
                }
                if self.uses.declarations.len() == before {
                    self.declared_by_callers(&param, known);
                }
                continue;
            }
            if self.levels.is_empty() {
                continue;
            }
            let mut calls = calls_of(self.at, &matched.origin);
            calls.extend(self.levels.iter().map(|l| (l.call.file, l.call.expr)));
            let filled = self.is_filling();
            for (name, _) in names {
                let place = self.place(&site, self.on);
                let is_same =
                    |d: &DeclarationSite| d.name.as_ref() == Some(&name) && d.place == place;
                if filled && self.uses.declarations.iter().any(is_same) {
                    continue;
                }
                self.uses.declarations.push(DeclarationSite {
                    kind,
                    technology: matcher.technology(self.rule, matched.rule),
                    name: Some(name),
                    place,
                    calls: calls.clone(),
                    settings: self.settings(&site),
                });
            }
        }
    }

    /// The parameter that has to be known first, rather one of a function around
    /// the site than one that fills a collection, and how much of its name is known
    /// without it.
    fn open_declared(&self, names: &[(Text, Trail)]) -> Option<(ParamRef, usize)> {
        let of_text = |text| Text::params(text).map(move |param| (param, text.known_letters()));
        let params = || names.iter().flat_map(|(text, _)| of_text(text));
        let near = params().find(|(param, _)| !self.fills(param));
        let (param, known) = near.or_else(|| params().next())?;
        Some((param.clone(), known))
    }

    /// Goes on with the callers of the function that is given the name; those
    /// count that say one, and more of it than the `known` letters of the site.
    fn declared_by_callers(&mut self, param: &ParamRef, known: usize) {
        let Some(function) = self.function_to_bind(param) else {
            return;
        };
        let is_inside = self.levels.iter().any(|l| l.function == function);
        if self.levels.len() >= MAX_LEVELS || is_inside {
            return;
        }
        self.uses.wrappers.push(function);
        let fills = self.beside(param, Vec::new());
        let ev = self.matcher.ev;
        let before = self.uses.declarations.len();
        for (call, this) in ev.calls_of(function) {
            if !ev.is_test_of(&call, function) {
                self.through(super::Level {
                    function,
                    call,
                    this,
                    param: None,
                    taken: None,
                    fills: fills.clone(),
                });
            }
        }
        self.by_object.filled |= fills.is_some() && self.uses.declarations.len() > before;
        let declared = self.uses.declarations.get(before..).unwrap_or_default();
        let says = |t: &Text| t.is_partly_known() && (known == 0 || t.known_letters() > known);
        let told = |d: &DeclarationSite| d.name.as_ref().is_some_and(says);
        if !declared.iter().any(told) {
            self.uses.declarations.truncate(before);
        }
    }
}
