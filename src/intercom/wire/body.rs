//! What we send: [`ContactPatch`] and [`SearchQuery`] → JSON.

use serde_json::{Map, Value, json};

use super::super::dialect::Dialect;
use super::{ContactPatch, SearchFilter, SearchOperator, SearchQuery};

/// Filters one query may hold (the description of `POST /contacts/search`).
const MOST_FILTERS: usize = 15;

/// The body of a create or update. `custom_attributes` is left out when there are none, since an empty object has been
/// taken for "clear them".
pub(in crate::intercom) fn patch_body(patch: &ContactPatch, dialect: &Dialect) -> Value {
    let mut body: Map<String, Value> =
        patch.standard.iter().map(|(name, value)| (name.clone(), dialect.standard_value(name, value))).collect();
    if !patch.custom.is_empty() {
        body.insert("custom_attributes".to_owned(), Value::Object(patch.custom.clone()));
    }
    Value::Object(body)
}

/// The body of a search page, or why the query cannot be asked. Paging belongs in the body: in the URL it is ignored
/// and page 1 comes back for ever.
pub(in crate::intercom) fn search_body(
    query: &SearchQuery,
    starting_after: Option<&str>,
    per_page: u32,
) -> Result<Value, String> {
    let filters = match query.all_of.as_slice() {
        [] => return Err("a search needs at least one filter".to_owned()),
        [single] => filter(single),
        many if many.len() <= MOST_FILTERS => {
            json!({"operator": "AND", "value": many.iter().map(filter).collect::<Vec<_>>()})
        }
        many => return Err(format!("a search can have {MOST_FILTERS} filters, not {}", many.len())),
    };
    let mut pagination = json!({"per_page": per_page});
    if let (Some(place), Some(pagination)) = (starting_after, pagination.as_object_mut()) {
        pagination.insert("starting_after".to_owned(), json!(place));
    }
    Ok(json!({"query": filters, "pagination": pagination}))
}

fn filter(filter: &SearchFilter) -> Value {
    let operator = match filter.operator {
        SearchOperator::Equals => "=",
        SearchOperator::In => "IN",
        SearchOperator::GreaterThan => ">",
        SearchOperator::LessThan => "<",
    };
    json!({"field": filter.field, "operator": operator, "value": filter.value})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intercom::dialect;

    fn email(address: &str) -> SearchFilter {
        SearchFilter { field: "email".into(), operator: SearchOperator::Equals, value: address.into() }
    }

    #[test]
    fn one_filter_goes_bare_and_several_under_and() {
        let one = search_body(&SearchQuery { all_of: vec![email("a@example.com")] }, None, 150).unwrap();
        assert_eq!(
            one,
            json!({"query": {"field": "email", "operator": "=", "value": "a@example.com"}, "pagination": {"per_page": 150}})
        );
        let two = search_body(&SearchQuery { all_of: vec![email("a"), email("b")] }, Some("next"), 150).unwrap();
        assert_eq!(two["query"]["operator"], "AND");
        assert_eq!(two["pagination"]["starting_after"], "next");
    }

    #[test]
    fn a_query_that_intercom_would_refuse_is_not_sent() {
        assert!(search_body(&SearchQuery { all_of: vec![] }, None, 150).is_err());
        assert!(search_body(&SearchQuery { all_of: vec![email("a"); 16] }, None, 150).is_err());
    }

    #[test]
    fn a_patch_without_custom_values_does_not_mention_them() {
        let mut patch = ContactPatch::default();
        patch.standard.insert("owner_id".into(), json!("127"));
        let dialect = dialect::find("2.14").unwrap();
        assert_eq!(patch_body(&patch, dialect), json!({"owner_id": 127}));
        patch.custom.insert("plan".into(), json!("pro"));
        assert_eq!(patch_body(&patch, dialect), json!({"owner_id": 127, "custom_attributes": {"plan": "pro"}}));
    }
}
