//! `leadfold sandbox`: a pretend Intercom on this machine.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;

use super::exit::{self, Exit};
use super::printer::Printer;
use super::signal::Cancel;
use super::{Outcome, file};
use crate::sandbox::{DEFAULT_LIMIT_PER_WINDOW, Faults, Options, Sandbox, SystemClock};

/// Start a pretend Intercom on this machine
///
/// It behaves as Intercom's documentation describes: roles, merges, rate limits, search that lags. It listens on
/// loopback only, keeps everything in memory, and accepts any token unless one is named.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold sandbox --seed leads.csv --seed users.csv --port 8080
  export LEADFOLD_API_URL=http://127.0.0.1:8080 INTERCOM_ACCESS_TOKEN=any
  leadfold plan webinar.csv --pull -o web.plan")]
pub(super) struct SandboxArgs {
    /// A CSV of contacts to begin with; may be given several times
    #[arg(long, value_name = "FILE")]
    seed: Vec<PathBuf>,
    /// Port to listen on; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// Requests allowed per 10-second window
    #[arg(long, value_name = "N", default_value_t = DEFAULT_LIMIT_PER_WINDOW)]
    limit: u64,
    /// Seconds until search knows a new contact
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0)]
    search_lag: f64,
    /// Seconds the server's clock is ahead; negative when it is behind
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_negative_numbers = true)]
    clock_skew: i64,
    /// Accept this token only; may be given several times (a sandbox guards nothing, so a flag is fine)
    #[arg(long, value_name = "TOKEN")]
    accept_token: Vec<String>,
    /// Version spoken to callers that name none: 1.0 to 1.4, 2.0 to 2.17, or Preview
    #[arg(long, value_name = "VERSION", default_value = "2.14")]
    api_version: String,
    /// Give callers of the preview version its abilities: bulk jobs, merge previews, merges of two users
    #[arg(long)]
    preview: bool,
    /// The workspace's id
    #[arg(long, value_name = "ID", default_value = "sandbox1")]
    workspace: String,
    /// Region the workspace says it is in
    #[arg(long, value_name = "REGION", default_value = "US", value_parser = ["US", "EU", "AU"])]
    workspace_region: String,
    /// Write every request with its body to this new file, one JSON object a line (people's data, no tokens)
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// A JSON file of faults to inject (see docs/sandbox.md)
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
}

impl SandboxArgs {
    fn options(&self) -> anyhow::Result<Options> {
        let search_lag = Duration::try_from_secs_f64(self.search_lag)
            .map_err(|_| exit::usage("--search-lag: a number of seconds, 0 or more"))?;
        let mut options = Options {
            port: self.port,
            tokens: self.accept_token.clone(),
            region: self.workspace_region.clone(),
            workspace_id: self.workspace.clone(),
            default_version: self.api_version.clone(),
            preview: self.preview,
            record: self.record.clone(),
            limit_per_window: self.limit,
            search_lag,
            clock: Arc::new(SystemClock { skew_millis: self.clock_skew.saturating_mul(1_000) }),
            ..Options::default()
        };
        if let Some(path) = &self.faults {
            let mut text = String::new();
            file::open_input(path)?
                .read_to_string(&mut text)
                .with_context(|| format!("{}: cannot be read", path.display()))?;
            options.faults = serde_json::from_str::<Faults>(&text)
                .map_err(|error| exit::usage(format!("{}: {error}", path.display())))?;
        }
        for path in &self.seed {
            options = options.seed_csv(file::input_name(path), file::open_input(path)?)?;
        }
        Ok(options)
    }
}

/// Runs the verb.
pub(super) fn run(arguments: &SandboxArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    let options = arguments.options()?;
    let mut stop = cancel.draining();
    cancel.block_on(async {
        let running = Sandbox::start(options).await?;
        let mut out = printer.data();
        writeln!(out, "{}", running.url())?;
        out.flush()?;
        drop(out);
        printer.say("a pretend Intercom listens there until Ctrl-C; point LEADFOLD_API_URL at it and set any INTERCOM_ACCESS_TOKEN");
        // A closed channel means that the main thread is gone: stop as well.
        drop(stop.wait_for(|stopped| *stopped).await);
        running.shutdown().await;
        Ok(Exit::Done)
    })
}
