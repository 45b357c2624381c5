//! The settings, one section a phase.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Value;

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

/// `[match]`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MatchSection {
    /// Threshold of the `auto` band, in bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_weight: Option<f64>,
    /// Threshold of the `review` band, in bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_weight: Option<f64>,
    /// Larger groups always go to review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest_auto_group: Option<usize>,
    /// Order of the rules that choose the survivor.
    pub survivor: SurvivorOrder,
}

/// `[apply]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApplySection {
    /// Requests in flight; chosen by the limit and the latency when missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workers: Option<usize>,
    /// Create custom attributes the workspace lacks.
    pub create_attributes: bool,
    /// Seconds to look for a contact that may have been created before creating it again.
    pub search_patience_seconds: u64,
}

impl Default for ApplySection {
    fn default() -> Self {
        Self { workers: None, create_attributes: false, search_patience_seconds: 120 }
    }
}

impl Settings {
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
        }
    }

    /// The options of phase 2.
    #[must_use]
    pub fn link_options(&self) -> link::Options {
        let default = link::Options::default();
        link::Options {
            auto_weight: self.matching.auto_weight.map_or(default.auto_weight, MatchWeight),
            review_weight: self.matching.review_weight.map_or(default.review_weight, MatchWeight),
            largest_auto_group: self.matching.largest_auto_group.unwrap_or(default.largest_auto_group),
            survivor: self.matching.survivor.clone(),
        }
    }
}
