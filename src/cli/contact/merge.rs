//! `merge`: a lead disappears into a user, and what came of it is checked.

use super::find::one;
use super::session::{Consent, Session, Writer};
use super::{Noun, show};
use crate::apply::same;
use crate::cli::Outcome;
use crate::cli::exit::{self, Exit};
use crate::contact::Role;
use crate::intercom::{
    Company, Contact, ContactPatch, Disposition, Error, ReadWorkspace, Subscription, Tag, WriteWorkspace,
};
use crate::plan::{Attribute, KEEP_NOTE_FIRST_LINE, StandardAttribute};
use crate::report::visible;

/// A merge as typed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// Who disappears.
    pub(super) who: &'a str,
    /// Who stays.
    pub(super) into: &'a str,
    /// Ask Intercom first.
    pub(super) preview: bool,
}

/// Runs `merge`.
pub(super) async fn run(session: &Session<'_>, noun: Noun, wanted: Wanted<'_>, yes: bool) -> Outcome {
    if noun == Noun::User && !wanted.preview {
        return Err(exit::usage(
            "Intercom merges leads into users, not users into users: two users are two accounts of your product; to keep one, \
             copy what you need and archive the other: leadfold user archive WHO (some workspaces can merge users by now: \
             --preview asks)",
        ));
    }
    let lead = one(session, noun, wanted.who).await?;
    let user = one(session, Noun::User, wanted.into).await?;
    if lead.id == user.id {
        return Err(exit::usage("a contact cannot be merged into itself"));
    }
    if let Some(archived) = [&lead, &user].into_iter().find(|contact| contact.archived) {
        return Err(exit::usage(format!("{} is archived; bring it back first", show::line(archived))));
    }
    let lead_had = Had::read(session, &lead).await?;
    let mut what = vec![format!("merge {}", show::line(&lead)), format!(" into {}", show::line(&user))];
    what.push(format!("the user keeps its id, external id, e-mail and name, and gets what it lacks from the {noun}"));
    if wanted.preview {
        what.extend(preview(session, noun, &lead, &user).await?);
    }
    let lost = lost(&lead, &user);
    if !lost.is_empty() {
        what.push(format!("a note on the user keeps what the merge discards: {}", names(&lost).join(", ")));
    }
    if opted_out(&lead) && !user.unsubscribed_from_emails {
        what.push(format!("the {noun} does not want e-mails, so the user will be unsubscribed too"));
    }
    if !lead_had.opted_out.is_empty() {
        let unwanted: Vec<_> = lead_had.opted_out.iter().map(|one| visible(&one.name).into_owned()).collect();
        what.push(format!("the user will not get what the {noun} does not want: {}", unwanted.join(", ")));
    }
    what.push(format!("the {noun} is gone then; a merge cannot be undone"));
    let Some(writer) = session.leave(yes, Consent::Yes, &what).await? else { return Ok(Exit::Done) };
    let call = async {
        match noun {
            Noun::Lead => writer.client.merge(&lead.id, &user.id).await,
            Noun::User => writer.client.merge_users(&lead.id, &user.id).await,
        }
    };
    if let Err(error) = writer.send("merge into a user", &[&lead, &user], call).await {
        let lost_answer =
            error.downcast_ref::<Error>().is_some_and(|error| error.disposition() == Disposition::InDoubt);
        if !lost_answer || !is_gone(session, &lead, &user).await? {
            return Err(error);
        }
        session.printer.say(&format!("note: the answer was lost, but the {noun} is gone into the user"));
    }
    if !is_gone(session, &lead, &user).await? {
        anyhow::bail!(
            "Intercom answered with success, but the {noun} {} still answers; look at it in a minute",
            lead.id.0
        );
    }
    let after = settle(&writer, session, &lead, &lead_had, &user).await?;
    show::result(session, "merge", &after).await?;
    Ok(Exit::Done)
}

/// What Intercom says the merge would do; an error when it would refuse. A workspace that cannot say is merged in as
/// without the question, except two users, which only such a workspace merges.
async fn preview(session: &Session<'_>, noun: Noun, from: &Contact, into: &Contact) -> anyhow::Result<Vec<String>> {
    let Some(preview) = session.client.merge_preview(&from.id, &into.id).await? else {
        if noun == Noun::User {
            return Err(exit::usage(
                "this workspace does not merge users: it does not answer to Intercom's preview version",
            ));
        }
        return Ok(vec![
            "this workspace does not answer to Intercom's preview of merges, so nothing is known of it".to_owned(),
        ]);
    };
    if !preview.allowed {
        anyhow::bail!("Intercom would refuse this merge, so nothing was sent: {}", preview.reasons.join("; "));
    }
    let mut lines = vec!["Intercom says the merge is allowed and would do this:".to_owned()];
    lines.extend(preview.changes.iter().map(|change| {
        format!("  {:<24} {} → {}", visible(&change.field), visible(&change.outcome), show::value(Some(&change.result)))
    }));
    Ok(lines)
}

/// What a lead has that a merge moves.
struct Had {
    tags: Vec<Tag>,
    companies: Vec<Company>,
    /// Subscription types it does not want.
    opted_out: Vec<Subscription>,
}

impl Had {
    async fn read(session: &Session<'_>, contact: &Contact) -> Result<Self, Error> {
        let mut had = Self { tags: Vec::new(), companies: Vec::new(), opted_out: Vec::new() };
        if contact.tags.total > 0 {
            had.tags = session.client.tags(&contact.id).await?;
        }
        if contact.companies.total > 0 {
            had.companies = session.client.companies(&contact.id).await?;
        }
        let chosen = match session.client.subscriptions(&contact.id).await {
            Ok(chosen) => chosen,
            // A plan without subscription types has no choices to lose
            Err(Error::Refused { .. } | Error::NotFound { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        had.opted_out = chosen.into_iter().filter(|subscription| subscription.opted_out).collect();
        Ok(had)
    }
}

/// Whether the lead is gone: it does not answer, or the user answers in its place.
async fn is_gone(session: &Session<'_>, lead: &Contact, user: &Contact) -> Result<bool, Error> {
    match session.client.contact(&lead.id).await {
        Err(Error::Gone { canonical, .. }) => Ok(canonical.is_none_or(|canonical| canonical == user.id)),
        Err(Error::NotFound { .. }) => Ok(true),
        Ok(contact) => Ok(contact.id == user.id),
        Err(error) => Err(error),
    }
}

/// Reads the user back, gives it what the merge did not move, and checks that it is still itself.
async fn settle(
    writer: &Writer<'_>,
    session: &Session<'_>,
    lead: &Contact,
    lead_had: &Had,
    before: &Contact,
) -> anyhow::Result<Contact> {
    let user = session.client.contact(&before.id).await?;
    for attribute in [StandardAttribute::ExternalId, StandardAttribute::Email, StandardAttribute::Name] {
        let attribute = Attribute::Standard(attribute);
        let was = crate::apply::current(before, &attribute);
        if was.is_some() && !same(&attribute, was.as_ref(), crate::apply::current(&user, &attribute).as_ref()) {
            anyhow::bail!(
                "the merge changed the user's {attribute}, which Intercom promises not to do; look at {}",
                user.id.0
            );
        }
    }
    let has = Had::read(session, &user).await?;
    for tag in lead_had.tags.iter().filter(|tag| !has.tags.iter().any(|held| held.id == tag.id)) {
        writer.send("attach a tag of the lead", &[], writer.client.attach_tag(&user.id, &tag.id)).await?;
    }
    for company in lead_had.companies.iter().filter(|one| !has.companies.iter().any(|held| held.id == one.id)) {
        writer.send("attach a company of the lead", &[], writer.client.attach_company(&user.id, &company.id)).await?;
    }
    for chosen in lead_had.opted_out.iter().filter(|one| !has.opted_out.iter().any(|held| held.id == one.id)) {
        writer.send("opt the user out of a subscription", &[], writer.client.opt_out(&user.id, &chosen.id)).await?;
    }
    if opted_out(lead) && !user.unsubscribed_from_emails {
        let mut patch = ContactPatch::default();
        patch.standard.insert("unsubscribed_from_emails".to_owned(), true.into());
        writer.send("unsubscribe the user", &[&user], writer.client.update(&user.id, &patch)).await?;
    }
    if let Some(note) = note(&lost(lead, &user)) {
        writer.send("keep what the merge discarded", &[], writer.client.add_note(&user.id, &note)).await?;
    }
    Ok(session.client.contact(&user.id).await?)
}

fn opted_out(contact: &Contact) -> bool {
    contact.unsubscribed_from_emails || contact.has_hard_bounced || contact.marked_email_as_spam
}

/// The lead's values that the user does not take, because it has others: by name, in sorted order.
fn lost(lead: &Contact, user: &Contact) -> Vec<(String, String)> {
    let standard = [StandardAttribute::Email, StandardAttribute::Name, StandardAttribute::Phone];
    // The external id of a lead is a number Intercom made up; a user's names an account
    let own_id = (lead.role == Role::User).then_some(StandardAttribute::ExternalId);
    let standard = standard.into_iter().chain(own_id).map(Attribute::Standard);
    let custom = lead.custom_attributes.keys().cloned().map(Attribute::Custom);
    let mut lost: Vec<(String, String)> = standard
        .chain(custom)
        .filter_map(|attribute| {
            let held = crate::apply::current(lead, &attribute)?;
            // A lead's e-mail never becomes the user's, so it is lost even where the user has none
            let taken = crate::apply::current(user, &attribute);
            let adopted = taken.is_none() && attribute != Attribute::Standard(StandardAttribute::Email);
            let name = match &attribute {
                Attribute::Standard(standard) => standard.name().to_owned(),
                Attribute::Custom(name) => name.clone(),
            };
            let text = held.as_str().map_or_else(|| held.to_string(), str::to_owned);
            (!adopted && !same(&attribute, Some(&held), taken.as_ref())).then_some((name, text))
        })
        .collect();
    lost.sort_unstable();
    lost
}

fn names(lost: &[(String, String)]) -> Vec<String> {
    lost.iter().map(|(name, _)| visible(name).into_owned()).collect()
}

/// The keep-note, worded as a plan words it, so that planning afterwards finds nothing left to keep.
fn note(lost: &[(String, String)]) -> Option<String> {
    if lost.is_empty() {
        return None;
    }
    let lines =
        lost.iter().map(|(name, text)| format!("\n{name}: {}", text.split_whitespace().collect::<Vec<_>>().join(" ")));
    Some(format!("{KEEP_NOTE_FIRST_LINE}{}", lines.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn contact(values: serde_json::Value) -> Contact {
        Contact::try_from(values).unwrap()
    }

    #[test]
    fn a_note_keeps_what_the_user_does_not_take() {
        let lead = contact(json!({"id": "1", "role": "lead", "email": "m@oran.example", "name": "Meursault",
            "phone": "+441632960123", "custom_attributes": {"plan": "pro", "seats": 3}}));
        let user = contact(json!({"id": "2", "role": "user", "email": "al@oran.example", "name": "Al",
            "custom_attributes": {"plan": "free"}}));
        insta::assert_snapshot!(note(&lost(&lead, &user)).unwrap(), @r"
        leadfold kept these values from merged contacts:
        email: m@oran.example
        name: Meursault
        plan: pro
        ");
    }

    #[test]
    fn what_both_have_or_only_the_lead_has_is_not_lost() {
        let lead = contact(json!({"id": "1", "role": "lead", "email": "AL@oran.example", "phone": "+441632960123"}));
        let user = contact(json!({"id": "2", "role": "user", "email": "al@oran.example"}));
        assert_eq!(note(&lost(&lead, &user)), None);
    }
}
