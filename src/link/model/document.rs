//! A model as a JSON document: what `plan --save-model` writes and `--model` reads.
//!
//! The document is that of `show PLAN --model --format json`; `docs/model-file.md` describes it. A person may have edited
//! it, so everything is checked here, and the message names the field at fault. It knows no files.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{LevelWeight, MODEL_SCHEMA, Model, Scale};
use crate::link::MatchWeight;
use crate::link::levels::{Row, TABLE};

/// Why a document is no model that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Not JSON, or not whole.
    #[error("this is no JSON document: {0}")]
    Syntax(String),
    /// Another kind of document, or of a newer program.
    #[error(
        "field schema: {found}, but this version of leadfold reads {MODEL_SCHEMA:?}; save the model with this version"
    )]
    Schema {
        /// What stands there.
        found: String,
    },
    /// A field that is missing or has no usable value.
    #[error("field {field}: {problem}")]
    Field {
        /// The field, as `levels[3].m (email, same address)`; positions count from 0.
        field: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
}

/// No weight of a model is further from 0 than this, in bits.
const MOST_BITS: f64 = 100.0;

impl Model {
    /// The model as a JSON document. [`Self::from_json`] gives the same model back, to the last bit.
    #[must_use]
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Document<'m> {
            schema: &'static str,
            #[serde(flatten)]
            model: &'m Model,
        }
        // Numbers and words only: nothing here can fail to be written.
        serde_json::to_string_pretty(&Document { schema: MODEL_SCHEMA, model: self }).unwrap_or_default() + "\n"
    }

    /// Reads a model from a JSON document and checks that every level this version knows has usable weights.
    pub fn from_json(text: &str) -> Result<Self, ModelError> {
        let value: Value = serde_json::from_str(text).map_err(|error| ModelError::Syntax(error.to_string()))?;
        let Value::Object(document) = &value else { return Err(ModelError::Syntax("not an object".to_owned())) };
        match document.get("schema") {
            Some(Value::String(schema)) if schema == MODEL_SCHEMA => {}
            Some(other) => return Err(ModelError::Schema { found: other.to_string() }),
            None => return Err(ModelError::Schema { found: "missing".to_owned() }),
        }
        let fields = Fields { document, within: String::new() };
        let scale: Scale = fields.parsed("scale")?;
        Ok(Self {
            prior: fields.bits("prior")?,
            auto_weight: fields.bits("auto_weight")?,
            review_weight: fields.bits("review_weight")?,
            scale,
            fallback: fields.parsed("fallback")?,
            levels: levels(&fields)?,
        })
    }
}

fn wrong(field: impl Into<String>, problem: impl Into<String>) -> ModelError {
    ModelError::Field { field: field.into(), problem: problem.into() }
}

/// All levels this version knows, in its own order.
fn levels(fields: &Fields<'_>) -> Result<Vec<LevelWeight>, ModelError> {
    let Value::Array(items) = fields.get("levels")? else { return Err(wrong("levels", "this must be a list")) };
    let mut found: Vec<Option<LevelWeight>> = vec![None; TABLE.len()];
    for (at, item) in items.iter().enumerate() {
        let (row, level) = level(at, item)?;
        let slot = found.get_mut(row).filter(|slot| slot.is_none());
        *slot.ok_or_else(|| wrong(format!("levels[{at}].level"), "this level stands here a second time"))? =
            Some(level);
    }
    let present = |(level, row): (Option<LevelWeight>, &Row)| {
        level.ok_or_else(|| wrong("levels", format!("the level {} is missing", named(row))))
    };
    found.into_iter().zip(TABLE).map(present).collect()
}

/// One level, and its position in the table of levels.
fn level(at: usize, item: &Value) -> Result<(usize, LevelWeight), ModelError> {
    let within = format!("levels[{at}]");
    let Value::Object(document) = item else { return Err(wrong(within, "this must be an object")) };
    let mut fields = Fields { document, within: within + "." };
    let comparison = fields.parsed("comparison")?;
    let words: String = fields.parsed("level")?;
    let known = TABLE.iter().enumerate().find(|(_, row)| row.1 == comparison && row.2 == words);
    let (position, row) = known.ok_or_else(|| {
        wrong(format!("{}level", fields.within), format!("{words:?} is no level of this comparison in this version"))
    })?;
    fields.document = document;
    let (m, u) = (fields.probability("m", row)?, fields.probability("u", row)?);
    let weight = fields.bits("weight")?;
    let learned = fields.parsed("learned")?;
    Ok((position, LevelWeight { comparison, level: words, m, u, weight, learned }))
}

fn named(row: &Row) -> String {
    let comparison = serde_json::to_value(row.1).unwrap_or_default();
    format!("({}, {})", comparison.as_str().unwrap_or_default(), row.2)
}

/// The fields of one object.
struct Fields<'d> {
    document: &'d Map<String, Value>,
    /// The object's own place, with a dot at the end.
    within: String,
}

impl<'d> Fields<'d> {
    fn get(&self, name: &str) -> Result<&'d Value, ModelError> {
        self.document.get(name).ok_or_else(|| wrong(format!("{}{name}", self.within), "this field is missing"))
    }

    fn parsed<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T, ModelError> {
        let value = self.get(name)?;
        T::deserialize(value).map_err(|error| wrong(format!("{}{name}", self.within), error.to_string()))
    }

    fn number(&self, name: &str) -> Result<f64, ModelError> {
        let value = self.get(name)?;
        let number = value.as_f64().filter(|number| number.is_finite());
        number.ok_or_else(|| wrong(format!("{}{name}", self.within), format!("{value} is no number")))
    }

    fn bits(&self, name: &str) -> Result<MatchWeight, ModelError> {
        match self.number(name)? {
            bits if bits.abs() <= MOST_BITS => Ok(MatchWeight(bits)),
            bits => {
                Err(wrong(format!("{}{name}", self.within), format!("{bits} bits; at most ±{MOST_BITS} make sense")))
            }
        }
    }

    fn probability(&self, name: &str, row: &Row) -> Result<f64, ModelError> {
        let field = || format!("{}{name} {}", self.within, named(row));
        match self.number(name)? {
            probability if probability > 0.0 && probability <= 1.0 => Ok(probability),
            other => Err(wrong(field(), format!("{other} is no probability above 0 and up to 1"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::link::weights::Weights;

    fn model() -> Model {
        let scale = Scale { records: 1_234, names: 900, companies: 70, organisations: false };
        let weights = Weights::new(scale);
        Model {
            prior: weights.prior.into(),
            auto_weight: MatchWeight(6.0),
            review_weight: MatchWeight(0.0),
            scale,
            fallback: Some(super::super::Fallback::FewMatches),
            levels: weights.levels(),
        }
    }

    /// What reading says of the model after a change to its document.
    fn refused(change: impl FnOnce(&mut Value)) -> String {
        let mut document: Value = serde_json::from_str(&model().to_json()).unwrap();
        change(&mut document);
        Model::from_json(&document.to_string()).unwrap_err().to_string()
    }

    #[test]
    fn a_model_reads_back_to_the_last_bit() {
        assert_eq!(Model::from_json(&model().to_json()).unwrap(), model());
    }

    #[test]
    fn fields_that_other_documents_add_are_passed_over() {
        let mut document: Value = serde_json::from_str(&model().to_json()).unwrap();
        document["blocking"] = json!({ "candidates": 1 });
        assert_eq!(Model::from_json(&document.to_string()).unwrap(), model());
    }

    #[test]
    fn what_is_no_model_is_refused_with_the_field_at_fault() {
        let texts = [
            refused(|document| document["schema"] = json!("leadfold.model/2")),
            refused(|document| drop(document.as_object_mut().unwrap().remove("schema"))),
            refused(|document| document["prior"] = json!("-9")),
            refused(|document| document["auto_weight"] = Value::Null),
            refused(|document| document["review_weight"] = json!(1e9)),
            refused(|document| document["scale"]["records"] = json!(-1)),
            refused(|document| drop(document["scale"].as_object_mut().unwrap().remove("names"))),
            refused(|document| document["fallback"] = json!("bad_luck")),
            refused(|document| document["levels"][3]["m"] = json!(0)),
            refused(|document| document["levels"][3]["u"] = json!(1.5)),
            refused(|document| document["levels"][3]["m"] = Value::Null),
            refused(|document| document["levels"][3]["level"] = json!("same smell")),
            refused(|document| document["levels"][3]["comparison"] = json!("smell")),
            refused(|document| document["levels"][3] = document["levels"][4].clone()),
            refused(|document| drop(document["levels"].as_array_mut().unwrap().remove(3))),
        ];
        insta::assert_snapshot!(texts.join("\n"), @r#"
        field schema: "leadfold.model/2", but this version of leadfold reads "leadfold.model/1"; save the model with this version
        field schema: missing, but this version of leadfold reads "leadfold.model/1"; save the model with this version
        field prior: "-9" is no number
        field auto_weight: null is no number
        field review_weight: 1000000000 bits; at most ±100 make sense
        field scale: invalid value: integer `-1`, expected u32
        field scale: missing field `names`
        field fallback: unknown variant `bad_luck`, expected one of `few_matches`, `many_matches`, `anchors_apart`, `disordered`
        field levels[3].m (email, same address but for a slip): 0 is no probability above 0 and up to 1
        field levels[3].u (email, same address but for a slip): 1.5 is no probability above 0 and up to 1
        field levels[3].m: null is no number
        field levels[3].level: "same smell" is no level of this comparison in this version
        field levels[3].comparison: unknown variant `smell`, expected one of `email`, `name`, `phone`, `company`, `job_title`, `website`, `street`, `place`, `country`, `birthday`, `external_id`, `identifier`, `text`
        field levels[4].level: this level stands here a second time
        field levels: the level (email, same address but for a slip) is missing
        "#);
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        let text = model().to_json().replacen("\"prior\": ", "\"prior\": NaN, \"was\": ", 1);
        insta::assert_snapshot!(Model::from_json(&text).unwrap_err(), @"this is no JSON document: expected value at line 3 column 12");
        insta::assert_snapshot!(Model::from_json("[]").unwrap_err(), @"this is no JSON document: not an object");
    }
}
