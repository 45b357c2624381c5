//! `NAME+=NUMBER` and `NAME-=NUMBER`: counting on from what a contact has.
//!
//! The sum is made here and sent as an absolute value, so that a request whose answer was lost can be sent again. Two people
//! counting at the same time can lose a step; the question before the write shows both values.

use serde_json::{Number, Value};

use crate::cli::exit;
use crate::intercom::Contact;
use crate::report::visible;

/// The assignments with every step turned into the value it leads to.
pub(super) fn resolve(assignments: &[String], contact: &Contact) -> anyhow::Result<Vec<String>> {
    assignments.iter().map(|text| step(text, contact).unwrap_or_else(|| Ok(text.clone()))).collect()
}

/// `None` when the assignment is no step.
fn step(text: &str, contact: &Contact) -> Option<anyhow::Result<String>> {
    let (left, by) = text.split_once('=')?;
    let (name, sign) = match (left.strip_suffix('+'), left.strip_suffix('-')) {
        (Some(name), _) => (name.trim(), 1),
        (_, Some(name)) => (name.trim(), -1),
        (None, None) => return None,
    };
    let bare = name.strip_prefix("custom_attributes.").or_else(|| name.strip_prefix("custom:")).unwrap_or(name);
    let held = contact.custom_attributes.get(bare);
    Some(match sum(held, by.trim(), sign) {
        Some(sum) => Ok(format!("{name}={sum}")),
        None => Err(exit::usage(format!(
            "'{}': only a number can be added to a custom attribute that holds a number; nothing was sent",
            visible(text)
        ))),
    })
}

/// An attribute without a value counts from 0.
fn sum(held: Option<&Value>, by: &str, sign: i64) -> Option<Number> {
    let held = match held {
        None | Some(Value::Null) => Number::from(0),
        Some(Value::Number(number)) => number.clone(),
        Some(_) => return None,
    };
    if let (Some(held), Ok(by)) = (held.as_i64(), by.parse::<i64>()) {
        return held.checked_add(by.checked_mul(sign)?).map(Number::from);
    }
    #[expect(clippy::cast_precision_loss, reason = "the sign is 1 or -1")]
    let sign = sign as f64;
    Number::from_f64(held.as_f64()? + sign * by.parse::<f64>().ok()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resolved(text: &str) -> Result<Vec<String>, String> {
        let custom = json!({"karma": 5, "spend": 1.5, "plan": "pro"});
        let contact = Contact::try_from(json!({"id": "5f", "custom_attributes": custom})).unwrap();
        resolve(&[text.to_owned()], &contact).map_err(|error| error.to_string())
    }

    #[test]
    fn steps_count_on_from_what_is_there() {
        for (step, value) in [
            ("karma+=1", "karma=6"),
            ("karma-=5", "karma=0"),
            ("spend+=1", "spend=2.5"),
            ("karma+=0.5", "karma=5.5"),
            ("visits+=1", "visits=1"),
            ("name=A+=B", "name=A+=B"),
            ("plan=pro", "plan=pro"),
        ] {
            assert_eq!(resolved(step), Ok(vec![value.to_owned()]), "{step}");
        }
    }

    #[test]
    fn what_is_no_number_is_not_counted() {
        for step in ["plan+=1", "karma+=much", "karma+=", "spend+=inf", "karma+=9223372036854775807"] {
            assert!(resolved(step).unwrap_err().contains("only a number"), "{step}");
        }
    }
}
