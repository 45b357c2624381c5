use super::*;

#[test]
fn new_people_are_created_once_with_all_they_bring() {
    let records = vec![
        row().row(1).email("ann@hillside.example").name("Ann Lee").tag("webinar").custom("Plan.a", "Gold").build(),
        row().row(2).email("ann@home.example").name("Ann M Lee").company("Hillside Ltd").unsubscribed(true).build(),
    ];
    insta::assert_snapshot!(told(&one_group(records, &Options::default())), @r#"
        #1 create #1 Lead email=ann@hillside.example, name=Ann Lee, custom:Plan_a=Gold, unsubscribed_from_emails=true needs []
        #2 attach #1 tag webinar needs [1]
        #3 attach #1 company Hillside Ltd needs [1]
        #4 attach #1 note "email: ann@home.example; name: Ann M Lee" needs [1]
        row 0: created by [1 2 3 4]: no contact of the workspace matches
        row 1: merged by [1 2 3 4]: the same person as row 1 of input 1
        "#);
}

#[test]
fn an_existing_contact_is_filled_and_never_overwritten() {
    let records = vec![
        lead("5f01").email("ann@hillside.example").name("Ann").tag("VIP").city("Leeds").build(),
        row()
            .row(1)
            .email("ann@hillside.example")
            .name("Ann Lee")
            .phone("+442079460123")
            .tag("vip")
            .tag("fair")
            .build(),
    ];
    insta::assert_snapshot!(told(&one_group(records, &Options::default())), @r#"
        #1 update 5f01 phone=+442079460123 needs []
        #2 attach 5f01 tag fair needs []
        #3 attach 5f01 note "name: Ann Lee" needs []
        row 0: updated by [1 2 3]: 1 incoming row brings what it lacks
        row 1: updated by [1 2 3]: the same person as row 0 of input 1
        "#);
}

#[test]
fn overwriting_spares_identity_and_place() {
    let records = vec![
        user("5f01").email("old@hillside.example").name("Ann").city("Leeds").external_id("u-1").build(),
        RecordBuilder::lead()
            .row(1)
            .email("new@hillside.example")
            .name("Ann Lee")
            .city("York")
            .external_id("u-2")
            .build(),
    ];
    let options = Options { fill: Fill::Overwrite, ..Options::default() };
    insta::assert_snapshot!(told(&one_group(records, &options)), @r#"
        #1 update 5f01 email=old@hillside.example→new@hillside.example, name=Ann→Ann Lee needs []
        #2 attach 5f01 note "city: York; external_id: u-2" needs []
        row 0: updated by [1 2]: 1 incoming row brings what it lacks
        row 1: updated by [1 2]: the same person as row 0 of input 1
        "#);
}

#[test]
fn incoming_users_with_different_external_ids_are_never_made_one() {
    let account =
        |line, id: &str| RecordBuilder::user().row(line).email("ann@hillside.example").external_id(id).build();
    let records = || vec![account(0, "u-1"), account(1, "u-2")];
    insta::assert_snapshot!(told(&one_group(records(), &Options::default())), @r#"
        row 0: skipped by []: 2 users are one person; they are different accounts, so they are left alone
        row 1: skipped by []: 2 users are one person; they are different accounts, so they are left alone
        "#);
    let same = vec![account(0, "u-1"), account(1, "u-1")];
    assert!(told(&one_group(same, &Options::default())).contains("create"));
}

#[test]
fn nothing_new_means_nothing_to_do() {
    let records = vec![
        lead("5f01").email("ann@hillside.example").name("Ann Lee").tag("VIP").build(),
        row().row(1).email("Ann@Hillside.example").name("ann lee").tag("vip").build(),
    ];
    insta::assert_snapshot!(told(&one_group(records, &Options::default())), @r#"
        row 0: unchanged by []: it stays as it is
        row 1: unchanged by []: its contact has all of it already
        "#);
}

#[test]
fn leads_are_merged_into_their_user_after_a_note_of_what_is_lost() {
    let records = vec![
        user("5f01").email("ann@hillside.example").name("Ann Lee").external_id("u-1").build(),
        lead("5f02").email("ann@home.example").name("Ann L").custom("Plan", "Gold").external_id("made-up").build(),
        lead("5f03").email("ann@hillside.example").custom("Plan", "Silver").unsubscribed(true).build(),
        row().row(1).email("ann@hillside.example").phone("+442079460123").tag("fair").build(),
    ];
    insta::assert_snapshot!(told(&one_group(records, &Options::default())), @r#"
        #1 attach 5f01 note "Plan: Silver; email: ann@home.example; name: Ann L" needs []
        #2 attach 5f01 tag fair needs []
        #3 merge 5f01 from 5f02 needs [1]
        #4 merge 5f01 from 5f03 needs [1]
        #5 update 5f01 phone=+442079460123, unsubscribed_from_emails=true needs [3 4]
        row 0: updated by [1 2 3 4 5]: it stays; the others become part of it
        row 1: merged by [1 3 5]: the same person as row 0 of input 1
        row 2: merged by [1 4 5]: the same person as row 0 of input 1
        row 3: updated by [1 2 5]: the same person as row 0 of input 1
        "#);
}

#[test]
fn leads_without_a_user_are_copied_and_archived() {
    let records = vec![
        lead("5f02").email("ann@hillside.example").created_at(20).name("Ann Lee").build(),
        lead("5f01").email("ann@hillside.example").created_at(10).marked_as_spam(true).build(),
        lead("5f03").email("ann@hillside.example").created_at(30).name("A. Lee").phone("+442079460123").build(),
    ];
    insta::assert_snapshot!(told(&one_group(records.clone(), &Options::default())), @r#"
        #1 update 5f01 phone=+442079460123, name=Ann Lee, unsubscribed_from_emails=true needs []
        #2 attach 5f01 note "name: A. Lee" needs []
        #3 attach 5f01 everything of 5f02 needs []
        #4 attach 5f01 everything of 5f03 needs []
        #5 archive 5f02 for 5f01 needs [1 2 3 4]
        #6 archive 5f03 for 5f01 needs [1 2 3 4]
        row 0: archived by [1 2 3 4 5]: the same person as row 0 of input 1
        row 1: updated by [1 2 3 4]: it stays; the others become part of it
        row 2: archived by [1 2 3 4 6]: the same person as row 0 of input 1
        "#);
    let options = Options { lead_groups: LeadGroups::Promote, ..Options::default() };
    insta::assert_snapshot!(told(&one_group(records.clone(), &options)), @r#"
        #1 update 5f01 role=lead→user, phone=+442079460123, name=Ann Lee, unsubscribed_from_emails=true needs []
        #2 attach 5f01 note "name: A. Lee" needs []
        #3 merge 5f01 from 5f02 needs [1 2]
        #4 merge 5f01 from 5f03 needs [1 2]
        row 0: merged by [1 2 3]: the same person as row 0 of input 1
        row 1: updated by [1 2 3 4]: it stays; the others become part of it
        row 2: merged by [1 2 4]: the same person as row 0 of input 1
        "#);
    let options = Options { lead_groups: LeadGroups::Delete, keep: KeepDiscarded::Drop, ..Options::default() };
    insta::assert_snapshot!(told(&one_group(records.clone(), &options)), @r#"
        #1 update 5f01 phone=+442079460123, name=Ann Lee, unsubscribed_from_emails=true needs []
        #2 attach 5f01 everything of 5f02 needs []
        #3 attach 5f01 everything of 5f03 needs []
        #4 delete 5f02 for 5f01 needs [1 2 3]
        #5 delete 5f03 for 5f01 needs [1 2 3]
        row 0: deleted by [1 2 3 4]: the same person as row 0 of input 1
        row 1: updated by [1 2 3]: it stays; the others become part of it
        row 2: deleted by [1 2 3 5]: the same person as row 0 of input 1
        "#);
    let options = Options { lead_groups: LeadGroups::Report, ..Options::default() };
    let report = one_group(records, &options);
    assert_eq!(report.actions, []);
    assert!(report.rows.iter().all(|row| row.expected == Outcome::Skipped));
}

#[test]
fn several_users_are_left_alone_unless_asked_for() {
    let records = vec![
        user("5f01").email("ann@hillside.example").external_id("u-1").created_at(1).build(),
        user("5f02").email("ann@hillside.example").external_id("u-2").created_at(2).job_title("Baker").build(),
        lead("5f03").email("ann@hillside.example").created_at(3).build(),
        row().row(1).email("ann@hillside.example").phone("+442079460123").build(),
    ];
    insta::assert_snapshot!(told(&one_group(records.clone(), &Options::default())), @r#"
        row 0: skipped by []: 2 users are one person; they are different accounts, so they are left alone
        row 1: skipped by []: 2 users are one person; they are different accounts, so they are left alone
        row 2: skipped by []: 2 users are one person; they are different accounts, so they are left alone
        row 3: skipped by []: 2 users are one person; they are different accounts, so they are left alone
        "#);
    let options = Options { user_groups: UserGroups::Archive, ..Options::default() };
    insta::assert_snapshot!(told(&one_group(records, &options)), @r#"
        #1 attach 5f01 note "external_id: u-2" needs []
        #2 attach 5f01 everything of 5f02 needs []
        #3 merge 5f01 from 5f03 needs [1]
        #4 update 5f01 phone=+442079460123, custom:job_title=Baker needs [3]
        #5 archive 5f02 for 5f01 needs [1 2 4]
        row 0: updated by [1 2 3 4]: it stays; the others become part of it
        row 1: archived by [1 2 4 5]: the same person as row 0 of input 1
        row 2: merged by [1 3 4]: the same person as row 0 of input 1
        row 3: updated by [1 4]: the same person as row 0 of input 1
        "#);
}

#[test]
fn doubtful_groups_wait_for_a_person() {
    let records = vec![lead("5f01").email("a@x.example").build(), row().email("a@x.example").tag("t").build()];
    let mut linkage = linkage(&records, &[(Band::Review, &[0, 1])]);
    linkage.groups[0].review_reason = Some("two users with different external ids".to_owned());
    let (actions, rows) = decide(&records, &linkage, &Options::default());
    assert_eq!(actions, []);
    assert!(rows.iter().all(|row| row.expected == Outcome::Skipped));
    assert_eq!(rows[0].reason, "waits for review: two users with different external ids");
}

#[test]
fn contacts_alone_stay_as_they_are_whatever_they_lack() {
    let plan = one_group(vec![lead("5f01").hard_bounced(true).tag("t").build()], &Options::default());
    assert_eq!(plan.actions, []);
    assert_eq!(plan.rows[0].expected, Outcome::Unchanged);
    assert_eq!(plan.forecast.reads + plan.forecast.writes, 0);
}

#[test]
fn a_contact_listed_twice_is_one_contact() {
    let twice = lead("5f01").email("ann@hillside.example");
    let records = vec![twice.clone().origin(0, 1).build(), twice.origin(1, 9).name("Ann Lee").build()];
    let plan = one_group(records, &Options::default());
    assert_eq!(plan.actions, [], "it must not be archived for itself");
    assert!(plan.rows.iter().all(|row| row.expected == Outcome::Unchanged));
}

#[test]
fn a_contact_listed_in_two_groups_is_left_alone() {
    let records = vec![
        lead("5f01").email("a@x.example").build(),
        lead("5f02").email("a@x.example").build(),
        lead("5f01").email("b@x.example").build(),
        row().email("b@x.example").tag("t").build(),
    ];
    let linkage = linkage(&records, &[(Band::Auto, &[0, 1]), (Band::Auto, &[2, 3])]);
    let (actions, rows) = decide(&records, &linkage, &Options::default());
    assert_eq!(actions, []);
    assert!(rows.iter().all(|row| row.expected == Outcome::Skipped));
}

#[test]
fn contacts_of_unknown_role_are_not_joined() {
    let unknown = |id| RecordBuilder::new().existing(id).email("ann@hillside.example").build();
    let plan = one_group(vec![unknown("5f01"), unknown("5f02")], &Options::default());
    assert_eq!(plan.actions, []);
    assert!(plan.rows[0].reason.contains("which of these contacts are leads"));
}

#[test]
fn modes_and_kinds_leave_out_what_they_say() {
    let new = vec![row().email("ann@hillside.example").tag("t").build()];
    let known = vec![lead("5f01").email("a@x.example").build(), row().email("a@x.example").tag("t").build()];
    let outcome = |records: &[Record], options: &Options| {
        let plan = one_group(records.to_vec(), options);
        (plan.actions.len(), plan.rows.last().unwrap().expected, plan.rows.last().unwrap().reason.clone())
    };
    let update_only = Options { mode: Mode::UpdateOnly, ..Options::default() };
    let create_only = Options { mode: Mode::CreateOnly, ..Options::default() };
    assert_eq!(outcome(&new, &update_only).1, Outcome::Skipped);
    assert_eq!(outcome(&known, &update_only), (1, Outcome::Updated, "the same person as row 0 of input 1".into()));
    assert_eq!(outcome(&known, &create_only).1, Outcome::Skipped);
    assert_eq!(outcome(&new, &create_only).0, 2);
    let only = |kind| Options { only: [kind].into(), ..Options::default() };
    assert_eq!(outcome(&new, &only(ActionKind::Create)).0, 1);
    let left_out = (0, Outcome::Skipped, "left out: only attach is planned".into());
    assert_eq!(outcome(&new, &only(ActionKind::Attach)), left_out, "a tag needs its contact");
}

#[test]
fn a_list_with_external_ids_speaks_of_users() {
    let role = |record: Record, create_role| {
        let plan = one_group(vec![record], &Options { create_role, ..Options::default() });
        match plan.actions.first().map(|action| action.body.clone()) {
            Some(ActionBody::Create { role, .. }) => Some(role),
            _ => None,
        }
    };
    let plain = || row().email("ann@hillside.example");
    assert_eq!(role(plain().build(), None), Some(Role::Lead));
    assert_eq!(role(plain().external_id("u-1").build(), None), Some(Role::User));
    assert_eq!(role(plain().build(), Some(Role::User)), Some(Role::User));
    assert_eq!(role(RecordBuilder::lead().email("a@x.example").build(), Some(Role::User)), Some(Role::Lead));
    assert_eq!(role(RecordBuilder::user().name("Ann Lee").build(), None), None, "Intercom refuses such a user");
    assert_eq!(role(row().build(), None), None, "nothing to make a contact of");
}

#[test]
fn what_can_be_taken_back_comes_first() {
    let records = vec![
        user("5f01").email("a@x.example").build(),
        lead("5f02").email("a@x.example").build(),
        row().email("b@x.example").custom("Plan", "1").build(),
    ];
    let linkage = linkage(&records, &[(Band::Auto, &[0, 1]), (Band::Single, &[2])]);
    let (actions, _) = decide(&records, &linkage, &Options::default());
    let kinds: Vec<ActionKind> = actions.iter().map(Action::kind).collect();
    assert_eq!(kinds, [ActionKind::Create, ActionKind::Merge]);
    assert_eq!(Cost::of_plan(&actions, &records).needed(), [NeededAttribute { name: "Plan".to_owned(), actions: 1 }]);
}

#[test]
fn the_forecast_counts_calls_and_warns() {
    let records = vec![
        user("5f01").email("ann@hillside.example").build(),
        lead("5f02").email("ann@home.example").unsubscribed(true).build(),
        row().email("ann@hillside.example").tag("fair").build(),
    ];
    let plan = one_group(records, &Options { window_limit: Some(3), ..Options::default() });
    // Note, tag, merge, update; the tag itself.
    assert_eq!(plan.forecast.writes, 5);
    // Token and attributes; two before-images, three lists of the lead; the user's notes.
    assert_eq!(plan.forecast.reads, 2 + 2 + 3 + 1);
    assert_eq!(plan.forecast.seconds, 44);
    let messages: Vec<&str> = plan.forecast.side_effects.iter().map(|effect| effect.message.as_str()).collect();
    assert_eq!(messages.len(), 2, "{messages:?}");
    let summary = Summary::of(&plan);
    assert_eq!(summary.rows, 3);
    assert_eq!(summary.rows_of(Outcome::Merged), 1);
    assert_eq!(summary.actions_of(ActionKind::Attach), 2);
    assert_eq!(summary.outcomes.iter().map(|(_, count)| count).sum::<u64>(), 3);
}

#[test]
fn guardrails_stop_a_plan_that_does_too_much() {
    let records = vec![lead("5f01").created_at(1).build(), lead("5f02").name("Ann").build(), lead("5f03").build()];
    let plan = one_group(records, &Options::default());
    let rails = |text: &str| Guardrails { max_archive: text.parse().ok(), ..Guardrails::default() };
    assert_eq!(check_guardrails(&plan, &Guardrails::default()), []);
    assert_eq!(check_guardrails(&plan, &rails("2")), []);
    assert_eq!(check_guardrails(&plan, &rails("67%")), []);
    let violations = check_guardrails(&plan, &rails("66%"));
    assert_eq!(violations.len(), 1);
    insta::assert_snapshot!(violations[0], @"the plan exceeds --max-archive 66%: it concerns 2 contacts, 1 are allowed");
    assert!("5 %".parse::<Limit>().is_ok());
    assert!("101%".parse::<Limit>().is_err());
    assert!("few".parse::<Limit>().is_err());
    let rails = Guardrails { max_changes: Some(Limit::Count(2)), ..Guardrails::default() };
    assert_eq!(check_guardrails(&plan, &rails)[0].planned, 3);
}

#[test]
fn a_row_that_names_nobody_makes_no_empty_contact() {
    let records = vec![row().row(1).company("Hillside Ltd").city("York").tag("fair").unsubscribed(true).build()];
    insta::assert_snapshot!(told(&one_group(records, &Options::default())), @"row 0: skipped by []: no name, e-mail address, phone number or external id: it would be an empty contact");
    let named = one_group(vec![row().row(1).name("Ann Lee").build()], &Options::default());
    assert_eq!(named.actions.len(), 1);
}

#[test]
fn what_a_merge_discards_goes_into_the_attributes_named_for_it_before_the_merge() {
    let keep_attributes = [("email", "Other emails"), ("phone", "Other phones")];
    let options = Options {
        keep: KeepDiscarded::Attribute,
        keep_attributes: keep_attributes.map(|(kept, place)| (kept.to_owned(), place.to_owned())).into(),
        ..Options::default()
    };
    let records = vec![
        user("u").email("ann@hillside.example").name("Ann Lee").build(),
        lead("a").email("ann@home.example").phone("+442079460123").name("Anna Lee").build(),
    ];
    let plan = one_group(records, &options);
    insta::assert_snapshot!(told(&plan), @r#"
    #1 update u custom:Other emails=ann@home.example needs []
    #2 attach u note "name: Anna Lee" needs []
    #3 merge u from a needs [1 2]
    #4 update u phone=+442079460123 needs [3]
    row 0: updated by [1 2 3 4]: it stays; the others become part of it
    row 1: merged by [1 2 3 4]: the same person as row 0 of input 1
    "#);
}
