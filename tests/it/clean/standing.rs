//! Nights on which nothing changed: nothing is matched, and the plan is still that of a full run. Whatever a plan depends on,
//! changed once, is matched again.

use std::fs;

use serde_json::{Value, json};

use super::{DAY, House, number, plan_of};
use crate::people::Person;

/// A small workspace with duplicates that are only reported, and one that a person has to look at.
fn house() -> House {
    let mut house = House::of(40, "");
    house.lead(&Person::number(3));
    house.lead(&Person::number(4));
    let (rita, mut rita_too) = (Person::number(905), Person::number(905));
    "x905@elsewhere.example".clone_into(&mut rita_too.email);
    (rita_too.given, rita_too.family) = (String::new(), String::new());
    house.lead(&rita);
    house.lead(&rita_too);
    house.pass(60);
    house
}

/// The next night; its plan is that of a full run.
#[track_caller]
fn next(house: &mut House) -> Value {
    house.pass(DAY);
    let (night, full) = (house.night(), house.full());
    let plan = plan_of(&night);
    assert_eq!(plan.linkage.groups, full.linkage.groups);
    assert_eq!(plan.actions, full.actions);
    assert_eq!(plan.records, full.records);
    assert_eq!(plan.rows, full.rows);
    night
}

fn stands(night: &Value) -> bool {
    !night["unchanged_since"].is_null()
}

#[test]
fn a_night_on_which_nothing_changed_matches_nothing_and_says_the_same() {
    let mut house = house();
    let first = house.night();
    assert!(!stands(&first));
    assert_eq!((number(&first, "duplicates"), number(&first, "to_review")), (2, 1));
    for _ in 0..2 {
        let night = next(&mut house);
        assert_eq!(night["unchanged_since"], first["run"], "{night:#}");
        for count in ["contacts", "duplicates", "to_review", "held_back", "ended", "exit_code"] {
            assert_eq!(night[count], first[count], "{count}");
        }
        assert_eq!(night["since"]["new_groups"], json!(0));
        let file = |night: &Value, name: &str| format!("{}/{name}", night["folder"].as_str().unwrap());
        for name in ["actions.csv", "errors.csv", "skipped.csv", "idmap.csv", "outcomes.csv"] {
            assert_eq!(fs::read(file(&night, name)).unwrap(), fs::read(file(&first, name)).unwrap(), "{name}");
        }
        let page = fs::read_to_string(file(&night, "night.html")).unwrap();
        assert!(page.contains("Compared with the night of"), "the page is tonight's");
    }
    house.pass(DAY);
    let ran = house.clean(&[]).ends_with(0);
    ran.says(&["nothing changed since", "its plan stands", "2 duplicates found, none touched", "leadfold apply "]);
}

/// Changes one thing after a night, and looks whether the next one matches again and the one after it does not.
#[track_caller]
fn is_matched_again(change: impl FnOnce(&House, &Value)) {
    let mut house = house();
    house.night();
    let night = next(&mut house);
    assert!(stands(&night), "nothing changed yet");
    house.pass(60);
    change(&house, &night);
    assert!(!stands(&next(&mut house)), "the change was missed");
    assert!(stands(&next(&mut house)), "nothing changed any more");
}

#[test]
fn an_edited_contact_is_matched() {
    is_matched_again(|house, _| {
        let id = house.active().into_iter().nth(7).unwrap();
        house.workspace.try_edit(&json!({"contact": id, "set": {"custom_attributes": {}, "name": "Renamed By Hand"}}));
    });
}

#[test]
fn a_new_contact_is_matched() {
    is_matched_again(|house, _| drop(house.lead(&Person::number(777))));
}

#[test]
fn a_contact_that_is_gone_is_matched_without() {
    is_matched_again(|house, _| {
        house.workspace.try_edit(&json!({"contact": format!("{:024x}", 4), "action": "archive"}));
    });
}

#[test]
fn a_note_that_was_added_is_in_the_plan() {
    is_matched_again(|house, _| {
        let path = format!("/contacts/{:024x}/notes", 4);
        house.request("POST", &path, &json!({"body": "asked for a call"}));
    });
}

#[test]
fn a_setting_that_changed_is_heeded() {
    is_matched_again(|house, _| {
        house.desk.file("leadfold.toml", "[plan]\nlead_groups = \"report\"\n");
    });
}

#[test]
fn what_a_person_decided_is_heeded() {
    is_matched_again(|house, _| house.reject_all());
}

#[test]
fn a_model_that_was_exchanged_is_used() {
    let mut house = house();
    let learn = ["plan", "--pull", "--no-report", "-o", "m.plan", "--save-model", "m.json"];
    house.desk.run_on(&house.workspace.url(), &learn).ends_with(0);
    house.desk.file("leadfold.toml", "[match]\nmodel = \"m.json\"\n");
    house.night();
    house.pass(DAY);
    assert!(stands(&house.night()));
    // The thresholds are a part of the settings; a weight is not
    let mut model: Value = serde_json::from_str(&house.desk.read("m.json")).unwrap();
    let level = model["levels"].as_array_mut().unwrap().iter_mut().find(|level| level["weight"].as_f64() > Some(1.0));
    level.unwrap()["weight"] = json!(1.0);
    house.desk.file("m.json", model.to_string());
    house.pass(DAY);
    assert!(!stands(&house.night()));
}

#[test]
fn a_plan_somebody_worked_on_is_not_taken_over() {
    let mut house = house();
    house.night();
    house.pass(DAY);
    let night = house.night();
    assert!(stands(&night));
    let file = format!("{}/night.plan", night["folder"].as_str().unwrap());
    house.desk.run_on(&house.workspace.url(), &["apply", &file, "--yes"]).ends_with(0);
    let night = next(&mut house);
    assert!(!stands(&night));
    assert_eq!(number(&night, "duplicates"), 0);
}
