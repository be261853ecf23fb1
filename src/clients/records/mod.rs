//! Records of the project that keep a message beside the name of its type.
//!
//! Where such a record is made, what it is given says the message
//! ([`makings`]); where one is read back, an expression leads to it
//! ([`records_behind`]).

mod makings;
mod readings;
mod typed;

pub use makings::{makings, makings_with};
pub use readings::{read_of, records_behind};

use crate::facts::ExprId;
use crate::project::{At, FunctionRef};

/// Expressions looked at on the way from one.
const MOST_STEPS: usize = 96;
/// Callers of one function that are asked, and names behind names.
const MOST_CALLERS: usize = 4;

/// A place that makes a record.
#[derive(Clone)]
pub struct Making {
    /// The construction.
    pub call: At,
    /// What it is given.
    pub given: Vec<ExprId>,
    /// The message, or the type of it, whose name is among that; what is given to
    /// a field, where that one is asked for.
    pub message: At,
    /// The constructor in which the message is a parameter.
    pub within: Option<FunctionRef>,
}
