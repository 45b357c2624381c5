//! A small realistic plan for tests, built by hand: two inputs, a user with a lead, a group of leads, a doubtful
//! group, two rejected rows, and the names strangers send. All people are invented.

use std::sync::Arc;

use crate::contact::{
    Company, Email, ExternalId, Field, IntercomId, NameParts, Origin, PersonName, Phone, Record, Role, Side, SourceId,
    Timestamp,
};
use crate::ingest::{
    ColumnMapping, Compression, Delimiter, Ingested, MappedBy, Reject, RejectReason, Source, SourceKind, TextEncoding,
};
use crate::link::{
    Alternative, Band, BlockingKey, BlockingReport, Comparison, Golden, GoldenField, Group, KeyReport, LevelWeight,
    Linkage, MatchWeight, Model, RecordIndex, Scale, ScoredPair, Term, Veto, VetoReason,
};
use crate::plan::{
    Action, ActionBody, ActionId, Attachment, Attribute, AttributeValue, Change, Forecast, Header, NeededAttribute,
    Outcome, Plan, RowPlan, SideEffect, StandardAttribute, Target, WorkspaceBinding,
};

/// A name that tries everything: markup, and a direction override.
pub(crate) const HOSTILE_NAME: &str = "<script>alert(1)</script> \u{202e}gnol\u{202c} & \"Co\" 👩\u{200d}🚀";
/// A cell a spreadsheet would run.
pub(crate) const FORMULA: &str = "=cmd|' /C calc'!A0";

/// One contact in the words of a test.
pub(crate) fn record(source: u16, row: u32, side: Side, name: &str, email: &str) -> Record {
    Record {
        origin: Origin { source: SourceId(source), row, line: u64::from(row) + 1 },
        side,
        emails: Email::parse(email).into_iter().collect(),
        name: PersonName::parse(&NameParts { full: name, ..NameParts::default() }),
        ..Record::default()
    }
}

fn existing(row: u32, role: Role, id: &str, name: &str, email: &str) -> Record {
    Record { id: Some(IntercomId(id.into())), role: Some(role), ..record(0, row, Side::Existing, name, email) }
}

fn records() -> Vec<Record> {
    let mut user = existing(1, Role::User, "5f1a00000000000000000001", "Ada Marsh", "ada.marsh@example.com");
    user.external_id = Some(ExternalId("u-1001".into()));
    user.companies = Company::parse("Northwind Ltd").into_iter().collect();
    user.created_at = Some(Timestamp(1_600_000_000));
    let mut lead = existing(2, Role::Lead, "5f1a00000000000000000002", "ada marsh", "ada.marsh@example.com");
    lead.phones = Phone::parse("+44 20 7946 0018", None).into_iter().collect();
    lead.unsubscribed = Some(true);
    lead.created_at = Some(Timestamp(1_650_000_000));
    let mut first = existing(3, Role::Lead, "5f1a00000000000000000003", "Bruno Keller", "bruno@kellerbau.example");
    first.created_at = Some(Timestamp(1_610_000_000));
    let mut second = existing(4, Role::Lead, "5f1a00000000000000000004", "B. Keller", "bruno@kellerbau.example");
    second.tags = ["trade fair".into()].into();
    let mut doubtful = record(1, 1, Side::Incoming, "Chiara Conti", "c.conti@example.org");
    doubtful.phones = Phone::parse("+39 06 5550 1234", None).into_iter().collect();
    let mut other = record(1, 2, Side::Incoming, "Claudia Conti", "conti@example.org");
    other.phones = doubtful.phones.clone();
    let mut hostile = record(1, 3, Side::Incoming, HOSTILE_NAME, "mallory@example.net");
    hostile.id = Some(IntercomId(FORMULA.into()));
    hostile.custom = [(Arc::from("plan"), FORMULA.into())].into();
    let mut long = record(1, 5, Side::Incoming, &"Longname ".repeat(625), "long@example.net");
    long.unparsed = [(Field::Birthday, "31/31/1990".into())].into();
    vec![user, lead, first, second, doubtful, other, hostile, long]
}

fn golden(survivor: u32, reason: &str, fields: Vec<GoldenField>) -> Golden {
    Golden { survivor: RecordIndex(survivor), reason: reason.to_owned().into(), fields: fields.into() }
}

fn group(id: u32, members: &[u32], band: Band, weight: Option<f64>, golden: Golden) -> Group {
    let members = members.iter().copied().map(RecordIndex).collect();
    let (loose, weight) = (Vec::new(), weight.map(MatchWeight));
    Group { id, members, loose, band, weight, review_reason: None, golden }
}

fn groups() -> Vec<Group> {
    let field = |field: Field, value: &str, from: u32, alternatives: Vec<Alternative>| {
        let (value, from) = (value.to_owned(), RecordIndex(from));
        GoldenField { field, value, from, alternatives, chosen: false, rule: None }
    };
    let phone = field(Field::Phone, "+44 20 7946 0018", 1, vec![]);
    let other = Alternative { from: RecordIndex(1), value: "ada marsh".to_owned() };
    let name = field(Field::FullName, "Ada Marsh", 0, vec![other]);
    let mut doubtful = group(3, &[4, 5], Band::Review, Some(2.5), golden(4, "first row of 2", vec![]));
    doubtful.review_reason = Some("the given names differ".to_owned());
    vec![
        group(1, &[0, 1], Band::Auto, Some(17.25), golden(0, "the only user", vec![name, phone])),
        group(2, &[2, 3], Band::Auto, Some(11.0), golden(2, "oldest of 2 leads", vec![])),
        doubtful,
        group(4, &[6], Band::Single, None, golden(6, "alone", vec![])),
        group(5, &[7], Band::Single, None, golden(7, "alone", vec![])),
    ]
}

fn pair(left: u32, right: u32, terms: &[(Comparison, &str, f64)]) -> ScoredPair {
    let prior = MatchWeight(-9.0);
    let terms: Vec<Term> = terms
        .iter()
        .map(|(comparison, level, weight)| Term {
            comparison: *comparison,
            level: (*level).to_owned().into(),
            weight: MatchWeight(*weight),
        })
        .collect();
    let weight = MatchWeight(prior.0 + terms.iter().map(|term| term.weight.0).sum::<f64>());
    let (left, right) = (RecordIndex(left), RecordIndex(right));
    ScoredPair { left, right, prior, terms, weight, found_by: BlockingKey::Email }
}

fn linkage() -> Linkage {
    use Comparison::{Email, Name, Phone};
    let levels = vec![LevelWeight {
        comparison: Email,
        level: "same address".to_owned(),
        m: 0.7,
        u: 0.000_05,
        weight: MatchWeight(13.77),
        learned: true,
    }];
    Linkage {
        groups: groups(),
        pairs: vec![
            pair(0, 1, &[(Email, "same address", 15.25), (Name, "same name", 11.0)]),
            pair(2, 3, &[(Email, "same address", 15.25), (Name, "initial and surname", 4.75)]),
            pair(
                4,
                5,
                &[
                    (Email, "different address, same domain", -1.5),
                    (Name, "same surname, other given name", -2.0),
                    (Phone, "same number", 15.0),
                ],
            ),
            pair(4, 6, &[(Name, "different names", -6.0)]),
        ],
        vetoes: vec![Veto {
            left: RecordIndex(3),
            right: RecordIndex(4),
            weight: MatchWeight(3.5),
            reason: VetoReason::IncompatibleNames,
            between: (RecordIndex(3), RecordIndex(4)),
        }],
        model: Model {
            prior: MatchWeight(-9.0),
            auto_weight: MatchWeight(8.0),
            review_weight: MatchWeight(0.0),
            scale: Scale { records: 10, names: 8, companies: 2, organisations: false },
            fallback: None,
            levels,
        },
        blocking: BlockingReport {
            candidates: 4,
            keys: vec![KeyReport { key: BlockingKey::Email, pairs: 3, new: 3, alone: 2 }],
            ..BlockingReport::default()
        },
    }
}

fn text(attribute: Attribute, before: Option<&str>, after: &str, from: u32) -> Change {
    let value = |text: &str| AttributeValue::Text(text.to_owned());
    Change { attribute, before: before.map(value), after: value(after), from: RecordIndex(from) }
}

fn actions() -> Vec<Action> {
    use StandardAttribute::{Email, Name, Phone, UnsubscribedFromEmails};
    let id = |number: u32| IntercomId(format!("5f1a0000000000000000000{number}").into());
    let action = |number: u32, group, target, body, reason: &str, needs: &[u32]| Action {
        id: ActionId(number),
        group,
        target,
        body,
        reason: reason.to_owned().into(),
        needs: needs.iter().copied().map(ActionId).collect(),
    };
    let opt_out = Change {
        attribute: Attribute::Standard(UnsubscribedFromEmails),
        before: Some(AttributeValue::Flag(false)),
        after: AttributeValue::Flag(true),
        from: RecordIndex(1),
    };
    let create = |number, group, record, name: &str, email: &str| {
        let values = vec![
            text(Attribute::Standard(Name), None, name, record),
            text(Attribute::Standard(Email), None, email, record),
        ];
        let body = ActionBody::Create { role: Role::Lead, values: values.into() };
        action(number, group, Target::CreatedBy(ActionId(number)), body, "new to the workspace", &[])
    };
    let everything = ActionBody::Attach { what: Attachment::EverythingOf { contact: id(4) } };
    let mut created = create(5, 4, 6, HOSTILE_NAME, "mallory@example.net");
    if let ActionBody::Create { values, .. } = &mut created.body {
        values.change(|values| values.push(text(Attribute::Custom("plan".to_owned()), None, FORMULA, 6)));
    }
    vec![
        action(
            1,
            1,
            Target::Existing(id(1)),
            ActionBody::Merge { from: id(2) },
            "the lead is the same person as the user",
            &[],
        ),
        action(
            2,
            1,
            Target::Existing(id(1)),
            ActionBody::Update {
                changes: [text(Attribute::Standard(Phone), None, "+44 20 7946 0018", 1), opt_out].into_iter().collect(),
            },
            "the user lacks what the lead had",
            &[1],
        ),
        action(3, 2, Target::Existing(id(3)), everything, "kept before the duplicate is archived", &[]),
        action(
            4,
            2,
            Target::Existing(id(4)),
            ActionBody::Archive { survivor: Target::Existing(id(3)) },
            "a duplicate of the survivor",
            &[3],
        ),
        created,
        create(6, 5, 7, &"Longname ".repeat(625), "long@example.net"),
    ]
}

fn rows() -> Vec<RowPlan> {
    let row = |record, group, expected, decided_by: &[u32], reason: &str| RowPlan {
        record: RecordIndex(record),
        group,
        expected,
        decided_by: decided_by.iter().copied().map(ActionId).collect(),
        reason: reason.to_owned().into(),
    };
    vec![
        row(0, 1, Outcome::Updated, &[2], "takes over what the lead had"),
        row(1, 1, Outcome::Merged, &[1], "merged into the user"),
        row(2, 2, Outcome::Unchanged, &[], "the survivor lacks nothing"),
        row(3, 2, Outcome::Archived, &[3, 4], "a duplicate of the survivor"),
        row(4, 3, Outcome::Skipped, &[], "waits for a person"),
        row(5, 3, Outcome::Skipped, &[], "waits for a person"),
        row(6, 4, Outcome::Created, &[5], "new to the workspace"),
        row(7, 5, Outcome::Created, &[6], "new to the workspace"),
    ]
}

fn column(number: u32, header: &str, field: Field, filled: u64, invalid: u64) -> ColumnMapping {
    ColumnMapping { column: number, header: header.to_owned(), field, mapped_by: MappedBy::Name, filled, invalid }
}

fn sources() -> Vec<Source> {
    let custom = Field::Custom(Arc::from("plan"));
    let existing = Source {
        id: SourceId(0),
        name: "workspace.csv".to_owned(),
        kind: SourceKind::File,
        side: Side::Existing,
        bytes: 812,
        sha256: "0".repeat(64),
        compression: Compression::None,
        encoding: TextEncoding::Utf8,
        encoding_certain: true,
        delimiter: Delimiter::Comma,
        preset: Some("Intercom users".to_owned()),
        columns: vec![
            column(1, "id", Field::Id, 4, 0),
            column(2, "Name", Field::FullName, 4, 0),
            column(3, "Email", Field::Email, 4, 0),
        ],
        rows: 4,
        rejected: 0,
        notes: Vec::new(),
    };
    let incoming = Source {
        id: SourceId(1),
        name: "webinar.csv".to_owned(),
        side: Side::Incoming,
        bytes: 20_480,
        encoding: TextEncoding::Windows1252,
        encoding_certain: false,
        delimiter: Delimiter::Semicolon,
        preset: None,
        columns: vec![
            column(1, "Name", Field::FullName, 4, 0),
            column(2, "E-mail", Field::Email, 4, 0),
            column(3, "Mobile", Field::Phone, 2, 0),
            column(4, "Plan", custom, 1, 0),
            column(5, "Born", Field::Birthday, 1, 1),
        ],
        rows: 6,
        rejected: 2,
        notes: vec!["1 date could be read two ways; read as day/month".to_owned()],
        ..existing.clone()
    };
    vec![existing, incoming]
}

fn rejects() -> Vec<Reject> {
    let reject = |row: u32, column: Option<u32>, reason, message: &str, suggestion: &str, cells: &[&str]| Reject {
        origin: Origin { source: SourceId(1), row, line: u64::from(row) + 1 },
        column,
        column_name: None,
        reason,
        message: message.to_owned(),
        suggestion: suggestion.to_owned(),
        cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
    };
    vec![
        reject(
            4,
            None,
            RejectReason::TooManyCells,
            "7 cells, but the header has 5",
            "put quotes around cells that hold a semicolon",
            &["Dora", "dora@example.com", "+49 30 5550123", FORMULA, "", "left", "over"],
        ),
        reject(
            6,
            Some(2),
            RejectReason::NothingUsable,
            "no name, e-mail or phone",
            "fill one of them",
            &["", "", "", "gold"],
        ),
    ]
}

fn effect(message: &str, contacts: u64) -> SideEffect {
    SideEffect { message: message.to_owned(), contacts, grave: !message.contains("opted out") }
}

/// Two inputs, five groups, six actions, two rejected rows.
pub(crate) fn plan() -> Plan {
    Plan {
        header: Header {
            tool_version: "0.1.0".to_owned(),
            made_at: Timestamp(1_763_780_400),
            workspace: Some(WorkspaceBinding {
                id: "ab12cd34".to_owned(),
                name: "Northwind".to_owned(),
                region: "EU".to_owned(),
            }),
            api_version: "2.14".to_owned(),
            settings: serde_json::json!({}),
        },
        sources: sources(),
        records: records().into(),
        rejects: rejects(),
        linkage: linkage(),
        actions: actions(),
        rows: rows(),
        attributes: vec![NeededAttribute { name: "plan".to_owned(), actions: 1 }],
        forecast: Forecast {
            reads: 4,
            writes: 9,
            window_limit: 1_666,
            seconds: 2,
            side_effects: vec![
                effect("merged leads disappear for good: Intercom cannot undo a merge", 1),
                effect("new contacts are made: one that matches a live message or series is sent it at once", 2),
                effect("contacts are unsubscribed from e-mails, because a row of the same person opted out", 1),
            ],
        },
    }
}

/// The second input as reading gave it.
pub(crate) fn ingested() -> Ingested {
    let plan = plan();
    let of_webinar = |record: &Record| record.origin.source == SourceId(1);
    Ingested {
        source: plan.sources[1].clone(),
        records: plan.records.into_iter().filter(of_webinar).collect(),
        rejects: plan.rejects,
    }
}

/// A plan with nothing in it.
pub(crate) fn empty() -> Plan {
    Plan {
        sources: Vec::new(),
        records: crate::contact::Packed::default(),
        rejects: Vec::new(),
        linkage: Linkage::default(),
        actions: Vec::new(),
        rows: Vec::new(),
        attributes: Vec::new(),
        forecast: Forecast::default(),
        ..plan()
    }
}
