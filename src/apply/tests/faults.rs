//! Lost answers, refusals, dead networks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;

use super::draft::{Draft, Saved, existing, note, tag, update};
use super::fake::{Fake, Fault, shared};
use super::{apply, apply_with, options};
use crate::apply::{Error, Options, Silent, Surroundings, run};
use crate::contact::Role;
use crate::plan::{Outcome, Target};
use crate::store::{ActionState, AttemptResult};

fn one_lead() -> Saved {
    let mut draft = Draft::new();
    let create = draft.create(1, Role::Lead, &[("email", "ann@hill.example"), ("name", "Ann")]);
    let tagged = draft.act(1, Target::CreatedBy(create), tag("Webinar"));
    draft.row(1, Outcome::Created, &[create, tagged]);
    draft.save()
}

#[tokio::test(start_paused = true)]
async fn a_lead_whose_answer_was_lost_is_found_though_search_lags_and_is_made_once() {
    let mut fake = Fake::new();
    fake.search_lag = 90;
    let fake = shared(fake);
    fake.fault(1, Fault::LostAfter);
    let saved = one_lead();
    let mut plan = saved.open();
    let summary = apply(&mut plan, &fake).await.unwrap();
    assert_eq!(fake.with_email("ann@hill.example").len(), 1);
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Created, 1)]));
    let attempts = plan.attempts().unwrap();
    assert_eq!(attempts[0].result, Some(AttemptResult::Done { id: Some("new0001".to_owned()) }), "settled by looking");
}

#[tokio::test(start_paused = true)]
async fn a_lead_that_was_not_made_is_made_when_the_patience_is_over() {
    let fake = shared(Fake::new());
    fake.fault(1, Fault::LostBefore);
    let began = tokio::time::Instant::now();
    let saved = one_lead();
    let summary = apply(&mut saved.open(), &fake).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(120), "{:?}", began.elapsed());
    assert_eq!(fake.with_email("ann@hill.example").len(), 1);
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Created, 1)]));
}

#[tokio::test(start_paused = true)]
async fn other_work_goes_on_while_one_create_is_looked_for() {
    let mut fake = Fake::new();
    fake.search_lag = 100;
    let fake = shared(fake);
    fake.fault(1, Fault::LostAfter);
    let mut draft = Draft::new();
    for number in 0..40 {
        let create = draft.create(number, Role::Lead, &[("email", &format!("p{number}@hill.example"))]);
        draft.row(number, Outcome::Created, &[create]);
    }
    let options = Options { lanes: 1, ..options() };
    let saved = draft.save();
    let summary = apply_with(&mut saved.open(), &fake, &options, &Silent).await.unwrap();
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Created, 40)]));
    assert_eq!(fake.writes().len(), 40);
    assert!(fake.kept("new0040").created_at - fake.kept("new0001").created_at < 5, "nobody waited for the first");
}

#[tokio::test(start_paused = true)]
async fn a_lead_of_the_same_address_that_was_there_before_is_not_taken_for_ours() {
    let fake = shared(Fake::new());
    fake.seed("l1", Role::Lead, &[("email", "ann@hill.example"), ("name", "Ann")]);
    fake.fault(1, Fault::LostBefore);
    apply(&mut one_lead().open(), &fake).await.unwrap();
    assert_eq!(fake.with_email("ann@hill.example"), ["l1", "new0001"]);
    assert_eq!(fake.tag_names("l1"), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn two_equal_creates_whose_answers_were_lost_take_a_contact_each() {
    let fake = shared(Fake::new());
    for number in 1..=2 {
        fake.fault(number, Fault::LostAfter);
    }
    let mut draft = Draft::new();
    for group in 0..2 {
        let create = draft.create(group, Role::Lead, &[("name", "Sam Lee")]);
        draft.row(group, Outcome::Created, &[create]);
    }
    let saved = draft.save();
    let mut plan = saved.open();
    apply(&mut plan, &fake).await.unwrap();
    assert_eq!(fake.writes().len(), 2, "nothing was made twice");
    let done = |id: &str| ActionState::Done { contact: Some(super::draft::id(id)) };
    let states = plan.action_states().unwrap();
    assert!(states.contains(&done("new0001")) && states.contains(&done("new0002")), "{states:?}");
}

#[tokio::test(start_paused = true)]
async fn a_user_with_an_external_id_is_simply_sent_again() {
    for fault in [Fault::LostAfter, Fault::LostBefore] {
        let fake = shared(Fake::new());
        fake.fault(1, fault);
        let mut draft = Draft::new();
        let create = draft.create(1, Role::User, &[("external_id", "42"), ("email", "ann@hill.example")]);
        draft.row(1, Outcome::Created, &[create]);
        let saved = draft.save();
        let began = tokio::time::Instant::now();
        let summary = apply(&mut saved.open(), &fake).await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(10), "nobody waited for search");
        assert_eq!(fake.with_email("ann@hill.example").len(), 1);
        assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Created, 1)]), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_note_whose_answer_was_lost_is_not_doubled() {
    for (fault, sent) in [(Fault::LostAfter, 1), (Fault::LostBefore, 2)] {
        let fake = shared(Fake::new());
        fake.seed("u1", Role::User, &[]);
        fake.fault(1, fault);
        let mut draft = Draft::new();
        let action = draft.act(1, existing("u1"), note("Met at the fair"));
        draft.row(1, Outcome::Updated, &[action]);
        let summary = apply(&mut draft.save().open(), &fake).await.unwrap();
        assert_eq!(fake.kept("u1").notes, ["Met at the fair"]);
        assert_eq!(fake.writes().len(), sent);
        assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Updated, 1)]));
    }
}

#[tokio::test(start_paused = true)]
async fn every_lost_answer_of_a_fold_or_a_merge_is_recovered() {
    type Case = (fn() -> Fake, fn() -> Draft);
    let merge: Case = (|| super::paths::merge_workspace(false), super::paths::merge_plan);
    let fold: Case = (super::paths::fold_workspace, super::paths::fold_plan);
    for (workspace, draft) in [merge, fold] {
        let undisturbed = shared(workspace());
        let expected = apply(&mut draft().save().open(), &undisturbed).await.unwrap();
        let count = undisturbed.writes().len();
        for number in 1..=count {
            for fault in [Fault::LostBefore, Fault::LostAfter] {
                let fake = shared(workspace());
                fake.fault(number, fault);
                let summary = apply(&mut draft().save().open(), &fake).await.unwrap();
                assert_eq!(fake.picture(), undisturbed.picture(), "{fault:?} at {number}");
                assert_eq!(summary.outcomes, expected.outcomes, "{fault:?} at {number}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_action_fails_in_the_servers_words_and_the_rest_goes_on() {
    let fake = shared(Fake::new());
    fake.fault(1, Fault::Refused);
    let mut draft = Draft::new();
    for group in 0..3 {
        let create = draft.create(group, Role::Lead, &[("email", &format!("p{group}@hill.example"))]);
        draft.row(group, Outcome::Created, &[create]);
    }
    let saved = draft.save();
    let summary = apply(&mut saved.open(), &fake).await.unwrap();
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Created, 2), (Outcome::Failed, 1)]));
    assert_eq!(summary.failures[0].message, "the pretend workspace refuses (400 parameter_invalid, request req-400)");
    fake.no_more_faults();
    let again = apply(&mut saved.open(), &fake).await.unwrap();
    assert_eq!(again.outcomes, BTreeMap::from([(Outcome::Created, 3)]), "a failed action is tried again");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_stops_working_stops_the_run_and_the_next_run_goes_on() {
    let fake = shared(Fake::new());
    fake.fault(3, Fault::Unauthorized);
    let mut draft = Draft::new();
    for group in 0..20 {
        let create = draft.create(group, Role::Lead, &[("email", &format!("p{group}@hill.example"))]);
        draft.row(group, Outcome::Created, &[create]);
    }
    let saved = draft.save();
    let error = apply(&mut saved.open(), &fake).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }));
    assert_eq!(error.exit_code(), 8);
    assert!(fake.writes().len() < 12, "no more was begun");
    assert_eq!(saved.open().outcomes().unwrap().len(), 20, "every row has an outcome even so");
    fake.no_more_faults();
    let summary = apply(&mut saved.open(), &fake).await.unwrap();
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Created, 20)]));
    assert_eq!((0..20).map(|p| fake.with_email(&format!("p{p}@hill.example")).len()).sum::<usize>(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_dead_network_stops_the_run_and_loses_nothing() {
    let fake = shared(Fake::new());
    // An unreachable server sees no request, so the same number comes again and again
    fake.fault(6, Fault::Unreachable);
    let mut draft = Draft::new();
    for group in 0..20 {
        let create = draft.create(group, Role::Lead, &[("email", &format!("p{group}@hill.example"))]);
        draft.row(group, Outcome::Created, &[create]);
    }
    let options = Options { failures_in_a_row: 12, ..options() };
    let saved = draft.save();
    let error = apply_with(&mut saved.open(), &fake, &options, &Silent).await.unwrap_err();
    assert_eq!(error.exit_code(), 6);
    fake.no_more_faults();
    let summary = apply(&mut saved.open(), &fake).await.unwrap();
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Created, 20)]));
    assert_eq!(fake.writes().len(), 20);
}

#[tokio::test(start_paused = true)]
async fn asked_to_stop_it_finishes_what_is_under_way_and_says_so() {
    let fake = shared(Fake::new());
    let mut draft = Draft::new();
    for group in 0..200 {
        let create = draft.create(group, Role::Lead, &[("email", &format!("p{group}@hill.example"))]);
        draft.row(group, Outcome::Created, &[create]);
    }
    let saved = draft.save();
    let (stop, cancel) = watch::channel(false);
    let watched = Arc::clone(&fake);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        stop.send_replace(true);
        // Kept to show that a dropped sender is no second request
        tokio::time::sleep(watched.latency).await;
    });
    let clock = fake.clock();
    let surroundings = Surroundings { clock: &clock, observer: &Silent, me: None };
    let mut plan = saved.open();
    let summary = run(&mut plan, &*fake, &options(), surroundings, cancel).await.unwrap();
    assert!(summary.interrupted);
    let done = summary.outcomes[&Outcome::Created];
    assert!((1..200).contains(&done), "{done}");
    assert_eq!(done, fake.writes().len() as u64);
    assert!(plan.attempts().unwrap().iter().all(|attempt| attempt.result.is_some()), "nothing is left in doubt");
    drop(plan);
    let rest = apply(&mut saved.open(), &fake).await.unwrap();
    assert!(!rest.interrupted);
    assert_eq!((rest.outcomes[&Outcome::Created], fake.writes().len()), (200, 200));
}

#[tokio::test(start_paused = true)]
async fn a_contact_that_turns_up_after_the_patience_is_found_before_a_third_is_made() {
    let mut fake = Fake::new();
    fake.search_lag = 400;
    let fake = shared(fake);
    // Made, but found only after it was made again; that answer is lost too
    fake.fault(1, Fault::LostAfter);
    fake.fault(2, Fault::LostAfter);
    let mut draft = Draft::new();
    let create = draft.create(1, Role::Lead, &[("email", "ann@hill.example")]);
    draft.row(1, Outcome::Created, &[create]);
    let saved = draft.save();
    let options = Options { search_patience: Duration::from_secs(360), ..options() };
    let mut plan = saved.open();
    let summary = apply_with(&mut plan, &fake, &options, &Silent).await.unwrap();
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Created, 1)]));
    assert_eq!(fake.writes().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_update_whose_answer_was_lost_is_not_taken_for_a_change_by_somebody_else() {
    let fake = shared(Fake::new());
    fake.seed("u1", Role::User, &[("name", "Ann")]);
    fake.fault(1, Fault::LostAfter);
    let mut draft = Draft::new();
    let action = draft.act(1, existing("u1"), update(&[("name", "Ann", "Ann Hill"), ("phone", "", "+35315550100")]));
    draft.row(1, Outcome::Updated, &[action]);
    let summary = apply(&mut draft.save().open(), &fake).await.unwrap();
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Updated, 1)]));
    assert_eq!(fake.kept("u1").standard["name"], json!("Ann Hill"));
    assert_eq!(fake.writes().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn with_more_contacts_than_lost_answers_nothing_is_guessed() {
    let fake = shared(Fake::new());
    fake.fault(1, Fault::LostAfter);
    let saved = one_lead();
    let copy = Arc::clone(&fake);
    tokio::spawn(async move {
        // Somebody else enters the same person while the answer is being waited for
        tokio::time::sleep(Duration::from_millis(15)).await;
        copy.seed("theirs", Role::Lead, &[("email", "ann@hill.example"), ("name", "Ann")]);
        copy.edit("theirs", |kept| kept.created_at = super::BEGIN);
    });
    let mut plan = saved.open();
    let summary = apply(&mut plan, &fake).await.unwrap();
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Unknown, 1)]));
    let ActionState::Unknown { message } = &plan.action_states().unwrap()[0] else { panic!() };
    insta::assert_snapshot!(message, @"the answer to the create was lost, and several contacts fit: new0001, theirs; keep one of them");
    assert_eq!(fake.writes().len(), 1, "nothing was sent again");
}

#[tokio::test(start_paused = true)]
async fn a_run_in_which_action_after_action_fails_stops_and_leaves_the_rest_pending() {
    let fake = shared(Fake::new());
    let mut draft = Draft::new();
    for number in 0..20 {
        fake.fault(number as usize + 1, Fault::Refused);
        let create = draft.create(number, Role::Lead, &[("email", &format!("p{number}@hill.example"))]);
        draft.row(number, Outcome::Created, &[create]);
    }
    let options = Options { lanes: 1, most_failed: 5, ..options() };
    let saved = draft.save();
    let mut plan = saved.open();
    let error = apply_with(&mut plan, &fake, &options, &Silent).await.unwrap_err();
    assert!(matches!(error, Error::TooManyFailed { failed: 5, .. }), "{error}");
    assert_eq!(fake.writes().len(), 5);
    assert_eq!(plan.action_states().unwrap().iter().filter(|state| **state == ActionState::Pending).count(), 15);
}
