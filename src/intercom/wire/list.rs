//! The envelope of a list, and where its next page begins.

use serde_json::Value;

use super::lenient::{Malformed, array, count, integer, text};

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::intercom) enum Place {
    /// `starting_after`.
    Cursor(String),
    /// `page`, for the few lists that have no cursor.
    Page(i64),
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::intercom) struct List {
    pub(in crate::intercom) items: Vec<Value>,
    pub(in crate::intercom) total_count: Option<u64>,
    pub(in crate::intercom) next: Option<Place>,
}

/// Reads a list; its items are under `data`, or under `key`.
pub(in crate::intercom) fn list(mut answer: Value, key: &'static str) -> Result<List, Malformed> {
    let total_count = count(&answer, "total_count");
    let next = answer.get("pages").and_then(|pages| pages.get("next")).and_then(place);
    let held = if array(&answer, "data").is_some() { "data" } else { key };
    match answer.get_mut(held).map(Value::take) {
        Some(Value::Array(items)) => Ok(List { items, total_count, next }),
        _ => Err(Malformed("list of results")),
    }
}

/// `next` is an object with a cursor or a page number, a whole URL with either, or nothing.
pub(in crate::intercom) fn place(next: &Value) -> Option<Place> {
    match next {
        Value::String(url) => {
            let url = reqwest::Url::parse("http://localhost").ok()?.join(url).ok()?;
            let parameter = |name: &str| {
                url.query_pairs()
                    .find(|(key, value)| key == name && !value.is_empty())
                    .map(|(_, value)| value.into_owned())
            };
            let page = || parameter("page").and_then(|page| page.parse().ok()).map(Place::Page);
            parameter("starting_after").map(Place::Cursor).or_else(page)
        }
        object => {
            let cursor = text(object, "starting_after").map(Place::Cursor);
            cursor.or_else(|| integer(object, "page").map(Place::Page))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn next_of(pages: &Value) -> Option<Place> {
        list(json!({"data": [], "pages": pages}), "contacts").unwrap().next
    }

    #[test]
    fn the_next_page_is_found_in_every_shape_it_comes_in() {
        let cursor = Some(Place::Cursor("a+/=\nb".into()));
        assert_eq!(next_of(&json!({"next": {"page": 2, "starting_after": "a+/=\nb", "per_page": null}})), cursor);
        assert_eq!(
            next_of(&json!({"next": "https://api.example/contacts?starting_after=a%2B%2F%3D%0Ab&page=3"})),
            cursor
        );
        assert_eq!(next_of(&json!({"next": "/companies/list?page=3"})), Some(Place::Page(3)));
        assert_eq!(next_of(&json!({"next": {"page": 2}})), Some(Place::Page(2)));
    }

    #[test]
    fn the_last_page_has_no_next_in_any_shape() {
        for pages in [
            json!(null),
            json!({}),
            json!({"next": null}),
            json!({"next": ""}),
            json!({"next": {"starting_after": null}}),
        ] {
            assert_eq!(next_of(&pages), None, "{pages}");
        }
        assert_eq!(list(json!({"data": []}), "contacts").unwrap().next, None);
    }

    #[test]
    fn items_are_under_data_or_under_their_own_name() {
        let page =
            list(json!({"type": "conversation.list", "conversations": [1, 2], "total_count": "2"}), "conversations");
        assert_eq!(page.unwrap().total_count, Some(2));
        assert_eq!(list(json!({"type": "list"}), "data"), Err(Malformed("list of results")));
    }
}
