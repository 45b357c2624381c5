//! Layers of settings, merged key by key with the origin of each value.

use std::collections::BTreeMap;
use std::fmt;

use toml::{Table, Value};

use super::hint::with_hint;
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

/// Keys whose value is a table.
const VALUES: [&str; 3] = ["input.map", "plan.keep_attributes", "plan.rules"];

/// One layer: values by dotted key (`plan.fill`), each with its origin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    values: Vec<(String, Value, ValueOrigin)>,
    /// `[profile.NAME]`: values that count when the profile is chosen.
    profiles: BTreeMap<String, Layer>,
}

impl Layer {
    /// Reads a configuration file's text. Keys and types are checked here, so that the message can name the line.
    pub fn from_toml(text: &str, path: &str) -> Result<Self, Error> {
        let refused = |message: &str| Error::Invalid { origin: path.to_owned(), message: with_hint(message) };
        let settings: Settings = toml::from_str(text).map_err(|error| refused(&error.to_string()))?;
        if let Some((name, _)) = settings.profile.iter().find(|(_, profile)| !profile.profile.is_empty()) {
            return Err(refused(&format!("[profile.{name}]: a profile cannot hold profiles")));
        }
        let mut table: Table = toml::from_str(text).map_err(|error| refused(&error.to_string()))?;
        let mut layer = Self::default();
        if let Some(Value::Table(profiles)) = table.remove("profile") {
            for (name, values) in profiles {
                let Value::Table(values) = values else { continue };
                let mut profile = Self::default();
                profile.add_table("", values, &format!("{path} [profile.{name}]"));
                layer.profiles.insert(name, profile);
            }
        }
        layer.add_table("", table, path);
        Ok(layer)
    }

    /// Names of the profiles in it.
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }

    /// The values with those of a profile over them, where it has one of that name.
    #[must_use]
    pub fn with_profile(mut self, name: &str) -> Self {
        if let Some(profile) = self.profiles.remove(name) {
            self.values.extend(profile.values);
        }
        self
    }

    fn add_table(&mut self, prefix: &str, table: Table, path: &str) {
        for (key, value) in table {
            let key = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
            match value {
                // A table by column, field or attribute is a value of its own: their names are not keys of ours. So is a whole
                // source.
                Value::Table(inner) if !VALUES.contains(&key.as_str()) && !key.starts_with("source.") => {
                    self.add_table(&key, inner, path);
                }
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
                return Err(Error::Invalid { origin: origin.to_string(), message: with_hint(error.message()) });
            }
        }
        let mut table = Table::new();
        for (key, (value, _)) in &self.values {
            insert(&mut table, key, value.clone());
        }
        let mut settings = Value::Table(table).try_into::<Settings>().map_err(|error| Error::Invalid {
            origin: "configuration".to_owned(),
            message: error.message().to_owned(),
        })?;
        let flagged = |origin: &ValueOrigin| matches!(origin, ValueOrigin::Flag(_) | ValueOrigin::Environment(_));
        settings.flagged =
            self.values.iter().filter(|(_, (_, origin))| flagged(origin)).map(|(key, _)| key.clone()).collect();
        Ok(settings)
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
            match inner {
                // A source's name may hold dots
                Value::Table(inner) if section == "source" => drop(inner.insert(rest.to_owned(), value)),
                Value::Table(inner) => insert(inner, rest, value),
                _ => {}
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
    fn a_profile_counts_where_it_is_chosen_and_only_there() {
        let text = "[clean]\nkeep = 3\n[profile.eu.intercom]\napi_url = \"https://api.eu.intercom.io\"\n[profile.eu.clean]\nkeep = 9\n";
        let file = Layer::from_toml(text, "leadfold.toml").unwrap();
        assert_eq!(file.profiles().collect::<Vec<_>>(), ["eu"]);
        let settings = |layer: Layer| Layers::merge([layer]).settings().unwrap();
        let chosen = settings(file.clone().with_profile("eu"));
        assert_eq!((chosen.clean.keep, chosen.intercom.api_url.as_str()), (9, "https://api.eu.intercom.io"));
        assert_eq!(settings(file.clone()).clean.keep, 3);
        let layers = Layers::merge([file.with_profile("eu")]);
        let origin = layers.entries().find(|(key, _, _)| *key == "clean.keep").map(|(_, _, origin)| origin.to_string());
        assert_eq!(origin.as_deref(), Some("leadfold.toml [profile.eu]"));
    }

    #[test]
    fn keys_of_profiles_and_sources_are_as_strict() {
        for (text, says) in [
            ("[profile.eu.cleen]\nkeep = 1\n", "did you mean `clean`?"),
            ("[source.webinar]\nfile = [\"a\"]\n", "did you mean `files`?"),
            ("[profile.a.profile.b.clean]\nkeep = 1\n", "a profile cannot hold profiles"),
        ] {
            let error = Layer::from_toml(text, "leadfold.toml").unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn a_source_is_found_by_the_name_of_the_file() {
        let text = "[source.\"web.inar\"]\nfiles = [\"webinar*.csv\"]\nmap = { Contact = \"name\" }\n";
        let settings = Layers::merge([Layer::from_toml(text, "leadfold.toml").unwrap()]).settings().unwrap();
        assert_eq!(settings.source_of("webinar-11.csv").map(|(name, _)| name), Some("web.inar"));
        assert_eq!(settings.ingest_options_for("webinar-11.csv").map.len(), 1);
        assert!(settings.source_of("list.csv").is_none() && settings.ingest_options_for("list.csv").map.is_empty());
    }

    #[test]
    fn defaults_are_valid_settings() {
        assert_eq!(Layers::merge([]).settings().unwrap(), Settings::default());
    }
}
