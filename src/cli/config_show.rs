//! `leadfold config show`: the settings in force and where each came from.

use std::io::Write;

use clap::{Args, Subcommand};

use super::args::{ConfigFileArgs, OutputArgs};
use super::exit::Exit;
use super::printer::Printer;
use super::{Outcome, setting_args};

/// Show the settings in force and where each came from
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold config show           every setting, its value and its origin
  leadfold config show --json")]
pub(super) struct ConfigArgs {
    #[command(subcommand)]
    verb: ConfigVerb,
}

#[derive(Clone, Debug, Subcommand)]
enum ConfigVerb {
    /// Print every setting with its value and its origin
    Show(ConfigFileArgs),
}

/// Runs the verb.
pub(super) fn run(arguments: &ConfigArgs, output: &OutputArgs, printer: &Printer) -> Outcome {
    let ConfigVerb::Show(file) = &arguments.verb;
    let layers = setting_args::layers(file, [])?;
    layers.settings()?;
    let mut out = printer.data();
    if output.json {
        let entries = layers.entries().map(|(key, value, origin)| {
            let value = serde_json::to_value(value).unwrap_or_default();
            serde_json::json!({ "key": key, "value": value, "origin": origin.to_string() })
        });
        let document = serde_json::json!({ "schema": "leadfold.config/1", "settings": entries.collect::<Vec<_>>() });
        writeln!(out, "{document:#}")?;
    } else {
        let width = layers.entries().map(|(key, _, _)| key.len()).max().unwrap_or(0);
        for (key, value, origin) in layers.entries() {
            writeln!(out, "{key:width$}  {value}  ({origin})")?;
        }
        let token = match std::env::var_os("INTERCOM_ACCESS_TOKEN") {
            Some(value) if !value.is_empty() => "set ($INTERCOM_ACCESS_TOKEN)",
            _ => "not set",
        };
        writeln!(out, "{:width$}  {token}", "access token")?;
    }
    out.flush()?;
    Ok(Exit::Done)
}
