//! Saved rules: each one, what they cannot do, and that the order of the members says nothing.

use proptest::prelude::*;

use super::*;
use crate::contact::{Field, Side};

fn rules(rules: &[(&str, &str)]) -> Options {
    let rules: std::collections::BTreeMap<&str, &str> = rules.iter().copied().collect();
    Options { rules: serde_json::from_value(serde_json::json!(rules)).unwrap(), ..Options::default() }
}

/// A user, two leads and a row of a list that are one person, with different names.
fn party() -> Vec<Record> {
    let at = |builder: RecordBuilder, created: i64, seen: i64| builder.created_at(created).last_seen_at(seen);
    vec![
        at(RecordBuilder::user().existing("5f00").name("Ann Lee"), 50, 60).row(1).build(),
        at(RecordBuilder::lead().existing("5f01").name("A. Lee"), 10, 20).row(2).build(),
        at(RecordBuilder::lead().existing("5f02").name("Anna Lee"), 70, 80).row(3).build(),
        RecordBuilder::lead().name("Annabel Q. Lee").row(4).build(),
        RecordBuilder::lead().name("A. Lee").row(5).build(),
    ]
}

/// The name that is written to the contact that stays.
fn name_written(plan: &Plan) -> Option<String> {
    plan.actions.iter().find_map(|action| match &action.body {
        ActionBody::Update { changes } => changes
            .iter()
            .find(|change| change.attribute == Attribute::Standard(StandardAttribute::Name))
            .map(|change| change.after.to_string()),
        _ => None,
    })
}

#[test]
fn every_rule_chooses_its_value() {
    for (rule, name) in [
        ("keep", None),
        ("incoming", Some("Annabel Q. Lee")),
        ("newest", Some("Anna Lee")),
        ("oldest", Some("A. Lee")),
        ("longest", Some("Annabel Q. Lee")),
        // One contact of the workspace each: the one that would have won anyway
        ("most_common", None),
    ] {
        let plan = one_group(party(), &rules(&[("name", rule)]));
        assert_eq!(name_written(&plan).as_deref(), name, "{rule}");
    }
    let mut records = party();
    records[2] = RecordBuilder::lead().existing("5f02").name("A. Lee").row(3).build();
    assert_eq!(name_written(&one_group(records, &rules(&[("name", "most_common")]))).as_deref(), Some("A. Lee"));
}

#[test]
fn the_plan_says_which_rule_chose_and_keeps_what_it_replaced() {
    let plan = one_group(party().into_iter().take(3).collect(), &rules(&[("name", "newest")]));
    insta::assert_snapshot!(told(&plan), @r#"
    #1 attach 5f00 note "name: A. Lee; name: Ann Lee" needs []
    #2 merge 5f00 from 5f01 needs [1]
    #3 merge 5f00 from 5f02 needs [1]
    #4 update 5f00 name=Ann Lee→Anna Lee needs [2 3]
    row 0: updated by [1 2 3 4]: it stays; the others become part of it
    row 1: merged by [1 2 4]: the same person as row 1 of input 1
    row 2: merged by [1 3 4]: the same person as row 1 of input 1
    "#);
    assert_eq!(plan.actions[3].reason, "merging does not carry these values over; name by the rule newest");
    let field = plan.linkage.groups[0].golden.fields.iter().find(|field| field.field == Field::FullName).unwrap();
    assert_eq!((field.value.as_str(), field.rule), ("Anna Lee", Some(crate::link::FieldRule::Newest)));
}

#[test]
fn a_field_to_keep_is_not_overwritten_by_a_list() {
    let contact = RecordBuilder::user().existing("5f00").name("Ann Lee").custom("plan", "Gold").row(1).build();
    let row = RecordBuilder::new().name("Anna Lee").custom("plan", "Free").custom("source", "fair").row(2).build();
    let written = |rules: Options| {
        let plan = one_group(vec![contact.clone(), row.clone()], &Options { fill: Fill::Overwrite, ..rules });
        plan.actions.iter().filter(|action| action.kind() == ActionKind::Update).map(tell).collect::<String>()
    };
    assert!(written(Options::default()).contains("custom:plan=Gold→Free"));
    let kept = written(rules(&[("custom:plan", "keep"), ("custom:source", "keep")]));
    assert!(!kept.contains("plan") && kept.contains("name=Ann Lee→Anna Lee"), "{kept}");
    assert!(kept.contains("custom:source=fair"), "an empty one is filled: {kept}");
}

#[test]
fn a_person_chooses_over_a_rule() {
    let options = rules(&[("name", "longest")]);
    let plan = one_group(party(), &options);
    let values = vec![Choice { field: Field::FullName, from: RecordIndex(2) }];
    let members: Vec<RecordIndex> = (0..5).map(RecordIndex).collect();
    let verdict = Verdict::Merge { survivor: RecordIndex(0), values };
    let decision = Decision { group: 1, members, verdict, at: Timestamp(0), remark: None };
    let decided = replan(plan, std::slice::from_ref(&decision), &options);
    assert_eq!(name_written(&decided).as_deref(), Some("Anna Lee"));
    let accepted = replan(decided, &[Decision { verdict: Verdict::Accept, ..decision }], &options);
    assert_eq!(name_written(&accepted).as_deref(), Some("Annabel Q. Lee"), "accepting the group keeps the rules");
}

#[test]
fn what_is_not_a_matter_of_choice_has_no_rule() {
    let refused = |rules: &[(&str, &str)]| {
        let rules: std::collections::BTreeMap<&str, &str> = rules.iter().copied().collect();
        serde_json::from_value::<FieldRules>(serde_json::json!(rules)).unwrap_err().to_string()
    };
    for (field, why) in [
        ("unsubscribed", "who opted out anywhere has opted out"),
        ("tags", "those of all contacts are kept"),
        ("external_id", "a user's always stays"),
        ("city", "Intercom finds it out"),
        ("first_name", "set a rule for `name`"),
        ("phnoe", "unknown field `phnoe`, expected one of `email`, `name`, `phone`"),
    ] {
        let said = refused(&[(field, "newest")]);
        assert!(said.contains(why), "{said}");
    }
    assert!(refused(&[("name", "newset")]).contains("unknown variant `newset`"));
    let twice = refused(&[("job_title", "newest"), ("custom:job_title", "oldest")]);
    assert!(twice.starts_with("job_title and custom:job_title are one attribute"), "{twice}");
}

/// A group of all records, with the merged record linking makes.
fn linked(records: &[Record]) -> Linkage {
    let members: Vec<u32> = (0..).take(records.len()).collect();
    let mut linkage = linkage(records, &[(Band::Auto, &members)]);
    let golden = &mut linkage.groups[0].golden;
    golden.fields = crate::link::merged_fields(records, members.into_iter().map(RecordIndex), golden.survivor).into();
    linkage
}

fn written(records: Vec<Record>, options: &Options) -> Vec<String> {
    let linkage = linked(&records);
    let plan = assemble(header(), Inputs { records: records.into(), ..Inputs::default() }, linkage, options);
    let changes = plan.actions.iter().filter_map(|action| match &action.body {
        ActionBody::Update { changes } | ActionBody::Create { values: changes, .. } => Some(changes),
        _ => None,
    });
    changes.flatten().map(|change| format!("{}={}", change.attribute, change.after)).collect()
}

fn member(number: u32) -> impl Strategy<Value = Record> {
    let pick = |few: &'static [&'static str]| prop::option::of(prop::sample::select(few));
    let texts = (pick(&["Ann Lee", "Anna Lee", "A. Lee"]), pick(&["Baker", "Miller"]), pick(&["Gold", "Silver"]));
    (texts, any::<bool>(), prop::option::of(0_i64..4), 0_i64..4).prop_map(
        move |((name, title, plan), existing, created, seen)| {
            let mut built = RecordBuilder::lead().row(number + 1).last_seen_at(seen);
            if existing {
                built = built.existing(&format!("5f{number:02}"));
            }
            built = created.into_iter().fold(built, RecordBuilder::created_at);
            built = name.into_iter().fold(built, RecordBuilder::name);
            built = title.into_iter().fold(built, RecordBuilder::job_title);
            plan.into_iter().fold(built, |built, plan| built.custom("plan", plan)).build()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_order_of_the_members_says_nothing(
        (records, shuffled) in (1_u32..6)
            .prop_flat_map(|count| (0..count).map(member).collect::<Vec<_>>())
            .prop_flat_map(|records| (Just(records.clone()), Just(records).prop_shuffle())),
        rule in prop::sample::select(&["keep", "incoming", "newest", "oldest", "longest", "most_common"][..]),
    ) {
        let options = rules(&[("name", rule), ("job_title", rule), ("custom:plan", rule)]);
        prop_assert!(records.iter().any(|record| record.side == Side::Existing || record.role.is_some()));
        prop_assert_eq!(written(records, &options), written(shuffled, &options));
    }
}
