//! Everything smaller than a contact: teammates, tags, companies, notes, conversations, attributes.

use serde_json::Value;

use crate::contact::IntercomId;

use super::lenient::{Malformed, array, flag, integer, required, text};
use super::{
    Admin, BulkJob, BulkState, Company, CompanyId, Conversation, DataAttribute, DataType, Me, MergeChange,
    MergePreview, Merged, Note, Subscription, Tag, TagId, Visitor,
};

/// Reads `GET /me`. The workspace's id must be there: plans are bound to it.
pub(in crate::intercom) fn me(answer: &Value) -> Result<Me, Malformed> {
    let app = answer.get("app").ok_or(Malformed("app"))?;
    Ok(Me {
        admin_id: required(answer, "id")?,
        admin_name: text(answer, "name").unwrap_or_default(),
        workspace_id: text(app, "id_code").ok_or(Malformed("app.id_code"))?,
        workspace_name: text(app, "name").unwrap_or_default(),
        region: text(app, "region").unwrap_or_default(),
        timezone: text(app, "timezone").unwrap_or_default(),
        founded_at: integer(app, "created_at"),
    })
}

/// Reads a teammate.
pub(in crate::intercom) fn admin(answer: &Value) -> Result<Admin, Malformed> {
    Ok(Admin {
        id: required(answer, "id")?,
        name: text(answer, "name").unwrap_or_default(),
        email: text(answer, "email").unwrap_or_default(),
    })
}

/// Reads a visitor.
pub(in crate::intercom) fn visitor(answer: &Value) -> Result<Visitor, Malformed> {
    Ok(Visitor {
        id: required(answer, "id")?,
        user_id: text(answer, "user_id").or_else(|| text(answer, "external_id")),
        email: text(answer, "email"),
        name: text(answer, "name"),
    })
}

/// Reads a preview of a merge. Whether it is allowed must be there.
pub(in crate::intercom) fn merge_preview(answer: &Value) -> Result<MergePreview, Malformed> {
    let allowed = answer.get("allowed").and_then(Value::as_bool).ok_or(Malformed("word on whether it is allowed"))?;
    let reasons = array(answer, "reasons").unwrap_or_default().iter().map(|reason| {
        let (code, message) = (text(reason, "code").unwrap_or_default(), text(reason, "message"));
        message.map_or_else(|| code.clone(), |message| format!("{message} ({code})"))
    });
    let listed = answer.pointer("/summary/attribute_changes/attributes").and_then(Value::as_array);
    let changes = listed.into_iter().flatten().filter_map(|change| {
        Some(MergeChange {
            field: text(change, "field")?,
            outcome: text(change, "outcome").unwrap_or_default(),
            result: change.get("new_into_value").cloned().unwrap_or_default(),
        })
    });
    Ok(MergePreview { allowed, reasons: reasons.collect(), changes: changes.collect() })
}

/// Reads a job.
pub(in crate::intercom) fn bulk_job(answer: &Value) -> Result<BulkJob, Malformed> {
    let state = match text(answer, "state").as_deref() {
        Some("completed") => BulkState::Completed,
        Some("completed_with_errors") => BulkState::CompletedWithErrors,
        _ => BulkState::UnderWay,
    };
    Ok(BulkJob { id: required(answer, "id")?, state })
}

/// Reads an entry of a history of merges.
pub(in crate::intercom) fn merged(answer: &Value) -> Result<Merged, Malformed> {
    Ok(Merged {
        id: IntercomId(required(answer, "source_contact_id")?.as_str().into()),
        role: text(answer, "source_contact_role"),
        merged_at: integer(answer, "merged_at"),
    })
}

/// Reads a subscription type as a contact has it.
pub(in crate::intercom) fn subscription(answer: &Value) -> Result<Subscription, Malformed> {
    let translated = answer.get("default_translation").and_then(|translation| text(translation, "name"));
    Ok(Subscription {
        id: required(answer, "id")?,
        name: translated.or_else(|| text(answer, "name")).unwrap_or_default(),
        opted_out: text(answer, "consent_type").as_deref() == Some("opt_out"),
    })
}

/// Reads a tag.
pub(in crate::intercom) fn tag(answer: &Value) -> Result<Tag, Malformed> {
    Ok(Tag { id: TagId(required(answer, "id")?), name: text(answer, "name").unwrap_or_default() })
}

/// Reads a company.
pub(in crate::intercom) fn company(answer: &Value) -> Result<Company, Malformed> {
    Ok(Company {
        id: CompanyId(required(answer, "id")?),
        company_id: text(answer, "company_id").unwrap_or_default(),
        name: text(answer, "name").unwrap_or_default(),
    })
}

/// Reads a note.
pub(in crate::intercom) fn note(answer: &Value) -> Result<Note, Malformed> {
    Ok(Note {
        id: required(answer, "id")?,
        body: text(answer, "body").unwrap_or_default(),
        created_at: integer(answer, "created_at"),
        author: answer.get("author").and_then(|author| text(author, "name")),
    })
}

/// Reads a conversation. Snoozed counts as open.
pub(in crate::intercom) fn conversation(answer: &Value) -> Result<Conversation, Malformed> {
    let open = match text(answer, "state").as_deref() {
        Some("closed") => false,
        Some(_) => true,
        None => flag(answer, "open", true),
    };
    Ok(Conversation { id: required(answer, "id")?, open, created_at: integer(answer, "created_at") })
}

/// Reads an attribute. A type nobody knows counts as text; a type with a list of options is [`DataType::Options`].
pub(in crate::intercom) fn data_attribute(answer: &Value) -> Result<DataAttribute, Malformed> {
    let options: Vec<String> = array(answer, "options")
        .unwrap_or_default()
        .iter()
        .filter_map(|option| option.as_str().map(str::to_owned).or_else(|| text(option, "value")))
        .collect();
    let data_type = match text(answer, "data_type").as_deref() {
        _ if !options.is_empty() => DataType::Options,
        Some("integer") => DataType::Integer,
        Some("float") => DataType::Float,
        Some("boolean") => DataType::Boolean,
        Some("date") => DataType::Date,
        Some("options") => DataType::Options,
        _ => DataType::String,
    };
    Ok(DataAttribute {
        name: required(answer, "name")?,
        data_type,
        custom: flag(answer, "custom", false),
        api_writable: flag(answer, "api_writable", true),
        archived: flag(answer, "archived", false),
        options,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn me_names_the_workspace_or_is_no_answer() {
        let answer = json!({"type": "admin", "id": 991, "name": null,
            "app": {"id_code": "w0rk", "name": "Example", "region": "EU", "timezone": "Europe/Dublin"}});
        let read = me(&answer).unwrap();
        assert_eq!((read.admin_id.as_str(), read.workspace_id.as_str(), read.region.as_str()), ("991", "w0rk", "EU"));
        assert_eq!(me(&json!({"id": 1, "app": {}})), Err(Malformed("app.id_code")));
        assert_eq!(me(&json!({"id": 1, "app": null})), Err(Malformed("app.id_code")));
    }

    #[test]
    fn attributes_with_options_are_options_whatever_their_type_says() {
        let read = |value| data_attribute(&value).unwrap();
        let plan =
            read(json!({"name": "plan", "data_type": "string", "options": ["pro", {"value": "free"}], "custom": true}));
        assert_eq!((plan.data_type, plan.options), (DataType::Options, vec!["pro".into(), "free".into()]));
        assert_eq!(read(json!({"name": "seats", "data_type": "integer"})).data_type, DataType::Integer);
        assert_eq!(read(json!({"name": "blob", "data_type": "object"})).data_type, DataType::String);
        assert!(read(json!({"name": "old", "archived": true})).archived);
    }

    #[test]
    fn a_conversation_is_open_unless_it_is_closed() {
        let open = |value: Value| conversation(&value).unwrap().open;
        assert!(open(json!({"id": 1, "state": "snoozed", "open": false})));
        assert!(!open(json!({"id": 1, "state": "closed"})));
        assert!(!open(json!({"id": 1, "open": false})));
    }
}
