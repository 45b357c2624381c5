//! Abilities of the API's preview version: asked for, never assumed.
//!
//! A workspace that has not got them answers 404, 403 or that the version is invalid; that is no error here but the
//! answer that there is nothing to see. Source: the published description of the preview (`descriptions/0`).

use reqwest::Method;
use serde_json::{Value, json};

use super::Client;
use super::read::unreadable;
use super::send::Call;
use crate::contact::IntercomId;
use crate::intercom::retry::Repeat;
use crate::intercom::wire;
use crate::intercom::{Contact, Error, MergePreview};

pub(super) const VERSION: &str = "Preview";

/// Whether an answer says that the workspace has none of the preview's abilities.
pub(super) fn has_no_preview(error: &Error) -> bool {
    matches!(error, Error::NotFound { .. } | Error::Configuration(_) | Error::Unauthorized { status: 403, .. })
}

impl Client {
    /// `POST /contacts/merge/preview`: what a merge would do; `None` where the workspace does not answer to it. Changes
    /// nothing. Versions before 2.16 do not want a shared e-mail or phone, so then it is not asked about.
    pub async fn merge_preview(&self, from: &IntercomId, into: &IntercomId) -> Result<Option<MergePreview>, Error> {
        let mut body = json!({ "from": &*from.0, "into": &*into.0 });
        if !self.dialect.merged_is_gone()
            && let Some(body) = body.as_object_mut()
        {
            body.insert("skip_duplicate_validation".to_owned(), json!(true));
        }
        match self.ask_preview(body).await {
            // Two users are never merged without it
            Err(Error::Refused { code, .. }) if code == "parameter_not_allowed" => {
                self.ask_preview(json!({ "from": &*from.0, "into": &*into.0 })).await
            }
            result => result,
        }
    }

    async fn ask_preview(&self, body: Value) -> Result<Option<MergePreview>, Error> {
        let path = ["contacts", "merge", "preview"];
        let call = Call { version: Some(VERSION), ..Call::write(Method::POST, &path, Repeat::Safe).with(body) };
        match self.send(call).await {
            Ok(answer) => wire::merge_preview(&answer).map(Some).map_err(unreadable),
            Err(error) if has_no_preview(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// `POST /contacts/merge` of two users, which only the preview version takes. Returns the survivor.
    pub async fn merge_users(&self, from: &IntercomId, into: &IntercomId) -> Result<Contact, Error> {
        let body = json!({ "from": &*from.0, "into": &*into.0 });
        let path = ["contacts", "merge"];
        let call = Call { version: Some(VERSION), ..Call::write(Method::POST, &path, Repeat::Unsafe).with(body) };
        wire::contact(self.send(call).await?).map_err(unreadable)
    }
}
