//! `evaluate`: by a column the matcher never sees, and by the answers of a person.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::people::Person;
use crate::support::{Desk, Ran};

/// Forty people, each third one twice with another spelling, and their true number in the last column. Two rows of
/// different people share everything, so that one merge is wrong.
fn labelled() -> String {
    let mut csv = "Email,Name,Phone,Company,who\n".to_owned();
    for number in 0..40 {
        let person = Person::number(number);
        let (email, name, phone, company) = (&person.email, person.name(), &person.phone, &person.company);
        writeln!(csv, "{email},{name},{phone},{company},p{number}").unwrap();
        if number % 3 == 0 {
            let spelt = format!("\"{}, {}\"", person.family.to_uppercase(), person.given);
            writeln!(csv, "{},{spelt},{phone},,p{number}", email.to_uppercase()).unwrap();
        }
    }
    let twin = Person::number(1);
    writeln!(csv, "{},{},{},{},somebody else", twin.email, twin.name(), twin.phone, twin.company).unwrap();
    csv
}

fn without_last_column(csv: &str) -> String {
    csv.lines().map(|line| line.rsplit_once(',').unwrap().0.to_owned() + "\n").collect()
}

fn planned() -> Desk {
    let desk = Desk::new();
    desk.file("list.csv", labelled());
    desk.run(&["plan", "list.csv", "-o", "list.plan", "--no-report", "--quiet"]).ends_with(0);
    desk
}

/// Runs with text on standard input.
fn answering(desk: &Desk, arguments: &[&str], replies: &str) -> Ran {
    let mut child = desk.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(replies.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_labelled_column_gives_the_scores_and_names_the_wrong_merge() {
    let desk = planned();
    let ran = desk.run(&["evaluate", "list.plan", "--truth", "who", "--json"]).ends_with(0);
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found["schema"], "leadfold.evaluation/1");
    assert_eq!((&found["rows"], &found["people"]), (&Value::from(55), &Value::from(41)));
    // 14 people twice, all found; one pair of different people joined.
    assert_eq!((&found["all"]["wanted_pairs"], &found["all"]["right_pairs"]), (&Value::from(14), &Value::from(14)));
    assert_eq!(found["all"]["found_pairs"], 15);
    assert_eq!(found["all"]["pairwise"]["recall"], 1.0);
    assert!((found["all"]["pairwise"]["precision"].as_f64().unwrap() - 14.0 / 15.0).abs() < 1e-12);
    let merge = &found["wrong_merges"][0];
    assert_eq!((&merge["false_pairs"], &merge["people"]), (&Value::from(1), &Value::from(2)));
    assert_eq!(merge["examples"][1], serde_json::json!({"source": "list.csv", "row": 55}));

    let text = desk.run(&["evaluate", "list.plan", "--truth", "who"]).ends_with(0).out;
    let head: String = text.lines().take(9).map(|line| line.to_owned() + "\n").collect();
    insta::assert_snapshot!(head, @r"
    55 rows of 41 people by 'who', in 40 groups

     groups         counted by   precision   recall       F1   pairs joined   right   wanted
    ─────────────────────────────────────────────────────────────────────────────────────────
     auto, review   pair            0.9333   1.0000   0.9655             15      14       14
                    row (B³)        0.9818   1.0000   0.9908
     auto alone     pair            0.9333   1.0000   0.9655             15      14       14
                    row (B³)        0.9818   1.0000   0.9908
    To review: 0 of 15 groups of several rows (0.0%), 0 rows
    ");
    let rest = Ran { code: 0, out: text, err: String::new() };
    rest.says(&[
        "Wrong merges, the largest of 1 group",
        "list.csv row 3,",
        "← auto",
        "Pairs kept, by the blocking key",
    ]);
}

#[test]
fn the_column_with_the_truth_changes_no_group() {
    let desk = planned();
    desk.file("bare.csv", without_last_column(&labelled()));
    desk.run(&["plan", "bare.csv", "-o", "bare.plan", "--no-report", "--quiet"]).ends_with(0);
    let groups = |plan: &str| desk.run(&["show", plan, "--groups", "--format", "csv"]).ends_with(0).out;
    let (with, without) = (groups("list.plan"), groups("bare.plan"));
    assert_eq!(with.replace("list.csv", "bare.csv"), without);
    let evidence = |plan: &str| desk.run(&["show", plan, "--model", "--json"]).ends_with(0).out;
    assert_eq!(evidence("list.plan"), evidence("bare.plan"));
}

#[test]
fn too_little_precision_ends_with_3() {
    let desk = planned();
    desk.run(&["evaluate", "list.plan", "--truth", "who", "--min-precision", "0.9"]).ends_with(0);
    desk.run(&["evaluate", "list.plan", "--truth", "who", "--min-precision", "0.99"])
        .ends_with(3)
        .says(&["the precision of the auto groups, 0.9333, is below 0.99"]);
    desk.run(&["evaluate", "list.plan", "--truth", "who", "--min-precision", "99"]).ends_with(2);
}

#[test]
fn a_column_that_cannot_be_the_truth_is_refused_with_what_to_do() {
    let desk = planned();
    desk.run(&["evaluate", "list.plan", "--truth", "Email"]).ends_with(2).says(&["was read as email", "custom:Email"]);
    desk.run(&["evaluate", "list.plan", "--truth", "nobody"]).ends_with(2).says(&["no such column; it has who"]);
    desk.run(&["evaluate", "list.plan"]).ends_with(2).says(&["--truth"]);
    desk.run(&["plan", "list.csv", "--identifier", "who", "-o", "told.plan", "--no-report", "--quiet"]).ends_with(0);
    desk.run(&["evaluate", "told.plan", "--truth", "who"]).ends_with(2).says(&["the matcher may have seen it"]);
    desk.run(&["plan", "list.csv", "--map", "who=ignore", "-o", "blind.plan", "--no-report", "--quiet"]).ends_with(0);
    desk.run(&["evaluate", "blind.plan", "--truth", "who"]).ends_with(2).says(&["made without that column"]);
}

#[test]
fn answers_are_kept_one_by_one_and_never_asked_again() {
    let desk = planned();
    let first = answering(&desk, &["evaluate", "list.plan", "--sample", "6"], "y\nwhat\nn\ns\nq\n").ends_with(0);
    first.says(&["Pair 1 of 6", "One person?", "none of the answers", "2 answers added to list.labels.csv"]);
    let kept = desk.read("list.labels.csv");
    let lines: Vec<&str> = kept.lines().collect();
    assert_eq!(lines.len(), 3, "{kept}");
    assert_eq!(lines[0], "source,row,source,row,match");
    assert!(lines[1].starts_with("list.csv,") && lines[1].ends_with(",yes") && lines[2].ends_with(",no"), "{kept}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(desk.at("list.labels.csv")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    let second = answering(&desk, &["evaluate", "list.plan", "--sample", "6"], "y\ny\ny\ny\ny\ny\ny\n").ends_with(0);
    second.says(&["Pair 3 of 6", "4 answers added"]);
    let kept = desk.read("list.labels.csv");
    assert!(kept.starts_with(&lines.join("\n")), "earlier answers stay as they are");
    let pairs: std::collections::BTreeSet<&str> = kept.lines().map(|line| line.rsplit_once(',').unwrap().0).collect();
    assert_eq!((kept.lines().count(), pairs.len()), (7, 7), "{kept}");

    let third = answering(&desk, &["evaluate", "list.plan", "--sample", "6", "--json"], "").ends_with(0);
    let found: Value = serde_json::from_str(&third.out).unwrap();
    assert_eq!((&found["by"], &found["answered"]), (&Value::from("labels"), &Value::from(6)));
    let precision = &found["auto"]["precision"];
    let end = |name: &str| precision[name].as_f64().unwrap();
    assert!(end("low") <= end("value") && end("value") <= end("high"), "{precision}");
    assert!(end("low") < 0.95, "six answers cannot promise that much: {precision}");
}

#[test]
fn labels_of_a_person_judge_another_plan_of_the_same_file() {
    let desk = planned();
    desk.file("answers.csv", "source,row,source,row,match\nlist.csv,2,list.csv,1,yes\nlist.csv,3,list.csv,55,no\n");
    desk.run(&["evaluate", "list.plan", "--labels", "answers.csv"]).ends_with(0).says(&["2 pairs answered"]);
    desk.file("other.csv", "source,row,source,row,match\ngone.csv,2,list.csv,1,yes\n");
    desk.run(&["evaluate", "list.plan", "--labels", "other.csv", "--min-precision", "0.5"])
        .ends_with(3)
        .says(&["other.csv: 1 about rows this plan does not have", "not known yet"]);
    desk.file("bad.csv", "source,row,source,row,match\nlist.csv,2,list.csv,1,perhaps\n");
    desk.run(&["evaluate", "list.plan", "--labels", "bad.csv"]).ends_with(2).says(&["bad.csv, line 2", "yes or no"]);
    desk.run(&["evaluate", "list.plan", "--labels", "missing.csv"]).ends_with(1).says(&["missing.csv"]);
}
