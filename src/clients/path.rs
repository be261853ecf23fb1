//! Paths: where a value comes from, as client models write it.

use smol_str::SmolStr;

use crate::project::{At, Decorated, Evaluator, Origin, Step, Value};

/// A path of a client model, such as `Kafka.producer().send`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    root: Root,
    steps: Vec<PathStep>,
    /// Written `decorated …`: the thing that carries the decorator.
    decorated: bool,
    /// Written `added …`: a method that the package adds to other types.
    added: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Root {
    Package(SmolStr),
    Global(SmolStr),
    /// One of the model's objects.
    Object(SmolStr),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum PathStep {
    Member(SmolStr),
    /// `*`
    AnyMember,
    /// `..name`
    AnyDepth(SmolStr),
    /// `()` or `('text')`
    Call(Option<SmolStr>),
    Callback {
        argument: Option<u32>,
        keyword: Option<SmolStr>,
        keys: Vec<SmolStr>,
        param: u32,
    },
    /// `.function.param0`: what the decorated function is given.
    Parameter(u32),
    Element,
}

/// What a match caught.
#[derive(Clone, Debug, Default)]
pub struct Captures {
    /// Objects on the path, the one nearest to the callee last.
    pub objects: Vec<(SmolStr, Origin)>,
    /// What each `*` stood for.
    pub wild: Vec<SmolStr>,
}

impl Captures {
    /// The nearest object of this name.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<&Origin> {
        self.objects
            .iter()
            .rev()
            .find(|(n, _)| n == name)
            .map(|(_, origin)| origin)
    }
}

/// Packages by the short names a model gives them.
pub type Short = std::collections::BTreeMap<SmolStr, Vec<SmolStr>>;

/// The alternatives of each object of a model.
pub type Objects = std::collections::BTreeMap<SmolStr, Vec<Path>>;

/// Objects in objects beyond which a definition is taken for circular.
const MAX_NESTING: u32 = 24;

impl Path {
    /// Reads a path. `packages` and `objects` tell what its root can be.
    ///
    /// # Errors
    /// A sentence that says what is not understood.
    pub fn parse(text: &str, packages: &[SmolStr], objects: &[SmolStr]) -> Result<Self, String> {
        let (decorated, body) = match text.strip_prefix("decorated ") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (extends, body) = match body.strip_prefix("extends ") {
            Some(rest) => (true, rest),
            None => (false, body),
        };
        let (added, body) = match body.strip_prefix("added ") {
            Some(rest) => (true, rest),
            None => (false, body),
        };
        let (root, rest) = parse_root(body, packages, objects)
            .ok_or_else(|| format!("`{text}` begins with no package or object of the model"))?;
        let mut steps = parse_steps(rest).map_err(|e| format!("`{text}`: {e}"))?;
        if extends {
            // An instance of a class with this base is a value of the base.
            steps.push(PathStep::Call(None));
        }
        Ok(Self {
            root,
            steps,
            decorated,
            added,
        })
    }

    /// Whether an origin ends in the method that the package adds to other types:
    /// called on anything, where the package is used.
    fn is_added(&self, origin: &Origin) -> bool {
        let (Root::Package(package), Some(PathStep::Member(name))) =
            (&self.root, self.steps.first())
        else {
            return false;
        };
        let is_it = matches!(origin.step(), Step::Member(member) if member == name);
        let uses = match origin.root() {
            Step::Used(namespaces) => namespaces.iter().any(|used| is_in(used, package)),
            Step::Package(root) => is_in(root, package),
            _ => false,
        };
        is_it && uses
    }

    /// The first `n` steps as a dotted name, if they are a package and members.
    fn prefix(&self, n: usize) -> Option<SmolStr> {
        let Root::Package(package) = &self.root else {
            return None;
        };
        let mut name = package.to_string();
        for step in self.steps.get(..n)? {
            let PathStep::Member(member) = step else {
                return None;
            };
            name.push('.');
            name.push_str(member);
        }
        Some(SmolStr::new(name))
    }

    /// The member or package name a matching value ends in, its call left out;
    /// `None` if it can end in any.
    #[must_use]
    pub fn ends_in(&self) -> Option<SmolStr> {
        for step in self.steps.iter().rev() {
            match step {
                PathStep::Member(name) | PathStep::AnyDepth(name) => return Some(name.clone()),
                PathStep::Call(_) => {}
                PathStep::AnyMember => return None,
                PathStep::Callback { .. } | PathStep::Parameter(_) | PathStep::Element => {
                    return Some(SmolStr::default());
                }
            }
        }
        match &self.root {
            Root::Package(name) | Root::Global(name) => Some(name.clone()),
            Root::Object(_) => None,
        }
    }

    /// The type of a namespace the path begins with, if that is one of some.
    #[must_use]
    pub fn type_of(&self, namespaces: &[SmolStr]) -> Option<&SmolStr> {
        for (i, step) in self.steps.iter().enumerate() {
            let (PathStep::Member(name) | PathStep::AnyDepth(name)) = step else {
                return None;
            };
            let anywhere = matches!(step, PathStep::AnyDepth(_));
            let prefix = self.prefix(i)?;
            let is_used = |used: &SmolStr| *used == prefix || (anywhere && is_in(used, &prefix));
            if namespaces.iter().any(is_used) {
                return Some(name);
            }
        }
        None
    }

    /// The member called, where the path ends in one.
    #[must_use]
    pub fn method(&self) -> Option<&SmolStr> {
        match self.steps.last() {
            Some(PathStep::Member(name) | PathStep::AnyDepth(name)) => Some(name),
            _ => None,
        }
    }

    /// Whether an origin is what the path names.
    pub fn matches(&self, ev: &Evaluator, objects: &Objects, origin: &Origin) -> Option<Captures> {
        let mut captures = Captures::default();
        let matcher = Matcher { ev, objects };
        matcher
            .path(self, origin, &mut captures, 0)
            .then_some(captures)
    }
}

struct Matcher<'m, 'p> {
    ev: &'m Evaluator<'p>,
    objects: &'m Objects,
}

impl Matcher<'_, '_> {
    fn path(&self, path: &Path, origin: &Origin, captures: &mut Captures, depth: u32) -> bool {
        if depth > MAX_NESTING {
            return false;
        }
        if path.decorated {
            return match (origin.step(), origin.parent()) {
                (Step::Decorated { .. }, Some(parent)) => {
                    self.steps(path, path.steps.len(), parent, captures, depth)
                }
                _ => false,
            };
        }
        self.steps(path, path.steps.len(), origin, captures, depth)
    }

    /// Matches the first `n` steps against an origin, from the end backwards.
    fn steps(
        &self,
        path: &Path,
        n: usize,
        origin: &Origin,
        captures: &mut Captures,
        depth: u32,
    ) -> bool {
        let Some(step) = n.checked_sub(1).and_then(|i| path.steps.get(i)) else {
            return self.root(path, origin, captures, depth);
        };
        if path.added && n == 1 {
            return path.is_added(origin);
        }
        if let Step::Used(namespaces) = origin.step() {
            return path.prefix(n).is_some_and(|p| namespaces.contains(&p));
        }
        let Some(parent) = origin.parent() else {
            return false;
        };
        let rest = |captures: &mut Captures| self.steps(path, n - 1, parent, captures, depth);
        match (step, origin.step()) {
            (PathStep::Member(a), Step::Member(b)) => a == b && rest(captures),
            (PathStep::AnyMember, Step::Member(name)) => {
                let matched = rest(captures);
                captures.wild.push(name.clone());
                matched
            }
            (PathStep::AnyDepth(a), Step::Member(b)) => {
                a == b && self.any_depth(path, n - 1, parent, captures, depth)
            }
            (PathStep::Call(None), Step::Call(_)) => rest(captures),
            (PathStep::Call(Some(text)), Step::Call(Some(site))) => {
                self.first_argument_is(site, text) && rest(captures)
            }
            (PathStep::Element, Step::Element) => rest(captures),
            // `x[0]` of a pair that a call returns is a member by number.
            (PathStep::Element, Step::Member(name)) => {
                name.chars().all(|c| c.is_ascii_digit()) && rest(captures)
            }
            (
                PathStep::Callback {
                    argument,
                    keyword,
                    keys,
                    param,
                },
                Step::Callback {
                    argument: at,
                    path: key_path,
                    param: p,
                },
            ) => {
                param == p
                    && keys == key_path
                    && self.is_argument(parent, *at, *argument, keyword.as_ref())
                    && rest(captures)
            }
            (PathStep::Parameter(n), Step::Callback { param, .. }) => {
                n == param && matches!(parent.step(), Step::Decorated { .. }) && rest(captures)
            }
            _ => false,
        }
    }

    fn any_depth(
        &self,
        path: &Path,
        n: usize,
        origin: &Origin,
        captures: &mut Captures,
        depth: u32,
    ) -> bool {
        let mut current = Some(origin);
        while let Some(origin) = current {
            if let (Step::Used(namespaces), Some(prefix)) = (origin.step(), path.prefix(n)) {
                return namespaces.iter().any(|used| is_in(used, &prefix));
            }
            if self.steps(path, n, origin, captures, depth) {
                return true;
            }
            if !matches!(origin.step(), Step::Member(_)) {
                return false;
            }
            current = origin.parent();
        }
        false
    }

    fn root(&self, path: &Path, origin: &Origin, captures: &mut Captures, depth: u32) -> bool {
        match &path.root {
            Root::Package(name) => is_package(origin, name),
            Root::Global(name) => {
                matches!(origin.step(), Step::Global(g) if g == name) && origin.parent().is_none()
            }
            Root::Object(name) => {
                let Some(alternatives) = self.objects.get(name) else {
                    return false;
                };
                for alternative in alternatives {
                    let mut inner = Captures::default();
                    if self.path(alternative, origin, &mut inner, depth + 1) {
                        captures.objects.extend(inner.objects);
                        captures.wild.extend(inner.wild);
                        captures.objects.push((name.clone(), origin.clone()));
                        return true;
                    }
                }
                false
            }
        }
    }

    fn first_argument_is(&self, site: &At, text: &str) -> bool {
        let Some((_, args)) = self.ev.call_parts(site) else {
            return false;
        };
        let Some(first) = args.first() else {
            return false;
        };
        let at = At {
            expr: first.value,
            ..site.clone()
        };
        self.ev
            .eval(&at)
            .iter()
            .any(|f| matches!(&f.value, Value::Text(t) if t.as_plain().is_some_and(|p| p == text)))
    }

    /// Whether position `at` of the call is the argument the path means.
    fn is_argument(
        &self,
        call: &Origin,
        at: u32,
        argument: Option<u32>,
        keyword: Option<&SmolStr>,
    ) -> bool {
        let Step::Call(Some(site)) = call.step() else {
            return false;
        };
        let name = self
            .ev
            .call_parts(site)
            .and_then(|(_, args)| args.get(at as usize))
            .and_then(|a| a.name.as_ref());
        match name {
            Some(name) => keyword == Some(name),
            None => argument == Some(at),
        }
    }
}

/// Whether a dotted name is another one or below it.
fn is_in(name: &str, of: &str) -> bool {
    name.strip_prefix(of)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether an origin is a package. A dotted one can be written out, its parts
/// members of the first one or of a namespace that is used.
fn is_package(origin: &Origin, name: &str) -> bool {
    match (origin.step(), origin.parent()) {
        (Step::Package(package), None) => package == name,
        (Step::Used(namespaces), None) => namespaces.iter().any(|used| used == name),
        (Step::Member(member), Some(parent)) => {
            let Some(before) = name.strip_suffix(member.as_str()) else {
                return false;
            };
            match before.strip_suffix('.') {
                Some(before) => is_package(parent, before),
                None => before.is_empty() && matches!(parent.step(), Step::Used(_)),
            }
        }
        _ => false,
    }
}

/// Whether an origin ends on a decorated function; then which.
#[must_use]
pub fn decorated_target(origin: &Origin) -> Option<(Decorated, &At)> {
    match origin.step() {
        Step::Decorated { decorator, target } => Some((*target, decorator)),
        _ => None,
    }
}

fn parse_root<'t>(
    text: &'t str,
    packages: &[SmolStr],
    objects: &[SmolStr],
) -> Option<(Root, &'t str)> {
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(['.', '(', '[', '/']);
    if let Some(rest) = text.strip_prefix("global.") {
        let end = rest.find(['.', '(', '[']).unwrap_or(rest.len());
        return Some((Root::Global(SmolStr::new(&rest[..end])), &rest[end..]));
    }
    // The longest package wins: `socket.io-client` before `socket.io`.
    let package = packages
        .iter()
        .filter(|p| text.strip_prefix(p.as_str()).is_some_and(ends))
        .max_by_key(|p| p.len());
    if let Some(package) = package {
        let name = package.strip_prefix("node:").unwrap_or(package);
        let rest = &text[package.len()..];
        return Some((Root::Package(SmolStr::new(name)), rest));
    }
    let end = text.find(['.', '(', '[']).unwrap_or(text.len());
    let object = objects.iter().find(|o| o.as_str() == &text[..end])?;
    Some((Root::Object(object.clone()), &text[end..]))
}

fn parse_steps(mut rest: &str) -> Result<Vec<PathStep>, String> {
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("[]") {
            steps.push(PathStep::Element);
            rest = after;
        } else if let Some(after) = rest.strip_prefix('(') {
            let end = after.find(')').ok_or("a `(` is not closed")?;
            let inside = &after[..end];
            let text = match inside {
                "" => None,
                quoted => Some(SmolStr::new(quoted.trim_matches('\''))),
            };
            steps.push(PathStep::Call(text));
            rest = &after[end + 1..];
        } else if let Some(after) = rest.strip_prefix("..") {
            let (name, after) = word(after);
            steps.push(PathStep::AnyDepth(SmolStr::new(name)));
            rest = after;
        } else if let Some(after) = rest.strip_prefix('.').or_else(|| rest.strip_prefix('/')) {
            let (name, after) = word(after);
            rest = after;
            if let ("function", Some(param)) = (name, parameter_word(rest)) {
                steps.push(PathStep::Parameter(param));
                rest = "";
            } else if name == "*" {
                steps.push(PathStep::AnyMember);
            } else if matches!(steps.last(), Some(PathStep::Call(_)))
                && let Some((argument, keyword)) = argument_word(name)
            {
                let (callback, after) = parse_callback(argument, keyword, rest)?;
                steps.push(callback);
                rest = after;
            } else {
                steps.push(PathStep::Member(SmolStr::new(name)));
            }
        } else {
            return Err(format!("`{rest}` is no step"));
        }
    }
    Ok(steps)
}

/// `.key.param0` behind `arg1`.
fn parse_callback(
    argument: Option<u32>,
    keyword: Option<SmolStr>,
    mut rest: &str,
) -> Result<(PathStep, &str), String> {
    let mut keys = Vec::new();
    loop {
        let after = rest
            .strip_prefix('.')
            .ok_or("an argument in a path must lead to a `.paramN`")?;
        let (name, after) = word(after);
        rest = after;
        if let Some(param) = name.strip_prefix("param").and_then(|n| n.parse().ok()) {
            let callback = PathStep::Callback {
                argument,
                keyword,
                keys,
                param,
            };
            return Ok((callback, rest));
        }
        keys.push(SmolStr::new(name));
    }
}

/// `.param0` at the end of a path.
fn parameter_word(rest: &str) -> Option<u32> {
    rest.strip_prefix(".param")?.parse().ok()
}

fn word(text: &str) -> (&str, &str) {
    let end = text.find(['.', '(', '[', '/']).unwrap_or(text.len());
    text.split_at(end)
}

/// `arg1`, `arg1:callback`, `arg:callback`.
fn argument_word(name: &str) -> Option<(Option<u32>, Option<SmolStr>)> {
    let rest = name.strip_prefix("arg")?;
    let (number, keyword) = match rest.split_once(':') {
        Some((number, keyword)) => (number, Some(SmolStr::new(keyword))),
        None => (rest, None),
    };
    if number.is_empty() {
        return keyword.map(|k| (None, Some(k)));
    }
    Some((Some(number.parse().ok()?), keyword))
}
