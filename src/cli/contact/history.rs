//! `history`: what was merged into a contact.

use std::io::Write;

use serde_json::json;

use super::Noun;
use super::args::LookArgs;
use super::find::one;
use super::session::Session;
use crate::cli::Outcome;
use crate::cli::exit::Exit;

/// Runs `history`.
pub(super) async fn run(session: &Session<'_>, noun: Noun, arguments: &LookArgs) -> Outcome {
    let contact = one(session, noun, &arguments.who).await?;
    let history = session.client.merge_history(&contact.id).await?;
    let mut out = session.printer.data();
    if session.json {
        let document = json!({
            "schema": "leadfold.history/1", "id": contact.id.0, "count": history.len(), "merged": history,
        });
        writeln!(out, "{document:#}")?;
    } else if history.is_empty() {
        writeln!(out, "nothing was merged into {}", contact.id.0)?;
    } else {
        for merged in &history {
            let at = merged.merged_at.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
            let at = at.map_or_else(|| "-".to_owned(), |at| at.to_string());
            writeln!(out, "{at}  {} {}", merged.role.as_deref().unwrap_or("contact"), merged.id.0)?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}
