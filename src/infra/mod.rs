//! Infrastructure and configuration, one file a format.

pub mod compose;
