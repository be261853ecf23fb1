//! What a path says about a file.

/// Folders that hold no production code.
const TEST_FOLDERS: [&str; 22] = [
    "test",
    "tests",
    "__tests__",
    "testing",
    "spec",
    "specs",
    "e2e",
    "__mocks__",
    "mocks",
    "mock",
    "__fixtures__",
    "fixtures",
    "testdata",
    "test-utils",
    "testutils",
    "cypress",
    "stories",
    "__stories__",
    "benches",
    "bench",
    "benchmarks",
    "playwright",
];

/// Source sets of tests by other names: `src/integration-test`, `src/testFixtures`.
fn is_test_source_set(folders: &str) -> bool {
    let mut folders = folders.split('/').peekable();
    while let Some(folder) = folders.next() {
        if folder != "src" {
            continue;
        }
        let set = folders.peek().copied().unwrap_or("");
        let after = set
            .strip_prefix("test")
            .and_then(|rest| rest.chars().next());
        if after.is_some_and(|c| c.is_uppercase() || c == '-')
            || ["Test", "Tests", "-test", "-tests"]
                .iter()
                .any(|end| set.ends_with(end))
        {
            return true;
        }
    }
    false
}

/// Whether a file is test code, a mock, a story or a benchmark by its path.
#[must_use]
pub fn is_test_path(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let file = name;
    let name = name.to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or("");
    folders
        .split('/')
        .any(|f| TEST_FOLDERS.iter().any(|test| f.eq_ignore_ascii_case(test)) || is_test_project(f))
        || (file.ends_with(".cs") && is_test_project(file.strip_suffix(".cs").unwrap_or(file)))
        || is_test_source_set(folders)
        || [
            ".test.",
            ".spec.",
            ".stories.",
            ".mock.",
            ".e2e-spec.",
            ".e2e.",
            ".bench.",
        ]
        .iter()
        .any(|part| name.contains(part))
        || stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem.ends_with("_tests")
        || matches!(stem, "conftest" | "tests" | "test" | "setuptests")
}

/// `Ordering.UnitTests`, `Orders.Test`: how .NET names projects of tests.
fn is_test_project(name: &str) -> bool {
    let before = name
        .strip_suffix("Tests")
        .or_else(|| name.strip_suffix("Test"));
    before.is_some_and(|before| before.ends_with(|c: char| c == '.' || c.is_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::is_test_path;

    #[test]
    fn tests_are_known_by_folder_and_name() {
        for path in [
            "src/__tests__/a.ts",
            "a.spec.ts",
            "pkg/test_orders.py",
            "tests/conftest.py",
            "src/orders_test.rs",
            "web/Button.stories.tsx",
            "src/Ordering.UnitTests/Placed.cs",
            "src/Catalog/OrderTests.cs",
            "orders/src/integration-test/java/com/acme/Orders.java",
            "orders/src/testFixtures/kotlin/Orders.kt",
        ] {
            assert!(is_test_path(path), "{path}");
        }
        for path in [
            "src/testimony/latest.ts",
            "src/contest.py",
            "attest/a.rs",
            "src/orders.ts",
            "src/Contests/Latest.cs",
            "web/SpeedTest.tsx",
            "src/latest/orders.ts",
        ] {
            assert!(!is_test_path(path), "{path}");
        }
    }
}
