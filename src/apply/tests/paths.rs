//! Every kind of action on its way through, undisturbed.

use std::collections::BTreeMap;

use serde_json::json;

use super::draft::{Draft, company, create, everything_of, existing, note, tag, update};
use super::fake::{Fake, shared};
use super::{apply, apply_with, options};
use crate::apply::{Error, Limit, Limits, Options, Silent};
use crate::contact::Role;
use crate::intercom::DataType;
use crate::plan::{ActionBody, ActionId, Outcome, Target};
use crate::store::ActionState;

#[tokio::test(start_paused = true)]
async fn a_created_lead_gets_its_values_tag_company_and_note_once() {
    let fake = shared(Fake::new());
    let mut draft = Draft::new();
    let create = draft.create(1, Role::Lead, &[("email", "ann@hill.example"), ("name", "Ann Hill")]);
    let mut actions = vec![create];
    for body in [tag("Webinar"), company("Hillside"), note("Met at the fair")] {
        actions.push(draft.act(1, Target::CreatedBy(create), body));
    }
    draft.row(1, Outcome::Created, &actions);
    let saved = draft.save();
    let summary = apply(&mut saved.open(), &fake).await.unwrap();
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Created, 1)]));
    let ids = fake.with_email("ann@hill.example");
    assert_eq!(ids.len(), 1);
    let kept = fake.kept(&ids[0]);
    assert_eq!((kept.role, kept.notes.as_slice()), (Role::Lead, ["Met at the fair".to_owned()].as_slice()));
    assert_eq!(fake.tag_names(&ids[0]), ["Webinar"]);
    assert_eq!(kept.companies.len(), 1);
    assert_eq!(summary.writes, fake.writes().len() as u64);
}

#[tokio::test(start_paused = true)]
async fn applying_again_sends_nothing_at_all() {
    let fake = shared(Fake::new());
    fake.seed("u1", Role::User, &[("email", "ann@hill.example")]);
    let mut draft = Draft::new();
    let first = draft.act(1, existing("u1"), update(&[("name", "", "Ann")]));
    let second = draft.act(1, existing("u1"), tag("Webinar"));
    draft.row(1, Outcome::Updated, &[first, second]);
    let saved = draft.save();
    apply(&mut saved.open(), &fake).await.unwrap();
    let (writes, reads) = (fake.writes().len(), fake.reads());
    let again = apply(&mut saved.open(), &fake).await.unwrap();
    assert_eq!((fake.writes().len(), fake.reads()), (writes, reads));
    assert_eq!(again.outcomes, BTreeMap::from([(Outcome::Updated, 1)]));
}

#[tokio::test(start_paused = true)]
async fn a_workspace_that_already_is_as_planned_is_not_written_to() {
    let fake = shared(Fake::new());
    fake.seed("u1", Role::User, &[("email", "Ann@Hill.example"), ("name", "Ann")]);
    fake.seed_tags("u1", &["webinar"]);
    fake.edit("u1", |kept| kept.notes.push("R&D lead < 5".to_owned()));
    let mut draft = Draft::new();
    let actions = [
        draft.act(1, existing("u1"), update(&[("name", "", "Ann"), ("email", "", "ann@hill.example")])),
        draft.act(1, existing("u1"), tag("Webinar")),
        draft.act(1, existing("u1"), note("R&D lead <  5")),
    ];
    draft.row(1, Outcome::Updated, &actions);
    let saved = draft.save();
    let summary = apply(&mut saved.open(), &fake).await.unwrap();
    assert_eq!(fake.writes(), Vec::<String>::new());
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Unchanged, 1)]));
}

#[tokio::test(start_paused = true)]
async fn a_contact_that_changed_since_the_plan_is_left_alone() {
    let fake = shared(Fake::new());
    fake.seed("u1", Role::User, &[("name", "Anna")]);
    let mut draft = Draft::new();
    let stale = draft.act(1, existing("u1"), update(&[("name", "Ann", "Ann Hill")]));
    let after = draft.act(1, existing("u1"), tag("Webinar"));
    draft.row(1, Outcome::Updated, &[stale, after]);
    let saved = draft.save();
    let mut plan = saved.open();
    let summary = apply(&mut plan, &fake).await.unwrap();
    assert_eq!(fake.writes(), Vec::<String>::new());
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Skipped, 1)]));
    let ActionState::Stale { message } = &plan.action_states().unwrap()[0] else { panic!() };
    insta::assert_snapshot!(message, @"the contact changed since the plan was made: name is no longer as planned on");
    assert!(matches!(&plan.action_states().unwrap()[1], ActionState::Stale { .. }));
}

#[tokio::test(start_paused = true)]
async fn an_opt_out_is_never_cleared() {
    let fake = shared(Fake::new());
    fake.seed("u1", Role::User, &[("unsubscribed_from_emails", "true")]);
    let mut draft = Draft::new();
    let action = draft.act(1, existing("u1"), update(&[("unsubscribed", "true", "false")]));
    draft.row(1, Outcome::Updated, &[action]);
    apply(&mut draft.save().open(), &fake).await.unwrap();
    assert_eq!(fake.kept("u1").standard["unsubscribed_from_emails"], json!(true));
    assert_eq!(fake.writes(), Vec::<String>::new());
}

pub(super) fn merge_plan() -> Draft {
    let mut draft = Draft::new();
    let merge = draft.act(1, existing("u1"), ActionBody::Merge { from: super::draft::id("l1") });
    let update =
        draft.act(1, existing("u1"), update(&[("unsubscribed", "", "true"), ("phone", "", "+353 1 555 0100")]));
    draft.row(1, Outcome::Updated, &[update]);
    draft.row(1, Outcome::Merged, &[merge, update]);
    draft
}

pub(super) fn merge_workspace(gone: bool) -> Fake {
    let mut fake = Fake::new();
    fake.gone = gone;
    fake.seed("u1", Role::User, &[("email", "ann@hill.example"), ("name", "Ann")]);
    fake.seed("l1", Role::Lead, &[("email", "ann@hill.example"), ("phone", "+35315550199")]);
    fake.seed_tags("l1", &["Webinar", "Newsletter"]);
    fake.seed_company("l1", "Hillside");
    let kept = "leadfold kept these values from merged contacts:\nphone: +35315550199";
    fake.edit("u1", |user| user.notes.push(kept.to_owned()));
    fake
}

#[tokio::test(start_paused = true)]
async fn a_lead_is_merged_and_the_survivor_gets_what_the_merge_drops() {
    for gone in [true, false] {
        let fake = shared(merge_workspace(gone));
        let saved = merge_plan().save();
        let summary = apply(&mut saved.open(), &fake).await.unwrap();
        assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Updated, 1), (Outcome::Merged, 1)]));
        assert!(fake.is_merged("l1"));
        let user = fake.kept("u1");
        assert_eq!(user.standard["unsubscribed_from_emails"], json!(true));
        // The merge filled the phone from the lead; the plan's value is what stays
        assert_eq!(user.standard["phone"], json!("+353 1 555 0100"));
        assert_eq!(fake.tag_names("u1"), ["Webinar", "Newsletter"]);
        assert!(user.companies.contains("c0"), "the company the merge did not move was attached");
    }
}

#[tokio::test(start_paused = true)]
async fn a_merge_into_a_user_that_changed_is_not_begun() {
    let fake = shared(merge_workspace(false));
    fake.edit("u1", |kept| {
        kept.standard.insert("phone".to_owned(), json!("+4420000"));
    });
    let summary = apply(&mut merge_plan().save().open(), &fake).await.unwrap();
    assert_eq!(fake.writes(), Vec::<String>::new());
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Skipped, 2)]));
}

#[tokio::test(start_paused = true)]
async fn a_lead_somebody_else_merged_into_the_same_user_is_followed() {
    let fake = shared(merge_workspace(true));
    let (from, into) = (super::draft::id("l1"), super::draft::id("u1"));
    crate::intercom::WriteWorkspace::merge(&*fake, &from, &into).await.unwrap();
    let summary = apply(&mut merge_plan().save().open(), &fake).await.unwrap();
    assert_eq!(fake.writes().iter().filter(|write| write.starts_with("merge")).count(), 1);
    // The phone came with the merge and is not what the plan relied on
    assert_eq!(summary.outcomes.get(&Outcome::Failed), None);
}

pub(super) fn fold_plan() -> Draft {
    let mut draft = Draft::new();
    let update = draft.act(1, existing("l1"), update(&[("phone", "", "+353 1 555 0100")]));
    let copy = draft.act(1, existing("l1"), everything_of("l2"));
    let archive = draft.act(1, existing("l2"), ActionBody::Archive { survivor: existing("l1") });
    draft.row(1, Outcome::Updated, &[update, copy]);
    draft.row(1, Outcome::Archived, &[copy, archive]);
    draft
}

pub(super) fn fold_workspace() -> Fake {
    let fake = Fake::new();
    fake.seed("l1", Role::Lead, &[("email", "ann@hill.example")]);
    fake.seed("l2", Role::Lead, &[("email", "ann@hill.example"), ("phone", "+35315550100")]);
    let many: Vec<String> = (0..14).map(|number| format!("tag {number}")).collect();
    fake.seed_tags("l2", &many.iter().map(String::as_str).collect::<Vec<_>>());
    fake.edit("l2", |kept| kept.notes = vec!["Wants a demo".to_owned(), "Called & left word".to_owned()]);
    fake.seed_conversation("901", true, "l2");
    fake.seed_conversation("902", false, "l2");
    fake
}

#[tokio::test(start_paused = true)]
async fn a_lead_is_archived_after_all_it_holds_was_copied() {
    let fake = shared(fold_workspace());
    let saved = fold_plan().save();
    let mut plan = saved.open();
    let summary = apply(&mut plan, &fake).await.unwrap();
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Updated, 1), (Outcome::Archived, 1)]));
    assert_eq!(fake.kept("l1").tags, fake.kept("l2").tags);
    assert_eq!(
        fake.kept("l1").notes,
        [
            "Note by Ada, 2027-01-15: Wants a demo",
            "Note by Ada, 2027-01-15: Called & left word",
            "Closed conversation 902, held with a contact that was archived: \
             https://app.eu.intercom.com/a/apps/ws1/conversations/902",
        ]
    );
    assert!(fake.members("901").contains("l1"));
    assert!(!fake.members("902").contains("l1"), "joining a closed conversation would open it again");
    assert!(fake.kept("l2").archived);
    assert_eq!(fake.writes().last().map(String::as_str), Some("archive l2"));
    let images = plan.before_images().unwrap();
    let image = images.iter().find(|image| *image.contact.0 == *"l2").unwrap();
    assert_eq!(image.state["tags"].as_array().map(Vec::len), Some(14), "beyond the first ten");
}

#[tokio::test(start_paused = true)]
async fn a_contact_is_kept_when_the_survivor_lacks_some_of_it() {
    let fake = shared(fold_workspace());
    fake.edit("l1", |kept| drop(kept.standard.insert("phone".to_owned(), json!("+35315550100"))));
    let mut draft = Draft::new();
    let archive = draft.act(1, existing("l2"), ActionBody::Archive { survivor: existing("l1") });
    draft.row(1, Outcome::Archived, &[archive]);
    let saved = draft.save();
    let mut plan = saved.open();
    apply(&mut plan, &fake).await.unwrap();
    assert!(!fake.kept("l2").archived);
    let ActionState::Stale { message } = &plan.action_states().unwrap()[0] else { panic!() };
    insta::assert_snapshot!(message, @"the contact was kept, because the survivor lacks 14 tags, 3 notes, 1 open conversation of it; make a new plan");
}

#[tokio::test(start_paused = true)]
async fn a_user_that_is_there_already_gets_what_it_lacks_and_keeps_what_it_has() {
    let fake = shared(Fake::new());
    fake.seed("u1", Role::User, &[("email", "ann@hill.example"), ("name", "Ann")]);
    let mut draft = Draft::new();
    let create =
        draft.create(1, Role::User, &[("email", "ann@hill.example"), ("name", "Annie"), ("phone", "+35315550100")]);
    let tagged = draft.act(1, Target::CreatedBy(create), tag("Webinar"));
    draft.row(1, Outcome::Created, &[create, tagged]);
    let saved = draft.save();
    let summary = apply(&mut saved.open(), &fake).await.unwrap();
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Updated, 1)]));
    let user = fake.kept("u1");
    assert_eq!((&user.standard["name"], &user.standard["phone"]), (&json!("Ann"), &json!("+35315550100")));
    assert_eq!(fake.tag_names("u1"), ["Webinar"]);
    assert_eq!(saved.open().before_images().unwrap().len(), 1, "it was there before, so its state is saved");
}

#[tokio::test(start_paused = true)]
async fn an_archived_contact_in_the_way_is_reported_and_the_run_goes_on() {
    let fake = shared(Fake::new());
    fake.seed("u1", Role::User, &[("email", "ann@hill.example")]);
    fake.edit("u1", |kept| kept.archived = true);
    let mut draft = Draft::new();
    let blocked = draft.create(1, Role::User, &[("email", "ann@hill.example")]);
    let tagged = draft.act(1, Target::CreatedBy(blocked), tag("Webinar"));
    let other = draft.create(2, Role::User, &[("email", "bob@hill.example")]);
    draft.row(1, Outcome::Created, &[blocked, tagged]);
    draft.row(2, Outcome::Created, &[other]);
    let saved = draft.save();
    let mut plan = saved.open();
    let summary = apply(&mut plan, &fake).await.unwrap();
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Created, 1), (Outcome::Failed, 1)]));
    let messages: Vec<_> = summary.failures.iter().map(|failure| failure.message.as_str()).collect();
    insta::assert_snapshot!(messages.join("\n"), @"
    an archived contact (u1) has this e-mail or external id; unarchive it in Intercom and apply again, or leave the row out
    because action 1 failed
    ");
    assert!(summary.needs_attention());
}

#[tokio::test(start_paused = true)]
async fn missing_attributes_stop_the_run_before_the_first_write_unless_they_may_be_made() {
    let fake = shared(Fake::new());
    let mut draft = Draft::new();
    let create = draft.create(1, Role::Lead, &[("email", "ann@hill.example"), ("custom:Plan tier", "gold")]);
    draft.needs_attribute("Plan tier");
    draft.row(1, Outcome::Created, &[create]);
    let saved = draft.save();
    let error = apply(&mut saved.open(), &fake).await.unwrap_err();
    insta::assert_snapshot!(error, @"the workspace has no custom attribute 'Plan tier'; nothing was applied: run again with --create-attributes, create it in Intercom under Settings > Data > People, or plan without the columns");
    assert_eq!(fake.writes(), Vec::<String>::new());
    let options = Options { create_attributes: true, ..options() };
    let summary = apply_with(&mut saved.open(), &fake, &options, &Silent).await.unwrap();
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Created, 1)]));
    assert_eq!(fake.writes(), ["attribute Plan tier", "create"]);
    assert_eq!(summary.writes, 2);
    assert_eq!(fake.kept("new0001").custom["Plan tier"], json!("gold"));
}

#[tokio::test(start_paused = true)]
async fn a_value_that_does_not_fit_its_attribute_fails_its_action_before_any_request() {
    let fake = shared(Fake::new());
    fake.seed_attribute("seats", DataType::Integer);
    let mut draft = Draft::new();
    let bad = draft.create(1, Role::Lead, &[("email", "ann@hill.example"), ("custom:seats", "a dozen")]);
    let good = draft.create(2, Role::Lead, &[("email", "bob@hill.example"), ("custom:seats", "12")]);
    draft.needs_attribute("seats");
    draft.row(1, Outcome::Created, &[bad]);
    draft.row(2, Outcome::Created, &[good]);
    let summary = apply(&mut draft.save().open(), &fake).await.unwrap();
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Created, 1), (Outcome::Failed, 1)]));
    assert_eq!(fake.writes(), ["create"]);
    assert_eq!(fake.kept("new0001").custom["seats"], json!(12));
}

#[tokio::test(start_paused = true)]
async fn a_plan_of_another_workspace_is_refused_and_a_free_one_is_bound() {
    let fake = shared(Fake::new());
    let mut draft = Draft::new();
    let create = draft.create(1, Role::Lead, &[("email", "ann@hill.example")]);
    draft.row(1, Outcome::Created, &[create]);
    let free = draft.save();
    apply(&mut free.open(), &fake).await.unwrap();
    assert_eq!(free.open().header().unwrap().workspace.unwrap().id, "ws1");
    draft.plan.header.workspace = Some(crate::plan::WorkspaceBinding {
        id: "ws2".to_owned(),
        name: "Theirs".to_owned(),
        region: "US".to_owned(),
    });
    let error = apply(&mut draft.save().open(), &fake).await.unwrap_err();
    assert_eq!(error.exit_code(), 5);
    assert_eq!(fake.writes().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_guardrail_stops_the_run_before_the_first_write() {
    let fake = shared(fold_workspace());
    let limits = Limits { archive: Some(Limit::Count(0)), ..Limits::default() };
    let options = Options { limits, ..options() };
    let error = apply_with(&mut fold_plan().save().open(), &fake, &options, &Silent).await.unwrap_err();
    assert!(matches!(error, Error::Guardrail(_)));
    assert_eq!(error.exit_code(), 4);
    assert_eq!(fake.writes(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_tag_wanted_by_many_is_asked_for_once() {
    let fake = shared(Fake::new());
    let mut draft = Draft::new();
    for number in 0..50 {
        let contact = format!("u{number:02}");
        fake.seed(&contact, Role::User, &[]);
        let action = draft.act(number, existing(&contact), tag("Webinar"));
        draft.row(number, Outcome::Updated, &[action]);
    }
    let summary = apply(&mut draft.save().open(), &fake).await.unwrap();
    assert_eq!(summary.outcomes, BTreeMap::from([(Outcome::Updated, 50)]));
    assert_eq!(fake.writes().iter().filter(|write| write.starts_with("tag ")).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn every_row_has_one_outcome_and_the_journal_has_every_request() {
    let fake = shared(fold_workspace());
    let mut draft = fold_plan();
    let made: ActionId = draft.act(7, existing("nobody"), create(Role::Lead, &[("name", "Only A. Name")]));
    draft.row(7, Outcome::Created, &[made]);
    draft.row(8, Outcome::Unchanged, &[]);
    draft.row(9, Outcome::Skipped, &[]);
    let saved = draft.save();
    let mut plan = saved.open();
    let summary = apply(&mut plan, &fake).await.unwrap();
    assert_eq!(summary.rows(), 5);
    assert_eq!(plan.outcomes().unwrap().len(), 5);
    assert_eq!(plan.attempts().unwrap().len(), fake.writes().len());
    assert!(plan.attempts().unwrap().iter().all(|attempt| attempt.result.is_some()));
    assert_eq!(plan.runs().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_opt_out_that_came_after_the_plan_wins_too() {
    let fake = shared(fold_workspace());
    fake.edit("l2", |kept| {
        kept.standard.insert("unsubscribed_from_emails".to_owned(), json!(true));
    });
    apply(&mut fold_plan().save().open(), &fake).await.unwrap();
    assert_eq!(fake.kept("l1").standard["unsubscribed_from_emails"], json!(true));
    assert!(fake.kept("l2").archived);
}

#[tokio::test(start_paused = true)]
async fn groups_are_begun_in_the_order_of_the_plan() {
    let fake = shared(Fake::new());
    fake.seed("u1", Role::User, &[]);
    fake.seed("u2", Role::User, &[]);
    let mut draft = Draft::new();
    // The later group number comes first in the plan: it only adds
    let first = draft.act(9, existing("u1"), update(&[("name", "", "Ann")]));
    let second = draft.act(2, existing("u2"), update(&[("name", "", "Bob")]));
    draft.row(9, Outcome::Updated, &[first]);
    draft.row(2, Outcome::Updated, &[second]);
    let options = Options { lanes: 1, ..options() };
    apply_with(&mut draft.save().open(), &fake, &options, &Silent).await.unwrap();
    assert_eq!(fake.writes(), ["update u1", "update u2"]);
}
