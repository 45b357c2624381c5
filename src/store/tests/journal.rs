use std::fs;

use super::*;

#[test]
fn journal_decisions_and_workspace_leave_the_seal_whole() {
    let (_folder, path) = written();
    let mut file = PlanFile::open_for_journal(&path).unwrap();
    let workspace = WorkspaceBinding { id: "abc123".into(), name: "Hillside".into(), region: "EU".into() };
    file.bind_workspace(&workspace).unwrap();
    file.bind_workspace(&workspace).unwrap();
    let decision = Decision {
        group: 1,
        members: vec![RecordIndex(0), RecordIndex(1)],
        verdict: Verdict::Split { parts: vec![vec![RecordIndex(0)]] },
        at: Timestamp(5),
        remark: Some("two sisters".into()),
    };
    file.decide(&decision).unwrap();
    file.record(&[JournalEntry::Intent(attempt(1))]).unwrap();
    file.verify_seal().unwrap();
    assert_eq!(file.header().unwrap().workspace, Some(workspace.clone()));
    assert_eq!(file.decisions().unwrap(), [decision]);
    let word: String = file.connection.query_row("SELECT verdict FROM decisions", [], |row| row.get(0)).unwrap();
    assert_eq!(word, "split");
    let other = WorkspaceBinding { id: "zzz".into(), ..workspace };
    assert!(matches!(file.bind_workspace(&other), Err(Error::OtherWorkspace { .. })));
}

#[test]
fn the_journal_reads_back_in_order() {
    let (_folder, path) = written();
    let mut file = PlanFile::open_for_journal(&path).unwrap();
    assert!(!file.has_journal().unwrap());
    let image = |read_at| BeforeImage {
        contact: id("5f02"),
        read_at: Timestamp(read_at),
        state: serde_json::json!({ "id": "5f02", "name": null }),
    };
    file.record(&[
        JournalEntry::BeforeImage(image(9)),
        JournalEntry::Intent(attempt(1)),
        JournalEntry::Intent(attempt(2)),
        JournalEntry::BeforeImage(image(99)),
    ])
    .unwrap();
    file.record(&[
        JournalEntry::Result {
            id: AttemptId(1),
            result: AttemptResult::Done { id: Some("5f09".into()) },
            at: Timestamp(12),
            request_id: Some("req-1".into()),
        },
        JournalEntry::State { action: ActionId(1), state: ActionState::Done { contact: Some(id("5f09")) } },
        JournalEntry::State { action: ActionId(3), state: ActionState::Stale { message: "it is a user now".into() } },
        JournalEntry::Outcomes(vec![RowOutcome {
            record: RecordIndex(0),
            outcome: Outcome::Created,
            contact: Some(id("5f09")),
            message: "made".into(),
        }]),
    ])
    .unwrap();
    drop(file);

    let file = PlanFile::open(&path).unwrap();
    let done = Attempt {
        result: Some(AttemptResult::Done { id: Some("5f09".into()) }),
        ended_at: Some(Timestamp(12)),
        request_id: Some("req-1".into()),
        ..attempt(1)
    };
    assert_eq!(file.attempts().unwrap(), [done, attempt(2)]);
    assert_eq!(file.before_images().unwrap(), [image(9)]);
    assert_eq!(file.before_image(&id("5f02")).unwrap(), Some(image(9)));
    assert_eq!(file.before_image(&id("5f03")).unwrap(), None);
    let states = file.action_states().unwrap();
    assert_eq!(states.len(), plan().actions.len());
    assert_eq!(states[0], ActionState::Done { contact: Some(id("5f09")) });
    assert_eq!(states[1], ActionState::Pending);
    assert_eq!(states[2], ActionState::Stale { message: "it is a user now".into() });
    assert_eq!(file.outcomes().unwrap().len(), 1);
}

#[test]
fn a_result_without_its_intent_is_refused_with_everything_around_it() {
    let (_folder, path) = written();
    let mut file = PlanFile::open_for_journal(&path).unwrap();
    let orphan = JournalEntry::Result {
        id: AttemptId(7),
        result: AttemptResult::Done { id: None },
        at: Timestamp(1),
        request_id: None,
    };
    assert!(file.record(&[JournalEntry::Intent(attempt(1)), orphan]).is_err());
    assert_eq!(file.attempts().unwrap(), []);
}

#[test]
fn two_processes_cannot_write_one_journal() {
    let (folder, path) = written();
    let first = PlanFile::open_for_journal(&path).unwrap();
    assert!(matches!(PlanFile::open_for_journal(&path), Err(Error::Locked { .. })));
    assert!(matches!(PlanFile::create(&path, &plan()), Err(Error::Locked { .. })));
    assert_eq!(PlanFile::open(&path).unwrap().plan().unwrap(), plan(), "reading is always possible");
    drop(first);
    drop(PlanFile::open_for_journal(&path).unwrap());
    assert_eq!(names_in(&folder), ["night.plan"]);
}

#[test]
fn what_was_committed_before_a_kill_is_there_afterwards() {
    let (folder, path) = written();
    let mut file = PlanFile::open_for_journal(&path).unwrap();
    file.record(&[JournalEntry::Intent(attempt(1))]).unwrap();
    // A killed process leaves the database and its log as they are at that moment.
    let copy = tempfile::tempdir().unwrap();
    for name in names_in(&folder).iter().filter(|name| !name.ends_with("-shm")) {
        fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    assert!(copy.path().join("night.plan-wal").exists());
    let left = copy.path().join("night.plan");
    assert_eq!(PlanFile::open(&left).unwrap().attempts().unwrap(), [attempt(1)]);
    let resumed = PlanFile::open_for_journal(&left).unwrap();
    assert_eq!(resumed.attempts().unwrap(), [attempt(1)]);
    resumed.verify_seal().unwrap();
    drop(resumed);
    assert_eq!(names_in(&copy), ["night.plan"]);
}

#[test]
fn an_applied_plan_is_neither_replaced_nor_decided_anew() {
    let (_folder, path) = written();
    let mut file = PlanFile::open_for_journal(&path).unwrap();
    file.record(&[JournalEntry::Intent(attempt(1))]).unwrap();
    assert!(matches!(file.replace_actions(&plan()), Err(Error::Applied { .. })));
    drop(file);
    assert!(matches!(PlanFile::create(&path, &plan()), Err(Error::WouldReplaceApplied { .. })));
    assert_eq!(PlanFile::open(&path).unwrap().attempts().unwrap().len(), 1);
}

#[test]
fn a_review_replaces_the_actions_and_seals_them() {
    let (_folder, path) = written();
    let mut decided = plan();
    decided.actions.truncate(2);
    decided.linkage.vetoes.clear();
    decided.linkage.groups[0].band = Band::Review;
    decided.rows[0].expected = Outcome::Skipped;
    decided.forecast.writes = 2;
    let mut file = PlanFile::open_for_journal(&path).unwrap();
    file.replace_actions(&decided).unwrap();
    drop(file);
    let file = PlanFile::open(&path).unwrap();
    file.verify_seal().unwrap();
    assert_eq!(file.plan().unwrap(), decided);
}

#[test]
fn a_run_is_recorded_when_it_begins_and_again_when_it_ends() {
    let (_folder, path) = written();
    let mut file = PlanFile::open_for_journal(&path).unwrap();
    let begun = Run { number: 1, started_at: Timestamp(1), ended_at: None, summary: serde_json::Value::Null };
    file.record_run(&begun).unwrap();
    let ended = Run { ended_at: Some(Timestamp(9)), summary: serde_json::json!({ "calls": 4 }), ..begun };
    file.record_run(&ended).unwrap();
    assert_eq!(file.runs().unwrap(), [ended]);
}
