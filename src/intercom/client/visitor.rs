//! Visitors: people the messenger has seen and nobody knows yet. Not part of a workspace's contacts, so apart from the two
//! traits.

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::Client;
use super::read::unreadable;
use super::send::Call;
use crate::contact::Role;
use crate::intercom::retry::Repeat;
use crate::intercom::wire;
use crate::intercom::{Contact, Error, Visitor, VisitorUser};

impl Client {
    /// `GET /visitors?user_id=`: a visitor by the user id the messenger gave it.
    pub async fn visitor_by_user_id(&self, user_id: &str) -> Result<Visitor, Error> {
        let mut call = Call::get(&["visitors"]);
        call.query.push(("user_id", user_id.to_owned()));
        wire::visitor(&self.send(call).await?).map_err(unreadable)
    }

    /// `GET /visitors/{id}`: a visitor by Intercom's id.
    pub async fn visitor_by_id(&self, id: &str) -> Result<Visitor, Error> {
        wire::visitor(&self.send(Call::get(&["visitors", id])).await?).map_err(unreadable)
    }

    /// `POST /visitors/convert`: the visitor disappears and becomes a lead, a new user, or part of the user that is named.
    pub async fn convert_visitor(&self, visitor: &Visitor, role: Role, user: &VisitorUser) -> Result<Contact, Error> {
        let mut named = Map::new();
        if let Some(id) = &user.id {
            named.insert("id".to_owned(), json!(&*id.0));
        }
        if let Some(external_id) = &user.external_id {
            named.insert("user_id".to_owned(), json!(external_id));
        }
        if let Some(email) = &user.email {
            named.insert("email".to_owned(), json!(email));
        }
        let kind = match role {
            Role::Lead => "lead",
            Role::User => "user",
        };
        let mut body = json!({ "visitor": { "id": visitor.id }, "type": kind });
        if let Some(body) = body.as_object_mut()
            && (!named.is_empty() || self.dialect.visitor_needs_user())
        {
            body.insert("user".to_owned(), Value::Object(named));
        }
        // The second one finds no visitor, which looks like a refusal of the first
        let call = Call::write(Method::POST, &["visitors", "convert"], Repeat::Unsafe).with(body);
        let answer = self.send(call).await?;
        if self.dialect.is_legacy() { self.person(answer) } else { wire::contact(answer).map_err(unreadable) }
    }
}
