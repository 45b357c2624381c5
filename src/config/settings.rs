//! The settings, one section a phase.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use toml::Value;

use super::SourceSection;
use crate::contact::{Field, Region, Role};
use crate::ingest::{self, Delimiter, TextEncoding};
use crate::link::{self, MatchWeight, SurvivorOrder};
use crate::plan;

/// Everything that can be set in `leadfold.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `[intercom]`: how to reach the workspace.
    pub intercom: IntercomSection,
    /// `[input]`: how to read files.
    pub input: InputSection,
    /// `[match]`: how to link.
    #[serde(rename = "match")]
    pub matching: MatchSection,
    /// `[plan]`: how to decide.
    pub plan: plan::Options,
    /// `[guardrails]`: when to stop before anything is written.
    pub guardrails: plan::Guardrails,
    /// `[apply]`: how to carry out.
    pub apply: ApplySection,
    /// `[clean]`: what an unattended run may do, and whom it tells.
    pub clean: CleanSection,
    /// `[source.NAME]`: how the files of one source are read.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub source: BTreeMap<String, SourceSection>,
    /// `[profile.NAME]`: settings that count when the profile is chosen. Empty once layers are merged.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub profile: BTreeMap<String, Settings>,
    /// Keys that were set by a flag or the environment.
    #[serde(skip)]
    pub(super) flagged: BTreeSet<String>,
}

/// `[intercom]`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntercomSection {
    /// Base URL; plain http only to loopback.
    pub api_url: String,
    /// Version of the API.
    pub api: String,
    /// File that holds the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_file: Option<String>,
    /// Share of the rate limit to use, above 0 and at most 1.
    pub rate_share: f64,
    /// Seconds to wait for an answer.
    pub timeout_seconds: u64,
}

impl Default for IntercomSection {
    fn default() -> Self {
        Self {
            api_url: "https://api.intercom.io".to_owned(),
            api: "2.14".to_owned(),
            token_file: None,
            rate_share: 1.0,
            timeout_seconds: 30,
        }
    }
}

/// `[input]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InputSection {
    /// Encoding of all files; detected when missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<TextEncoding>,
    /// Separator of all files; detected when missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<Delimiter>,
    /// Country of phone numbers in national form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Role of rows that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Longest cell, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell_limit: Option<usize>,
    /// Column → field.
    pub map: BTreeMap<String, Field>,
}

/// `[match]`; the defaults are those of [`link::Options`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MatchSection {
    /// Threshold of the `auto` band, in bits; found from the list when missing.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "some_finite")]
    pub auto_weight: Option<f64>,
    /// Threshold of the `review` band, in bits; found from the list when missing.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "some_finite")]
    pub review_weight: Option<f64>,
    /// Larger groups always go to review.
    pub largest_auto_group: usize,
    /// Order of the rules that choose the survivor.
    pub survivor: SurvivorOrder,
    /// File with a saved model, used instead of learning one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// File of decisions people made on earlier plans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decisions: Option<String>,
}

impl Default for MatchSection {
    fn default() -> Self {
        let link::Options { auto_weight, review_weight, largest_auto_group, survivor, .. } = link::Options::default();
        let auto_weight = auto_weight.map(|weight| weight.0);
        Self {
            auto_weight,
            review_weight: review_weight.map(|weight| weight.0),
            largest_auto_group,
            survivor,
            model: None,
            decisions: None,
        }
    }
}

/// TOML and command lines know `nan` and `inf`, but no weight can be compared with the first or reach the second.
fn finite<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let bits = f64::deserialize(deserializer)?;
    if bits.is_finite() { Ok(bits) } else { Err(serde::de::Error::custom(format!("{bits} is no weight in bits"))) }
}

fn some_finite<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    finite(deserializer).map(Some)
}

/// `[apply]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApplySection {
    /// Requests in flight; chosen by the limit and the latency when missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workers: Option<usize>,
    /// Failed actions after which a run stops.
    pub max_failures: u64,
    /// Create custom attributes the workspace lacks.
    pub create_attributes: bool,
    /// Seconds to look for a contact that may have been created before creating it again.
    pub search_patience_seconds: u64,
}

impl Default for ApplySection {
    fn default() -> Self {
        Self { workers: None, max_failures: 100, create_attributes: false, search_patience_seconds: 120 }
    }
}

/// What an unattended run may do by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CleanAction {
    /// Merge leads into their user.
    Merge,
    /// Archive all leads of a group but one.
    Archive,
}

/// `[clean]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CleanSection {
    /// What may be applied; nothing when empty: then it only reports.
    pub apply: Vec<CleanAction>,
    /// Folder the nights are kept in; the workspace's own in the user's state folder when missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Nights whose plan and report are kept.
    pub keep: usize,
    /// File the summary is written to as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary_file: Option<String>,
    /// Address the summary is sent to as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
}

impl Default for CleanSection {
    fn default() -> Self {
        Self { apply: Vec::new(), folder: None, keep: 14, summary_file: None, webhook: None }
    }
}

/// Keys without a value of their own, and what is done while they have none.
const UNSET: &[(&str, &str)] = &[
    ("apply.workers", "chosen"),
    ("clean.folder", "the workspace's own"),
    ("clean.summary_file", "none"),
    ("clean.webhook", "none"),
    ("guardrails.max_archive", "none"),
    ("guardrails.max_changes", "none"),
    ("guardrails.max_delete", "none"),
    ("guardrails.max_merge", "none"),
    ("input.cell_limit", "131072"),
    ("input.delimiter", "detected"),
    ("input.encoding", "detected"),
    ("input.region", "none"),
    ("input.role", "none"),
    ("intercom.token_file", "none"),
    ("match.auto_weight", "found from the list"),
    ("match.review_weight", "found from the list"),
    ("match.decisions", "none"),
    ("match.model", "learned"),
    ("plan.create_role", "lead"),
    ("plan.import_mark", "none"),
    ("plan.window_limit", "1666"),
];

impl Settings {
    /// Keys that have no default value, each with a word for what is done then.
    pub fn unset() -> impl Iterator<Item = (&'static str, &'static str)> {
        UNSET.iter().copied()
    }

    /// The default of every key that has one, by dotted key.
    #[must_use]
    pub fn defaults() -> Vec<(String, Value)> {
        let mut found = Vec::new();
        if let Ok(Value::Table(table)) = Value::try_from(Self::default()) {
            for (section, value) in table {
                if let Value::Table(inner) = value {
                    found.extend(inner.into_iter().map(|(key, value)| (format!("{section}.{key}"), value)));
                }
            }
        }
        found
    }

    /// The options of phase 1.
    #[must_use]
    pub fn ingest_options(&self) -> ingest::Options {
        ingest::Options {
            encoding: self.input.encoding,
            delimiter: self.input.delimiter,
            map: self.input.map.iter().map(|(column, field)| (column.clone(), field.clone())).collect(),
            region: self.input.region.as_deref().and_then(Region::parse),
            default_role: self.input.role,
            cell_limit: self.input.cell_limit,
            scratch: None,
        }
    }

    /// The source a file belongs to, by its name without folders.
    #[must_use]
    pub fn source_of(&self, file: &str) -> Option<(&str, &SourceSection)> {
        self.source.iter().find(|(_, source)| source.fits(file)).map(|(name, source)| (name.as_str(), source))
    }

    /// The options of phase 1 for a file: its source's where it has one.
    #[must_use]
    pub fn ingest_options_for(&self, file: &str) -> ingest::Options {
        let options = self.ingest_options();
        match self.source_of(file) {
            Some((_, source)) => source.over(options, |key| self.flagged.contains(key)),
            None => options,
        }
    }

    /// The options of phase 2.
    #[must_use]
    pub fn link_options(&self) -> link::Options {
        link::Options {
            auto_weight: self.matching.auto_weight.map(MatchWeight),
            review_weight: self.matching.review_weight.map(MatchWeight),
            largest_auto_group: self.matching.largest_auto_group,
            survivor: self.matching.survivor.clone(),
            ..link::Options::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::config::Layers;

    /// Key → default, as the table of `docs/configuration.md` has them.
    fn documented() -> BTreeMap<String, String> {
        let mut rows = BTreeMap::new();
        for line in include_str!("../../docs/configuration.md").lines().filter(|line| line.starts_with("| `")) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let mut section = "";
            for key in cells[1].split(", ").map(|key| key.trim_matches('`')) {
                section = key.split_once('.').map_or(section, |(section, _)| section);
                let key = key.rsplit('.').next().unwrap();
                rows.insert(format!("{section}.{key}"), cells[3].replace('`', ""));
            }
        }
        rows
    }

    #[test]
    fn the_documentation_lists_every_setting_with_its_true_default() {
        let shown = |key: &str, value: &Value| match value {
            Value::String(text) => text.clone(),
            Value::Array(items) if items.is_empty() => if key == "clean.apply" { "nothing" } else { "all" }.to_owned(),
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            Value::Table(table) if table.is_empty() => "none".to_owned(),
            Value::Float(number) => format!("{number:.1}"),
            other => other.to_string(),
        };
        let mut settings: BTreeMap<String, String> =
            Settings::defaults().into_iter().map(|(key, value)| (key.clone(), shown(&key, &value))).collect();
        settings.extend(Settings::unset().map(|(key, word)| (key.to_owned(), word.to_owned())));
        assert_eq!(documented(), settings);
    }

    #[test]
    fn what_is_said_of_keys_without_a_value_is_true() {
        let said: BTreeMap<&str, &str> = Settings::unset().collect();
        assert_eq!(said["input.cell_limit"], ingest::CELL_LIMIT_BYTES.to_string());
        assert_eq!(said["plan.window_limit"], plan::DEFAULT_WINDOW_LIMIT.to_string());
    }

    #[test]
    fn a_threshold_that_nothing_can_be_compared_with_is_refused() {
        for weight in [f64::NAN, f64::INFINITY] {
            let mut flags = crate::config::Layer::default();
            flags.set("match.auto_weight", weight, crate::config::ValueOrigin::Flag("--min-weight"));
            let error = Layers::merge([flags]).settings().unwrap_err().to_string();
            assert!(error.starts_with("--min-weight: ") && error.contains("is no weight"), "{error}");
        }
    }
}
