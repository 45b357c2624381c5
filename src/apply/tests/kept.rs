//! Values a merge discards, in the attributes named for them.

use serde_json::json;
use tokio::sync::watch;

use super::apply;
use super::draft::{Draft, existing, id, update};
use super::fake::{Fake, Fault, shared};
use crate::apply::{Error, Silent, Surroundings, forecast_undo, prospective_undo, undo};
use crate::contact::Role;
use crate::intercom::DataType;
use crate::plan::{ActionBody, KEPT_BEFORE_MERGE, Outcome};
use crate::store::ActionState;

/// A user, and a lead with another address.
fn workspace() -> Fake {
    let fake = Fake::new();
    fake.seed_attribute("Other emails", DataType::String);
    fake.seed("u1", Role::User, &[("email", "ann@hill.example"), ("custom:Other emails", "old@hill.example")]);
    fake.seed("l1", Role::Lead, &[("email", "ann@home.example"), ("name", "Ann")]);
    fake
}

/// Keeps the lead's address in `Other emails`, then merges it.
fn keeping() -> Draft {
    let mut draft = Draft::new();
    draft.plan.header.settings = json!({
        "plan.keep": { "value": "attribute" }, "plan.keep_attributes": { "value": { "email": "Other emails" } },
    });
    draft.needs_attribute("Other emails");
    let grown = ("custom:Other emails", "old@hill.example", "old@hill.example; ann@home.example");
    let keep = draft.act(1, existing("u1"), update(&[grown]));
    draft.plan.actions[0].reason = KEPT_BEFORE_MERGE.into();
    let merge = draft.act(1, existing("u1"), ActionBody::Merge { from: id("l1") });
    draft.row(1, Outcome::Merged, &[keep, merge]);
    draft
}

#[tokio::test(start_paused = true)]
async fn a_lead_whose_address_an_attribute_keeps_is_merged_without_a_note() {
    for fault in [None, Some(Fault::LostAfter), Some(Fault::LostBefore)] {
        let (fake, saved) = (shared(workspace()), keeping().save());
        if let Some(fault) = fault {
            fake.fault(1, fault);
        }
        apply(&mut saved.open(), &fake).await.unwrap();
        assert!(fake.is_merged("l1"), "{fault:?}");
        assert_eq!(fake.kept("u1").notes, Vec::<String>::new());
        assert_eq!(fake.kept("u1").custom["Other emails"], json!("old@hill.example; ann@home.example"));
        let writes = fake.writes().len();
        apply(&mut saved.open(), &fake).await.unwrap();
        assert_eq!(fake.writes().len(), writes, "once only");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lead_stays_when_somebody_changed_the_attribute_since() {
    let (fake, saved) = (shared(workspace()), keeping().save());
    fake.edit("u1", |kept| drop(kept.custom.insert("Other emails".to_owned(), json!("by hand"))));
    let mut plan = saved.open();
    apply(&mut plan, &fake).await.unwrap();
    assert_eq!(fake.writes(), Vec::<String>::new());
    assert!(plan.action_states().unwrap().iter().all(|state| matches!(state, ActionState::Stale { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_lead_stays_when_the_attribute_lost_the_address_between_two_runs() {
    let (fake, saved) = (shared(workspace()), keeping().save());
    fake.fault(2, Fault::Unauthorized);
    apply(&mut saved.open(), &fake).await.unwrap_err();
    fake.no_more_faults();
    fake.edit("u1", |kept| drop(kept.custom.insert("Other emails".to_owned(), json!("old@hill.example"))));
    let mut plan = saved.open();
    apply(&mut plan, &fake).await.unwrap();
    assert!(!fake.is_merged("l1"), "its address would be nowhere");
}

#[tokio::test(start_paused = true)]
async fn an_attribute_that_is_no_text_stops_everything_before_the_first_write() {
    let fake = workspace();
    fake.seed_attribute("Other emails", DataType::Integer);
    let fake = shared(fake);
    let error = apply(&mut keeping().save().open(), &fake).await.unwrap_err();
    assert!(matches!(error, Error::NoText { .. }), "{error}");
    assert_eq!(fake.writes(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_undo_puts_the_attribute_back_unless_the_lead_was_merged() {
    for merged in [true, false] {
        let (fake, saved) = (shared(workspace()), keeping().save());
        if !merged {
            fake.fault(2, Fault::Unauthorized);
        }
        let before = prospective_undo(&saved.open()).unwrap();
        assert_eq!(before.irreversible.get("attributes that keep values of merged leads stay"), Some(&1));
        let _ = apply(&mut saved.open(), &fake).await;
        fake.no_more_faults();
        let forecast = forecast_undo(&saved.open()).unwrap();
        assert_eq!(forecast.irreversible.len(), if merged { 2 } else { 0 }, "{forecast:?}");
        let (_keep, cancel) = watch::channel(false);
        let clock = fake.clock();
        let surroundings = Surroundings { clock: &clock, observer: &Silent, me: None };
        let undone = undo(&mut saved.open(), &*fake, &super::options(), surroundings, cancel).await.unwrap();
        let (text, kept) = if merged { ("old@hill.example; ann@home.example", 2) } else { ("old@hill.example", 0) };
        assert_eq!((fake.kept("u1").custom["Other emails"].clone(), undone.kept.len()), (json!(text), kept));
    }
}
