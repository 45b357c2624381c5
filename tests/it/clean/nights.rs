//! Nights one after the other: nobody is merged who should not be, what is interrupted is finished, one at a time works.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use leadfold::sandbox::{Fault, FaultRule, Faults, When};
use serde_json::{Value, json};

use super::{APPLY, DAY, House, asked_about, number, plan_of, removals};
use crate::people::{Chance, Person};
use crate::workspace::Workspace;

#[test]
fn thirty_nights_keep_the_workspace_clean_and_every_night_equals_a_full_plan() {
    let mut house = House::of(1_000, APPLY);
    let mut chance = Chance::new(30);
    let mut next = 10_000;
    // Two people who share an office line, never one
    let (mut ann, mut bob) = (Person::number(5_900), Person::number(5_901));
    for person in [&mut ann, &mut bob] {
        person.phone = "+12125550142".to_owned();
    }
    let mut kept_apart = vec![house.lead(&ann), house.lead(&bob)];
    // The same number, and no more is known of the second: a person will be asked, once
    let (rita, mut rita_too) = (Person::number(5_905), Person::number(5_905));
    rita_too.email = "x905@elsewhere.example".to_owned();
    (rita_too.given, rita_too.family) = (String::new(), String::new());
    kept_apart.extend([house.lead(&rita), house.lead(&rita_too)]);
    let (mut merged, mut archived, mut quiet, mut unchanged) = (0, 0, 0, 0);
    for night_number in 0..30 {
        house.pass(60);
        let busy = night_number % 4 < 2;
        if busy {
            for _ in 0..=chance.below(3) {
                house.lead(&Person::number(next));
                next += 1;
            }
            // Known people come again: of users, and of leads
            for kind in [0, 1] {
                let known = 3 * (1 + chance.below(300)) + kind;
                let mut again = Person::number(known);
                if chance.below(2) == 0 {
                    again.phone = String::new();
                }
                house.lead(&again);
            }
            let edited = house.active().into_iter().nth(chance.below(800)).unwrap();
            house
                .workspace
                .try_edit(&json!({"contact": edited, "set": {"custom_attributes": {}, "name": "Renamed By Hand"}}));
            // Somebody else archives one lead and merges another
            let mut left = house.active().into_iter().filter(|id| !kept_apart.contains(id));
            let gone = left.nth(chance.below(600)).unwrap();
            house.workspace.try_edit(&json!({"contact": gone, "action": "archive"}));
            let lead = house.lead(&Person::number(next));
            next += 1;
            house.workspace.try_edit(&json!({"contact": lead, "action": "merge", "into": format!("{:024x}", 6)}));
        }
        house.pass(60);
        let full = house.full();
        let writes = house.workspace.writes();
        let night = house.night();
        let plan = plan_of(&night);
        assert_eq!(plan.linkage.groups, full.linkage.groups, "night {night_number}");
        assert_eq!(plan.actions, full.actions, "night {night_number}");
        assert_eq!(number(&night, "merged") + number(&night, "archived"), removals(&full) as u64, "{night:#}");
        if removals(&full) == 0 {
            quiet += 1;
            let allowed = number(&night, "changed") / 100 + 30;
            assert!(number(&night, "calls") <= allowed, "{} calls on a quiet night", number(&night, "calls"));
            assert_eq!(house.workspace.writes(), writes);
        }
        unchanged += usize::from(!night["unchanged_since"].is_null());
        if night_number == 1 {
            assert!(number(&night, "to_review") >= 1, "{night:#}");
            house.reject_all();
        }
        assert!(night_number < 2 || !asked_about(&plan, &kept_apart[2..]), "a rejected pair is asked about again");
        merged += number(&night, "merged");
        archived += number(&night, "archived");
        assert_eq!(removals(&house.full()), 0, "night {night_number} left duplicates");
        assert!(kept_apart.iter().all(|id| house.active().contains(id)));
        house.pass(DAY - 120);
    }
    assert!(merged >= 5 && archived >= 5 && quiet >= 8, "{merged} merged, {archived} archived, {quiet} quiet nights");
    // Every second quiet one: after the first even what the night before did itself has been matched
    assert!(unchanged >= 6, "{unchanged} nights on which nothing changed");

    let page = house.desk.read(".local/state/leadfold/clean/sandbox1/latest/night.html");
    let since = page.split("<section id=\"since\"").nth(1).and_then(|rest| rest.split("</section>").next()).unwrap();
    assert!(since.contains("Compared with the night of 2026-12-20 03:02 UTC."), "{since}");
    for counted in ["contacts in the workspace", "created since", "duplicates found", "groups that wait for a person"] {
        assert!(since.contains(counted), "{since}");
    }

    let history: Value = serde_json::from_str(&house.desk.run(&["history", "--json"]).ends_with(0).out).unwrap();
    let nights = history["nights"].as_array().unwrap();
    assert_eq!(nights.len(), 30);
    assert_eq!(nights.iter().map(|night| number(night, "merged")).sum::<u64>(), merged);
    let table = house.desk.run(&["history", "--last", "3"]).ends_with(0).out;
    assert_eq!(table.lines().count(), 5, "{table}");
    let kept = std::fs::read_dir(house.desk.at(".local/state/leadfold/clean/sandbox1/nights")).unwrap().count();
    assert_eq!(kept, 14);
}

#[test]
fn a_quiet_night_of_a_large_workspace_takes_few_calls_though_others_removed_contacts() {
    let mut contacts = "id,role,email,name,created_at\n".to_owned();
    for number in 0..6_000_usize {
        let person = Person::number(number);
        // A little over twelve a day
        let created_at = 1_700_000_000 + number * 7_000;
        writeln!(contacts, "{number:024x},lead,{},{},{created_at}", person.email, person.name()).unwrap();
    }
    let mut house = House::seeded(&contacts, APPLY);
    assert_eq!(number(&house.night(), "contacts"), 6_000);
    for gone in [17, 3_210, 5_999] {
        house.workspace.try_edit(&json!({"contact": format!("{gone:024x}"), "action": "archive"}));
    }
    house.pass(DAY);
    let night = house.night();
    assert_eq!((number(&night, "contacts"), number(&night, "departed")), (5_997, 3));
    assert_eq!(number(&night, "merged") + number(&night, "archived"), 0);
    let allowed = number(&night, "changed") / 100 + 30;
    assert!(number(&night, "calls") <= allowed, "{night:#}");
}

#[test]
fn two_at_once_one_works_and_the_other_leaves_at_once() {
    let house = House::of(40, APPLY);
    house.lead(&Person::number(3));
    // The first one is held up in the middle of its reading
    let slow = FaultRule {
        path: Some("/contacts".into()),
        times: Some(1),
        ..FaultRule::always(Fault::Slow { bytes_per_second: 2_000 })
    };
    house.workspace.set_faults(Faults { rules: vec![slow], ..Faults::default() });
    let now = house.now.to_string();
    let first = house.desk.on(&house.workspace.url(), &House::arguments(&["--json"], &now)).spawn().unwrap();
    let lock = house.desk.at(".local/state/leadfold/locks/sandbox1.lock");
    while !lock.exists() || house.workspace.requests() < 3 {
        std::thread::sleep(Duration::from_millis(10));
    }
    let second = house.clean(&["--summary-file", "second.txt"]).ends_with(7);
    second.says(&["another leadfold works on workspace sandbox1"]);
    assert!(!house.desk.at("second.txt").exists(), "the night that works tells the story");
    let first = first.wait_with_output().unwrap();
    assert_eq!(first.status.code(), Some(0), "{}", String::from_utf8_lossy(&first.stderr));
    let night: Value = serde_json::from_slice(&first.stdout).unwrap();
    assert_eq!(number(&night, "merged"), 1);
}

#[test]
fn killed_anywhere_the_next_night_recovers() {
    let mut house = House::of(120, APPLY);
    let mut recovered = 0;
    for round in 0..6_usize {
        for number in 0..4 {
            house.lead(&Person::number(round * 12 + number * 3 + round % 2));
        }
        // The server dies under the request, at another place each round: while reading, while merging, after a merge
        let at = [4, 14, 20, 26, 32, 40][round];
        let hang = FaultRule {
            on: Some(at),
            ..FaultRule::always(Fault::Hang {
                when: if round % 2 == 0 { When::AfterCommit } else { When::BeforeCommit },
            })
        };
        house.workspace.set_faults(Faults { rules: vec![hang], ..Faults::default() });
        let from = house.workspace.requests();
        let now = house.now.to_string();
        let mut child = house.desk.on(&house.workspace.url(), &House::arguments(&[], &now)).spawn().unwrap();
        let began = std::time::Instant::now();
        while child.try_wait().unwrap().is_none()
            && house.workspace.requests() < from + at
            && began.elapsed() < Duration::from_secs(60)
        {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(100));
        drop(child.kill());
        child.wait().unwrap();
        house.workspace.set_faults(Faults::default());
        house.pass(DAY);
        let night = house.night();
        recovered += u32::from(!night["recovered"].is_null());
        assert_eq!(night["failed"], json!(0), "round {round}: {night:#}");
        assert_eq!(removals(&house.full()), 0, "round {round}: {night:#}");
        house.pass(60);
    }
    let history = house.desk.run(&["history"]).ends_with(0).out;
    assert!(history.contains("failed") && history.contains("applied"), "{history}");
    assert!(recovered >= 2, "only {recovered} nights were killed while they were applied");
    let left: Vec<PathBuf> = leftovers(&house.desk.at(".local/state/leadfold/clean/sandbox1"));
    assert!(left.is_empty(), "{left:?}");
}

/// Half-written files of nights that came to their end.
fn leftovers(root: &std::path::Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for night in std::fs::read_dir(root.join("nights")).unwrap() {
        let night = night.unwrap().path();
        if night.join("summary.json").exists() {
            let files = std::fs::read_dir(&night).unwrap().map(|file| file.unwrap().path());
            found.extend(files.filter(|file| file.to_string_lossy().contains(".leadfold-")));
        }
    }
    found
}

#[test]
fn nights_of_another_workspace_are_not_mixed_in() {
    let house = House::of(5, APPLY);
    house.clean(&["--folder", "nights"]).ends_with(0);
    let other = Workspace::start(leadfold::sandbox::Options { workspace_id: "other".into(), ..Workspace::options() });
    let ran = house.desk.run_on(&other.url(), &["clean", "--folder", "nights"]).ends_with(2);
    ran.says(&["the nights there are of workspace sandbox1"]);
    house.desk.run(&["history", "--folder", "nights"]).ends_with(0).says(&["nothing to do"]);
    house.desk.run(&["history"]).ends_with(2).says(&["no nights are kept"]);
}
