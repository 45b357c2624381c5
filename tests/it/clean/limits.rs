//! What a night may do by itself, and what stops it.

use std::fmt::Write as _;

use serde_json::json;

use super::{DAY, House, number, removals, seed};
use crate::people::Person;

#[test]
fn without_leave_it_only_reports_and_says_how_to_let_it() {
    let house = House::of(40, "");
    house.lead(&Person::number(3));
    house.lead(&Person::number(4));
    let ran = house.clean(&[]).ends_with(0);
    assert_eq!(house.workspace.writes(), 2, "only our own two leads");
    ran.says(&["2 duplicates found, none touched", "[clean] apply = [\"merge\", \"archive\"]", "leadfold apply "]);
    // The plan it left is a whole plan: it can be carried out by hand
    let plan = house.desk.at(".local/state/leadfold/clean/sandbox1/latest/night.plan");
    house.desk.run_on(&house.workspace.url(), &["apply", plan.to_str().unwrap(), "--yes"]).ends_with(0);
    assert_eq!(removals(&house.full()), 0);
}

#[test]
fn what_is_not_allowed_is_held_back_whole() {
    let mut house = House::of(40, "[clean]\napply = [\"merge\"]\n[guardrails]\nmax_merge = \"50%\"\n");
    house.lead(&Person::number(3));
    let twin = house.lead(&Person::number(4));
    let night = house.night();
    assert_eq!((number(&night, "merged"), number(&night, "archived"), number(&night, "held_back")), (1, 0, 1));
    assert_eq!(number(&night, "duplicates"), 2);
    assert!(house.active().contains(&twin));
    house.pass(DAY);
    let night = house.night();
    assert_eq!((night["ended"].as_str(), number(&night, "held_back")), (Some("reported"), 1));
}

#[test]
fn a_guardrail_stops_the_night_before_anything_is_applied() {
    let mut house = House::of(200, "[clean]\napply = [\"merge\", \"archive\"]\n");
    house.night();
    // Somebody imports a list twice
    for number in 0..40 {
        house.lead(&Person::number(number));
    }
    house.pass(DAY);
    let writes = house.workspace.writes();
    let ran = house.clean(&["--quiet", "--summary-file", "mail.txt"]).ends_with(4);
    assert_eq!(house.workspace.writes(), writes);
    ran.says(&["STOPPED by a guardrail", "--max-archive 5%", "nothing was applied"]);
    let mail = house.desk.read("mail.txt");
    assert!(mail.contains("what to do") && mail.contains("leadfold apply ") && mail.contains("night.html"), "{mail}");
    let history = house.desk.run(&["history"]).ends_with(0).out;
    assert!(history.contains("guardrail"), "{history}");
    // By hand it can still be done
    let command = mail.lines().find(|line| line.contains("if it is right: ")).unwrap();
    let words: Vec<&str> = command.split("leadfold ").nth(1).unwrap().split("   ").next().unwrap().split(' ').collect();
    house.desk.run_on(&house.workspace.url(), &[&words[..], &["--yes"]].concat()).ends_with(0);
    assert_eq!(removals(&house.full()), 0);
}

#[test]
fn guardrails_that_were_set_count_without_leave_to_apply_too() {
    let house = House::of(40, "[guardrails]\nmax_merge = \"0\"\n");
    house.lead(&Person::number(3));
    house.clean(&[]).ends_with(4).says(&["exceeds --max-merge 0"]);
}

/// Contacts of `people`, and copies of them that somebody imported.
fn with_copies(people: usize, copies: usize) -> String {
    let mut contacts = seed(people);
    for number in 0..copies {
        let person = Person::number(number % people);
        let id = people + number;
        writeln!(contacts, "{id:024x},lead,,{},{},{}", person.email, person.name(), person.phone).unwrap();
    }
    contacts
}

/// Nothing is applied, the code is 4, and the summary says why and what to do.
#[track_caller]
fn stops_at_copies(people: usize, copies: usize) {
    let house = House::seeded(&with_copies(people, copies), "[clean]\napply = [\"merge\", \"archive\"]\n");
    let ran = house.clean(&["--quiet", "--summary-file", "mail.txt"]).ends_with(4);
    assert_eq!(house.workspace.writes(), 0);
    assert_eq!(house.active().len(), people + copies);
    ran.says(&[&format!("STOPPED by a guardrail: {copies} duplicates found, none touched")]);
    let mail = house.desk.read("mail.txt");
    for words in [
        "exceeds --max-archive 5%",
        "nothing was applied",
        "what to do",
        "night.html",
        "if a list was imported twice: archive the copies in Intercom",
        "if it is right: leadfold apply ",
        "if so many are usual: raise [guardrails]",
    ] {
        assert!(mail.contains(words), "{words}: {mail}");
    }
    let history = house.desk.run(&["history", "--json"]).ends_with(0).out;
    let history: serde_json::Value = serde_json::from_str(&history).unwrap();
    let night = &history["nights"][0];
    assert_eq!((night["ended"].as_str(), number(night, "duplicates")), (Some("guardrail"), copies as u64));
    assert_eq!((number(night, "merged"), number(night, "archived")), (0, 0));
}

#[test]
fn a_list_imported_ten_times_stops_the_night() {
    stops_at_copies(200, 2_000);
}

#[test]
#[ignore = "minutes without optimisation; cargo test --test it -- --ignored fifty_thousand"]
fn fifty_thousand_copies_stop_the_night() {
    stops_at_copies(5_000, 50_000);
}

/// What people write where there is no name is no name, and no change since the plan either.
#[test]
fn words_for_nothing_stop_nobody() {
    let mut house = House::of(
        40,
        "[clean]\napply = [\"merge\", \"archive\"]\n[guardrails]\nmax_merge = \"50%\"\nmax_archive = \"50%\"\n",
    );
    let lead = |person: &Person, name: &str| {
        let body = json!({"role": "lead", "email": person.email, "name": name, "phone": person.phone});
        house.request("POST", "/contacts", &body)
    };
    // Beside a lead and a user that have names, and of somebody of whom one of two contacts has one
    lead(&Person::number(4), "-");
    lead(&Person::number(3), "n/a");
    for names in [["Unknown", "Rita Berger"], ["Tom Berger", "undefined"]] {
        let person = Person::number(900 + names[0].len());
        for name in names {
            lead(&person, name);
        }
    }
    // A user whose name says nothing
    let person = Person::number(950);
    let user = json!({"role": "user", "external_id": "u-950", "email": person.email, "name": "N/A"});
    let user = house.request("POST", "/contacts", &user)["id"].as_str().unwrap().to_owned();
    lead(&person, &person.name());
    house.pass(60);
    let night = house.night();
    assert_eq!(
        (number(&night, "merged"), number(&night, "archived"), number(&night, "failed")),
        (2, 3, 0),
        "{night:#}"
    );
    assert_eq!(removals(&house.full()), 0);
    let names: Vec<String> = house.workspace.contacts().iter().map(|one| one["name"].to_string()).collect();
    assert!(
        ["\"Rita Berger\"", "\"Tom Berger\""].iter().all(|name| names.iter().any(|known| known == name)),
        "{names:?}"
    );
    let state = house.workspace.state();
    let kept = state["contacts"].as_array().unwrap().iter().find(|contact| contact["id"] == json!(user)).unwrap();
    assert!(kept.to_string().contains(&person.name()), "the lead's name is kept: {kept}");
}
