//! Reading a workspace over HTTP.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::Client;
use super::send::Call;
use crate::contact::IntercomId;
use crate::intercom::retry::Repeat;
use crate::intercom::wire::{self, List, Malformed, Place};
use crate::intercom::{
    Admin, Company, Contact, ContactPage, Conversation, Cursor, DataAttribute, Error, Me, Note, RateLimit,
    ReadWorkspace, SearchFilter, SearchOperator, SearchQuery, Subscription, Tag,
};

/// The most contacts, notes and conversations a page can have (Intercom-OpenAPI#639; the default is 10).
const PER_PAGE: u32 = 150;
/// The most companies a page can have.
const COMPANIES_PER_PAGE: u32 = 60;

/// A success we cannot make sense of: carried out, but nobody can say with what result.
pub(super) fn unreadable(problem: Malformed) -> Error {
    Error::Server { status: 200, code: None, message: problem.to_string(), request_id: None }
}

/// A list whose pages go round in a circle.
pub(super) fn circle() -> Error {
    unreadable(Malformed("end: the list gives the same cursor twice"))
}

/// How a list is asked for its next page.
#[derive(Clone, Copy)]
pub(super) enum Paging {
    /// In the query string.
    Query(u32),
    /// In the body of a search.
    Body,
    /// Not at all.
    None,
}

impl Client {
    /// All items of a list, page by page.
    pub(super) async fn all<T>(
        &self,
        first: Call<'_>,
        paging: Paging,
        key: &'static str,
        read: fn(&Value) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        let mut seen = HashSet::new();
        let mut place = None;
        loop {
            let call = page_call(&first, paging, place.as_ref());
            let List { items: page, next, .. } = wire::list(self.send(call).await?, key).map_err(unreadable)?;
            for item in &page {
                items.push(read(item).map_err(unreadable)?);
            }
            match (next, paging) {
                (None, _) | (_, Paging::None) => return Ok(items),
                (Some(next), _) if !seen.insert(next.clone()) => return Err(circle()),
                (Some(next), _) => place = Some(next),
            }
        }
    }

    async fn page(&self, call: Call<'_>, cursor: Option<&Cursor>) -> Result<ContactPage, Error> {
        let list = wire::list(self.send(call).await?, "contacts").map_err(unreadable)?;
        let next = match list.next {
            Some(Place::Cursor(next)) if cursor.is_some_and(|sent| sent.0 == next) => return Err(circle()),
            Some(Place::Cursor(next)) => Some(Cursor(next)),
            Some(Place::Page(_)) | None => None,
        };
        let contacts = list.items.into_iter().map(wire::contact).collect::<Result<_, _>>().map_err(unreadable)?;
        Ok(ContactPage { contacts, total_count: list.total_count, next })
    }
}

fn page_call<'a>(first: &Call<'a>, paging: Paging, place: Option<&Place>) -> Call<'a> {
    let mut call = Call {
        method: first.method.clone(),
        path: first.path,
        query: first.query.clone(),
        asked: first.asked,
        body: first.body.clone(),
        repeat: first.repeat,
        version: first.version,
    };
    match (paging, place) {
        (Paging::Query(per_page), place) => {
            call.query.push(("per_page", per_page.to_string()));
            match place {
                Some(Place::Cursor(cursor)) => call.query.push(("starting_after", cursor.clone())),
                Some(Place::Page(page)) => call.query.push(("page", page.to_string())),
                None => {}
            }
        }
        (Paging::Body, Some(Place::Cursor(cursor))) => {
            if let Some(pagination) = call.body.as_mut().and_then(|body| body.get_mut("pagination")?.as_object_mut()) {
                pagination.insert("starting_after".to_owned(), json!(cursor));
            }
        }
        (Paging::Body | Paging::None, _) => {}
    }
    call
}

impl ReadWorkspace for Client {
    async fn me(&self) -> Result<Me, Error> {
        wire::me(&self.send(Call::get(&["me"])).await?).map_err(unreadable)
    }

    async fn admins(&self) -> Result<Vec<Admin>, Error> {
        self.all(Call::get(&["admins"]), Paging::None, "admins", wire::admin).await
    }

    async fn contact(&self, id: &IntercomId) -> Result<Contact, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_contact(id).await;
        }
        wire::contact(self.send(Call::get(&["contacts", &id.0])).await?).map_err(unreadable)
    }

    async fn contact_by_external_id(&self, external_id: &str) -> Result<Contact, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_by_user_id(external_id).await;
        }
        let path = ["contacts", "find_by_external_id", external_id];
        wire::contact(self.send(Call::get(&path)).await?).map_err(unreadable)
    }

    async fn list(&self, cursor: Option<&Cursor>) -> Result<ContactPage, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_list(cursor).await;
        }
        let mut call = Call::get(&["contacts"]);
        call.query.push(("per_page", PER_PAGE.to_string()));
        if let Some(cursor) = cursor {
            call.query.push(("starting_after", cursor.0.clone()));
        }
        self.page(call, cursor).await
    }

    async fn changed_since(&self, seconds: i64, cursor: Option<&Cursor>) -> Result<ContactPage, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_changed_since(seconds, cursor).await;
        }
        // Dates compare as whole days in the workspace's zone, and `>` begins with the next day: two days earlier is
        // early enough in every zone
        let filter = SearchFilter {
            field: "updated_at".to_owned(),
            operator: SearchOperator::GreaterThan,
            value: seconds.saturating_sub(2 * 86_400).into(),
        };
        let query = SearchQuery { all_of: vec![filter] };
        let mut body = wire::search_body(&query, cursor.map(|cursor| cursor.0.as_str()), PER_PAGE)
            .map_err(Error::Configuration)?;
        if let Some(body) = body.as_object_mut() {
            body.insert("sort".to_owned(), json!({"field": "updated_at", "order": "descending"}));
        }
        self.page(Call::write(Method::POST, &["contacts", "search"], Repeat::Safe).with(body), cursor).await
    }

    async fn total(&self) -> Result<Option<u64>, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_total().await;
        }
        let mut call = Call::get(&["contacts"]);
        call.query.push(("per_page", "1".to_owned()));
        Ok(self.page(call, None).await?.total_count)
    }

    async fn search(&self, query: &SearchQuery, cursor: Option<&Cursor>) -> Result<ContactPage, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_search(query).await;
        }
        let body =
            wire::search_body(query, cursor.map(|cursor| cursor.0.as_str()), PER_PAGE).map_err(Error::Configuration)?;
        self.page(Call::write(Method::POST, &["contacts", "search"], Repeat::Safe).with(body), cursor).await
    }

    async fn tags(&self, id: &IntercomId) -> Result<Vec<Tag>, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_tags(id).await;
        }
        self.all(Call::get(&["contacts", &id.0, "tags"]), Paging::Query(PER_PAGE), "tags", wire::tag).await
    }

    async fn tag_list(&self) -> Result<Vec<Tag>, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_tag_list().await;
        }
        self.all(Call::get(&["tags"]), Paging::None, "tags", wire::tag).await
    }

    async fn companies(&self, id: &IntercomId) -> Result<Vec<Company>, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_companies(id).await;
        }
        let path = ["contacts", &*id.0, "companies"];
        self.all(Call::get(&path), Paging::Query(COMPANIES_PER_PAGE), "companies", wire::company).await
    }

    async fn company_list(&self) -> Result<Vec<Company>, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_company_list().await;
        }
        let call = Call::write(Method::POST, &["companies", "list"], Repeat::Safe);
        self.all(call, Paging::Query(COMPANIES_PER_PAGE), "companies", wire::company).await
    }

    async fn notes(&self, id: &IntercomId) -> Result<Vec<Note>, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_notes(id).await;
        }
        self.all(Call::get(&["contacts", &id.0, "notes"]), Paging::Query(PER_PAGE), "notes", wire::note).await
    }

    async fn subscriptions(&self, id: &IntercomId) -> Result<Vec<Subscription>, Error> {
        if self.dialect.is_legacy() {
            return Ok(Vec::new());
        }
        let path = ["contacts", &*id.0, "subscriptions"];
        self.all(Call::get(&path), Paging::None, "subscriptions", wire::subscription).await.map_err(Error::of_one_area)
    }

    async fn conversations(&self, id: &IntercomId) -> Result<Vec<Conversation>, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_conversations(id).await;
        }
        let body = json!({
            "query": {"field": "contact_ids", "operator": "=", "value": &*id.0},
            "pagination": {"per_page": PER_PAGE},
        });
        let call = Call::write(Method::POST, &["conversations", "search"], Repeat::Safe).with(body);
        self.all(call, Paging::Body, "conversations", wire::conversation).await.map_err(Error::of_one_area)
    }

    async fn data_attributes(&self) -> Result<Vec<DataAttribute>, Error> {
        if self.dialect.is_legacy() {
            return self.legacy_data_attributes().await;
        }
        let mut call = Call::get(&["data_attributes"]);
        call.query.push(("model", "contact".to_owned()));
        call.query.push(("include_archived", "true".to_owned()));
        self.all(call, Paging::None, "data_attributes", wire::data_attribute).await
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        self.pacer.told()
    }

    fn server_ahead_seconds(&self) -> i64 {
        self.counters.server_ahead()
    }
}
