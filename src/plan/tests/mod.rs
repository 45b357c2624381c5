//! Tests of the whole room: the truth table line by line, and the laws that hold for any plan.

mod held;
mod large;
mod laws;
mod review;
mod rules;
mod table;
mod world;

use super::cost::Cost;
use super::regroup::part;
use super::*;
use crate::contact::{IntercomId, RecordBuilder, Role};
use crate::link::{Band, Group, Loose, MatchWeight};

/// Groups as if linking had found exactly these.
fn linkage(records: &[Record], groups: &[(Band, &[u32])]) -> Linkage {
    let groups = (1..)
        .zip(groups)
        .map(|(id, (band, members))| {
            let members: Vec<RecordIndex> = members.iter().copied().map(RecordIndex).collect();
            let weight = (members.len() > 1).then_some(MatchWeight(12.0));
            Group { id, band: *band, weight, ..part(&records, &[], &members, None) }
        })
        .collect();
    Linkage { groups, ..Linkage::default() }
}

fn header() -> Header {
    Header {
        tool_version: "0.1.0".to_owned(),
        made_at: Timestamp(0),
        workspace: None,
        api_version: "2.14".to_owned(),
        settings: serde_json::Value::Null,
    }
}

/// One certain group of all records.
fn one_group(records: Vec<Record>, options: &Options) -> Plan {
    let members: Vec<u32> = (0..).take(records.len()).collect();
    let band = if records.len() == 1 { Band::Single } else { Band::Auto };
    let linkage = linkage(&records, &[(band, &members)]);
    assemble(header(), Inputs { records: records.into(), ..Inputs::default() }, linkage, options)
}

/// A plan as lines a person can check.
fn told(plan: &Plan) -> String {
    let mut lines: Vec<String> = plan.actions.iter().map(tell).collect();
    for row in &plan.rows {
        let by: Vec<String> = row.decided_by.iter().map(|id| id.0.to_string()).collect();
        lines.push(format!("row {}: {} by [{}]: {}", row.record.0, row.expected, by.join(" "), row.reason));
    }
    lines.join("\n")
}

fn tell(action: &Action) -> String {
    let target = |target: &Target| match target {
        Target::Existing(id) => id.0.to_string(),
        Target::CreatedBy(id) => format!("#{}", id.0),
    };
    let changes = |changes: &[Change]| {
        changes
            .iter()
            .map(|change| match &change.before {
                Some(before) => format!("{}={before}→{}", change.attribute, change.after),
                None => format!("{}={}", change.attribute, change.after),
            })
            .collect::<Vec<_>>()
            .join(", ")
    };
    let what = match &action.body {
        ActionBody::Create { role, values } => format!("{role:?} {}", changes(values)),
        ActionBody::Update { changes: written } => changes(written),
        ActionBody::Merge { from } => format!("from {}", from.0),
        ActionBody::Archive { survivor } | ActionBody::Delete { survivor } => format!("for {}", target(survivor)),
        ActionBody::Attach { what } => match what {
            Attachment::Tag { name } => format!("tag {name}"),
            Attachment::Company { name, .. } => format!("company {name}"),
            Attachment::Note { body } => format!("note {:?}", body.lines().skip(1).collect::<Vec<_>>().join("; ")),
            Attachment::EverythingOf { contact } => format!("everything of {}", contact.0),
        },
    };
    let needs: Vec<String> = action.needs.iter().map(|id| id.0.to_string()).collect();
    format!("#{} {} {} {what} needs [{}]", action.id.0, action.kind(), target(&action.target), needs.join(" "))
}

fn lead(id: &str) -> RecordBuilder {
    RecordBuilder::lead().existing(id)
}

fn user(id: &str) -> RecordBuilder {
    RecordBuilder::user().existing(id)
}

fn row() -> RecordBuilder {
    RecordBuilder::new()
}
