//! The 1.x dialect from end to end: pull, plan and apply, in a workspace that 2.x sees as well.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use leadfold::contact::Role;
use leadfold::intercom::{
    ContactPatch, DataType, Error, ReadWorkspace, SearchFilter, SearchOperator, SearchQuery, WriteWorkspace,
};
use serde_json::{Value, json};

use crate::intercom_client::{client_of, sandbox};
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
fn a_workspace_is_cleaned_of_its_duplicates_in_both_dialects() {
    let mut csv = "id,role,external_id,email,name,tags,unsubscribed_from_emails\n".to_owned();
    for number in 0..10 {
        let person = Person::number(number);
        let row = format!("{},{}", person.email, person.name());
        writeln!(csv, "{:024x},user,u-{number},{row},,", number * 2).unwrap();
        writeln!(csv, "{:024x},lead,,{row},vip,true", number * 2 + 1).unwrap();
    }
    for api in ["2.14", "1.4"] {
        let workspace = Workspace::seeded(&csv);
        let desk = Desk::new();
        let on = |arguments: &[&str]| desk.run_on(&workspace.url(), &[arguments, &["--api", api]].concat());
        on(&["plan", "--pull", "-o", "self.plan", "--no-report"]).ends_with(0);
        on(&["apply", "self.plan", "--yes"]).ends_with(0);
        let contacts = workspace.contacts();
        assert_eq!(contacts.len(), 10);
        for user in &contacts {
            assert_eq!((&user["role"], &user["unsubscribed_from_emails"]), (&json!("user"), &json!(true)), "{user}");
            assert!(user["tags"].to_string().contains("vip"), "{user}");
        }
    }
}

/// What can be put back is put back, and what cannot is said: a converted lead stays part of its user.
#[test]
fn a_plan_is_undone_in_both_dialects_as_far_as_each_can() {
    for api in ["2.14", "1.4"] {
        let workspace = Workspace::seeded(
            "id,role,external_id,email,name\n\
             0000000000000000000000aa,user,1,ann@acme.example,Ann Lee\n\
             0000000000000000000000bb,lead,,bo@acme.example,\n",
        );
        let desk = Desk::new();
        desk.file(
            "list.csv",
            "Email,Name,Tags\nann@acme.example,Ann Lee,fair\nbo@acme.example,Bo Dahl,fair\ncy@acme.example,Cy Roe,fair\n",
        );
        let on = |arguments: &[&str]| desk.run_on(&workspace.url(), &[arguments, &["--api", api]].concat());
        on(&["plan", "list.csv", "--pull", "-o", "list.plan", "--no-report"]).ends_with(0);
        on(&["apply", "list.plan", "--yes"]).ends_with(0);
        let named = |email: &str| {
            let contacts = workspace.contacts();
            contacts.into_iter().find(|contact| contact["email"] == email)
        };
        assert_eq!(named("bo@acme.example").unwrap()["name"], "Bo Dahl", "{api}");
        assert!(named("cy@acme.example").is_some(), "{api}");
        on(&["undo", "list.plan", "--yes"]).ends_with(0);
        assert_eq!(workspace.contacts().len(), 2, "{api}: what was created is archived");
        for contact in workspace.contacts() {
            assert_eq!(contact["tags"], json!([]), "{api}: {contact}");
        }
        assert_eq!(named("bo@acme.example").unwrap()["name"], Value::Null, "{api}");
        // Twice puts nothing back again
        let writes = workspace.writes();
        on(&["undo", "list.plan", "--yes"]).ends_with(0);
        assert_eq!(workspace.writes(), writes, "{api}");
    }
}

/// Lists end at 10,000 records; a scroll does not.
#[test]
fn a_workspace_behind_the_wall_is_pulled_whole() {
    let mut csv = "id,role,external_id,email\n".to_owned();
    for number in 0..10_150 {
        writeln!(csv, "{number:024x},user,u-{number},p{number}@example.com").unwrap();
    }
    let workspace = Workspace::seeded(&csv);
    let desk = Desk::new();
    let pull = ["pull", "-o", "all.csv", "--json", "--api", "1.4"];
    let first = desk.run_on(&workspace.url(), &pull).ends_with(0);
    first.says(&["every contact read: 10150"]);
    assert_eq!(desk.read("all.csv").lines().count(), 10_151);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    for number in 0..50 {
        workspace.edit(&json!({"contact": format!("{:024x}", number * 200), "set": {"name": "Renamed"}}));
    }
    let second = desk.run_on(&workspace.url(), &pull).ends_with(0);
    let refreshed: Value = serde_json::from_str(&second.out).unwrap();
    assert_eq!(refreshed["refreshed"]["changed"], json!(50));
    // Users can be sorted by change, and there are no leads to read
    assert!(refreshed["refreshed"]["requests"].as_u64().unwrap() < 20, "{refreshed}");
}

#[tokio::test]
async fn a_contact_of_the_legacy_dialect_lives_its_whole_life() {
    let running = sandbox(|_| {}).await;
    let client = client_of(&running, "1.4");
    assert_eq!(client.me().await.unwrap().workspace_id, "sandbox1");
    assert!(!client.admins().await.unwrap().is_empty());
    let patch =
        |standard: Value| ContactPatch { standard: standard.as_object().unwrap().clone(), ..ContactPatch::default() };

    // Nothing is sent for an attribute; it is there with its first value
    let attribute = client.create_data_attribute("plan", DataType::String).await.unwrap();
    assert!(attribute.custom && client.data_attributes().await.unwrap().is_empty());
    let user =
        patch(json!({"role": "user", "external_id": "7", "email": "al@oran.example", "last_seen_at": 1_600_000_000}));
    let user = client.create(&user).await.unwrap();
    assert_eq!(
        (user.role, user.external_id.as_deref(), user.last_seen_at),
        (Role::User, Some("7"), Some(1_600_000_000))
    );
    let lead = client.create(&patch(json!({"role": "lead", "email": "al@oran.example"}))).await.unwrap();
    let mut change = ContactPatch::default();
    change.custom.insert("plan".to_owned(), json!("pro"));
    for contact in [&user, &lead] {
        let changed = client.update(&contact.id, &change).await.unwrap();
        assert_eq!((changed.role, changed.custom_attributes.get("plan")), (contact.role, Some(&json!("pro"))));
    }
    assert_eq!(client.data_attributes().await.unwrap()[0].name, "plan");
    assert_eq!(client.total().await.unwrap(), Some(2));

    let email =
        SearchFilter { field: "email".into(), operator: SearchOperator::Equals, value: json!("al@oran.example") };
    let role = SearchFilter { field: "role".into(), operator: SearchOperator::Equals, value: json!("lead") };
    let both = client.search(&SearchQuery { all_of: vec![email.clone()] }, None).await.unwrap();
    assert_eq!(both.contacts.len(), 2);
    let one = client.search(&SearchQuery { all_of: vec![email, role] }, None).await.unwrap();
    assert_eq!((one.contacts.len(), &one.contacts[0].id), (1, &lead.id));
    assert_eq!(client.contact_by_external_id("7").await.unwrap().id, user.id);
    assert!(matches!(client.contact_by_external_id("8").await, Err(Error::NotFound { .. })));

    let tag = client.ensure_tag("Fair").await.unwrap();
    let company = client.ensure_company("acme", "Acme Ltd").await.unwrap();
    for contact in [&user, &lead] {
        client.attach_tag(&contact.id, &tag.id).await.unwrap();
        assert_eq!(client.tags(&contact.id).await.unwrap(), std::slice::from_ref(&tag));
        client.attach_company(&contact.id, &company.id).await.unwrap();
        assert_eq!(client.companies(&contact.id).await.unwrap()[0].name, "Acme Ltd");
        client.add_note(&contact.id, "Met at the fair").await.unwrap();
        assert_eq!(client.notes(&contact.id).await.unwrap()[0].text(), "Met at the fair");
        assert!(client.conversations(&contact.id).await.unwrap().is_empty());
    }
    assert_eq!(client.tag_list().await.unwrap(), std::slice::from_ref(&tag));
    assert_eq!(client.company_list().await.unwrap().len(), 1);
    client.detach_tag(&user.id, &tag.id).await.unwrap();
    client.detach_company(&user.id, &company.id).await.unwrap();
    assert!(client.tags(&user.id).await.unwrap().is_empty() && client.companies(&user.id).await.unwrap().is_empty());

    // The lead disappears into the user with its tag, company and note
    assert_eq!(client.merge(&lead.id, &user.id).await.unwrap().id, user.id);
    assert!(matches!(client.contact(&lead.id).await, Err(Error::NotFound { .. })));
    assert_eq!(client.tags(&user.id).await.unwrap(), [tag]);
    assert_eq!(client.notes(&user.id).await.unwrap().len(), 2);
    assert!(client.merge(&user.id, &user.id).await.is_err());

    client.archive(&user.id).await.unwrap();
    assert!(matches!(client.contact(&user.id).await, Err(Error::NotFound { .. })));
    client.delete(&user.id).await.unwrap();
    assert!(client.rate_limit().is_some());
}
