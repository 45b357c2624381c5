//! The laws about the journal: it tells exactly what the server saw, and nothing went before it was looked at.

use std::collections::BTreeMap;

use leadfold::plan::{ActionBody, Target};
use leadfold::store::AttemptResult;
use serde_json::Value;

use super::laws::{Evidence, was_done};

/// A request that was carried out, as the server logged it.
struct Seen<'a> {
    number: u64,
    method: &'a str,
    path: &'a str,
    committed: bool,
}

fn seen(log: &Value) -> Vec<Seen<'_>> {
    let entries = log["log"].as_array().unwrap();
    let mut seen: Vec<Seen<'_>> = entries
        .iter()
        .map(|entry| Seen {
            number: entry["number"].as_u64().unwrap(),
            method: entry["method"].as_str().unwrap(),
            path: entry["path"].as_str().unwrap().split('?').next().unwrap_or_default(),
            committed: entry["committed"] == true,
        })
        .collect();
    seen.sort_by_key(|entry| entry.number);
    seen
}

fn writes(entry: &Seen<'_>) -> bool {
    entry.method != "GET" && !entry.path.ends_with("/search") && !entry.path.ends_with("/list")
}

/// Method and path of a request in the journal.
fn address(request: &str) -> String {
    request.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

/// Doing these twice does something twice.
fn must_not_repeat(address: &str) -> bool {
    address == "POST /contacts" || address == "POST /contacts/merge" || address.ends_with("/notes")
}

pub(super) fn all_settled(evidence: &Evidence<'_>, broken: &mut Vec<String>) {
    for attempt in evidence.attempts.iter().filter(|attempt| attempt.result.is_none()) {
        broken.push(format!("attempt {} ({}) was never settled", attempt.id.0, attempt.request));
    }
}

pub(super) fn compare(evidence: &Evidence<'_>, broken: &mut Vec<String>) {
    let seen = seen(evidence.log);
    let (mut carried_out, mut intended) = (BTreeMap::new(), BTreeMap::new());
    let (mut done, mut in_doubt, mut answered) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for entry in seen.iter().filter(|entry| writes(entry)) {
        let count: &mut u64 = carried_out.entry(format!("{} {}", entry.method, entry.path)).or_default();
        *count += u64::from(entry.committed);
    }
    for attempt in evidence.attempts {
        *intended.entry(address(&attempt.request)).or_insert(0_u64) += 1;
        *done.entry(address(&attempt.request)).or_insert(0_u64) += u64::from(was_done(attempt));
        // Without an answer of its own it was found done afterwards, by whomever: a merge brings tags along.
        let by_answer = was_done(attempt) && attempt.request_id.is_some();
        *answered.entry(address(&attempt.request)).or_insert(0_u64) += u64::from(by_answer);
        let doubtful = matches!(attempt.result, Some(AttemptResult::InDoubt { .. }));
        *in_doubt.entry(address(&attempt.request)).or_insert(0_u64) += u64::from(doubtful);
    }
    for (address, count) in &carried_out {
        if !intended.contains_key(address) {
            broken.push(format!("{address} is in no journal"));
        }
        let told = done.get(address).copied().unwrap_or(0);
        let perhaps = in_doubt.get(address).copied().unwrap_or(0);
        // A merge of ours that was never carried out cannot be told from the same merge by somebody else
        let by_others = if address == "POST /contacts/merge" { evidence.meddling.gone.len() as u64 } else { 0 };
        if must_not_repeat(address) && !(told..=told + perhaps + by_others).contains(&(count + by_others)) {
            broken.push(format!(
                "{address} was carried out {count} times, the journal says {told} and {perhaps} perhaps"
            ));
        }
    }
    for (address, told) in &answered {
        if *told > 0 && carried_out.get(address).copied().unwrap_or(0) == 0 {
            broken.push(format!("{address} is done in the journal, but never was carried out"));
        }
    }
    archived_after_a_look(evidence, &seen, broken);
}

/// Between the last change of a survivor and the archiving of the other one, the survivor was read.
fn archived_after_a_look(evidence: &Evidence<'_>, seen: &[Seen<'_>], broken: &mut Vec<String>) {
    for action in evidence.actions {
        let (Target::Existing(gone), ActionBody::Archive { survivor: Target::Existing(stays) }) =
            (&action.target, &action.body)
        else {
            continue;
        };
        let (archive, survivor) = (format!("/contacts/{}/archive", gone.0), format!("/contacts/{}", stays.0));
        let Some(archived) = seen.iter().find(|entry| entry.path == archive && entry.committed) else { continue };
        let earlier = || seen.iter().filter(|entry| entry.number < archived.number);
        let changed = earlier().filter(|entry| writes(entry) && entry.committed && entry.path.starts_with(&survivor));
        let changed = changed.map(|entry| entry.number).max().unwrap_or(0);
        if !earlier().any(|entry| entry.method == "GET" && entry.path == survivor && entry.number > changed) {
            broken.push(format!("{} was archived before {} was verified", gone.0, stays.0));
        }
    }
}
