//! Tests of the whole room, around one plan that has something in every table.

mod content;
mod journal;
mod making;
mod survey;
mod work;

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::contact::{IntercomId, Origin, RecordBuilder, Role, Side, SourceId, Timestamp};
use crate::ingest::{
    ColumnMapping, Compression, Delimiter, MappedBy, Reject, RejectReason, Source, SourceKind, TextEncoding,
};
use crate::link::{
    Alternative, Band, BlockingKey, BlockingReport, Comparison, Fallback, Golden, GoldenField, Group, KeyReport,
    LevelWeight, Linkage, Loose, MatchWeight, Model, RecordIndex, Scale, ScoredPair, Term, Veto, VetoReason,
};
use crate::plan::{
    Action, ActionBody, ActionId, Attachment, Attribute, AttributeValue, Change, Decision, Forecast, Header,
    NeededAttribute, Outcome, Plan, RowPlan, SideEffect, StandardAttribute, Target, Verdict, WorkspaceBinding,
};

fn id(text: &str) -> IntercomId {
    IntercomId(text.into())
}

fn source() -> Source {
    Source {
        id: SourceId(0),
        name: "webinar.csv".to_owned(),
        kind: SourceKind::File,
        side: Side::Incoming,
        bytes: 812,
        sha256: "ab".repeat(32),
        compression: Compression::Gzip,
        encoding: TextEncoding::Windows1252,
        encoding_certain: false,
        delimiter: Delimiter::Semicolon,
        preset: Some("HubSpot contacts".to_owned()),
        columns: vec![ColumnMapping {
            column: 1,
            header: "E-mail".to_owned(),
            field: crate::contact::Field::Custom("E-mail".into()),
            mapped_by: MappedBy::Preset("HubSpot contacts".to_owned()),
            filled: 2,
            invalid: 1,
        }],
        rows: 3,
        rejected: 1,
        notes: vec!["1 date could be read two ways".to_owned()],
    }
}

fn actions() -> Vec<Action> {
    let change = |attribute, before, after| Change { attribute, before, after, from: RecordIndex(1) };
    let bodies = vec![
        ActionBody::Create {
            role: Role::Lead,
            values: [
                change(Attribute::Standard(StandardAttribute::Email), None, AttributeValue::Text("a@b.example".into())),
                change(Attribute::Custom("plan".into()), None, AttributeValue::Text("12".into())),
            ]
            .into_iter()
            .collect(),
        },
        ActionBody::Update {
            changes: [
                change(
                    Attribute::Standard(StandardAttribute::UnsubscribedFromEmails),
                    Some(AttributeValue::Flag(false)),
                    AttributeValue::Flag(true),
                ),
                change(Attribute::Standard(StandardAttribute::SignedUpAt), None, AttributeValue::Time(1_700_000_000)),
            ]
            .into_iter()
            .collect(),
        },
        ActionBody::Merge { from: id("5f00") },
        ActionBody::Attach { what: Attachment::Tag { name: "vip".into() } },
        ActionBody::Attach { what: Attachment::EverythingOf { contact: id("5f01") } },
        ActionBody::Archive { survivor: Target::Existing(id("5f02")) },
        ActionBody::Delete { survivor: Target::CreatedBy(ActionId(1)) },
    ];
    (1..)
        .zip(bodies)
        .map(|(number, body)| Action {
            id: ActionId(number),
            group: 1,
            target: if number == 1 { Target::CreatedBy(ActionId(1)) } else { Target::Existing(id("5f02")) },
            body,
            reason: "they share an address".into(),
            needs: if number > 2 { vec![ActionId(2), ActionId(1)] } else { Vec::new() },
        })
        .collect()
}

fn linkage() -> Linkage {
    Linkage {
        groups: vec![Group {
            id: 1,
            members: vec![RecordIndex(0), RecordIndex(1), RecordIndex(2)],
            loose: vec![Loose { record: RecordIndex(2), weight: MatchWeight(1.5) }],
            band: Band::Auto,
            weight: Some(MatchWeight(11.25)),
            review_reason: None,
            golden: Golden {
                survivor: RecordIndex(1),
                reason: "the only existing contact".into(),
                fields: std::iter::once(GoldenField {
                    field: crate::contact::Field::Email,
                    value: "ann@hillside.example".to_owned(),
                    from: RecordIndex(0),
                    alternatives: vec![Alternative { from: RecordIndex(1), value: "ann2@hillside.example".to_owned() }],
                    chosen: false,
                    rule: None,
                })
                .collect(),
            },
        }],
        pairs: vec![ScoredPair {
            left: RecordIndex(0),
            right: RecordIndex(1),
            prior: MatchWeight(-9.5),
            terms: vec![
                Term { comparison: Comparison::Email, level: "same address".into(), weight: MatchWeight(14.0) },
                Term { comparison: Comparison::Name, level: "nickname".into(), weight: MatchWeight(0.1 + 0.2) },
            ],
            weight: MatchWeight(4.8),
            found_by: BlockingKey::Email,
        }],
        vetoes: vec![Veto {
            left: RecordIndex(0),
            right: RecordIndex(1),
            weight: MatchWeight(3.0),
            reason: VetoReason::TwoBirthdays,
            between: (RecordIndex(1), RecordIndex(0)),
        }],
        model: Model {
            prior: MatchWeight(-9.5),
            auto_weight: MatchWeight(6.0),
            review_weight: MatchWeight(0.0),
            scale: Scale { records: 2, names: 1, companies: 1, organisations: false },
            fallback: Some(Fallback::FewMatches),
            levels: vec![LevelWeight {
                comparison: Comparison::Email,
                level: "same address".to_owned(),
                m: 0.9,
                u: 1e-5,
                weight: MatchWeight(16.4),
                learned: true,
            }],
        },
        blocking: BlockingReport {
            candidates: 7,
            keys: vec![KeyReport { key: BlockingKey::Email, pairs: 5, new: 5, alone: 4 }],
            left_out: 2,
            contradicted: 3,
        },
    }
}

fn plan() -> Plan {
    let actions = actions();
    Plan {
        header: Header {
            tool_version: "0.1.0".to_owned(),
            made_at: Timestamp(1_790_000_000),
            workspace: None,
            api_version: "2.14".to_owned(),
            settings: serde_json::json!({ "plan": { "fill": "empty" }, "rate": 1.5 }),
        },
        sources: vec![source()],
        records: vec![
            RecordBuilder::lead()
                .row(1)
                .email("ann@hillside.example")
                .name("Ann Lee")
                .tag("vip")
                .custom("Plan", "1")
                .build(),
            RecordBuilder::user()
                .row(2)
                .existing("5f02")
                .external_id("u-1")
                .phone("+44 20 7946 0123")
                .company("Hillside")
                .build(),
            RecordBuilder::lead().row(4).name("A. Lee").city("Leeds").build(),
        ]
        .into(),
        rejects: vec![Reject {
            origin: Origin { source: SourceId(0), row: 3, line: 5 },
            column: Some(2),
            column_name: Some("Phone".to_owned()),
            reason: RejectReason::NulCharacter,
            message: "a NUL character".to_owned(),
            suggestion: "remove it".to_owned(),
            cells: vec!["a".to_owned(), String::new()],
        }],
        linkage: linkage(),
        rows: vec![
            RowPlan {
                record: RecordIndex(0),
                group: 1,
                expected: Outcome::Merged,
                decided_by: vec![ActionId(1), ActionId(2)],
                reason: "joins row 2".into(),
            },
            RowPlan {
                record: RecordIndex(1),
                group: 1,
                expected: Outcome::Updated,
                decided_by: vec![ActionId(2)],
                reason: "gains an address".into(),
            },
            RowPlan {
                record: RecordIndex(2),
                group: 1,
                expected: Outcome::Skipped,
                decided_by: Vec::new(),
                reason: "waits for review".into(),
            },
        ],
        actions,
        attributes: vec![NeededAttribute { name: "plan".to_owned(), actions: 1 }],
        forecast: Forecast {
            reads: 3,
            writes: 8,
            window_limit: 166,
            seconds: 1,
            side_effects: vec![SideEffect { message: "1 merge cannot be undone".to_owned(), contacts: 1, grave: true }],
        },
    }
}

fn written() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("night.plan");
    PlanFile::create(&path, &plan()).unwrap();
    (folder, path)
}

fn names_in(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn attempt(number: i64) -> Attempt {
    Attempt {
        id: AttemptId(number),
        action: ActionId(1),
        step: 0,
        request: "POST /contacts".to_owned(),
        intended_at: Timestamp(10),
        result: None,
        ended_at: None,
        request_id: None,
    }
}
