//! Routing rules of the technologies: which names a pattern selects.

/// AMQP topic exchange: words between dots, `*` one word, `#` any number
/// (AMQP 0-9-1 specification, section 3.1.3.3).
#[must_use]
pub fn amqp_topic(pattern: &str, key: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('.').collect();
    let key: Vec<&str> = key.split('.').collect();
    words(&pattern, &key, "*", "#", true)
}

/// NATS subject: `*` one token, `>` one or more at the end
/// (<https://docs.nats.io/nats-concepts/subjects>).
#[must_use]
pub fn nats_subject(pattern: &str, subject: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('.').collect();
    let subject: Vec<&str> = subject.split('.').collect();
    words(&pattern, &subject, "*", ">", false)
}

/// MQTT topic filter: `+` one level, `#` any number at the end
/// (MQTT 5.0 specification, section 4.7).
#[must_use]
pub fn mqtt_filter(filter: &str, topic: &str) -> bool {
    let filter: Vec<&str> = filter.split('/').collect();
    let topic: Vec<&str> = topic.split('/').collect();
    words(&filter, &topic, "+", "#", true)
}

/// Matches word by word with the classic two-pointer walk: linear but for the
/// last `many`, which is all that ever has to be tried again.
fn words(pattern: &[&str], text: &[&str], one: &str, many: &str, many_is_none: bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    let least = usize::from(!many_is_none);
    while t < text.len() {
        if let Some(word) = pattern.get(p) {
            if *word == many {
                retry = Some((p + 1, t + least));
                t += least;
                p += 1;
                continue;
            }
            // A hole can be any one word.
            let is_hole = |w: &str| w.starts_with('{') && w.ends_with('}');
            if *word == one || *word == text[t] || is_hole(word) || is_hole(text[t]) {
                p += 1;
                t += 1;
                continue;
            }
        }
        match &mut retry {
            Some((after, at)) if *at < text.len() => {
                *at += 1;
                p = *after;
                t = *at;
            }
            _ => return false,
        }
    }
    pattern[p.min(pattern.len())..]
        .iter()
        .all(|w| many_is_none && *w == many)
}

/// Redis `PSUBSCRIBE` pattern: `*`, `?`, `[abc]`, `\` escapes
/// (<https://redis.io/docs/latest/commands/psubscribe/>).
#[must_use]
pub fn redis_glob(pattern: &str, channel: &str) -> bool {
    // globset's syntax is a superset; braces are plain in Redis.
    let escaped = pattern.replace('{', "\\{").replace('}', "\\}");
    globset::GlobBuilder::new(&escaped)
        .backslash_escape(true)
        .build()
        .is_ok_and(|glob| glob.compile_matcher().is_match(channel))
}

#[cfg(test)]
mod tests {
    use super::{amqp_topic, mqtt_filter, nats_subject, redis_glob};

    #[test]
    fn amqp_words() {
        for (pattern, key, matches) in [
            ("user.*", "user.created", true),
            ("user.*", "user.created.v2", false),
            ("user.#", "user", true),
            ("user.#", "user.created.v2", true),
            ("#", "anything.at.all", true),
            ("*.critical", "kern.critical", true),
            ("#.error.#", "a.error.b.c", true),
            ("a.#.b.#.c", "a.x.b.y.c", true),
            ("a.#.b", "a.x.c", false),
            ("order.{type}", "order.placed", true),
        ] {
            assert_eq!(amqp_topic(pattern, key), matches, "{pattern} {key}");
        }
    }

    #[test]
    fn nats_and_mqtt() {
        assert!(nats_subject("orders.>", "orders.eu.placed"));
        assert!(!nats_subject("orders.>", "orders"));
        assert!(nats_subject("orders.*.placed", "orders.eu.placed"));
        assert!(mqtt_filter("home/+/temp", "home/kitchen/temp"));
        assert!(mqtt_filter("home/#", "home"));
        assert!(!mqtt_filter("home/+", "home/a/b"));
    }

    #[test]
    fn redis_globs() {
        assert!(redis_glob("news.*", "news.art"));
        assert!(redis_glob("h?llo", "hello"));
        assert!(!redis_glob("news.*", "sport.art"));
    }
}
