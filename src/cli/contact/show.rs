//! How contacts are shown: a line, a block or JSON. Everything that comes from the workspace is made safe for a terminal.

use std::fmt::Write as _;
use std::io::Write;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Noun;
use super::session::Session;
use crate::intercom::{Contact, Error, ReadWorkspace};
use crate::report::visible;

/// Names that a contact shows only by id.
#[derive(Clone, Debug, Default)]
struct Names {
    tags: Vec<String>,
    companies: Vec<String>,
}

async fn names<R: ReadWorkspace>(reader: &R, contact: &Contact) -> Result<Names, Error> {
    let mut names = Names::default();
    if contact.archived {
        return Ok(names);
    }
    if contact.tags.total > 0 {
        names.tags = reader.tags(&contact.id).await?.into_iter().map(|tag| tag.name).collect();
        names.tags.sort_unstable();
    }
    if contact.companies.total > 0 {
        names.companies = reader.companies(&contact.id).await?.into_iter().map(|company| company.name).collect();
    }
    Ok(names)
}

/// One line: what the guides print, and the kind.
pub(super) fn line(contact: &Contact) -> String {
    let or_none = |text: &Option<String>| text.as_deref().map_or("-".into(), |text| visible(text).into_owned());
    let archived = if contact.archived { " (archived)" } else { "" };
    format!(
        "{} {}  email {}  name {}  external id {}{archived}",
        Noun::of(contact.role),
        contact.id.0,
        or_none(&contact.email),
        or_none(&contact.name),
        or_none(&contact.external_id),
    )
}

/// Prints what `find` found: one block each while names are told, else one line each.
pub(super) async fn contacts(session: &Session<'_>, found: &[Contact], named: bool) -> anyhow::Result<()> {
    let mut out = session.printer.data();
    let mut documents = Vec::new();
    for contact in found {
        let told = if named { names(&session.client, contact).await? } else { Names::default() };
        if session.json {
            documents.push(document(contact, named.then_some(&told)));
        } else if named {
            out.write_all(block(contact, &told).as_bytes())?;
        } else {
            writeln!(out, "{}", line(contact))?;
        }
    }
    if session.json {
        let document = json!({ "schema": "leadfold.contacts/1", "count": found.len(), "contacts": documents });
        writeln!(out, "{document:#}")?;
    }
    Ok(out.flush()?)
}

/// Prints what became of a contact.
pub(super) async fn result(session: &Session<'_>, did: &str, contact: &Contact) -> anyhow::Result<()> {
    let names = names(&session.client, contact).await?;
    let mut out = session.printer.data();
    if session.json {
        let document =
            json!({ "schema": "leadfold.contact/1", "did": did, "contact": document(contact, Some(&names)) });
        writeln!(out, "{document:#}")?;
    } else if !session.printer.is_quiet() {
        out.write_all(block(contact, &names).as_bytes())?;
    }
    Ok(out.flush()?)
}

/// Prints what was done to something that cannot be shown any more, or that is no contact.
pub(super) fn plain(session: &Session<'_>, did: &str, sentence: &str, facts: Value) -> anyhow::Result<()> {
    let mut out = session.printer.data();
    if session.json {
        let mut document =
            Map::from_iter([("schema".to_owned(), json!("leadfold.contact/1")), ("did".to_owned(), json!(did))]);
        if let Value::Object(facts) = facts {
            document.extend(facts);
        }
        writeln!(out, "{:#}", Value::Object(document))?;
    } else if !session.printer.is_quiet() {
        writeln!(out, "{sentence}")?;
    }
    Ok(out.flush()?)
}

/// A value for people.
pub(super) fn value(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => visible(text).into_owned(),
        Some(other) => other.to_string(),
    }
}

fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}

fn block(contact: &Contact, names: &Names) -> String {
    let mut text = String::new();
    let archived = if contact.archived { " (archived)" } else { "" };
    let _ = writeln!(text, "{} {}{archived}", Noun::of(contact.role), contact.id.0);
    let mut row = |label: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let _ = writeln!(text, "  {:<14} {}", visible(label), visible(&value));
        }
    };
    row("external id", contact.external_id.clone());
    row("email", contact.email.clone());
    row("name", contact.name.clone());
    row("phone", contact.phone.clone());
    // What Intercom calls people who have not said their name; 1.x alone tells
    row("pseudonym", contact.raw.get("pseudonym").and_then(Value::as_str).map(str::to_owned));
    row("owner", contact.owner_id.clone());
    row("created", contact.created_at.map(time));
    row("updated", contact.updated_at.map(time));
    row("signed up", contact.signed_up_at.map(time));
    row("last seen", contact.last_seen_at.map(time));
    row("unsubscribed", contact.unsubscribed_from_emails.then(|| "yes".to_owned()));
    row("tags", Some(names.tags.join(", ")));
    row("companies", Some(names.companies.join(", ")));
    for (name, held) in &contact.custom_attributes {
        row(name, Some(value(Some(held))));
    }
    text
}

fn document(contact: &Contact, names: Option<&Names>) -> Value {
    let mut document = json!({
        "id": contact.id.0,
        "role": Noun::of(contact.role).to_string(),
        "external_id": contact.external_id,
        "email": contact.email,
        "name": contact.name,
        "phone": contact.phone,
        "owner_id": contact.owner_id,
        "created_at": contact.created_at,
        "updated_at": contact.updated_at,
        "signed_up_at": contact.signed_up_at,
        "last_seen_at": contact.last_seen_at,
        "unsubscribed_from_emails": contact.unsubscribed_from_emails,
        "archived": contact.archived,
        "custom_attributes": contact.custom_attributes,
    });
    if let (Some(document), Some(names)) = (document.as_object_mut(), names) {
        document.insert("tags".to_owned(), json!(names.tags));
        document.insert("companies".to_owned(), json!(names.companies));
    }
    document
}
