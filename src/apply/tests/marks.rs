//! Creates whose answers are lost, of plans that mark what they create (`--import-mark`).

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::apply;
use super::draft::{Draft, id};
use super::fake::{Fake, Fault, shared};
use crate::apply::Summary;
use crate::contact::Role;
use crate::intercom::{DataType, WriteWorkspace as _};
use crate::plan::Outcome;

/// One new lead with a mark; its create is carried out and the answer lost, and search knows it only after 30 s.
fn scene(marked: bool) -> (Arc<Fake>, Draft) {
    let mut fake = Fake::new();
    fake.search_lag = 30;
    fake.seed("u1", Role::User, &[("email", "old@hill.example")]);
    fake.seed_attribute("import_mark", DataType::String);
    fake.fault(1, Fault::LostAfter);
    let mut draft = Draft::new();
    if marked {
        draft.plan.header.settings = json!({ "plan.import_mark": { "value": "import_mark" } });
    }
    let values = [("email", "ann@hill.example"), ("name", "Ann Hill"), ("custom:import_mark", "0badcafe")];
    let create = draft.create(1, Role::Lead, &values);
    draft.needs_attribute("import_mark");
    draft.row(1, Outcome::Created, &[create]);
    (shared(fake), draft)
}

/// Applies while somebody else does something ten seconds into the run.
async fn apply_while(fake: &Arc<Fake>, draft: &Draft, meddle: impl AsyncFnOnce(&Fake)) -> Summary {
    let saved = draft.save();
    let mut plan = saved.open();
    let meddling = async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        meddle(fake).await;
    };
    let (summary, ()) = tokio::join!(apply(&mut plan, fake), meddling);
    summary.unwrap()
}

async fn rename(fake: &Fake) {
    fake.edit("new0001", |kept| drop(kept.standard.insert("name".to_owned(), json!("Ann Dale"))));
}

#[tokio::test(start_paused = true)]
async fn a_marked_contact_is_found_although_somebody_changed_it() {
    let (fake, draft) = scene(true);
    let summary = apply_while(&fake, &draft, rename).await;
    assert_eq!(summary.outcomes, [(Outcome::Created, 1)].into());
    assert_eq!(fake.with_email("ann@hill.example"), ["new0001"]);
    // Without the mark nobody can tell it from somebody else's
    let (fake, draft) = scene(false);
    apply_while(&fake, &draft, rename).await;
    assert_eq!(fake.with_email("ann@hill.example").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_marked_contact_that_somebody_merged_is_not_made_again() {
    let (fake, draft) = scene(true);
    let merge = async |fake: &Fake| drop(fake.merge(&id("new0001"), &id("u1")).await.unwrap());
    let summary = apply_while(&fake, &draft, merge).await;
    assert_eq!(summary.outcomes, [(Outcome::Unknown, 1)].into());
    assert!(summary.failures[0].message.contains("merged the new contact into it"), "{:?}", summary.failures);
    assert_eq!(fake.writes(), ["create", "merge new0001 u1"]);
}

#[tokio::test(start_paused = true)]
async fn a_contact_that_was_there_already_gets_no_mark() {
    let fake = shared(Fake::new());
    fake.seed("u1", Role::User, &[("email", "ann@hill.example")]);
    fake.seed_attribute("import_mark", DataType::String);
    let mut draft = Draft::new();
    draft.plan.header.settings = json!({ "plan.import_mark": { "value": "import_mark" } });
    let values = [("email", "ann@hill.example"), ("name", "Ann Hill"), ("custom:import_mark", "0badcafe")];
    let create = draft.create(1, Role::User, &values);
    draft.needs_attribute("import_mark");
    draft.row(1, Outcome::Created, &[create]);
    let summary = apply(&mut draft.save().open(), &fake).await.unwrap();
    assert_eq!(summary.outcomes, [(Outcome::Updated, 1)].into());
    assert_eq!((fake.kept("u1").standard["name"].clone(), fake.kept("u1").custom.len()), (json!("Ann Hill"), 0));
}
