//! Templates of Helm charts, made YAML: what stands between braces becomes a
//! reference to the chart's values, or a hole.

use super::references::opaque;
use super::resources::ScopeId;
use super::resources::evaluate::{Evaluator, Value};
use smol_str::SmolStr;

/// What begins an action that gives no text.
const CONTROL: [&str; 12] = [
    "if", "else", "end", "range", "with", "define", "block", "template", "include", "toYaml",
    "tpl", "/*",
];

/// The folder of the chart that a template belongs to.
#[must_use]
pub fn chart_of(path: &str) -> Option<&str> {
    let (chart, _) = path.rsplit_once("templates/")?;
    Some(chart.trim_end_matches('/'))
}

/// A template as YAML, line by line.
#[must_use]
pub fn yaml(text: &str) -> String {
    let mut yaml = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((action, next)) = behind.split_once("}}") else {
            break;
        };
        yaml += before;
        let lines = action.matches('\n');
        let action = action.trim_matches('-').trim();
        let line_before = before.rsplit('\n').next().unwrap_or_default();
        let stands_alone = line_before.trim().is_empty()
            && next.lines().next().unwrap_or_default().trim().is_empty();
        if !is_control(action) || (!stands_alone && starts_a_value(line_before)) {
            yaml += &reference(action);
        }
        // Lines stay where they are.
        yaml.extend(lines);
        rest = next;
    }
    yaml += rest;
    yaml
}

fn is_control(action: &str) -> bool {
    let word = action.split(|c: char| c.is_whitespace() || c == '(').next();
    let is_assignment = action.starts_with('$') && action.contains(":=");
    is_assignment || word.is_some_and(|word| CONTROL.contains(&word) || word.starts_with("/*"))
}

/// `name: {{ include "x" . }}`
fn starts_a_value(line: &str) -> bool {
    !line.trim().is_empty()
}

/// `.Values.a.b | default "x" | quote`
fn reference(action: &str) -> String {
    let mut parts = action.split('|').map(str::trim);
    let first = parts.next().unwrap_or_default();
    let fallback = parts.find_map(|part| {
        let text = part.strip_prefix("default ")?.trim();
        text.strip_prefix('"')?.strip_suffix('"')
    });
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_');
    if first.starts_with(".Values.") && first.chars().all(is_path) {
        let fallback = fallback.filter(|f| !f.contains(['{', '}', '"']));
        return match fallback {
            Some(fallback) => format!("${{{first}|{fallback}}}"),
            None => format!("${{{first}}}"),
        };
    }
    opaque(&first.replace('\'', " "))
}

/// What a reference to a chart's values means.
#[must_use]
pub fn resolve(ev: &Evaluator, scope: ScopeId, reference: &str, depth: u32) -> Option<Value> {
    let (path, fallback) = match reference.split_once('|') {
        Some((path, fallback)) => (path, Some(fallback)),
        None => (reference, None),
    };
    let keys = path.strip_prefix(".Values.")?.split('.').map(SmolStr::new);
    let keys: Vec<SmolStr> = keys.collect();
    let values = ev.world.scope(scope).root;
    let value = values.and_then(|root| ev.members(Value::Place(root), &keys, depth + 1));
    let value = value.filter(|v| ev.text(v, depth + 1).is_some_and(|t| !t.is_empty()));
    value.or_else(|| fallback.map(|text| Value::Text(text.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::{chart_of, yaml};
    use proptest::prelude::*;

    #[test]
    fn templates_become_yaml() {
        let text = "{{- if .Values.on }}\nname: {{ .Values.topic.name | quote }}\nother: \"{{ .Values.b | default \"x\" }}-{{ .Release.Name }}\"\n{{- include \"labels\" . | nindent 4 }}\n{{- end }}\nfull: {{ include \"full\" . }}\n";
        assert_eq!(
            yaml(text),
            "\nname: ${.Values.topic.name}\nother: \"${.Values.b|x}-${.Release.Name}\"\n\n\nfull: ${include full .}\n"
        );
        assert_eq!(chart_of("charts/a/templates/x.yaml"), Some("charts/a"));
        assert_eq!(chart_of("a/x.yaml"), None);
    }

    proptest! {
        #[test]
        fn lines_stay_where_they_are(text in "([a: \n-]|\\{\\{|\\}\\}|if|end|\\.Values\\.a){0,30}") {
            prop_assert_eq!(yaml(&text).matches('\n').count(), text.matches('\n').count());
        }
    }
}
