//! A match model that is saved and used again.

use std::fmt::Write as _;

use serde_json::Value;

use crate::people::Person;
use crate::support::Desk;

/// A list of people, each third one twice with another spelling: enough to learn from.
fn list() -> String {
    let mut csv = "Email,Name,Phone,Company\n".to_owned();
    for number in 0..120 {
        let person = Person::number(number);
        let (email, name, phone, company) = (&person.email, person.name(), &person.phone, &person.company);
        writeln!(csv, "{email},{name},{phone},{company}").unwrap();
        if number % 3 == 0 {
            let spelt = format!("\"{}, {}\"", person.family.to_uppercase(), person.given);
            writeln!(csv, "{},{spelt},{phone},", email.to_uppercase()).unwrap();
        }
    }
    csv
}

/// A desk with the list, its plan and its model.
fn saved() -> Desk {
    let desk = Desk::new();
    desk.file("list.csv", list());
    desk.run(&["plan", "list.csv", "-o", "list.plan", "--save-model", "model.json", "--no-report"]).ends_with(0);
    desk
}

fn plan_with(desk: &Desk, more: &[&str]) -> crate::support::Ran {
    let plan = ["plan", "list.csv", "-o", "again.plan", "--no-report", "--model", "model.json"];
    desk.run(&[&plan, more].concat())
}

#[test]
fn the_same_rows_with_their_own_model_give_the_same_plan() {
    let desk = saved();
    plan_with(&desk, &["--save-model", "again.json"]).ends_with(0);
    for part in ["--groups", "--actions", "--rows", "--model"] {
        let shown = |plan: &str| desk.run(&["show", plan, part, "--format", "csv"]).ends_with(0).out;
        assert_eq!(shown("list.plan"), shown("again.plan"), "{part}");
    }
    assert_eq!(desk.read("model.json"), desk.read("again.json"));
    let shown = desk.run(&["show", "list.plan", "--model", "--json"]).ends_with(0).out;
    desk.file("model.json", shown);
    plan_with(&desk, &[]).ends_with(0);
}

#[test]
fn a_saved_model_holds_no_value_of_a_contact() {
    let text = saved().read("model.json").to_lowercase();
    for number in 0..120 {
        let person = Person::number(number);
        for value in [&person.email, &person.phone, &person.company] {
            assert!(!text.contains(&value.to_lowercase()));
        }
    }
}

#[test]
fn thresholds_come_from_the_model_unless_a_flag_says_otherwise() {
    let desk = saved();
    let mut model: Value = serde_json::from_str(&desk.read("model.json")).unwrap();
    model["auto_weight"] = 9.5.into();
    desk.file("model.json", model.to_string());
    let threshold = || {
        let shown = desk.run(&["show", "again.plan", "--model", "--json"]).ends_with(0).out;
        serde_json::from_str::<Value>(&shown).unwrap()["auto_weight"].clone()
    };
    plan_with(&desk, &[]).ends_with(0);
    assert_eq!(threshold(), 9.5);
    plan_with(&desk, &["--min-weight", "7"]).ends_with(0);
    assert_eq!(threshold(), 7.0);
}

#[test]
fn a_model_can_be_named_in_the_settings() {
    let desk = saved();
    desk.file("leadfold.toml", "[match]\nmodel = \"missing.json\"\n");
    let ran = desk.run(&["plan", "list.csv", "-o", "again.plan", "--no-report"]);
    ran.ends_with(2).says(&["missing.json: the model cannot be read"]);
}

#[test]
fn a_model_that_cannot_be_used_names_file_and_field_and_ends_with_2() {
    let desk = saved();
    let whole = desk.read("model.json");
    let changes: [(&str, &str, &str); 3] = [
        ("leadfold.model/1", "leadfold.model/9", "field schema"),
        ("\"same number\"", "\"same smell\"", ".level"),
        ("\"prior\":", "\"prior\": NaN, \"was\":", "line 3"),
    ];
    for (from, to, says) in changes {
        desk.file("model.json", whole.replacen(from, to, 1));
        plan_with(&desk, &[]).ends_with(2).says(&["model.json: ", says]);
    }
    assert!(!desk.at("again.plan").exists());
}

#[test]
fn a_list_too_small_to_learn_from_says_that_the_defaults_are_used() {
    let desk = Desk::new();
    desk.file("list.csv", "Email,Name\nann.lee@brightwater.example,Ann Lee\nbo.dahl@copperfield.example,Bo Dahl\n");
    let ran = desk.run(&["plan", "list.csv", "-o", "list.plan", "--no-report"]);
    ran.ends_with(0).says(&["match weights: the shipped defaults, because the list has too few matches to learn from"]);
    desk.run(&["show", "list.plan", "--model"])
        .ends_with(0)
        .says(&["Shipped default weights", "No limit left a pair out"]);
}
