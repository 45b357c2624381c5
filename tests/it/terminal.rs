//! Pipes, signals, colours, and the token that is printed nowhere.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;
use std::time::Duration;

use crate::people::list;
use crate::support::{Desk, TOKEN};
use crate::workspace::Workspace;

#[test]
fn a_closed_pipe_ends_quietly() {
    let desk = Desk::new();
    desk.file("list.csv", list(5_000));
    desk.run(&["plan", "list.csv", "-o", "list.plan", "--no-report"]).ends_with(0);
    let mut child = desk.command(&["show", "list.plan", "--rows", "--format", "csv"]).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with("source,row,"), "{first}");
    let mut complaints = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaints).unwrap();
    assert_eq!(complaints, "");
    assert!(child.wait().unwrap().success());
}

#[cfg(unix)]
fn interrupt(child: &std::process::Child) {
    let done = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(done.success());
}

#[test]
#[cfg(unix)]
fn ctrl_c_while_planning_leaves_nothing_behind() {
    let desk = Desk::new();
    // Standard input stays open, so the run certainly is still reading when the signal comes.
    let mut child = desk.command(&["plan", "-", "-o", "list.plan"]).stdin(Stdio::piped()).spawn().unwrap();
    // Taken out, because waiting for a child closes what it still holds.
    let input = child.stdin.take();
    std::thread::sleep(Duration::from_millis(300));
    interrupt(&child);
    let status = child.wait().unwrap();
    drop(input);
    assert_eq!(status.code(), Some(130));
    let mut complaints = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaints).unwrap();
    assert_eq!(complaints, "");
    assert_eq!(desk.listing(), Vec::<String>::new());
}

#[test]
#[cfg(unix)]
fn ctrl_c_while_applying_drains_and_the_next_apply_goes_on() {
    let workspace = Workspace::start(leadfold::sandbox::Options { limit_per_window: 400, ..Workspace::options() });
    let desk = Desk::new();
    desk.file("list.csv", list(700));
    desk.run_on(&workspace.url(), &["plan", "list.csv", "--pull", "-o", "list.plan", "--no-report"]).ends_with(0);
    let mut child = desk.on(&workspace.url(), &["apply", "list.plan", "--yes"]).spawn().unwrap();
    while workspace.contacts().len() < 20 {
        std::thread::sleep(Duration::from_millis(20));
    }
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(6));
    let done = workspace.contacts().len();
    assert!(done < 700, "the run ended before the signal");
    desk.run_on(&workspace.url(), &["apply", "list.plan", "--yes"]).ends_with(0);
    assert_eq!(workspace.contacts().len(), 700);
}

#[test]
fn the_token_is_in_no_file() {
    let workspace =
        Workspace::seeded("id,role,email,name\n000000000000000000000001,lead,ann.lee@brightwater.example,Ann\n");
    let desk = Desk::new();
    desk.file("list.csv", list(5));
    desk.run_on(&workspace.url(), &["plan", "list.csv", "--pull", "-o", "list.plan", "-vv"]).ends_with(0);
    desk.run_on(&workspace.url(), &["apply", "list.plan", "--yes", "-vv"]).ends_with(0);
    desk.run_on(&workspace.url(), &["pull", "-o", "pulled.csv"]).ends_with(0);
    desk.run_on(&workspace.url(), &["config", "show"]).ends_with(0);
    desk.run_on(&workspace.url(), &["export", "list.plan", "--dir", "."]).ends_with(0);
    for name in desk.listing() {
        if desk.at(&name).is_file() {
            let content = std::fs::read(desk.at(&name)).unwrap();
            let found = content.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes());
            assert!(!found, "the token is in {name}");
        }
    }
}

#[test]
fn data_goes_to_stdout_and_quiet_means_quiet() {
    let desk = Desk::new();
    desk.file("list.csv", list(3));
    let ran = desk.run(&["plan", "list.csv", "-o", "list.plan", "--quiet"]).ends_with(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""));
    let json = desk.run(&["show", "list.plan", "--json"]).ends_with(0).out;
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(document["schema"].as_str().unwrap().starts_with("leadfold."), "{document}");
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let desk = Desk::new();
    for verb in [
        "demo",
        "check",
        "plan",
        "show",
        "report",
        "review",
        "apply",
        "undo",
        "pull",
        "export",
        "whoami",
        "api",
        "sandbox",
        "config",
        "completions",
        "man",
    ] {
        let help = desk.run(&[verb, "--help"]).ends_with(0).out;
        assert!(help.starts_with("Examples:"), "{verb}: {help}");
        assert!(help.contains(&format!("leadfold {verb}")), "{verb}: {help}");
    }
    assert!(desk.run(&["completions", "bash"]).ends_with(0).out.contains("leadfold"));
    assert!(desk.run(&["man"]).ends_with(0).out.contains(".TH leadfold"));
}

#[test]
fn the_demo_reconciles_every_row() {
    let desk = Desk::new();
    let ran = desk.run(&["demo", "--dir", "story"]).ends_with(0);
    let last = ran.out.trim_end().lines().last().unwrap().to_owned();
    let (rows, outcomes) = last.split_once(" rows = ").unwrap_or_else(|| panic!("{last}"));
    assert_eq!(Some(rows), outcomes.split_once(" outcomes").map(|(count, _)| count));
    for kind in ["created", "updated", "merged", "archived", "unchanged", "skipped", "rejected"] {
        assert!(ran.out.contains(kind), "the samples show no '{kind}'");
    }
    assert!(desk.at("story/demo.plan").is_file() && desk.at("story/demo.html").is_file());
    // A second time it begins anew.
    desk.run(&["demo", "--dir", "story"]).ends_with(0);
}

#[test]
fn a_mended_file_of_errors_is_fed_again_as_it_is() {
    let desk = Desk::new();
    desk.file("list.csv", "Email,Name,Notes\nann@lee.example,Ann Lee\nbo@dahl.example,Bo Dahl,=1+1,x\n");
    desk.run(&["plan", "list.csv", "-o", "list.plan", "--no-report"]).ends_with(3);
    desk.run(&["export", "list.plan", "--dir", "."]).ends_with(0);
    let errors = desk.read("errors.csv");
    assert_eq!(errors.lines().count(), 3, "{errors}");
    // What is wrong is the number of cells: the export has the right one already
    desk.run(&["plan", "errors.csv", "-o", "again.plan", "--no-report"]).ends_with(0);
    let actions = desk.run(&["show", "again.plan", "--actions", "--format", "csv"]).ends_with(0).out;
    assert!(!actions.contains("leadfold_") && actions.contains("note “=1+1”"), "{actions}");
}

#[test]
fn verbose_says_what_is_done_and_very_verbose_every_request_but_never_a_value() {
    let workspace = Workspace::empty();
    let desk = Desk::new();
    desk.file("list.csv", list(2));
    let plan = ["plan", "list.csv", "--pull", "-o", "list.plan", "--no-report", "-v"];
    desk.run_on(&workspace.url(), &plan).ends_with(0).says(&["2 rows to link", "2 actions decided"]);
    let ran = desk.run_on(&workspace.url(), &["apply", "list.plan", "--yes", "-vv"]).ends_with(0);
    for line in ["GET /me: 200 in ", "POST /contacts: 200 in ", "request ", "create: done"] {
        assert!(ran.err.contains(line), "'{line}' is missing in {}", ran.err);
    }
    assert!(!ran.err.contains('@') && !ran.err.contains(".example"), "{}", ran.err);
}

#[test]
fn every_verb_prints_one_document_when_asked_for_json() {
    let workspace = Workspace::empty();
    let desk = Desk::new();
    desk.file("list.csv", list(2));
    let url = workspace.url();
    for (arguments, schema) in [
        (&["check", "list.csv"][..], "check"),
        (&["plan", "list.csv", "--pull", "-o", "list.plan"], "summary"),
        (&["show", "list.plan"], "summary"),
        (&["show", "list.plan", "--groups"], "groups"),
        (&["show", "list.plan", "--group", "1"], "group"),
        (&["report", "list.plan", "-o", "list.html"], "report"),
        (&["apply", "list.plan", "-n"], "rehearsal"),
        (&["apply", "list.plan", "--yes"], "summary"),
        (&["export", "list.plan", "--dir", "out"], "export"),
        (&["undo", "list.plan", "-n"], "undo-forecast"),
        (&["undo", "list.plan", "--yes"], "undo"),
        (&["pull", "-o", "pulled.csv"], "pull"),
        (&["whoami"], "whoami"),
        (&["config", "show"], "config"),
        (&["demo", "--dir", "story"], "summary"),
    ] {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        let ran = desk.run_on(&url, &arguments).ends_with(0);
        let document: serde_json::Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", ran.out));
        assert_eq!(document["schema"], format!("leadfold.{schema}/1"), "{arguments:?}");
    }
}
