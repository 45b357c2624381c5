//! `leadfold api`: any call of the API that has no command of its own, with leadfold's token, pace, version and errors.
//!
//! Reading is free. A call that changes something is shown and asked about, holds the workspace's lock and is written
//! into the diary, with what was there before where the same path can be read. Writes to people are refused: they have
//! commands of their own, which keep a copy of everyone they change. `fields` reads NAME=VALUE.

mod fields;

use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::Outcome;
use super::args::OutputArgs;
use super::contact::session::{Consent, ReachArgs, Session};
use super::exit::{self, Exit};
use super::printer::Printer;
use super::signal::Cancel;
use crate::intercom::{Error, RawCall, Verb};
use crate::report::visible;

/// Send any call of Intercom's API and print the answer
///
/// For what has no command of its own: conversations, messages, events, segments, teams, webhooks. A call that changes
/// something is shown first and asked about. People are changed with `leadfold lead`, `user` and `visitor` only.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold api GET /segments include_count=true
  leadfold api GET /conversations type=user email=al@oran.example --all --api 1.4
  leadfold api POST /conversations/1/reply type=admin admin_id=991267001 message_type=comment body=\"On its way\"
  leadfold api POST /messages from[type]=admin from[id]=991267001 to[type]=user to[id]=5747f7c1890d844b3c000e50 body=Hello
  leadfold api POST /contacts/search --input query.json")]
pub(super) struct ApiArgs {
    /// What to do
    #[arg(value_enum, ignore_case = true)]
    method: Method,
    /// Path of the call, as Intercom's reference names it
    #[arg(value_name = "PATH")]
    path: String,
    /// Fields of the body, or of the query with GET and DELETE: `NAME=TEXT`, `NAME:=JSON`, `PART[NAME]=TEXT`, `LIST[]=TEXT`
    #[arg(value_name = "NAME=VALUE")]
    fields: Vec<String>,
    /// The body, as a file with JSON; `-` is standard input
    #[arg(long, value_name = "FILE.json", conflicts_with = "fields")]
    input: Option<PathBuf>,
    /// Read a list to its end, page by page
    #[arg(long)]
    all: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    reach: ReachArgs,
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "UPPER")]
enum Method {
    /// Reads
    Get,
    /// Makes, does or searches
    Post,
    /// Changes
    Put,
    /// Removes
    Delete,
}

impl From<Method> for Verb {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::Get,
            Method::Post => Self::Post,
            Method::Put => Self::Put,
            Method::Delete => Self::Delete,
        }
    }
}

/// Runs the verb.
pub(super) fn run(arguments: &ApiArgs, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    let call = call(arguments)?;
    if writes_people(&call) {
        return Err(exit::usage(format!(
            "{}: people are changed with leadfold lead, user and visitor, which keep what was there; nothing was sent",
            visible(&call.name())
        )));
    }
    if arguments.all && !call.is_read() {
        return Err(exit::usage("--all is for lists, which GET and searches give"));
    }
    let session = Session::new(&arguments.reach, output, printer)?;
    let answer = cancel.block_on(async {
        if call.is_read() {
            return Ok(Some(if arguments.all {
                session.client.call_all(&call).await?
            } else {
                session.client.call(&call).await?
            }));
        }
        write(&session, &call, arguments.yes).await
    })?;
    let Some(answer) = answer else { return Ok(Exit::Done) };
    let document = if output.json {
        json!({ "schema": "leadfold.answer/1", "call": call.name(), "answer": answer })
    } else {
        answer
    };
    let mut out = printer.data();
    if output.json || !document.is_null() {
        writeln!(out, "{}", fields::safe(&format!("{document:#}")))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// Shows, asks, keeps what was there, sends. `None` when the answer to the question is no.
async fn write(session: &Session<'_>, call: &RawCall, yes: bool) -> anyhow::Result<Option<Value>> {
    let mut what = vec![visible(&call.name()).into_owned()];
    what.extend(call.query.iter().map(|(name, value)| format!("  {}={}", visible(name), visible(value))));
    if let Some(body) = &call.body {
        what.extend(format!("{body:#}").lines().map(|line| format!("  {}", visible(line))));
    }
    let before = match call.verb {
        Verb::Put | Verb::Delete => {
            let look = RawCall { verb: Verb::Get, body: None, ..call.clone() };
            match session.client.call(&look).await {
                Ok(before) => Some(before),
                // Some things can be written and not read; whether this one is there, the call itself will tell
                Err(Error::NotFound { .. } | Error::Refused { .. } | Error::Gone { .. }) => None,
                Err(error) => return Err(error.into()),
            }
        }
        Verb::Get | Verb::Post => None,
    };
    let Some(writer) = session.leave(yes, Consent::Yes, &what).await? else { return Ok(None) };
    let images: Vec<&Value> = before.iter().collect();
    writer.send_noting(&call.name(), &images, writer.client.call(call)).await.map(Some)
}

/// What was typed, as a call.
fn call(arguments: &ApiArgs) -> anyhow::Result<RawCall> {
    let (path, mut query) = fields::path(&arguments.path)?;
    let verb = Verb::from(arguments.method);
    let mut body = None;
    if let Some(file) = &arguments.input {
        let text = if file.as_os_str() == "-" {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("the body cannot be read from standard input")?;
            text
        } else {
            std::fs::read_to_string(file).with_context(|| format!("{}: the body cannot be read", file.display()))?
        };
        let parsed = serde_json::from_str(&text);
        body = Some(parsed.map_err(|problem| exit::usage(format!("the body is no JSON: {problem}")))?);
    }
    if matches!(verb, Verb::Get | Verb::Delete) {
        query.extend(fields::query(&arguments.fields)?);
    } else if !arguments.fields.is_empty() {
        body = Some(fields::body(&arguments.fields)?);
    }
    Ok(RawCall { verb, path, query, body })
}

/// Whether a call changes users, leads or visitors, alone or many at a time.
fn writes_people(call: &RawCall) -> bool {
    let first = call.path.first().map(String::as_str).unwrap_or_default();
    let people = ["contacts", "users", "visitors", "user_delete_requests", "bulk"];
    !call.is_read() && people.iter().any(|name| first.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(verb: Verb, path: &str) -> bool {
        writes_people(&RawCall { verb, path: path.split('/').map(str::to_owned).collect(), ..RawCall::default() })
    }

    #[test]
    fn people_are_read_and_searched_but_never_written() {
        for path in ["contacts", "contacts/5f/archive", "users", "Contacts/merge", "visitors/convert", "bulk/users"] {
            assert!(is_refused(Verb::Post, path), "{path}");
        }
        assert!(is_refused(Verb::Delete, "contacts/5f") && is_refused(Verb::Put, "visitors"));
        for path in ["contacts/search", "customers/search", "messages", "tags", "events", "companies"] {
            assert!(!is_refused(Verb::Post, path), "{path}");
        }
        assert!(!is_refused(Verb::Get, "contacts/5f"));
    }
}
