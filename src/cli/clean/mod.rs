//! `leadfold clean`: the unattended night, for cron.
//!
//! `night` does the work and fills a [`record`](record::Night), `recover` finishes what an earlier night left, `make` matches
//! and decides by the `terms` of tonight, `standing` tells when there is nothing to match, `compare` says what is new, `folder`
//! keeps it all, `summary` words it for a mail, `webhook` sends it on. Here is what was typed, and who is told how it went.

mod compare;
pub(super) mod folder;
mod make;
mod night;
pub(super) mod record;
mod recover;
mod standing;
mod summary;
mod terms;
#[cfg(test)]
mod tests;
mod webhook;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use super::apply::GuardrailArgs;
use super::args::{ConfigFileArgs, OutputArgs};
use super::exit::{self, Exit};
use super::printer::Printer;
use super::setting_args::{self, IntercomArgs, set};
use super::signal::Cancel;
use super::timings::{Timings, TimingsFormat};
use super::{Outcome, file, inputs, match_model};
use crate::config::{Layer, Layers, Settings, ValueOrigin};
use crate::contact::Timestamp;
use folder::Nights;
use night::Job;
use record::{Ended, Night, SCHEMA};
use webhook::Webhook;

/// Clean the workspace up, unattended: pull what changed, match, plan, apply what is allowed, report
///
/// Reports only, until the configuration says `[clean] apply = ["merge", "archive"]`. Even then only certain groups are
/// touched, guardrails stop a night that would do too much, and doubtful groups wait for `leadfold review`.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold clean                                    look, and say what it would do
  leadfold clean --apply merge,archive              do it, too; usually set in leadfold.toml
  17 3 * * *  leadfold clean --quiet                in a crontab: mails only when something went wrong
  leadfold history                                  what all nights came to")]
pub(super) struct CleanArgs {
    /// What may be done without asking: merge, archive; nothing when missing
    #[arg(long, value_name = "WHAT,…", value_delimiter = ',', value_parser = ["merge", "archive"])]
    apply: Vec<String>,
    /// The folder nights are kept in, instead of the workspace's own in the user's state folder
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Nights whose plan and report are kept; the history is kept for ever
    #[arg(long, value_name = "N")]
    keep: Option<u32>,
    /// Write the summary to this file too; as JSON when its name ends in .json
    #[arg(long, value_name = "FILE")]
    summary_file: Option<PathBuf>,
    /// POST the summary as JSON to this https address
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// The mirror, instead of the workspace's own in the user's state folder
    #[arg(long, value_name = "FILE.db")]
    mirror: Option<PathBuf>,
    /// Say at the end how long each step took: one JSON object on standard error (`-v` says it in lines)
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    timings: Option<TimingsFormat>,
    /// Take it to be this time, in Unix seconds (for tests)
    #[arg(long, value_name = "SECONDS", hide = true)]
    now: Option<i64>,
    #[command(flatten)]
    guardrails: GuardrailArgs,
    #[command(flatten)]
    intercom: IntercomArgs,
    #[command(flatten)]
    config: ConfigFileArgs,
}

impl CleanArgs {
    fn layer(&self) -> Layer {
        let mut layer = Layer::default();
        if !self.apply.is_empty() {
            let kinds: Vec<toml::Value> = self.apply.iter().map(|kind| kind.as_str().into()).collect();
            layer.set("clean.apply", kinds, ValueOrigin::Flag("--apply"));
        }
        let shown = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        set(&mut layer, "clean.folder", shown(&self.folder), "--folder");
        set(&mut layer, "clean.keep", self.keep.map(i64::from), "--keep");
        set(&mut layer, "clean.summary_file", shown(&self.summary_file), "--summary-file");
        set(&mut layer, "clean.webhook", self.webhook.clone(), "--webhook");
        layer
    }
}

/// Most contacts an unattended night may take away when nobody set a limit.
pub(super) const UNATTENDED: &str = "5%";

/// The guardrails of a run that nobody watches, where none were set; and whether any were.
fn unattended(layers: Layers) -> (Layers, bool) {
    let set = layers.entries().any(|(key, _, _)| key.starts_with("guardrails."));
    let mut limits = Layer::default();
    limits.set("guardrails.max_merge", UNATTENDED, ValueOrigin::Default);
    limits.set("guardrails.max_archive", UNATTENDED, ValueOrigin::Default);
    (layers.above_defaults(limits), set)
}

/// Runs the verb.
pub(super) fn run(arguments: &CleanArgs, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    let flags = [arguments.intercom.layer(), arguments.guardrails.layer(), arguments.layer()];
    let layers = setting_args::layers(&arguments.config, flags)?;
    let (layers, guardrails_set) = unattended(layers);
    let (layers, model) = match_model::named(layers)?;
    let settings = layers.settings()?;
    inputs::options(&settings)?;
    settings.plan.check().map_err(|error| exit::usage(error.to_string()))?;
    let webhook = settings.clean.webhook.as_deref().map(Webhook::parse).transpose()?;
    let summary_file = settings.clean.summary_file.as_deref().map(Path::new);
    summary_file.map_or(Ok(()), file::check_folder_of)?;
    let now = arguments.now.map_or_else(inputs::now, |seconds| Ok(Timestamp(seconds)))?;

    let began = Instant::now();
    let mut nights = None;
    let started_at = jiff::Timestamp::from_second(now.0)?.to_string();
    let mut night = Night { schema: SCHEMA.to_owned(), started_at, ..Night::default() };
    let job = Job {
        settings: &settings,
        layers: &layers,
        model: model.as_ref(),
        mirror: arguments.mirror.as_deref(),
        guardrails_set,
        now,
        printer,
        cancel,
    };
    let mut timings = Timings::start();
    let result = night::work(&job, &mut night, &mut nights, &mut timings);
    night.seconds = began.elapsed().as_secs_f64();
    let exit = result.as_ref().map_or_else(exit::classify, |exit| *exit);
    if exit == Exit::Locked {
        // The night that holds the lock tells its own story
        return result;
    }
    if let Err(error) = &result {
        night.ended = Ended::Failed;
        night.reasons.push(exit::sentence(error));
    }
    night.exit_code = exit.code();
    summary::advise(&mut night, &settings);
    let told = tell(&night, nights.as_ref(), &settings, summary_file, output, printer);
    timings.end("summary");
    timings.report(night.contacts, arguments.timings, printer);
    let sent = webhook.map_or(Ok(()), |webhook| webhook.send(&night, cancel));
    result.and_then(|exit| told.and(sent).map(|()| exit))
}

/// The folder of nights that is meant: named, configured, or the only one on this machine.
pub(super) fn nights(
    folder: Option<&Path>,
    workspace: Option<&str>,
    config: &ConfigFileArgs,
) -> anyhow::Result<Nights> {
    if let Some(folder) = folder {
        return Ok(Nights::at(folder.to_owned()));
    }
    if let Some(folder) = setting_args::layers(config, [])?.settings()?.clean.folder {
        return Ok(Nights::at(PathBuf::from(folder)));
    }
    if let Some(workspace) = workspace {
        return Ok(Nights::of(None, workspace));
    }
    let mut known = Nights::known();
    match known.len() {
        0 => Err(exit::usage("no nights are kept on this machine; leadfold clean makes the first one")),
        1 => Ok(known.remove(0).1),
        _ => {
            let names: Vec<String> = known.into_iter().map(|(name, _)| name).collect();
            Err(exit::usage(format!("nights of several workspaces are kept: add --workspace {}", names.join(" or "))))
        }
    }
}

/// Writes the night down and prints it.
fn tell(
    night: &Night,
    nights: Option<&Nights>,
    settings: &Settings,
    summary_file: Option<&Path>,
    output: &OutputArgs,
    printer: &Printer,
) -> anyhow::Result<()> {
    let text = summary::mail(night);
    let json = format!("{:#}\n", serde_json::to_value(night)?);
    let write = |path: &Path, text: &str| file::write_whole(path, |out| out.write_all(text.as_bytes()));
    if let Some(path) = summary_file {
        let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        write(path, if is_json { &json } else { &text })?;
    }
    let mut out = printer.data();
    if output.json {
        out.write_all(json.as_bytes())?;
    } else if !printer.is_quiet() || night.exit_code != 0 {
        out.write_all(text.as_bytes())?;
    }
    out.flush()?;
    drop(out);
    if let Some(nights) = nights.filter(|_| !night.run.is_empty()) {
        let folder = nights.night(&night.run);
        write(&folder.join("summary.txt"), &text)?;
        write(&folder.join("summary.json"), &json)?;
        nights.note(night)?;
        nights.prune(settings.clean.keep, &night.run)?;
    }
    Ok(())
}
