//! Literate pages: Markdown to projects of files.

use std::path::{Component, Path, PathBuf};

use ignore::WalkBuilder;

use crate::expect;

/// What a page is about, and so what its comments may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Client,
    /// How names, receivers and wrappers are followed, whatever the client.
    Following,
    Check,
    /// A format of infrastructure files.
    Infra,
}

impl Kind {
    /// Where its pages are.
    pub fn folder(self) -> PathBuf {
        let folder = match self {
            Self::Client => "fixtures/clients",
            Self::Following => "fixtures/following",
            Self::Check => "fixtures/checks",
            Self::Infra => "fixtures/infra",
        };
        Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
    }
}

/// One Markdown file of cases.
#[derive(Debug)]
pub struct Page {
    pub kind: Kind,
    /// Path below the repository's root, as in messages.
    pub name: String,
    /// The text of its first heading.
    pub title: String,
    pub cases: Vec<Case>,
}

impl Page {
    /// The client or check it is about: its file's name.
    pub fn id(&self) -> String {
        stem(Path::new(&self.name))
    }
}

/// One `##` heading: a project.
#[derive(Debug)]
pub struct Case {
    pub heading: String,
    pub files: Vec<File>,
}

impl Case {
    /// The file at this path of the project.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    pub fn expects_something(&self) -> bool {
        self.files
            .iter()
            .flat_map(|file| file.text.lines())
            .any(|line| expect::comment(line).is_some())
    }
}

/// One fenced block with a path before it.
#[derive(Debug)]
pub struct File {
    /// Path in the project.
    pub path: String,
    /// 1-based line of the page its first line stands on.
    pub page_line: usize,
    pub text: String,
}

/// All pages of a kind, sorted by name, or everything that is wrong with them.
pub fn read_all(kind: Kind) -> Result<Vec<Page>, Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut pages, mut errors) = (Vec::new(), Vec::new());
    for path in files_below(kind.folder(), "md") {
        let name = path.strip_prefix(root).unwrap_or(&path).display();
        let page = std::fs::read_to_string(&path)
            .map_err(|e| format!("{name}: {e}"))
            .and_then(|text| parse(kind, &name.to_string(), &text));
        match page {
            Ok(page) => pages.push(page),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        Ok(pages)
    } else {
        Err(errors)
    }
}

/// Files with this extension in a folder of the repository, sorted.
pub fn files_below(folder: impl AsRef<Path>, extension: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    WalkBuilder::new(root)
        .standard_filters(false)
        .sort_by_file_path(Ord::cmp)
        .build()
        .map(|entry| entry.expect("a readable folder").into_path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect()
}

/// The file's name without its extension.
pub fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Reads a page.
///
/// # Errors
/// What would silently not be tested: a block without a path, a path without a
/// block or outside the project, a block that does not end.
pub fn parse(kind: Kind, name: &str, text: &str) -> Result<Page, String> {
    let mut page = Page {
        kind,
        name: name.to_owned(),
        title: String::new(),
        cases: Vec::new(),
    };
    let mut path: Option<(usize, &str)> = None;
    let mut lines = (1..).zip(text.lines());
    while let Some((number, line)) = lines.next() {
        let fail = |message: &str| Err(format!("{name}:{number}: {message}"));
        if let Some(fence) = opening_fence(line) {
            let Some(text) = block(&mut lines, fence) else {
                return fail("this block does not end");
            };
            let Some(case) = page.cases.last_mut() else {
                return fail("a block before the first `##` heading");
            };
            let Some((_, path)) = path.take() else {
                return fail("a block without its path in backticks before it");
            };
            if case.file(path).is_some() {
                return fail("the second block of this path in one project");
            }
            case.files.push(File {
                path: path.to_owned(),
                page_line: number + 1,
                text,
            });
        } else if let Some((number, _)) = path.filter(|_| line.starts_with('#')) {
            return Err(format!("{name}:{number}: a path without a block"));
        } else if let Some(heading) = line.strip_prefix("## ") {
            page.cases.push(Case {
                heading: heading.trim().to_owned(),
                files: Vec::new(),
            });
        } else if let Some(title) = line.strip_prefix("# ") {
            page.title = title.trim().to_owned();
        } else if let Some(alone) = alone_in_backticks(line) {
            if !is_inside_the_project(alone) {
                return fail("not a path inside the project");
            }
            path = Some((number, alone));
        }
    }
    match (path, page.cases.iter().find(|case| case.files.is_empty())) {
        (Some((number, _)), _) => Err(format!("{name}:{number}: a path without a block")),
        (_, Some(case)) => Err(format!("{name}: `{}` has no files", case.heading)),
        _ => Ok(page),
    }
}

/// The run of backticks or tildes that opens a block.
fn opening_fence(line: &str) -> Option<&str> {
    ['`', '~'].into_iter().find_map(|mark| {
        let length = line.len() - line.trim_start_matches(mark).len();
        (length >= 3).then(|| &line[..length])
    })
}

/// The block's text up to its closing fence; none if there is no such fence.
fn block<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>, fence: &str) -> Option<String> {
    let mut text = String::new();
    for (_, line) in lines {
        let line_end = line.trim_end();
        if line_end.starts_with(fence) && line_end.trim_start_matches(&fence[..1]).is_empty() {
            return Some(text);
        }
        text.push_str(line);
        text.push('\n');
    }
    None
}

fn alone_in_backticks(line: &str) -> Option<&str> {
    let text = line.trim_end().strip_prefix('`')?.strip_suffix('`')?;
    (!text.is_empty() && !text.contains('`')).then_some(text)
}

fn is_inside_the_project(path: &str) -> bool {
    Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Page, String> {
        parse(Kind::Client, "page.md", text)
    }

    #[test]
    fn headings_are_projects_and_blocks_their_files() {
        let page = read(
            "# bus\n\nIt is.\n\n## One\n\n`a/b.ts`\n\nSome prose, `not a path`.\n\n```ts\nx\n\n# y\n```\n`c.py`\n~~~\nz\n```\n~~~\n## Two\n`a.rs`\n````rust\n```\n````\n",
        )
        .expect("a page");
        assert_eq!((page.title.as_str(), page.cases.len()), ("bus", 2));
        let files: Vec<_> = page
            .cases
            .iter()
            .flat_map(|case| &case.files)
            .map(|file| (file.path.as_str(), file.page_line, file.text.as_str()))
            .collect();
        assert_eq!(
            files,
            [
                ("a/b.ts", 12, "x\n\n# y\n"),
                ("c.py", 18, "z\n```\n"),
                ("a.rs", 24, "```\n"),
            ]
        );
    }

    #[test]
    fn what_would_not_be_tested_is_an_error() {
        for (text, error) in [
            (
                "## A\n```ts\nx\n```\n",
                "page.md:2: a block without its path in backticks before it",
            ),
            (
                "`a`\n```ts\nx\n```\n",
                "page.md:2: a block before the first `##` heading",
            ),
            (
                "## A\n`a`\n```ts\nx\n",
                "page.md:3: this block does not end",
            ),
            ("## A\n`a`\n## B\n", "page.md:2: a path without a block"),
            ("## A\n`a`\n", "page.md:2: a path without a block"),
            ("## A\n", "page.md: `A` has no files"),
            ("## A\n`../a`\n", "page.md:2: not a path inside the project"),
            (
                "## A\n`a`\n```\n```\n`a`\n```\n```\n",
                "page.md:6: the second block of this path in one project",
            ),
        ] {
            assert_eq!(read(text).expect_err(text), error);
        }
    }
}
