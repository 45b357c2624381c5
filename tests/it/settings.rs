//! `init`, `config` and the files they are about.

use serde_json::{Value, json};

use crate::support::Desk;
use crate::workspace::Workspace;

#[test]
fn a_first_file_is_written_once_and_is_good() {
    let desk = Desk::new();
    let arguments = ["init", "--hosted-in", "eu", "--token-file", "token", "--phone-region", "de"];
    desk.run(&arguments).ends_with(0).says(&[
        "written: leadfold.toml",
        "write the access token into token",
        "leadfold whoami",
    ]);
    let shown = desk.run(&["config", "show"]).ends_with(0).out;
    let line = |key: &str| shown.lines().find(|line| line.starts_with(key)).unwrap().to_owned();
    assert!(line("intercom.api_url").ends_with("\"https://api.eu.intercom.io\"  (leadfold.toml)"), "{shown}");
    assert!(line("input.region").ends_with("\"DE\"  (leadfold.toml)"), "{shown}");
    let check = ["config", "check", "--offline"];
    desk.run(&check).ends_with(2).says(&["[intercom] token_file: token: ", "write the access token into it"]);
    desk.file("token", "secret");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |mode| std::fs::set_permissions(desk.at("token"), std::fs::Permissions::from_mode(mode)).unwrap();
        mode(0o644);
        desk.run(&check).ends_with(2).says(&["everybody on this machine can read it"]);
        mode(0o600);
    }
    desk.run(&check).ends_with(0).says(&["the settings are good"]);
    desk.run(&["init"]).ends_with(2).says(&["there is such a file already", "--force"]);
    desk.run(&["init", "--force"]).ends_with(0).says(&["export INTERCOM_ACCESS_TOKEN"]);
    desk.run(&["init", "--force", "--phone-region", "Mars"]).ends_with(2).says(&["no such country"]);
}

#[test]
fn a_slip_in_the_file_is_answered_with_line_and_word() {
    let desk = Desk::new();
    desk.file("leadfold.toml", "[clean]\naply = [\"merge\"]\n");
    desk.run(&["config", "check", "--offline"]).ends_with(2).says(&[
        "leadfold.toml",
        "line 2",
        "did you mean `apply`?",
    ]);
    desk.file("leadfold.toml", "[clean]\napply = [\"merge\", \"archve\"]\n");
    desk.run(&["config", "show"]).ends_with(2).says(&["line 2", "did you mean `archive`?"]);
    desk.file("leadfold.toml", "[source.a]\nfiles = [\"a.csv\"]\nregion = \"Mars\"\n");
    desk.run(&["config", "check", "--offline"]).ends_with(2).says(&["[source.a] region 'Mars'"]);
}

#[test]
fn attributes_that_columns_are_mapped_to_are_looked_up_in_the_workspace() {
    let desk = Desk::new();
    let workspace = Workspace::seeded("email,role,plan\nada@example.com,lead,free\n");
    let settings = "[source.a]\nfiles = [\"a*.csv\"]\nmap = { Plan = \"custom:plan\", Level = \"custom:level\" }\n";
    desk.file("leadfold.toml", settings);
    let ran = desk.run_on(&workspace.url(), &["config", "check"]).ends_with(2);
    ran.says(&["[source.a] map Level: the workspace has no custom attribute 'level'", "create_attributes = true"]);
    let json = desk.run_on(&workspace.url(), &["config", "check", "--json"]).ends_with(2).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((json["findings"].as_array().unwrap().len(), &json["attributes"]), (1, &json!(2)));
    desk.file("leadfold.toml", format!("{settings}[apply]\ncreate_attributes = true\n"));
    desk.run_on(&workspace.url(), &["config", "check"]).ends_with(0).says(&["2 custom attributes looked up"]);
    desk.file("leadfold.toml", "[source.nobody]\nrole = \"lead\"\n");
    desk.run(&["config", "check", "--offline"]).ends_with(2).says(&["[source.nobody]", "never used"]);
}

#[test]
fn a_rule_says_whose_value_wins_and_is_checked_against_the_workspace() {
    let desk = Desk::new();
    desk.file("leadfold.toml", "[plan.rules]\nphnoe = \"newest\"\n");
    let check = ["config", "check", "--offline"];
    desk.run(&check).ends_with(2).says(&["leadfold.toml", "line 2", "did you mean `phone`?"]);
    desk.file("leadfold.toml", "[plan.rules]\nunsubscribed = \"oldest\"\n");
    desk.run(&check).ends_with(2).says(&["who opted out anywhere has opted out"]);
    desk.file("leadfold.toml", "[plan.rules]\n\"custom:plam\" = \"newest\"\nname = \"longest\"\n");
    let workspace = Workspace::seeded("email,role,plan\nada@example.com,lead,free\n");
    let ran = desk.run_on(&workspace.url(), &["config", "check"]).ends_with(2);
    ran.says(&["[plan.rules] custom:plam: the workspace has no custom attribute 'plam': did you mean 'plan'?"]);

    desk.file("there.csv", "id,role,email,name,phone\n5f01,user,ada@example.com,Ada Lovelace,+12125550142\n");
    desk.file("list.csv", "email,name,phone\nada@example.com,Ada Augusta Lovelace,+12125550142\n");
    let plan = ["plan", "list.csv", "--existing", "there.csv", "-o", "a.plan"];
    desk.run(&plan).ends_with(0);
    let actions = desk.run(&["show", "a.plan", "--actions", "--format", "json"]).ends_with(0).out;
    let actions: Value = serde_json::from_str(&actions).unwrap();
    let update = &actions["actions"][0];
    assert_eq!(update["body"]["changes"][0]["after"], "Ada Augusta Lovelace", "{actions:#}");
    assert!(update["reason"].as_str().unwrap().ends_with("; name by the rule longest"), "{update:#}");
    desk.run(&["show", "a.plan", "--group", "1"]).ends_with(0).says(&["by the rule longest"]);
    let settings = desk.run(&["config", "show"]).ends_with(0).out;
    assert!(settings.contains("plan.rules") && settings.contains("longest"), "{settings}");
}

#[test]
fn a_list_that_comes_again_is_read_as_its_source_says_and_a_flag_counts_for_more() {
    let desk = Desk::new();
    desk.file("webinar-11.csv", "Contact;Wohin\nAda Lovelace;ada@example.com\n");
    desk.file(
        "leadfold.toml",
        "[source.webinar]\nfiles = [\"webinar*\"]\nrole = \"user\"\nmap = { Contact = \"name\", Wohin = \"email\" }\n",
    );
    let ran = desk.run(&["check", "webinar-11.csv"]).ends_with(0);
    ran.says(&["webinar-11.csv: read as [source.webinar] says"]);
    desk.run(&["plan", "webinar-11.csv", "-o", "a.plan", "--no-report"]).ends_with(0);
    let role = |plan: &str| {
        let actions = desk.run(&["show", plan, "--actions", "--format", "json"]).ends_with(0).out;
        let actions: Value = serde_json::from_str(&actions).unwrap();
        actions["actions"][0]["body"]["role"].clone()
    };
    assert_eq!(role("a.plan"), "user");
    desk.run(&["plan", "webinar-11.csv", "--role", "lead", "-o", "b.plan", "--no-report"]).ends_with(0);
    assert_eq!(role("b.plan"), "lead");
}

#[test]
fn a_profile_is_one_of_several_workspaces() {
    let desk = Desk::new();
    desk.file("leadfold.toml", "[profile.eu.intercom]\napi_url = \"https://api.eu.intercom.io\"\n[profile.test]\n");
    let shown = desk.run(&["config", "show", "--profile", "eu"]).ends_with(0).out;
    assert!(shown.contains("\"https://api.eu.intercom.io\"  (leadfold.toml [profile.eu])"), "{shown}");
    assert!(!desk.run(&["config", "show"]).ends_with(0).out.contains("api.eu."));
    let ran = desk.run(&["config", "show", "--profile", "us"]).ends_with(2);
    ran.says(&["no [profile.us] in the configuration; there is eu, test"]);
    let mut command = desk.command(&["config", "show"]);
    let output = command.env("LEADFOLD_PROFILE", "eu").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("[profile.eu]"));
}

#[test]
fn the_schema_is_one_document_for_editors() {
    let schema: Value = serde_json::from_str(&Desk::new().run(&["config", "schema"]).ends_with(0).out).unwrap();
    assert_eq!(schema["properties"]["clean"]["properties"]["keep"]["default"], 14);
}
