use super::*;
use crate::link::{BlockingKey, ScoredPair, VetoReason};

fn pair(left: u32, right: u32, weight: f64) -> ScoredPair {
    ScoredPair {
        left: RecordIndex(left),
        right: RecordIndex(right),
        prior: MatchWeight(0.0),
        terms: Vec::new(),
        weight: MatchWeight(weight),
        found_by: BlockingKey::Email,
    }
}

/// Three leads that wait for review, and a row alone.
fn doubtful() -> Plan {
    let records = vec![
        lead("5f01").email("ann@hillside.example").created_at(1).name("Ann Lee").build(),
        row().row(9).email("bob@brook.example").build(),
        lead("5f02").email("ann@hillside.example").created_at(2).name("Anna Lee").build(),
        lead("5f03").email("ann@hillside.example").created_at(3).phone("+442079460123").build(),
    ];
    let mut linkage = linkage(&records, &[(Band::Review, &[0, 2, 3]), (Band::Single, &[1])]);
    linkage.pairs = vec![pair(0, 2, 5.0), pair(0, 3, 3.0), pair(2, 3, 1.0)];
    assemble(header(), Inputs { records: records.into(), ..Inputs::default() }, linkage, &Options::default())
}

fn decision(members: &[u32], verdict: Verdict) -> Decision {
    let members = members.iter().copied().map(RecordIndex).collect();
    Decision { group: 1, members, verdict, at: Timestamp(0), remark: None }
}

fn decided(decisions: &[Decision]) -> Plan {
    replan(doubtful(), decisions, &Options::default())
}

fn outcomes(plan: &Plan) -> Vec<&'static str> {
    plan.rows.iter().map(|row| row.expected.name()).collect()
}

#[test]
fn without_decisions_nothing_changes() {
    assert_eq!(decided(&[]), doubtful());
    assert_eq!(outcomes(&doubtful()), ["skipped", "created", "skipped", "skipped"]);
}

#[test]
fn an_accepted_group_is_planned() {
    let plan = decided(&[decision(&[0, 2, 3], Verdict::Accept)]);
    assert_eq!(outcomes(&plan), ["updated", "created", "archived", "archived"]);
    assert_eq!(plan.linkage.groups[0].weight, Some(MatchWeight(3.0)), "the weakest join that was needed");
}

#[test]
fn a_rejected_group_falls_apart_and_stays_apart() {
    let plan = decided(&[decision(&[0, 2, 3], Verdict::Reject)]);
    assert_eq!(outcomes(&plan), ["unchanged", "created", "unchanged", "unchanged"]);
    let ids: Vec<u32> = plan.linkage.groups.iter().map(|group| group.id).collect();
    assert_eq!(ids, [1, 2, 3, 4]);
    assert!(plan.linkage.vetoes.iter().all(|veto| veto.reason == VetoReason::RejectedByPerson));
    assert_eq!(plan.linkage.vetoes.len(), 3);
}

#[test]
fn a_split_group_keeps_what_belongs_together() {
    let parts = vec![vec![RecordIndex(3), RecordIndex(0)]];
    let plan = decided(&[decision(&[0, 2, 3], Verdict::Split { parts })]);
    assert_eq!(outcomes(&plan), ["updated", "created", "unchanged", "archived"]);
    assert_eq!(plan.linkage.vetoes.len(), 2);
    assert_eq!(plan.linkage.groups[2].golden.survivor, RecordIndex(2));
    assert!(plan.linkage.groups[2].golden.fields.iter().any(|field| field.value == "Anna Lee"));
}

#[test]
fn a_person_can_choose_who_stays() {
    let plan = decided(&[decision(&[0, 2, 3], Verdict::Survivor { record: RecordIndex(3) })]);
    assert_eq!(outcomes(&plan), ["archived", "created", "archived", "updated"]);
    assert_eq!(plan.linkage.groups[0].golden.reason, "chosen by a person");
}

#[test]
fn the_last_word_counts_and_repeating_it_changes_nothing() {
    let words = [
        decision(&[0, 2, 3], Verdict::Reject),
        decision(&[0, 2, 3], Verdict::Accept),
        decision(&[0, 2, 3], Verdict::Reopen),
    ];
    assert_eq!(outcomes(&decided(&words[..2])), outcomes(&decided(&words[1..2])));
    assert_eq!(decided(&words[..2]).linkage.vetoes, []);
    assert_eq!(outcomes(&decided(&words)), outcomes(&doubtful()));
    let once = decided(&words[..1]);
    assert_eq!(replan(once.clone(), &words[..1], &Options::default()), once);
}

#[test]
fn a_decision_about_a_group_that_is_gone_is_passed_over() {
    assert_eq!(decided(&[decision(&[0, 2], Verdict::Accept)]), doubtful());
    assert_eq!(decided(&[decision(&[0, 1, 2], Verdict::Accept)]), doubtful());
    assert_eq!(decided(&[decision(&[0, 99], Verdict::Accept)]), doubtful());
}

/// Two leads that are certain of one another, and a third that may be the same person.
fn with_a_loose_member() -> Plan {
    let Plan { header, records, mut linkage, .. } = doubtful();
    let mut core = part(&records, &[], &[RecordIndex(0), RecordIndex(2)], None);
    core.members = [0, 2, 3].map(RecordIndex).to_vec();
    core.loose = vec![Loose { record: RecordIndex(3), weight: MatchWeight(1.0) }];
    linkage.groups[0] = Group { id: 1, band: Band::Auto, weight: Some(MatchWeight(5.0)), ..core };
    assemble(header, Inputs { records, ..Inputs::default() }, linkage, &Options::default())
}

#[test]
fn a_loose_member_waits_while_the_others_are_planned() {
    let plan = with_a_loose_member();
    assert_eq!(outcomes(&plan), ["updated", "created", "archived", "skipped"]);
    assert!(
        plan.rows[3].reason.starts_with("waits for review: perhaps the same person as "),
        "{}",
        plan.rows[3].reason
    );
    let touches = |action: &Action| action.target == Target::Existing(IntercomId("5f03".into()));
    assert!(!plan.actions.iter().any(touches));
    let summary = Summary::of(&plan);
    assert_eq!((summary.auto_groups, summary.review_groups, summary.review_rows), (1, 1, 1));
}

#[test]
fn a_loose_member_comes_along_when_a_person_says_so() {
    let decisions = [decision(&[0, 2, 3], Verdict::Accept)];
    let plan = replan(with_a_loose_member(), &decisions, &Options::default());
    assert_eq!(outcomes(&plan), ["updated", "created", "archived", "archived"]);
    assert_eq!(plan.linkage.groups[0].loose, []);
}

#[test]
fn a_loose_member_that_is_split_off_stands_alone() {
    let parts = vec![vec![RecordIndex(0), RecordIndex(2)]];
    let decisions = [decision(&[0, 2, 3], Verdict::Split { parts })];
    let plan = replan(with_a_loose_member(), &decisions, &Options::default());
    assert_eq!(outcomes(&plan), ["updated", "created", "archived", "unchanged"]);
}

#[test]
fn a_contact_listed_in_the_core_and_among_the_loose_is_left_alone() {
    let Plan { header, records, linkage, .. } = with_a_loose_member();
    let mut records: Vec<Record> = records.into_iter().collect();
    records[3].id = records[0].id.clone();
    let plan = assemble(header, Inputs { records: records.into(), ..Inputs::default() }, linkage, &Options::default());
    assert_eq!(outcomes(&plan), ["skipped", "created", "skipped", "skipped"]);
}

#[test]
fn a_value_that_a_person_chose_is_written_over_the_survivors_own() {
    let choice = |from| Choice { field: crate::contact::Field::FullName, from: RecordIndex(from) };
    let mut plan = doubtful();
    // What linking makes of the three
    let group = &mut plan.linkage.groups[0];
    group.golden.survivor = RecordIndex(0);
    let members = group.members.clone();
    group.golden.fields = crate::link::merged_fields(&plan.records, members.into_iter(), RecordIndex(0)).into();
    let merge = |values| decision(&[0, 2, 3], Verdict::Merge { survivor: RecordIndex(0), values });
    let name_written = |plan: &Plan| {
        plan.actions.iter().find_map(|action| match &action.body {
            ActionBody::Update { changes } => changes
                .iter()
                .find(|change| change.attribute == Attribute::Standard(StandardAttribute::Name))
                .map(|change| change.after.to_string()),
            _ => None,
        })
    };
    let chosen = replan(plan.clone(), &[merge(vec![choice(2)])], &Options::default());
    assert_eq!(name_written(&chosen).as_deref(), Some("Anna Lee"));
    assert_eq!(replan(chosen.clone(), &[merge(vec![choice(2)])], &Options::default()), chosen, "twice is once");
    assert_eq!(name_written(&replan(plan.clone(), &[merge(Vec::new())], &Options::default())), None);
    let taken_back = replan(chosen, &[decision(&[0, 2, 3], Verdict::Accept)], &Options::default());
    assert_eq!(name_written(&taken_back), None, "a later answer without the choice replaces it");
}
