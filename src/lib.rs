//! msgmap reads a codebase and says who sends which message to whom.

pub mod analysis;
pub mod checks;
pub mod facts;
