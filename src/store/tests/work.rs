use super::*;

/// Seven actions in three groups; the group with the largest number comes first in the plan.
fn in_groups() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("groups.plan");
    let mut plan = plan();
    for (action, group) in plan.actions.iter_mut().zip([9, 9, 2, 2, 2, 5, 5]) {
        action.group = group;
    }
    PlanFile::create(&path, &plan).unwrap();
    (folder, path)
}

fn numbers(page: &[Vec<ActionWork>]) -> Vec<Vec<u32>> {
    page.iter().map(|group| group.iter().map(|work| work.action.id.0).collect()).collect()
}

fn state(action: u32, state: ActionState) -> JournalEntry {
    JournalEntry::State { action: ActionId(action), state }
}

#[test]
fn groups_come_page_by_page_in_the_order_of_the_plan() {
    let (_folder, path) = in_groups();
    let file = PlanFile::open_for_journal(&path).unwrap();
    file.arrange_work(Choice::Open).unwrap();
    let first = file.groups(None, 2).unwrap();
    assert_eq!(numbers(&first), [vec![1, 2], vec![3, 4, 5]]);
    let second = file.groups(last_place(&first), 2).unwrap();
    assert_eq!(numbers(&second), [vec![6, 7]]);
    assert!(file.groups(last_place(&second), 2).unwrap().is_empty());
    let whole: Vec<Action> = first.into_iter().chain(second).flatten().map(|work| work.action).collect();
    assert_eq!(whole, file.plan().unwrap().actions);
}

#[test]
fn a_group_is_left_out_only_when_all_of_it_is_settled() {
    let (_folder, path) = in_groups();
    let mut file = PlanFile::open_for_journal(&path).unwrap();
    file.record(&[
        state(1, ActionState::Done { contact: Some(id("5f09")) }),
        state(2, ActionState::AlreadySo),
        state(3, ActionState::Done { contact: None }),
        state(6, ActionState::Failed { message: "no".into() }),
    ])
    .unwrap();
    file.arrange_work(Choice::Open).unwrap();
    let page = file.groups(None, 10).unwrap();
    assert_eq!(numbers(&page), [vec![3, 4, 5], vec![6, 7]]);
    assert_eq!(page[0][0].state, ActionState::Done { contact: None });
    assert_eq!(page[1][0].state, ActionState::Failed { message: "no".into() });
    let tally = file.tally().unwrap();
    assert_eq!(tally.iter().map(|tally| tally.all).sum::<u64>(), 7);
    assert_eq!(tally.iter().map(|tally| tally.open).sum::<u64>(), 4);
    assert_eq!(tally.iter().map(|tally| tally.pending).sum::<u64>(), 3);
}

#[test]
fn the_groups_to_undo_are_those_with_requests() {
    let (_folder, path) = in_groups();
    let mut file = PlanFile::open_for_journal(&path).unwrap();
    let of_six = Attempt { action: ActionId(6), ..attempt(1) };
    file.record(&[JournalEntry::Intent(of_six.clone()), state(1, ActionState::AlreadySo)]).unwrap();
    file.arrange_work(Choice::Tried).unwrap();
    let page = file.groups(None, 10).unwrap();
    assert_eq!(numbers(&page), [vec![6, 7]]);
    assert_eq!(page[0][0].attempts, [of_six]);
    assert_eq!(file.last_attempt().unwrap(), Some(AttemptId(1)));
}

#[test]
fn rows_come_with_the_actions_they_hang_on() {
    let (_folder, path) = in_groups();
    let mut file = PlanFile::open_for_journal(&path).unwrap();
    file.record(&[state(2, ActionState::AlreadySo)]).unwrap();
    file.arrange_work(Choice::Open).unwrap();
    let first = file.rows(None, 1).unwrap();
    assert_eq!(first[0].plan, plan().rows[0]);
    assert_eq!(first[0].contact, None, "an incoming row describes no contact of the workspace");
    assert_eq!(numbers(&[first[0].actions.clone()]), [vec![1, 2]]);
    assert_eq!(first[0].actions[1].state, ActionState::AlreadySo);
    let second = file.rows(Some(0), 10).unwrap();
    assert_eq!((second.len(), second[0].contact.clone()), (2, Some(id("5f02"))));
    assert_eq!(file.rows(Some(2), 10).unwrap(), []);
}

#[test]
fn a_contact_is_known_from_the_plan_or_from_another_actions_journal() {
    let (_folder, path) = in_groups();
    let mut file = PlanFile::open_for_journal(&path).unwrap();
    let made = |id: &str| Some(AttemptResult::Done { id: Some(id.to_owned()) });
    file.record(&[
        JournalEntry::Intent(Attempt { result: made("new1"), ..attempt(1) }),
        state(2, ActionState::Done { contact: Some(id("new2")) }),
    ])
    .unwrap();
    let known = |contact: &str, action| file.knows_contact(&id(contact), ActionId(action)).unwrap();
    assert!(known("5f02", 1), "a target of the plan");
    assert!(!known("new1", 1), "its own");
    assert!(known("new1", 2));
    assert!(known("new2", 1));
    assert!(!known("new3", 1));
}

#[test]
fn a_look_at_a_part_takes_whole_groups_from_the_front() {
    let (_folder, path) = in_groups();
    let file = PlanFile::open(&path).unwrap();
    for (most, groups) in [(1, vec![vec![1, 2]]), (3, vec![vec![1, 2], vec![3, 4, 5]]), (0, Vec::new())] {
        file.arrange_work(Choice::FirstOpen(most)).unwrap();
        assert_eq!(numbers(&file.groups(None, 10).unwrap()), groups, "{most}");
    }
}

#[test]
fn figures_are_those_of_the_whole_plan() {
    let (_folder, path) = in_groups();
    let mut file = PlanFile::open_for_journal(&path).unwrap();
    let plan = file.plan().unwrap();
    assert_eq!(file.forecast().unwrap(), plan.forecast);
    let rows: u64 = plan.sources.iter().map(|source| source.rows).sum();
    let rejected: u64 = plan.sources.iter().map(|source| source.rejected).sum();
    assert_eq!(file.size().unwrap(), Size { rows, rejected });
    let told = |file: &PlanFile| file.prospects().unwrap().iter().map(|prospect| prospect.actions).sum::<u64>();
    assert_eq!(told(&file), 7);
    file.record(&[state(1, ActionState::AlreadySo)]).unwrap();
    assert_eq!(told(&file), 6, "what is settled is no prospect");
    let attach = |action: &&Action| matches!(&action.body, ActionBody::Attach { what: Attachment::Tag { .. } });
    let tags = plan.actions.iter().filter(attach).count();
    let prospects = file.prospects().unwrap();
    let found = prospects.iter().filter(|prospect| prospect.attaches.as_deref() == Some("tag"));
    assert_eq!(found.map(|prospect| prospect.actions).sum::<u64>(), tags as u64);
}
