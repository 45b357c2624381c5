//! The pace: as fast as the server allows, and hardly ever refused.

use leadfold::sandbox::{Fault, FaultRule, Faults, Options, Reset};

use crate::people::list;
use crate::support::{Desk, Ran};
use crate::workspace::Workspace;

/// Plans `rows` new leads, then lets the workspace misbehave and applies.
fn applied(options: Options, faults: Faults, rows: usize) -> (Desk, Workspace, Ran) {
    let desk = Desk::new();
    let workspace = Workspace::start(options);
    desk.file("list.csv", list(rows));
    desk.run_on(&workspace.url(), &["plan", "list.csv", "--pull", "-o", "list.plan", "--no-report"]).ends_with(0);
    workspace.set_faults(faults);
    let ran = desk.run_on(&workspace.url(), &["apply", "list.plan", "--yes"]);
    (desk, workspace, ran)
}

fn refusing(reset: Reset, times: u64, repeat: u64) -> Faults {
    let rule = FaultRule {
        method: Some("POST".to_owned()),
        path: Some("/contacts".to_owned()),
        times: Some(times),
        repeat: Some(repeat),
        ..FaultRule::always(Fault::TooManyRequests { reset })
    };
    Faults { rules: vec![rule], ..Faults::default() }
}

fn created(workspace: &Workspace) -> usize {
    workspace.contacts().len()
}

#[test]
fn a_hundred_requests_per_window_are_used_and_hardly_any_is_refused() {
    let options = Options { limit_per_window: 100, ..Options::default() };
    let (_desk, workspace, ran) = applied(options, Faults::default(), 330);
    ran.ends_with(0);
    assert_eq!(created(&workspace), 330);
    assert!(workspace.throttled() <= 2, "{} responses 429", workspace.throttled());
    let stats = workspace.stats();
    // Full windows only: the first one holds the planning, the last one ends early.
    let used: Vec<u64> =
        stats["windows"].as_array().unwrap().iter().map(|window| window["used"].as_u64().unwrap()).collect();
    let busy = used.get(1..used.len() - 1).unwrap_or_default();
    assert!(busy.len() >= 2, "too few full windows: {used:?}");
    assert!(busy.iter().all(|used| *used >= 90), "less than 90 % of the allowed calls used: {used:?}");
}

#[test]
fn a_429_without_headers_is_waited_out() {
    let (_desk, workspace, ran) = applied(Workspace::options(), refusing(Reset::Absent, 1, 1), 3);
    ran.ends_with(0);
    assert_eq!(created(&workspace), 3);
}

#[test]
fn a_429_with_a_reset_in_the_past_is_waited_out() {
    let (_desk, workspace, ran) = applied(Workspace::options(), refusing(Reset::Past(30), 1, 2), 3);
    ran.ends_with(0);
    assert_eq!(created(&workspace), 3);
}

#[test]
fn a_429_with_a_reset_twelve_seconds_ahead_is_waited_out() {
    let (_desk, workspace, ran) = applied(Workspace::options(), refusing(Reset::Ahead(12), 1, 1), 3);
    ran.ends_with(0);
    assert_eq!(created(&workspace), 3);
}

#[test]
fn an_action_that_meets_four_429s_fails_after_three_retries_and_the_run_goes_on() {
    let (desk, workspace, ran) = applied(Workspace::options(), refusing(Reset::Past(1), 1, 4), 3);
    ran.ends_with(3);
    assert_eq!(created(&workspace), 2, "the other two must arrive");
    assert_eq!(workspace.throttled(), 4, "one request and three retries");
    let outcomes = desk.run(&["show", "list.plan", "--outcomes", "--format", "csv"]).ends_with(0).out;
    assert_eq!(outcomes.matches(",failed,").count(), 1, "{outcomes}");
    assert!(outcomes.contains("Exceeded rate limit"), "the server's own words are missing: {outcomes}");
    assert!(outcomes.contains("request "), "the request id is missing: {outcomes}");
}
