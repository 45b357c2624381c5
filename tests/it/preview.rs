//! Abilities of the preview version: used where the workspace answers to them, done without where it does not.

use serde_json::Value;

use crate::support::{Desk, Ran};
use crate::workspace::Workspace;

const PEOPLE: &str = "id,role,external_id,email,name,plan,phone
000000000000000000000001,user,1,al@oran.example,Al,,
000000000000000000000002,user,2,al@oran.example,Albert,pro,
000000000000000000000003,lead,,al@oran.example,Meursault,pro,+441632960123
000000000000000000000004,user,4,bo@oran.example,Bo,,
";

fn workspace(preview: bool) -> Workspace {
    let options = leadfold::sandbox::Options { preview, ..Workspace::options() };
    Workspace::start(options.seed_csv("seed.csv", PEOPLE.as_bytes()).unwrap())
}

fn run(workspace: &Workspace, arguments: &[&str]) -> Ran {
    Desk::new().run_on(&workspace.url(), arguments)
}

#[test]
fn a_merge_is_shown_before_it_is_made() {
    let workspace = workspace(true);
    let lead = "000000000000000000000003";
    let merge = ["lead", "merge", lead, "--into", "1", "--preview"];
    let shown = run(&workspace, &merge).ends_with(2);
    shown.says(&["Intercom says the merge is allowed", "phone", "adopted", "discarded", "nobody is here to confirm"]);
    assert_eq!(workspace.contacts().len(), 4, "asking changes nothing");
    run(&workspace, &[&merge[..], &["--yes"]].concat()).ends_with(0);
    assert_eq!(workspace.contacts().len(), 3);
}

#[test]
fn a_merge_that_would_be_refused_is_not_sent() {
    let workspace = workspace(true);
    let arguments = ["user", "merge", "4", "--into", "1", "--preview", "--yes"];
    run(&workspace, &arguments).ends_with(1).says(&["Intercom would refuse this merge"]);
    assert_eq!(workspace.contacts().len(), 4);
}

#[test]
fn users_are_merged_where_the_workspace_can() {
    let workspace = workspace(true);
    let arguments = ["user", "merge", "2", "--into", "1", "--preview", "--yes", "--json"];
    let ran = run(&workspace, &arguments).ends_with(0);
    let merged: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&merged["contact"]["external_id"], &merged["contact"]["name"]), (&"1".into(), &"Al".into()));
    assert_eq!(merged["contact"]["custom_attributes"]["plan"], "pro");
    assert_eq!(workspace.contacts().len(), 3);
    // The other account's id is kept where it can be found
    run(&workspace, &["user", "note", "1"]).ends_with(0).says(&["external_id: 2", "name: Albert"]);
}

#[test]
fn a_workspace_without_the_preview_merges_leads_as_ever_and_no_users() {
    let workspace = workspace(false);
    let users = ["user", "merge", "2", "--into", "1", "--preview", "--yes"];
    run(&workspace, &users).ends_with(2).says(&["this workspace does not merge users"]);
    let lead = ["lead", "merge", "000000000000000000000003", "--into", "1", "--preview", "--yes"];
    run(&workspace, &lead).ends_with(0).says(&["does not answer to Intercom's preview of merges"]);
    assert_eq!(workspace.contacts().len(), 3);
}
