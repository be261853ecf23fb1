//! Names out of SQL.

use smol_str::format_smolstr;

use super::{Node, Site};
use crate::clients::access::Access;
use crate::clients::sql::{self, Asked, Name};
use crate::project::{Found, Piece, Text, Trail, Value};

impl Site<'_, '_> {
    /// What a statement listens to, notifies, takes from or inserts into. Its
    /// parameters are looked up in `parameters`: by number in a list of values,
    /// by name in an object.
    pub(super) fn sql(
        &self,
        statement: &Access,
        asked: Option<&str>,
        parameters: Option<&Access>,
    ) -> Vec<Node> {
        let Some(asked) = asked.and_then(Asked::named) else {
            return Vec::new();
        };
        let mut nodes = Vec::new();
        for (text, trail) in self.texts(std::slice::from_ref(statement)) {
            let names = sql::names(&text, asked);
            if names.is_empty() {
                nodes.extend(open(&text, &trail));
            }
            for name in names {
                nodes.extend(self.sql_name(name, parameters, &trail));
            }
        }
        nodes
    }

    fn sql_name(&self, name: Name, parameters: Option<&Access>, trail: &Trail) -> Vec<Node> {
        let given = || parameters.map_or_else(Vec::new, |p| self.take(p));
        let (found, hole) = match name {
            Name::Text(text) => return vec![node(text, trail)],
            Name::Parameter(n) => {
                // One by one, or all in a list.
                let one_by_one = given()
                    .into_iter()
                    .flat_map(|node| match &node.found.value {
                        Value::List(_) | Value::Many(_) => self.elements(&node),
                        _ => vec![node],
                    });
                let found: Vec<Node> = one_by_one.skip(n).take(1).collect();
                (found, format_smolstr!("${}", n + 1))
            }
            Name::Named(name) => {
                let found = given().iter().flat_map(|n| self.field(n, &name)).collect();
                (found, name)
            }
        };
        if found.is_empty() {
            return vec![node(Text::hole(hole), trail)];
        }
        found
    }
}

fn node(text: Text, trail: &Trail) -> Node {
    let value = Value::Text(text);
    let trail = trail.clone();
    Node::new(Found { value, trail }, None)
}

/// A statement that callers hand in stays open until one of them is asked.
fn open(text: &Text, trail: &Trail) -> Option<Node> {
    let param = text.params().next()?.clone();
    let pieces = vec![Piece::Param(param)];
    Some(node(Text { pieces }, trail))
}
