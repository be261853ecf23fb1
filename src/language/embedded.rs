//! Scripts in other files: the `<script>` blocks of Vue, Svelte and HTML.

/// The types of a script that is code; one without a type is.
/// Source: <https://html.spec.whatwg.org/multipage/scripting.html#attr-script-type>.
const CODE: [&str; 7] = [
    "module",
    "text/javascript",
    "application/javascript",
    "text/ecmascript",
    "application/ecmascript",
    "text/babel",
    "text/typescript",
];

/// The source with everything blank that is no script: what is left stands
/// where it stood, by bytes, lines and columns.
#[must_use]
pub fn scripts(source: &[u8]) -> Vec<u8> {
    let mut blank: Vec<u8> = source
        .iter()
        .map(|b| if matches!(b, b'\n' | b'\r') { *b } else { b' ' })
        .collect();
    let mut from = 0;
    while let Some((start, end)) = next_script(source, &mut from) {
        if let (Some(into), Some(code)) = (blank.get_mut(start..end), source.get(start..end)) {
            into.copy_from_slice(code);
        }
    }
    blank
}

/// The next script that is code, from where the search has come to.
fn next_script(source: &[u8], from: &mut usize) -> Option<(usize, usize)> {
    loop {
        let open = *from + memchr::memchr(b'<', source.get(*from..)?)?;
        let rest = source.get(open..)?;
        if rest.starts_with(b"<!--") {
            *from = open + 4 + memchr::memmem::find(&rest[4..], b"-->")?;
            continue;
        }
        if !is_tag(rest, b"<script") {
            *from = open + 1;
            continue;
        }
        let start = open + tag_length(rest)?;
        let attributes = source.get(open + "<script".len()..start)?;
        let end = start + closing(source.get(start..)?);
        *from = end;
        if is_code(attributes) {
            return Some((start, end));
        }
    }
}

/// Whether a tag of this name begins here, in any case.
fn is_tag(text: &[u8], tag: &[u8]) -> bool {
    text.get(..tag.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(tag))
        && text
            .get(tag.len())
            .is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'))
}

/// How long an opening tag is, quoted `>` in attributes included.
fn tag_length(tag: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (i, b) in tag.iter().enumerate() {
        match (quote, b) {
            (None, b'"' | b'\'') => quote = Some(*b),
            (None, b'>') => return Some(i + 1),
            (Some(q), b) if q == *b => quote = None,
            _ => {}
        }
    }
    None
}

/// Where the script ends, or the file.
fn closing(body: &[u8]) -> usize {
    let mut from = 0;
    while let Some(at) = body.get(from..).and_then(|b| memchr::memchr(b'<', b)) {
        let here = from + at;
        if is_tag(&body[here..], b"</script") {
            return here;
        }
        from = here + 1;
    }
    body.len()
}

/// Whether the type of a script, if it has one, is that of code.
fn is_code(attributes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(attributes).to_ascii_lowercase();
    let Some((_, behind)) = text.split_once("type=") else {
        return true;
    };
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '>');
    let value = behind.trim_start_matches(['"', '\'']);
    let value = value.split(ends).next().unwrap_or_default();
    value.is_empty() || CODE.contains(&value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::scripts;

    fn left(source: &str) -> String {
        let blank = String::from_utf8(scripts(source.as_bytes())).expect("UTF-8");
        blank.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_code_is_left_and_stays_where_it_stood() {
        let source = "<template>\n  <b @click=\"a > b\"/>\n</template>\n<script setup lang=\"ts\">\nconst a = 1;\n</script>\n";
        let blank = String::from_utf8(scripts(source.as_bytes())).expect("UTF-8");
        assert_eq!(blank.len(), source.len());
        assert_eq!(blank.lines().nth(4), Some("const a = 1;"));
        assert_eq!(left(source), "const a = 1;");
    }

    #[test]
    fn several_blocks_and_what_is_no_code() {
        let source = "<SCRIPT type='module'>a</SCRIPT><script type=\"application/json\">{}</script>\
            <!-- <script>no</script> --><script data-x=\"1>0\">b</script><scripted>no</scripted>";
        assert_eq!(left(source), "a b");
        assert_eq!(left("<script>open"), "open");
        assert_eq!(left("<script"), "");
    }

    proptest! {
        #[test]
        fn any_bytes_keep_their_lines(source in prop::collection::vec(any::<u8>(), 0..200)) {
            let blank = scripts(&source);
            prop_assert_eq!(blank.len(), source.len());
            let lines = |s: &[u8]| s.iter().filter(|b| **b == b'\n').count();
            prop_assert_eq!(lines(&blank), lines(&source));
        }

        #[test]
        fn any_tags_end(source in "(<script|</script|>|<!--|-->|x|\"| ){0,30}") {
            let _ = scripts(source.as_bytes());
        }
    }
}
