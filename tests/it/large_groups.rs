//! A certain group of more than 20 members waits for a person, from the plan to the apply.

use std::fmt::Write as _;

use crate::support::Desk;
use crate::workspace::Workspace;

const MEMBERS: usize = 23;

/// So many leads of one person, and two of another.
fn seed() -> String {
    let mut csv = "id,role,email,name,companies\n".to_owned();
    for number in 1..=MEMBERS + 2 {
        let (email, name) = if number <= MEMBERS { ("ann.lee", "Ann Lee") } else { ("bo.dahl", "Bo Dahl") };
        writeln!(csv, "{number:024x},lead,{email}@hillside.example,{name},Hillside").unwrap();
    }
    csv
}

/// So many rows of one new person.
fn list() -> String {
    let row = "cy.roe@brook.example,Cy Roe,Brook\n";
    format!("email,name,company\n{}", row.repeat(MEMBERS))
}

fn active(workspace: &Workspace, email: &str) -> usize {
    let is = |contact: &&serde_json::Value| contact["email"] == email && contact["state"] == "active";
    workspace.contacts().iter().filter(is).count()
}

fn reasons(desk: &Desk) -> Vec<(String, u32)> {
    let connection = rusqlite::Connection::open(desk.at("x.plan")).unwrap();
    let sql = "SELECT reason, count(*) FROM overview WHERE expected = 'skipped' AND band = 'auto' GROUP BY 1";
    let mut found = connection.prepare(sql).unwrap();
    found.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_large_group_is_joined_only_after_a_person_accepted_it() {
    let (desk, workspace) = (Desk::new(), Workspace::seeded(&seed()));
    let url = workspace.url();
    desk.file("list.csv", list());
    let ran = desk.run_on(&url, &["plan", "list.csv", "--pull", "-o", "x.plan", "--min-weight", "4"]).ends_with(0);
    let said = "2 certain groups are held back, being too large to be joined unseen";
    assert!(ran.out.contains(said), "{}", ran.out);
    assert!(desk.read("x.html").contains(said));
    assert_eq!(reasons(&desk), [("held back for a person: 23 members are more than 20".to_owned(), 46)]);
    desk.run_on(&url, &["apply", "x.plan", "--yes"]).ends_with(0);
    let count = |email| active(&workspace, email);
    assert_eq!(
        [count("ann.lee@hillside.example"), count("bo.dahl@hillside.example"), count("cy.roe@brook.example")],
        [MEMBERS, 1, 0]
    );

    std::fs::remove_file(desk.at("x.plan")).unwrap();
    desk.run_on(&url, &["plan", "list.csv", "--pull", "-o", "x.plan", "--no-report", "--min-weight", "4"]).ends_with(0);
    desk.file("answers", "a\na\nf\n");
    let mut review = desk.command(&["review", "x.plan", "--terminal"]);
    review.stdin(std::fs::File::open(desk.at("answers")).unwrap());
    assert!(review.output().unwrap().status.success());
    assert_eq!(reasons(&desk), []);
    desk.run_on(&url, &["apply", "x.plan", "--yes"]).ends_with(0);
    assert_eq!([count("ann.lee@hillside.example"), count("cy.roe@brook.example")], [1, 1]);
}

#[test]
fn an_unattended_night_leaves_a_large_group_alone_and_says_that_it_waits() {
    let (desk, workspace) = (Desk::new(), Workspace::seeded(&seed()));
    let limits = "[match]\nauto_weight = 4.0\n[clean]\napply = [\"archive\"]\n[guardrails]\nmax_archive = \"90%\"\n";
    desk.file("leadfold.toml", limits);
    let ran = desk.run_on(&workspace.url(), &["clean", "--folder", "nights", "--json"]).ends_with(0);
    assert_eq!(active(&workspace, "ann.lee@hillside.example"), MEMBERS);
    assert_eq!(active(&workspace, "bo.dahl@hillside.example"), 1);
    let night: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(night["to_review"], 1, "{night:#}");
}
