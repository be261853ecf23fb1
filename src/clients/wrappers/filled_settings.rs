//! Settings of what stands in a collection that a method fills.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Search;
use crate::clients::settings;
use crate::clients::take::{Node, Site};
use crate::project::{ParamRef, Value};

/// Functions that hand a setting on to each other.
const DEEPEST: u32 = 4;

impl Search<'_, '_, '_> {
    /// The settings of a site. Under a call that fills a collection they are what
    /// the object in it was made with; what nothing says is left out.
    pub(super) fn settings(&self, site: &Site) -> BTreeMap<String, Json> {
        if !self.is_filling() {
            return self.matcher.settings(site, self.rule);
        }
        let mut all = self.rule.defaults.clone();
        for (key, alternatives) in &self.rule.settings {
            let nodes = site.first(alternatives);
            if let Some(value) = nodes.iter().find_map(|node| self.said(node)) {
                all.insert(key.clone(), value);
            }
        }
        all
    }

    fn said(&self, node: &Node) -> Option<Json> {
        let ev = self.matcher.ev;
        match &node.found.value {
            Value::Param(param) => self.passed_setting(param, 0),
            Value::Text(text) => match text.params().next() {
                Some(param) => self.passed_setting(param, 0),
                None => text
                    .is_partly_known()
                    .then(|| Json::String(text.to_string())),
            },
            Value::Unknown(_) | Value::Null | Value::External(_) => None,
            value => Some(settings::json(ev, value, node.at.as_ref())),
        }
    }

    /// The first known value that callers pass.
    fn passed_setting(&self, param: &ParamRef, depth: u32) -> Option<Json> {
        if depth > DEEPEST {
            return None;
        }
        let ev = self.matcher.ev;
        let mut passed = ev.passed(param).into_iter();
        passed.find_map(|(found, at)| match &found.value {
            Value::Param(outer) => self.passed_setting(outer, depth + 1),
            Value::Text(text) => text.as_plain().map(|text| Json::String(text.to_string())),
            Value::Unknown(_) | Value::Null | Value::External(_) => None,
            value => Some(settings::json(ev, value, Some(&at))),
        })
    }
}
