//! An undo after a full apply, compared field by field with the workspace before.
//!
//! Whatever still differs must be of a kind that was announced as irreversible, and as often as was announced.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use leadfold::sandbox::{Options, SystemClock};
use serde_json::Value;

use crate::chaos::scene::{KEEP, Scene};
use crate::people::Chance;
use crate::support::Desk;
use crate::workspace::Workspace;

const MERGED: &str = "leads that were merged stay merged";
const DELETED: &str = "contacts that were deleted stay deleted";
const NOTES: &str = "notes that were added stay";
const CONVERSATIONS: &str = "conversations keep the participant that was added";
const FOR_EVER: &str = "opt-outs and promotions stay";
const KEPT: &str = "attributes that keep values of merged leads stay";
const NAMES: &str = "names of tags and companies stay in the workspace";

/// Everything in the workspace by contact and field, without the stamp that every write moves.
fn by_field(state: &Value) -> BTreeMap<(String, String), Value> {
    let mut fields = BTreeMap::new();
    for contact in state["contacts"].as_array().unwrap() {
        for (field, value) in contact.as_object().unwrap() {
            if field != "updated_at" {
                fields.insert((contact["id"].as_str().unwrap().to_owned(), field.clone()), value.clone());
            }
        }
    }
    fields
}

fn items(value: &Value) -> Vec<&Value> {
    value.as_array().into_iter().flatten().collect()
}

/// How many items were added, when none is missing.
fn added(before: &Value, after: &Value) -> Option<usize> {
    let (before, after) = (items(before), items(after));
    before.iter().all(|item| after.contains(item)).then(|| after.len() - before.len())
}

/// Why a field may differ, and how much of that it is; `None` for what undo should have put back.
fn excuse(field: &str, before: &Value, after: &Value) -> Option<(&'static str, usize)> {
    match field {
        "notes" => added(before, after).map(|count| (NOTES, count)),
        "conversations" => added(before, after).map(|count| (CONVERSATIONS, count)),
        "unsubscribed_from_emails" => (*after == Value::Bool(true)).then_some((FOR_EVER, 1)),
        "role" => (before == "lead" && after == "user").then_some((FOR_EVER, 1)),
        "subscriptions" => {
            let (before, after) = (before.as_object().unwrap(), after.as_object().unwrap());
            let other: Vec<_> = after.iter().filter(|(kind, choice)| before.get(*kind) != Some(choice)).collect();
            let kept = before.keys().all(|kind| after.contains_key(kind));
            (kept && other.iter().all(|(_, choice)| *choice == "opt_out")).then_some((FOR_EVER, other.len()))
        }
        _ => None,
    }
}

/// Applies and undoes a plan of every kind of group; gives what was announced and what still differs.
fn taken_back(seed: u64, more: &[&str]) -> (BTreeMap<String, u64>, BTreeMap<&'static str, usize>) {
    let scene = Scene::calm(seed, &mut Chance::new(seed));
    let (desk, workspace, url) = (&scene.desk, &scene.workspace, scene.workspace.url());
    let plan = [&["plan", "list.csv", "--pull", "-o", "full.plan", "--no-report"], more].concat();
    desk.run_on(&url, &plan).ends_with(0);
    let before = workspace.state();
    let apply = ["apply", "full.plan", "--yes", "--create-attributes", "--confirm-delete-in", "Leadfold sandbox"];
    desk.run_on(&url, &apply).ends_with(0);
    assert_ne!(by_field(&workspace.state()), by_field(&before));
    let forecast = desk.run(&["undo", "full.plan", "-n", "--json"]).ends_with(0).out;
    let forecast: Value = serde_json::from_str(&forecast).unwrap();
    let announced = serde_json::from_value(forecast["forecast"]["irreversible"].clone()).unwrap();
    desk.run_on(&url, &["undo", "full.plan", "--yes"]).ends_with(0);
    let after = workspace.state();
    for list in ["tags", "companies", "data_attributes", "visitors"] {
        let ids = |state: &Value| -> BTreeSet<String> {
            items(&state[list]).iter().map(|item| format!("{}{}", item["id"], item["name"])).collect()
        };
        assert!(ids(&after).is_superset(&ids(&before)), "{list}");
    }
    (announced, what_differs(&before, &after))
}

fn what_differs(before: &Value, after: &Value) -> BTreeMap<&'static str, usize> {
    let (was, is) = (by_field(before), by_field(after));
    let merged: BTreeMap<&str, &str> = items(&after["contacts"])
        .into_iter()
        .filter(|contact| contact["state"] == "merged")
        .map(|contact| (contact["id"].as_str().unwrap(), contact["merged_into"].as_str().unwrap()))
        .collect();
    let deleted: BTreeSet<&str> = items(&after["deleted"]).iter().filter_map(|id| id.as_str()).collect();
    let mut differs: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut count = |kind, much| *differs.entry(kind).or_default() += much;
    count(MERGED, merged.len());
    count(
        DELETED,
        items(&before["contacts"]).iter().filter(|one| deleted.contains(one["id"].as_str().unwrap())).count(),
    );
    let surplus: Vec<_> = is.iter().filter(|(place, _)| !was.contains_key(*place)).collect();
    assert!(surplus.is_empty(), "was not there before: {surplus:?}");
    for ((id, field), before) in &was {
        let Some(after) = is.get(&(id.clone(), field.clone())) else {
            assert!(deleted.contains(id.as_str()), "{id} is gone and was never deleted");
            continue;
        };
        // A merge moves what it moves, and what came with it stays with the user
        if before == after || merged.contains_key(id.as_str()) {
            continue;
        }
        let took_in = merged.values().any(|into| into == id);
        match excuse(field, before, after) {
            _ if took_in
                && !["id", "state", "role", "external_id", "email", "created_at"].contains(&field.as_str()) => {}
            Some((kind, much)) => count(kind, much),
            None => panic!("{field} of {id} was {before} and is {after}"),
        }
    }
    differs.retain(|_, much| *much > 0);
    differs
}

#[test]
fn the_workspace_is_as_before_but_for_what_was_announced() {
    for (seed, more, kinds) in [
        (3, &[] as &[&str], &[MERGED, NOTES, CONVERSATIONS, FOR_EVER] as &[&str]),
        (5, &["--lead-groups", "promote"], &[MERGED, FOR_EVER]),
        (7, &["--lead-groups", "delete"], &[MERGED, DELETED, NOTES]),
        (4, &KEEP, &[MERGED, KEPT]),
    ] {
        let (announced, differs) = taken_back(seed, more);
        for (kind, much) in &differs {
            let told = announced.get(*kind).copied().unwrap_or(0);
            let exact = [MERGED, DELETED].contains(kind);
            let fits = if exact { told == *much as u64 } else { told >= *much as u64 };
            assert!(fits, "{more:?}: {kind}: {much} found, {told} announced");
        }
        let known = [MERGED, DELETED, NOTES, CONVERSATIONS, FOR_EVER, NAMES, KEPT];
        assert!(announced.keys().all(|kind| known.contains(&kind.as_str())), "{announced:?}");
        for kind in kinds {
            assert!(announced.contains_key(*kind), "{more:?} shows nothing of '{kind}': {announced:?}");
        }
    }
}

#[test]
fn what_was_made_is_deleted_again_whatever_the_servers_clock_says() {
    for skew_millis in [3_600_000, -3_600_000] {
        let options = Options { clock: Arc::new(SystemClock { skew_millis }), ..Workspace::options() };
        let (desk, workspace) = (Desk::new(), Workspace::start(options));
        desk.file("list.csv", "email,name\nann@hillside.example,Ann Lee\nbo@brook.example,Bo Dahl\n");
        let url = workspace.url();
        desk.run_on(&url, &["plan", "list.csv", "--pull", "-o", "x.plan", "--no-report"]).ends_with(0);
        desk.run_on(&url, &["apply", "x.plan", "--yes"]).ends_with(0);
        assert_eq!(workspace.contacts().len(), 2);
        desk.run_on(&url, &["undo", "x.plan", "--yes"]).ends_with(0);
        assert_eq!(workspace.contacts().len(), 0, "{skew_millis}");
    }
}
