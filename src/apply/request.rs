//! The requests that write, as they stand in the journal: method and path with ids, never with values.
//!
//! The text is read back after a crash and by `undo`, so it must tell everything they need. Pure.

use std::fmt;
use std::str::FromStr;

use crate::contact::IntercomId;
use crate::intercom::{CompanyId, TagId};

/// One kind of request, with the ids it is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Request {
    Create,
    Update(IntercomId),
    Merge {
        from: IntercomId,
        into: IntercomId,
    },
    Archive(IntercomId),
    Unarchive(IntercomId),
    Delete(IntercomId),
    EnsureTag,
    AttachTag(IntercomId, TagId),
    DetachTag(IntercomId, TagId),
    EnsureCompany,
    AttachCompany(IntercomId, CompanyId),
    DetachCompany(IntercomId, CompanyId),
    OptOut(IntercomId, String),
    OptIn(IntercomId, String),
    ForgetChoice(IntercomId, String),
    /// A note, told from others by a digest of its words; empty in journals of earlier versions.
    AddNote(IntercomId, String),
    JoinConversation {
        conversation: String,
        contact: IntercomId,
    },
    CreateAttribute,
}

impl Request {
    /// The contact whose state it changes; of a merge, the one that stays.
    pub(super) fn contact(&self) -> Option<&IntercomId> {
        match self {
            Self::Update(id)
            | Self::Merge { into: id, .. }
            | Self::Archive(id)
            | Self::Unarchive(id)
            | Self::Delete(id)
            | Self::AttachTag(id, _)
            | Self::DetachTag(id, _)
            | Self::AttachCompany(id, _)
            | Self::DetachCompany(id, _)
            | Self::OptOut(id, _)
            | Self::OptIn(id, _)
            | Self::ForgetChoice(id, _)
            | Self::AddNote(id, _)
            | Self::JoinConversation { contact: id, .. } => Some(id),
            Self::Create | Self::EnsureTag | Self::EnsureCompany | Self::CreateAttribute => None,
        }
    }
}

/// What the entries of `undo` begin with, so that they are never taken for those of `apply`.
pub(super) const UNDO_MARK: &str = "undo ";

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create => f.write_str("POST /contacts"),
            Self::Update(id) => write!(f, "PUT /contacts/{}", id.0),
            Self::Merge { from, into } => write!(f, "POST /contacts/merge {} {}", from.0, into.0),
            Self::Archive(id) => write!(f, "POST /contacts/{}/archive", id.0),
            Self::Unarchive(id) => write!(f, "POST /contacts/{}/unarchive", id.0),
            Self::Delete(id) => write!(f, "DELETE /contacts/{}", id.0),
            Self::EnsureTag => f.write_str("POST /tags"),
            Self::AttachTag(id, tag) => write!(f, "POST /contacts/{}/tags {}", id.0, tag.0),
            Self::DetachTag(id, tag) => write!(f, "DELETE /contacts/{}/tags {}", id.0, tag.0),
            Self::EnsureCompany => f.write_str("POST /companies"),
            Self::AttachCompany(id, company) => write!(f, "POST /contacts/{}/companies {}", id.0, company.0),
            Self::DetachCompany(id, company) => write!(f, "DELETE /contacts/{}/companies {}", id.0, company.0),
            Self::OptOut(id, kind) => write!(f, "POST /contacts/{}/subscriptions {kind} opt_out", id.0),
            Self::OptIn(id, kind) => write!(f, "POST /contacts/{}/subscriptions {kind} opt_in", id.0),
            Self::ForgetChoice(id, kind) => write!(f, "DELETE /contacts/{}/subscriptions {kind}", id.0),
            Self::AddNote(id, digest) if digest.is_empty() => write!(f, "POST /contacts/{}/notes", id.0),
            Self::AddNote(id, digest) => write!(f, "POST /contacts/{}/notes {digest}", id.0),
            Self::JoinConversation { conversation, contact } => {
                write!(f, "POST /conversations/{conversation}/customers {}", contact.0)
            }
            Self::CreateAttribute => f.write_str("POST /data_attributes"),
        }
    }
}

/// A text that is no request of the journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the journal holds a request that is not understood")]
pub(super) struct ParseRequestError;

impl FromStr for Request {
    type Err = ParseRequestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words: Vec<&str> = text.split(' ').collect();
        let (method, path, ids) = match words.as_slice() {
            [method, path, ids @ ..] => (*method, path.trim_start_matches('/'), ids),
            _ => return Err(ParseRequestError),
        };
        let parts: Vec<&str> = path.split('/').collect();
        let contact = |id: &str| IntercomId(id.into());
        Ok(match (method, parts.as_slice(), ids) {
            ("POST", ["contacts"], []) => Self::Create,
            ("POST", ["contacts", "merge"], [from, into]) => Self::Merge { from: contact(from), into: contact(into) },
            ("PUT", ["contacts", id], []) => Self::Update(contact(id)),
            ("DELETE", ["contacts", id], []) => Self::Delete(contact(id)),
            ("POST", ["contacts", id, "archive"], []) => Self::Archive(contact(id)),
            ("POST", ["contacts", id, "unarchive"], []) => Self::Unarchive(contact(id)),
            ("POST", ["contacts", id, "tags"], [tag]) => Self::AttachTag(contact(id), TagId((*tag).to_owned())),
            ("DELETE", ["contacts", id, "tags"], [tag]) => Self::DetachTag(contact(id), TagId((*tag).to_owned())),
            ("POST", ["contacts", id, "companies"], [company]) => {
                Self::AttachCompany(contact(id), CompanyId((*company).to_owned()))
            }
            ("DELETE", ["contacts", id, "companies"], [company]) => {
                Self::DetachCompany(contact(id), CompanyId((*company).to_owned()))
            }
            ("POST", ["contacts", id, "subscriptions"], [kind, "opt_out"]) => {
                Self::OptOut(contact(id), (*kind).to_owned())
            }
            ("POST", ["contacts", id, "subscriptions"], [kind, "opt_in"]) => {
                Self::OptIn(contact(id), (*kind).to_owned())
            }
            ("DELETE", ["contacts", id, "subscriptions"], [kind]) => {
                Self::ForgetChoice(contact(id), (*kind).to_owned())
            }
            ("POST", ["contacts", id, "notes"], []) => Self::AddNote(contact(id), String::new()),
            ("POST", ["contacts", id, "notes"], [digest]) => Self::AddNote(contact(id), (*digest).to_owned()),
            ("POST", ["conversations", conversation, "customers"], [id]) => {
                Self::JoinConversation { conversation: (*conversation).to_owned(), contact: contact(id) }
            }
            ("POST", ["tags"], []) => Self::EnsureTag,
            ("POST", ["companies"], []) => Self::EnsureCompany,
            ("POST", ["data_attributes"], []) => Self::CreateAttribute,
            _ => return Err(ParseRequestError),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Request;
    use crate::contact::IntercomId;
    use crate::intercom::{CompanyId, TagId};

    #[test]
    fn every_request_is_read_back_as_it_was_written() {
        let id = || IntercomId("65f0c2".into());
        let tag = || TagId("7".to_owned());
        let company = || CompanyId("9".to_owned());
        for request in [
            Request::Create,
            Request::Update(id()),
            Request::Merge { from: id(), into: IntercomId("aa".into()) },
            Request::Archive(id()),
            Request::Unarchive(id()),
            Request::Delete(id()),
            Request::EnsureTag,
            Request::AttachTag(id(), tag()),
            Request::DetachTag(id(), tag()),
            Request::EnsureCompany,
            Request::AttachCompany(id(), company()),
            Request::DetachCompany(id(), company()),
            Request::OptOut(id(), "91".to_owned()),
            Request::OptIn(id(), "93".to_owned()),
            Request::ForgetChoice(id(), "93".to_owned()),
            Request::AddNote(id(), "0a1b2c3d".to_owned()),
            Request::AddNote(id(), String::new()),
            Request::JoinConversation { conversation: "12".to_owned(), contact: id() },
            Request::CreateAttribute,
        ] {
            assert_eq!(request.to_string().parse(), Ok(request));
        }
    }

    #[test]
    fn a_text_that_is_no_request_is_refused() {
        for text in ["", "POST", "GET /contacts/1", "undo PUT /contacts/1", "POST /contacts/1/tags"] {
            assert!(text.parse::<Request>().is_err(), "{text}");
        }
    }
}
