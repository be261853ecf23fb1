//! Parameters of functions that have nothing to do with the place of a site: an
//! object was made in one of them, with a name it was given.

use super::Search;
use crate::facts::FunctionKind;
use crate::project::{ParamRef, Piece, Slot, Text, Trail};

/// Functions that hand a name on to each other.
const DEEPEST: u32 = 4;
/// Names one text can become.
const MOST: usize = 8;

impl Search<'_, '_, '_> {
    /// Gives names what the callers of such functions pass.
    pub(super) fn settle_far(&mut self, names: &mut Vec<Option<(Text, Trail)>>) {
        self.note_far(names);
        if !names.iter().flatten().any(|(text, _)| self.has_far(text)) {
            return;
        }
        for name in std::mem::take(names) {
            match name {
                Some((text, trail)) if self.has_far(&text) => {
                    let texts = self.filled(&text, 0);
                    let texts = self.known_first(texts);
                    names.extend(texts.into_iter().map(|t| Some((t, trail.clone()))));
                }
                name => names.push(name),
            }
        }
    }

    /// Notes whether a site's names are said far from it, or by nobody.
    pub(super) fn note_far(&mut self, names: &[Option<(Text, Trail)>]) {
        let is_open =
            |(text, _): &(Text, Trail)| text.params().next().is_none() && !text.is_partly_known();
        let is_at_site = self.levels.is_empty();
        let all = || names.iter().flatten();
        let is_far = all().any(|(text, _)| text.params().any(|p| self.is_said_elsewhere(p)))
            || (is_at_site && all().all(is_open));
        self.by_object.far |= is_far;
    }

    /// Whether what a parameter is has nothing to do with the place of the site.
    fn is_said_elsewhere(&self, param: &ParamRef) -> bool {
        matches!(param.slot, Slot::Argument(_)) && self.is_elsewhere(param)
    }

    fn has_far(&self, text: &Text) -> bool {
        text.params().any(|p| self.is_far(p))
    }

    fn filled(&mut self, text: &Text, depth: u32) -> Vec<Text> {
        let mut results = vec![Text::default()];
        for piece in &text.pieces {
            let pieces = match piece {
                Piece::Param(param) if self.is_far(param) => self.passed(param, depth),
                other => vec![Text {
                    pieces: vec![other.clone()],
                }],
            };
            let mut next = Vec::new();
            for result in &results {
                for piece in pieces.iter().take(MOST - next.len().min(MOST)) {
                    let mut text: Text = result.clone();
                    text.extend(piece);
                    next.push(text);
                }
            }
            results = next;
        }
        results
    }

    fn passed(&mut self, param: &ParamRef, depth: u32) -> Vec<Text> {
        let texts = if depth < DEEPEST {
            // Its callers may stand in files nobody has parsed yet.
            self.uses.wrappers.push(param.function);
            self.matcher.ev.passed_texts(param)
        } else {
            Vec::new()
        };
        let filled: Vec<Text> = texts
            .iter()
            .flat_map(|text| self.filled(text, depth + 1))
            .collect();
        if filled.is_empty() {
            return vec![Text::hole(param.text.clone())];
        }
        filled
    }

    /// Whether a parameter is of no function around the place of the endpoint,
    /// nor what an object around it was made with. What fills a collection is
    /// known by its callers one by one.
    fn is_far(&self, param: &ParamRef) -> bool {
        let ev = self.matcher.ev;
        let kind = ev.project.function(param.function).kind;
        matches!(param.slot, Slot::Argument(_))
            && kind != FunctionKind::Constructor
            && self.is_elsewhere(param)
            && !ev.fills(param.function)
    }

    /// Whether a parameter is of no function around the place of the endpoint.
    pub(super) fn is_elsewhere(&self, param: &ParamRef) -> bool {
        let ev = self.matcher.ev;
        let outermost = self.outermost();
        if param.function.file != outermost.file {
            return true;
        }
        let facts = ev.project.facts(outermost.file);
        let mut function = facts.function_of_scope(facts.expr(outermost.expr).scope);
        while let Some(id) = function {
            if id == param.function.function {
                return false;
            }
            function = facts.function(id).outer;
        }
        true
    }

    /// An option that nobody sets has a default: what is known drives out what is
    /// not. What fills a collection is known elsewhere.
    fn known_first(&self, texts: Vec<Text>) -> Vec<Text> {
        let is_known = |piece: &Piece| match piece {
            Piece::Plain(_) => true,
            Piece::Param(param) => self.fills(param),
            _ => false,
        };
        let is_known = |text: &Text| text.pieces.iter().all(is_known);
        if texts.iter().any(is_known) {
            return texts.into_iter().filter(is_known).collect();
        }
        texts
    }
}
