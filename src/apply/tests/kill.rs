//! The process is killed at every point where something can be half done, and the plan is applied again.
//!
//! A kill is the run's future dropped: nothing of it goes on. The plan file is opened anew, as the next process would.
//! However often that happens, the workspace ends up as if nothing had happened, and nothing is made twice.

use std::sync::Arc;

use super::draft::{Draft, Saved, company, existing, note, tag, update};
use super::fake::{Fake, Fault, shared};
use super::{apply, apply_with, options, paths};
use crate::apply::{Observer, Summary};
use crate::contact::{Role, Timestamp};
use crate::plan::{ActionKind, Outcome, Target};
use crate::store::{ActionState, Attempt, AttemptId, AttemptResult, JournalEntry};

/// A plan with every kind of action.
fn everything() -> Draft {
    let mut draft = paths::fold_plan();
    let merge = draft.act(2, existing("u1"), crate::plan::ActionBody::Merge { from: super::draft::id("lead9") });
    let after = draft.act(2, existing("u1"), update(&[("unsubscribed", "", "true")]));
    draft.row(2, Outcome::Merged, &[merge, after]);
    for group in 3..6_u32 {
        let email = format!("p{group}@hill.example");
        let role = if group == 4 { Role::User } else { Role::Lead };
        let mut values = vec![("email", email.as_str()), ("name", "Person")];
        if group == 4 {
            values.push(("external_id", "4"));
        }
        let create = draft.create(group, role, &values);
        let tagged = draft.act(group, Target::CreatedBy(create), tag("Webinar"));
        let employed = draft.act(group, Target::CreatedBy(create), company("Hillside"));
        let noted = draft.act(group, Target::CreatedBy(create), note("Asked for a price"));
        draft.row(group, Outcome::Created, &[create, tagged, employed, noted]);
    }
    draft
}

fn workspace() -> Fake {
    let mut fake = paths::fold_workspace();
    fake.search_lag = 45;
    fake.seed("u1", Role::User, &[("email", "zoe@hill.example"), ("name", "Zoe")]);
    fake.seed("lead9", Role::Lead, &[("email", "zoe@hill.example"), ("phone", "+35315550199")]);
    fake.seed_tags("lead9", &["Newsletter"]);
    fake.seed_choice("lead9", "91", true);
    fake.seed_choice("l2", "92", true);
    fake.seed_choice("l2", "93", false);
    fake
}

/// Runs until the process is killed. Returns whether it was.
async fn apply_until_killed(saved: &Saved, fake: &Arc<Fake>) -> bool {
    let mut plan = saved.open();
    tokio::select! {
        biased;
        () = fake.killed.notified() => true,
        summary = apply(&mut plan, fake) => {
            summary.unwrap();
            false
        }
    }
}

/// What a run that was left alone comes to.
struct Undisturbed {
    fake: Arc<Fake>,
    summary: Summary,
}

impl Undisturbed {
    async fn run() -> Self {
        let fake = shared(workspace());
        let summary = apply(&mut everything().save().open(), &fake).await.unwrap();
        Self { fake, summary }
    }

    /// Kills once, as `arrange` wants it, applies again, and compares.
    async fn is_what_remains(&self, arrange: impl Fn(&Fake), what: &str) {
        let fake = shared(workspace());
        arrange(&fake);
        let saved = everything().save();
        assert!(apply_until_killed(&saved, &fake).await, "{what}: the kill was never reached");
        fake.no_more_faults();
        let mut plan = saved.open();
        let summary = apply(&mut plan, &fake).await.unwrap();
        assert_eq!(fake.picture(), self.fake.picture(), "{what}");
        assert_eq!(summary.outcomes, self.summary.outcomes, "{what}");
        let (attempts, writes) = (plan.attempts().unwrap(), fake.writes().len());
        assert!(attempts.iter().all(|attempt| attempt.result.is_some()), "{what}: all is settled");
        // A request may have been intended and never sent, but none was sent without an intent
        assert!(attempts.len() >= writes, "{what}: the journal has what the server saw");
    }
}

#[tokio::test(start_paused = true)]
async fn killed_before_an_intent() {
    let undisturbed = Undisturbed::run().await;
    for number in 1..=undisturbed.fake.reads() {
        undisturbed.is_what_remains(|fake| fake.kill_at_read(number), &format!("killed at read {number}")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn killed_after_an_intent() {
    let undisturbed = Undisturbed::run().await;
    for number in 1..=undisturbed.fake.writes().len() {
        let what = format!("killed before write {number}");
        undisturbed.is_what_remains(|fake| fake.fault(number, Fault::KilledBefore), &what).await;
    }
}

#[tokio::test(start_paused = true)]
async fn killed_after_sending() {
    let undisturbed = Undisturbed::run().await;
    for number in 1..=undisturbed.fake.writes().len() {
        let what = format!("killed after write {number}");
        undisturbed.is_what_remains(|fake| fake.fault(number, Fault::KilledAfter), &what).await;
    }
}

/// Kills as soon as an action has ended, with its end recorded or not.
struct KillAtEnd<'a> {
    fake: &'a Fake,
    left: std::sync::atomic::AtomicI64,
}

impl Observer for KillAtEnd<'_> {
    fn action(&self, _: ActionKind, _: &ActionState) {
        if self.left.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) == 1 {
            self.fake.killed.notify_one();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn killed_after_an_outcome() {
    let undisturbed = Undisturbed::run().await;
    let actions = i64::try_from(everything().plan.actions.len()).unwrap();
    for number in 1..actions {
        let fake = shared(workspace());
        let saved = everything().save();
        let observer = KillAtEnd { fake: &fake, left: number.into() };
        let killed = tokio::select! {
            biased;
            () = fake.killed.notified() => true,
            _ = async { apply_with(&mut saved.open(), &fake, &options(), &observer).await } => false,
        };
        assert!(killed, "action {number}");
        apply(&mut saved.open(), &fake).await.unwrap();
        assert_eq!(fake.picture(), undisturbed.fake.picture(), "killed after action {number}");
    }
}

#[tokio::test(start_paused = true)]
async fn killed_again_and_again() {
    let undisturbed = Undisturbed::run().await;
    let fake = shared(workspace());
    let saved = everything().save();
    let mut kills = 0;
    for number in 1..400 {
        // Counted from the beginning of all runs, so each kill comes a little later than the one before
        fake.no_more_faults();
        let next = fake.writes().len() + 1 + number % 2;
        fake.fault(next, if number % 3 == 0 { Fault::KilledBefore } else { Fault::KilledAfter });
        if !apply_until_killed(&saved, &fake).await {
            break;
        }
        kills += 1;
    }
    assert!(kills > 10, "{kills}");
    assert_eq!(fake.picture(), undisturbed.fake.picture());
}

#[tokio::test(start_paused = true)]
async fn killed_between_a_result_and_the_state_of_its_action() {
    let fake = shared(Fake::new());
    fake.seed("made1", Role::Lead, &[("email", "ann@hill.example")]);
    let mut draft = Draft::new();
    let create = draft.create(1, Role::Lead, &[("email", "ann@hill.example")]);
    let tagged = draft.act(1, Target::CreatedBy(create), tag("Webinar"));
    draft.row(1, Outcome::Created, &[create, tagged]);
    let saved = draft.save();
    let mut plan = saved.open();
    plan.record(&[JournalEntry::Intent(Attempt {
        id: AttemptId(1),
        action: create,
        step: 0,
        request: "POST /contacts".to_owned(),
        intended_at: Timestamp(super::BEGIN),
        result: Some(AttemptResult::Done { id: Some("made1".to_owned()) }),
        ended_at: Some(Timestamp(super::BEGIN)),
        request_id: None,
    })])
    .unwrap();
    let summary = apply(&mut plan, &fake).await.unwrap();
    assert_eq!(fake.writes(), ["tag Webinar", "attach tag made1 t0"]);
    assert_eq!(summary.outcomes[&Outcome::Created], 1);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_waited_for_its_turn_until_the_process_was_killed_is_looked_for_with_full_patience() {
    let mut fake = Fake::new();
    fake.search_lag = 60;
    let fake = shared(fake);
    let mut draft = Draft::new();
    let create = draft.create(1, Role::Lead, &[("email", "ann@hill.example")]);
    draft.row(1, Outcome::Created, &[create]);
    let saved = draft.save();
    // The intent is old: the request stood at the gate, was sent, and the process died
    saved
        .open()
        .record(&[JournalEntry::Intent(Attempt {
            id: AttemptId(1),
            action: create,
            step: 0,
            request: "POST /contacts".to_owned(),
            intended_at: Timestamp(super::BEGIN - 600),
            result: None,
            ended_at: None,
            request_id: None,
        })])
        .unwrap();
    fake.seed("made1", Role::Lead, &[("email", "ann@hill.example")]);
    fake.edit("made1", |kept| kept.created_at = super::BEGIN);
    apply(&mut saved.open(), &fake).await.unwrap();
    assert_eq!(fake.with_email("ann@hill.example"), ["made1"], "not made again");
    assert_eq!(fake.writes(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn of_two_notes_with_a_lost_answer_the_journal_says_which_one_arrived() {
    let fake = shared(Fake::new());
    fake.seed("l1", Role::Lead, &[("email", "ann@hill.example")]);
    fake.seed("l2", Role::Lead, &[("email", "ann@hill.example")]);
    fake.edit("l2", |kept| kept.notes = vec!["Wants a demo".to_owned(), "Called".to_owned()]);
    // The first note arrives, its answer is lost; then the second is sent
    fake.fault(1, Fault::LostAfter);
    let mut draft = Draft::new();
    let copy = draft.act(1, super::draft::existing("l1"), super::draft::everything_of("l2"));
    draft.row(1, Outcome::Updated, &[copy]);
    let saved = draft.save();
    let mut plan = saved.open();
    apply(&mut plan, &fake).await.unwrap();
    assert_eq!(fake.kept("l1").notes.len(), 2);
    let attempts = plan.attempts().unwrap();
    let done = attempts.iter().filter(|attempt| matches!(attempt.result, Some(AttemptResult::Done { .. }))).count();
    assert_eq!((attempts.len(), done), (2, 2), "{attempts:?}");
}
