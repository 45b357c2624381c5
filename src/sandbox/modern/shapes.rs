//! How the 2.x dialect writes things down. Shapes follow the examples of Intercom's description 2.14.

use serde_json::{Value, json};

use crate::sandbox::both::{self, staff};
use crate::sandbox::version::Version;
use crate::sandbox::workspace::Workspace;
use crate::sandbox::workspace::attribute::Attribute;
use crate::sandbox::workspace::company::Company;
use crate::sandbox::workspace::contact::{Applied, Consent, Contact, MergedFrom};
use crate::sandbox::workspace::conversation::Conversation;
use crate::sandbox::workspace::note::Note;
use crate::sandbox::workspace::page::Page;
use crate::sandbox::workspace::subscription::SubscriptionType;
use crate::sandbox::workspace::tag::Tag;

/// Fields that a pretend workspace never learns.
const UNKNOWN: [&str; 14] = [
    "last_email_opened_at",
    "last_email_clicked_at",
    "language_override",
    "browser",
    "browser_version",
    "browser_language",
    "os",
    "utm_campaign",
    "utm_content",
    "utm_medium",
    "utm_source",
    "utm_term",
    "referrer",
    "enabled_push_messaging",
];

/// How many tags, notes and companies a contact shows by itself.
const EMBEDDED: usize = 10;

fn embedded(kind: &str, place: &str, url: &str, ids: Vec<String>) -> Value {
    let total = ids.len();
    let data: Vec<Value> = ids
        .into_iter()
        .take(EMBEDDED)
        .map(|id| json!({ "type": kind, "url": format!("{place}/{id}"), "id": id }))
        .collect();
    json!({ "type": "list", "data": data, "url": url, "total_count": total, "has_more": total > EMBEDDED })
}

/// A contact in full. `archived` appears only on one that is.
pub(super) fn contact(workspace: &Workspace, contact: &Contact, version: Version) -> Value {
    let url = |part: &str| format!("/contacts/{}/{part}", contact.id);
    let chosen = |consent: Consent| {
        let held = contact.subscriptions.iter().filter(|(_, held)| **held == consent);
        let ids = held.map(|(id, _)| id.to_string()).collect();
        embedded("subscription", "/subscription_types", &url("subscriptions"), ids)
    };
    let tags = contact.tags.iter().map(|applied| applied.tag.to_string()).collect();
    let notes = workspace.notes.of(&contact.id).map(|note| note.id.to_string()).collect();
    let owner = match contact.owner {
        Some(id) if version.owner_is_text() => json!(id.to_string()),
        other => json!(other),
    };
    let mut shape = json!({
        "type": "contact",
        "id": contact.id,
        "workspace_id": workspace.identity.id_code,
        "external_id": contact.external_id,
        "role": contact.role.as_str(),
        "email": contact.email,
        "email_domain": contact.email_domain(),
        "phone": contact.phone,
        "name": contact.name,
        "avatar": contact.avatar.as_ref().map(|url| json!({ "type": "avatar", "image_url": url })),
        "owner_id": owner,
        "social_profiles": { "type": "list", "data": [] },
        "has_hard_bounced": contact.has_hard_bounced,
        "marked_email_as_spam": contact.marked_email_as_spam,
        "unsubscribed_from_emails": contact.unsubscribed_from_emails,
        "created_at": contact.created_at,
        "updated_at": contact.updated_at,
        "signed_up_at": contact.signed_up_at,
        "last_seen_at": contact.last_seen_at,
        "last_replied_at": contact.last_replied_at,
        "last_contacted_at": contact.last_contacted_at,
        "location": {
            "type": "location", "country": null, "region": null, "city": null,
            "country_code": null, "continent_code": null
        },
        "custom_attributes": contact.custom_attributes,
        "tags": embedded("tag", "/tags", &url("tags"), tags),
        "notes": embedded("note", "/notes", &url("notes"), notes),
        "companies": embedded("company", "/companies", &url("companies"), contact.companies.clone()),
        "opted_out_subscription_types": chosen(Consent::OptOut),
        "opted_in_subscription_types": chosen(Consent::OptIn),
    });
    if let Some(fields) = shape.as_object_mut() {
        for field in UNKNOWN {
            fields.insert(field.to_owned(), Value::Null);
        }
        for system in ["android", "ios"] {
            for part in ["app_name", "app_version", "device", "os_version", "sdk_version", "last_seen_at"] {
                fields.insert(format!("{system}_{part}"), Value::Null);
            }
        }
        if contact.is_hidden() {
            fields.insert("archived".to_owned(), json!(true));
        }
    }
    shape
}

/// A contact that was merged into another one.
pub(super) fn merged(from: &MergedFrom) -> Value {
    json!({
        "type": "merge_history", "source_contact_id": from.id, "source_contact_role": from.role.as_str(),
        "merged_at": from.at
    })
}

/// `{type, id, external_id, <flag>: <value>}`: the answer of archive, delete, block.
pub(super) fn reference(contact: &Contact, flag: &str, value: bool) -> Value {
    json!({ "type": "contact", "id": contact.id, "external_id": contact.external_id, flag: value })
}

/// A page of contacts, or of anything else with the same envelope.
pub(super) fn page(data: impl Iterator<Item = Value>, page: &Page<impl Sized>) -> Value {
    let mut pages = json!({
        "type": "pages",
        "page": page.number,
        "per_page": page.per_page,
        "total_pages": page.total.div_ceil(page.per_page.max(1)),
    });
    if let Some(next) = page.next {
        pages["next"] = json!({ "page": next.page, "per_page": page.per_page, "starting_after": next.text() });
    }
    json!({ "type": "list", "data": data.collect::<Vec<_>>(), "total_count": page.total, "pages": pages })
}

pub(super) fn tag(tag: &Tag) -> Value {
    json!({ "type": "tag", "id": tag.id.to_string(), "name": tag.name })
}

/// A tag on a contact.
pub(super) fn applied_tag(workspace: &Workspace, tag: &Tag, applied: Applied) -> Value {
    let admin = workspace.token_admin().map(|admin| json!({ "type": "admin", "id": admin.id.to_string() }));
    json!({
        "type": "tag", "id": tag.id.to_string(), "name": tag.name, "applied_at": applied.at, "applied_by": admin
    })
}

pub(super) fn company(workspace: &Workspace, company: &Company) -> Value {
    let plan = company.plan.as_ref().map_or_else(|| json!({}), |name| json!({ "type": "plan", "name": name }));
    let tags: Vec<Value> = company.tags.iter().filter_map(|id| workspace.tags.get(*id)).map(tag).collect();
    let mut shape = json!({
        "type": "company",
        "company_id": company.company_id,
        "id": company.id,
        "app_id": workspace.identity.id_code,
        "name": company.name,
        "remote_created_at": company.remote_created_at.unwrap_or(company.created_at),
        "created_at": company.created_at,
        "updated_at": company.updated_at,
        "monthly_spend": company.monthly_spend,
        "session_count": 0,
        "user_count": workspace.company_size(&company.id),
        "tags": { "type": "tag.list", "tags": tags },
        "segments": { "type": "segment.list", "segments": [] },
        "plan": plan,
        "custom_attributes": company.custom_attributes,
    });
    let details = [
        ("website", company.website.clone().map(Value::from)),
        ("industry", company.industry.clone().map(Value::from)),
        ("size", company.size.map(Value::from)),
    ];
    for (field, value) in details {
        if let Some(value) = value {
            shape[field] = value;
        }
    }
    shape
}

pub(super) fn note(workspace: &Workspace, note: &Note) -> Value {
    json!({
        "type": "note",
        "id": note.id.to_string(),
        "created_at": note.created_at,
        "contact": { "type": "contact", "id": note.contact },
        "author": note.admin.and_then(|id| workspace.admin(id)).map(staff::shape),
        "body": note.body,
    })
}

/// A subscription type; on a contact `consent` is the contact's own choice.
pub(super) fn subscription(kind: &SubscriptionType, consent: Consent) -> Value {
    let translation = json!({ "name": kind.name, "description": kind.name, "locale": "en" });
    json!({
        "type": "subscription",
        "id": kind.id.to_string(),
        "state": "live",
        "consent_type": consent.as_str(),
        "default_translation": translation,
        "translations": [translation],
        "content_types": [kind.content],
    })
}

pub(super) fn attribute(workspace: &Workspace, attribute: &Attribute) -> Value {
    let mut shape = json!({
        "id": attribute.id,
        "type": "data_attribute",
        "name": attribute.name,
        "full_name": format!("custom_attributes.{}", attribute.name),
        "label": attribute.name,
        "data_type": attribute.data_type.as_str(),
        "api_writable": true,
        "ui_writable": false,
        "messenger_writable": attribute.messenger_writable,
        "custom": true,
        "archived": attribute.archived,
        "admin_id": workspace.token_admin().map(|admin| admin.id.to_string()),
        "created_at": attribute.created_at,
        "updated_at": attribute.updated_at,
        "model": attribute.model.as_str(),
    });
    if let Some(description) = &attribute.description {
        shape["description"] = json!(description);
    }
    if !attribute.options.is_empty() {
        shape["options"] = json!(attribute.options);
    }
    shape
}

pub(super) fn conversation(workspace: &Workspace, conversation: &Conversation) -> Value {
    let contacts: Vec<Value> = conversation
        .contacts
        .iter()
        .map(|id| {
            let external_id = workspace.contact(id).and_then(|contact| contact.external_id.clone());
            json!({ "type": "contact", "id": id, "external_id": external_id })
        })
        .collect();
    json!({
        "type": "conversation",
        "id": conversation.id.to_string(),
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
        "open": conversation.open,
        "state": conversation.state(),
        "read": conversation.read,
        "snoozed_until": conversation.snoozed_until,
        "admin_assignee_id": conversation.assignee.filter(|id| workspace.admin(*id).is_some()),
        "team_assignee_id": conversation.assignee.filter(|id| workspace.admin(*id).is_none()),
        "conversation_parts": both::conversation_parts(workspace, conversation),
        "source": { "type": "conversation", "delivered_as": "customer_initiated", "body": conversation.body },
        "contacts": { "type": "contact.list", "contacts": contacts },
    })
}
