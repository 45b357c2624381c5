//! Somebody changed a contact between plan and apply, or between two runs: nothing of theirs is lost.

use serde_json::json;

use super::draft::{Draft, everything_of, existing, id, update};
use super::fake::{Fake, Fault, shared};
use super::{apply, paths};
use crate::contact::Role;
use crate::plan::{ActionBody, Outcome};
use crate::store::{ActionState, AttemptResult, PlanFile};

fn merge_only() -> Draft {
    let mut draft = Draft::new();
    let merge = draft.act(1, existing("u1"), ActionBody::Merge { from: id("l1") });
    draft.row(1, Outcome::Merged, &[merge]);
    draft
}

fn stale(plan: &PlanFile, place: usize) -> String {
    match &plan.action_states().unwrap()[place] {
        ActionState::Stale { message } => message.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_lead_that_got_another_phone_since_is_not_merged() {
    let fake = shared(Fake::new());
    fake.seed("u1", Role::User, &[("email", "ann@hill.example"), ("phone", "+35315550100")]);
    fake.seed("l1", Role::Lead, &[("email", "ann@hill.example"), ("phone", "+35316660000")]);
    let saved = merge_only().save();
    let mut plan = saved.open();
    apply(&mut plan, &fake).await.unwrap();
    assert_eq!(fake.writes(), Vec::<String>::new());
    insta::assert_snapshot!(stale(&plan, 0), @"the contact changed since the plan was made: its phone would be lost; make a new plan");
}

#[tokio::test(start_paused = true)]
async fn an_attribute_the_plan_did_not_know_is_noted_before_the_merge_and_only_once() {
    for fault in [None, Some(Fault::LostAfter), Some(Fault::LostBefore)] {
        let fake = shared(Fake::new());
        fake.seed("u1", Role::User, &[("email", "ann@hill.example"), ("custom:plan", "free")]);
        fake.seed("l1", Role::Lead, &[("email", "Ann@hill.example"), ("custom:plan", "pro"), ("custom:seats", "5")]);
        if let Some(fault) = fault {
            fake.fault(1, fault);
        }
        apply(&mut merge_only().save().open(), &fake).await.unwrap();
        assert!(fake.is_merged("l1"));
        assert_eq!(fake.kept("u1").notes, ["leadfold kept these values from merged contacts:\nplan: pro"]);
        assert_eq!(fake.kept("u1").custom["seats"], json!("5"), "a merge fills what the user lacks");
    }
}

#[tokio::test(start_paused = true)]
async fn an_attribute_the_plan_did_not_know_is_noted_before_a_contact_is_archived() {
    let fake = shared(Fake::new());
    fake.seed("l1", Role::Lead, &[("email", "ann@hill.example")]);
    fake.seed("l2", Role::Lead, &[("email", "ann@hill.example"), ("custom:plan", "pro")]);
    let mut draft = Draft::new();
    let copy = draft.act(1, existing("l1"), everything_of("l2"));
    let archive = draft.act(1, existing("l2"), ActionBody::Archive { survivor: existing("l1") });
    draft.row(1, Outcome::Archived, &[copy, archive]);
    apply(&mut draft.save().open(), &fake).await.unwrap();
    assert_eq!(fake.kept("l1").notes, ["leadfold kept these values from merged contacts:\nplan: pro"]);
    assert!(fake.kept("l2").archived);
}

#[tokio::test(start_paused = true)]
async fn a_value_written_by_hand_after_the_merge_is_not_overwritten_by_the_next_run() {
    let fake = shared(Fake::new());
    fake.seed("u1", Role::User, &[("email", "ann@hill.example")]);
    fake.seed("l1", Role::Lead, &[("email", "ann@hill.example")]);
    // The merge is the first write, the update after it the second
    fake.fault(2, Fault::Unauthorized);
    let saved = paths::merge_plan().save();
    apply(&mut saved.open(), &fake).await.unwrap_err();
    assert!(fake.is_merged("l1"));
    fake.no_more_faults();
    fake.edit("u1", |kept| drop(kept.standard.insert("phone".to_owned(), json!("+491234567"))));
    let mut plan = saved.open();
    apply(&mut plan, &fake).await.unwrap();
    assert_eq!(fake.kept("u1").standard["phone"], json!("+491234567"));
    assert!(stale(&plan, 1).contains("phone"));
}

#[tokio::test(start_paused = true)]
async fn what_the_lead_brought_may_be_written_over_as_planned() {
    let fake = shared(Fake::new());
    fake.seed("u1", Role::User, &[("email", "ann@hill.example")]);
    fake.seed("l1", Role::Lead, &[("email", "ann@hill.example"), ("name", "Annie")]);
    fake.edit("u1", |kept| kept.notes.push("leadfold kept these values from merged contacts:\nname: Annie".to_owned()));
    let mut draft = Draft::new();
    let merge = draft.act(1, existing("u1"), ActionBody::Merge { from: id("l1") });
    let rename = draft.act(1, existing("u1"), update(&[("name", "", "Ann Hill")]));
    draft.row(1, Outcome::Merged, &[merge, rename]);
    apply(&mut draft.save().open(), &fake).await.unwrap();
    assert_eq!(fake.kept("u1").standard["name"], json!("Ann Hill"));
}

#[tokio::test(start_paused = true)]
async fn a_request_whose_contact_was_archived_before_it_was_settled_stays_in_doubt_in_the_journal() {
    let fake = shared(Fake::new());
    fake.seed("l1", Role::Lead, &[("email", "ann@hill.example")]);
    let mut draft = Draft::new();
    let noted = draft.act(1, existing("l1"), super::draft::note("Asked for a price"));
    draft.row(1, Outcome::Updated, &[noted]);
    let saved = draft.save();
    fake.fault(1, Fault::KilledAfter);
    tokio::select! {
        biased;
        () = fake.killed.notified() => {}
        _ = async { apply(&mut saved.open(), &fake).await } => panic!("it was not killed"),
    }
    fake.no_more_faults();
    fake.edit("l1", |kept| kept.archived = true);
    let mut plan = saved.open();
    apply(&mut plan, &fake).await.unwrap();
    assert!(stale(&plan, 0).contains("archived"));
    assert!(matches!(plan.attempts().unwrap()[0].result, Some(AttemptResult::InDoubt { .. })));
}
