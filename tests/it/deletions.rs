//! Deleting for good, which nobody can take back, and applying again what was taken back.

use crate::support::Desk;
use crate::workspace::Workspace;

/// Two leads of one person.
const TWICE: &str = "id,role,email,name,phone\n\
    000000000000000000000001,lead,ann@hill.example,Ann Hill,+4930111222\n\
    000000000000000000000002,lead,ann@hill.example,Ann Hill,+4930111222\n";

fn planned(lead_groups: &str) -> (Desk, Workspace) {
    let (desk, workspace) = (Desk::new(), Workspace::seeded(TWICE));
    let plan = ["plan", "--pull", "-o", "clean.plan", "--no-report", "--lead-groups", lead_groups];
    desk.run_on(&workspace.url(), &plan).ends_with(0);
    (desk, workspace)
}

#[test]
fn a_plan_that_deletes_wants_the_name_of_the_workspace() {
    let (desk, workspace) = planned("delete");
    let apply = |more: &[&str]| desk.run_on(&workspace.url(), &[&["apply", "clean.plan", "--yes"], more].concat());
    apply(&[]).ends_with(2).says(&["deletes 1 contacts", "--confirm-delete-in 'Leadfold sandbox'"]);
    apply(&["--confirm-delete-in", "Another one"]).ends_with(2);
    assert_eq!((workspace.contacts().len(), workspace.writes()), (2, 0));
    apply(&["--confirm-delete-in", "Leadfold sandbox"]).ends_with(0);
    assert_eq!(workspace.contacts().len(), 1);
}

#[test]
fn undo_puts_every_field_back_and_applying_again_says_that_it_was_undone() {
    let (desk, workspace) = planned("archive");
    let contacts = || {
        let mut contacts = workspace.state()["contacts"].as_array().unwrap().clone();
        for contact in &mut contacts {
            // Every write of anybody moves it
            contact["updated_at"] = serde_json::Value::Null;
        }
        contacts
    };
    let before = contacts();
    desk.run_on(&workspace.url(), &["apply", "clean.plan", "--yes"]).ends_with(0);
    assert_ne!(contacts(), before);
    desk.run_on(&workspace.url(), &["undo", "clean.plan", "--yes"]).ends_with(0);
    assert_eq!(contacts(), before);
    desk.run_on(&workspace.url(), &["apply", "clean.plan", "--yes"]).ends_with(0).says(&["applied and undone"]);
    assert_eq!(workspace.contacts().len(), 1);
}
