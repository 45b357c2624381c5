//! Certain groups that are too large to be joined unseen.

use super::*;

/// Options that hold back groups of more than this many.
fn at_most(largest_automatic_group: u32) -> Options {
    Options { largest_automatic_group, ..Options::default() }
}

/// Three leads of one person, two rows of another, a lead with a row.
fn groups() -> (Vec<Record>, Linkage) {
    let records = vec![
        lead("a").email("ann@hillside.example").build(),
        lead("b").email("ann@hillside.example").phone("+442079460123").build(),
        lead("c").email("ann@hillside.example").build(),
        row().email("bo@brook.example").build(),
        row().email("bo@brook.example").name("Bo Dahl").build(),
        row().email("bo@brook.example").build(),
        lead("d").email("cy@hillside.example").build(),
        row().email("cy@hillside.example").name("Cy Roe").build(),
    ];
    let linkage =
        linkage(&records, &[(Band::Auto, &[0, 1, 2][..]), (Band::Auto, &[3, 4, 5][..]), (Band::Auto, &[6, 7][..])]);
    (records, linkage)
}

fn planned(options: &Options) -> Plan {
    let (records, linkage) = groups();
    assemble(header(), Inputs { records: records.into(), ..Inputs::default() }, linkage, options)
}

fn says(plan: &Plan, members: &[u32], verdict: Verdict) -> Decision {
    let members: Vec<RecordIndex> = members.iter().copied().map(RecordIndex).collect();
    let group = plan.linkage.groups.iter().find(|group| group.members == members).map_or(0, |group| group.id);
    Decision { group, members, verdict, at: Timestamp(0), remark: None }
}

#[test]
fn a_group_of_more_members_is_held_back_whole_and_stays_certain() {
    let plan = planned(&at_most(2));
    assert_eq!(plan.actions.iter().map(|action| action.group).collect::<std::collections::BTreeSet<_>>(), [3].into());
    for group in &plan.linkage.groups[..2] {
        assert_eq!((group.band, group.is_open(), group.is_held()), (Band::Auto, true, true));
    }
    for row in &plan.rows[..6] {
        assert_eq!(
            (row.expected, row.reason.as_ref()),
            (Outcome::Skipped, "held back for a person: 3 members are more than 2")
        );
    }
    let summary = Summary::of(&plan);
    assert_eq!((summary.auto_groups, summary.review_groups, summary.review_rows), (3, 2, 6));
    assert_eq!(planned(&at_most(3)), planned(&Options::default()), "the limit itself is no more than it");
}

#[test]
fn a_large_group_nothing_would_be_done_to_asks_nobody() {
    let options = Options { lead_groups: LeadGroups::Report, mode: Mode::UpdateOnly, ..at_most(2) };
    let plan = planned(&options);
    assert!(!plan.linkage.groups.iter().any(Group::is_open));
    assert!(plan.rows[0].reason.starts_with("several leads are one person"), "{}", plan.rows[0].reason);
}

#[test]
fn a_person_who_accepts_it_lets_it_be_planned_and_others_keep_waiting() {
    let options = at_most(2);
    let held = planned(&options);
    assert_eq!(replan(held.clone(), &[], &options), held, "without a word nothing changes");
    let accept = says(&held, &[0, 1, 2], Verdict::Accept);
    let one = replan(held.clone(), std::slice::from_ref(&accept), &options);
    let group = |plan: &Plan, group: u32| plan.actions.iter().filter(|action| action.group == group).count();
    assert!(group(&one, 1) > 0 && group(&one, 2) == 0, "{}", told(&one));
    let both = replan(held.clone(), &[accept.clone(), says(&held, &[3, 4, 5], Verdict::Accept)], &options);
    let lines = |plan: &Plan| plan.actions.iter().map(tell).collect::<Vec<_>>();
    assert_eq!(lines(&both), lines(&planned(&Options::default())));
    let back = replan(one, &[Decision { verdict: Verdict::Reopen, ..accept }], &options);
    assert_eq!(group(&back, 1), 0);
    let apart = replan(held.clone(), &[says(&held, &[3, 4, 5], Verdict::Reject)], &options);
    let expected: Vec<Outcome> = apart.rows[3..6].iter().map(|row| row.expected).collect();
    assert_eq!(expected, [Outcome::Created; 3]);
}

#[test]
fn its_loose_members_wait_with_it_and_the_reason_says_both() {
    let (records, mut linkage) = groups();
    linkage.groups[0].loose = vec![Loose { record: RecordIndex(2), weight: MatchWeight(1.0) }];
    linkage.groups[0].review_reason = Some("one member is not certain".to_owned());
    let plan = assemble(header(), Inputs { records: records.into(), ..Inputs::default() }, linkage, &at_most(1));
    let group = &plan.linkage.groups[0];
    assert_eq!(
        group.review_reason.as_deref(),
        Some("held back for a person: 2 members are more than 1; one member is not certain")
    );
    assert_eq!(group.waiting().count(), 3);
    assert_eq!(group.band_of(RecordIndex(2)), Band::Review, "its band is what matching found");
    assert_eq!(plan.rows[..3].iter().filter(|row| row.expected == Outcome::Skipped).count(), 3);
}

#[test]
fn what_was_accepted_on_an_earlier_plan_is_not_held_back_again() {
    let (records, _) = groups();
    let held = planned(&at_most(2));
    let accept = says(&held, &[0, 1, 2], Verdict::Accept);
    let remembered = [Remembered::new(&records, &accept).unwrap()];
    let recalled = recall(&records, &remembered);
    assert_eq!((recalled.accepted.len(), recalled.survivors.len()), (1, 0));
    let plan = recalled.follow(planned(&at_most(2)), &at_most(2));
    assert!(plan.actions.iter().any(|action| action.group == 1), "{}", told(&plan));
    assert!(!plan.actions.iter().any(|action| action.group == 2));
    let taken_back = Decision { verdict: Verdict::Reopen, ..accept };
    let remembered = [remembered[0].clone(), Remembered::new(&records, &taken_back).unwrap()];
    assert_eq!(recall(&records, &remembered).accepted, []);
}
