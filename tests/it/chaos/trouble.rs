//! What goes wrong in a chaos run, all of it from its seed.

use leadfold::sandbox::{Fault, FaultRule, Faults, Reset, When};
use serde_json::{Value, json};

use super::scene::{Meddling, Scene};
use crate::people::Chance;

/// How patient a run is: the normal tests have no time for a wait of half a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    Short,
    Long,
}

fn fault(chance: &mut Chance, patience: Patience) -> (Fault, u64) {
    let when = [When::BeforeCommit, When::AfterCommit][chance.below(2)];
    let status = [500, 502, 503][chance.below(3)];
    let ahead = match patience {
        Patience::Short => 2,
        Patience::Long => 3_600,
    };
    match chance.below(14) {
        0..=2 => (Fault::ServerError { status, when: When::BeforeCommit, html: chance.below(2) == 0 }, 6),
        3..=5 => (Fault::ServerError { status, when: When::AfterCommit, html: false }, 6),
        6 | 7 => (Fault::Drop { when }, 6),
        8 => (Fault::Hang { when }, 2),
        9 => (Fault::Slow { bytes_per_second: 300 }, 2),
        10 => (Fault::Truncate { bytes: chance.below(60) }, 4),
        11 => (Fault::Html, 4),
        12 => {
            let resets = [Reset::Absent, Reset::Past(30), Reset::Ahead(ahead), Reset::Window];
            let reset = resets[chance.below(resets.len())];
            (Fault::TooManyRequests { reset }, if matches!(reset, Reset::Past(_)) { 3 } else { 1 })
        }
        _ => (Fault::Unauthorized, 1),
    }
}

/// Four rules; writes are picked more often than everything, because that is where it hurts.
pub(super) fn faults(seed: u64, chance: &mut Chance, patience: Patience, legacy: bool) -> Faults {
    let paths = if legacy {
        ["/contacts", "/users", "/contacts/convert", "/tags"]
    } else {
        ["/contacts", "/contacts/", "/contacts/merge", "/tags"]
    };
    let rules = (0..4)
        .map(|_| {
            let (fault, times) = fault(chance, patience);
            let to_writes = chance.below(4) > 0;
            let odds = [5, 10, 30][chance.below(3)];
            FaultRule {
                method: to_writes.then(|| "POST".to_owned()),
                path: to_writes.then(|| paths[chance.below(paths.len())].to_owned()),
                probability: Some(f64::from(odds) / 100.0),
                times: Some(times),
                ..FaultRule::always(fault)
            }
        })
        .collect();
    Faults { seed, rules, ..Faults::default() }
}

/// Another teammate does something to a contact of the workspace. What is refused did not happen.
pub(super) fn meddle(chance: &mut Chance, scene: &Scene, meddling: &mut Meddling, between_runs: bool) {
    let contacts = scene.before["contacts"].as_array().unwrap();
    let contact = &contacts[chance.below(contacts.len())];
    let id = contact["id"].as_str().unwrap();
    let number = chance.below(10_000);
    let edit = |order: Value| scene.workspace.try_edit(&order);
    let is_lead = contact["role"] == "lead";
    match chance.below(7) {
        0 => {
            let name = format!("Renamed Byhand{number}");
            if edit(json!({ "contact": id, "set": { "name": name } })) {
                meddling.wrote(id, "name", &name, between_runs);
            }
        }
        1 => {
            let phone = format!("+4989{:07}", 5_000_000 + number);
            if edit(json!({ "contact": id, "set": { "phone": phone } })) {
                meddling.wrote(id, "phone", &phone, between_runs);
            }
        }
        2 | 3 => {
            let plan = format!("chosen by hand {number}");
            if edit(json!({ "contact": id, "set": { "custom_attributes": { "plan": plan } } })) {
                meddling.wrote(id, "plan", &plan, between_runs);
            }
        }
        4 => {
            let email = format!("byhand{number}@elsewhere.example");
            if is_lead && edit(json!({ "contact": id, "set": { "email": email } })) {
                meddling.wrote(id, "email", &email, between_runs);
            }
        }
        5 => {
            if is_lead && edit(json!({ "contact": id, "action": "archive" })) {
                meddling.gone.insert(id.to_owned());
            }
        }
        _ => {
            let user = contacts.iter().find(|other| other["role"] == "user" && other["email"] == contact["email"]);
            if let (Some(user), true) = (user, is_lead)
                && edit(json!({ "contact": id, "action": "merge", "into": user["id"] }))
            {
                meddling.gone.insert(id.to_owned());
            }
        }
    }
}
