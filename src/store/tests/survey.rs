//! A plan file is reported as the same plan in memory is.

use std::fmt::Debug;

use super::*;
use crate::report::{self, Applied, AppliedRow, Subject, TextOptions, sample};

fn text<E: Debug>(write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The page, the report on a terminal and its JSON.
fn told<S: Subject<Error: Debug>>(subject: &S) -> [String; 3] {
    [
        text(|writer| report::page(subject, None, writer)),
        text(|writer| report::overview(subject, &TextOptions::default(), writer)),
        text(|writer| report::overview_json(subject.figures(), writer)),
    ]
}

/// Points at the first line that differs: a page is too long to be printed.
fn are_equal(one: &impl Subject<Error: Debug>, other: &impl Subject<Error: Debug>) {
    for (one, other) in told(one).iter().zip(&told(other)) {
        let lines = one.lines().zip(other.lines()).find(|(one, other)| one != other);
        assert_eq!(lines, None);
        assert!(one == other, "one goes on where the other ends");
    }
}

fn written(plan: &Plan) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web.plan");
    PlanFile::create(&path, plan).unwrap();
    (folder, path)
}

#[test]
fn a_plan_file_gives_the_page_that_the_plan_in_memory_gives() {
    let mut held = sample::plan();
    held.linkage.groups[0].hold("2 members are more than 1");
    for plan in [plan(), sample::plan(), held, sample::empty()] {
        let (_folder, path) = written(&plan);
        let survey = Survey::of(&PlanFile::open(&path).unwrap()).unwrap();
        are_equal(&survey, &report::Whole::new(&plan, None));
    }
}

#[test]
fn so_it_does_after_an_apply() {
    let plan = sample::plan();
    let (_folder, path) = written(&plan);
    let mut file = PlanFile::open_for_journal(&path).unwrap();
    let attempt = |number: i64, action| Attempt {
        id: AttemptId(number),
        action: ActionId(action),
        step: 0,
        request: "POST /contacts".to_owned(),
        intended_at: Timestamp(1_763_812_800 + 7 * number),
        result: None,
        ended_at: Some(Timestamp(1_763_812_801 + 7 * number)),
        request_id: None,
    };
    let row = |record, outcome| RowOutcome {
        record: RecordIndex(record),
        outcome,
        contact: None,
        message: "because".to_owned(),
    };
    let states = [
        (1, ActionState::Done { contact: None }),
        (2, ActionState::Failed { message: "the address is taken".to_owned() }),
    ];
    let mut entries = vec![
        JournalEntry::Intent(attempt(1, 1)),
        JournalEntry::Intent(attempt(2, 1)),
        JournalEntry::Intent(attempt(3, 2)),
        JournalEntry::Outcomes(vec![row(0, Outcome::Created), row(4, Outcome::Skipped), row(6, Outcome::Skipped)]),
    ];
    let states_of = |(action, state): (u32, ActionState)| JournalEntry::State { action: ActionId(action), state };
    entries.extend(states.into_iter().map(states_of));
    file.record(&entries).unwrap();
    let summary = serde_json::json!({ "rate_limited": 2, "window_limit": 166 });
    file.record_run(&Run { number: 1, started_at: Timestamp(1), ended_at: None, summary }).unwrap();

    let (outcomes, action_states) = (file.outcomes().unwrap(), file.action_states().unwrap());
    let rows: Vec<AppliedRow<'_>> = outcomes
        .iter()
        .map(|row| AppliedRow { record: row.record, outcome: row.outcome, contact: None, message: &row.message })
        .collect();
    let actions: Vec<_> =
        plan.actions.iter().zip(&action_states).map(|(action, state)| state.told(action.id)).collect();
    let sent_at: Vec<_> = file.attempts().unwrap().iter().map(|attempt| attempt.intended_at).collect();
    let applied = Applied {
        rows: &rows,
        actions: &actions,
        requests: 3,
        repeated: 1,
        sent_at: &sent_at,
        rate_limited: Some(2),
        window_limit: Some(166),
        started_at: sent_at.first().copied(),
        ended_at: Some(Timestamp(1_763_812_822)),
    };
    let [page, ..] = told(&Survey::of(&file).unwrap());
    assert!(
        page.contains("at most 2 in ten seconds; the limit is 166"),
        "the limit that was told, not the assumed one"
    );
    are_equal(&Survey::of(&file).unwrap(), &report::Whole::new(&plan, Some(&applied)));
}
