//! `msgmap schema`: the JSON Schema of the contract.

use msgmap::report::json;

use super::{Error, output};

pub fn run() -> Result<(), Error> {
    output::plain(&json::json_schema())
}
