//! An action in words: what is there before, what will be there after.

use crate::plan::{Action, ActionBody, AttributeValue, Change, Target};

use super::words;

/// Before and after, each one line.
pub(super) struct BeforeAfter {
    pub(super) before: String,
    pub(super) after: String,
}

fn value(value: &AttributeValue) -> String {
    match value {
        AttributeValue::Flag(true) => "yes".to_owned(),
        AttributeValue::Flag(false) => "no".to_owned(),
        AttributeValue::Time(seconds) => words::moment(crate::contact::Timestamp(*seconds)),
        AttributeValue::Text(text) => text.clone(),
    }
}

fn list(changes: &[Change], of: impl Fn(&Change) -> Option<&AttributeValue>) -> String {
    let parts: Vec<String> = changes
        .iter()
        .map(|change| {
            let text = of(change).map_or_else(|| "(empty)".to_owned(), value);
            format!("{}: {text}", change.attribute)
        })
        .collect();
    parts.join("; ")
}

/// What the action finds and what it leaves.
pub(super) fn before_after(action: &Action) -> BeforeAfter {
    let stays = |survivor: &Target| format!("{} stays in its place", words::target(survivor));
    let (before, after) = match &action.body {
        ActionBody::Create { role, values } => {
            let values = list(values, |change| Some(&change.after));
            let role = words::role(*role);
            (String::new(), if values.is_empty() { role.to_owned() } else { format!("{role}; {values}") })
        }
        ActionBody::Update { changes } => {
            (list(changes, |change| change.before.as_ref()), list(changes, |change| Some(&change.after)))
        }
        ActionBody::Merge { from } => {
            (format!("lead {}", from.0), format!("part of user {}", words::target(&action.target)))
        }
        ActionBody::Archive { survivor } => ("active".to_owned(), format!("archived; {}", stays(survivor))),
        ActionBody::Delete { survivor } => ("active".to_owned(), format!("deleted for good; {}", stays(survivor))),
        ActionBody::Attach { what } => (String::new(), words::attachment(what)),
    };
    BeforeAfter { before, after }
}

/// The contact the action writes to, in words: for a `create` the new contact.
pub(super) fn target(action: &Action) -> String {
    match action.body {
        ActionBody::Create { .. } => "new contact".to_owned(),
        _ => words::target(&action.target),
    }
}
