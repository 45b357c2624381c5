//! Layers of settings, merged key by key with the origin of each value.

use std::collections::BTreeMap;
use std::fmt;

use toml::{Table, Value};

use super::{Error, Settings};

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueOrigin {
    /// Built in.
    Default,
    /// A file, by its path as shown to the user.
    File(String),
    /// An environment variable.
    Environment(&'static str),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for ValueOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => f.write_str(path),
            Self::Environment(name) => write!(f, "${name}"),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// One layer: values by dotted key (`plan.fill`), each with its origin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    values: Vec<(String, Value, ValueOrigin)>,
}

impl Layer {
    /// Reads a configuration file's text. Keys and types are checked here, so that the message can name the line.
    pub fn from_toml(text: &str, path: &str) -> Result<Self, Error> {
        let invalid = |error: &toml::de::Error| Error::Invalid { origin: path.to_owned(), message: error.to_string() };
        toml::from_str::<Settings>(text).map_err(|error| invalid(&error))?;
        let table: Table = toml::from_str(text).map_err(|error| invalid(&error))?;
        let mut layer = Self::default();
        layer.add_table("", table, path);
        Ok(layer)
    }

    fn add_table(&mut self, prefix: &str, table: Table, path: &str) {
        for (key, value) in table {
            let key = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
            match value {
                // `input.map` is a value of its own: column names are not keys of ours.
                Value::Table(inner) if key != "input.map" => self.add_table(&key, inner, path),
                value => self.values.push((key, value, ValueOrigin::File(path.to_owned()))),
            }
        }
    }

    /// Adds one value from a flag or variable.
    pub fn set(&mut self, key: &str, value: impl Into<Value>, origin: ValueOrigin) {
        self.values.push((key.to_owned(), value.into(), origin));
    }
}

/// All layers merged.
#[derive(Clone, Debug, PartialEq)]
pub struct Layers {
    values: BTreeMap<String, (Value, ValueOrigin)>,
}

impl Layers {
    /// Merges layers, lowest first, over the defaults.
    #[must_use]
    pub fn merge(layers: impl IntoIterator<Item = Layer>) -> Self {
        let mut values: BTreeMap<String, (Value, ValueOrigin)> =
            Settings::defaults().into_iter().map(|(key, value)| (key, (value, ValueOrigin::Default))).collect();
        for layer in layers {
            for (key, value, origin) in layer.values {
                values.insert(key, (value, origin));
            }
        }
        Self { values }
    }

    /// Puts a layer between the defaults and everything that was set: its values count where nothing else was said.
    #[must_use]
    pub fn above_defaults(mut self, layer: Layer) -> Self {
        for (key, value, origin) in layer.values {
            if self.values.get(&key).is_none_or(|(_, origin)| *origin == ValueOrigin::Default) {
                self.values.insert(key, (value, origin));
            }
        }
        self
    }

    /// The merged settings. The error names the origin of the value at fault.
    pub fn settings(&self) -> Result<Settings, Error> {
        // One value at a time, so that a wrong flag is blamed on the flag and not on "the configuration".
        for (key, (value, origin)) in &self.values {
            let mut alone = Table::new();
            insert(&mut alone, key, value.clone());
            if let Err(error) = Value::Table(alone).try_into::<Settings>() {
                return Err(Error::Invalid { origin: origin.to_string(), message: error.message().to_owned() });
            }
        }
        let mut table = Table::new();
        for (key, (value, _)) in &self.values {
            insert(&mut table, key, value.clone());
        }
        Value::Table(table)
            .try_into::<Settings>()
            .map_err(|error| Error::Invalid { origin: "configuration".to_owned(), message: error.message().to_owned() })
    }

    /// Every value in force with its origin, by key.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Value, &ValueOrigin)> {
        self.values.iter().map(|(key, (value, origin))| (key.as_str(), value, origin))
    }
}

fn insert(table: &mut Table, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
        }
        Some((section, rest)) => {
            let inner = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_wins_over_a_file_and_a_file_over_the_default() {
        let file = Layer::from_toml("[plan]\nfill = \"overwrite\"\n[apply]\nworkers = 3\n", "leadfold.toml").unwrap();
        let mut flags = Layer::default();
        flags.set("apply.workers", 9, ValueOrigin::Flag("--workers"));
        let layers = Layers::merge([file, flags]);
        let settings = layers.settings().unwrap();
        assert_eq!(settings.apply.workers, Some(9));
        assert_eq!(settings.plan.fill, crate::plan::Fill::Overwrite);
        let origin = |key: &str| layers.entries().find(|(k, _, _)| *k == key).map(|(_, _, origin)| origin.to_string());
        assert_eq!(origin("apply.workers").as_deref(), Some("--workers"));
        assert_eq!(origin("plan.fill").as_deref(), Some("leadfold.toml"));
        assert_eq!(origin("intercom.api").as_deref(), Some("default"));
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let error = Layer::from_toml("[plan]\nfil = \"empty\"\n", "leadfold.toml").unwrap_err().to_string();
        assert!(error.starts_with("leadfold.toml: "), "{error}");
        assert!(error.contains("line 2"), "{error}");
        assert!(error.contains("unknown field `fil`"), "{error}");
    }

    #[test]
    fn a_wrong_value_is_blamed_on_the_flag_it_came_from() {
        let mut flags = Layer::default();
        flags.set("plan.fill", "sometimes", ValueOrigin::Flag("--fill"));
        let error = Layers::merge([flags]).settings().unwrap_err().to_string();
        assert!(error.starts_with("--fill: "), "{error}");
    }

    #[test]
    fn a_layer_above_the_defaults_gives_way_to_everything_that_was_set() {
        let mut flags = Layer::default();
        flags.set("match.auto_weight", 9.0, ValueOrigin::Flag("--min-weight"));
        let mut model = Layer::default();
        for key in ["match.auto_weight", "match.review_weight"] {
            model.set(key, 1.5, ValueOrigin::File("people.model.json".to_owned()));
        }
        let settings = Layers::merge([flags]).above_defaults(model).settings().unwrap();
        assert_eq!((settings.matching.auto_weight, settings.matching.review_weight), (Some(9.0), Some(1.5)));
    }

    #[test]
    fn defaults_are_valid_settings() {
        assert_eq!(Layers::merge([]).settings().unwrap(), Settings::default());
    }
}
