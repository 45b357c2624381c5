//! A plan is for one workspace, as it was made, once.

use leadfold::sandbox::Options;

use crate::support::Desk;
use crate::workspace::Workspace;

const LIST: &str = "Email,Name\nann.lee@brightwater.example,Ann Lee\nbo.dahl@copperfield.example,Bo Dahl\n";
const PLAN: [&str; 6] = ["plan", "list.csv", "--pull", "-o", "list.plan", "--no-report"];
const APPLY: [&str; 3] = ["apply", "list.plan", "--yes"];

fn planned(workspace: &Workspace) -> Desk {
    let desk = Desk::new();
    desk.file("list.csv", LIST);
    desk.run_on(&workspace.url(), &PLAN).ends_with(0);
    desk
}

#[test]
fn a_wrong_token_is_refused_before_anything_else() {
    let workspace = Workspace::start(Options { tokens: vec!["another".to_owned()], ..Workspace::options() });
    let desk = Desk::new();
    desk.file("list.csv", LIST);
    desk.run_on(&workspace.url(), &["whoami"]).ends_with(8).says(&["access token", "region", "api.eu.intercom.io"]);
    desk.run_on(&workspace.url(), &PLAN).ends_with(8);
    assert_eq!(desk.listing(), ["list.csv"]);
}

#[test]
fn a_missing_token_says_where_to_get_one() {
    let desk = Desk::new();
    desk.run(&["whoami"]).ends_with(2).says(&["INTERCOM_ACCESS_TOKEN", "--token-file"]);
}

#[test]
fn a_plan_for_another_workspace_is_refused() {
    let desk = planned(&Workspace::empty());
    let other = Workspace::start(Options { workspace_id: "other99".to_owned(), ..Workspace::options() });
    desk.run_on(&other.url(), &APPLY).ends_with(5).says(&["sandbox1", "other99"]);
    assert_eq!(other.contacts().len(), 0);
}

#[test]
fn a_plan_without_a_workspace_belongs_to_the_first_it_is_applied_to() {
    let first = Workspace::empty();
    let desk = Desk::new();
    desk.file("list.csv", LIST);
    desk.run(&["plan", "list.csv", "-o", "list.plan", "--no-report"]).ends_with(0);
    desk.run_on(&first.url(), &APPLY).ends_with(0);
    assert_eq!(first.contacts().len(), 2);
    let other = Workspace::start(Options { workspace_id: "other99".to_owned(), ..Workspace::options() });
    desk.run_on(&other.url(), &APPLY).ends_with(5);
    assert_eq!(other.contacts().len(), 0);
}

#[test]
fn a_plan_edited_by_hand_is_refused() {
    let workspace = Workspace::empty();
    let desk = planned(&workspace);
    let connection = rusqlite::Connection::open(desk.at("list.plan")).unwrap();
    let changed = connection.execute("UPDATE actions SET body = replace(body, 'Ann', 'Eve')", []).unwrap();
    assert_eq!(changed, 2);
    drop(connection);
    desk.run_on(&workspace.url(), &APPLY).ends_with(5).says(&["list.plan", "was changed after it was made"]);
    assert_eq!(workspace.contacts().len(), 0);
}

#[test]
fn a_plan_of_a_newer_format_is_refused() {
    let workspace = Workspace::empty();
    let desk = planned(&workspace);
    let connection = rusqlite::Connection::open(desk.at("list.plan")).unwrap();
    connection.pragma_update(None, "user_version", 999).unwrap();
    drop(connection);
    for arguments in [&["show", "list.plan", "--rows"][..], &APPLY[..]] {
        desk.run_on(&workspace.url(), arguments).ends_with(2).says(&["list.plan", "format 999"]);
    }
}

#[test]
fn missing_custom_attributes_are_found_before_the_first_write() {
    let workspace = Workspace::empty();
    let desk = Desk::new();
    desk.file("list.csv", "Email,Name,Favourite colour\nann.lee@brightwater.example,Ann Lee,green\n");
    desk.run_on(&workspace.url(), &PLAN).ends_with(0);
    desk.run_on(&workspace.url(), &APPLY).ends_with(4).says(&["Favourite colour", "--create-attributes"]);
    assert_eq!(workspace.contacts().len(), 0);
    desk.run_on(&workspace.url(), &["apply", "list.plan", "--yes", "--create-attributes"]).ends_with(0);
    assert_eq!(workspace.contacts()[0]["custom_attributes"]["Favourite colour"], "green");
}

#[test]
fn nobody_to_ask_means_nothing_is_written() {
    let workspace = Workspace::empty();
    let desk = planned(&workspace);
    desk.run_on(&workspace.url(), &["apply", "list.plan"]).ends_with(2).says(&["--yes"]);
    assert_eq!(workspace.contacts().len(), 0);
}

#[test]
fn a_guardrail_stops_the_whole_plan() {
    let workspace = Workspace::empty();
    let desk = planned(&workspace);
    desk.run_on(&workspace.url(), &["apply", "list.plan", "--yes", "--max-changes", "1"]).ends_with(4);
    assert_eq!(workspace.contacts().len(), 0);
    desk.run(&["plan", "list.csv", "-o", "other.plan", "--max-changes", "1"]).ends_with(4).says(&["max-changes"]);
}

#[test]
fn a_plan_with_changes_says_so_when_asked() {
    let desk = Desk::new();
    desk.file("list.csv", LIST);
    desk.run(&["plan", "list.csv", "-o", "list.plan", "--detailed-exitcode"]).ends_with(10);
}

#[test]
fn every_file_with_contacts_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let workspace =
        Workspace::seeded("id,role,email,name\n000000000000000000000001,lead,ann.lee@brightwater.example,Ann\n");
    let desk = Desk::new();
    desk.file("list.csv", LIST);
    desk.run_on(&workspace.url(), &["plan", "list.csv", "--pull", "-o", "list.plan"]).ends_with(0);
    desk.run_on(&workspace.url(), &["pull", "-o", "pulled.csv"]).ends_with(0);
    desk.run_on(&workspace.url(), &["apply", "list.plan", "--yes"]);
    desk.run(&["export", "list.plan", "--dir", "out"]).ends_with(0);
    for name in ["list.plan", "list.html", "pulled.csv", "out/actions.csv", "out/errors.csv", "list.outcomes.csv"] {
        let mode = std::fs::metadata(desk.at(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}");
    }
}

#[test]
fn a_pulled_workspace_reads_back_as_the_same_contacts() {
    let workspace = Workspace::seeded(
        "id,role,external_id,email,name,phone,companies,tags,created_at,plan\n\
         000000000000000000000001,user,u-1,ann.lee@brightwater.example,Ann Lee,+4930123456,Brightwater,a;b,1600000000,pro\n\
         000000000000000000000002,lead,,bo.dahl@copperfield.example,Bo Dahl,,,,1600000100,\n",
    );
    let desk = Desk::new();
    desk.run_on(&workspace.url(), &["pull", "-o", "pulled.csv"]).ends_with(0);
    desk.file("list.csv", LIST);
    let from_file = ["plan", "list.csv", "--existing", "pulled.csv", "-o", "file.plan", "--no-report"];
    desk.run(&from_file).ends_with(0);
    desk.run_on(&workspace.url(), &["plan", "list.csv", "--pull", "-o", "pull.plan", "--no-report"]).ends_with(0);
    let actions = |plan: &str| desk.run(&["show", plan, "--actions", "--format", "csv"]).ends_with(0).out;
    assert_eq!(actions("file.plan"), actions("pull.plan"));
}

#[test]
fn a_doubtful_group_is_planned_once_a_person_has_accepted_it() {
    let desk = Desk::new();
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/intercom-leads.csv");
    desk.file("leads.csv", std::fs::read(samples).unwrap());
    desk.run(&["plan", "--existing", "leads.csv", "-o", "leads.plan", "--no-report"]).ends_with(0);
    let archives = || {
        let actions = desk.run(&["show", "leads.plan", "--actions", "--format", "csv"]).ends_with(0).out;
        actions.lines().filter(|line| line.split(',').nth(2) == Some("archive")).count()
    };
    let waiting = || {
        let rows = desk.run(&["show", "leads.plan", "--groups", "--format", "csv"]).ends_with(0).out;
        rows.lines().filter(|line| line.ends_with(",review")).count()
    };
    let (archives_before, waiting_before) = (archives(), waiting());
    assert!(waiting_before >= 2, "the sample has no doubtful group");
    desk.file("answers", "a\nf\n");
    let mut review = desk.command(&["review", "leads.plan", "--terminal"]);
    review.stdin(std::fs::File::open(desk.at("answers")).unwrap());
    assert!(review.output().unwrap().status.success());
    assert_eq!(archives(), archives_before + 1);
    assert_eq!(waiting(), waiting_before - 2);
}

#[test]
fn a_column_whose_name_intercom_refuses_does_not_keep_the_plan_from_being_applied() {
    let workspace = Workspace::empty();
    let desk = Desk::new();
    desk.file("list.csv", "Email,Name,\"Size (m²) \"\"net\"\"\"\nann.lee@brightwater.example,Ann Lee,12\n");
    desk.run_on(&workspace.url(), &PLAN).ends_with(0);
    desk.run_on(&workspace.url(), &["apply", "list.plan", "--yes", "--create-attributes"]).ends_with(0);
    assert_eq!(workspace.contacts()[0]["custom_attributes"]["Size _m²_ _net_"], "12");
}

#[test]
fn answers_of_a_review_that_was_left_are_not_passed_over() {
    let workspace = Workspace::empty();
    let desk = Desk::new();
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/intercom-leads.csv");
    desk.file("leads.csv", std::fs::read(samples).unwrap());
    desk.run(&["plan", "--existing", "leads.csv", "-o", "leads.plan", "--no-report"]).ends_with(0);
    let answer = |text: &str| {
        desk.file("answers", text);
        let mut review = desk.command(&["review", "leads.plan", "--terminal"]);
        review.stdin(std::fs::File::open(desk.at("answers")).unwrap());
        assert!(review.output().unwrap().status.success());
    };
    // Accepted, then the connection to the terminal was gone
    answer("a\n");
    let apply = ["apply", "leads.plan", "--yes", "--create-attributes"];
    desk.run_on(&workspace.url(), &apply).ends_with(4).says(&["a review was left", "leadfold review leads.plan"]);
    assert_eq!(workspace.writes(), 0);
    answer("f\n");
    let ran = desk.run_on(&workspace.url(), &apply);
    assert_ne!(ran.code, 4, "{}", ran.err);
}

const TWO_PAIRS: &str = "id,role,email,name,tags\n\
    000000000000000000000001,lead,ann.lee@brightwater.example,Ann Lee,a\n\
    000000000000000000000002,lead,ann.lee@brightwater.example,Ann Lee,b\n\
    000000000000000000000003,user,bo.dahl@copperfield.example,Bo Dahl,c\n\
    000000000000000000000004,lead,bo.dahl@copperfield.example,Bo Dahl,d\n";

#[test]
fn conversations_nobody_may_see_keep_a_contact_but_do_not_stop_the_run() {
    let workspace = Workspace::seeded(TWO_PAIRS);
    let desk = Desk::new();
    desk.run_on(&workspace.url(), &["plan", "--pull", "-o", "list.plan", "--no-report"]).ends_with(0);
    workspace.set_faults(
        serde_json::from_str(
            r#"{"rules": [{"fault": {"kind": "server_error", "status": 403}, "path": "/conversations"}]}"#,
        )
        .unwrap(),
    );
    desk.run_on(&workspace.url(), &APPLY).ends_with(3);
    desk.run(&["show", "list.plan", "--outcomes", "--format", "csv"])
        .ends_with(0)
        .says(&["conversations cannot be seen"]);
    let left: Vec<String> = workspace.contacts().iter().map(|contact| contact["id"].to_string()).collect();
    assert_eq!(left.len(), 3, "the lead was merged, nothing was archived: {left:?}");
}

#[test]
fn undoing_twice_sends_no_second_write_and_leaves_the_contacts_as_they_were() {
    let workspace = Workspace::seeded(&TWO_PAIRS.lines().take(3).collect::<Vec<_>>().join("\n"));
    let values = || {
        let told = ["id", "state", "role", "email", "phone", "name", "tags", "companies", "custom_attributes"];
        let state = workspace.state();
        let contacts = state["contacts"].as_array().unwrap().iter();
        contacts.map(|contact| told.map(|part| contact[part].to_string()).join(" ")).collect::<Vec<_>>()
    };
    let before = values();
    let desk = Desk::new();
    desk.run_on(&workspace.url(), &["plan", "--pull", "-o", "list.plan", "--no-report"]).ends_with(0);
    desk.run_on(&workspace.url(), &APPLY).ends_with(0);
    assert_ne!(values(), before);
    desk.run_on(&workspace.url(), &["undo", "list.plan", "--yes"]).ends_with(0);
    assert_eq!(values(), before);
    let writes = workspace.writes();
    desk.run_on(&workspace.url(), &["undo", "list.plan", "--yes"]).ends_with(0);
    assert_eq!(workspace.writes(), writes);
}

#[test]
fn a_contact_somebody_archived_meanwhile_is_never_deleted_and_counts_as_archived() {
    for (how, code) in [("archive", 0), ("delete", 3)] {
        let workspace = Workspace::seeded(&TWO_PAIRS.lines().take(3).collect::<Vec<_>>().join("\n"));
        let desk = Desk::new();
        let plan = ["plan", "--pull", "-o", "list.plan", "--no-report", "--lead-groups", how];
        desk.run_on(&workspace.url(), &plan).ends_with(0);
        workspace.edit(&serde_json::json!({"contact": "000000000000000000000002", "action": "archive"}));
        let confirmed = [&APPLY[..], &["--confirm-delete-in", "Leadfold sandbox"]].concat();
        desk.run_on(&workspace.url(), &confirmed).ends_with(code);
        assert_eq!(workspace.state()["contacts"][1]["state"], "archived", "{how}");
    }
}

#[test]
fn a_plan_says_how_long_its_phases_took() {
    let desk = Desk::new();
    desk.file("list.csv", LIST);
    let plan = ["plan", "list.csv", "-o", "list.plan", "--no-report", "-q", "--timings", "json"];
    desk.run(&plan).ends_with(0).says(&[
        "{\"rows\":2,",
        "\"phase\":\"read\"",
        "\"phase\":\"score\"",
        "\"phase\":\"write\"",
    ]);
}

#[test]
fn lists_that_do_not_fit_into_memory_are_refused_before_they_are_read() {
    let desk = Desk::new();
    desk.file("list.csv", LIST);
    let plan = ["plan", "list.csv", "-o", "list.plan", "--no-report", "--threads", "2", "--memory-limit", "1M"];
    desk.run(&plan).ends_with(2).says(&["need about 76 MiB of memory", "--memory-limit allows 1 MiB"]);
    assert_eq!(desk.listing(), ["list.csv"]);
}

#[test]
fn rows_that_memory_has_no_room_for_go_through_a_temporary_file_and_the_plan_is_the_same() {
    let row = |number: u32| {
        let (person, company) = (number % 400, number % 7);
        format!("Person{person} Lee,person{person}@hill{company}.example,Hillside {company},Leeds,{number}\n")
    };
    let list: String =
        std::iter::once("Name,Email,Company,City,Number\n".to_owned()).chain((0..800).map(row)).collect();
    let desk = Desk::new();
    desk.file("list.csv", &list);
    desk.run(&["plan", "list.csv", "-o", "plain.plan", "--no-report"]).ends_with(0);
    // Some bytes less for each row than two threads need in memory
    let limit = ((76 << 20) + 802 * ((7 << 10) + 480)).to_string();
    let plan = ["plan", "list.csv", "-o", "list.plan", "--no-report", "--threads", "2", "--memory-limit", &limit];
    desk.run(&plan).ends_with(0).says(&["through a temporary file in ."]);
    assert_eq!(desk.listing(), ["list.csv", "list.plan", "plain.plan"]);
    for part in ["--rows", "--groups", "--actions"] {
        let shown = |plan| desk.run(&["show", plan, part, "--format", "csv"]).ends_with(0).out;
        assert_eq!(shown("list.plan"), shown("plain.plan"), "{part}");
    }
    let elsewhere = [&plan[..], &["--temporary-folder", "nowhere"]].concat();
    desk.run(&elsewhere).ends_with(1).says(&["nowhere: the temporary file of this run cannot be used"]);
}

#[test]
fn an_apply_leaves_what_to_go_on_with_beside_the_plan() {
    let workspace = Workspace::seeded(
        "id,role,email,name,phone\n\
         000000000000000000000001,lead,ann@hill.example,Ann Hill,+4930111222\n\
         000000000000000000000002,lead,ann@hill.example,Ann Hill,+4930111222\n",
    );
    let desk = Desk::new();
    desk.file("list.csv", "E-mail,Full name\nzoe@dale.example,Zoe Dale\nno address,\n");
    desk.run_on(&workspace.url(), &["plan", "list.csv", "--pull", "-o", "list.plan", "--no-report"]).ends_with(3);
    let forecast = desk.run_on(&workspace.url(), &["apply", "list.plan", "-n"]).ends_with(0).out;
    assert!(forecast.contains("undo could put back: 1 contacts deleted that were made"), "{forecast}");
    desk.run_on(&workspace.url(), &["apply", "list.plan", "--yes"]).says(&[
        "undo could put back: 1 contacts restored from the archive",
        "undo could not: 1 contacts whose notes and open conversations are copied",
        "written: list.errors.csv, list.idmap.csv, list.outcomes.csv",
    ]);
    desk.run(&["export", "list.plan", "--dir", "out"]).ends_with(0);
    for name in ["errors.csv", "idmap.csv", "outcomes.csv"] {
        assert_eq!(desk.read(&format!("list.{name}")), desk.read(&format!("out/{name}")), "{name}");
    }
    assert!(desk.read("list.idmap.csv").contains(",archived,"), "{}", desk.read("list.idmap.csv"));
    let applied = desk.read("list.outcomes.csv");
    desk.run_on(&workspace.url(), &["undo", "list.plan", "--yes"]).ends_with(0);
    assert_ne!(desk.read("list.outcomes.csv"), applied, "an undo brings them up to date");
}

#[test]
fn created_contacts_carry_the_mark_of_their_row_when_asked_for() {
    let (desk, workspace) = (Desk::new(), Workspace::empty());
    desk.file("list.csv", LIST);
    let plan = ["plan", "list.csv", "--pull", "-o", "list.plan", "--no-report", "--import-mark"];
    desk.run_on(&workspace.url(), &plan).ends_with(0);
    desk.run_on(&workspace.url(), &["apply", "list.plan", "--yes"]).ends_with(4).says(&["import_mark"]);
    desk.run_on(&workspace.url(), &["apply", "list.plan", "--yes", "--create-attributes"]).ends_with(0);
    let contacts = workspace.contacts();
    let marks: std::collections::BTreeSet<&str> =
        contacts.iter().map(|contact| contact["custom_attributes"]["import_mark"].as_str().unwrap()).collect();
    assert_eq!((marks.len(), contacts.is_empty()), (contacts.len(), false), "each has its own");
    let again =
        ["plan", "list.csv", "--pull", "-o", "again.plan", "--no-report", "--import-mark", "--detailed-exitcode"];
    desk.run_on(&workspace.url(), &again).ends_with(0);
}

#[test]
fn only_contacts_near_an_incoming_row_are_planned_when_that_is_asked_for() {
    let desk = Desk::new();
    desk.file("list.csv", LIST);
    let contacts = "id,role,email,name\n1,lead,ann.lee@brightwater.example,Ann Lee\n2,lead,cy@elsewhere.example,Cy Roe\n\
                    3,lead,cy@elsewhere.example,Cy Roe\n";
    desk.file("contacts.csv", contacts);
    let plan = ["plan", "list.csv", "--existing", "contacts.csv", "-o", "near.plan", "--no-report", "--only-near"];
    desk.run(&plan).ends_with(0);
    let connection = rusqlite::Connection::open(desk.at("near.plan")).unwrap();
    let sql = "SELECT group_concat(side || ' ' || name, ', ') FROM rows ORDER BY record";
    let rows: String = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(rows, "existing Ann Lee, incoming Ann Lee, incoming Bo Dahl");
    let notes: String =
        connection.query_row("SELECT notes FROM inputs WHERE source = 0", [], |row| row.get(0)).unwrap();
    assert!(notes.contains("2 of its contacts come near no incoming row"), "{notes}");

    desk.run(&["plan", "--existing", "contacts.csv", "-o", "x.plan", "--only-near"])
        .ends_with(2)
        .says(&["--only-near needs a list of incoming rows"]);
}
