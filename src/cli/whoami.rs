//! `leadfold whoami`: is the token good, and for what.

use std::io::Write;

use clap::Args;

use super::args::{ConfigFileArgs, OutputArgs};
use super::exit::Exit;
use super::printer::Printer;
use super::setting_args::{self, IntercomArgs};
use super::signal::Cancel;
use super::{Outcome, connect};
use crate::intercom::ReadWorkspace;

/// Check the token; print workspace, region, version and rate limit
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  INTERCOM_ACCESS_TOKEN=… leadfold whoami
  leadfold whoami --token-file /run/secrets/intercom --api-url https://api.eu.intercom.io")]
pub(super) struct WhoamiArgs {
    #[command(flatten)]
    intercom: IntercomArgs,
    #[command(flatten)]
    config: ConfigFileArgs,
}

/// Runs the verb.
pub(super) fn run(arguments: &WhoamiArgs, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    let settings = setting_args::layers(&arguments.config, [arguments.intercom.layer()])?.settings()?;
    let client = connect::client(&settings)?;
    let me = cancel.block_on(client.me())?;
    let limit = client.rate_limit();
    let mut out = printer.data();
    if output.json {
        let document = serde_json::json!({
            "schema": "leadfold.whoami/1",
            "workspace": { "id": me.workspace_id, "name": me.workspace_name, "region": me.region, "timezone": me.timezone },
            "teammate": { "id": me.admin_id, "name": me.admin_name },
            "api": { "url": settings.intercom.api_url, "version": settings.intercom.api },
            "rate_limit": limit.map(|limit| serde_json::json!({
                "limit_per_10_seconds": limit.limit, "remaining": limit.remaining, "reset": limit.reset,
            })),
        });
        writeln!(out, "{document:#}")?;
    } else {
        writeln!(out, "workspace   {} ({})", me.workspace_name, me.workspace_id)?;
        writeln!(out, "region      {}", me.region)?;
        writeln!(out, "time zone   {}", me.timezone)?;
        writeln!(out, "token of    {}", me.admin_name)?;
        writeln!(out, "API         {} at {}", settings.intercom.api, settings.intercom.api_url)?;
        match limit {
            Some(limit) => writeln!(
                out,
                "rate limit  {} requests per 10 seconds ({} a minute), {} left in the window that ends at {}",
                limit.limit,
                u64::from(limit.limit) * 6,
                limit.remaining,
                jiff::Timestamp::from_second(limit.reset).map_or_else(|_| limit.reset.to_string(), |at| at.to_string())
            )?,
            None => writeln!(out, "rate limit  not told by the server")?,
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}
