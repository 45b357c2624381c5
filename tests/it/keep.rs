//! `--keep attribute`: what a merge discards stays in custom attributes of the survivor, in both dialects.

use serde_json::Value;

use crate::support::Desk;
use crate::workspace::Workspace;

const SEED: &str = "id,role,external_id,email,name,phone,companies,plan\n\
    1,user,cust-1,ann.lee@hillside.example,Ann Lee,+442079460123,Hillside,pro\n\
    2,lead,,ann.lee@hillside.example,Ann Lee,+442079460199,Hillside,free\n\
    3,lead,,bo.dahl@brook.example,Bo Dahl,+442079460155,Brook,pro\n\
    4,lead,,bo.dahl@brook.example,Bo Dahl,+442079460166,Brook,team\n";

const PLAN: [&str; 12] = [
    "plan",
    "--pull",
    "--no-report",
    "-o",
    "x.plan",
    "--keep-attribute",
    "phone=Other phones",
    "--keep-attribute",
    "custom:plan=Other plans",
    "--detailed-exitcode",
    // Two contacts of one person each are too few to learn from
    "--min-weight",
    "4",
];

fn custom<'a>(contacts: &'a [Value], email: &str, name: &str) -> &'a str {
    let active = |contact: &&Value| contact["email"] == email && contact["state"] == "active";
    contacts.iter().find(active).unwrap()["custom_attributes"][name].as_str().unwrap_or_default()
}

#[test]
fn what_a_merge_discards_stays_in_the_attributes_named_for_it() {
    for dialect in [&[] as &[&str], &["--api", "1.4"]] {
        let (desk, workspace) = (Desk::new(), Workspace::seeded(SEED));
        let url = workspace.url();
        let plan = [&PLAN, dialect].concat();
        let apply = |more: &[&'static str]| [&["apply", "x.plan", "--yes"], more, dialect].concat();
        desk.run_on(&url, &plan).ends_with(10);
        desk.run_on(&url, &apply(&[])).ends_with(4).says(&[
            "the workspace has no custom attribute 'Other phones', 'Other plans'; nothing was applied",
            "--create-attributes",
        ]);
        desk.run_on(&url, &apply(&["--create-attributes"])).ends_with(0);
        let contacts = workspace.contacts();
        let of = |email, name| custom(&contacts, email, name);
        assert_eq!(of("ann.lee@hillside.example", "Other phones"), "+442079460199", "{dialect:?}");
        assert_eq!(of("ann.lee@hillside.example", "Other plans"), "free");
        assert_eq!(of("bo.dahl@brook.example", "Other plans"), "team");
        assert!(contacts.iter().all(|contact| contact["notes"].as_array().unwrap().is_empty()), "nothing is noted");
        std::fs::rename(desk.at("x.plan"), desk.at("applied.plan")).unwrap();
        desk.run_on(&url, &plan).ends_with(0);
    }
}

#[test]
fn settings_that_cannot_be_followed_are_refused_and_config_check_asks_the_workspace() {
    let (desk, workspace) = (Desk::new(), Workspace::seeded(SEED));
    let url = workspace.url();
    desk.run_on(&url, &["plan", "--pull", "-o", "x.plan", "--keep", "attribute"])
        .ends_with(2)
        .says(&["[plan.keep_attributes] email = \"Other emails\""]);
    desk.run_on(&url, &["plan", "--pull", "-o", "x.plan", "--keep-attribute", "email"])
        .ends_with(2)
        .says(&["write it as 'field=Attribute'"]);
    desk.run_on(&url, &["plan", "--pull", "-o", "x.plan", "--keep-attribute", "plan=plan"])
        .ends_with(2)
        .says(&["'plan' cannot keep values: it is the attribute of plan"]);
    let check = |text: &str, says: &str| {
        desk.file("leadfold.toml", text);
        desk.run_on(&url, &["config", "check"]).ends_with(2).says(&["[plan.keep_attributes]", says]);
    };
    check("[plan.keep_attributes]\nphone = \"Other phones\"\n", "it is not used: set [plan] keep = \"attribute\"");
    check(
        "[plan]\nkeep = \"attribute\"\n[plan.keep_attributes]\nphone = \"Other phones\"\n",
        "phone: the workspace has no custom attribute 'Other phones'",
    );
    desk.file("leadfold.toml", "[plan]\nkeep = \"attribute\"\n[plan.keep_attributes]\nphone = \"plan\"\n");
    desk.run_on(&url, &["config", "check"]).ends_with(0);
}
