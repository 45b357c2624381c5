//! The rules between contacts, one by one.

use proptest::prelude::*;
use serde_json::json;

use super::contact::{Consent, Role, Standing};
use super::page::Cursor;
use super::testing::{at, refusal, workspace};
use super::{MergeCheck, Workspace};

#[test]
fn a_contact_needs_an_email_an_external_id_or_a_role_and_is_a_user_by_default() {
    let mut workspace = workspace();
    assert_eq!(refusal(workspace.try_make(json!({ "name": "Nobody" }))).0, 400);
    assert_eq!(refusal(workspace.try_make(json!({ "role": "user" }))).0, 400);
    assert_eq!(workspace.try_make(json!({ "email": "ann@acme.example" })).unwrap().role, Role::User);
    assert_eq!(workspace.try_make(json!({ "role": "lead" })).unwrap().role, Role::Lead);
}

#[test]
fn an_external_id_is_used_once_and_the_refusal_names_its_owner() {
    let mut workspace = workspace();
    let ann = workspace.make(json!({ "external_id": "1", "email": "ann@acme.example" }));
    let answer = workspace.try_make(json!({ "external_id": "1", "email": "bob@acme.example" }));
    let refused = answer.unwrap_err();
    assert_eq!((refused.status, refused.code), (409, "conflict"));
    assert_eq!(refused.message, format!("A contact matching those details already exists with id={ann}"));
    assert_eq!(ann.len(), 24);
}

#[test]
fn a_user_known_by_its_email_only_clashes_but_a_new_external_id_makes_a_new_user() {
    let mut workspace = workspace();
    workspace.make(json!({ "email": "ann@acme.example" }));
    assert_eq!(refusal(workspace.try_make(json!({ "email": "ANN@acme.example" }))), (409, "conflict"));
    assert!(workspace.try_make(json!({ "email": "ann@acme.example", "external_id": "2" })).is_ok());
}

#[test]
fn leads_are_exempt_from_uniqueness() {
    let mut workspace = workspace();
    workspace.make(json!({ "email": "ann@acme.example" }));
    for _ in 0..2 {
        workspace.make(json!({ "role": "lead", "email": "ann@acme.example" }));
    }
    assert_eq!(workspace.list(Cursor::START, 10).total, 3);
    assert_eq!(refusal(workspace.try_make(json!({ "role": "lead", "external_id": "9" }))).0, 400);
}

#[test]
fn an_archived_user_still_owns_its_identifiers() {
    let mut workspace = workspace();
    let ann = workspace.make(json!({ "email": "ann@acme.example" }));
    workspace.archive(at(1), &ann).unwrap();
    let refused = workspace.try_make(json!({ "email": "ann@acme.example" })).unwrap_err();
    assert_eq!(refused.message, format!("An archived contact matching those details already exists with id={ann}"));
    workspace.delete(at(2), &ann).unwrap();
    assert!(workspace.try_make(json!({ "email": "ann@acme.example" })).is_ok());
}

#[test]
fn an_update_may_not_take_another_users_identifiers() {
    let mut workspace = workspace();
    workspace.make(json!({ "external_id": "1" }));
    let bob = workspace.make(json!({ "external_id": "2" }));
    let lead = workspace.make(json!({ "role": "lead" }));
    assert_eq!(refusal(workspace.put(&bob, json!({ "external_id": "1" }))), (409, "conflict"));
    assert_eq!(refusal(workspace.put(&lead, json!({ "role": "user", "external_id": "1" }))), (409, "conflict"));
    assert!(workspace.put(&bob, json!({ "external_id": "2", "email": "bob@acme.example" })).is_ok());
}

#[test]
fn an_external_id_that_was_given_up_is_free_again() {
    let mut workspace = workspace();
    let ann = workspace.make(json!({ "external_id": "1" }));
    workspace.put(&ann, json!({ "external_id": "2" })).unwrap();
    assert!(workspace.user_by_external_id("1").is_none());
    assert!(workspace.try_make(json!({ "external_id": "1" })).is_ok());
}

#[test]
fn the_refusal_names_an_active_user_rather_than_an_archived_one() {
    let mut workspace = workspace();
    let old = workspace.make(json!({ "external_id": "1", "email": "ann@acme.example" }));
    let new = workspace.make(json!({ "external_id": "2", "email": "ann@acme.example" }));
    workspace.archive(at(1), &old).unwrap();
    let refused = workspace.try_make(json!({ "email": "ann@acme.example" })).unwrap_err();
    assert_eq!(refused.message, format!("A contact matching those details already exists with id={new}"));
}

#[test]
fn a_lead_can_be_promoted_but_a_user_never_becomes_a_lead() {
    let mut workspace = workspace();
    let lead = workspace.make(json!({ "role": "lead", "email": "ann@acme.example" }));
    assert_eq!(workspace.put(&lead, json!({ "role": "user" })).unwrap().role, Role::User);
    assert_eq!(refusal(workspace.put(&lead, json!({ "role": "lead" }))).0, 400);
}

#[test]
fn fields_of_the_wrong_kind_are_refused_and_unknown_keys_ignored() {
    let mut workspace = workspace();
    workspace.define("seats", "integer");
    workspace.define("plan", "string");
    let mut refused = |field: &str, value: serde_json::Value| {
        let answer = workspace.try_make(json!({ "role": "lead", field: value }));
        assert_eq!(refusal(answer), (400, "parameter_invalid"), "{field}");
    };
    refused("role", json!("visitor"));
    refused("email", json!("not an address"));
    refused("email", json!(5));
    refused("name", json!("x".repeat(256)));
    refused("owner_id", json!(1));
    refused("owner_id", json!("991267001"));
    refused("signed_up_at", json!("2026-01-01"));
    refused("unsubscribed_from_emails", json!("true"));
    refused("custom_attributes", json!({ "unheard_of": 1 }));
    refused("custom_attributes", json!({ "seats": "5" }));
    refused("custom_attributes", json!({ "plan": "x".repeat(256) }));
    refused("custom_attributes", json!({ "plan": { "nested": true } }));
    let body =
        json!({ "role": "lead", "favourite_colour": "red", "created_at": 1, "custom_attributes": { "seats": 5 } });
    let lead = workspace.try_make(body).unwrap();
    assert_ne!(lead.created_at, 1);
    assert_eq!(lead.custom_attributes["seats"], json!(5));
}

#[test]
fn custom_attributes_are_changed_key_by_key_and_null_clears() {
    let mut workspace = workspace();
    workspace.define("plan", "string");
    workspace.define("seats", "integer");
    let ann = workspace.make(json!({ "role": "lead", "custom_attributes": { "plan": "Pro", "seats": 5 } }));
    let ann = workspace.put(&ann, json!({ "custom_attributes": { "plan": null } })).unwrap();
    assert_eq!(json!(ann.custom_attributes), json!({ "seats": 5 }));
}

#[test]
fn phones_are_kept_without_punctuation() {
    let mut workspace = workspace();
    let lead = workspace.try_make(json!({ "role": "lead", "phone": "+353 (87) 123-45.67" })).unwrap();
    assert_eq!(lead.phone.as_deref(), Some("+353871234567"));
}

#[test]
fn archived_contacts_are_neither_listed_nor_found_nor_changed_but_come_back() {
    let mut workspace = workspace();
    let ann = workspace.make(json!({ "external_id": "1", "email": "ann@acme.example" }));
    workspace.archive(at(1), &ann).unwrap();
    let query = json!({ "field": "email", "operator": "=", "value": "ann@acme.example" });
    assert_eq!(workspace.list(Cursor::START, 10).total, 0);
    assert_eq!(workspace.found(1, &query).unwrap().total, 0);
    assert!(workspace.user_by_external_id("1").is_none());
    assert_eq!(refusal(workspace.put(&ann, json!({ "name": "Ann" }))), (404, "not_found"));
    workspace.archive(at(2), &ann).unwrap();
    workspace.unarchive(at(3), &ann).unwrap();
    assert_eq!(workspace.found(3, &query).unwrap().total, 1);
}

#[test]
fn only_a_lead_merges_and_only_into_a_user() {
    let mut workspace = workspace();
    let user = workspace.make(json!({ "external_id": "1" }));
    let other = workspace.make(json!({ "external_id": "2" }));
    let lead = workspace.make(json!({ "role": "lead" }));
    let second = workspace.make(json!({ "role": "lead" }));
    for (from, into) in [(&user, &other), (&lead, &second), (&user, &lead), (&lead, &lead)] {
        assert_eq!(refusal(workspace.join(from, into)), (400, "invalid_merge"));
    }
    assert_eq!(refusal(workspace.join(&lead, "000000000000000000000000")), (404, "not_found"));
    assert!(workspace.join(&lead, &user).is_ok());
    assert_eq!(refusal(workspace.join(&lead, &user)), (404, "not_found"));
}

#[test]
fn a_merge_fills_gaps_unites_tags_and_companies_and_moves_notes_and_conversations() {
    let mut workspace = workspace();
    workspace.define("plan", "string");
    workspace.define("source", "string");
    let user = workspace.make(json!({
        "external_id": "1", "name": "Al", "custom_attributes": { "plan": "Pro" } }));
    let lead = workspace.make(json!({
        "role": "lead", "email": "al@acme.example", "name": "Meursault", "phone": "+441", "last_seen_at": 5,
        "unsubscribed_from_emails": true, "custom_attributes": { "plan": "Free", "source": "fair" } }));
    workspace.tag_all(at(0), "vip", &[user.clone(), lead.clone()]).unwrap();
    workspace.tag_all(at(0), "fair", std::slice::from_ref(&lead)).unwrap();
    let company = workspace.upsert_company(at(0), json!({ "company_id": "a" }).as_object().unwrap()).unwrap();
    workspace.attach_company(at(0), &lead, &company.id).unwrap();
    workspace.add_note(at(0), &lead, None, "Met at the fair").unwrap();
    let talk = workspace.add_conversation(at(0), std::slice::from_ref(&lead), "Hi", true).unwrap();
    workspace.attach_subscription(at(0), &lead, "91", Consent::OptOut).unwrap();

    let merged = workspace.join(&lead, &user).unwrap();

    assert_eq!((merged.name.as_deref(), merged.phone.as_deref()), (Some("Al"), Some("+441")));
    assert_eq!((merged.email.as_deref(), merged.last_seen_at), (None, Some(5)));
    assert_eq!(json!(merged.custom_attributes), json!({ "plan": "Pro", "source": "fair" }));
    assert!(!merged.unsubscribed_from_emails, "the flag is the user's own");
    assert_eq!((merged.tags.len(), merged.companies.len()), (2, 1));
    assert_eq!(workspace.notes.of(&user).count(), 1);
    assert_eq!(workspace.conversations.get(&talk.id.to_string()).unwrap().contacts, std::slice::from_ref(&user));
    assert_eq!(workspace.company_size(&company.id), 1);
    assert_eq!(workspace.contact(&lead).unwrap().standing, Standing::Merged { into: user.clone() });
    assert_eq!(workspace.canonical(&lead), Some(user.as_str()));
    let restored = workspace.unarchive(at(3), &lead).unwrap_err();
    assert_eq!(restored.message, "User has been merged and is not restorable.");
}

#[test]
fn newer_versions_merge_only_what_shares_an_email_or_a_phone() {
    let mut workspace = workspace();
    let user = workspace.make(json!({ "email": "ann@acme.example", "phone": "+441" }));
    let stranger = workspace.make(json!({ "role": "lead", "email": "bob@acme.example" }));
    let same = workspace.make(json!({ "role": "lead", "email": "Ann@Acme.example" }));
    let phone = workspace.make(json!({ "role": "lead", "phone": "+44 1" }));
    let mut merge = |from: &str| workspace.merge(at(1), from, &user, MergeCheck::SharedIdentifier);
    assert_eq!(refusal(merge(&stranger)), (400, "invalid_merge"));
    assert!(merge(&same).is_ok());
    assert!(merge(&phone).is_ok());
}

#[test]
fn a_blocked_contact_is_hidden_its_conversations_closed_and_it_stays_away() {
    let mut workspace = workspace();
    let ann = workspace.make(json!({ "email": "ann@acme.example" }));
    let talk = workspace.add_conversation(at(0), std::slice::from_ref(&ann), "Hi", true).unwrap();
    workspace.block(at(1), &ann).unwrap();
    assert_eq!(workspace.list(Cursor::START, 10).total, 0);
    assert!(!workspace.conversations.get(&talk.id.to_string()).unwrap().open);
    assert_eq!(refusal(workspace.unarchive(at(2), &ann)), (400, "not_restorable"));
}

#[test]
fn tags_are_found_by_name_whatever_the_case_and_a_second_detach_is_not_found() {
    let mut workspace = workspace();
    let ann = workspace.make(json!({ "role": "lead" }));
    let tag = workspace.tags.create_or_get("VIP").unwrap();
    assert_eq!(workspace.tags.create_or_get("vip").unwrap(), tag);
    let id = tag.id.to_string();
    let first = workspace.attach_tag(at(1), &ann, &id).unwrap();
    assert_eq!(workspace.attach_tag(at(9), &ann, &id).unwrap(), first);
    workspace.detach_tag(at(2), &ann, &id).unwrap();
    assert_eq!(refusal(workspace.detach_tag(at(2), &ann, &id)), (404, "not_found"));
    assert_eq!(refusal(workspace.attach_tag(at(2), &ann, "999")), (404, "not_found"));
}

#[test]
fn the_last_participant_cannot_leave_a_conversation() {
    let mut workspace = workspace();
    let ann = workspace.make(json!({ "role": "lead" }));
    let bob = workspace.make(json!({ "role": "lead" }));
    let talk = workspace.add_conversation(at(0), std::slice::from_ref(&ann), "Hi", true).unwrap().id.to_string();
    assert_eq!(refusal(workspace.leave_conversation(at(1), &talk, &ann)), (422, "parameter_invalid"));
    workspace.join_conversation(at(1), &talk, &bob).unwrap();
    assert_eq!(workspace.leave_conversation(at(1), &talk, &ann).unwrap().contacts, [bob]);
}

#[test]
fn an_attribute_is_made_once_and_its_name_and_type_are_checked() {
    let mut workspace = workspace();
    let mut make = |body: serde_json::Value| workspace.attributes.create(body.as_object().unwrap(), 0);
    assert!(make(json!({ "name": "Plan €", "model": "contact", "data_type": "string" })).is_ok());
    for body in [
        json!({ "name": "Plan €", "model": "company", "data_type": "string" }),
        json!({ "name": "!nv@l!d", "model": "contact", "data_type": "string" }),
        json!({ "name": "ring", "model": "contact", "data_type": "mithril" }),
        json!({ "name": "ring", "model": "hobbit", "data_type": "string" }),
        json!({ "name": "ring", "model": "contact", "data_type": "options", "options": [{ "value": "1" }] }),
    ] {
        assert_eq!(refusal(make(body.clone())), (400, "parameter_invalid"), "{body}");
    }
    assert_eq!(refusal(workspace.attributes.update("77", &serde_json::Map::new(), 0)), (404, "field_not_found"));
}

#[derive(Debug, Clone)]
enum Step {
    Make { role: u8, email: u8, external_id: u8 },
    Put { who: usize, email: u8, promote: bool },
    Archive(usize),
    Unarchive(usize),
    Delete(usize),
    Merge(usize, usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0..12_usize;
    let step = prop_oneof![
        (0..2_u8, 0..4_u8, 0..4_u8).prop_map(|(role, email, external_id)| Step::Make { role, email, external_id }),
        (who.clone(), 0..4_u8, any::<bool>()).prop_map(|(who, email, promote)| Step::Put { who, email, promote }),
        who.clone().prop_map(Step::Archive),
        who.clone().prop_map(Step::Unarchive),
        who.clone().prop_map(Step::Delete),
        (who.clone(), who).prop_map(|(from, into)| Step::Merge(from, into)),
    ];
    proptest::collection::vec(step, 1..60)
}

fn take(workspace: &mut Workspace, ids: &mut Vec<String>, step: &Step) {
    let name = |who: &usize| ids.get(*who).cloned().unwrap_or_default();
    let email = |number: &u8| format!("p{number}@acme.example");
    // A refusal is a fine outcome here: only the indexes are on trial.
    match step {
        Step::Make { role: 0, email: number, .. } => {
            ids.push(workspace.make(json!({ "role": "lead", "email": email(number) })));
        }
        Step::Make { email: number, external_id: 0, .. } => {
            ids.extend(workspace.try_make(json!({ "email": email(number) })).map(|made| made.id.clone()).ok());
        }
        Step::Make { email: number, external_id, .. } => {
            let body = json!({ "email": email(number), "external_id": external_id.to_string() });
            ids.extend(workspace.try_make(body).map(|made| made.id.clone()).ok());
        }
        Step::Put { who, email: number, promote } => {
            let role = if *promote { json!("user") } else { json!(null) };
            drop(workspace.put(&name(who), json!({ "email": email(number), "role": role })));
        }
        Step::Archive(who) => drop(workspace.archive(at(1), &name(who))),
        Step::Unarchive(who) => drop(workspace.unarchive(at(1), &name(who))),
        Step::Delete(who) => drop(workspace.delete(at(1), &name(who))),
        Step::Merge(from, into) => drop(workspace.join(&name(from), &name(into))),
    }
}

proptest! {
    #[test]
    fn the_indexes_say_what_a_look_at_every_contact_says(steps in steps()) {
        let mut workspace = workspace();
        let mut ids = Vec::new();
        for step in &steps {
            take(&mut workspace, &mut ids, step);
        }
        let active: Vec<String> =
            workspace.contacts().filter(|contact| contact.is_active()).map(|contact| contact.id.clone()).collect();
        let page = workspace.list(Cursor::START, 150);
        prop_assert_eq!(page.total, active.len());
        prop_assert_eq!(page.items.iter().map(|contact| contact.id.clone()).collect::<Vec<_>>(), active);
        for number in 0..4 {
            let email = format!("p{number}@acme.example");
            let scanned: Vec<String> = workspace.contacts()
                .filter(|contact| contact.is_active() && contact.email.as_ref() == Some(&email))
                .map(|contact| contact.id.clone()).collect();
            let query = json!({ "field": "email", "operator": "=", "value": email });
            let found: Vec<String> =
                workspace.found(2, &query).unwrap().items.iter().map(|contact| contact.id.clone()).collect();
            prop_assert_eq!(found, scanned);
            let owners = workspace.contacts().filter(|contact| {
                contact.role == Role::User
                    && contact.external_id.as_deref() == Some(number.to_string().as_str())
                    && !matches!(contact.standing, Standing::Merged { .. })
            });
            prop_assert!(owners.count() <= 1);
        }
    }
}
