//! `leadfold apply -n`: re-checks the workspace and forecasts, through the half of the client that cannot write.

use std::io::Write;

use super::Outcome;
use super::args::OutputArgs;
use super::exit::Exit;
use super::printer::Printer;
use super::signal::Cancel;
use super::undo;
use crate::apply::{self, Rehearsal};
use crate::intercom::Client;
use crate::plan::Forecast;
use crate::store::PlanFile;

/// Contacts read before it stops looking: enough to notice a workspace that has moved on, few enough to be quick.
const CONTACTS_REHEARSED: u64 = 1_000;

/// Runs the rehearsal and prints it.
pub(super) fn run(
    plan_file: &PlanFile,
    client: &Client,
    options: &apply::Options,
    output: &OutputArgs,
    printer: &Printer,
    cancel: &Cancel,
) -> Outcome {
    let stop = cancel.draining();
    let rehearsal = cancel.block_on(apply::rehearse(plan_file, client, options, Some(CONTACTS_REHEARSED), stop))?;
    let (forecast, undo) = (plan_file.forecast()?, apply::prospective_undo(plan_file)?);
    let mut out = printer.data();
    if output.json {
        let document = serde_json::json!({
            "schema": "leadfold.rehearsal/1", "rehearsal": rehearsal, "forecast": forecast, "undo": undo,
        });
        writeln!(out, "{document:#}")?;
    } else {
        for line in lines(&rehearsal, &forecast).into_iter().chain(undo::prospects(&undo)) {
            writeln!(out, "{line}")?;
        }
        writeln!(out, "nothing has been written")?;
    }
    out.flush()?;
    Ok(if rehearsal.obstructed > 0 { Exit::Stale } else { Exit::Done })
}

fn lines(rehearsal: &Rehearsal, forecast: &Forecast) -> Vec<String> {
    let open: u64 = rehearsal.open.values().sum();
    let mut lines = vec![format!(
        "{} ({}): {open} actions to carry out, {} settled before",
        rehearsal.workspace.name, rehearsal.workspace.id, rehearsal.settled
    )];
    lines.extend(rehearsal.open.iter().map(|(kind, count)| format!("  {kind:8} {count}")));
    lines.push(format!(
        "{} contacts read again: {} actions as planned, {} with nothing to do, {} would be left alone or fail, {} not checked",
        rehearsal.contacts_read, rehearsal.fresh, rehearsal.already_so, rehearsal.obstructed, rehearsal.unchecked
    ));
    lines.extend(
        rehearsal
            .obstacles
            .iter()
            .take(20)
            .map(|obstacle| format!("  action {} ({}): {}", obstacle.action.0, obstacle.kind, obstacle.message)),
    );
    if !rehearsal.missing_attributes.is_empty() {
        let names = rehearsal.missing_attributes.join(", ");
        lines.push(format!("custom attributes to create first (--create-attributes): {names}"));
    }
    let calls = forecast.reads + forecast.writes;
    lines.push(format!("about {calls} calls, {} s at {} per 10 seconds", forecast.seconds, forecast.window_limit));
    lines
}
