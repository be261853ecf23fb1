//! The sequence diagram: a flow from its trigger to its last consumer.

use std::collections::BTreeSet;

use crate::analysis::{Flow, TriggerKind};
use crate::report::escape::mermaid_label;
use crate::report::slug::slug;
use crate::report::view::{View, services};

use super::Limits;

/// Draws the steps in order as far as the limits allow; the rest is counted.
pub(super) fn render(view: &View<'_>, flow: &Flow, limits: Limits) -> String {
    let mut participants = BTreeSet::new();
    let mut head = vec![
        "sequenceDiagram".to_owned(),
        format!("  actor trigger as {}", actor(flow.trigger.kind)),
    ];
    let mut body = Vec::new();
    let mut bytes = 0;
    for (drawn, step) in flow.steps.iter().enumerate() {
        let message = Message::of(view, step);
        let mut declared = Vec::new();
        for service in std::iter::once(message.from).chain(message.to.iter().copied()) {
            if participants.insert(service) {
                declared.push(format!(
                    "  participant {} as {}",
                    id(service),
                    text(service)
                ));
            }
        }
        let mut arrows = message.lines();
        if drawn == 0 {
            let trigger = text(&flow.trigger.text);
            arrows.insert(0, format!("  trigger->>{}: {trigger}", id(message.from)));
        }
        bytes += declared
            .iter()
            .chain(&arrows)
            .map(|line| line.len() + 1)
            .sum::<usize>();
        if bytes > limits.bytes || body.len() + arrows.len() > limits.edges {
            let rest = flow.steps.len() - drawn;
            body.push(format!("  %% not drawn: further steps ({rest})"));
            break;
        }
        head.append(&mut declared);
        body.append(&mut arrows);
    }
    head.append(&mut body);
    head.push(String::new());
    head.join("\n")
}

/// One step: who sends what to which services.
struct Message<'a> {
    from: &'a str,
    to: Vec<&'a str>,
    text: String,
}

impl<'a> Message<'a> {
    fn of(view: &View<'a>, step: &'a crate::analysis::Step) -> Self {
        Self {
            from: view
                .endpoint(&step.producer)
                .map_or("unknown", |e| e.service.as_str()),
            to: services(view.endpoints(&step.consumers)),
            text: text(&format!("{} {}", step.technology, step.name)),
        }
    }

    fn lines(&self) -> Vec<String> {
        let (from, text) = (id(self.from), &self.text);
        if self.to.is_empty() {
            return vec![format!(
                "  Note over {from}: {text} - nobody in this tree receives it"
            )];
        }
        let line = |to: &&str| format!("  {from}-){}: {text}", id(to));
        self.to.iter().map(line).collect()
    }
}

fn id(service: &str) -> String {
    format!("s_{}", slug(service, '_'))
}

/// Text of a participant or message; an empty one is a syntax error.
fn text(text: &str) -> String {
    let text = mermaid_label(text.trim());
    if text.is_empty() {
        "(unnamed)".into()
    } else {
        text
    }
}

fn actor(kind: TriggerKind) -> &'static str {
    match kind {
        TriggerKind::Http => "HTTP request",
        TriggerKind::Schedule => "Schedule",
        TriggerKind::Cli => "Command line",
        TriggerKind::Message => "Message",
        TriggerKind::Start => "Caller",
    }
}
