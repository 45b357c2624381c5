//! The whole workspace as one document in a fixed order, so that two final states can be compared.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sandbox::workspace::Workspace;
use crate::sandbox::workspace::contact::{Contact, Standing};

pub(super) fn of(workspace: &Workspace) -> Value {
    let mut talks: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for conversation in workspace.conversations.all() {
        for participant in &conversation.contacts {
            talks.entry(participant).or_default().push(conversation.id.to_string());
        }
    }
    let contacts = workspace.contacts().map(|person| {
        let conversations = talks.get(person.id.as_str()).map_or(&[][..], Vec::as_slice);
        contact(workspace, person, conversations)
    });
    let companies = workspace.companies.all().map(|company| {
        json!({
            "id": company.id, "company_id": company.company_id, "name": company.name,
            "custom_attributes": company.custom_attributes, "members": workspace.company_size(&company.id)
        })
    });
    let conversations = workspace.conversations.all().map(|one| {
        json!({ "id": one.id.to_string(), "contacts": one.contacts, "open": one.open, "body": one.body,
            "assignee": one.assignee, "parts": one.parts.len(), "read": one.read })
    });
    let messages = workspace.messages.iter().map(
        |one| json!({ "from": one.from, "to": one.to, "kind": one.kind, "subject": one.subject, "body": one.body }),
    );
    let attributes = workspace.attributes.all().map(|attribute| {
        json!({
            "name": attribute.name, "model": attribute.model.as_str(), "data_type": attribute.data_type.as_str(),
            "archived": attribute.archived
        })
    });
    let visitors = workspace
        .visitors
        .all()
        .map(|visitor| json!({ "id": visitor.id, "user_id": visitor.user_id, "name": visitor.name }));
    let tags = workspace.tags.all().map(|tag| json!({ "id": tag.id.to_string(), "name": tag.name }));
    json!({
        "schema": "leadfold.sandbox.state/1",
        "workspace_id": workspace.identity.id_code,
        "contacts": contacts.collect::<Vec<_>>(),
        "deleted": workspace.deleted,
        "visitors": visitors.collect::<Vec<_>>(),
        "tags": tags.collect::<Vec<_>>(),
        "companies": companies.collect::<Vec<_>>(),
        "conversations": conversations.collect::<Vec<_>>(),
        "messages": messages.collect::<Vec<_>>(),
        "data_attributes": attributes.collect::<Vec<_>>(),
    })
}

fn contact(workspace: &Workspace, contact: &Contact, conversations: &[String]) -> Value {
    let (standing, into) = match &contact.standing {
        Standing::Active => ("active", None),
        Standing::Archived => ("archived", None),
        Standing::Blocked => ("blocked", None),
        Standing::Merged { into } => ("merged", Some(into)),
    };
    let mut tags: Vec<&str> = contact
        .tags
        .iter()
        .filter_map(|applied| workspace.tags.get(applied.tag))
        .map(|tag| tag.name.as_str())
        .collect();
    tags.sort_unstable();
    let mut companies: Vec<Value> = contact
        .companies
        .iter()
        .filter_map(|id| workspace.companies.get(id))
        .map(|company| json!({ "id": company.id, "company_id": company.company_id, "name": company.name }))
        .collect();
    companies.sort_by_key(|company| company["company_id"].to_string());
    // Oldest first, as a person would read them.
    let notes: Vec<&str> = workspace.notes.of(&contact.id).rev().map(|note| note.body.as_str()).collect();
    let subscriptions: serde_json::Map<String, Value> =
        contact.subscriptions.iter().map(|(id, consent)| (id.to_string(), json!(consent.as_str()))).collect();
    json!({
        "id": contact.id,
        "state": standing,
        "merged_into": into,
        "merged_from": contact.merged_from.iter().map(|from| from.id.as_str()).collect::<Vec<_>>(),
        "role": contact.role.as_str(),
        "external_id": contact.external_id,
        "email": contact.email,
        "phone": contact.phone,
        "name": contact.name,
        "avatar": contact.avatar,
        "owner_id": contact.owner,
        "unsubscribed_from_emails": contact.unsubscribed_from_emails,
        "has_hard_bounced": contact.has_hard_bounced,
        "marked_email_as_spam": contact.marked_email_as_spam,
        "created_at": contact.created_at,
        "updated_at": contact.updated_at,
        "signed_up_at": contact.signed_up_at,
        "last_seen_at": contact.last_seen_at,
        "custom_attributes": contact.custom_attributes,
        "tags": tags,
        "companies": companies,
        "notes": notes,
        "subscriptions": subscriptions,
        "conversations": conversations,
    })
}
