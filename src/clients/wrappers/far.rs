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
    pub(super) fn settle_far(&self, names: &mut Vec<Option<(Text, Trail)>>) {
        let is_far = |text: &Text| text.params().any(|p| self.is_far(p));
        if !names.iter().flatten().any(|(text, _)| is_far(text)) {
            return;
        }
        for name in std::mem::take(names) {
            match name {
                Some((text, trail)) if is_far(&text) => {
                    let texts = known_first(self.filled(&text, 0));
                    names.extend(texts.into_iter().map(|t| Some((t, trail.clone()))));
                }
                name => names.push(name),
            }
        }
    }

    fn filled(&self, text: &Text, depth: u32) -> Vec<Text> {
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

    fn passed(&self, param: &ParamRef, depth: u32) -> Vec<Text> {
        let texts = if depth < DEEPEST {
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
    /// nor what an object around it was made with.
    fn is_far(&self, param: &ParamRef) -> bool {
        let ev = self.matcher.ev;
        let kind = ev.project.function(param.function).kind;
        if !matches!(param.slot, Slot::Argument(_)) || kind == FunctionKind::Constructor {
            return false;
        }
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
}

/// An option that nobody sets has a default: what is known drives out what is not.
fn known_first(texts: Vec<Text>) -> Vec<Text> {
    let is_known = |text: &Text| text.pieces.iter().all(|p| matches!(p, Piece::Plain(_)));
    if texts.iter().any(is_known) {
        return texts.into_iter().filter(is_known).collect();
    }
    texts
}
