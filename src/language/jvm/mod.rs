//! What Java and Kotlin share: names that mean members of the classes around
//! them, what the platform's own functions make, what is generated for classes.

pub(super) mod collections;
pub(super) mod generated;
pub(super) mod heading;
pub(super) mod names;
pub(super) mod strings;
