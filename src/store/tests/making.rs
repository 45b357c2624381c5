//! A plan that is written while it is decided is the plan that is decided first and written then.

use super::*;
use crate::contact::{Packed, Record};
use crate::link::{self, FieldRule};
use crate::plan::{Inputs, KeepDiscarded, LeadGroups, Making, Mode, Options, assemble};

/// Contacts of a workspace and rows of a list: of five people one has two leads, one a user and a lead, one is new and
/// comes twice, one is in two inputs under one id and two spellings, one is alone.
fn records() -> Packed<Record> {
    const GIVEN: [&str; 6] = ["Ann", "Robert", "Maria", "Johannes", "Pierre", "Ingrid"];
    const FAMILY: [&str; 5] = ["Lee", "Novak", "Bergstrom", "Okafor", "Whitfield"];
    let mut records = Vec::new();
    let mut add = |builder: RecordBuilder, name: &str, mail: &str| {
        let row = u32::try_from(records.len()).unwrap() + 1;
        records.push(builder.row(row).name(name).email(mail).build());
    };
    for number in 0..60 {
        let name = format!("{} {} {number}", GIVEN[number % 6], FAMILY[number % 5]);
        let mail = format!("{}.{number}@hill{number}.example", FAMILY[number % 5].to_lowercase());
        let id = |which: &str| format!("5f{number}{which}");
        match number % 5 {
            0 => {
                add(RecordBuilder::lead().existing(&id("a")).tag("vip"), &name, &mail);
                add(RecordBuilder::lead().existing(&id("b")).custom("Plan", "Gold").note("Likes tea"), &name, &mail);
            }
            1 => {
                add(RecordBuilder::user().existing(&id("a")).external_id(&id("x")), &name, &mail);
                add(RecordBuilder::lead().existing(&id("b")).city("Leeds").custom("Plan", "12"), &name, &mail);
                add(RecordBuilder::lead().tag("webinar").company("Hillside"), &name, &mail);
            }
            2 => {
                add(RecordBuilder::lead().phone("+44 20 7946 0123").tag("webinar"), &name, &mail);
                add(RecordBuilder::lead().custom("Plan", "Silver").unsubscribed(true), &name, &mail);
            }
            3 => {
                add(RecordBuilder::lead().existing(&id("a")), &name, &mail);
                add(RecordBuilder::lead().existing(&id("a")), &format!("{name} Smith"), &format!("x{mail}"));
            }
            _ => add(RecordBuilder::lead().existing(&id("a")), &name, &mail),
        }
    }
    records.into()
}

fn wanted() -> Vec<Options> {
    let rules = serde_json::from_value(serde_json::json!({ "custom:Plan": FieldRule::Longest })).unwrap();
    vec![
        Options::default(),
        Options { lead_groups: LeadGroups::Promote, import_mark: Some("mark".to_owned()), ..Options::default() },
        Options { keep: KeepDiscarded::Drop, mode: Mode::CreateOnly, ..Options::default() },
        Options { rules, ..Options::default() },
        Options { largest_automatic_group: 2, ..Options::default() },
        Options {
            only: [crate::plan::ActionKind::Attach, crate::plan::ActionKind::Create].into(),
            ..Options::default()
        },
    ]
}

#[test]
fn writing_while_deciding_gives_the_same_plan() {
    let inputs = Inputs { sources: vec![source()], records: records(), rejects: Vec::new() };
    let link = || link::link_watched(&inputs.records, &link::Options::default(), None, &mut |_| ());
    for options in wanted() {
        let (folder, linked) = (tempfile::tempdir().unwrap(), link());
        let path = |name: &str| folder.path().join(name);
        let totals =
            PlanFile::make(&path("made.plan"), &Making::new(plan().header, &inputs, &linked, &options)).unwrap();
        let whole = assemble(plan().header, inputs.clone(), linked.whole(&inputs.records), &options);
        PlanFile::create(&path("whole.plan"), &whole).unwrap();

        let made = PlanFile::open(&path("made.plan")).unwrap();
        made.verify_seal().unwrap();
        assert_eq!(made.plan().unwrap(), whole);
        assert_eq!(totals, crate::plan::Totals::of(&whole));
        assert_eq!(totals.actions(), whole.actions.len() as u64);
        assert_eq!(PlanFile::open(&path("whole.plan")).unwrap().plan().unwrap(), whole);
        assert_eq!(names_in(&folder), ["made.plan", "whole.plan"], "nothing is left beside them");
    }
}

#[test]
fn the_people_of_this_test_meet_every_fate() {
    let records = records();
    let linkage = link::link(&records, &link::Options::default());
    let inputs = Inputs { records, ..Inputs::default() };
    let plan = assemble(plan().header, inputs, linkage, &Options::default());
    let kinds: std::collections::BTreeSet<_> = plan.actions.iter().map(|action| action.kind().name()).collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["archive", "attach", "create", "merge", "update"]);
    let spread = plan.rows.iter().filter(|row| row.reason.contains("listed in another group too"));
    assert!(spread.count() > 0, "a contact is in two groups");
    assert!(plan.rows.iter().any(|row| row.expected == Outcome::Unchanged && row.decided_by.is_empty()));
}
