//! `tag` and `note`.

use std::io::{Read, Write};

use anyhow::Context;
use serde_json::json;

use super::args::{NoteArgs, TagArgs};
use super::find::one;
use super::session::{Consent, Session};
use super::{Noun, show};
use crate::cli::Outcome;
use crate::cli::exit::{self, Exit};
use crate::intercom::{Disposition, Error, Note, ReadWorkspace, Tag, WriteWorkspace, plain_text};
use crate::report::visible;

/// Runs `tag`.
pub(super) async fn tag(session: &Session<'_>, noun: Noun, arguments: &TagArgs) -> Outcome {
    let contact = one(session, noun, &arguments.who).await?;
    let held = session.client.tags(&contact.id).await?;
    if arguments.tags.is_empty() && arguments.remove.is_empty() {
        tell_tags(session, "nothing", &held)?;
        return Ok(Exit::Done);
    }
    let find = |tags: &[Tag], name: &str| tags.iter().find(|tag| same_name(&tag.name, name)).cloned();
    let adding: Vec<&String> = arguments.tags.iter().filter(|name| find(&held, name).is_none()).collect();
    let removing: Vec<Tag> = arguments.remove.iter().filter_map(|name| find(&held, name)).collect();
    if adding.is_empty() && removing.is_empty() {
        session.printer.say("nothing to change: it is so already");
        tell_tags(session, "nothing", &held)?;
        return Ok(Exit::Done);
    }
    let known = session.client.tag_list().await?;
    let mut what = vec![format!("on {}:", show::line(&contact))];
    what.extend(adding.iter().map(|name| {
        let new = if find(&known, name).is_none() { ", which is new to the workspace" } else { "" };
        format!("  attach tag {}{new}", visible(name))
    }));
    what.extend(removing.iter().map(|tag| format!("  take off tag {}", visible(&tag.name))));
    let Some(writer) = session.leave(arguments.write.yes, Consent::Yes, &what).await? else { return Ok(Exit::Done) };
    for name in &adding {
        let tag = match find(&known, name) {
            Some(tag) => tag,
            None => writer.send("create a tag", &[], writer.client.ensure_tag(name)).await?,
        };
        writer.send("attach a tag", &[&contact], writer.client.attach_tag(&contact.id, &tag.id)).await?;
    }
    for tag in &removing {
        writer.send("take off a tag", &[&contact], writer.client.detach_tag(&contact.id, &tag.id)).await?;
    }
    let after = session.client.tags(&contact.id).await?;
    let missing = adding.iter().any(|name| find(&after, name).is_none());
    let left = removing.iter().any(|tag| find(&after, &tag.name).is_some());
    if missing || left {
        anyhow::bail!("Intercom answered with success, but the tags of {} are not as they should be", contact.id.0);
    }
    tell_tags(session, "tag", &after)?;
    Ok(Exit::Done)
}

/// Intercom's names of tags do not depend on case.
fn same_name(left: &str, right: &str) -> bool {
    left.trim().to_lowercase() == right.trim().to_lowercase()
}

fn tell_tags(session: &Session<'_>, did: &str, tags: &[Tag]) -> anyhow::Result<()> {
    let mut names: Vec<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
    names.sort_unstable();
    let shown: Vec<_> = names.iter().map(|name| visible(name)).collect();
    let sentence = if shown.is_empty() { "no tags".to_owned() } else { format!("tags: {}", shown.join(", ")) };
    show::plain(session, did, &sentence, json!({ "tags": names }))
}

/// Runs `note`.
pub(super) async fn note(session: &Session<'_>, noun: Noun, arguments: &NoteArgs) -> Outcome {
    let contact = one(session, noun, &arguments.who).await?;
    let Some(text) = &arguments.text else {
        tell_notes(session, &session.client.notes(&contact.id).await?)?;
        return Ok(Exit::Done);
    };
    let text = if text == "-" { standard_input()? } else { text.clone() };
    if text.trim().is_empty() {
        return Err(exit::usage("the note is empty"));
    }
    let what = [format!("add a note to {}:", show::line(&contact)), format!("  {}", visible(text.trim()))];
    let Some(writer) = session.leave(arguments.write.yes, Consent::Yes, &what).await? else { return Ok(Exit::Done) };
    let sent = writer.send("add a note", &[&contact], writer.client.add_note(&contact.id, &text)).await;
    let is_there = session.client.notes(&contact.id).await?.iter().any(|note| says(note, &text));
    match sent {
        Ok(_) if is_there => {}
        Ok(_) => anyhow::bail!("Intercom answered with success, but {} does not have the note", contact.id.0),
        Err(error) if is_there && in_doubt(&error) => {
            session.printer.say("note: the answer was lost, but the note is there");
        }
        Err(error) => return Err(error),
    }
    let sentence = format!("noted on {noun} {}", contact.id.0);
    show::plain(session, "note", &sentence, json!({ "id": contact.id.0, "note": text }))?;
    Ok(Exit::Done)
}

/// Intercom gives a note back as HTML, whatever was sent.
fn says(note: &Note, text: &str) -> bool {
    let words = |text: &str| plain_text(text).split_whitespace().collect::<Vec<_>>().join(" ");
    words(&note.body) == words(text)
}

fn in_doubt(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Error>().is_some_and(|error| error.disposition() == Disposition::InDoubt)
}

fn standard_input() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("the note cannot be read from standard input")?;
    Ok(text)
}

fn tell_notes(session: &Session<'_>, notes: &[Note]) -> anyhow::Result<()> {
    let mut out = session.printer.data();
    let day = |note: &Note| {
        let time = note.created_at.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
        time.map_or_else(|| "-".to_owned(), |time| time.to_string())
    };
    if session.json {
        let notes: Vec<_> = notes
            .iter()
            .map(|note| {
                json!({ "id": note.id, "text": note.text(), "author": note.author, "created_at": note.created_at })
            })
            .collect();
        writeln!(out, "{:#}", json!({ "schema": "leadfold.notes/1", "count": notes.len(), "notes": notes }))?;
    } else {
        for note in notes {
            let author = note.author.as_deref().unwrap_or("-");
            writeln!(out, "{}  {}  {}", day(note), visible(author), visible(&note.text()))?;
        }
    }
    Ok(out.flush()?)
}
