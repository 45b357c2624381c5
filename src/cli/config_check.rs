//! `leadfold config check`: whether the settings can work: the files by themselves, and the attributes they name against the
//! workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use clap::Args;

use super::args::{ConfigFileArgs, OutputArgs};
use super::exit::Exit;
use super::printer::Printer;
use super::setting_args::{self, IntercomArgs};
use super::signal::Cancel;
use super::{Outcome, connect, inputs, match_model};
use crate::config::{Settings, likeliest};
use crate::contact::Field;
use crate::intercom::{DataAttribute, DataType, ReadWorkspace};
use crate::plan::{Attribute, KeepDiscarded};

/// Check the files, and the custom attributes they name against the workspace
#[derive(Clone, Debug, Args)]
pub(super) struct ConfigCheckArgs {
    /// Do not ask the workspace
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    intercom: IntercomArgs,
    #[command(flatten)]
    config: ConfigFileArgs,
}

/// Where attributes are named that keep discarded values.
const KEEP_ATTRIBUTES: &str = "[plan.keep_attributes]";

/// Something that will not work.
#[derive(Debug, serde::Serialize)]
struct Finding {
    /// Where it is said.
    at: String,
    /// What is wrong, and what to do.
    message: String,
}

/// Runs the verb.
pub(super) fn run(arguments: &ConfigCheckArgs, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    let layers = setting_args::layers(&arguments.config, [arguments.intercom.layer()])?;
    let (layers, _) = match_model::named(layers)?;
    let settings = layers.settings()?;
    inputs::options(&settings)?;
    let mut findings = unreachable(&settings);
    findings.extend(token_file(&settings));
    findings.extend(keeping(&settings));
    let named = attributes(&settings);
    let workspace = if arguments.offline {
        None
    } else {
        let client = connect::client(&settings)?;
        let (me, there) = cancel.block_on(async {
            let me = client.me().await?;
            Ok::<_, crate::intercom::Error>((me, client.data_attributes().await?))
        })?;
        findings.extend(missing(&named, &there, settings.apply.create_attributes));
        Some(me.workspace_name)
    };
    let mut out = printer.data();
    if output.json {
        let document = serde_json::json!({
            "schema": "leadfold.config-check/1", "workspace": workspace, "attributes": named.len(), "findings": findings,
        });
        writeln!(out, "{document:#}")?;
    } else {
        for finding in &findings {
            writeln!(out, "{}: {}", finding.at, finding.message)?;
        }
        let against = workspace.map_or_else(
            || "the workspace was not asked".to_owned(),
            |name| format!("{} custom attributes looked up in {name}", named.len()),
        );
        let verdict =
            if findings.is_empty() { "the settings are good" } else { "the settings will not work as they are" };
        printer.say(&format!("{verdict}; {against}"));
    }
    out.flush()?;
    Ok(if findings.is_empty() { Exit::Done } else { Exit::Usage })
}

/// Custom attributes that columns are mapped to, rules speak of, or that keep discarded values, with the places that name them.
fn attributes(settings: &Settings) -> BTreeMap<String, BTreeSet<String>> {
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let general = std::iter::once(("[input.map]".to_owned(), &settings.input.map));
    let sources = settings.source.iter().map(|(name, source)| (format!("[source.{name}] map"), &source.map));
    for (place, map) in general.chain(sources) {
        for (column, field) in map {
            if let Field::Custom(name) | Field::Identifier(name) | Field::Text(name) = field {
                named.entry(name.to_string()).or_default().insert(format!("{place} {column}"));
            }
        }
    }
    if settings.plan.keep == KeepDiscarded::Attribute {
        for (kept, place) in &settings.plan.keep_attributes {
            named.entry(place.clone()).or_default().insert(format!("{KEEP_ATTRIBUTES} {kept}"));
        }
    }
    for (attribute, field) in settings.plan.rules.attributes() {
        if let Attribute::Custom(name) = attribute {
            named.entry(name).or_default().insert(format!("[plan.rules] {field}"));
        }
    }
    named
}

/// Attributes that are to keep discarded values and cannot, or that nothing makes use of.
fn keeping(settings: &Settings) -> Option<Finding> {
    let plan = &settings.plan;
    let message = match plan.check() {
        Err(error) => error.to_string(),
        Ok(()) if plan.keep != KeepDiscarded::Attribute && !plan.keep_attributes.is_empty() => {
            "it is not used: set [plan] keep = \"attribute\"".to_owned()
        }
        Ok(()) => return None,
    };
    Some(Finding { at: KEEP_ATTRIBUTES.to_owned(), message })
}

/// A token file that is named and cannot be read, or that others can read.
fn token_file(settings: &Settings) -> Option<Finding> {
    let path = settings.intercom.token_file.as_deref()?;
    let finding = |message: String| Some(Finding { at: "[intercom] token_file".to_owned(), message });
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => {
            return finding(format!("{path}: {error}: write the access token into it, then chmod 600 {path}"));
        }
    };
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o007 != 0 {
        return finding(format!("{path}: everybody on this machine can read it: chmod 600 {path}"));
    }
    #[cfg(not(unix))]
    let _ = metadata;
    None
}

/// Sources that no file can ever be of.
fn unreachable(settings: &Settings) -> Vec<Finding> {
    let empty = settings.source.iter().filter(|(_, source)| source.files.is_empty());
    empty
        .map(|(name, _)| Finding {
            at: format!("[source.{name}]"),
            message: "it names no files, so it is never used: add files = [\"NAME*.csv\"]".to_owned(),
        })
        .collect()
}

fn missing(named: &BTreeMap<String, BTreeSet<String>>, there: &[DataAttribute], creates: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, places) in named {
        let at = || places.iter().cloned().collect::<Vec<_>>().join(", ");
        match there.iter().find(|attribute| attribute.name == *name) {
            None if creates => {}
            None => {
                let meant = likeliest(name, there.iter().map(|attribute| attribute.name.as_str()));
                let meant = meant.map_or_else(String::new, |name| format!("did you mean '{name}'? else "));
                findings.push(Finding {
                    at: at(),
                    message: format!(
                        "the workspace has no custom attribute '{name}': {meant}create it in Intercom under Settings > Data > \
                         People, or set [apply] create_attributes = true"
                    ),
                });
            }
            Some(attribute) if attribute.archived || !attribute.api_writable => findings.push(Finding {
                at: at(),
                message: format!(
                    "the custom attribute '{name}' is archived or closed to the API: restore it in Intercom"
                ),
            }),
            Some(attribute) if attribute.data_type != DataType::String => {
                let keeps: Vec<&str> =
                    places.iter().map(String::as_str).filter(|place| place.starts_with(KEEP_ATTRIBUTES)).collect();
                if !keeps.is_empty() {
                    findings.push(Finding {
                        at: keeps.join(", "),
                        message: format!(
                            "the custom attribute '{name}' is not of the type text, so it cannot keep what a merge \
                             discards: name another one"
                        ),
                    });
                }
            }
            Some(_) => {}
        }
    }
    findings
}
