//! The main job: a list of 5,000 rows comes into a workspace of 2,000 contacts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::Child;
use std::time::Duration;

use serde_json::Value;

use crate::people::{Chance, Person};
use crate::support::Desk;
use crate::workspace::Workspace;

/// 2,000 contacts of 1,800 people: users and leads, 100 leads that are also users, 100 leads twice.
fn existing() -> String {
    let mut csv = "id,role,external_id,email,name,phone,companies,tags,created_at,plan\n".to_owned();
    let mut row = 0_u64;
    let mut line = |csv: &mut String, role: &str, person: &Person, number: usize, phone: &str| {
        row += 1;
        let external = if role == "user" { format!("cust-{number}") } else { String::new() };
        let created = 1_600_000_000 + row * 60;
        let plan = if number.is_multiple_of(3) { "pro" } else { "" };
        writeln!(
            csv,
            "{row:024x},{role},{external},{},{},{phone},{},customers,{created},{plan}",
            person.email,
            person.name(),
            person.company
        )
        .unwrap();
    };
    for number in 0..1_800 {
        let person = Person::number(number);
        let role = if number % 2 == 0 { "user" } else { "lead" };
        // A third of the contacts has no phone yet: the list will fill it.
        let phone = if number % 3 == 1 { "" } else { person.phone.as_str() };
        line(&mut csv, role, &person, number, phone);
        if number < 400 && number % 4 < 2 {
            line(&mut csv, "lead", &person, number, "");
        }
    }
    csv
}

/// 5,000 rows: 1,000 of people the workspace knows, 3,500 new people, 500 rows that repeat a new person.
fn incoming() -> String {
    let mut csv = "E-mail,Full name,Mobile,Organisation,Tags,Seat count\n".to_owned();
    let mut chance = Chance::new(7);
    for row in 0..5_000_usize {
        let number = match row {
            0..1_000 => row,
            1_000..4_500 => 1_000 + row,
            _ => 2_000 + (row - 4_500) * 5,
        };
        let person = Person::number(number);
        let email = if chance.below(4) == 0 { person.email.to_uppercase() } else { person.email.clone() };
        let name =
            if chance.below(5) == 0 { format!("\"{}, {}\"", person.family, person.given) } else { person.name() };
        let seats = number % 50 + 1;
        writeln!(csv, "{email},{name},{},{},webinar;list {},{seats}", person.phone, person.company, number % 3)
            .unwrap();
    }
    csv
}

struct Migration {
    desk: Desk,
    workspace: Workspace,
}

impl Migration {
    fn planned() -> Self {
        let desk = Desk::new();
        let workspace = Workspace::seeded(&existing());
        desk.file("list.csv", incoming());
        desk.run_on(&workspace.url(), &["plan", "list.csv", "--pull", "-o", "list.plan", "--no-report"]).ends_with(0);
        Self { desk, workspace }
    }

    const APPLY: [&'static str; 6] = ["apply", "list.plan", "--yes", "--create-attributes", "--search-patience", "2"];

    fn apply(&self) -> String {
        self.desk.run_on(&self.workspace.url(), &Self::APPLY).ends_with(0).out
    }

    fn start_apply(&self) -> Child {
        self.desk.on(&self.workspace.url(), &Self::APPLY).spawn().unwrap()
    }

    fn outcomes(&self) -> BTreeMap<String, usize> {
        let csv = self.desk.run(&["show", "list.plan", "--outcomes", "--format", "csv"]).ends_with(0).out;
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let column = reader.headers().unwrap().iter().position(|name| name == "outcome").unwrap();
        let mut counts = BTreeMap::new();
        for record in reader.records() {
            *counts.entry(record.unwrap()[column].to_owned()).or_default() += 1;
        }
        counts
    }

    /// What the workspace holds, without ids and times, which differ from run to run.
    fn content(&self) -> BTreeSet<String> {
        let mut content: BTreeMap<String, usize> = BTreeMap::new();
        let state = self.workspace.state();
        for contact in state["contacts"].as_array().unwrap() {
            let companies: Vec<&Value> =
                contact["companies"].as_array().unwrap().iter().map(|company| &company["name"]).collect();
            let parts = [
                "state",
                "role",
                "external_id",
                "email",
                "phone",
                "name",
                "unsubscribed_from_emails",
                "custom_attributes",
                "tags",
                "notes",
            ];
            let mut line: Vec<String> = parts.iter().map(|part| format!("{part}={}", contact[*part])).collect();
            line.push(format!("companies={companies:?}"));
            *content.entry(line.join(" ")).or_default() += 1;
        }
        content.into_iter().map(|(line, count)| format!("{count}× {line}")).collect()
    }
}

#[test]
fn five_thousand_rows_arrive_and_nothing_is_left_to_do() {
    let migration = Migration::planned();
    migration.apply();

    let outcomes = migration.outcomes();
    // 5,000 rows and 2,000 contacts, each with one outcome.
    assert_eq!(outcomes.values().sum::<usize>(), 7_000, "{outcomes:?}");
    for bad in ["failed", "unknown", "rejected"] {
        assert_eq!(outcomes.get(bad), None, "{outcomes:?}");
    }
    assert_eq!(outcomes["created"], 3_500, "{outcomes:?}");
    everything_arrived(&migration.workspace);

    let writes = migration.workspace.writes();
    migration.apply();
    assert_eq!(migration.workspace.writes(), writes, "applying again must send no write");

    let again = ["plan", "list.csv", "--pull", "-o", "again.plan", "--no-report", "--detailed-exitcode"];
    migration.desk.run_on(&migration.workspace.url(), &again).ends_with(0);
    assert_eq!(
        migration.workspace.writes(),
        writes,
        "planning must send no write: {:#}",
        migration.workspace.stats()["routes"]
    );
}

/// Every value of every row stands in the workspace, on the contact of that row.
fn everything_arrived(workspace: &Workspace) {
    let contacts = workspace.contacts();
    let mut by_email: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for contact in &contacts {
        if let Some(email) = contact["email"].as_str() {
            by_email.entry(email.to_lowercase()).or_default().push(contact);
        }
    }
    let mut reader = csv::Reader::from_reader(std::io::Cursor::new(incoming()));
    for row in reader.records() {
        let row = row.unwrap();
        let found = by_email.get(&row[0].to_lowercase()).unwrap_or_else(|| panic!("no contact for {row:?}"));
        let [contact] = found.as_slice() else { panic!("several contacts for {row:?}: {found:?}") };
        let text = contact.to_string();
        assert!(text.contains(&row[2]), "phone of {row:?} in {text}");
        let family = row[1].split([',', ' ']).find(|part| part.len() > 3).unwrap();
        assert!(contact["name"].as_str().unwrap().contains(family), "name of {row:?} in {text}");
        for tag in row[4].split(';') {
            assert!(
                contact["tags"].as_array().unwrap().iter().any(|have| have == tag),
                "tag {tag} of {row:?} in {text}"
            );
        }
        assert_eq!(contact["custom_attributes"]["Seat count"].as_str(), Some(&row[5]), "{row:?} in {text}");
        assert!(
            contact["companies"].as_array().unwrap().iter().any(|have| have["name"] == row[3]),
            "{row:?} in {text}"
        );
    }
}

#[test]
fn killed_at_twenty_points_and_resumed_it_ends_as_if_nothing_had_happened() {
    let undisturbed = Migration::planned();
    let before = undisturbed.workspace.requests();
    undisturbed.apply();
    let length = undisturbed.workspace.requests() - before;

    let disturbed = Migration::planned();
    let seed = std::env::var("LEADFOLD_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_122);
    eprintln!("seed {seed}: set LEADFOLD_SEED to repeat it");
    let mut chance = Chance::new(seed);
    for kill in 1..=20 {
        // A twentieth of all requests at most between two kills, so that twenty of them are spread over the whole run;
        // the server counts them, because a clock would say nothing on a busy machine.
        let stride = chance.below(usize::try_from(length / 20).unwrap()) as u64;
        let target = disturbed.workspace.requests() + stride;
        let mut child = disturbed.start_apply();
        while disturbed.workspace.requests() < target {
            assert!(child.try_wait().unwrap().is_none(), "the run ended before kill {kill}");
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    disturbed.apply();
    let (expected, found) = (undisturbed.content(), disturbed.content());
    let missing: Vec<_> = expected.difference(&found).take(5).collect();
    let surplus: Vec<_> = found.difference(&expected).take(5).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing {missing:#?}\nsurplus {surplus:#?}");
    assert_eq!(disturbed.outcomes(), undisturbed.outcomes());
}
