//! What newer versions can do and tell about a contact beyond the two traits: blocking it, and what was merged into it.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::Value;

use super::Client;
use super::read::{circle, unreadable};
use super::send::Call;
use crate::contact::IntercomId;
use crate::intercom::retry::Repeat;
use crate::intercom::wire;
use crate::intercom::{Error, Merged};

impl Client {
    /// `POST /contacts/{id}/block`: the contact is hidden, its conversations are closed, and Intercom takes nothing from it
    /// any more. There is no way back.
    pub async fn block(&self, id: &IntercomId) -> Result<(), Error> {
        if self.dialect.is_legacy() {
            return Err(self.has_no_call_to("block a contact"));
        }
        self.send(Call::write(Method::POST, &["contacts", &id.0, "block"], Repeat::SafeGoneIsDone)).await.map(drop)
    }

    /// `GET /contacts/{id}/merge_history` (2.16): what was merged into this user, newest first.
    pub async fn merge_history(&self, id: &IntercomId) -> Result<Vec<Merged>, Error> {
        if !self.dialect.merged_is_gone() {
            return Err(self.has_no_call_to("tell what was merged into a contact"));
        }
        let path = ["contacts", &*id.0, "merge_history"];
        let (mut history, mut seen, mut cursor) = (Vec::new(), HashSet::new(), None::<String>);
        loop {
            let mut call = Call::get(&path);
            call.query.extend(cursor.take().map(|cursor| ("cursor", cursor)));
            let answer = self.send(call).await?;
            let next = answer.get("next_cursor").and_then(Value::as_str).map(str::to_owned);
            for entry in wire::list(answer, "data").map_err(unreadable)?.items {
                history.push(wire::merged(&entry).map_err(unreadable)?);
            }
            match next {
                None => return Ok(history),
                Some(next) if !seen.insert(next.clone()) => return Err(circle()),
                Some(next) => cursor = Some(next),
            }
        }
    }

    fn has_no_call_to(&self, what: &str) -> Error {
        Error::Refused {
            status: 400,
            code: "not_in_this_version".to_owned(),
            message: format!("version {} of the API cannot {what}", self.dialect.version()),
            field: None,
            request_id: None,
        }
    }
}
