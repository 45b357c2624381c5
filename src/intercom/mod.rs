//! The wire: Intercom's REST API behind two traits.
//!
//! [`ReadWorkspace`] cannot change anything; [`WriteWorkspace`] can. Planning code is never handed the second. The
//! [`Client`] implements both over HTTP: it paces every request, waits at the gate, repeats what is safe to repeat and
//! turns every answer into a value or an [`Error`] that knows what to do next ([`Error::disposition`]). Knows nothing
//! of plans, files or the terminal.

mod client;
mod decode;
mod dialect;
mod error;
mod explain;
mod pace;
mod retry;
mod snapshot;
mod stats;
mod wire;

pub use client::{Bulk, Client, Options, RawCall, Verb};
pub use dialect::Dialect;
pub use error::{Disposition, Error};
pub use explain::{EXPLANATIONS, Explanation};
pub use pace::WindowCount;
pub(crate) use snapshot::is_read;
pub use snapshot::{Counted, CsvWriter, Delta, Member, Names, Snapshot, each_page, news};
pub use stats::Stats;
pub use wire::{
    Admin, BulkJob, BulkState, Company, CompanyId, Contact, ContactPage, ContactPatch, Conversation, Cursor,
    DataAttribute, DataType, Embedded, Me, MergeChange, MergePreview, Merged, Note, RateLimit, SearchFilter,
    SearchOperator, SearchQuery, Subscription, Tag, TagId, Visitor, VisitorUser, WireValue, plain_text,
};

use std::future::Future;

use crate::contact::IntercomId;

/// Reading a workspace.
pub trait ReadWorkspace: Send + Sync {
    /// `GET /me`: checks the token and names the workspace.
    fn me(&self) -> impl Future<Output = Result<Me, Error>> + Send;
    /// `GET /admins`: teammates, valid as owners and note authors.
    fn admins(&self) -> impl Future<Output = Result<Vec<Admin>, Error>> + Send;
    /// `GET /contacts/{id}`. A merged or unknown contact is [`Error::Gone`] or [`Error::NotFound`].
    fn contact(&self, id: &IntercomId) -> impl Future<Output = Result<Contact, Error>> + Send;
    /// `GET /contacts`: one page, 150 contacts at most; `None` begins.
    fn list(&self, cursor: Option<&Cursor>) -> impl Future<Output = Result<ContactPage, Error>> + Send;
    /// `POST /contacts/search`: one page. Search lags behind writes, by minutes at worst.
    fn search(
        &self,
        query: &SearchQuery,
        cursor: Option<&Cursor>,
    ) -> impl Future<Output = Result<ContactPage, Error>> + Send;
    /// Contacts changed at this time (Unix seconds) or later, newest first; more than asked for may come, since Intercom
    /// compares whole days. Lags like [`Self::search`]. An implementation that cannot tell gives everything.
    fn changed_since(
        &self,
        _seconds: i64,
        cursor: Option<&Cursor>,
    ) -> impl Future<Output = Result<ContactPage, Error>> + Send {
        self.list(cursor)
    }
    /// How many contacts there are, as the server counts; `None` when it does not say.
    fn total(&self) -> impl Future<Output = Result<Option<u64>, Error>> + Send {
        async { Ok(self.list(None).await?.total_count) }
    }
    /// The user with this external id (`GET /contacts/find_by_external_id/{external_id}`). No lag is known of, unlike
    /// with [`Self::search`], which is what an implementation without that call falls back to.
    fn contact_by_external_id(&self, external_id: &str) -> impl Future<Output = Result<Contact, Error>> + Send {
        let filter = SearchFilter {
            field: "external_id".to_owned(),
            operator: SearchOperator::Equals,
            value: external_id.into(),
        };
        async move {
            let page = self.search(&SearchQuery { all_of: vec![filter] }, None).await?;
            page.contacts.into_iter().next().ok_or_else(|| Error::NotFound {
                code: "not_found".to_owned(),
                message: "no user with this external id".to_owned(),
                request_id: None,
            })
        }
    }
    /// All tags of a contact, beyond the ten embedded ones.
    fn tags(&self, id: &IntercomId) -> impl Future<Output = Result<Vec<Tag>, Error>> + Send;
    /// `GET /tags`: all tags of the workspace. An implementation that cannot list them gives none; their names are then
    /// read contact by contact.
    fn tag_list(&self) -> impl Future<Output = Result<Vec<Tag>, Error>> + Send {
        async { Ok(Vec::new()) }
    }
    /// All companies of a contact.
    fn companies(&self, id: &IntercomId) -> impl Future<Output = Result<Vec<Company>, Error>> + Send;
    /// `POST /companies/list`: companies of the workspace, 10,000 at most. An implementation that cannot list them gives
    /// none; their names are then read contact by contact.
    fn company_list(&self) -> impl Future<Output = Result<Vec<Company>, Error>> + Send {
        async { Ok(Vec::new()) }
    }
    /// All notes of a contact, with their text.
    fn notes(&self, id: &IntercomId) -> impl Future<Output = Result<Vec<Note>, Error>> + Send;
    /// `GET /contacts/{id}/subscriptions`: the subscription types the contact has chosen about. An implementation without
    /// them gives none.
    fn subscriptions(&self, _id: &IntercomId) -> impl Future<Output = Result<Vec<Subscription>, Error>> + Send {
        async { Ok(Vec::new()) }
    }
    /// Conversations the contact takes part in.
    fn conversations(&self, id: &IntercomId) -> impl Future<Output = Result<Vec<Conversation>, Error>> + Send;
    /// `GET /data_attributes?model=contact`.
    fn data_attributes(&self) -> impl Future<Output = Result<Vec<DataAttribute>, Error>> + Send;
    /// The limit as the last answer told it; `None` before the first.
    fn rate_limit(&self) -> Option<RateLimit>;
    /// Seconds the server's clock is ahead of this machine's, by the `Date` of the last answer, which is whole seconds and
    /// arrives late. 0 where nobody knows.
    fn server_ahead_seconds(&self) -> i64 {
        0
    }
}

/// Changing a workspace. Every method is one request, paced, and retried only where that cannot do harm
/// (`429` three times; server errors and time-outs never for `create`, `add_note`, `merge` and
/// `create_data_attribute`, whose repetition would double something or answer with a misleading refusal).
pub trait WriteWorkspace: ReadWorkspace {
    /// `POST /contacts`. A clash is [`Error::Conflict`] with the id of the contact in the way.
    fn create(&self, patch: &ContactPatch) -> impl Future<Output = Result<Contact, Error>> + Send;
    /// `PUT /contacts/{id}` with absolute values.
    fn update(&self, id: &IntercomId, patch: &ContactPatch) -> impl Future<Output = Result<Contact, Error>> + Send;
    /// `POST /contacts/merge`: the lead `from` disappears into the user `into`. Returns the survivor.
    fn merge(&self, from: &IntercomId, into: &IntercomId) -> impl Future<Output = Result<Contact, Error>> + Send;
    /// `POST /contacts/{id}/archive`.
    fn archive(&self, id: &IntercomId) -> impl Future<Output = Result<(), Error>> + Send;
    /// `POST /contacts/{id}/unarchive`.
    fn unarchive(&self, id: &IntercomId) -> impl Future<Output = Result<(), Error>> + Send;
    /// `DELETE /contacts/{id}`: for good.
    fn delete(&self, id: &IntercomId) -> impl Future<Output = Result<(), Error>> + Send;
    /// `POST /tags`: the tag of that name, made when there is none.
    fn ensure_tag(&self, name: &str) -> impl Future<Output = Result<Tag, Error>> + Send;
    /// `POST /contacts/{id}/tags`.
    fn attach_tag(&self, id: &IntercomId, tag: &TagId) -> impl Future<Output = Result<(), Error>> + Send;
    /// `DELETE /contacts/{id}/tags/{tag}`.
    fn detach_tag(&self, id: &IntercomId, tag: &TagId) -> impl Future<Output = Result<(), Error>> + Send;
    /// `POST /companies`: the company of that `company_id`, made or renamed.
    fn ensure_company(&self, company_id: &str, name: &str) -> impl Future<Output = Result<Company, Error>> + Send;
    /// `POST /contacts/{id}/companies`.
    fn attach_company(&self, id: &IntercomId, company: &CompanyId) -> impl Future<Output = Result<(), Error>> + Send;
    /// `DELETE /contacts/{id}/companies/{company}`.
    fn detach_company(&self, id: &IntercomId, company: &CompanyId) -> impl Future<Output = Result<(), Error>> + Send;
    /// `POST /contacts/{id}/subscriptions`: the contact does not want messages of this type any more.
    fn opt_out(&self, _id: &IntercomId, _subscription: &str) -> impl Future<Output = Result<(), Error>> + Send {
        async { Err(no_subscription_types()) }
    }
    /// `POST /contacts/{id}/subscriptions`: the contact wants messages of this type.
    fn opt_in(&self, _id: &IntercomId, _subscription: &str) -> impl Future<Output = Result<(), Error>> + Send {
        async { Err(no_subscription_types()) }
    }
    /// `DELETE /contacts/{id}/subscriptions/{subscription}`: as if the contact had never chosen about this type.
    fn forget_choice(&self, _id: &IntercomId, _subscription: &str) -> impl Future<Output = Result<(), Error>> + Send {
        async { Err(no_subscription_types()) }
    }
    /// `POST /contacts/{id}/notes`.
    fn add_note(&self, id: &IntercomId, body: &str) -> impl Future<Output = Result<Note, Error>> + Send;
    /// `POST /conversations/{id}/customers`: adds a participant, on behalf of a teammate.
    fn join_conversation(
        &self,
        conversation: &str,
        admin: &str,
        contact: &IntercomId,
    ) -> impl Future<Output = Result<(), Error>> + Send;
    /// `POST /data_attributes` for contacts.
    fn create_data_attribute(
        &self,
        name: &str,
        data_type: DataType,
    ) -> impl Future<Output = Result<DataAttribute, Error>> + Send;
}

fn no_subscription_types() -> Error {
    Error::Refused {
        status: 400,
        code: "not_in_this_version".to_owned(),
        message: "there are no subscription types here".to_owned(),
        field: None,
        request_id: None,
    }
}
