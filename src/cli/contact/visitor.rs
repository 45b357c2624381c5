//! `leadfold visitor`: people the messenger has seen and nobody knows yet.

use std::io::Write;

use serde_json::json;

use super::args::{Becomes, VisitorConvertArgs, VisitorFindArgs, VisitorVerb};
use super::find::{looks_like_id, one};
use super::session::{Consent, Session};
use super::{Noun, show};
use crate::cli::Outcome;
use crate::cli::args::OutputArgs;
use crate::cli::exit::{self, Exit};
use crate::cli::printer::Printer;
use crate::cli::signal::Cancel;
use crate::contact::Role;
use crate::intercom::{Contact, Disposition, Error, ReadWorkspace, Visitor, VisitorUser};
use crate::report::visible;

/// Runs the verb.
pub(super) fn run(verb: &VisitorVerb, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    let reach = match verb {
        VisitorVerb::Find(verb) => &verb.reach,
        VisitorVerb::Convert(verb) => &verb.write.reach,
    };
    let session = Session::new(reach, output, printer)?;
    cancel.block_on(async {
        match verb {
            VisitorVerb::Find(verb) => find(&session, verb).await,
            VisitorVerb::Convert(verb) => convert(&session, verb).await,
        }
    })
}

async fn visitor(session: &Session<'_>, who: &str) -> anyhow::Result<Visitor> {
    match session.client.visitor_by_user_id(who).await {
        Err(Error::NotFound { .. }) if looks_like_id(who) => {}
        Err(Error::NotFound { .. }) => return Err(unknown(who)),
        result => return Ok(result?),
    }
    match session.client.visitor_by_id(who).await {
        Err(Error::NotFound { .. }) => Err(unknown(who)),
        result => Ok(result?),
    }
}

fn unknown(who: &str) -> anyhow::Error {
    anyhow::anyhow!(
        "no visitor '{}'; a visitor is gone once it was converted, and its id is known to the messenger on your site only",
        visible(who)
    )
}

async fn find(session: &Session<'_>, arguments: &VisitorFindArgs) -> Outcome {
    let visitor = visitor(session, &arguments.who).await?;
    let mut out = session.printer.data();
    if session.json {
        let document = json!({ "schema": "leadfold.visitor/1", "visitor": {
            "id": visitor.id, "user_id": visitor.user_id, "email": visitor.email, "name": visitor.name,
        }});
        writeln!(out, "{document:#}")?;
    } else {
        writeln!(out, "{}", line(&visitor))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn line(visitor: &Visitor) -> String {
    let or_none = |text: &Option<String>| text.as_deref().map_or("-".into(), |text| visible(text).into_owned());
    format!(
        "visitor {}  user id {}  email {}  name {}",
        visible(&visitor.id),
        or_none(&visitor.user_id),
        or_none(&visitor.email),
        or_none(&visitor.name)
    )
}

async fn convert(session: &Session<'_>, arguments: &VisitorConvertArgs) -> Outcome {
    let visitor = visitor(session, &arguments.who).await?;
    let mut user = VisitorUser { id: None, external_id: arguments.external_id.clone(), email: arguments.email.clone() };
    let mut into: Option<Contact> = None;
    let role = match arguments.to {
        Some(Becomes::Lead) => Role::Lead,
        Some(Becomes::User) => Role::User,
        None => {
            let known = one(session, Noun::User, arguments.into.as_deref().unwrap_or_default()).await?;
            user.id = Some(known.id.clone());
            into = Some(known);
            Role::User
        }
    };
    if role == Role::Lead && (user.external_id.is_some() || user.email.is_some()) {
        return Err(exit::usage(
            "a lead takes no --external-id and no --email here; set them afterwards: leadfold lead update",
        ));
    }
    if role == Role::User && user == VisitorUser::default() {
        return Err(exit::usage("a user needs --external-id or --email, or --into USER"));
    }
    if into.is_none()
        && let Some(external_id) = &user.external_id
    {
        match session.client.contact_by_external_id(external_id).await {
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
            Ok(known) => {
                let (known, id) = (show::line(&known), known.id);
                return Err(exit::usage(format!(
                    "a user with this external id exists: {known}; to merge: --into {}",
                    id.0
                )));
            }
        }
    }
    let becomes = match &into {
        Some(known) => format!("part of {}", show::line(known)),
        None => format!("a new {}", Noun::of(role)),
    };
    let what = [format!("make of {}", line(&visitor)), format!("  {becomes}; the visitor is gone then")];
    let Some(writer) = session.leave(arguments.write.yes, Consent::Yes, &what).await? else { return Ok(Exit::Done) };
    let before: Vec<&Contact> = into.iter().collect();
    let call = writer.client.convert_visitor(&visitor, role, &user);
    let made = writer.send("convert a visitor", &before, call).await.map_err(|error| {
        let lost = error.downcast_ref::<Error>().is_some_and(|error| error.disposition() == Disposition::InDoubt);
        if lost {
            error.context("the answer was lost; when the visitor is not found any more, it was converted")
        } else {
            error
        }
    })?;
    let contact = session.client.contact(&made.id).await?;
    if contact.role != role || into.as_ref().is_some_and(|into| into.id != contact.id) {
        anyhow::bail!("Intercom answered with success, but the visitor became {}", show::line(&contact));
    }
    show::result(session, "convert", &contact).await?;
    Ok(Exit::Done)
}
