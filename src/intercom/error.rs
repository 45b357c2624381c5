//! What can go wrong on the wire, and what to do about it.

use std::time::Duration;

use super::RateLimit;
use crate::contact::IntercomId;

/// What the caller may do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Not carried out; may be sent again after this long.
    Retry {
        /// How long to wait.
        after: Duration,
    },
    /// Refused; this action fails, the run goes on.
    GiveUp,
    /// May or may not have been carried out: look before sending again.
    InDoubt,
    /// The run cannot go on (token, plan, permission, version).
    Abort,
}

/// An answer that is no success, or no answer. Messages carry the server's own words and request id, never the token
/// or a contact's values.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// 401 and 403: the token is wrong, lacks a permission, or belongs to another region.
    #[error("Intercom refused the access token ({status} {code}: {message}{})", request_suffix(.request_id.as_deref()))]
    Unauthorized {
        /// HTTP status.
        status: u16,
        /// Intercom's error code.
        code: String,
        /// Intercom's words.
        message: String,
        /// Intercom's request id.
        request_id: Option<String>,
    },
    /// 404.
    #[error("not found ({code}: {message}{})", request_suffix(.request_id.as_deref()))]
    NotFound {
        /// Intercom's error code.
        code: String,
        /// Intercom's words.
        message: String,
        /// Intercom's request id.
        request_id: Option<String>,
    },
    /// 410: merged away; the canonical contact when the answer names it.
    #[error("the contact was merged into another one{}", request_suffix(.request_id.as_deref()))]
    Gone {
        /// The contact it was merged into.
        canonical: Option<IntercomId>,
        /// Intercom's request id.
        request_id: Option<String>,
    },
    /// 409: another contact is in the way.
    #[error("{message} ({code}{})", request_suffix(.request_id.as_deref()))]
    Conflict {
        /// The contact in the way, taken from the message.
        existing: Option<IntercomId>,
        /// Whether that contact is archived.
        archived: bool,
        /// Intercom's error code.
        code: String,
        /// Intercom's words.
        message: String,
        /// Intercom's request id.
        request_id: Option<String>,
    },
    /// 400, 422 and other refusals of this one request.
    #[error("{message} ({status} {code}{})", request_suffix(.request_id.as_deref()))]
    Refused {
        /// HTTP status.
        status: u16,
        /// Intercom's error code.
        code: String,
        /// Intercom's words.
        message: String,
        /// The field Intercom names.
        field: Option<String>,
        /// Intercom's request id.
        request_id: Option<String>,
    },
    /// 429 four times in a row: three retries are used up. Not carried out.
    #[error("{message} (429 {code}, after {attempts} attempts{})", request_suffix(.request_id.as_deref()))]
    RateLimited {
        /// Requests sent for this action.
        attempts: u32,
        /// The limit as the answer told it.
        limit: Option<RateLimit>,
        /// Intercom's error code.
        code: String,
        /// Intercom's words.
        message: String,
        /// Intercom's request id.
        request_id: Option<String>,
    },
    /// 408 and 5xx, or an answer that cannot be read: may have been carried out.
    #[error("the server failed ({status}: {message}{})", request_suffix(.request_id.as_deref()))]
    Server {
        /// HTTP status.
        status: u16,
        /// Intercom's error code, when the body is Intercom's.
        code: Option<String>,
        /// What the body said, as far as it is a sentence.
        message: String,
        /// Intercom's request id.
        request_id: Option<String>,
    },
    /// No connection was made: certainly not carried out.
    #[error("cannot reach {host}: {message}")]
    Unreachable {
        /// The host.
        host: String,
        /// The system's reason.
        message: String,
    },
    /// The connection broke or timed out after the request went out: may have been carried out.
    #[error("no answer from {host}: {message}")]
    NoAnswer {
        /// The host.
        host: String,
        /// The system's reason.
        message: String,
    },
    /// Settings that cannot work, found before anything is sent.
    #[error("{0}")]
    Configuration(String),
}

fn request_suffix(request_id: Option<&str>) -> String {
    request_id.map_or_else(String::new, |id| format!(", request {id}"))
}

impl Error {
    /// The error of an area that plans and permissions leave out (conversations on small plans): 403 there says nothing
    /// about the token, so it is a refusal of this one request.
    pub(super) fn of_one_area(self) -> Self {
        match self {
            Self::Unauthorized { status: 403, code, message, request_id } => {
                Self::Refused { status: 403, code, message, field: None, request_id }
            }
            other => other,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Unauthorized { .. } | Self::Configuration(_) => Disposition::Abort,
            Self::NotFound { .. }
            | Self::Gone { .. }
            | Self::Conflict { .. }
            | Self::Refused { .. }
            | Self::RateLimited { .. } => Disposition::GiveUp,
            Self::Unreachable { .. } => Disposition::Retry { after: Duration::from_secs(1) },
            Self::Server { .. } | Self::NoAnswer { .. } => Disposition::InDoubt,
        }
    }

    /// Intercom's request id, for support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Unauthorized { request_id, .. }
            | Self::NotFound { request_id, .. }
            | Self::Gone { request_id, .. }
            | Self::Conflict { request_id, .. }
            | Self::Refused { request_id, .. }
            | Self::RateLimited { request_id, .. }
            | Self::Server { request_id, .. } => request_id.as_deref(),
            Self::Unreachable { .. } | Self::NoAnswer { .. } | Self::Configuration(_) => None,
        }
    }
}
