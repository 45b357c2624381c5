//! What must hold after every run, however it was disturbed. Pure: states, plan and log in, broken laws out.

use std::collections::{BTreeMap, BTreeSet};

use leadfold::plan::{Action, ActionBody, ActionKind, Outcome, Target};
use leadfold::store::{ActionState, Attempt, AttemptResult, RowOutcome};
use serde_json::Value;

use super::scene::Meddling;

/// Everything the laws are about.
pub(super) struct Evidence<'a> {
    pub(super) before: &'a Value,
    pub(super) after: &'a Value,
    pub(super) log: &'a Value,
    pub(super) meddling: &'a Meddling,
    pub(super) actions: &'a [Action],
    pub(super) states: &'a [ActionState],
    pub(super) attempts: &'a [Attempt],
    pub(super) outcomes: &'a [RowOutcome],
    pub(super) records: usize,
    /// The list's rows, and for each the record it became.
    pub(super) rows: &'a [(Vec<String>, usize)],
    /// The run spoke the 1.x dialect, whose requests have other addresses than those in the journal.
    pub(super) legacy: bool,
}

/// The laws that were broken, in words.
pub(super) fn broken(evidence: &Evidence<'_>) -> Vec<String> {
    let contacts = by_id(&evidence.after["contacts"]);
    let mut broken = Vec::new();
    rows_and_outcomes(evidence, &mut broken);
    creates(evidence, &contacts, &mut broken);
    members(evidence, &contacts, &mut broken);
    incoming(evidence, &contacts, &mut broken);
    super::journal::all_settled(evidence, &mut broken);
    if !evidence.legacy {
        super::journal::compare(evidence, &mut broken);
    }
    broken
}

pub(super) fn by_id(contacts: &Value) -> BTreeMap<&str, &Value> {
    contacts.as_array().unwrap().iter().map(|contact| (contact["id"].as_str().unwrap(), contact)).collect()
}

fn rows_and_outcomes(evidence: &Evidence<'_>, broken: &mut Vec<String>) {
    let records: BTreeSet<u32> = evidence.outcomes.iter().map(|outcome| outcome.record.0).collect();
    if evidence.outcomes.len() != evidence.records || records.len() != evidence.records {
        broken.push(format!("{} rows, {} outcomes", evidence.records, evidence.outcomes.len()));
    }
    for outcome in evidence.outcomes.iter().filter(|outcome| outcome.outcome == Outcome::Unknown) {
        broken.push(format!("row {} is unknown in the end: {}", outcome.record.0, outcome.message));
    }
    for (action, state) in evidence.actions.iter().zip(evidence.states) {
        if *state == ActionState::Pending {
            broken.push(format!("action {} was left pending", action.id.0));
        }
    }
}

/// Every new contact was made by one action, and every such action made one contact.
fn creates(evidence: &Evidence<'_>, contacts: &BTreeMap<&str, &Value>, broken: &mut Vec<String>) {
    let old = by_id(&evidence.before["contacts"]);
    let mut made: BTreeMap<&str, usize> = BTreeMap::new();
    for (action, state) in evidence.actions.iter().zip(evidence.states) {
        if let (ActionKind::Create, ActionState::Done { contact: Some(contact) }) = (action.kind(), state) {
            *made.entry(&contact.0).or_default() += 1;
        }
    }
    for id in contacts.keys().filter(|id| !old.contains_key(**id)) {
        match made.get(*id) {
            Some(1) => {}
            Some(times) => broken.push(format!("{times} rows were made into the new contact {id}")),
            None => broken.push(format!("the new contact {id} is known to no action: {}", contacts[*id])),
        }
    }
    let mut newcomers: BTreeMap<String, usize> = BTreeMap::new();
    for (id, contact) in contacts {
        if !old.contains_key(id) {
            *newcomers.entry(contact["email"].to_string()).or_default() += 1;
        }
    }
    for (email, times) in newcomers.iter().filter(|(_, times)| **times > 1) {
        broken.push(format!("{email} was created {times} times"));
    }
}

/// Nobody who was there lost anything; no user went; opt-outs stay.
fn members(evidence: &Evidence<'_>, contacts: &BTreeMap<&str, &Value>, broken: &mut Vec<String>) {
    let survivors: BTreeMap<&str, &str> = evidence
        .actions
        .iter()
        .filter_map(|action| match (&action.target, &action.body) {
            (Target::Existing(gone), ActionBody::Archive { survivor: Target::Existing(stays) }) => {
                Some((&*gone.0, &*stays.0))
            }
            _ => None,
        })
        .collect();
    for (id, was) in by_id(&evidence.before["contacts"]) {
        if evidence.meddling.gone.contains(id) {
            continue;
        }
        let Some(is) = contacts.get(id) else {
            broken.push(format!("{id} was deleted"));
            continue;
        };
        let state = is["state"].as_str().unwrap();
        if was["role"] == "user" && (state != "active" || is["role"] != "user") {
            broken.push(format!("the user {id} is {state}, {}", is["role"]));
            continue;
        }
        let stays = match state {
            "active" => Some(id),
            "merged" => is["merged_into"].as_str(),
            _ => survivors.get(id).copied(),
        };
        let Some(holder) = stays.and_then(|id| contacts.get(id)) else {
            broken.push(format!("{id} is {state} without anybody in its place"));
            continue;
        };
        if holder["state"] != "active" && !evidence.meddling.gone.contains(holder["id"].as_str().unwrap()) {
            broken.push(format!("{id} went into {}, which is {}", holder["id"], holder["state"]));
        }
        for ((_, field), value) in evidence.meddling.placed.iter().filter(|((owner, _), _)| owner == id) {
            if !everything(holder).contains(&folded(value)) {
                broken.push(format!("{id} ({state}) lost {field} {value:?}, written by hand, on {}", holder["id"]));
            }
        }
        let lost = lost_values(was, holder, |field| {
            evidence.meddling.changed.contains(&(id.to_owned(), field.to_owned()))
                || evidence.meddling.changed.contains(&(holder["id"].as_str().unwrap().to_owned(), field.to_owned()))
        });
        for value in lost {
            broken.push(format!("{id} ({state}) lost {value} on {}", holder["id"]));
        }
        for opt_out in ["unsubscribed_from_emails", "has_hard_bounced", "marked_email_as_spam"] {
            if was[opt_out] == true && holder["unsubscribed_from_emails"] != true && holder[opt_out] != true {
                broken.push(format!("the opt-out of {id} is lost on {}", holder["id"]));
            }
        }
        for (kind, consent) in was["subscriptions"].as_object().into_iter().flatten() {
            let now = &holder["subscriptions"][kind];
            if now.is_null() || (consent == "opt_out" && now != "opt_out") {
                broken.push(format!("the choice of {id} about subscription {kind} is lost on {}", holder["id"]));
            }
        }
    }
}

/// Values of a contact that nobody finds on the one in its place, in a field or a note.
fn lost_values(was: &Value, holder: &Value, excused: impl Fn(&str) -> bool) -> Vec<String> {
    let found = everything(holder);
    let mut lost = Vec::new();
    let mut demand = |field: &str, text: &str| {
        if !text.is_empty() && !excused(field) && !found.contains(&folded(text)) {
            lost.push(format!("{field} {text:?}"));
        }
    };
    for field in ["email", "phone", "name", "external_id"] {
        demand(field, was[field].as_str().unwrap_or_default());
    }
    for (name, value) in was["custom_attributes"].as_object().unwrap() {
        demand(name, value.as_str().unwrap_or_default());
    }
    for list in ["tags", "notes"] {
        for item in was[list].as_array().unwrap() {
            demand(list, &plain(item.as_str().unwrap_or_default()));
        }
    }
    for company in was["companies"].as_array().unwrap() {
        demand("companies", company["name"].as_str().unwrap_or_default());
    }
    lost
}

/// Every word a contact holds.
fn everything(contact: &Value) -> String {
    let mut parts = Vec::new();
    for field in ["email", "phone", "name", "external_id"] {
        parts.push(contact[field].as_str().unwrap_or_default().to_owned());
    }
    parts.extend(contact["custom_attributes"].as_object().unwrap().values().map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }));
    for list in ["tags", "notes"] {
        parts.extend(contact[list].as_array().unwrap().iter().map(|item| plain(item.as_str().unwrap_or_default())));
    }
    parts.extend(
        contact["companies"]
            .as_array()
            .unwrap()
            .iter()
            .map(|company| company["name"].as_str().unwrap_or_default().to_owned()),
    );
    folded(&parts.join("\n"))
}

fn plain(html: &str) -> String {
    html.replace("<p>", "").replace("</p>", "").replace("<br>", "\n")
}

fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A row that is said to have arrived has arrived with all it holds.
fn incoming(evidence: &Evidence<'_>, contacts: &BTreeMap<&str, &Value>, broken: &mut Vec<String>) {
    for (row, record) in evidence.rows {
        let Some(outcome) = evidence.outcomes.iter().find(|outcome| outcome.record.0 as usize == *record) else {
            continue;
        };
        if !matches!(outcome.outcome, Outcome::Created | Outcome::Updated | Outcome::Merged | Outcome::Unchanged) {
            continue;
        }
        let Some(contact) = outcome.contact.as_ref().and_then(|id| contacts.get(&*id.0)) else {
            broken.push(format!("row {row:?} is {} but has no contact", outcome.outcome.name()));
            continue;
        };
        let id = contact["id"].as_str().unwrap();
        if evidence.meddling.gone.contains(id) {
            continue;
        }
        let found = everything(contact);
        let edited = evidence.meddling.changed.iter().any(|(changed, _)| changed == id);
        for (place, value) in row.iter().enumerate() {
            for part in value.split(';').filter(|part| !part.is_empty()) {
                if !(found.contains(&folded(part)) || edited && place <= 2) {
                    broken.push(format!("row {row:?} is {}, but {id} lacks {part:?}", outcome.outcome.name()));
                }
            }
        }
    }
}

/// Whether an attempt is known to have been carried out.
pub(super) fn was_done(attempt: &Attempt) -> bool {
    matches!(attempt.result, Some(AttemptResult::Done { .. }))
}
