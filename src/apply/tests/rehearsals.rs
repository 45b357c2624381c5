//! What an apply would do, told beforehand.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

use super::draft::{Draft, Saved, existing, id, tag, update};
use super::fake::{Fake, shared};
use super::{apply, options};
use crate::apply::{Rehearsal, rehearse};
use crate::contact::Role;
use crate::plan::{ActionBody, ActionKind, Outcome};
use crate::store::PlanFile;

async fn look(saved: &Saved, fake: &Arc<Fake>, most: Option<u64>) -> Rehearsal {
    let (_keep, cancel) = watch::channel(false);
    rehearse(&PlanFile::open(&saved.path).unwrap(), &**fake, &options(), most, cancel).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn it_tells_what_is_fresh_already_so_and_in_the_way_and_writes_nothing() {
    let fake = shared(Fake::new());
    fake.seed("u1", Role::User, &[("name", "Ann")]);
    fake.seed("u2", Role::User, &[("name", "Bob")]);
    fake.seed("u3", Role::User, &[("name", "Changed")]);
    fake.seed("l4", Role::User, &[]);
    let mut draft = Draft::new();
    draft.act(1, existing("u1"), update(&[("name", "Ann", "Ann Hill")]));
    draft.act(1, existing("u1"), tag("Webinar"));
    draft.act(2, existing("u2"), update(&[("name", "", "Bob")]));
    draft.act(3, existing("u3"), update(&[("name", "Cid", "Cid Hill")]));
    draft.act(4, existing("u2"), ActionBody::Merge { from: id("l4") });
    draft.act(5, existing("gone"), tag("Webinar"));
    draft.create(6, Role::Lead, &[("email", "new@hill.example"), ("custom:tier", "gold")]);
    draft.needs_attribute("tier");
    let saved = draft.save();
    let rehearsal = look(&saved, &fake, None).await;
    assert_eq!(
        (rehearsal.fresh, rehearsal.already_so, rehearsal.obstructed, rehearsal.unchecked),
        (2, 1, 3, 1),
        "{rehearsal:?}"
    );
    assert_eq!(rehearsal.missing_attributes, ["tier"]);
    assert_eq!(rehearsal.open[&ActionKind::Update], 3);
    let obstacles: Vec<_> =
        rehearsal.obstacles.iter().map(|obstacle| format!("{} {}", obstacle.action.0, obstacle.message)).collect();
    insta::assert_snapshot!(obstacles.join("\n"), @"
    4 the contact changed since the plan was made: name is no longer as planned on
    5 the lead has become a user since the plan was made
    6 the contact is not there any more: not found (not_found: User Not Found, request req-404)
    ");
    assert_eq!(fake.writes(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn after_an_apply_nothing_is_left() {
    let fake = shared(Fake::new());
    fake.seed("u1", Role::User, &[("name", "Ann")]);
    let mut draft = Draft::new();
    let action = draft.act(1, existing("u1"), update(&[("name", "Ann", "Ann Hill")]));
    draft.row(1, Outcome::Updated, &[action]);
    let saved = draft.save();
    apply(&mut saved.open(), &fake).await.unwrap();
    let reads = fake.reads();
    let rehearsal = look(&saved, &fake, None).await;
    assert_eq!((rehearsal.settled, rehearsal.open, rehearsal.contacts_read), (1, BTreeMap::new(), 0));
    assert_eq!(fake.reads(), reads);
}

#[tokio::test(start_paused = true)]
async fn it_reads_no_more_than_it_was_told_to() {
    let fake = shared(Fake::new());
    let mut draft = Draft::new();
    for number in 0..100 {
        let contact = format!("u{number:03}");
        fake.seed(&contact, Role::User, &[]);
        draft.act(number, existing(&contact), update(&[("name", "", "Ann")]));
    }
    let rehearsal = look(&draft.save(), &fake, Some(10)).await;
    assert_eq!((rehearsal.contacts_read, rehearsal.fresh, rehearsal.unchecked), (10, 10, 90));
}
