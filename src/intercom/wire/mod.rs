//! What goes over the wire, in the modern dialect's words.
//!
//! This file holds the types; its children turn JSON into them and them into JSON. Reading is lenient: nulls, absent
//! and unknown fields, numbers for strings and the other way round are fine, because the API's answers differ from its
//! description and from version to version. Only what nothing can be done without (the id of a contact) must be there.

mod body;
mod contact;
mod lenient;
mod list;
mod parts;
mod text;

pub use text::plain_text;

pub(super) use body::{patch_body, search_body};
pub(super) use contact::contact;
pub(super) use lenient::Malformed;
pub(super) use list::{List, Place, list, place};
pub(super) use parts::{
    admin, bulk_job, company, conversation, data_attribute, me, merge_preview, merged, note, subscription, tag, visitor,
};

use serde::{Deserialize, Serialize};

use crate::contact::{IntercomId, Role};

/// A value of an attribute.
pub type WireValue = serde_json::Value;

/// `GET /me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The teammate the token belongs to.
    pub admin_id: String,
    /// Its name.
    pub admin_name: String,
    /// `app.id_code`: the workspace.
    pub workspace_id: String,
    /// The workspace's name.
    pub workspace_name: String,
    /// `US`, `EU`, `AU`.
    pub region: String,
    /// IANA name; date searches are whole days in this zone.
    pub timezone: String,
    /// When the workspace was made, Unix seconds: one with the same id and another time is another one.
    pub founded_at: Option<i64>,
}

/// A visitor: somebody the messenger has seen and nobody knows yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Visitor {
    /// Intercom's id.
    pub id: String,
    /// The id the messenger gave it.
    pub user_id: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
}

/// The user a visitor becomes. With none of these set there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VisitorUser {
    /// A user that exists.
    pub id: Option<IntercomId>,
    /// The customer's id.
    pub external_id: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}

/// A job of the preview version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkJob {
    /// Its id.
    pub id: String,
    /// How far it is.
    pub state: BulkState,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkState {
    /// Waiting, running, or in a state nobody knows.
    UnderWay,
    /// Everything is done.
    Completed,
    /// Done, but something failed; what, is not told.
    CompletedWithErrors,
}

impl BulkJob {
    /// Whether nothing more will happen.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state != BulkState::UnderWay
    }
}

/// A contact that was merged into another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// Its id, which answers no more.
    pub id: IntercomId,
    /// Its role: `lead` or `user`.
    pub role: Option<String>,
    /// Unix seconds.
    pub merged_at: Option<i64>,
}

/// What a merge would do, as Intercom's preview version tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MergePreview {
    /// Whether the merge would be carried out.
    pub allowed: bool,
    /// Why not, each with Intercom's code.
    pub reasons: Vec<String>,
    /// What would happen to attributes; the first 50 of them.
    pub changes: Vec<MergeChange>,
}

/// What a merge would do to one attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeChange {
    /// The attribute.
    pub field: String,
    /// `adopted`, `discarded` or `merged`.
    pub outcome: String,
    /// The value afterwards.
    pub result: WireValue,
}

/// A teammate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admin {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its e-mail address.
    pub email: String,
}

/// Opaque place in a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// Intercom's id of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TagId(pub String);

/// Intercom's own id of a company (not the customer's `company_id`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CompanyId(pub String);

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// Its name.
    pub name: String,
}

/// A subscription type a contact has chosen about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The contact does not want it.
    pub opted_out: bool,
}

/// A company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// Intercom's id.
    pub id: CompanyId,
    /// The customer's id.
    pub company_id: String,
    /// Its name.
    pub name: String,
}

/// A note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Its id.
    pub id: String,
    /// HTML, as Intercom returns it.
    pub body: String,
    /// Unix seconds.
    pub created_at: Option<i64>,
    /// Author's name.
    pub author: Option<String>,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: String,
    /// Open, or closed.
    pub open: bool,
    /// Unix seconds.
    pub created_at: Option<i64>,
}

/// Type of a custom attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataType {
    /// Text.
    String,
    /// Whole number.
    Integer,
    /// Number.
    Float,
    /// Yes or no.
    Boolean,
    /// Unix seconds.
    Date,
    /// One of a list.
    Options,
}

/// A custom or standard attribute of contacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataAttribute {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// Defined by the workspace.
    pub custom: bool,
    /// Whether the API may write it.
    pub api_writable: bool,
    /// Archived attributes cannot be written.
    pub archived: bool,
    /// Allowed values, for `Options`.
    pub options: Vec<String>,
}

impl Note {
    /// The note as plain text: tags removed, paragraphs and line breaks as line ends, entities resolved. Compare this
    /// with the text a note was written with, since Intercom gives back HTML.
    #[must_use]
    pub fn text(&self) -> String {
        plain_text(&self.body)
    }
}

/// A list embedded in a contact: the first ten, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Embedded {
    /// The ids given.
    pub ids: Vec<String>,
    /// How many there are in all.
    pub total: u64,
}

impl Embedded {
    /// Whether there are more than the ids given.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.total > self.ids.len() as u64
    }
}

/// A contact as the workspace has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the API has that many flags")]
pub struct Contact {
    /// Its id.
    pub id: IntercomId,
    /// Lead or user.
    pub role: Role,
    /// The customer's id.
    pub external_id: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Teammate who owns it.
    pub owner_id: Option<String>,
    /// Unsubscribed from e-mails.
    pub unsubscribed_from_emails: bool,
    /// Mail bounced for good.
    pub has_hard_bounced: bool,
    /// Marked our mail as spam.
    pub marked_email_as_spam: bool,
    /// Unix seconds.
    pub created_at: Option<i64>,
    /// Unix seconds.
    pub updated_at: Option<i64>,
    /// Unix seconds.
    pub signed_up_at: Option<i64>,
    /// Unix seconds.
    pub last_seen_at: Option<i64>,
    /// City, by location.
    pub city: Option<String>,
    /// Region, by location.
    pub region: Option<String>,
    /// Country, by location.
    pub country: Option<String>,
    /// Custom attributes with a value.
    pub custom_attributes: serde_json::Map<String, WireValue>,
    /// First tags.
    pub tags: Embedded,
    /// First companies.
    pub companies: Embedded,
    /// First notes.
    pub notes: Embedded,
    /// Archived.
    pub archived: bool,
    /// The answer as it came, for the before-image.
    pub raw: serde_json::Value,
}

/// One page of contacts.
#[derive(Clone, Debug, PartialEq)]
pub struct ContactPage {
    /// The contacts.
    pub contacts: Vec<Contact>,
    /// All that match, as the server counts.
    pub total_count: Option<u64>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// Attributes to write. Empty means: leave as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContactPatch {
    /// Standard attributes by Intercom's name (`email`, `role`, `signed_up_at`…).
    pub standard: serde_json::Map<String, WireValue>,
    /// Custom attributes by name.
    pub custom: serde_json::Map<String, WireValue>,
}

/// How a search compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchOperator {
    /// `=`
    Equals,
    /// `IN`
    In,
    /// `>`; dates in whole days.
    GreaterThan,
    /// `<`; dates in whole days.
    LessThan,
}

/// One filter.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchFilter {
    /// Field, `custom_attributes.NAME` for custom ones.
    pub field: String,
    /// Operator.
    pub operator: SearchOperator,
    /// Value; an array for `In`.
    pub value: WireValue,
}

/// Filters that must all hold; at most 15.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchQuery {
    /// The filters.
    pub all_of: Vec<SearchFilter>,
}

/// The limit as the server tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests per 10-second window.
    pub limit: u32,
    /// Left in the window.
    pub remaining: u32,
    /// Unix seconds by the server's clock at which the window ends.
    pub reset: i64,
}
