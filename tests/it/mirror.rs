//! `pull`: everything once, then only what changed, and nothing that went away stays.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{Desk, Ran};
use crate::workspace::Workspace;

fn id(number: usize) -> String {
    format!("{number:024x}")
}

/// Users with an external id, a company and a tag each.
fn seed(contacts: usize) -> String {
    let mut csv = "id,role,external_id,email,name,tags,company,plan\n".to_owned();
    for number in 0..contacts {
        writeln!(
            csv,
            "{},user,u-{number},p{number}@example.com,Person {number},t{},Company {},plan {}",
            id(number),
            number % 5,
            number % 40,
            number % 3
        )
        .unwrap();
    }
    csv
}

fn refreshed(ran: &Ran) -> Value {
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(document["schema"], "leadfold.pull/1");
    document["refreshed"].clone()
}

struct Copy {
    workspace: Workspace,
    desk: Desk,
}

impl Copy {
    fn of(contacts: usize) -> Self {
        Self { workspace: Workspace::seeded(&seed(contacts)), desk: Desk::new() }
    }

    #[track_caller]
    fn pull(&self, more: &[&str]) -> Ran {
        let arguments = [&["pull", "-o", "all.csv", "--json"], more].concat();
        self.desk.run_on(&self.workspace.url(), &arguments).ends_with(0)
    }

    /// What a first pull into another mirror writes.
    fn anew(&self) -> String {
        let mirror = self.desk.at("fresh.db");
        drop(std::fs::remove_file(&mirror));
        let arguments = ["pull", "-o", "fresh.csv", "--mirror", "fresh.db"];
        self.desk.run_on(&self.workspace.url(), &arguments).ends_with(0);
        self.desk.read("fresh.csv")
    }
}

#[test]
fn a_second_pull_after_fifty_changes_makes_few_requests_and_gives_the_same_file_as_a_first_one() {
    let copy = Copy::of(3_000);
    let first = refreshed(&copy.pull(&[]));
    assert_eq!((&first["full"], &first["contacts"]), (&json!(true), &json!(3_000)));
    assert_eq!(copy.desk.read("all.csv").lines().count(), 3_001);

    // Stamps have whole seconds, and a change within the second of the seeding leaves its stamp as it was
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    for number in (0..3_000).step_by(60) {
        copy.workspace.edit(&json!({"contact": id(number), "set": {"name": format!("Renamed {number}")}}));
    }
    let before = copy.workspace.requests();
    let ran = copy.pull(&[]);
    let second = refreshed(&ran);
    assert_eq!((&second["full"], &second["changed"], &second["drift"]), (&json!(false), &json!(50), &json!(0)));
    assert!(copy.workspace.requests() - before < 20, "{second}");
    assert!(ran.err.contains("50 contacts new or changed"), "{}", ran.err);
    assert!(copy.desk.read("all.csv").contains("Renamed 2940"));
    assert_eq!(copy.desk.read("all.csv"), copy.anew());

    // Nothing changed since: nothing is written
    assert_eq!(refreshed(&copy.pull(&[]))["changed"], json!(0));
}

#[test]
fn contacts_that_went_away_are_noticed_and_leave_the_mirror() {
    let copy = Copy::of(20);
    let lead =
        copy.desk.run_on(&copy.workspace.url(), &["lead", "create", "--email", "p3@example.com", "--yes", "--json"]);
    let lead: Value = serde_json::from_str(&lead.ends_with(0).out).unwrap();
    let lead = lead["contact"]["id"].as_str().unwrap();
    copy.pull(&["--api", "2.16"]);
    copy.workspace.edit(&json!({"contact": id(7), "action": "archive"}));
    copy.workspace.edit(&json!({"contact": lead, "action": "merge", "into": id(3)}));
    copy.workspace.edit(&json!({"contact": id(9), "action": "delete"}));
    let ran = copy.pull(&["--api", "2.16"]);
    let mut departed: Vec<(String, Value)> = refreshed(&ran)["departed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["id"].as_str().unwrap().to_owned(), one["fate"].clone()))
        .collect();
    departed.sort_by(|left, right| left.0.cmp(&right.0));
    let mut expected =
        vec![(id(7), json!("archived")), (id(9), json!("gone")), (lead.to_owned(), json!({"merged": {"into": id(3)}}))];
    expected.sort_by(|left, right| left.0.cmp(&right.0));
    assert_eq!(departed, expected);
    ran.says(&["3 contacts went away", &format!("{} archived", id(7)), &format!("merged into {}", id(3))]);
    assert_eq!(copy.desk.read("all.csv"), copy.anew());
}

#[test]
fn in_a_large_workspace_the_count_tells_that_contacts_went_away_and_a_full_pull_which() {
    let copy = Copy::of(2_000);
    copy.pull(&[]);
    copy.workspace.edit(&json!({"contact": id(1_234), "action": "archive"}));
    let before = copy.workspace.requests();
    let ran = copy.pull(&[]);
    assert!(copy.workspace.requests() - before < 20);
    assert_eq!(refreshed(&ran)["drift"], json!(1));
    ran.says(&["1 contacts more than the workspace", "leadfold pull --full"]);
    let full = refreshed(&copy.pull(&["--full"]));
    assert_eq!(full["departed"], json!([{"id": id(1_234), "fate": "archived"}]));
    assert_eq!((&full["contacts"], &full["drift"]), (&json!(1_999), &json!(0)));
}

#[test]
fn in_a_large_workspace_those_that_went_away_are_found_by_the_day_they_were_created() {
    let mut csv = "id,role,email,created_at\n".to_owned();
    for number in 0..6_000 {
        // A little over twelve a day
        let created_at = 1_700_000_000 + number * 7_000;
        writeln!(csv, "{},lead,p{number}@example.com,{created_at}", id(number)).unwrap();
    }
    let copy = Copy { workspace: Workspace::seeded(&csv), desk: Desk::new() };
    copy.pull(&[]);
    for (number, action) in [(17, "archive"), (3_210, "delete"), (5_999, "archive")] {
        copy.workspace.edit(&json!({"contact": id(number), "action": action}));
    }
    let before = copy.workspace.requests();
    let done = refreshed(&copy.pull(&[]));
    assert!(copy.workspace.requests() - before <= 30, "{} requests", copy.workspace.requests() - before);
    assert_eq!((&done["full"], &done["contacts"], &done["drift"]), (&json!(false), &json!(5_997), &json!(0)));
    let mut departed: Vec<&str> =
        done["departed"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    departed.sort_unstable();
    assert_eq!(departed, [id(17), id(3_210), id(5_999)]);
    assert_eq!(copy.desk.read("all.csv"), copy.anew());
}

#[test]
fn a_pull_that_is_broken_off_is_begun_again() {
    use leadfold::sandbox::{Fault, FaultRule, Faults};
    let copy = Copy::of(700);
    let refusing = FaultRule { path: Some("/contacts".into()), on: Some(3), ..FaultRule::always(Fault::Unauthorized) };
    copy.workspace.set_faults(Faults { rules: vec![refusing], ..Faults::default() });
    copy.desk.run_on(&copy.workspace.url(), &["pull", "-o", "all.csv"]).ends_with(8);
    assert!(!copy.desk.at("all.csv").exists());
    copy.workspace.set_faults(Faults::default());
    let done = refreshed(&copy.pull(&[]));
    assert_eq!((&done["full"], &done["contacts"]), (&json!(true), &json!(700)));
}

#[test]
fn a_mirror_of_another_workspace_is_not_touched() {
    let copy = Copy::of(3);
    copy.pull(&["--mirror", "mine.db"]);
    let other = Workspace::start(leadfold::sandbox::Options { workspace_id: "other".into(), ..Workspace::options() });
    let arguments = ["pull", "-o", "other.csv", "--mirror", "mine.db"];
    copy.desk
        .run_on(&other.url(), &arguments)
        .ends_with(5)
        .says(&["the mirror is of workspace sandbox1, not of other"]);
    copy.desk.file("notes.db", "these are notes and no database at all, but long enough for a header of one");
    let arguments = ["pull", "--mirror", "notes.db"];
    copy.desk.run_on(&other.url(), &arguments).ends_with(2).says(&["not a leadfold mirror"]);
}

#[test]
fn a_second_pull_into_one_mirror_is_told_to_wait() {
    let copy = Copy::of(3);
    let held = leadfold::store::Mirror::open(&copy.desk.at("mine.db"), "sandbox1").unwrap();
    let pull = ["pull", "--mirror", "mine.db"];
    let ran = copy.desk.run_on(&copy.workspace.url(), &pull).ends_with(7);
    ran.says(&["mine.db: another leadfold is working with this mirror; wait for it to end"]);
    drop(held);
    copy.desk.run_on(&copy.workspace.url(), &pull).ends_with(0);
}

#[test]
fn a_sandbox_that_was_started_anew_is_another_workspace() {
    let copy = Copy::of(5);
    copy.pull(&[]);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let anew = Copy { workspace: Workspace::seeded(&seed(5).replace("Person", "Somebody")), desk: copy.desk };
    assert_eq!(refreshed(&anew.pull(&[]))["full"], json!(true));
    assert_eq!(anew.desk.read("all.csv").matches("Somebody").count(), 5);
}

#[test]
fn a_plan_reads_what_changed_since_the_last_pull_or_plan_and_never_what_is_gone() {
    let copy = Copy::of(2_000);
    let url = copy.workspace.url();
    let plan = |more: &[&str]| {
        let before = copy.workspace.requests();
        let arguments = [&["plan", "--pull", "-o", "self.plan", "--no-report", "-v"], more].concat();
        let ran = copy.desk.run_on(&url, &arguments).ends_with(0);
        drop(std::fs::remove_file(copy.desk.at("self.plan")));
        (ran, copy.workspace.requests() - before)
    };
    copy.pull(&[]);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    copy.workspace.edit(&json!({"contact": id(7), "set": {"name": "Renamed"}}));
    let (ran, requests) = plan(&[]);
    ran.says(&["2000 contacts of the workspace from the last pull, 1 of them read again", "2000 rows to link"]);
    assert!(requests < 20, "{requests}");
    // Within one second, so that only the contact itself tells
    copy.workspace.edit(&json!({"contact": id(7), "set": {"name": "Once more"}}));
    plan(&[]).0.says(&["1 of them read again"]);
    // A contact less: the count says so, and everything is read
    copy.workspace.edit(&json!({"contact": id(8), "action": "archive"}));
    plan(&[]).0.says(&["1999 rows to link"]);
    let (_, requests) = plan(&["--full"]);
    assert!(requests > 13, "--full reads every page: {requests}");
    // Somebody else has the mirror: everything is read past it
    let mirror = copy.desk.at(".local/state/leadfold/mirrors/sandbox1.db");
    let _held = leadfold::store::Mirror::open(&mirror, "sandbox1").unwrap();
    plan(&[]).0.says(&["every contact is read instead", "1999 rows to link"]);
}

/// The figures of a large workspace, in both dialects: `cargo test --release --test it a_hundred_and_twenty -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes: 120,000 contacts, twice"]
fn a_hundred_and_twenty_thousand_contacts_are_pulled_in_flat_memory() {
    for api in ["2.14", "1.4"] {
        let copy = Copy::of(120_000);
        let pull = || {
            let started = std::time::Instant::now();
            let arguments = ["pull", "-o", "all.csv", "--json", "--api", api];
            let (ran, peak_mb) = copy.desk.measured_on(&copy.workspace.url(), &arguments);
            let done = refreshed(&ran.ends_with(0));
            eprintln!("{api}: {} requests, {peak_mb} MB, {:?}", done["requests"], started.elapsed());
            assert!(peak_mb < 80, "{peak_mb} MB");
            done
        };
        let first = pull();
        assert_eq!((&first["contacts"], &first["drift"]), (&json!(120_000), &json!(0)));
        assert_eq!(copy.desk.read("all.csv").lines().count(), 120_001);
        std::thread::sleep(std::time::Duration::from_millis(1_100));
        for number in (0..120_000).step_by(2_400) {
            copy.workspace.edit(&json!({"contact": id(number), "set": {"name": "Renamed"}}));
        }
        let second = pull();
        assert_eq!((&second["changed"], &second["drift"]), (&json!(50), &json!(0)));
        assert!(second["requests"].as_u64().unwrap() < 20, "{second}");
    }
}
