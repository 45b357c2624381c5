//! The page is the same, whether the plan is still in memory or read from its file.

use std::path::Path;

use crate::support::Desk;
use crate::workspace::Workspace;

fn samples(desk: &Desk) -> [&'static str; 4] {
    let names = ["intercom-leads.csv", "intercom-users.csv", "webinar-list.csv", "broken-rows.csv"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    for name in names {
        desk.file(name, std::fs::read(folder.join(name)).unwrap());
    }
    names
}

/// Says where two texts part: a page is too long to be printed.
fn differs(one: &str, other: &str) -> Option<(String, String)> {
    let parted = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    parted.map(|(one, other)| (one.to_owned(), other.to_owned()))
}

#[test]
fn a_page_written_later_is_the_page_written_at_once() {
    let desk = Desk::new();
    let [leads, users, webinar, broken] = samples(&desk);
    let at_once =
        desk.run(&["plan", webinar, broken, "--existing", leads, "--existing", users, "-o", "all.plan"]).ends_with(3);
    desk.run(&["report", "all.plan", "-o", "later.html"]).ends_with(0);
    assert_eq!(differs(&desk.read("all.html"), &desk.read("later.html")), None);
    let later = desk.run(&["show", "all.plan"]).ends_with(0);
    assert_eq!(differs(&at_once.out, &later.out), None, "so is the report on a terminal");
}

#[test]
fn a_group_is_explained_without_the_rest_of_its_plan() {
    let desk = Desk::new();
    let [leads, ..] = samples(&desk);
    desk.run(&["plan", "--existing", leads, "-o", "leads.plan", "--no-report"]).ends_with(0);
    let groups = desk.run(&["show", "leads.plan", "--groups", "--format", "json"]).ends_with(0).out;
    let groups: serde_json::Value = serde_json::from_str(&groups).unwrap();
    let of_size = |alone: bool| {
        let mut found = groups["groups"].as_array().unwrap().iter();
        found.find(|group| (group["members"].as_array().unwrap().len() == 1) == alone).unwrap()["id"].to_string()
    };
    let several = desk.run(&["show", "leads.plan", "--group", &of_size(false)]).ends_with(0);
    several.says(&["stays:", "Why row", "total", "Planned"]);
    desk.run(&["show", "leads.plan", "--group", &of_size(true)]).ends_with(0).says(&["1 row, single"]);
    desk.run(&["show", "leads.plan", "--group", "999999"]).ends_with(2);
}

#[test]
fn after_an_apply_the_page_draws_the_limit_the_workspace_told() {
    let desk = Desk::new();
    let [leads, ..] = samples(&desk);
    let options = leadfold::sandbox::Options { limit_per_window: 4_321, ..Workspace::options() };
    let workspace = Workspace::start(options.seed_csv("seed.csv", desk.read(leads).as_bytes()).unwrap());
    desk.run(&["plan", "--existing", leads, "-o", "leads.plan"]).ends_with(0);
    desk.run_on(&workspace.url(), &["apply", "leads.plan", "--yes", "--create-attributes"]).ends_with(0);
    assert!(desk.read("leads.html").contains("the limit is 4,321"));
}
