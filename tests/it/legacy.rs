//! The 1.x dialect from end to end: pull, plan and apply, in a workspace that 2.x sees as well.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::people::{Person, list};
use crate::support::Desk;
use crate::workspace::Workspace;

/// Every third contact a user, tagged and in a company.
fn seed(contacts: usize) -> String {
    let mut csv = "id,role,external_id,email,name,tags,company,plan,created_at\n".to_owned();
    for number in 0..contacts {
        let person = Person::number(number);
        let (role, external) = if number % 3 == 0 { ("user", format!("u-{number}")) } else { ("lead", String::new()) };
        writeln!(
            csv,
            "{number:024x},{role},{external},{},{},t{},{},pro,{}",
            person.email,
            person.name(),
            number % 4,
            person.company,
            1_600_000_000 + number
        )
        .unwrap();
    }
    csv
}

/// The rows of a CSV by id, without the columns in which the dialects differ: leads have an automatic id in 1.x.
fn rows(csv: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    reader
        .records()
        .map(|record| {
            let row: BTreeMap<String, String> =
                header.iter().cloned().zip(record.unwrap().iter().map(str::to_owned)).collect();
            let id = row["id"].clone();
            (id, row.into_iter().filter(|(name, value)| name != "external_id" || value.len() != 36).collect())
        })
        .collect()
}

#[test]
fn both_dialects_pull_the_same_workspace() {
    let workspace = Workspace::seeded(&seed(700));
    let desk = Desk::new();
    for api in ["2.14", "1.4"] {
        let (file, mirror) = (format!("{api}.csv"), format!("{api}.db"));
        let arguments = ["pull", "-o", &file, "--mirror", &mirror, "--api", api];
        desk.run_on(&workspace.url(), &arguments).ends_with(0).says(&["every contact read: 700"]);
    }
    let (modern, legacy) = (rows(&desk.read("2.14.csv")), rows(&desk.read("1.4.csv")));
    let without_id = |rows: &BTreeMap<String, BTreeMap<String, String>>| {
        let mut rows = rows.clone();
        for row in rows.values_mut().filter(|row| row["role"] == "lead") {
            row.remove("external_id");
        }
        rows
    };
    assert_eq!(modern.len(), 700);
    assert_eq!(without_id(&modern), without_id(&legacy));
}

#[test]
fn a_later_pull_reads_the_leads_and_the_users_that_changed() {
    let workspace = Workspace::seeded(&seed(300));
    let desk = Desk::new();
    let pull = || {
        let ran = desk.run_on(&workspace.url(), &["pull", "-o", "all.csv", "--json", "--api", "1.4"]).ends_with(0);
        serde_json::from_str::<Value>(&ran.out).unwrap()["refreshed"].clone()
    };
    assert_eq!(pull()["contacts"], json!(300));
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    for number in [3, 4, 30, 31] {
        workspace.edit(&json!({"contact": format!("{number:024x}"), "set": {"name": "Renamed"}}));
    }
    let second = pull();
    assert_eq!((&second["changed"], &second["drift"]), (&json!(4), &json!(0)), "{second}");
    assert_eq!(desk.read("all.csv").matches("Renamed").count(), 4);
    // Users alone can be sorted by change, so without leads few requests are enough
    assert!(second["requests"].as_u64().unwrap() < 20, "{second}");
}

#[test]
fn a_list_is_planned_and_applied_and_nothing_is_left_to_do() {
    let workspace = Workspace::seeded(&seed(120));
    let desk = Desk::new();
    // 60 known people and 60 new ones
    let all = list(180);
    let rows: Vec<&str> = all.lines().collect();
    let mut incoming = "Email,Name,Seats,Tags\n".to_owned();
    for row in &rows[61..181] {
        writeln!(incoming, "{row},7,webinar").unwrap();
    }
    desk.file("list.csv", &incoming);
    let on = |arguments: &[&str]| desk.run_on(&workspace.url(), &[arguments, &["--api", "1.4"]].concat());
    let plan = ["plan", "list.csv", "--pull", "-o", "list.plan", "--no-report"];
    on(&plan).ends_with(0);
    let apply = ["apply", "list.plan", "--yes", "--create-attributes"];
    on(&apply).ends_with(0);
    let contacts = workspace.contacts();
    assert_eq!(contacts.len(), 180);
    assert!(contacts.iter().all(|contact| contact["email"].is_string()));
    let tagged = contacts.iter().filter(|contact| contact["tags"].to_string().contains("webinar")).count();
    let seated = contacts.iter().filter(|contact| contact["custom_attributes"]["Seats"].is_string()).count();
    assert_eq!((tagged, seated), (120, 120), "{}", contacts[170]);
    // Again does nothing, and neither does a new plan of the same list
    let writes = workspace.writes();
    on(&apply).ends_with(0);
    on(&["plan", "list.csv", "--pull", "-o", "again.plan", "--no-report"]).ends_with(0);
    on(&["apply", "again.plan", "--yes"]).ends_with(0);
    assert_eq!(workspace.writes(), writes);
}

#[test]
fn leads_are_merged_into_their_user_and_the_plan_can_be_undone_as_far_as_that_goes() {
    let mut csv = "id,role,external_id,email,name,tags,unsubscribed_from_emails\n".to_owned();
    for number in 0..10 {
        let person = Person::number(number);
        let row = format!("{},{}", person.email, person.name());
        writeln!(csv, "{:024x},user,u-{number},{row},,", number * 2).unwrap();
        writeln!(csv, "{:024x},lead,,{row},vip,true", number * 2 + 1).unwrap();
    }
    let workspace = Workspace::seeded(&csv);
    let desk = Desk::new();
    let on = |arguments: &[&str]| desk.run_on(&workspace.url(), &[arguments, &["--api", "1.4"]].concat());
    on(&["plan", "--pull", "-o", "self.plan", "--no-report"]).ends_with(0);
    on(&["apply", "self.plan", "--yes"]).ends_with(0);
    let contacts = workspace.contacts();
    assert_eq!(contacts.len(), 10);
    for user in &contacts {
        assert_eq!((&user["role"], &user["unsubscribed_from_emails"]), (&json!("user"), &json!(true)), "{user}");
        assert!(user["tags"].to_string().contains("vip"), "{user}");
    }
}
