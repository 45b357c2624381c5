//! Putting back what was done.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::watch;

use super::draft::{Draft, Saved, company, existing, note, tag, update};
use super::fake::{Fake, Fault, shared};
use super::{apply, options, paths};
use crate::apply::{Error, Silent, Surroundings, UndoSummary, forecast_undo, undo};
use crate::contact::Role;
use crate::plan::{Outcome, Target};

async fn take_back(saved: &Saved, fake: &Arc<Fake>) -> Result<UndoSummary, Error> {
    let (_keep, cancel) = watch::channel(false);
    let clock = fake.clock();
    let surroundings = Surroundings { clock: &clock, observer: &Silent, me: None };
    undo(&mut saved.open(), &**fake, &options(), surroundings, cancel).await
}

/// A plan of which everything can be taken back.
fn reversible() -> Draft {
    let mut draft = Draft::new();
    let update = draft.act(1, existing("u1"), update(&[("name", "Ann", "Ann Hill"), ("phone", "", "+353 1 555 0100")]));
    let tagged = draft.act(1, existing("u1"), tag("Webinar"));
    let had = draft.act(1, existing("u1"), tag("Customer"));
    let employed = draft.act(1, existing("u1"), company("Hillside"));
    draft.row(1, Outcome::Updated, &[update, tagged, had, employed]);
    let create = draft.create(2, Role::Lead, &[("email", "new@hill.example")]);
    let tagged = draft.act(2, Target::CreatedBy(create), tag("Webinar"));
    let noted = draft.act(2, Target::CreatedBy(create), note("Met at the fair"));
    draft.row(2, Outcome::Created, &[create, tagged, noted]);
    // Its e-mail is taken: the user that is there gets the phone it lacks
    let found = draft.create(3, Role::User, &[("email", "zoe@hill.example"), ("phone", "+353 1 555 0177")]);
    draft.row(3, Outcome::Created, &[found]);
    draft
}

fn workspace() -> Fake {
    let fake = Fake::new();
    fake.seed("u1", Role::User, &[("email", "ann@hill.example"), ("name", "Ann")]);
    fake.seed("u2", Role::User, &[("email", "zoe@hill.example"), ("name", "Zoe")]);
    fake.seed_tags("u1", &["Customer"]);
    fake
}

#[tokio::test(start_paused = true)]
async fn everything_reversible_is_as_it_was_before() {
    let (fake, saved) = (shared(workspace()), reversible().save());
    let before = fake.picture();
    apply(&mut saved.open(), &fake).await.unwrap();
    assert_ne!(fake.picture(), before);
    let forecast = forecast_undo(&saved.open()).unwrap();
    insta::assert_debug_snapshot!(forecast, @r#"
    UndoForecast {
        restorable: {
            "companies taken off": 1,
            "contacts deleted that were made": 1,
            "contacts given their values back": 2,
            "tags taken off": 1,
        },
        irreversible: {
            "names of tags and companies stay in the workspace": 2,
        },
    }
    "#);
    let undone = take_back(&saved, &fake).await.unwrap();
    assert_eq!(fake.picture(), before);
    assert_eq!(undone.kept, []);
    assert_eq!(saved.open().runs().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn undoing_twice_sends_nothing_more_and_applying_again_does_it_all_again() {
    let (fake, saved) = (shared(workspace()), reversible().save());
    apply(&mut saved.open(), &fake).await.unwrap();
    let applied = fake.picture();
    take_back(&saved, &fake).await.unwrap();
    let writes = fake.writes().len();
    take_back(&saved, &fake).await.unwrap();
    assert_eq!(fake.writes().len(), writes);
    apply(&mut saved.open(), &fake).await.unwrap();
    assert_eq!(fake.picture(), applied);
}

#[tokio::test(start_paused = true)]
async fn an_undo_that_is_killed_anywhere_is_begun_again() {
    let undisturbed = shared(workspace());
    let before = undisturbed.picture();
    let saved = reversible().save();
    apply(&mut saved.open(), &undisturbed).await.unwrap();
    let applied = undisturbed.writes().len();
    take_back(&saved, &undisturbed).await.unwrap();
    for number in applied + 1..=undisturbed.writes().len() {
        for fault in [Fault::KilledBefore, Fault::KilledAfter, Fault::LostAfter, Fault::LostBefore] {
            let (fake, saved) = (shared(workspace()), reversible().save());
            apply(&mut saved.open(), &fake).await.unwrap();
            fake.fault(number, fault);
            tokio::select! {
                biased;
                () = fake.killed.notified() => {}
                undone = take_back(&saved, &fake) => { undone.unwrap(); }
            }
            fake.no_more_faults();
            take_back(&saved, &fake).await.unwrap();
            assert_eq!(fake.picture(), before, "{fault:?} at {number}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_somebody_changed_since_is_left_alone() {
    let (fake, saved) = (shared(workspace()), reversible().save());
    apply(&mut saved.open(), &fake).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(300)).await;
    let made = fake.with_email("new@hill.example").remove(0);
    fake.edit(&made, |kept| kept.notes.push("Called back".to_owned()));
    fake.edit("u1", |kept| {
        kept.standard.insert("name".to_owned(), json!("Ann Hill-Lee"));
    });
    let undone = take_back(&saved, &fake).await.unwrap();
    assert!(fake.is_there(&made));
    assert_eq!(fake.kept("u1").standard["name"], json!("Ann Hill-Lee"));
    assert_eq!(fake.kept("u1").standard.get("phone"), None, "what nobody touched is taken back");
    let kept: Vec<_> = undone.kept.iter().map(|kept| format!("{} {}", kept.action.0, kept.message)).collect();
    insta::assert_snapshot!(kept.join("\n"), @"
    1 left as it is: name (changed since)
    5 the contact that was made has been used since; archive it by hand if it is not wanted
    ");
}

#[tokio::test(start_paused = true)]
async fn subscriptions_that_were_begun_end_again_and_opt_outs_stay() {
    let (fake, saved) = (shared(paths::fold_workspace()), paths::fold_plan().save());
    fake.seed_choice("l2", "91", true);
    fake.seed_choice("l2", "93", false);
    apply(&mut saved.open(), &fake).await.unwrap();
    let forecast = forecast_undo(&saved.open()).unwrap();
    assert_eq!(forecast.restorable.get("subscriptions ended that were begun"), Some(&1));
    assert_eq!(forecast.irreversible.get("opt-outs and promotions stay"), Some(&1));
    take_back(&saved, &fake).await.unwrap();
    assert_eq!(fake.kept("l1").choices, [("91".to_owned(), true)].into());
    assert_eq!(fake.kept("l2").choices.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn merges_notes_and_conversations_are_announced_as_irreversible() {
    let fake = paths::fold_workspace();
    fake.seed("u1", Role::User, &[("email", "zoe@hill.example")]);
    fake.seed("lead9", Role::Lead, &[("email", "zoe@hill.example")]);
    let fake = shared(fake);
    let mut draft = paths::fold_plan();
    let merge = draft.act(2, existing("u1"), crate::plan::ActionBody::Merge { from: super::draft::id("lead9") });
    let opt_out = draft.act(2, existing("u1"), update(&[("unsubscribed", "", "true")]));
    draft.row(2, Outcome::Merged, &[merge, opt_out]);
    let saved = draft.save();
    apply(&mut saved.open(), &fake).await.unwrap();
    let forecast = forecast_undo(&saved.open()).unwrap();
    insta::assert_debug_snapshot!(forecast, @r#"
    UndoForecast {
        restorable: {
            "contacts given their values back": 2,
            "contacts restored from the archive": 1,
            "tags taken off": 14,
        },
        irreversible: {
            "conversations keep the participant that was added": 1,
            "leads that were merged stay merged": 1,
            "notes that were added stay": 3,
            "opt-outs and promotions stay": 1,
        },
    }
    "#);
    take_back(&saved, &fake).await.unwrap();
    assert!(!fake.kept("l2").archived);
    assert_eq!(fake.kept("l1").tags.len(), 0);
    assert_eq!(fake.kept("l1").standard.get("phone"), None);
    assert_eq!(fake.kept("u1").standard["unsubscribed_from_emails"], json!(true), "opt-out wins");
    assert!(fake.is_merged("lead9"));
}
