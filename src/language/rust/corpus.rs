#[test]
fn corpus() {
    fn walk(p: &std::path::Path, out: &mut Vec<std::path::PathBuf>) {
        let Ok(rd) = std::fs::read_dir(p) else { return };
        for e in rd.flatten() {
            let p = e.path();
            if p.is_dir() {
                walk(&p, out)
            } else if p.extension().is_some_and(|e| e == "rs") {
                out.push(p)
            }
        }
    }
    let mut files = vec![];
    for root in std::env::var("CORPUS").unwrap().split(':') {
        walk(std::path::Path::new(root), &mut files);
    }
    let lang = super::super::LANGUAGES
        .iter()
        .find(|l| l.name == "rust")
        .unwrap();
    let mut missing = 0; let (mut calls, mut dup, mut bytes, mut slow) = (0, 0, 0, vec![]);
    for f in &files {
        let src = std::fs::read(f).unwrap();
        bytes += src.len();
        let t = std::time::Instant::now();
        let facts = lang.facts(&src).unwrap();
        slow.push((t.elapsed().as_millis(), src.len(), f.clone()));
        let mut s: Vec<_> = facts
            .calls
            .iter()
            .map(|c| facts.expr(*c).span)
            .map(|s| (s.start, s.end))
            .collect();
        let n = s.len();
        s.dedup();
        let set: std::collections::HashSet<_> = s.iter().copied().collect();
        let mut parser = tree_sitter::Parser::new(); parser.set_language(&lang.grammar()).unwrap();
        let tree = parser.parse(&src, None).unwrap();
        let mut st = vec![tree.root_node()];
        while let Some(nd) = st.pop() {
            if nd.kind() == "macro_definition" || nd.kind().ends_with("pattern") { continue }
            if nd.kind() == "call_expression" && !set.contains(&(nd.start_byte() as u32, nd.end_byte() as u32)) {
                let fun = &src[nd.child_by_field_name("function").unwrap().byte_range()];
                let fun = String::from_utf8_lossy(fun); let last = fun.rsplit("::").next().unwrap();
                if !["Some","Ok","new","from","pin","clone","Borrowed","Owned"].contains(&last) { missing += 1; if missing < 40 { println!("MISSING {}:{} {}", f.display(), nd.start_position().row + 1, fun.lines().next().unwrap()); } }
            }
            let mut c = nd.walk(); st.extend(nd.children(&mut c));
        }
        if n != s.len() {
            dup += n - s.len();
            println!("DUP {} {}", n - s.len(), f.display());
        }
        calls += n;
    }
    slow.sort();
    slow.reverse();
    println!(
        "{} files {} bytes {} calls {} dup",
        files.len(),
        bytes,
        calls,
        dup
    );
    for s in slow.iter().take(8) {
        println!("{s:?}");
    }
}
