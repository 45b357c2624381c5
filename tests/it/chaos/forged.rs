//! The laws can be broken: each is shown a forged state and must say so.

use serde_json::{Value, json};

use super::laws::{Evidence, broken};
use super::scene::Meddling;

fn contact(id: &str, role: &str, extra: &Value) -> Value {
    let mut contact = json!({
        "id": id, "state": "active", "merged_into": null, "role": role, "external_id": null,
        "email": "ann@hill.example", "phone": null, "name": "Ann Lee", "unsubscribed_from_emails": false,
        "has_hard_bounced": false, "marked_email_as_spam": false, "custom_attributes": {}, "tags": [],
        "companies": [], "notes": [],
    });
    for (key, value) in extra.as_object().unwrap() {
        contact[key] = value.clone();
    }
    contact
}

/// What the laws say about a workspace that was and is, with an empty plan.
fn verdict(before: &[Value], after: &[Value], log: &[Value]) -> String {
    verdict_after(&Meddling::default(), before, after, log)
}

/// The same when other teammates were at work.
fn verdict_after(meddling: &Meddling, before: &[Value], after: &[Value], log: &[Value]) -> String {
    let evidence = Evidence {
        before: &json!({ "contacts": before }),
        after: &json!({ "contacts": after }),
        log: &json!({ "log": log }),
        meddling,
        actions: &[],
        states: &[],
        attempts: &[],
        outcomes: &[],
        records: 0,
        rows: &[],
        legacy: false,
    };
    broken(&evidence).join("; ")
}

#[test]
fn a_workspace_nobody_touched_breaks_no_law() {
    let people = [contact("u1", "user", &json!({})), contact("l1", "lead", &json!({ "tags": ["vip"] }))];
    assert_eq!(verdict(&people, &people, &[]), "");
}

#[test]
fn a_value_that_is_nowhere_any_more_is_noticed() {
    let user = contact("u1", "user", &json!({}));
    for (field, value) in [
        ("phone", json!("+4930111")),
        ("email", json!("other@hill.example")),
        ("name", json!("Anna Lee-Hill")),
        ("tags", json!(["vip"])),
        ("notes", json!(["<p>Call back</p>"])),
        ("companies", json!([{ "name": "Granite" }])),
        ("custom_attributes", json!({ "plan": "pro" })),
    ] {
        let lead = contact("l1", "lead", &json!({ field: value }));
        let merged = contact("l1", "lead", &json!({ field: value, "state": "merged", "merged_into": "u1" }));
        let said = verdict(&[user.clone(), lead], &[user.clone(), merged], &[]);
        assert!(said.contains("lost"), "{field}: {said}");
    }
}

#[test]
fn a_lost_opt_out_a_lost_user_and_a_deleted_contact_are_noticed() {
    let user = contact("u1", "user", &json!({}));
    let lead = contact("l1", "lead", &json!({ "unsubscribed_from_emails": true }));
    let merged =
        contact("l1", "lead", &json!({ "unsubscribed_from_emails": true, "state": "merged", "merged_into": "u1" }));
    let both = [user.clone(), lead];
    assert!(verdict(&both, &[user.clone(), merged], &[]).contains("opt-out"));
    assert!(verdict(&both, std::slice::from_ref(&user), &[]).contains("deleted"));
    let archived = contact("u1", "user", &json!({ "state": "archived" }));
    assert!(verdict(&[user], &[archived], &[]).contains("the user u1 is archived"));
}

#[test]
fn a_lost_choice_of_subscriptions_is_noticed() {
    let user = contact("u1", "user", &json!({}));
    let choice = json!({ "subscriptions": { "91": "opt_out" } });
    let lead = contact("l1", "lead", &choice);
    let merged =
        contact("l1", "lead", &json!({ "subscriptions": { "91": "opt_out" }, "state": "merged", "merged_into": "u1" }));
    let both = [user.clone(), lead];
    assert!(verdict(&both, &[user, merged.clone()], &[]).contains("about subscription 91"));
    let wants = contact("u1", "user", &json!({ "subscriptions": { "91": "opt_in" } }));
    assert!(verdict(&both, &[wants, merged.clone()], &[]).contains("about subscription 91"), "an opt-out wins");
    assert_eq!(verdict(&both, &[contact("u1", "user", &choice), merged], &[]), "");
}

#[test]
fn a_contact_made_twice_and_a_request_in_no_journal_are_noticed() {
    let new = [contact("n1", "lead", &json!({})), contact("n2", "lead", &json!({}))];
    assert!(verdict(&[], &new, &[]).contains("created 2 times"));
    let request = json!({ "number": 1, "method": "POST", "path": "/contacts", "committed": true });
    assert!(verdict(&[], &[], &[request]).contains("in no journal"));
}

#[test]
fn a_value_written_by_hand_between_two_runs_that_is_gone_is_noticed() {
    let before = [contact("u1", "user", &json!({})), contact("l1", "lead", &json!({ "phone": "+4930111" }))];
    let after = |phone: &str| {
        let merged = json!({ "phone": phone, "state": "merged", "merged_into": "u1" });
        [contact("u1", "user", &json!({ "phone": phone })), contact("l1", "lead", &merged)]
    };
    let meddled = |between_runs| {
        let mut meddling = Meddling::default();
        meddling.wrote("l1", "phone", "+4930222", between_runs);
        meddling
    };
    let said = verdict_after(&meddled(true), &before, &after("+4930111"), &[]);
    assert!(said.contains("lost phone") && said.contains("written by hand"), "{said}");
    assert_eq!(verdict_after(&meddled(true), &before, &after("+4930222"), &[]), "", "it is on the user");
    assert_eq!(verdict_after(&meddled(false), &before, &after("+4930111"), &[]), "", "in the very moment of our write");
}
