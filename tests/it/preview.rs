//! Abilities of the preview version: used where the workspace answers to them, done without where it does not.

use std::time::Duration;

use leadfold::contact::IntercomId;
use leadfold::intercom::{Bulk, BulkState, ContactPatch, Error, ReadWorkspace};
use leadfold::sandbox::Running;
use serde_json::{Value, json};

use crate::intercom_client::{client_of, sandbox};
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

const PATIENCE: Duration = Duration::from_secs(20);

async fn of_people(preview: bool) -> Running {
    sandbox(|options| {
        options.preview = preview;
        *options = std::mem::take(options).seed_csv("seed.csv", PEOPLE.as_bytes()).unwrap();
    })
    .await
}

fn id(number: u8) -> IntercomId {
    IntercomId(format!("{number:024}").as_str().into())
}

fn named(name: &str) -> ContactPatch {
    let standard = json!({ "name": name }).as_object().unwrap().clone();
    ContactPatch { standard, ..ContactPatch::default() }
}

fn requests(running: &Running, route: &str) -> u64 {
    running.stats()["routes"][route]["requests"].as_u64().unwrap_or(0)
}

#[tokio::test]
async fn many_are_updated_and_deleted_in_jobs_where_the_workspace_has_them() {
    let running = of_people(true).await;
    let client = client_of(&running, "2.14");
    let updates: Vec<_> = (1..=4).map(|number| (id(number), named(&format!("New {number}")))).collect();
    assert!(client.update_many(&updates, PATIENCE).await.iter().all(Result::is_ok));
    assert_eq!((requests(&running, "PUT /contacts/bulk"), requests(&running, "PUT /contacts/{id}")), (1, 0));
    assert_eq!(client.contact(&id(4)).await.unwrap().name.as_deref(), Some("New 4"));
    assert!(client.delete_many(&[id(1), id(2)], PATIENCE).await.iter().all(Result::is_ok));
    assert_eq!((requests(&running, "DELETE /contacts/{id}"), client.total().await.unwrap()), (0, Some(2)));
}

#[tokio::test]
async fn without_jobs_and_where_a_job_fails_in_part_each_is_written_by_itself() {
    for preview in [false, true] {
        let running = of_people(preview).await;
        let client = client_of(&running, "2.14");
        // The second one does not exist, which a job does not tell
        let updates = [(id(1), named("One")), (id(9), named("Nobody")), (id(4), named("Four"))];
        let results = client.update_many(&updates, PATIENCE).await;
        assert!(matches!(results.as_slice(), [Ok(()), Err(Error::NotFound { .. }), Ok(())]), "{results:?}");
        assert_eq!(requests(&running, "PUT /contacts/{id}"), 3, "{preview}");
        assert_eq!(client.contact(&id(4)).await.unwrap().name.as_deref(), Some("Four"));
        let gone = client.delete_many(&[id(1), id(9)], PATIENCE).await;
        assert!(gone.iter().all(Result::is_ok), "{gone:?}");
    }
}

#[tokio::test]
async fn a_job_of_creates_says_only_whether_all_went_well() {
    let running = of_people(true).await;
    let client = client_of(&running, "2.14");
    let patch = |body: Value| ContactPatch { standard: body.as_object().unwrap().clone(), ..ContactPatch::default() };
    let people = [
        patch(json!({ "role": "lead", "email": "cy@oran.example" })),
        patch(json!({ "role": "user", "external_id": "1" })),
    ];
    let job = client.bulk(Bulk::Create(&people)).await.unwrap().unwrap();
    assert!(!job.is_done());
    assert_eq!(client.bulk_done(job.clone(), Duration::ZERO).await.unwrap(), job, "without patience it is as it was");
    assert_eq!(client.bulk_done(job, PATIENCE).await.unwrap().state, BulkState::CompletedWithErrors);
    assert_eq!(client.total().await.unwrap(), Some(5));
    let many = vec![named("X"); 101];
    assert!(matches!(client.bulk(Bulk::Create(&many)).await, Err(Error::Configuration(_))));
    assert!(client_of(&running, "1.4").bulk(Bulk::Create(&people)).await.unwrap().is_none());
}
