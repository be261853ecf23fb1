//! Settings that are promises: what a call says of durability, acknowledgement,
//! dead letters and attempts is a policy of its channel as well.

use serde_json::Value as Json;

/// The policy that a setting states, if it does. The keys are those that all
/// models use for the same thing (`queries/README.md`).
#[must_use]
pub fn policy(key: &str, value: &Json) -> Option<&'static str> {
    let is_said = !matches!(value, Json::Null | Json::Bool(false));
    match key {
        "durable" => (*value == Json::Bool(true)).then_some("durable"),
        "persistent" => {
            let is_mode = value.as_u64() == Some(2) || value.as_str() == Some("persistent");
            (*value == Json::Bool(true) || is_mode).then_some("persistent")
        }
        "ack" => match value.as_str()? {
            "manual" => Some("ack-manual"),
            "auto" => Some("ack-auto"),
            _ => None,
        },
        "auto_ack" | "no_ack" => match value.as_bool()? {
            true => Some("ack-auto"),
            false => Some("ack-manual"),
        },
        "dead_letter" | "dead_letter_exchange" | "dead_letter_queue" | "dead_letter_topic" => {
            is_said.then_some("dead-letter")
        }
        "ttl" | "message_ttl" => is_said.then_some("ttl"),
        "attempts" => is_said.then_some("retry"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::policy;

    #[test]
    fn only_what_is_promised_is_a_policy() {
        assert_eq!(policy("durable", &json!(true)), Some("durable"));
        assert_eq!(policy("durable", &json!(false)), None);
        assert_eq!(policy("persistent", &json!(2)), Some("persistent"));
        assert_eq!(policy("persistent", &json!(1)), None);
        assert_eq!(policy("ack", &json!("auto")), Some("ack-auto"));
        assert_eq!(policy("auto_ack", &json!(false)), Some("ack-manual"));
        assert_eq!(policy("auto_ack", &json!("{flag}")), None);
        assert_eq!(policy("dead_letter", &json!(null)), None);
        assert_eq!(policy("dead_letter", &json!("dlx")), Some("dead-letter"));
        assert_eq!(policy("key", &json!(true)), None);
    }
}
