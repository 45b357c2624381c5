//! A rule said no: the status, the code and the words Intercom would use.
//!
//! Statuses are plain numbers, so the rules stay free of HTTP types. Codes and texts follow the examples in Intercom's
//! published description (2.14) and, where that is silent, the error texts its users quote.

/// Why a request was not carried out. Nothing has changed when one of these is returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) field: Option<String>,
    /// Target of a `Link: <…>; rel="canonical"` header.
    pub(crate) canonical: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), field: None, canonical: None }
    }

    /// 400 about one field of the body.
    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(400, "parameter_invalid", message) }
    }

    /// 400 for something the body must hold and does not.
    pub(crate) fn missing(message: impl Into<String>) -> Self {
        Self::new(400, "parameter_not_found", message)
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "bad_request", message)
    }

    pub(crate) fn contact_not_found() -> Self {
        Self::new(404, "not_found", "User Not Found")
    }

    pub(crate) fn lead_not_found() -> Self {
        Self::new(404, "not_found", "Contact Not Found")
    }

    pub(crate) fn visitor_not_found() -> Self {
        Self::new(404, "not_found", "Visitor Not Found")
    }

    pub(crate) fn resource_not_found() -> Self {
        Self::new(404, "not_found", "Resource Not Found")
    }

    pub(crate) fn company_not_found() -> Self {
        Self::new(404, "company_not_found", "Company Not Found")
    }

    /// 409, with the words a client has to read the id from.
    pub(crate) fn exists(id: &str, archived: bool) -> Self {
        let start = if archived { "An archived contact" } else { "A contact" };
        Self::new(409, "conflict", format!("{start} matching those details already exists with id={id}"))
    }

    /// 409 of the 1.x dialect: an address is not enough to tell who is meant.
    pub(crate) fn several_users() -> Self {
        let message = "Multiple existing users match this email address - must be more specific using user_id";
        Self::new(409, "conflict", message)
    }

    pub(crate) fn invalid_merge(message: &str) -> Self {
        Self::new(400, "invalid_merge", message)
    }

    /// 410 of version 2.16 and later: the contact lives on as another one.
    pub(crate) fn merged(canonical: &str) -> Self {
        let message = format!("This contact was merged into {canonical}");
        Self { canonical: Some(format!("/contacts/{canonical}")), ..Self::new(410, "contact_merged", message) }
    }
}
