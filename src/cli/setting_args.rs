//! Flags that set a key of the configuration, and the assembly of all layers.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use toml::Value;

use super::args::ConfigFileArgs;
use super::exit;
use crate::config::{Layer, Layers, ValueOrigin};

/// How to reach the workspace.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Intercom")]
pub(super) struct IntercomArgs {
    /// Base URL of the API: the region's, or a sandbox on this machine
    #[arg(long, value_name = "URL")]
    pub(super) api_url: Option<String>,
    /// Version of the API
    #[arg(long, value_name = "VERSION", value_parser = ["2.14", "2.16", "1.4"])]
    pub(super) api: Option<String>,
    /// File that holds the access token (else $`INTERCOM_ACCESS_TOKEN`)
    #[arg(long, value_name = "FILE")]
    pub(super) token_file: Option<PathBuf>,
    /// Share of the rate limit to use, 0.05 to 1
    #[arg(long, value_name = "SHARE")]
    pub(super) rate_share: Option<f64>,
    /// Seconds to wait for an answer
    #[arg(long, value_name = "SECONDS")]
    pub(super) timeout: Option<u32>,
}

/// How to read files.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Reading files")]
pub(super) struct InputArgs {
    /// Encoding, instead of detecting it
    #[arg(long, value_name = "NAME", value_parser = ["utf-8", "utf-16le", "utf-16be", "windows-1252"])]
    pub(super) encoding: Option<String>,
    /// Separator, instead of detecting it
    #[arg(long, value_name = "NAME", value_parser = ["comma", "semicolon", "tab", "pipe"])]
    pub(super) delimiter: Option<String>,
    /// Meaning of a column; may be given several times
    #[arg(long, value_name = "COLUMN=FIELD")]
    pub(super) map: Vec<String>,
    /// A column that identifies a person, for instance a member number
    #[arg(long, value_name = "COLUMN")]
    pub(super) identifier: Vec<String>,
    /// A column of free text to compare
    #[arg(long, value_name = "COLUMN")]
    pub(super) text: Vec<String>,
    /// Country of phone numbers written in national form (US, DE, …)
    #[arg(long, value_name = "COUNTRY")]
    pub(super) region: Option<String>,
    /// Role of rows that name none
    #[arg(long, value_name = "ROLE", value_parser = ["lead", "user"])]
    pub(super) role: Option<String>,
}

impl IntercomArgs {
    /// The flags as a layer.
    pub(super) fn layer(&self) -> Layer {
        let mut layer = Layer::default();
        set(&mut layer, "intercom.api_url", self.api_url.clone(), "--api-url");
        set(&mut layer, "intercom.api", self.api.clone(), "--api");
        let token_file = self.token_file.as_ref().map(|path| path.display().to_string());
        set(&mut layer, "intercom.token_file", token_file, "--token-file");
        set(&mut layer, "intercom.rate_share", self.rate_share, "--rate-share");
        set(&mut layer, "intercom.timeout_seconds", self.timeout.map(i64::from), "--timeout");
        layer
    }
}

impl InputArgs {
    /// The flags as a layer.
    pub(super) fn layer(&self) -> anyhow::Result<Layer> {
        let mut layer = Layer::default();
        set(&mut layer, "input.encoding", self.encoding.clone(), "--encoding");
        set(&mut layer, "input.delimiter", self.delimiter.clone(), "--delimiter");
        set(&mut layer, "input.region", self.region.clone(), "--region");
        set(&mut layer, "input.role", self.role.clone(), "--role");
        let mut map = toml::Table::new();
        for pair in &self.map {
            let (column, field) = pair
                .rsplit_once('=')
                .ok_or_else(|| exit::usage(format!("--map '{pair}': write it as 'Column=field'")))?;
            map.insert(column.to_owned(), Value::String(field.to_owned()));
        }
        for column in &self.identifier {
            map.insert(column.clone(), Value::String(format!("identifier:{column}")));
        }
        for column in &self.text {
            map.insert(column.clone(), Value::String(format!("text:{column}")));
        }
        if !map.is_empty() {
            layer.set("input.map", Value::Table(map), ValueOrigin::Flag("--map"));
        }
        Ok(layer)
    }
}

/// Sets a key when the flag was given.
pub(super) fn set(layer: &mut Layer, key: &str, value: Option<impl Into<Value>>, flag: &'static str) {
    if let Some(value) = value {
        layer.set(key, value, ValueOrigin::Flag(flag));
    }
}

/// All layers, lowest first: user file, project file, environment, flags.
pub(super) fn layers(file: &ConfigFileArgs, flags: impl IntoIterator<Item = Layer>) -> anyhow::Result<Layers> {
    let mut files = Vec::new();
    if let Some(path) = user_file()
        && path.is_file()
    {
        files.push(read(&path)?);
    }
    match &file.config {
        Some(path) => files.push(read(path)?),
        None if Path::new(PROJECT_FILE).is_file() => files.push(read(Path::new(PROJECT_FILE))?),
        None => {}
    }
    let mut layers = with_profile(files, file.profile.as_deref())?;
    let mut environment = Layer::default();
    for (variable, key) in [("LEADFOLD_API_URL", "intercom.api_url"), ("LEADFOLD_API", "intercom.api")] {
        if let Some(value) = std::env::var(variable).ok().filter(|value| !value.is_empty()) {
            environment.set(key, value, ValueOrigin::Environment(variable));
        }
    }
    layers.push(environment);
    layers.extend(flags);
    Ok(Layers::merge(layers))
}

/// The files with the profile that was chosen, by flag or by `$LEADFOLD_PROFILE`.
fn with_profile(files: Vec<Layer>, told: Option<&str>) -> anyhow::Result<Vec<Layer>> {
    let variable = std::env::var("LEADFOLD_PROFILE").ok().filter(|name| !name.is_empty());
    let Some(name) = told.map(str::to_owned).or(variable) else { return Ok(files) };
    let mut known: Vec<&str> = files.iter().flat_map(Layer::profiles).collect();
    if !known.contains(&name.as_str()) {
        known.sort_unstable();
        known.dedup();
        let there =
            if known.is_empty() { "there is none".to_owned() } else { format!("there is {}", known.join(", ")) };
        return Err(exit::usage(format!("--profile {name}: no [profile.{name}] in the configuration; {there}")));
    }
    Ok(files.into_iter().map(|layer| layer.with_profile(&name)).collect())
}

/// The configuration of a folder.
pub(super) const PROJECT_FILE: &str = "leadfold.toml";

fn user_file() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    let folder = etcetera::choose_base_strategy().ok()?.config_dir();
    Some(folder.join("leadfold").join(PROJECT_FILE))
}

fn read(path: &Path) -> anyhow::Result<Layer> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("{shown}: the configuration cannot be read"))?;
    Ok(Layer::from_toml(&text, &shown)?)
}
