//! `archive`, `unarchive`, `block` and `delete`.

use serde_json::json;

use super::args::PickArgs;
use super::find::{looks_like_id, one};
use super::session::{Consent, Session};
use super::{Noun, show};
use crate::cli::Outcome;
use crate::cli::exit::{self, Exit};
use crate::contact::IntercomId;
use crate::intercom::{Contact, Error, ReadWorkspace, WriteWorkspace};
use crate::report::visible;

/// Runs `archive`.
pub(super) async fn archive(session: &Session<'_>, noun: Noun, arguments: &PickArgs) -> Outcome {
    let contact = one(session, noun, &arguments.who).await?;
    if contact.archived {
        session.printer.say("nothing to change: it is archived already");
        return Ok(Exit::Done);
    }
    let what = [
        format!("archive {}", show::line(&contact)),
        format!("to bring it back: leadfold {noun} unarchive {}", contact.id.0),
    ];
    let Some(writer) = session.leave(arguments.write.yes, Consent::Yes, &what).await? else { return Ok(Exit::Done) };
    writer.send("archive", &[&contact], writer.client.archive(&contact.id)).await?;
    if let Some(still) = answer(session, &contact.id).await?
        && !still.archived
    {
        anyhow::bail!("Intercom answered with success, but {} is not archived", contact.id.0);
    }
    let sentence = format!("archived {noun} {0}; leadfold {noun} unarchive {0} brings it back", contact.id.0);
    show::plain(session, "archive", &sentence, json!({ "id": contact.id.0, "archived": true }))?;
    Ok(Exit::Done)
}

/// Runs `unarchive`. Archived contacts are in no list and no search, and Intercom does not say whether they can be read
/// by id, so an id is enough.
pub(super) async fn unarchive(session: &Session<'_>, noun: Noun, arguments: &PickArgs) -> Outcome {
    let id = if looks_like_id(&arguments.who) {
        IntercomId(arguments.who.to_lowercase().as_str().into())
    } else {
        match session.client.contact_by_external_id(&arguments.who).await {
            Ok(contact) => contact.id,
            Err(Error::NotFound { .. }) => {
                return Err(exit::usage("an archived contact is found by its Intercom id only; give that"));
            }
            Err(error) => return Err(error.into()),
        }
    };
    let known = answer(session, &id).await?;
    match &known {
        Some(contact) if contact.role != noun.role() => {
            let is = Noun::of(contact.role);
            return Err(exit::usage(format!("'{}' is a {is}, not a {noun}", visible(&arguments.who))));
        }
        Some(contact) if !contact.archived => {
            session.printer.say("nothing to change: it is not archived");
            show::result(session, "nothing", contact).await?;
            return Ok(Exit::Done);
        }
        _ => {}
    }
    let shown = known.as_ref().map_or_else(|| format!("{noun} {}", id.0), show::line);
    let what = [format!("bring back {shown}")];
    let Some(writer) = session.leave(arguments.write.yes, Consent::Yes, &what).await? else { return Ok(Exit::Done) };
    let before: Vec<&Contact> = known.iter().collect();
    writer.send("unarchive", &before, writer.client.unarchive(&id)).await?;
    let contact = session.client.contact(&id).await?;
    if contact.archived {
        anyhow::bail!("Intercom answered with success, but {} is still archived", id.0);
    }
    show::result(session, "unarchive", &contact).await?;
    Ok(Exit::Done)
}

/// Runs `delete`. Without a person to type the id, it must have been typed as WHO.
pub(super) async fn delete(session: &Session<'_>, noun: Noun, arguments: &PickArgs) -> Outcome {
    let contact = one(session, noun, &arguments.who).await?;
    let id = &*contact.id.0;
    let by_id = arguments.who.trim().eq_ignore_ascii_case(id);
    if arguments.write.yes && !by_id {
        return Err(exit::usage(format!(
            "deleting cannot be undone, so --yes is taken only with the contact's id: leadfold {noun} delete {id} --yes"
        )));
    }
    let what = [
        format!("delete for good {}", show::line(&contact)),
        "its notes and conversations go too, and nobody can bring them back; archiving hides it just as well"
            .to_owned(),
    ];
    let consent = Consent::Typed(id);
    let Some(writer) = session.leave(arguments.write.yes, consent, &what).await? else { return Ok(Exit::Done) };
    writer.send("delete", &[&contact], writer.client.delete(&contact.id)).await?;
    if answer(session, &contact.id).await?.is_some() && session.client.dialect().deletes_at_once() {
        anyhow::bail!("Intercom answered with success, but {id} still answers; look at it in a minute");
    }
    let sentence = format!("deleted {noun} {id}");
    show::plain(session, "delete", &sentence, json!({ "id": id, "deleted": true }))?;
    Ok(Exit::Done)
}

/// Runs `block`, which is asked for as `delete` is.
pub(super) async fn block(session: &Session<'_>, noun: Noun, arguments: &PickArgs) -> Outcome {
    let contact = one(session, noun, &arguments.who).await?;
    let id = &*contact.id.0;
    if arguments.write.yes && !arguments.who.trim().eq_ignore_ascii_case(id) {
        return Err(exit::usage(format!(
            "blocking cannot be undone, so --yes is taken only with the contact's id: leadfold {noun} block {id} --yes"
        )));
    }
    let what = [
        format!("block for good {}", show::line(&contact)),
        "its conversations are closed, Intercom takes no message from it any more, and it cannot be brought back"
            .to_owned(),
    ];
    let consent = Consent::Typed(id);
    let Some(writer) = session.leave(arguments.write.yes, consent, &what).await? else { return Ok(Exit::Done) };
    writer.send("block", &[&contact], writer.client.block(&contact.id)).await?;
    let sentence = format!("blocked {noun} {id}");
    show::plain(session, "block", &sentence, json!({ "id": id, "blocked": true }))?;
    Ok(Exit::Done)
}

/// The contact, or nothing when it does not answer.
async fn answer(session: &Session<'_>, id: &IntercomId) -> Result<Option<Contact>, Error> {
    match session.client.contact(id).await {
        Ok(contact) => Ok(Some(contact)),
        Err(Error::NotFound { .. } | Error::Gone { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
