//! `company`: the companies of a contact, listed, entered and left.

use serde_json::json;

use super::args::CompanyArgs;
use super::find::one;
use super::session::{Consent, Session};
use super::{Noun, show};
use crate::cli::Outcome;
use crate::cli::exit::{self, Exit};
use crate::intercom::{Company, ReadWorkspace, WriteWorkspace};
use crate::report::visible;

/// A company as it was typed.
enum Named<'a> {
    /// `ID=NAME`: made or renamed.
    Made { company_id: &'a str, name: &'a str },
    /// One that exists, by the customer's id, Intercom's, or the name.
    Known(&'a str),
}

impl<'a> Named<'a> {
    fn read(text: &'a str) -> anyhow::Result<Self> {
        match text.split_once('=') {
            None if !text.trim().is_empty() => Ok(Self::Known(text.trim())),
            Some((company_id, name)) if !company_id.trim().is_empty() && !name.trim().is_empty() => {
                Ok(Self::Made { company_id: company_id.trim(), name: name.trim() })
            }
            _ => Err(exit::usage(format!("'{}' is neither a company nor ID=NAME", visible(text)))),
        }
    }

    fn is(&self, company: &Company) -> bool {
        match self {
            Self::Made { company_id, name } => company.company_id == *company_id && company.name == *name,
            Self::Known(who) => {
                company.company_id == *who || company.id.0 == *who || company.name.to_lowercase() == who.to_lowercase()
            }
        }
    }
}

/// Runs `company`.
pub(super) async fn run(session: &Session<'_>, noun: Noun, arguments: &CompanyArgs) -> Outcome {
    let entering: Vec<Named<'_>> =
        arguments.companies.iter().map(|text| Named::read(text)).collect::<Result<_, _>>()?;
    let leaving: Vec<Named<'_>> = arguments.remove.iter().map(|who| Named::Known(who.trim())).collect();
    let contact = one(session, noun, &arguments.who).await?;
    let held = session.client.companies(&contact.id).await?;
    if entering.is_empty() && leaving.is_empty() {
        tell(session, "nothing", &held)?;
        return Ok(Exit::Done);
    }
    let entering: Vec<Named<'_>> =
        entering.into_iter().filter(|named| !held.iter().any(|company| named.is(company))).collect();
    let leaving: Vec<&Company> = held.iter().filter(|company| leaving.iter().any(|named| named.is(company))).collect();
    if entering.is_empty() && leaving.is_empty() {
        session.printer.say("nothing to change: it is so already");
        tell(session, "nothing", &held)?;
        return Ok(Exit::Done);
    }
    let known = if entering.is_empty() { Vec::new() } else { session.client.company_list().await? };
    let mut what = vec![format!("on {}:", show::line(&contact))];
    for named in &entering {
        what.push(entry(named, &known)?);
    }
    what.extend(leaving.iter().map(|company| format!("  leave {}", shown(company))));
    let Some(writer) = session.leave(arguments.write.yes, Consent::Yes, &what).await? else { return Ok(Exit::Done) };
    for named in &entering {
        let company = match named {
            Named::Made { company_id, name } => {
                let call = writer.client.ensure_company(company_id, name);
                writer.send("make or rename a company", &[], call).await?
            }
            Named::Known(_) => known.iter().find(|company| named.is(company)).cloned().ok_or_else(|| missing(named))?,
        };
        let call = writer.client.attach_company(&contact.id, &company.id);
        writer.send("enter a company", &[&contact], call).await?;
    }
    for company in &leaving {
        let call = writer.client.detach_company(&contact.id, &company.id);
        writer.send("leave a company", &[&contact], call).await?;
    }
    let after = session.client.companies(&contact.id).await?;
    let outside = entering.iter().any(|named| !after.iter().any(|company| named.is(company)));
    let inside = leaving.iter().any(|left| after.iter().any(|company| company.id == left.id));
    if outside || inside {
        anyhow::bail!(
            "Intercom answered with success, but the companies of {} are not as they should be",
            contact.id.0
        );
    }
    tell(session, "company", &after)?;
    Ok(Exit::Done)
}

/// What entering a company means, for people.
fn entry(named: &Named<'_>, known: &[Company]) -> anyhow::Result<String> {
    Ok(match named {
        Named::Made { company_id, name } => {
            let new = match known.iter().find(|company| company.company_id == *company_id) {
                None => ", which is new to the workspace".to_owned(),
                Some(company) if company.name == *name => String::new(),
                Some(company) => format!(", now called {}", visible(&company.name)),
            };
            format!("  enter {} ({}){new}", visible(name), visible(company_id))
        }
        Named::Known(_) => {
            let company = known.iter().find(|company| named.is(company)).ok_or_else(|| missing(named))?;
            format!("  enter {}", shown(company))
        }
    })
}

fn missing(named: &Named<'_>) -> anyhow::Error {
    let (Named::Known(who) | Named::Made { name: who, .. }) = named;
    let who = visible(who);
    exit::usage(format!("no company is called '{who}'; to make it, give your id of it as well: ID={who}"))
}

fn shown(company: &Company) -> String {
    format!("{} ({})", visible(&company.name), visible(&company.company_id))
}

fn tell(session: &Session<'_>, did: &str, companies: &[Company]) -> anyhow::Result<()> {
    let mut lines: Vec<String> = companies.iter().map(shown).collect();
    lines.sort_unstable();
    let sentence =
        if lines.is_empty() { "no companies".to_owned() } else { format!("companies: {}", lines.join(", ")) };
    show::plain(session, did, &sentence, json!({ "companies": companies }))
}
