//! msgmap reads a codebase and says who sends which message to whom.

pub mod analysis;
pub mod checks;
pub mod facts;
pub mod infra;
pub mod language;
pub mod project;
pub mod report;
pub mod walk;
