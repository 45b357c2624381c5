//! What is held back is held back whole.

use std::collections::BTreeSet;

use super::*;

/// A user with a lead, two leads, and a row to import.
fn mixed() -> Plan {
    let records = vec![
        user("u").email("ada@example.com").build(),
        lead("a").email("ada@example.com").phone("+1 212 555 0100").build(),
        lead("b").email("eve@example.com").build(),
        lead("c").email("eve@example.com").phone("+1 212 555 0101").build(),
        row().email("new@example.com").name("New Person").build(),
    ];
    let linkage = linkage(&records, &[(Band::Auto, &[0, 1][..]), (Band::Auto, &[2, 3][..]), (Band::Single, &[4][..])]);
    assemble(header(), Inputs { records: records.into(), ..Inputs::default() }, linkage, &Options::default())
}

fn kinds(plan: &Plan) -> BTreeSet<ActionKind> {
    plan.actions.iter().map(Action::kind).collect()
}

#[test]
fn a_group_that_needs_what_is_not_allowed_loses_all_its_actions_and_says_so() {
    let (plan, held) = hold_back(mixed(), &BTreeSet::from([ActionKind::Merge]), None);
    assert_eq!(held, 1);
    assert!(plan.actions.iter().all(|action| action.group != 2), "{}", told(&plan));
    assert!(kinds(&plan).contains(&ActionKind::Merge) && kinds(&plan).contains(&ActionKind::Create));
    for row in plan.rows.iter().filter(|row| row.group == 2) {
        assert_eq!(
            (row.expected, row.reason.as_ref()),
            (Outcome::Skipped, "held back for a person: its plan needs archive")
        );
        assert!(row.decided_by.is_empty());
    }
}

#[test]
fn what_is_left_is_numbered_without_gaps_and_points_at_itself() {
    let whole = mixed();
    let (plan, _) = hold_back(whole.clone(), &BTreeSet::from([ActionKind::Archive]), None);
    let all: Vec<u32> = plan.actions.iter().map(|action| action.id.0).collect();
    assert_eq!(all, (1..=u32::try_from(plan.actions.len()).unwrap()).collect::<Vec<_>>());
    for action in &plan.actions {
        assert!(action.needs.iter().all(|need| *need < action.id), "{}", told(&plan));
    }
    for row in &plan.rows {
        let groups = row.decided_by.iter().map(|id| plan.actions[id.0 as usize - 1].group);
        assert!(groups.into_iter().all(|group| group == row.group), "{}", told(&plan));
    }
    assert!(plan.forecast.writes < whole.forecast.writes);
}

#[test]
fn a_plan_of_allowed_kinds_stays_as_it_is() {
    let allowed = BTreeSet::from([ActionKind::Merge, ActionKind::Archive]);
    assert_eq!(hold_back(mixed(), &allowed, None), (mixed(), 0));
    let (nothing_removed, held) = hold_back(mixed(), &BTreeSet::new(), None);
    assert_eq!((held, kinds(&nothing_removed)), (2, BTreeSet::from([ActionKind::Create])));
}
