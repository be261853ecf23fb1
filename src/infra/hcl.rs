//! HCL, the language of Terraform: blocks, and the values of their attributes.
//!
//! An expression is a value with references in it: `aws_sqs_queue.jobs.arn` is
//! the text `${aws_sqs_queue.jobs.arn}`. Functions that only change a value's
//! shape are seen through; what has to be computed is a reference to nothing.

use hcl_edit::Span;
use hcl_edit::expr::{Expression, FuncCall, Object, ObjectKey};
use hcl_edit::structure::{BlockLabel, Body, Structure};
use hcl_edit::template::{Element, Template};
use smol_str::SmolStr;

use super::references::{self, escaped, opaque};
use super::tree::{Content, NodeId, Tree};
use super::{Malformed, tagged};

/// A file's blocks, with their bodies in one tree.
#[derive(Clone, Debug, Default)]
pub struct File {
    pub tree: Tree,
    pub blocks: Vec<Block>,
}

/// `resource "type" "name" { … }`
#[derive(Clone, Debug)]
pub struct Block {
    pub keyword: SmolStr,
    pub labels: Vec<SmolStr>,
    pub body: NodeId,
    /// 1-based.
    pub line: u32,
}

/// Functions that give what they are given, in another shape.
const SAME: [&str; 16] = [
    "jsonencode",
    "jsondecode",
    "yamlencode",
    "yamldecode",
    "toset",
    "tolist",
    "tomap",
    "tostring",
    "tonumber",
    "tobool",
    "nonsensitive",
    "sensitive",
    "trimspace",
    "compact",
    "distinct",
    "one",
];

/// Functions whose first argument is what they give if there is one.
const FIRST: [&str; 2] = ["try", "coalesce"];

/// Reads a file.
///
/// # Errors
/// The line and what is wrong; nesting is bounded by the parser.
pub fn parse(text: &str) -> Result<File, Malformed> {
    let body = hcl_edit::parser::parse_body(text).map_err(|error| Malformed {
        line: u32::try_from(error.location().line()).ok(),
        message: error
            .message()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned(),
    })?;
    let mut reader = Reader {
        text,
        lines: memchr::memchr_iter(b'\n', text.as_bytes()).collect(),
        tree: Tree::default(),
    };
    let blocks = body
        .iter()
        .filter_map(Structure::as_block)
        .map(|block| {
            let line = reader.line(block.span());
            Block {
                keyword: SmolStr::new(block.ident.as_str()),
                labels: block.labels.iter().map(label).collect(),
                body: reader.body(&block.body, line),
                line,
            }
        })
        .collect();
    let mut tree = reader.tree;
    tagged::read_embedded(&mut tree);
    Ok(File { tree, blocks })
}

/// Reads a file in Terraform's JSON syntax.
///
/// # Errors
/// As [`parse`].
pub fn parse_json(text: &str) -> Result<File, Malformed> {
    let mut tree = tagged::parse(text)?;
    tagged::read_embedded(&mut tree);
    let mut blocks = Vec::new();
    for (keyword, node) in tree.root().map_or(&[][..], |root| tree.entries(root)) {
        let labels = match keyword.as_str() {
            "resource" | "data" => 2,
            "variable" | "module" | "output" => 1,
            _ => 0,
        };
        let mut level = vec![(Vec::new(), *node)];
        for _ in 0..labels {
            let below = level.iter().flat_map(|(labels, node)| {
                let entries = tree.entries(*node).iter();
                entries.map(move |(label, node)| {
                    ([&labels[..], std::slice::from_ref(label)].concat(), *node)
                })
            });
            level = below.collect();
        }
        blocks.extend(level.into_iter().map(|(labels, body)| Block {
            keyword: keyword.clone(),
            labels,
            body,
            line: tree.node(body).map_or(1, |n| n.line),
        }));
    }
    Ok(File { tree, blocks })
}

fn label(label: &BlockLabel) -> SmolStr {
    SmolStr::new(label.as_str())
}

struct Reader<'t> {
    text: &'t str,
    /// Where lines end.
    lines: Vec<usize>,
    tree: Tree,
}

impl Reader<'_> {
    fn line(&self, span: Option<std::ops::Range<usize>>) -> u32 {
        let start = span.map_or(0, |s| s.start);
        self.lines.partition_point(|end| *end < start) as u32 + 1
    }

    fn body(&mut self, body: &Body, line: u32) -> NodeId {
        let mut entries: Vec<(SmolStr, NodeId)> = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let value = self.value(&attribute.value);
                    entries.push((SmolStr::new(attribute.key.as_str()), value));
                }
                Structure::Block(block) => {
                    let mut name = SmolStr::new(block.ident.as_str());
                    let mut inside = &block.body;
                    // A block made for each element of something has its content in a block of its own.
                    if name == "dynamic"
                        && let Some(kind) = block.labels.first().map(label)
                    {
                        name = kind;
                        inside = block
                            .body
                            .get_blocks("content")
                            .next()
                            .map_or(inside, |c| &c.body);
                    }
                    let line = self.line(block.span());
                    let value = self.body(inside, line);
                    entries.push((name, value));
                }
            }
        }
        self.table(line, entries)
    }

    /// Blocks of one name are a list.
    fn table(&mut self, line: u32, entries: Vec<(SmolStr, NodeId)>) -> NodeId {
        let mut merged: Vec<(SmolStr, Vec<NodeId>)> = Vec::new();
        for (name, value) in entries {
            match merged.iter_mut().find(|(n, _)| *n == name) {
                Some((_, values)) => values.push(value),
                None => merged.push((name, vec![value])),
            }
        }
        let mut table = Vec::with_capacity(merged.len());
        for (name, values) in merged {
            let value = match values.as_slice() {
                [one] => *one,
                _ => {
                    let line = self.tree.node(values[0]).map_or(line, |n| n.line);
                    self.tree.push(line, Content::List(values))
                }
            };
            table.push((name, value));
        }
        self.tree.push(line, Content::Table(table))
    }

    fn value(&mut self, expression: &Expression) -> NodeId {
        let line = self.line(expression.span());
        let content = match expression {
            Expression::Parenthesis(inner) => return self.value(inner.inner()),
            Expression::Null(_) => Content::Null,
            Expression::Bool(value) => Content::Scalar(SmolStr::new(value.value().to_string())),
            Expression::Number(value) => Content::Scalar(SmolStr::new(value.value().to_string())),
            Expression::String(text) => return self.text(line, escaped(text)),
            Expression::StringTemplate(template) => {
                let text = self.template(template);
                return self.text(line, text);
            }
            Expression::HeredocTemplate(template) => {
                let text = self.template(&template.template);
                return self.text(line, text);
            }
            Expression::Array(items) => {
                let items = items.iter().map(|item| self.value(item)).collect();
                Content::List(items)
            }
            Expression::Object(object) => return self.object(line, object),
            Expression::Conditional(choice) => {
                return self.choice(line, expression, &choice.true_expr, &choice.false_expr);
            }
            Expression::FuncCall(call) => return self.call(line, expression, call),
            Expression::Variable(_) | Expression::Traversal(_) => {
                Content::Scalar(SmolStr::new(format!("${{{}}}", self.source(expression))))
            }
            Expression::UnaryOp(_) | Expression::BinaryOp(_) | Expression::ForExpr(_) => {
                self.computed(expression)
            }
        };
        self.tree.push(line, content)
    }

    fn source(&self, expression: &Expression) -> &str {
        let span = expression.span().and_then(|span| self.text.get(span));
        span.unwrap_or_default().trim()
    }

    /// What has to be computed.
    fn computed(&self, expression: &Expression) -> Content {
        Content::Scalar(SmolStr::new(opaque(self.source(expression))))
    }

    fn text(&mut self, line: u32, text: String) -> NodeId {
        self.tree.push(line, Content::Scalar(SmolStr::new(text)))
    }

    fn template(&self, template: &Template) -> String {
        let mut text = String::new();
        for element in template {
            match element {
                Element::Literal(literal) => text += &escaped(literal),
                Element::Interpolation(part) => {
                    let source = self.source(&part.expr);
                    let known = matches!(
                        part.expr,
                        Expression::Variable(_) | Expression::Traversal(_)
                    );
                    text += &match known {
                        true => format!("${{{source}}}"),
                        false => opaque(source),
                    };
                }
                Element::Directive(_) => text += "${if}",
            }
        }
        text
    }

    fn object(&mut self, line: u32, object: &Object) -> NodeId {
        let mut entries = Vec::new();
        for (key, value) in object {
            let key = match key {
                ObjectKey::Ident(name) => SmolStr::new(name.as_str()),
                ObjectKey::Expression(Expression::String(text)) => SmolStr::new(text.as_str()),
                ObjectKey::Expression(Expression::Variable(name)) => SmolStr::new(name.as_str()),
                ObjectKey::Expression(Expression::StringTemplate(template)) => {
                    SmolStr::new(self.template(template))
                }
                ObjectKey::Expression(other) => {
                    SmolStr::new(format!("${{{}}}", self.source(other)))
                }
            };
            let value = self.value(value.expr());
            entries.push((key, value));
        }
        self.tree.push(line, Content::Table(entries))
    }

    /// Of what is there or not, what is there.
    fn choice(
        &mut self,
        line: u32,
        whole: &Expression,
        one: &Expression,
        other: &Expression,
    ) -> NodeId {
        let is_nothing = |e: &Expression| match e {
            Expression::Null(_) => true,
            Expression::String(text) => text.is_empty(),
            Expression::Array(items) => items.is_empty(),
            Expression::Object(entries) => entries.is_empty(),
            _ => false,
        };
        match (is_nothing(one), is_nothing(other)) {
            (false, true) => self.value(one),
            (true, false) => self.value(other),
            _ => {
                let content = self.computed(whole);
                self.tree.push(line, content)
            }
        }
    }

    fn call(&mut self, line: u32, whole: &Expression, call: &FuncCall) -> NodeId {
        let name = call.name.name.as_str();
        let args: Vec<&Expression> = call.args.iter().collect();
        let read = match (name, args.as_slice()) {
            (name, [one]) if SAME.contains(&name) => Some(self.value(one)),
            (name, [first, ..]) if FIRST.contains(&name) => Some(self.value(first)),
            ("lower" | "upper", [one]) => {
                let value = self.value(one);
                self.cased(line, value, name == "upper")
            }
            ("format", [Expression::String(format), rest @ ..]) => {
                let format = escaped(format);
                self.format(line, &format, rest)
            }
            ("join", [Expression::String(separator), list]) => {
                let list = self.value(list);
                self.joined(line, separator, list)
            }
            ("concat", lists) => {
                let lists: Vec<NodeId> = lists.iter().map(|l| self.value(l)).collect();
                let items = lists.iter().flat_map(|l| self.tree.items(*l)).copied();
                let items: Vec<NodeId> = items.collect();
                (!items.is_empty()).then(|| self.tree.push(line, Content::List(items)))
            }
            ("merge", tables) => {
                let tables: Vec<NodeId> = tables.iter().map(|t| self.value(t)).collect();
                // The last one wins.
                let entries = tables.iter().rev().flat_map(|t| self.tree.entries(*t));
                let entries: Vec<(SmolStr, NodeId)> = entries.cloned().collect();
                (!entries.is_empty()).then(|| self.tree.push(line, Content::Table(entries)))
            }
            _ => None,
        };
        read.unwrap_or_else(|| {
            let content = self.computed(whole);
            self.tree.push(line, content)
        })
    }

    fn cased(&mut self, line: u32, value: NodeId, upper: bool) -> Option<NodeId> {
        let text = self.tree.text(value)?;
        let mut cased = String::new();
        for part in references::parts(text) {
            cased += &match part {
                references::Part::Reference(reference) => format!("${{{reference}}}"),
                references::Part::Plain(plain) if upper => escaped(plain).to_uppercase(),
                references::Part::Plain(plain) => escaped(plain).to_lowercase(),
            };
        }
        Some(self.tree.push(line, Content::Scalar(SmolStr::new(cased))))
    }

    /// `format("%s-%d", a, b)`
    fn format(&mut self, line: u32, format: &str, args: &[&Expression]) -> Option<NodeId> {
        let mut args = args.iter();
        let mut text = String::new();
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                text.push(c);
                continue;
            }
            match chars.next()? {
                '%' => text.push('%'),
                's' | 'd' | 'v' => {
                    let value = self.value(args.next()?);
                    text += self.tree.text(value)?;
                }
                _ => return None,
            }
        }
        Some(self.tree.push(line, Content::Scalar(SmolStr::new(text))))
    }

    fn joined(&mut self, line: u32, separator: &str, list: NodeId) -> Option<NodeId> {
        let items = self.tree.items(list);
        let texts: Option<Vec<&str>> = items
            .iter()
            .map(|i| Some(self.tree.text(*i)?.as_str()))
            .collect();
        let text = texts.filter(|t| !t.is_empty())?.join(&escaped(separator));
        Some(self.tree.push(line, Content::Scalar(SmolStr::new(text))))
    }
}

#[cfg(test)]
mod tests {
    use super::{parse, parse_json};
    use proptest::prelude::*;

    fn text(source: &str, key: &str) -> Option<(String, u32)> {
        let file = parse(source).expect("valid");
        let node = file.tree.find(file.blocks[0].body, key)?;
        Some((
            file.tree.text(node)?.to_string(),
            file.tree.node(node)?.line,
        ))
    }

    #[test]
    fn values_with_references_and_lines() {
        let source = "resource \"a\" \"b\" {\n  name = \"x-${var.y}\"\n  arn = a.b[0].arn\n  policy = jsonencode({\n    to = format(\"%s-dlq\", local.n)\n  })\n  only = var.on ? a.c.arn : null\n  both = var.on ? 1 : 2\n  inner {\n    n = 5\n  }\n  raw = \"$${z}\"\n  doc = <<-EOT\n    {\"detail-type\": [\"A\"]}\n  EOT\n  l = join(\".\", [lower(\"A\"), \"b\"])\n}\n";
        let at = |key: &str| text(source, key);
        assert_eq!(at("name"), Some(("x-${var.y}".into(), 2)));
        assert_eq!(at("arn"), Some(("${a.b[0].arn}".into(), 3)));
        assert_eq!(at("policy.to"), Some(("${local.n}-dlq".into(), 5)));
        assert_eq!(at("only"), Some(("${a.c.arn}".into(), 7)));
        assert_eq!(at("both"), Some(("${var.on ? 1 : 2}".into(), 8)));
        assert_eq!(at("inner.n"), Some(("5".into(), 10)));
        assert_eq!(at("raw"), Some(("$${z}".into(), 12)));
        assert_eq!(at("l"), Some(("a.b".into(), 16)));
        let file = parse(source).expect("valid");
        let list = file.tree.find(file.blocks[0].body, "doc.detail-type");
        assert_eq!(file.tree.items(list.expect("a list")).len(), 1);
    }

    #[test]
    fn json_syntax_has_the_same_blocks() {
        let source =
            "{\"resource\": {\"a\": {\"b\": {\"name\": \"x\"}}}, \"variable\": {\"v\": {}}}";
        let file = parse_json(source).expect("valid");
        let labels: Vec<_> = file.blocks.iter().map(|b| b.labels.len()).collect();
        assert_eq!(labels, [2, 1]);
    }

    #[test]
    fn broken_and_deep_files_say_where() {
        let broken = parse("a \"b\" {\n  c = \n}\n").expect_err("broken");
        assert!(broken.line.is_some());
        let deep = format!("a = {}", "[".repeat(100_000));
        assert!(parse(&deep).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(a|\"|=|\\{|\\}|\\$|\n| |\\[|\\]|x = |b \\{\n){0,30}") {
            let _ = parse(&text);
        }
    }
}
