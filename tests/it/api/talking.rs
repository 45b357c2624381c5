//! Conversations, messages and events.

use serde_json::{Value, json};

use super::{ids, in_both_dialects};

#[test]
fn conversations_are_listed_for_everybody_a_teammate_and_a_person() {
    in_both_dialects(|caller| {
        let (of_user, of_lead) = (caller.talk(&caller.user), caller.talk(&caller.lead));
        assert_eq!(ids(&caller.ask(&["GET", "/conversations", "--all"])["conversations"]).len(), 2);
        assert_eq!(caller.ask(&["GET", &format!("/conversations/{of_user}")])["id"], of_user.as_str());
        let moves = if caller.is_legacy() { "reply" } else { "parts" };
        let path = format!("/conversations/{of_user}/{moves}");
        let assign = ["type=admin", "message_type=assignment", "admin_id=991267001", "assignee_id=991267002"];
        caller.ask(&[&["POST", path.as_str()], &assign[..]].concat());
        let found = |legacy: &[&str], modern: Value| {
            let answer = if caller.is_legacy() {
                caller.ask(&[&["GET", "/conversations"], legacy].concat())
            } else {
                caller.desk.file("query.json", json!({ "query": modern }).to_string());
                caller.ask(&["POST", "/conversations/search", "--input", "query.json"])
            };
            ids(&answer["conversations"]).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let is = |field: &str, value: Value| json!({ "field": field, "operator": "=", "value": value });
        let both = |left: Value, right: Value| json!({ "operator": "AND", "value": [left, right] });
        let grace = || is("admin_assignee_id", json!(991_267_002));
        assert_eq!(found(&["type=admin", "id=991267002"], grace()), [of_user.as_str()]);
        let open = ["type=admin", "id=991267002", "open=true"];
        assert_eq!(found(&open, both(grace(), is("open", json!(true)))), [of_user.as_str()]);
        let closed = ["type=admin", "id=991267002", "open=false", "before=4000000000"];
        assert_eq!(found(&closed, both(grace(), is("open", json!(false)))), Vec::<String>::new());
        let one = is("contact_ids", json!(caller.user));
        assert_eq!(found(&["type=user", "email=ann@acme.example"], one.clone()), [of_user.as_str()]);
        assert_eq!(found(&["type=user", "email=ann@acme.example", "unread=false"], one), [of_user.as_str()]);
        let unread = both(is("contact_ids", json!(caller.user)), is("read", json!(false)));
        assert_eq!(found(&["type=user", "email=ann@acme.example", "unread=true"], unread), Vec::<String>::new());
        let lead = format!("intercom_user_id={}", caller.lead);
        assert_eq!(found(&["type=user", &lead], is("contact_ids", json!(caller.lead))), [of_lead.as_str()]);
    });
}

#[test]
fn a_conversation_is_answered_opened_closed_assigned_snoozed_and_read() {
    in_both_dialects(|caller| {
        let id = caller.talk(&caller.user);
        let reply = |path: &str, fields: &[&str]| caller.ask(&[&["POST", path], fields].concat());
        let path = format!("/conversations/{id}/reply");
        let from_user = ["type=user", "email=ann@acme.example", "message_type=comment", "body=foo"];
        let from_admin = ["type=admin", "admin_id=991267001", "message_type=comment", "body=bar"];
        reply(&path, &from_user);
        let answered = reply(&path, &from_admin);
        let part = |talk: &Value, number: usize| talk["conversation_parts"]["conversation_parts"][number].clone();
        assert_eq!(
            (&part(&answered, 0)["part_type"], &part(&answered, 1)["body"]),
            (&json!("comment"), &json!("<p>bar</p>"))
        );
        assert_eq!(answered["read"], false);
        let picture = "attachment_urls[]=https://www.acme.example/attachment.jpg";
        assert_eq!(
            part(&reply(&path, &[&from_user[..], &[picture]].concat()), 2)["attachments"][0]["name"],
            "attachment.jpg"
        );
        let last = ["type=user", "user_id=42", "message_type=comment", "body=Thanks again"];
        assert_eq!(reply("/conversations/last/reply", &last)["id"], id.as_str());
        let by_id = format!("intercom_user_id={}", caller.user);
        let last = ["type=admin", "admin_id=991267001", &by_id, "message_type=comment", "body=bar"];
        assert_eq!(reply("/conversations/last/reply", &last)["id"], id.as_str());
        let moves = if caller.is_legacy() { path } else { format!("/conversations/{id}/parts") };
        let act = |kind: &str, more: &str| {
            reply(&moves, &["type=admin", "admin_id=991267001", &format!("message_type={kind}"), more])
        };
        assert_eq!(act("close", "body=bar")["open"], false);
        assert_eq!(act("open", "body=bar")["open"], true);
        assert_eq!(act("snoozed", "snoozed_until=9999999999")["state"], "snoozed");
        assert!(act("assignment", "assignee_id=991267002").to_string().contains("991267002"));
        let read = caller.ask(&["PUT", &format!("/conversations/{id}"), "read:=true"]);
        assert_eq!(read["read"], true);
    });
}

#[test]
fn messages_go_from_teammates_to_people_and_back() {
    in_both_dialects(|caller| {
        let from_admin = ["POST", "/messages", "from[type]=admin", "from[id]=991267001"];
        let to_user = [&from_admin[..], &["to[type]=user", "to[user_id]=42", "body=What's up"]].concat();
        assert_eq!(caller.ask(&[&to_user[..], &["message_type=inapp"]].concat())["type"], "admin_message");
        let email = ["message_type=email", "subject=Hey there", "template=plain"];
        assert_eq!(caller.ask(&[&to_user[..], &email].concat())["subject"], "Hey there");
        let to_lead = format!("to[id]={}", caller.lead);
        let kind = if caller.is_legacy() { "to[type]=contact" } else { "to[type]=lead" };
        assert_eq!(
            caller.ask(&[&from_admin[..], &[kind, &to_lead, "body=How can I help"]].concat())["type"],
            "admin_message"
        );
        let path = if caller.is_legacy() { "/messages" } else { "/conversations" };
        for (kind, id) in [("user", &caller.user), ("contact", &caller.lead)] {
            let (kind, id) = (format!("from[type]={kind}"), format!("from[id]={id}"));
            assert_eq!(caller.ask(&["POST", path, &kind, &id, "body=halp"])["type"], "user_message");
        }
        assert_eq!(caller.workspace.state()["messages"].as_array().unwrap().len(), 3);
        assert_eq!(caller.workspace.state()["conversations"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn events_are_told_and_listed() {
    in_both_dialects(|caller| {
        let told = [
            &["email=ann@acme.example", "event_name=invited-friend", "metadata[invite_code]=ADDAFRIEND"][..],
            &["user_id=42", "event_name=invited-friend"],
            &[
                "email=ann@acme.example",
                "event_name=placed-order",
                "metadata[price][currency]=usd",
                "metadata[price][amount]:=2999",
            ],
        ];
        for fields in told {
            let ran =
                caller.run(&[&["POST", "/events", "created_at:=1403001013", "--yes"], fields].concat()).ends_with(0);
            assert_eq!(ran.out, "", "a success without a body prints nothing");
        }
        let who = format!("intercom_user_id={}", caller.user);
        let listed = caller.ask(&["GET", "/events", "type=user", &who, "per_page=2", "--all"]);
        let events = listed["events"].as_array().unwrap();
        assert_eq!((events.len(), &events[0]["metadata"]["price"]["amount"]), (3, &json!(2999)));
    });
}
