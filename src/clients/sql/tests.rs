use proptest::prelude::*;

use super::{Asked, Name, names, places};
use crate::project::{Piece, Text};

fn of(sql: &str, asked: Asked) -> Vec<String> {
    names(&Text::plain(sql), asked)
        .into_iter()
        .map(|name| match name {
            Name::Text(text) => text.to_string(),
            Name::Parameter(n) => format!("${}", n + 1),
            Name::Named(name) => format!(":{name}"),
        })
        .collect()
}

#[test]
fn channels_that_are_listened_to() {
    assert_eq!(of("LISTEN orders", Asked::Listen), ["orders"]);
    assert_eq!(of("listen \"Orders\";", Asked::Listen), ["Orders"]);
    assert_eq!(of("LISTEN a; LISTEN B", Asked::Listen), ["a", "b"]);
    assert_eq!(of("UNLISTEN orders", Asked::Listen), [""; 0]);
    assert_eq!(of("SELECT listen FROM radio", Asked::Listen), [""; 0]);
}

#[test]
fn channels_that_are_notified() {
    assert_eq!(of("NOTIFY orders, 'x'", Asked::Notify), ["orders"]);
    assert_eq!(
        of("SELECT pg_notify('Orders', $1)", Asked::Notify),
        ["Orders"]
    );
    assert_eq!(
        of("SELECT pg_notify('orders'::text, $1)", Asked::Notify),
        ["orders"]
    );
    assert_eq!(of("SELECT pg_notify($2, $1)", Asked::Notify), ["$2"]);
    assert_eq!(of("SELECT pg_notify(?, ?)", Asked::Notify), ["$1"]);
    assert_eq!(
        of("select pg_notify(%(channel)s, %(body)s)", Asked::Notify),
        [":channel"]
    );
    assert_eq!(
        of("SELECT pg_notify('a_' || $1, 'x')", Asked::Notify),
        ["a_{…}"]
    );
    assert_eq!(of("SELECT notify FROM users", Asked::Notify), [""; 0]);
    assert_eq!(of("-- NOTIFY orders", Asked::Notify), [""; 0]);
}

#[test]
fn the_body_of_a_trigger_function() {
    let sql = "CREATE FUNCTION f() RETURNS trigger AS $body$ BEGIN
        PERFORM pg_notify('row_added', NEW.id::text); NOTIFY refresh; RETURN NEW;
        END $body$ LANGUAGE plpgsql";
    assert_eq!(of(sql, Asked::Notify), ["row_added", "refresh"]);
}

#[test]
fn tables_that_are_queues() {
    for (sql, table) in [
        ("SELECT id FROM jobs LIMIT 1 FOR UPDATE SKIP LOCKED", "jobs"),
        (
            "select * from Public.jobs for no key update skip locked",
            "jobs",
        ),
        ("SELECT * FROM \"Jobs\" FOR UPDATE SKIP LOCKED", "Jobs"),
        (
            "UPDATE jobs SET taken = now() WHERE id = (SELECT id FROM work.jobs
             WHERE run_at <= now() ORDER BY run_at FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING *",
            "work.jobs",
        ),
        (
            "WITH next AS (SELECT id FROM tasks FOR UPDATE SKIP LOCKED)
             DELETE FROM tasks USING next WHERE tasks.id = next.id RETURNING tasks.*",
            "tasks",
        ),
        (
            "SELECT a.id FROM attempt AS a INNER JOIN target t ON t.id = a.target
             WHERE a.id IN (SELECT id FROM other) FOR UPDATE OF a SKIP LOCKED",
            "attempt",
        ),
        (
            "SELECT * FROM mail.target t, mail.outbox o FOR UPDATE OF outbox, o SKIP LOCKED",
            "mail.outbox",
        ),
    ] {
        assert_eq!(of(sql, Asked::Queue), [table], "{sql}");
    }
}

#[test]
fn rows_that_are_only_locked() {
    for sql in [
        "SELECT * FROM accounts WHERE id = $1 FOR UPDATE",
        "SELECT * FROM accounts FOR SHARE SKIP LOCKED",
        "SELECT * FROM accounts FOR UPDATE NOWAIT",
        "SELECT 'FROM jobs FOR UPDATE SKIP LOCKED'",
        "DELETE FROM old WHERE id IN (SELECT id FROM old WHERE done FOR UPDATE SKIP LOCKED)",
        "UPDATE old SET body = NULL WHERE id = any(array(SELECT id FROM old FOR UPDATE SKIP LOCKED))",
        "SELECT locked FROM jobs",
    ] {
        assert_eq!(of(sql, Asked::Queue), [""; 0], "{sql}");
    }
}

#[test]
fn tables_that_get_rows() {
    assert_eq!(
        of("INSERT INTO a.b (x) VALUES ($1)", Asked::Insert),
        ["a.b"]
    );
    assert_eq!(
        of(
            "WITH x AS (INSERT INTO a SELECT 1) INSERT INTO b SELECT * FROM x",
            Asked::Insert
        ),
        ["a", "b"]
    );
    assert_eq!(of("UPDATE a SET into = 1", Asked::Insert), [""; 0]);
}

#[test]
fn holes_stay_in_names() {
    let mut sql = Text::plain("INSERT INTO jobs_");
    sql.push(Piece::Hole("shard".into()));
    sql.push(Piece::Plain(" VALUES (1)".into()));
    let mut table = Text::plain("jobs_");
    table.push(Piece::Hole("shard".into()));
    assert_eq!(names(&sql, Asked::Insert), [Name::Text(table)]);
}

proptest! {
    #[test]
    fn any_text_is_scanned(sql in "[ a-zA-Z0-9'\"$%:?@();,./*_\\-\u{e9}\n]{0,200}", plain in ".{0,80}") {
        for asked in [Asked::Listen, Asked::Notify, Asked::Queue, Asked::Insert] {
            for text in [&sql, &plain, &format!("{sql} FOR UPDATE SKIP LOCKED"), &format!("{plain} NOTIFY {sql}")] {
                for name in of(text, asked) {
                    prop_assert!(!name.is_empty() || text.contains("\"\"") || text.contains('\''));
                }
            }
        }
    }

    #[test]
    fn a_queue_is_found_however_it_is_written(
        table in "[a-z][a-z_0-9]{0,12}x",
        space in "[ \n\t]{1,3}",
        condition in "( WHERE a = \\$1| WHERE b IN \\(SELECT c FROM d WHERE e = '\\)'\\)| ORDER BY f)?",
        upper in any::<bool>(),
    ) {
        let sql = format!("SELECT id FROM {table}{condition} LIMIT 1 FOR UPDATE SKIP LOCKED").replace(' ', &space);
        let sql = if upper { sql.to_uppercase() } else { sql };
        prop_assert_eq!(of(&sql, Asked::Queue), vec![table]);
    }
}

#[test]
fn files_say_where_and_in_which_function() {
    let text = "-- notify nobody\nCREATE TABLE IF NOT EXISTS public.jobs (id int);\n\
        CREATE FUNCTION tell() RETURNS trigger AS $$\nBEGIN\n  PERFORM pg_notify('jobs', NEW.id::text);\n  \
        INSERT INTO jobs VALUES (1);\n  RETURN NEW;\nEND\n$$ LANGUAGE plpgsql;\nINSERT INTO jobs VALUES (2);\n";
    let shown = |asked| -> Vec<String> {
        let placed = places(text, asked).into_iter();
        placed
            .map(|p| {
                format!(
                    "{} {} {}",
                    p.name,
                    p.line,
                    p.function.as_deref().unwrap_or("-")
                )
            })
            .collect()
    };
    assert_eq!(shown(Asked::Table), ["jobs 2 -"]);
    assert_eq!(shown(Asked::Notify), ["jobs 5 tell"]);
    assert_eq!(shown(Asked::Insert), ["jobs 6 tell", "jobs 10 -"]);
}
