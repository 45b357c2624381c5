//! How the 1.x dialect writes things down. Shapes follow the examples of 1.0 to 1.4 and of the clients' tests.

use serde_json::{Value, json};

use crate::sandbox::both::{self, staff};
use crate::sandbox::workspace::Workspace;
use crate::sandbox::workspace::anonymous;
use crate::sandbox::workspace::company::Company;
use crate::sandbox::workspace::contact::{Contact, Role};
use crate::sandbox::workspace::conversation::Conversation;
use crate::sandbox::workspace::note::Note;
use crate::sandbox::workspace::tag::Tag;
use crate::sandbox::workspace::visitor::Visitor;

/// Fields that a pretend workspace never learns.
const UNKNOWN: [&str; 7] =
    ["referrer", "utm_campaign", "utm_content", "utm_medium", "utm_source", "utm_term", "do_not_track"];

fn with_unknown(mut shape: Value) -> Value {
    if let Some(fields) = shape.as_object_mut() {
        for field in UNKNOWN {
            fields.insert(field.to_owned(), Value::Null);
        }
    }
    shape
}

/// The `type` of a person here: leads are contacts.
pub(super) fn kind(role: Role) -> &'static str {
    match role {
        Role::Lead => "contact",
        Role::User => "user",
    }
}

/// The `user_id` of a person: of a user the caller's own, of a lead the automatic one.
pub(super) fn user_id(contact: &Contact) -> Option<String> {
    match contact.role {
        Role::Lead => Some(anonymous::user_id(&contact.id)),
        Role::User => contact.external_id.clone(),
    }
}

/// A user or lead in full.
pub(super) fn person(workspace: &Workspace, contact: &Contact) -> Value {
    let lead = contact.role == Role::Lead;
    let pseudonym = contact.pseudonym.clone().or_else(|| lead.then(|| anonymous::pseudonym(&contact.id)));
    let companies: Vec<Value> = contact
        .companies
        .iter()
        .filter_map(|id| workspace.companies.get(id))
        .map(|member| company(workspace, member))
        .collect();
    let tags: Vec<Value> = contact.tags.iter().filter_map(|applied| workspace.tags.get(applied.tag)).map(tag).collect();
    let segments: Vec<Value> =
        workspace.segments_of(&contact.id).map(|segment| both::segment_shape(workspace, segment, false)).collect();
    with_unknown(json!({
        "type": kind(contact.role),
        "id": contact.id,
        "user_id": user_id(contact),
        "anonymous": lead,
        "email": contact.email,
        "phone": contact.phone,
        "name": contact.name,
        "pseudonym": pseudonym,
        "avatar": { "type": "avatar", "image_url": contact.avatar },
        "app_id": workspace.identity.id_code,
        "companies": { "type": "company.list", "companies": companies },
        "location_data": {},
        "last_request_at": contact.last_seen_at,
        "last_seen_ip": contact.last_seen_ip,
        "created_at": contact.created_at,
        "remote_created_at": contact.signed_up_at,
        "signed_up_at": contact.signed_up_at,
        "updated_at": contact.updated_at,
        "session_count": contact.session_count,
        "social_profiles": { "type": "social_profile.list", "social_profiles": [] },
        "owner_id": contact.owner.map(|id| id.to_string()),
        "unsubscribed_from_emails": contact.unsubscribed_from_emails,
        "marked_email_as_spam": contact.marked_email_as_spam,
        "has_hard_bounced": contact.has_hard_bounced,
        "tags": { "type": "tag.list", "tags": tags },
        "segments": { "type": "segment.list", "segments": segments },
        "custom_attributes": contact.custom_attributes,
        "user_agent_data": contact.user_agent,
    }))
}

/// A visitor in full; this shape is the same in the 2.x dialect.
pub(crate) fn visitor(workspace: &Workspace, visitor: &Visitor) -> Value {
    with_unknown(json!({
        "type": "visitor",
        "id": visitor.id,
        "user_id": visitor.user_id,
        "anonymous": true,
        "email": visitor.email.as_deref().unwrap_or_default(),
        "phone": visitor.phone,
        "name": visitor.name,
        "pseudonym": anonymous::pseudonym(&visitor.id),
        "avatar": { "type": "avatar", "image_url": null },
        "app_id": workspace.identity.id_code,
        "companies": { "type": "company.list", "companies": [] },
        "location_data": {},
        "last_request_at": visitor.last_request_at,
        "created_at": visitor.created_at,
        "remote_created_at": visitor.created_at,
        "signed_up_at": visitor.created_at,
        "updated_at": visitor.updated_at,
        "session_count": 0,
        "social_profiles": { "type": "social_profile.list", "social_profiles": [] },
        "owner_id": null,
        "unsubscribed_from_emails": false,
        "marked_email_as_spam": false,
        "has_hard_bounced": false,
        "tags": { "type": "tag.list", "tags": [] },
        "segments": { "type": "segment.list", "segments": [] },
        "custom_attributes": visitor.custom_attributes,
    }))
}

pub(super) fn tag(tag: &Tag) -> Value {
    json!({ "type": "tag", "id": tag.id.to_string(), "name": tag.name })
}

pub(super) fn company(workspace: &Workspace, company: &Company) -> Value {
    let plan = company.plan.as_ref().map_or_else(|| json!({}), |name| json!({ "type": "plan", "name": name }));
    let tags: Vec<Value> = company.tags.iter().filter_map(|id| workspace.tags.get(*id)).map(tag).collect();
    json!({
        "type": "company",
        "company_id": company.company_id,
        "id": company.id,
        "app_id": workspace.identity.id_code,
        "name": company.name,
        "remote_created_at": company.remote_created_at,
        "created_at": company.created_at,
        "updated_at": company.updated_at,
        "last_request_at": null,
        "monthly_spend": company.monthly_spend,
        "session_count": 0,
        "user_count": workspace.company_size(&company.id),
        "size": company.size,
        "website": company.website,
        "industry": company.industry,
        "tags": { "type": "tag.list", "tags": tags },
        "segments": { "type": "segment.list", "segments": [] },
        "plan": plan,
        "custom_attributes": company.custom_attributes,
    })
}

pub(super) fn note(workspace: &Workspace, note: &Note) -> Value {
    let author = note.admin.and_then(|id| workspace.admin(id)).map(|admin| {
        let mut author = staff::shape(admin);
        author["companies"] = json!([]);
        author
    });
    let role = workspace.contact(&note.contact).map_or(Role::User, |contact| contact.role);
    json!({
        "type": "note",
        "id": note.id.to_string(),
        "created_at": note.created_at,
        "body": note.body,
        "author": author,
        "user": { "type": kind(role), "id": note.contact },
    })
}

pub(super) fn conversation(workspace: &Workspace, conversation: &Conversation) -> Value {
    let who = |id: &String| {
        let kind = workspace.contact(id).map_or("user", |contact| match contact.role {
            Role::Lead => "lead",
            Role::User => "user",
        });
        json!({ "type": kind, "id": id })
    };
    let customers: Vec<Value> = conversation.contacts.iter().map(who).collect();
    let first = customers.first().cloned().unwrap_or_default();
    let assignee = match conversation.assignee {
        None => json!({ "type": "nobody_admin", "id": null }),
        Some(id) if workspace.admin(id).is_some() => json!({ "type": "admin", "id": id.to_string() }),
        Some(id) => json!({ "type": "team", "id": id.to_string() }),
    };
    json!({
        "type": "conversation",
        "id": conversation.id.to_string(),
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
        "user": first,
        "customers": customers,
        "assignee": assignee,
        "conversation_message": {
            "type": "conversation_message", "id": conversation.id.to_string(), "subject": "",
            "body": conversation.body, "author": first, "attachments": []
        },
        "conversation_parts": both::conversation_parts(workspace, conversation),
        "open": conversation.open,
        "state": conversation.state(),
        "read": conversation.read,
        "snoozed_until": conversation.snoozed_until,
        "tags": { "type": "tag.list", "tags": [] },
    })
}
