//! Declarations inside functions of the project: what a function declares under
//! a name that it is given is declared by its callers.

use super::{MAX_LEVELS, MAX_USES, Search};
use crate::clients::matching::{Match, calls_of};
use crate::clients::model::Kind;
use crate::clients::sites::DeclarationSite;
use crate::project::{ParamRef, Text};

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
            let names = site.texts(&self.rule.name);
            let open = names.iter().flat_map(|(text, _)| text.params()).next();
            if let Some(param) = open {
                self.declared_by_callers(&param.clone());
                continue;
            }
            if self.levels.is_empty() {
                continue;
            }
            let mut calls = calls_of(self.at, &matched.origin);
            calls.extend(self.levels.iter().map(|l| (l.call.file, l.call.expr)));
            for (name, _) in names {
                self.uses.declarations.push(DeclarationSite {
                    kind,
                    technology: matcher.technology(self.rule, matched.rule),
                    name: Some(name),
                    place: self.place(&site, self.on),
                    calls: calls.clone(),
                    settings: matcher.settings(&site, self.rule),
                });
            }
        }
    }

    /// Goes on with the callers of the function that is given the name; those
    /// count that say one.
    fn declared_by_callers(&mut self, param: &ParamRef) {
        let Some(function) = self.function_to_bind(param) else {
            return;
        };
        let is_inside = self.levels.iter().any(|l| l.function == function);
        if self.levels.len() >= MAX_LEVELS || is_inside {
            return;
        }
        self.uses.wrappers.push(function);
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
                });
            }
        }
        let declared = self.uses.declarations.get(before..).unwrap_or_default();
        let is_known = |d: &DeclarationSite| d.name.as_ref().is_some_and(Text::is_partly_known);
        if !declared.iter().any(is_known) {
            self.uses.declarations.truncate(before);
        }
    }
}
