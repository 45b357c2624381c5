//! A review from the first question to the plan decided anew.

mod http;

use std::io::Cursor;

use super::*;
use crate::contact::Timestamp;
use crate::link::{Band, RecordIndex};
use crate::plan::{Decision, Options, Outcome, Plan, Summary, Verdict};
use crate::report::{TextOptions, sample};
use crate::store::{self, PlanFile};

fn noon() -> Timestamp {
    Timestamp(1_763_812_800)
}

/// Keeps decisions in memory.
#[derive(Debug, Default)]
struct Memory {
    decisions: Vec<Decision>,
    finished: u32,
}

impl DecisionSink for Memory {
    fn decide(&mut self, decision: &Decision) -> Result<(), store::Error> {
        self.decisions.push(decision.clone());
        Ok(())
    }

    fn finish(&mut self) -> Result<Finished, store::Error> {
        self.finished += 1;
        Ok(Finished { before: Summary::default(), after: Summary::default() })
    }
}

/// The sample plan with a second, looser group in review.
fn doubtful_plan() -> Plan {
    let mut plan = sample::plan();
    let group = &mut plan.linkage.groups[1];
    group.band = Band::Review;
    group.weight = Some(crate::link::MatchWeight(1.25));
    plan
}

fn session() -> Session<Memory> {
    Session::new(doubtful_plan(), &[], Memory::default(), noon)
}

#[test]
fn the_loosest_group_is_asked_about_first() {
    let session = session();
    let order: Vec<u32> = session.items().iter().map(|item| item.group.id).collect();
    assert_eq!(order, [2, 3]);
}

#[test]
fn every_decision_is_saved_with_the_members_it_is_about() {
    let mut session = session();
    session.decide(1, 0, Verdict::Reject).unwrap();
    let saved = &session.into_sink().decisions;
    assert_eq!(saved.len(), 1);
    assert_eq!((saved[0].group, saved[0].members.as_slice()), (3, [RecordIndex(4), RecordIndex(5)].as_slice()));
    assert_eq!((&saved[0].verdict, saved[0].at), (&Verdict::Reject, noon()));
}

#[test]
fn a_review_is_taken_up_where_it_was_left() {
    let mut first = session();
    first.decide(0, 0, Verdict::Accept).unwrap();
    first.decide(1, 0, Verdict::Reject).unwrap();
    first.decide(1, 1, Verdict::Reopen).unwrap();
    let saved = first.into_sink().decisions;
    let second = Session::new(doubtful_plan(), &saved, Memory::default(), noon);
    assert_eq!(second.progress(), Progress { groups: 2, decided: 1 });
    assert_eq!(second.item(0).unwrap().verdict, Some(Verdict::Accept));
    assert_eq!((second.item(1).unwrap().verdict.as_ref(), second.item(1).unwrap().revision), (None, 2));
}

#[test]
fn a_window_that_shows_an_old_state_cannot_overwrite_a_newer_one() {
    let mut session = session();
    session.decide(0, 0, Verdict::Accept).unwrap();
    assert!(matches!(session.decide(0, 0, Verdict::Reject), Err(Error::Moved)));
    assert_eq!(session.item(0).unwrap().verdict, Some(Verdict::Accept));
}

#[test]
fn a_verdict_must_fit_the_group() {
    let mut session = session();
    let (inside, outside) = (RecordIndex(2), RecordIndex(7));
    let wrong = [
        Verdict::Survivor { record: outside },
        Verdict::Split { parts: vec![] },
        Verdict::Split { parts: vec![vec![]] },
        Verdict::Split { parts: vec![vec![inside], vec![inside]] },
        Verdict::Split { parts: vec![vec![outside]] },
    ];
    for verdict in wrong {
        assert!(matches!(session.decide(0, 0, verdict), Err(Error::Verdict(_))));
    }
    assert!(matches!(session.decide(9, 0, Verdict::Accept), Err(Error::NoSuchGroup)));
    assert!(session.into_sink().decisions.is_empty());
}

fn plan_on_disk() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("review.plan");
    PlanFile::create(&path, &doubtful_plan()).unwrap();
    (folder, path)
}

fn session_on(path: &std::path::Path) -> Session<PlanSink> {
    Session::open(path, Options::default(), noon).unwrap()
}

#[test]
fn finishing_decides_the_plan_anew_and_a_rejected_group_is_created_row_by_row() {
    let (_folder, path) = plan_on_disk();
    let mut session = session_on(&path);
    session.decide(1, 0, Verdict::Reject).unwrap();
    let finished = session.finish().unwrap();
    assert_eq!((finished.before.review_groups, finished.after.review_groups), (2, 1));
    insta::assert_snapshot!(finished, @r#"
    create 2 → 4, archive 1 → 0; 1 group still waits for a person
    "#);
    drop(session);

    let file = PlanFile::open(&path).unwrap();
    file.verify_seal().unwrap();
    let plan = file.plan().unwrap();
    let expected: Vec<Outcome> = plan.rows[4..6].iter().map(|row| row.expected).collect();
    assert_eq!(expected, [Outcome::Created, Outcome::Created]);
}

#[test]
fn finishing_twice_or_with_nothing_decided_changes_nothing_more() {
    let (_folder, path) = plan_on_disk();
    let before = PlanFile::open(&path).unwrap().plan().unwrap();
    let mut session = session_on(&path);
    session.decide(1, 0, Verdict::Accept).unwrap();
    session.decide(1, 1, Verdict::Reopen).unwrap();
    session.finish().unwrap();
    assert_eq!(PlanFile::open(&path).unwrap().plan().unwrap(), before);

    session.decide(1, 2, Verdict::Accept).unwrap();
    session.finish().unwrap();
    let once = PlanFile::open(&path).unwrap().plan().unwrap();
    session.finish().unwrap();
    assert_eq!(PlanFile::open(&path).unwrap().plan().unwrap(), once);
}

#[test]
fn a_plan_that_was_applied_is_not_reviewed_any_more() {
    let (_folder, path) = plan_on_disk();
    let mut file = PlanFile::open_for_journal(&path).unwrap();
    let attempt = store::Attempt {
        id: store::AttemptId(1),
        action: crate::plan::ActionId(1),
        step: 0,
        request: "POST /contacts/merge".to_owned(),
        intended_at: noon(),
        result: None,
        ended_at: None,
        request_id: None,
    };
    file.record(&[store::JournalEntry::Intent(attempt)]).unwrap();
    drop(file);
    let refused = Session::open(&path, Options::default(), noon).unwrap_err();
    assert!(matches!(refused, Error::Store(store::Error::Applied { .. })));
}

/// What a person sees who types these lines.
fn typed(session: &mut Session<Memory>, lines: &str) -> (String, Option<Finished>) {
    let mut shown = Vec::new();
    let finished = terminal(session, &TextOptions::default(), &mut Cursor::new(lines), &mut shown).unwrap();
    (String::from_utf8(shown).unwrap(), finished)
}

#[test]
fn on_a_terminal_groups_are_accepted_rejected_undone_and_finished() {
    let mut session = session();
    let (shown, finished) = typed(&mut session, "a\nr\nu\nkeep 2\nfinish\n");
    assert!(finished.is_some());
    assert!(shown.contains("0 of 2 decided.") && shown.contains("All groups are decided"), "{shown}");
    let verdicts: Vec<Verdict> = session.into_sink().decisions.into_iter().map(|decision| decision.verdict).collect();
    let kept = Verdict::Survivor { record: RecordIndex(5) };
    assert_eq!(verdicts, [Verdict::Accept, Verdict::Reject, Verdict::Reopen, kept]);
}

#[test]
fn on_a_terminal_the_end_of_the_input_leaves_everything_saved() {
    let mut session = session();
    let (shown, finished) = typed(&mut session, "split 2\nnonsense\nkeep 9\n");
    assert_eq!(finished, None);
    assert_eq!(shown.matches("none of the answers").count(), 2);
    assert!(shown.contains("Every answer is saved"));
    let saved = session.into_sink().decisions;
    assert_eq!(saved.len(), 1);
    assert_eq!(saved[0].verdict, Verdict::Split { parts: vec![vec![RecordIndex(2)]] });
}

#[test]
fn a_plan_without_doubts_asks_nothing() {
    let mut plan = sample::plan();
    plan.linkage.groups[2].band = Band::Auto;
    let mut session = Session::new(plan, &[], Memory::default(), noon);
    let (shown, finished) = typed(&mut session, "");
    assert_eq!((shown.as_str(), finished), ("No group waits for a person.\n", None));
}

/// The sample plan with one member of its first group in doubt.
fn loose_plan() -> Plan {
    let mut plan = sample::plan();
    let group = &mut plan.linkage.groups[0];
    group.members.push(RecordIndex(7));
    group.loose = vec![crate::link::Loose { record: RecordIndex(7), weight: crate::link::MatchWeight(0.5) }];
    plan
}

#[test]
fn a_certain_group_with_a_loose_member_is_asked_about_by_the_weight_of_that_member() {
    let session = Session::new(loose_plan(), &[], Memory::default(), noon);
    let order: Vec<u32> = session.items().iter().map(|item| item.group.id).collect();
    assert_eq!(order, [1, 3], "0.5 bits before 2.5");
}

#[test]
fn to_reject_loose_members_is_to_keep_the_core_together() {
    let mut session = Session::new(loose_plan(), &[], Memory::default(), noon);
    session.decide(0, 0, Verdict::Reject).unwrap();
    let saved = &session.into_sink().decisions[0];
    assert_eq!(saved.verdict, Verdict::Split { parts: vec![vec![RecordIndex(0), RecordIndex(1)]] });
}

#[test]
fn a_finished_answer_that_is_taken_back_does_not_stay_accepted() {
    let (_folder, path) = plan_on_disk();
    let mut first = session_on(&path);
    first.decide(1, 0, Verdict::Accept).unwrap();
    first.finish().unwrap();
    drop(first);

    let mut second = session_on(&path);
    assert_eq!(second.progress(), Progress { groups: 2, decided: 1 }, "what was decided is still shown");
    assert_eq!(second.item(1).unwrap().verdict, Some(Verdict::Accept));
    second.decide(1, 1, Verdict::Reopen).unwrap();
    drop(second);
    let file = PlanFile::open(&path).unwrap();
    assert!(is_unfinished(&file, &Options::default()).unwrap(), "the plan does not follow yet");
    drop(file);

    let mut third = session_on(&path);
    assert_eq!(third.progress(), Progress { groups: 2, decided: 0 });
    let finished = third.finish().unwrap();
    assert_eq!((finished.before.review_groups, finished.after.review_groups), (1, 2));
    drop(third);
    let file = PlanFile::open(&path).unwrap();
    assert!(!is_unfinished(&file, &Options::default()).unwrap());
    let plan = file.plan().unwrap();
    let group = plan.linkage.groups.iter().find(|group| group.members == [RecordIndex(4), RecordIndex(5)]).unwrap();
    assert_eq!(group.band, Band::Review);
}

#[test]
fn a_rejection_can_be_thought_better_of_after_finishing() {
    let (_folder, path) = plan_on_disk();
    let mut first = session_on(&path);
    first.decide(1, 0, Verdict::Reject).unwrap();
    first.finish().unwrap();
    drop(first);
    let mut second = session_on(&path);
    assert_eq!(second.item(1).unwrap().group.members, [RecordIndex(4), RecordIndex(5)]);
    second.decide(1, 1, Verdict::Accept).unwrap();
    second.finish().unwrap();
    drop(second);
    let plan = PlanFile::open(&path).unwrap().plan().unwrap();
    let group = plan.linkage.groups.iter().find(|group| group.members == [RecordIndex(4), RecordIndex(5)]).unwrap();
    assert_eq!(group.band, Band::Auto);
}

#[test]
fn answers_are_remembered_for_other_plans_in_a_file_of_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let file = DecisionsFile::at(&folder.path().join("team.decisions"));
    assert_eq!(file.read().unwrap(), None);
    let mut session = session().remembering(file.clone());
    session.decide(1, 0, Verdict::Reject).unwrap();
    session.decide(1, 1, Verdict::Reopen).unwrap();
    // Killed in the middle of a write: the line was never said to be saved
    let mut bytes = std::fs::read(file.path()).unwrap();
    bytes.extend(b"{\"at\":176");
    std::fs::write(file.path(), bytes).unwrap();
    session.decide(1, 2, Verdict::Accept).unwrap();
    let said: Vec<_> = file.read().unwrap().unwrap().into_iter().map(|one| one.parts).collect();
    assert_eq!(said, [Some(Vec::new()), None, Some(vec![vec![0, 1]])]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(file.path()).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_file_that_holds_no_decisions_is_refused_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("team.decisions");
    let refused = |text: &str| {
        std::fs::write(&path, text).unwrap();
        DecisionsFile::at(&path).read().unwrap_err().to_string().replace(&path.display().to_string(), "FILE")
    };
    insta::assert_snapshot!(refused("id,email\n"), @"FILE, line 1: this is no file of decisions; restore the file, or name another with --decisions");
    insta::assert_snapshot!(refused("{\"schema\":\"leadfold.decisions/9\"}\n"), @"FILE, line 1: it has the format leadfold.decisions/9, this version reads leadfold.decisions/1; restore the file, or name another with --decisions");
    insta::assert_snapshot!(refused("{\"schema\":\"leadfold.decisions/1\"}\n{\"at\":\n"), @"FILE, line 2: it cannot be understood at column 0; restore the file, or name another with --decisions");
}

#[test]
fn on_a_terminal_a_field_takes_the_value_of_a_member() {
    let mut plan = doubtful_plan();
    let group = &mut plan.linkage.groups[2];
    group.golden.fields =
        crate::link::merged_fields(&plan.records, group.members.clone().into_iter(), group.golden.survivor).into();
    let mut session = Session::new(plan, &[], Memory::default(), noon);
    let (shown, finished) = typed(&mut session, "s\nuse name 2\nuse colour 2\nkeep\nf\n");
    assert!(finished.is_some() && shown.contains("one person, with values chosen"), "{shown}");
    assert_eq!(shown.matches("none of the answers").count(), 2);
    let saved = session.into_sink().decisions;
    let values = vec![crate::plan::Choice { field: crate::contact::Field::FullName, from: RecordIndex(5) }];
    assert_eq!(saved.last().unwrap().verdict, Verdict::Merge { survivor: RecordIndex(4), values });
}

#[test]
fn what_identifies_an_account_is_not_chosen() {
    let mut session = session();
    let choice = |field, from| crate::plan::Choice { field, from: RecordIndex(from) };
    let survivor = RecordIndex(4);
    let merge = |values| Verdict::Merge { survivor, values };
    let id = merge(vec![choice(crate::contact::Field::ExternalId, 5)]);
    assert!(matches!(session.decide(1, 0, id), Err(Error::Verdict(_))));
    let stranger = merge(vec![choice(crate::contact::Field::FullName, 0)]);
    assert!(matches!(session.decide(1, 0, stranger), Err(Error::Verdict(_))));
    session.decide(1, 0, merge(vec![choice(crate::contact::Field::FullName, 5)])).unwrap();
}
