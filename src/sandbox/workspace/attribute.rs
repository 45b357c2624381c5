//! Data attributes: the custom fields a workspace has, with their types.
//!
//! In the 2.x dialect a custom attribute must exist before a value can be written. Names and error texts follow the
//! examples of `/data_attributes` in Intercom's published description.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::change::TEXT_LIMIT;
use super::refusal::Refusal;

/// Most custom attributes a workspace can have (Intercom help centre).
const ATTRIBUTE_LIMIT: usize = 250;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Model {
    Contact,
    Company,
}

impl Model {
    pub(crate) fn read(text: &str) -> Option<Self> {
        match text {
            "contact" => Some(Self::Contact),
            "company" => Some(Self::Company),
            _ => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Company => "company",
        }
    }

    /// How error texts call the data of this model.
    fn in_words(self) -> &'static str {
        match self {
            Self::Contact => "people",
            Self::Company => "company",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DataType {
    String,
    Integer,
    Float,
    Boolean,
    Date,
}

impl DataType {
    fn read(text: &str) -> Option<Self> {
        match text {
            "string" | "options" => Some(Self::String),
            "integer" => Some(Self::Integer),
            "float" => Some(Self::Float),
            "boolean" => Some(Self::Boolean),
            "date" | "datetime" => Some(Self::Date),
            _ => None,
        }
    }

    /// What a value says about its attribute; a name that ends in `_at` holds a date.
    fn of(name: &str, value: &Value) -> Option<Self> {
        match value {
            Value::String(_) => Some(Self::String),
            Value::Bool(_) => Some(Self::Boolean),
            Value::Number(number) if number.is_f64() => Some(Self::Float),
            Value::Number(_) if name.ends_with("_at") => Some(Self::Date),
            Value::Number(_) => Some(Self::Integer),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Date => "date",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) id: u64,
    pub(crate) model: Model,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) data_type: DataType,
    /// Empty unless it is a list attribute.
    pub(crate) options: Vec<String>,
    pub(crate) messenger_writable: bool,
    pub(crate) archived: bool,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// The custom attributes of a workspace.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    by_id: BTreeMap<u64, Attribute>,
    by_name: BTreeMap<(Model, String), u64>,
}

impl Attributes {
    /// In order of creation.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Attribute> {
        self.by_id.values()
    }

    pub(crate) fn named(&self, model: Model, name: &str) -> Option<&Attribute> {
        self.by_id.get(self.by_name.get(&(model, name.to_owned()))?)
    }

    /// Adds an attribute, or returns the one of that name as it is. For seeds, which may not fail.
    pub(crate) fn ensure(&mut self, model: Model, name: &str, data_type: DataType, now: i64) {
        if self.named(model, name).is_none() {
            self.add(model, name.to_owned(), data_type, now);
        }
    }

    fn add(&mut self, model: Model, name: String, data_type: DataType, now: i64) -> u64 {
        let id = self.by_id.keys().next_back().map_or(1, |last| last + 1);
        self.by_name.insert((model, name.clone()), id);
        let attribute = Attribute {
            id,
            model,
            name,
            description: None,
            data_type,
            options: Vec::new(),
            messenger_writable: false,
            archived: false,
            created_at: now,
            updated_at: now,
        };
        self.by_id.insert(id, attribute);
        id
    }

    pub(crate) fn create(&mut self, body: &Map<String, Value>, now: i64) -> Result<Attribute, Refusal> {
        let Some(model) = body.get("model").and_then(Value::as_str).and_then(Model::read) else {
            let message = "The Data Attribute model field must be either contact or company";
            return Err(Refusal::invalid("model", message));
        };
        let name = body.get("name").and_then(Value::as_str).unwrap_or_default().trim();
        if !is_attribute_name(name) {
            let message =
                "Your name for this attribute must only contain alphanumeric characters, currency symbols, and hyphens";
            return Err(Refusal::invalid("name", message));
        }
        let kind = body.get("data_type").and_then(Value::as_str).unwrap_or_default();
        let Some(data_type) = DataType::read(kind) else {
            return Err(Refusal::invalid("data_type", "Data Type isn't an option"));
        };
        let options = if kind == "options" { read_options(body)? } else { Vec::new() };
        for taken in [Model::Contact, Model::Company] {
            if self.named(taken, name).is_some() {
                let message = format!(
                    "You already have '{name}' in your {} data. To save this as new {} data, use a different name.",
                    taken.in_words(),
                    model.in_words()
                );
                return Err(Refusal::invalid("name", message));
            }
        }
        if self.by_id.len() >= ATTRIBUTE_LIMIT {
            return Err(limit_reached());
        }
        let id = self.add(model, name.to_owned(), data_type, now);
        let attribute = self.by_id.get_mut(&id).ok_or_else(Refusal::resource_not_found)?;
        attribute.description = body.get("description").and_then(Value::as_str).map(str::to_owned);
        attribute.messenger_writable = body.get("messenger_writable").and_then(Value::as_bool).unwrap_or(false);
        attribute.options = options;
        Ok(attribute.clone())
    }

    /// Changes description, options or archival; the type and the name never change.
    pub(crate) fn update(&mut self, id: &str, body: &Map<String, Value>, now: i64) -> Result<Attribute, Refusal> {
        let not_found = || Refusal::new(404, "field_not_found", "We couldn't find that data attribute to update");
        let id: u64 = id.parse().map_err(|_| not_found())?;
        let attribute = self.by_id.get_mut(&id).ok_or_else(not_found)?;
        if body.contains_key("options") {
            attribute.options = read_options(body)?;
        }
        if let Some(description) = body.get("description").and_then(Value::as_str) {
            attribute.description = Some(description.to_owned());
        }
        if let Some(archived) = body.get("archived").and_then(Value::as_bool) {
            attribute.archived = archived;
        }
        if let Some(writable) = body.get("messenger_writable").and_then(Value::as_bool) {
            attribute.messenger_writable = writable;
        }
        attribute.updated_at = now;
        Ok(attribute.clone())
    }

    /// Defines what the values name and the workspace does not know yet, as the 1.x dialect does with every write.
    ///
    /// A whole number in an attribute of fractions fits; a fraction turns an attribute of whole numbers into one of
    /// fractions. Names may hold neither a full stop nor a dollar sign, values are plain (older Intercom texts).
    pub(crate) fn learn(&mut self, model: Model, values: &Map<String, Value>, now: i64) -> Result<(), Refusal> {
        let invalid = |name: &str| {
            Refusal::new(400, "invalid_document", format!("Custom attribute '{name}' is not a valid name or value"))
        };
        let mut unknown = Vec::new();
        for (name, value) in values {
            if value.is_array() || value.is_object() || name.trim().is_empty() || name.contains(['.', '$']) {
                return Err(invalid(name));
            }
            if let Some(kind) = DataType::of(name, value).filter(|_| self.named(model, name).is_none()) {
                unknown.push((name, kind));
            }
        }
        if self.by_id.len() + unknown.len() > ATTRIBUTE_LIMIT {
            return Err(limit_reached());
        }
        for (name, kind) in unknown {
            self.add(model, name.clone(), kind, now);
        }
        for (name, value) in values {
            let id = self.by_name.get(&(model, name.clone()));
            if let Some(attribute) = id.and_then(|id| self.by_id.get_mut(id)) {
                attribute.archived = false;
                if value.is_f64() && attribute.data_type == DataType::Integer {
                    attribute.data_type = DataType::Float;
                }
            }
        }
        Ok(())
    }

    /// Holds values against the attributes of a model. `null` is kept: it clears a value.
    pub(crate) fn check(&self, model: Model, values: &Map<String, Value>) -> Result<BTreeMap<String, Value>, Refusal> {
        let mut checked = BTreeMap::new();
        for (name, value) in values {
            let attribute = self.named(model, name).filter(|attribute| !attribute.archived);
            let Some(attribute) = attribute else {
                let message = format!("Custom attribute '{name}' does not exist");
                return Err(Refusal::invalid("custom_attributes", message));
            };
            check_value(attribute, value)?;
            checked.insert(name.clone(), value.clone());
        }
        Ok(checked)
    }
}

fn limit_reached() -> Refusal {
    let message = format!("You have reached the limit of {ATTRIBUTE_LIMIT} custom attributes");
    Refusal::new(400, "custom_data_limit_reached", message)
}

fn check_value(attribute: &Attribute, value: &Value) -> Result<(), Refusal> {
    let name = &attribute.name;
    let fits = match (attribute.data_type, value) {
        (_, Value::Null) | (DataType::Boolean, Value::Bool(_)) | (DataType::Float, Value::Number(_)) => true,
        (DataType::Integer | DataType::Date, Value::Number(number)) => number.is_i64() || number.is_u64(),
        (DataType::String, Value::String(text)) => {
            if text.chars().count() > TEXT_LIMIT {
                let message = format!("Custom attribute '{name}' is too long (maximum is {TEXT_LIMIT} characters)");
                return Err(Refusal::invalid("custom_attributes", message));
            }
            if !attribute.options.is_empty() && !attribute.options.contains(text) {
                let message = format!("Custom attribute '{name}' takes only one of its options");
                return Err(Refusal::invalid("custom_attributes", message));
            }
            true
        }
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        let message = format!("Custom attribute '{name}' must be of type {}", attribute.data_type.as_str());
        Err(Refusal::invalid("custom_attributes", message))
    }
}

fn read_options(body: &Map<String, Value>) -> Result<Vec<String>, Refusal> {
    let Some(options) = body.get("options").and_then(Value::as_array) else {
        return Err(Refusal::invalid("options", "Options isn't an array"));
    };
    let read: Option<Vec<String>> =
        options.iter().map(|option| option.get("value").and_then(Value::as_str).map(str::to_owned)).collect();
    match read {
        Some(values) if values.len() >= 2 => Ok(values),
        Some(_) => Err(Refusal::invalid("options", "At least two options are required")),
        None => Err(Refusal::invalid("options", "Each option needs a value")),
    }
}

/// Letters, digits, currency symbols, hyphens; spaces and underscores occur in Intercom's own examples.
pub(crate) fn is_attribute_name(name: &str) -> bool {
    let currency = |letter| matches!(letter, '$' | '¢'..='¥' | '\u{20a0}'..='\u{20cf}');
    let allowed = |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '_' | '-') || currency(letter);
    !name.is_empty() && name.chars().count() <= TEXT_LIMIT && name.chars().all(allowed)
}
