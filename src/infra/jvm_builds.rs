//! Maven's `pom.xml` and Gradle's settings: how a module is called.

/// The `artifactId` of a `pom.xml` itself, its parent's left out.
#[must_use]
pub fn artifact(pom: &str) -> Option<&str> {
    let mut depth = 0_u32;
    let mut rest = pom;
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let end = rest.find('>')?;
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        if tag.starts_with(['?', '!']) || tag.ends_with('/') {
            continue;
        }
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
            continue;
        }
        depth += 1;
        // Directly in the project: `<project><artifactId>`.
        if depth == 2 && tag == "artifactId" {
            let text = rest.split('<').next()?.trim();
            return (!text.is_empty()).then_some(text);
        }
    }
    None
}

/// `rootProject.name` of a `settings.gradle` or `settings.gradle.kts`.
#[must_use]
pub fn root_project(settings: &str) -> Option<&str> {
    let line = settings
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("rootProject.name"))?;
    let value = line.split_once('=')?.1.trim();
    let name = value.trim_matches(['"', '\'', ';']);
    (!name.is_empty() && !name.contains('$')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{artifact, root_project};

    #[test]
    fn a_module_has_its_own_name_not_its_parents() {
        let pom = "<?xml version=\"1.0\"?>\n<project>\n<!-- <artifactId>no</artifactId> -->\n\
            <parent><artifactId>all</artifactId><relativePath/></parent>\n\
            <artifactId>orders</artifactId></project>";
        assert_eq!(artifact(pom), Some("orders"));
        assert_eq!(
            artifact("<project><parent><artifactId>a</artifactId>"),
            None
        );
        assert_eq!(artifact("<project><art"), None);
    }

    #[test]
    fn a_gradle_build_says_its_name_in_its_settings() {
        assert_eq!(
            root_project("rootProject.name = 'shop'\ninclude 'a'"),
            Some("shop")
        );
        assert_eq!(root_project("include(\":a\")"), None);
    }
}
