//! `leadfold config`: the settings in force and where each came from, their check, and their schema for editors.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use clap::{Args, Subcommand};

use super::args::{ConfigFileArgs, OutputArgs};
use super::config_check::ConfigCheckArgs;
use super::exit::Exit;
use super::printer::Printer;
use super::signal::Cancel;
use super::{Outcome, config_check, setting_args};
use crate::config::{Settings, ValueOrigin};

/// Show or check the settings, or print their schema
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold config show           every setting, its value and its origin
  leadfold config check          the files, and what they say of the workspace's attributes
  leadfold config schema > leadfold.schema.json     for an editor; name it in the file: #:schema leadfold.schema.json")]
pub(super) struct ConfigArgs {
    #[command(subcommand)]
    verb: ConfigVerb,
}

#[derive(Clone, Debug, Subcommand)]
enum ConfigVerb {
    /// Print every setting with its value and its origin
    Show(ConfigFileArgs),
    /// Check the files, and the custom attributes they name against the workspace
    Check(Box<ConfigCheckArgs>),
    /// Print a JSON schema of leadfold.toml, for editors
    Schema,
}

/// Runs the verb.
pub(super) fn run(arguments: &ConfigArgs, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    match &arguments.verb {
        ConfigVerb::Show(file) => show(file, output, printer),
        ConfigVerb::Check(arguments) => config_check::run(arguments, output, printer, cancel),
        ConfigVerb::Schema => {
            let mut out = printer.data();
            writeln!(out, "{:#}", crate::config::schema())?;
            out.flush()?;
            Ok(Exit::Done)
        }
    }
}

fn show(file: &ConfigFileArgs, output: &OutputArgs, printer: &Printer) -> Outcome {
    let layers = setting_args::layers(file, [])?;
    layers.settings()?;
    let set: BTreeSet<&str> = layers.entries().map(|(key, _, _)| key).collect();
    let unset = || Settings::unset().filter(|(key, _)| !set.contains(key));
    let mut out = printer.data();
    if output.json {
        let entries = layers.entries().map(|(key, value, origin)| {
            let value = serde_json::to_value(value).unwrap_or_default();
            serde_json::json!({ "key": key, "value": value, "origin": origin.to_string() })
        });
        let unset = unset().map(|(key, word)| {
            serde_json::json!({ "key": key, "value": null, "meaning": word, "origin": ValueOrigin::Default.to_string() })
        });
        let entries = entries.chain(unset);
        let document = serde_json::json!({ "schema": "leadfold.config/1", "settings": entries.collect::<Vec<_>>() });
        writeln!(out, "{document:#}")?;
    } else {
        let entries = layers.entries().map(|(key, value, origin)| (key, format!("{value}  ({origin})")));
        let unset = unset().map(|(key, word)| (key, format!("not set: {word}  ({})", ValueOrigin::Default)));
        let lines: BTreeMap<&str, String> = entries.chain(unset).collect();
        let width = lines.keys().map(|key| key.len()).max().unwrap_or(0);
        for (key, value) in &lines {
            writeln!(out, "{key:width$}  {value}")?;
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
