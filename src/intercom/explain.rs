//! What Intercom's error codes mean, and what to do. Pure.
//!
//! The table is the documentation: `docs/errors.md` holds the same rows, and a test holds the two together. Codes and
//! statuses are those of the published descriptions 2.14 and 2.16, of the reference on error codes, and of the official
//! clients, which know some that no description mentions.

use super::{Error, RateLimit};

/// What an error code means, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Intercom's code; a word of ours where Intercom gives none.
    pub code: &'static str,
    /// HTTP statuses it comes with; empty where there is no answer, or with any.
    pub statuses: &'static [u16],
    /// What it means, in words that begin a sentence.
    pub meaning: &'static str,
    /// What to do, in words that end one.
    pub remedy: &'static str,
}

const fn row(code: &'static str, statuses: &'static [u16], meaning: &'static str, remedy: &'static str) -> Explanation {
    Explanation { code, statuses, meaning, remedy }
}

const ANOTHER_TOKEN: &str = "give another token (Intercom → Settings → Developers → your app → Authentication)";

/// Every code we know of, in the order of the statuses. The first row that fits is taken.
pub const EXPLANATIONS: &[Explanation] = &[
    row(
        "parameter_invalid",
        &[400, 422],
        "a value was not accepted",
        "correct the field that is named and send it again",
    ),
    row("parameter_not_found", &[400], "something the call needs was not given", "give it: the message names it"),
    row("missing_parameter", &[400], "something the call needs was not given", "give it: the message names it"),
    row("parameter_not_allowed", &[400], "something was given that this call does not take", "leave it out"),
    row(
        "type_mismatch",
        &[400],
        "a value is of the wrong type",
        "look at the attribute's type in Intercom and write it so",
    ),
    row("client_error", &[400], "the request was not understood", "send it again with -vv and report what is printed"),
    row(
        "invalid_merge",
        &[400],
        "these two cannot be merged: only a lead can be merged into a user, and from 2.16 on only one that shares its e-mail or phone",
        "check both with leadfold lead find and leadfold user find",
    ),
    row(
        "contact_company_limit_exceeded",
        &[400],
        "the contact has 1000 companies, the most there can be",
        "take a company off first",
    ),
    row(
        "invalid_sort_order",
        &[400],
        "the order of a search was not accepted",
        "report it: leadfold sorts only as documented",
    ),
    row(
        "intercom_version_invalid",
        &[400],
        "the call does not exist in this version of the API",
        "choose another with --api",
    ),
    row("tag_has_dependent_objects", &[400], "the tag is used by a segment or rule", "remove it there first"),
    row(
        "scroll_exists",
        &[400, 409],
        "another scroll is open in this workspace, and there can be one only",
        "wait a minute: a scroll nobody uses is closed by then",
    ),
    row(
        "custom_data_limit_reached",
        &[400, 403, 422],
        "the workspace has as many custom attributes as it may have (250)",
        "archive some in Intercom, or leave columns out",
    ),
    row(
        "invalid_document",
        &[400, 422],
        "a custom attribute was not accepted",
        "its value must be text of at most 255 characters, a number, true or false, or a date",
    ),
    row("not_restorable", &[400, 422], "the contact was blocked or merged and cannot come back", "make a new one"),
    row("bad_request", &[400], "the request was not accepted", "the message says why"),
    row(
        "not_in_this_version",
        &[400],
        "this version of the API has no call for it",
        "choose another with --api, or do it in Intercom",
    ),
    row("unauthorized", &[401], "the access token was refused", ANOTHER_TOKEN),
    row(
        "token_unauthorized",
        &[401, 403],
        "the access token does not allow this",
        "give the app the permission in Intercom's Developer Hub",
    ),
    row("token_not_found", &[401], "nobody knows this access token", ANOTHER_TOKEN),
    row("token_revoked", &[401], "the access token was revoked", ANOTHER_TOKEN),
    row("token_expired", &[401], "the access token has expired", ANOTHER_TOKEN),
    row("token_blocked", &[401], "the access token is blocked", "ask Intercom's support, or give another token"),
    row("token_suspended", &[401], "the app of this token is suspended", "ask Intercom's support"),
    row(
        "api_plan_restricted",
        &[403],
        "the workspace's plan does not include this",
        "leave it out, or change the plan in Intercom",
    ),
    row(
        "action_forbidden",
        &[403],
        "the token's teammate may not do this",
        "give the teammate or the app the permission in Intercom",
    ),
    row("forbidden", &[403], "the token may not do this", "give the app the permission in Intercom's Developer Hub"),
    row(
        "company_not_found",
        &[404],
        "there is no such company",
        "it was deleted, or belongs to another workspace; look it up in Intercom",
    ),
    row("admin_not_found", &[404], "there is no such teammate", "look at the teammates in Intercom's settings"),
    row("tag_not_found", &[404], "there is no such tag", "it was deleted or renamed; tag by name"),
    row("field_not_found", &[404], "there is no such attribute", "look at the data settings in Intercom"),
    row("job_not_found", &[404], "there is no such job", "it is over, or was made in another workspace"),
    row(
        "not_found",
        &[404],
        "it is not there",
        "it was deleted, archived or merged, or belongs to another workspace; look it up with leadfold lead find or leadfold user find",
    ),
    row("not_sent", &[404], "what was given is no id", "give the contact's id"),
    row(
        "unique_user_constraint",
        &[400, 409],
        "another user has this e-mail address or external id",
        "name the user by its Intercom id",
    ),
    row(
        "resource_conflict",
        &[409],
        "another user has this e-mail address or external id",
        "name the user by its Intercom id",
    ),
    row(
        "conflict",
        &[400, 409],
        "another contact is in the way",
        "change that one, or bring it back when it is archived (leadfold user unarchive ID); where several match, name one by its Intercom id",
    ),
    row("contact_merged", &[410], "the contact was merged into another one", "go on with that one"),
    row("data_invalid", &[422], "the values do not fit together", "the message says why"),
    row(
        "unprocessable_entity",
        &[422],
        "Intercom cannot do this with this contact, for instance with a lead that came from another channel",
        "the message says why; leave the contact out, or do it in Intercom",
    ),
    row(
        "rate_limit_exceeded",
        &[429],
        "more requests were sent than the limit allows, by this program or others on the same workspace",
        "wait a moment, or take a smaller share with --rate-share",
    ),
    row("too_many_requests", &[429], "the server is too busy for this", "wait a minute and try again"),
    row(
        "request_timeout",
        &[408],
        "the server gave up waiting",
        "try again; look first where something may have been created",
    ),
    row(
        "service_unavailable",
        &[503],
        "Intercom is not available",
        "see https://www.intercomstatus.com and try again later",
    ),
    row("server_error", &[500], "Intercom failed", "try again; look first where something may have been created"),
    row("not acceptable", &[406], "the server cannot answer in JSON", "check the base URL"),
    row("unsupported media", &[415], "the server takes no JSON", "check the base URL"),
    row(
        "redirect",
        &[],
        "the address answers with a redirect, which is not followed because it would carry the token along",
        "check the base URL",
    ),
    row(
        "server error",
        &[],
        "the server failed, or a gateway in front of it",
        "try again; look first where something may have been created",
    ),
    row("unreachable", &[], "no connection was made, so nothing was sent", "check the network and the base URL"),
    row(
        "no answer",
        &[],
        "the connection broke before an answer came, so it may have been carried out",
        "look before sending it again; apply does so by itself",
    ),
];

impl Error {
    /// What the error means and what to do; `None` for settings that cannot work, which say so themselves, and for codes
    /// nobody knows.
    #[must_use]
    pub fn explanation(&self) -> Option<&'static Explanation> {
        let (status, code) = self.status_and_code()?;
        let fits = |row: &&Explanation| row.statuses.is_empty() || row.statuses.contains(&status);
        let by_code = EXPLANATIONS.iter().find(|row| row.code == code && fits(row));
        by_code.or_else(|| EXPLANATIONS.iter().find(|row| Some(row.code) == usual(status)))
    }

    /// One sentence: what it means, what the server said, with its request id, and what to do.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Some(explained) = self.explanation() else { return self.to_string() };
        let said = self.said();
        let remedy = match self {
            Self::Conflict { existing: Some(id), archived: true, .. } => {
                format!("bring that one back: leadfold user unarchive {}", id.0)
            }
            Self::Conflict { existing: Some(id), archived: false, .. } => {
                format!("change that one: leadfold user update {} NAME=VALUE", id.0)
            }
            Self::Gone { canonical: Some(id), .. } => format!("go on with {}", id.0),
            // It has no code of its own
            Self::Refused { message, .. } if message.contains("page limit reached") => {
                "lists end at 10,000 records: read on by scrolling, as leadfold pull does".to_owned()
            }
            _ => explained.remedy.to_owned(),
        };
        format!("{}: {said}; {remedy}", explained.meaning)
    }

    /// The server's own words with status, code and request id; ours where there was no answer.
    fn said(&self) -> String {
        let message = match self {
            Self::Unauthorized { message, .. }
            | Self::NotFound { message, .. }
            | Self::Conflict { message, .. }
            | Self::Refused { message, .. }
            | Self::RateLimited { message, .. }
            | Self::Server { message, .. } => message.as_str(),
            Self::Gone { .. } => "no longer a contact of its own",
            Self::Unreachable { .. } | Self::NoAnswer { .. } | Self::Configuration(_) => return self.to_string(),
        };
        let mut facts: Vec<String> = Vec::new();
        if let Some((status, code)) = self.status_and_code() {
            // A word of ours says nothing here that the status does not
            facts.push(if code.contains(' ') { status.to_string() } else { format!("{status} {code}") });
        }
        if let Self::RateLimited { attempts, limit, .. } = self {
            facts.push(format!("after {attempts} attempts"));
            facts.extend(limit.as_ref().map(limit_words));
        }
        facts.extend(self.request_id().map(|id| format!("request {id}")));
        format!("{message} ({})", facts.join(", "))
    }

    fn status_and_code(&self) -> Option<(u16, &str)> {
        match self {
            Self::Unauthorized { status, code, .. } | Self::Refused { status, code, .. } => Some((*status, code)),
            Self::NotFound { code, .. } => Some((404, code)),
            Self::Gone { .. } => Some((410, "contact_merged")),
            Self::Conflict { code, .. } => Some((409, code)),
            Self::RateLimited { code, .. } => Some((429, code)),
            Self::Server { status, code, .. } => Some((*status, code.as_deref().unwrap_or("server error"))),
            Self::Unreachable { .. } => Some((0, "unreachable")),
            Self::NoAnswer { .. } => Some((0, "no answer")),
            Self::Configuration(_) => None,
        }
    }
}

/// The row for a status whose code nobody knows.
fn usual(status: u16) -> Option<&'static str> {
    Some(match status {
        400 => "bad_request",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not_found",
        406 => "not acceptable",
        408 => "request_timeout",
        409 => "conflict",
        410 => "contact_merged",
        415 => "unsupported media",
        422 => "unprocessable_entity",
        429 => "rate_limit_exceeded",
        500.. | 200..=299 => "server error",
        _ => return None,
    })
}

fn limit_words(limit: &RateLimit) -> String {
    let reset = jiff::Timestamp::from_second(limit.reset).map_or_else(|_| limit.reset.to_string(), |at| at.to_string());
    format!("limit {} per 10 seconds with {} left until {reset}", limit.limit, limit.remaining)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn documented() -> Vec<String> {
        let text = include_str!("../../docs/errors.md");
        text.lines().filter(|line| line.starts_with("| `")).map(str::to_owned).collect()
    }

    #[test]
    fn the_documentation_lists_every_code_with_its_meaning_and_what_to_do() {
        let rows: Vec<String> = EXPLANATIONS
            .iter()
            .map(|row| {
                let statuses: Vec<String> = row.statuses.iter().map(ToString::to_string).collect();
                let statuses = if statuses.is_empty() { "–".to_owned() } else { statuses.join(", ") };
                format!("| `{}` | {statuses} | {} | {} |", row.code, row.meaning, row.remedy)
            })
            .collect();
        assert_eq!(documented(), rows, "docs/errors.md is out of step:\n{}", rows.join("\n"));
    }

    #[test]
    fn a_code_nobody_knows_is_explained_by_its_status() {
        let refused = |status, code: &str| Error::Refused {
            status,
            code: code.to_owned(),
            message: "No.".to_owned(),
            field: None,
            request_id: Some("b3c8c472".to_owned()),
        };
        assert_snapshot!(refused(422, "brand_new").sentence(), @"Intercom cannot do this with this contact, for instance with a lead that came from another channel: No. (422 brand_new, request b3c8c472); the message says why; leave the contact out, or do it in Intercom");
        assert_snapshot!(refused(418, "teapot").sentence(), @"No. (418 teapot, request b3c8c472)");
    }

    #[test]
    fn no_code_is_hidden_behind_another_row() {
        for row in EXPLANATIONS {
            let twins = EXPLANATIONS.iter().filter(|other| other.code == row.code).count();
            assert_eq!(twins, 1, "{}", row.code);
        }
    }
}
