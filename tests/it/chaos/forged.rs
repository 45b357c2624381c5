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
    let evidence = Evidence {
        before: &json!({ "contacts": before }),
        after: &json!({ "contacts": after }),
        log: &json!({ "log": log }),
        meddling: &Meddling::default(),
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
