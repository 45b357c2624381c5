//! Calls that the two traits have no method for: any method, any path, as JSON.
//!
//! They are paced, repeated and explained like every other call. What the answers mean is for the caller to know.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::Client;
use super::read::{circle, unreadable};
use super::send::Call;
use crate::intercom::Error;
use crate::intercom::retry::Repeat;
use crate::intercom::wire::{Malformed, Place, place};

/// One call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawCall {
    /// What it does.
    pub verb: Verb,
    /// The path's segments, as they are; encoded on the way out.
    pub path: Vec<String>,
    /// The query's pairs, as they are; encoded on the way out.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Option<Value>,
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    #[default]
    Get,
    /// Makes, does or searches.
    Post,
    /// Changes.
    Put,
    /// Removes.
    Delete,
}

impl RawCall {
    /// Whether it changes nothing: a `GET`, a search, or the one list that is asked for with `POST`.
    #[must_use]
    pub fn is_read(&self) -> bool {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        match self.verb {
            Verb::Get => true,
            Verb::Post => matches!(path.as_slice(), [_, "search"] | ["companies", "list"] | [.., "merge", "preview"]),
            Verb::Put | Verb::Delete => false,
        }
    }

    /// `POST /conversations/1/reply`, for people.
    #[must_use]
    pub fn name(&self) -> String {
        let verb = match self.verb {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Put => "PUT",
            Verb::Delete => "DELETE",
        };
        format!("{verb} /{}", self.path.join("/"))
    }
}

impl Client {
    /// Sends one call. An empty answer is `null`.
    pub async fn call(&self, call: &RawCall) -> Result<Value, Error> {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        let (method, repeat) = match call.verb {
            Verb::Get => (Method::GET, Repeat::Safe),
            // A scroll moves on with every request, and nobody knows what else twice would do
            Verb::Post => (Method::POST, if call.is_read() { Repeat::Safe } else { Repeat::Unsafe }),
            Verb::Put => (Method::PUT, Repeat::Safe),
            Verb::Delete => (Method::DELETE, Repeat::SafeGoneIsDone),
        };
        let repeat = if path.last() == Some(&"scroll") { Repeat::Unsafe } else { repeat };
        self.send(Call { body: call.body.clone(), asked: &call.query, ..Call::write(method, &path, repeat) }).await
    }

    /// Sends a call that reads a list, and follows its pages to the end: by cursor, by number, or by scroll. Gives the first
    /// answer with the items of all pages in it, and without its `pages`.
    pub async fn call_all(&self, call: &RawCall) -> Result<Value, Error> {
        let mut call = call.clone();
        let mut whole = self.call(&call).await?;
        let key = items_key(&whole).ok_or_else(|| unreadable(Malformed("list of results")))?;
        let scrolls = call.path.last().is_some_and(|last| last == "scroll");
        let mut next = if scrolls { scroll_parameter(&whole) } else { next_place(&whole) };
        let mut seen = HashSet::new();
        while let Some(place) = next {
            if !scrolls && !seen.insert(place.clone()) {
                return Err(circle());
            }
            go_to(&mut call, &place);
            let mut answer = self.call(&call).await?;
            next = if scrolls { scroll_parameter(&answer) } else { next_place(&answer) };
            let Some(Value::Array(more)) = answer.get_mut(&key).map(Value::take) else { break };
            // A scroll ends with an empty page
            if more.is_empty() {
                break;
            }
            if let Some(items) = whole.get_mut(&key).and_then(Value::as_array_mut) {
                items.extend(more);
            }
        }
        if let Some(whole) = whole.as_object_mut() {
            whole.remove("pages");
            whole.remove("scroll_param");
        }
        Ok(whole)
    }
}

/// Where a list keeps its items: under `data`, or under the one name that holds an array.
fn items_key(answer: &Value) -> Option<String> {
    let answer = answer.as_object()?;
    let arrays: Vec<&String> = answer.iter().filter(|(_, value)| value.is_array()).map(|(key, _)| key).collect();
    match arrays.as_slice() {
        [only] => Some((*only).clone()),
        several => several.iter().find(|key| **key == "data").map(|key| (*key).clone()),
    }
}

fn next_place(answer: &Value) -> Option<Place> {
    answer.get("pages").and_then(|pages| pages.get("next")).and_then(place)
}

fn scroll_parameter(answer: &Value) -> Option<Place> {
    let parameter = answer.get("scroll_param")?.as_str().filter(|parameter| !parameter.is_empty())?;
    Some(Place::Cursor(parameter.to_owned()))
}

/// Turns a call into that of its next page.
fn go_to(call: &mut RawCall, place: &Place) {
    let (name, value) = match place {
        Place::Cursor(parameter) if call.path.last().is_some_and(|last| last == "scroll") => {
            ("scroll_param", parameter.clone())
        }
        Place::Cursor(cursor) => ("starting_after", cursor.clone()),
        Place::Page(page) => ("page", page.to_string()),
    };
    if let (Place::Cursor(cursor), Verb::Post, Some(Value::Object(body))) = (place, call.verb, &mut call.body) {
        // Searches are paged in their body; a cursor in the query would be ignored
        let pagination = body.entry("pagination").or_insert_with(|| json!({}));
        if let Some(pagination) = pagination.as_object_mut() {
            pagination.insert("starting_after".to_owned(), json!(cursor));
        }
        return;
    }
    call.query.retain(|(held, _)| held != name);
    call.query.push((name.to_owned(), value));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(verb: Verb, path: &str) -> RawCall {
        RawCall { verb, path: path.split('/').map(str::to_owned).collect(), ..RawCall::default() }
    }

    #[test]
    fn a_search_is_no_write_and_everything_else_that_is_posted_is_one() {
        for read in ["contacts/search", "customers/search", "conversations/search", "companies/list"] {
            assert!(call(Verb::Post, read).is_read(), "{read}");
        }
        for write in ["contacts", "contacts/1/tags", "messages", "visitors/convert", "search", "contacts/search/x"] {
            assert!(!call(Verb::Post, write).is_read(), "{write}");
        }
        assert!(call(Verb::Get, "segments").is_read() && !call(Verb::Delete, "tags/1").is_read());
    }

    #[test]
    fn the_next_page_is_asked_for_where_the_call_is_paged() {
        let mut search = RawCall { body: Some(json!({"query": {}})), ..call(Verb::Post, "contacts/search") };
        go_to(&mut search, &Place::Cursor("a+".into()));
        assert_eq!(search.body, Some(json!({"query": {}, "pagination": {"starting_after": "a+"}})));
        let mut list = call(Verb::Get, "conversations");
        for page in [2, 3] {
            go_to(&mut list, &Place::Page(page));
        }
        assert_eq!(list.query, [("page".to_owned(), "3".to_owned())]);
        let mut scroll = call(Verb::Get, "companies/scroll");
        go_to(&mut scroll, &Place::Cursor("p".into()));
        assert_eq!(scroll.query, [("scroll_param".to_owned(), "p".to_owned())]);
    }

    #[test]
    fn items_are_under_data_or_under_the_only_array() {
        assert_eq!(items_key(&json!({"type": "team.list", "teams": []})).as_deref(), Some("teams"));
        assert_eq!(items_key(&json!({"data": [], "errors": []})).as_deref(), Some("data"));
        assert_eq!(items_key(&json!({"a": [], "b": []})), None);
        assert_eq!(items_key(&json!([1])), None);
    }
}
