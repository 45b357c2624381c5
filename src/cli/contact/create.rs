//! `create`: one new contact.

use super::Noun;
use super::args::{AssignmentArgs, CreateArgs, ValueArgs};
use super::find::all_pages;
use super::session::{Consent, Session, Writer};
use super::show;
use super::values::{self, Assigned, Book};
use crate::apply::AttributeTypes;
use crate::cli::Outcome;
use crate::cli::exit::{self, Exit};
use crate::contact::Role;
use crate::intercom::{
    Contact, DataType, Disposition, Error, ReadWorkspace, SearchFilter, SearchOperator, SearchQuery, WriteWorkspace,
};

/// The values typed, checked, and the custom attributes to make first.
pub(super) struct Typed {
    pub(super) values: Vec<Assigned>,
    pub(super) new_attributes: Vec<String>,
}

/// Reads flags and assignments against the attributes of the workspace.
pub(super) async fn typed(
    session: &Session<'_>,
    noun: Noun,
    flags: &ValueArgs,
    more: &AssignmentArgs,
) -> anyhow::Result<Typed> {
    let mut types = AttributeTypes::new(&session.client.data_attributes().await?);
    let new_attributes = if more.create_attributes { values::missing(&more.assignments, &types) } else { Vec::new() };
    types = types.with_texts(&new_attributes);
    let book = Book::new(types, noun);
    let mut values: Vec<Assigned> = Vec::new();
    let named =
        [("email", &flags.email), ("name", &flags.name), ("phone", &flags.phone), ("external_id", &flags.external_id)];
    for (name, value) in named {
        if let Some(value) = value {
            values.push(book.assign(name, value)?);
        }
    }
    for text in &more.assignments {
        let assigned = book.read(text)?;
        if values.iter().any(|other| other.name == assigned.name) {
            return Err(exit::usage(format!("{} is given twice; nothing was sent", assigned.name.shown())));
        }
        values.push(assigned);
    }
    values::check_dialect(&values, noun, session.client.dialect().version())?;
    check_owner(session, &values).await?;
    Ok(Typed { values, new_attributes })
}

/// An owner has to be a teammate.
async fn check_owner(session: &Session<'_>, values: &[Assigned]) -> anyhow::Result<()> {
    let owner = values.iter().find(|assigned| assigned.name == values::Name::Other("owner_id"));
    let Some(owner) = owner.and_then(|assigned| assigned.value.as_str()) else { return Ok(()) };
    let admins = session.client.admins().await?;
    if admins.iter().any(|admin| admin.id == owner) {
        return Ok(());
    }
    let known: Vec<String> = admins.iter().map(|admin| format!("{} ({})", admin.id, admin.name)).collect();
    Err(exit::usage(format!("owner_id: {owner} is no teammate; there are {}", known.join(", "))))
}

/// Makes the custom attributes that are missing.
pub(super) async fn make_attributes(writer: &Writer<'_>, names: &[String]) -> anyhow::Result<()> {
    for name in names {
        let call = writer.client.create_data_attribute(name, DataType::String);
        writer.send("create a custom attribute", &[], call).await?;
    }
    Ok(())
}

/// What will be done with attributes that are missing, for people.
pub(super) fn attribute_lines(names: &[String]) -> impl Iterator<Item = String> {
    names.iter().map(|name| format!("create the custom attribute {} (text)", crate::report::visible(name)))
}

/// Runs `create`.
pub(super) async fn run(session: &Session<'_>, noun: Noun, arguments: &CreateArgs) -> Outcome {
    let Typed { values, new_attributes } = typed(session, noun, &arguments.values, &arguments.more).await?;
    let mut patch = values::patch(&values);
    let has = |name: &str| patch.standard.get(name).is_some_and(|value| !value.is_null());
    if noun == Noun::User && !has("email") && !has("external_id") {
        return Err(exit::usage("a user needs --external-id or --email"));
    }
    let mut what: Vec<String> = attribute_lines(&new_attributes).collect();
    what.push(format!("create a {noun}:"));
    what.extend(values.iter().map(|one| format!("  {:<24} {}", one.name.shown(), show::value(Some(&one.value)))));
    let email = patch.standard.get("email").and_then(|email| email.as_str());
    for known in with_email(session, email).await? {
        what.push(format!("note: {} has this e-mail address already", show::line(&known)));
    }
    let role = if noun == Noun::Lead { "lead" } else { "user" };
    patch.standard.insert("role".to_owned(), role.into());
    let Some(writer) = session.leave(arguments.write.yes, Consent::Yes, &what).await? else { return Ok(Exit::Done) };
    make_attributes(&writer, &new_attributes).await?;
    let made = match writer.send("create", &[], writer.client.create(&patch)).await {
        Ok(made) => made.id,
        Err(error) => after_failure(session, error, patch.standard.get("external_id")).await?.id,
    };
    let contact = session.client.contact(&made).await?;
    check(&contact, noun.role(), &values)?;
    show::result(session, "create", &contact).await?;
    Ok(Exit::Done)
}

/// Contacts that have this address already: leads may share it, and a second lead is rarely what is wanted.
async fn with_email(session: &Session<'_>, email: Option<&str>) -> Result<Vec<Contact>, Error> {
    let Some(email) = email else { return Ok(Vec::new()) };
    let filter = SearchFilter { field: "email".to_owned(), operator: SearchOperator::Equals, value: email.into() };
    all_pages(&session.client, &SearchQuery { all_of: vec![filter] }).await
}

/// A create that was refused because somebody is in the way, or whose answer was lost.
async fn after_failure(
    session: &Session<'_>,
    error: anyhow::Error,
    external_id: Option<&serde_json::Value>,
) -> anyhow::Result<Contact> {
    match error.downcast_ref::<Error>() {
        Some(other) if other.disposition() == Disposition::InDoubt => {
            // A lookup by key does not lag; a search for an address does
            if let Some(external_id) = external_id.and_then(|id| id.as_str())
                && let Ok(found) = session.client.contact_by_external_id(external_id).await
            {
                session.printer.say("note: the answer was lost, but the contact is there");
                return Ok(found);
            }
            Err(error.context(
                "the answer was lost: the contact may have been created; look for it in a few minutes, before creating it again",
            ))
        }
        _ => Err(error),
    }
}

/// A contact read back after a write must be what was written.
pub(super) fn check(contact: &Contact, role: Role, values: &[Assigned]) -> anyhow::Result<()> {
    let lost: Vec<String> = values
        .iter()
        .filter(|assigned| assigned.can_be_checked() && !assigned.is_held_by(contact))
        .map(|assigned| assigned.name.shown())
        .collect();
    if contact.role != role {
        anyhow::bail!("Intercom answered with success, but {} is a {}", contact.id.0, Noun::of(contact.role));
    }
    if lost.is_empty() {
        return Ok(());
    }
    anyhow::bail!(
        "Intercom answered with success, but {} does not have what was written to {}",
        contact.id.0,
        lost.join(", ")
    )
}
