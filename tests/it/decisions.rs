//! Answers given once hold for the next plan of the same contacts.

use crate::support::Desk;
use crate::workspace::Workspace;

const PLAN: [&str; 8] =
    ["plan", "--existing", "leads.csv", "-o", "leads.plan", "--no-report", "--decisions", "team.decisions"];

fn leads() -> String {
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/intercom-leads.csv");
    std::fs::read_to_string(samples).unwrap()
}

fn review(desk: &Desk, answers: &str) {
    desk.file("answers", answers);
    let mut review = desk.command(&["review", "leads.plan", "--terminal"]);
    review.stdin(std::fs::File::open(desk.at("answers")).unwrap());
    assert!(review.output().unwrap().status.success());
}

/// Rows that wait for a person, and archives that are planned.
fn waiting_and_archives(desk: &Desk) -> (usize, usize) {
    let rows = desk.run(&["show", "leads.plan", "--groups", "--format", "csv"]).ends_with(0).out;
    let actions = desk.run(&["show", "leads.plan", "--actions", "--format", "csv"]).ends_with(0).out;
    (
        rows.lines().filter(|line| line.ends_with(",review")).count(),
        actions.lines().filter(|line| line.split(',').nth(2) == Some("archive")).count(),
    )
}

#[test]
fn a_group_once_rejected_is_not_asked_about_again() {
    let desk = Desk::new();
    desk.file("leads.csv", leads());
    desk.run(&PLAN).ends_with(0).says(&["team.decisions: no decisions yet"]);
    let (waiting, archives) = waiting_and_archives(&desk);
    assert!(waiting >= 2, "the sample has no doubtful group");
    review(&desk, "r\nf\n");
    // The rows come in another order, and nobody reviews
    let text = leads();
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].reverse();
    desk.file("leads.csv", lines.join("\n"));
    desk.run(&PLAN).ends_with(0).says(&["team.decisions: 1 of 1 decisions are about these contacts"]);
    assert_eq!(waiting_and_archives(&desk), (waiting - 2, archives));
}

#[test]
fn a_group_once_accepted_is_planned_the_next_time() {
    let desk = Desk::new();
    desk.file("leads.csv", leads());
    desk.run(&PLAN).ends_with(0);
    let (waiting, archives) = waiting_and_archives(&desk);
    review(&desk, "a\nf\n");
    let reviewed = waiting_and_archives(&desk);
    assert_eq!(reviewed, (waiting - 2, archives + 1));
    desk.run(&PLAN).ends_with(0);
    assert_eq!(waiting_and_archives(&desk), reviewed);
}

#[test]
fn answers_of_a_review_are_labels_for_evaluate() {
    let desk = Desk::new();
    desk.file("leads.csv", leads());
    desk.run(&PLAN).ends_with(0);
    let label = |answers: &str| {
        desk.file("answers", answers);
        let mut review = desk.command(&["review", "leads.plan", "--terminal", "--labels", "team.csv"]);
        review.stdin(std::fs::File::open(desk.at("answers")).unwrap());
        assert!(review.output().unwrap().status.success());
        desk.read("team.csv").lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let said = label("r\n");
    assert!(!said.is_empty() && said.iter().all(|line| line.ends_with(",no")), "{said:?}");
    assert_eq!(label("q\n"), said, "nothing is written twice");
    let changed = label("u\nf\n");
    assert_eq!(changed, said);
    desk.run(&["evaluate", "leads.plan", "--labels", "team.csv"]).ends_with(0);
}

#[test]
fn answers_about_an_applied_plan_are_labels_too() {
    let desk = Desk::new();
    desk.file("leads.csv", leads());
    let workspace = Workspace::seeded(&leads());
    desk.run(&PLAN).ends_with(0);
    desk.run_on(&workspace.url(), &["apply", "leads.plan", "--yes", "--create-attributes"]).ends_with(0);
    desk.file("answers", "r\nf\n");
    let mut review = desk.command(&["review", "leads.plan", "--terminal", "--labels", "team.csv"]);
    review.stdin(std::fs::File::open(desk.at("answers")).unwrap());
    let said = review.output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let labels: Vec<String> = desk.read("team.csv").lines().skip(1).map(str::to_owned).collect();
    assert!(!labels.is_empty() && labels.iter().all(|line| line.ends_with(",no")), "{labels:?}");
}
