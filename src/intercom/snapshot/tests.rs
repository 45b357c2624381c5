use std::collections::HashMap;
use std::sync::Mutex;

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::*;
use crate::contact::{Field, SourceId};
use crate::intercom::{
    Admin, Company, CompanyId, ContactPage, Conversation, Cursor, DataAttribute, Me, RateLimit, SearchQuery, Tag,
    TagId, wire,
};

/// A workspace in memory that counts what it is asked.
#[derive(Default)]
struct Workspace {
    pages: Vec<(Vec<Value>, Option<&'static str>)>,
    total: Option<u64>,
    tag_list: Vec<(&'static str, &'static str)>,
    /// `None`: the workspace cannot list companies.
    company_list: Option<Vec<(&'static str, &'static str)>>,
    tags: HashMap<&'static str, Vec<(&'static str, &'static str)>>,
    companies: HashMap<&'static str, Vec<(&'static str, &'static str)>>,
    notes: HashMap<&'static str, Vec<&'static str>>,
    asked: Mutex<Vec<String>>,
}

fn missing() -> Error {
    Error::NotFound { code: "not_found".into(), message: "User Not Found".into(), request_id: None }
}

impl Workspace {
    fn ask(&self, what: &str) {
        self.asked.lock().unwrap().push(what.to_owned());
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn tags(pairs: &[(&str, &str)]) -> Vec<Tag> {
    pairs.iter().map(|(id, name)| Tag { id: TagId((*id).into()), name: (*name).into() }).collect()
}

fn companies(pairs: &[(&str, &str)]) -> Vec<Company> {
    let company = |(id, name): &(&str, &str)| Company {
        id: CompanyId((*id).into()),
        company_id: String::new(),
        name: (*name).into(),
    };
    pairs.iter().map(company).collect()
}

impl ReadWorkspace for Workspace {
    async fn me(&self) -> Result<Me, Error> {
        Err(missing())
    }
    async fn admins(&self) -> Result<Vec<Admin>, Error> {
        Ok(vec![])
    }
    async fn contact(&self, _: &IntercomId) -> Result<Contact, Error> {
        Err(missing())
    }
    async fn list(&self, cursor: Option<&Cursor>) -> Result<ContactPage, Error> {
        let index = match cursor {
            None => 0,
            Some(cursor) => self.pages.iter().position(|(_, next)| *next == Some(cursor.0.as_str())).unwrap() + 1,
        };
        self.ask(&format!("list {index}"));
        let (contacts, next) = self.pages[index % self.pages.len()].clone();
        Ok(ContactPage {
            contacts: contacts.into_iter().map(|contact| wire::contact(contact).unwrap()).collect(),
            total_count: self.total,
            next: next.map(|next| Cursor(next.into())),
        })
    }
    async fn search(&self, _: &SearchQuery, _: Option<&Cursor>) -> Result<ContactPage, Error> {
        Err(missing())
    }
    async fn tags(&self, id: &IntercomId) -> Result<Vec<Tag>, Error> {
        self.ask(&format!("tags of {}", id.0));
        self.tags.get(&*id.0).map(|pairs| tags(pairs)).ok_or_else(missing)
    }
    async fn tag_list(&self) -> Result<Vec<Tag>, Error> {
        self.ask("tags");
        Ok(tags(&self.tag_list))
    }
    async fn companies(&self, id: &IntercomId) -> Result<Vec<Company>, Error> {
        self.ask(&format!("companies of {}", id.0));
        self.companies.get(&*id.0).map(|pairs| companies(pairs)).ok_or_else(missing)
    }
    async fn company_list(&self) -> Result<Vec<Company>, Error> {
        self.ask("companies");
        self.company_list.as_ref().map(|pairs| companies(pairs)).ok_or_else(missing)
    }
    async fn notes(&self, id: &IntercomId) -> Result<Vec<Note>, Error> {
        self.ask(&format!("notes of {}", id.0));
        let note = |body: &&str| Note { id: "1".into(), body: (*body).into(), created_at: None, author: None };
        self.notes.get(&*id.0).map(|bodies| bodies.iter().map(note).collect()).ok_or_else(missing)
    }
    async fn conversations(&self, _: &IntercomId) -> Result<Vec<Conversation>, Error> {
        Ok(vec![])
    }
    async fn data_attributes(&self) -> Result<Vec<DataAttribute>, Error> {
        Ok(vec![])
    }
    fn rate_limit(&self) -> Option<RateLimit> {
        None
    }
}

fn list(ids: &[&str], has_more: bool) -> Value {
    let data: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
    json!({"type": "list", "data": data, "total_count": ids.len(), "has_more": has_more})
}

async fn pull(workspace: &Workspace) -> Snapshot {
    Snapshot::pull(workspace, |_, _| {}).await.unwrap()
}

#[tokio::test]
async fn every_contact_is_there_once_in_the_order_of_ids_though_pages_shift() {
    let workspace = Workspace {
        pages: vec![
            (vec![json!({"id": "c", "name": "old"}), json!({"id": "a"})], Some("next")),
            (vec![json!({"id": "b"}), json!({"id": "c", "name": "new"})], None),
        ],
        total: Some(4),
        ..Workspace::default()
    };
    let mut told = Vec::new();
    let snapshot = Snapshot::pull(&workspace, |read, total| told.push((read, total))).await.unwrap();
    let ids: Vec<_> = snapshot.members.iter().map(|member| &*member.contact.id.0).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(snapshot.member(&IntercomId("c".into())).unwrap().contact.name.as_deref(), Some("new"));
    assert_eq!(snapshot.member(&IntercomId("d".into())), None);
    assert_eq!(told, [(2, Some(4)), (3, Some(4))]);
    assert_eq!(snapshot.drift(), -1);
    assert!(snapshot.members.iter().all(|member| member.contact.raw.is_null()));
    assert_eq!(workspace.asked(), ["list 0", "list 1"]);
}

#[tokio::test]
async fn a_list_that_goes_round_in_a_circle_is_an_error() {
    let pages = vec![(vec![json!({"id": "a"})], Some("x")), (vec![json!({"id": "b"})], Some("x"))];
    let workspace = Workspace { pages, ..Workspace::default() };
    assert!(Snapshot::pull(&workspace, |_, _| {}).await.is_err());
}

#[tokio::test]
async fn tag_names_cost_one_request_and_one_more_for_a_contact_with_more_than_it_shows() {
    let workspace = Workspace {
        pages: vec![(
            vec![
                json!({"id": "a", "tags": list(&["2", "1"], false)}),
                json!({"id": "b", "tags": list(&["1"], true)}),
                json!({"id": "c"}),
            ],
            None,
        )],
        tag_list: vec![("1", "vip"), ("2", "fair")],
        tags: HashMap::from([("b", vec![("1", "vip"), ("3", "new")])]),
        ..Workspace::default()
    };
    let snapshot = pull(&workspace).await;
    let names: Vec<_> = snapshot.members.iter().map(|member| member.tags.join(",")).collect();
    assert_eq!(names, ["fair,vip", "new,vip", ""]);
    assert_eq!(workspace.asked(), ["list 0", "tags", "tags of b"]);
}

#[tokio::test]
async fn a_company_of_many_contacts_is_asked_for_once() {
    let contacts = (0..5).map(|n| json!({"id": format!("{n}"), "companies": list(&["x"], false)})).collect();
    let workspace = Workspace {
        pages: vec![(contacts, None)],
        // The first contact is gone by the time it is asked
        companies: HashMap::from([("1", vec![("x", "Acme")])]),
        ..Workspace::default()
    };
    let snapshot = pull(&workspace).await;
    assert!(snapshot.members.iter().all(|member| member.companies == ["Acme"]));
    assert_eq!(workspace.asked(), ["list 0", "companies of 0", "companies of 1"]);
}

#[tokio::test]
async fn a_contact_with_more_companies_than_it_shows_is_asked_itself() {
    let contacts =
        vec![json!({"id": "a", "companies": list(&["x"], false)}), json!({"id": "b", "companies": list(&["x"], true)})];
    let workspace = Workspace {
        pages: vec![(contacts, None)],
        companies: HashMap::from([("a", vec![("x", "Acme")]), ("b", vec![("x", "Acme"), ("y", "Other")])]),
        ..Workspace::default()
    };
    assert_eq!(pull(&workspace).await.members[1].companies, ["Acme", "Other"]);
}

#[tokio::test]
async fn many_companies_are_listed_and_what_the_list_lacks_is_asked_for() {
    let ids: Vec<String> = (0..20).map(|n| format!("x{n}")).collect();
    let contacts =
        ids.iter().enumerate().map(|(n, x)| json!({"id": format!("{n:02}"), "companies": list(&[x], false)}));
    let contacts: Vec<Value> = contacts.collect();
    let names: Vec<(&'static str, &'static str)> =
        ids.iter().take(19).map(|id| (&*id.clone().leak(), "Acme")).collect();
    let workspace = Workspace {
        pages: vec![(contacts.clone(), None)],
        company_list: Some(names),
        companies: HashMap::from([("19", vec![("x19", "Late Ltd")])]),
        ..Workspace::default()
    };
    let snapshot = pull(&workspace).await;
    assert_eq!(snapshot.members.last().unwrap().companies, ["Late Ltd"]);
    assert_eq!(workspace.asked(), ["list 0", "companies", "companies of 19"]);

    let without = Workspace { pages: vec![(contacts, None)], ..Workspace::default() };
    assert!(pull(&without).await.members.iter().all(|member| member.companies.is_empty()));
    assert_eq!(without.asked().len(), 22);
}

#[tokio::test]
async fn notes_are_read_for_chosen_contacts_that_have_some() {
    let workspace = Workspace {
        pages: vec![(
            vec![
                json!({"id": "a", "notes": list(&["1"], false)}),
                json!({"id": "b"}),
                json!({"id": "c", "notes": list(&["2"], false)}),
            ],
            None,
        )],
        notes: HashMap::from([("a", vec!["<p>met at <b>the fair</b></p>"])]),
        ..Workspace::default()
    };
    let mut snapshot = pull(&workspace).await;
    let ids: Vec<IntercomId> = ["a", "b", "zzz"].map(|id| IntercomId(id.into())).into();
    snapshot.fill_notes(&workspace, &ids).await.unwrap();
    let counts: Vec<_> = snapshot.members.iter().map(|member| member.notes.as_ref().map(Vec::len)).collect();
    assert_eq!(counts, [Some(1), Some(0), None]);
    assert_eq!(workspace.asked(), ["list 0", "notes of a"]);
    let rows = snapshot.rows(SourceId(0));
    let note = rows[0].cells.iter().find(|cell| cell.field == Field::Note).unwrap();
    assert_eq!(note.text, "met at the fair");
}

async fn two_contacts() -> Snapshot {
    let workspace = Workspace {
        pages: vec![(
            vec![
                json!({"id": "a", "role": "user", "external_id": "u-1", "email": "ada@example.com", "name": "Ada, \"Countess\"",
                    "phone": "+441632960123", "created_at": 1_571_672_154, "last_seen_at": null,
                    "unsubscribed_from_emails": true, "location": {"city": "Dublin", "country": "Ireland"},
                    "custom_attributes": {"city": "Cork", "job_title": "Analyst", "seats": 3, "paid": false, "gone": null,
                        "links": ["x"], "Email": "second@example.com"},
                    "tags": list(&["1", "2"], false), "companies": list(&["x"], false)}),
                json!({"id": "b", "role": "lead", "email": null, "custom_attributes": {"birthday": "1980-04-03"}}),
            ],
            None,
        )],
        tag_list: vec![("1", "vip"), ("2", "fair")],
        companies: HashMap::from([("a", vec![("x", "Acme")])]),
        ..Workspace::default()
    };
    pull(&workspace).await
}

#[tokio::test]
async fn a_row_holds_everything_and_what_leadfold_wrote_comes_back_as_its_field() {
    let rows = two_contacts().await.rows(SourceId(3));
    let shown: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells = row.cells.iter().map(|cell| format!("{}={}", cell.field, cell.text));
            format!("{}:{} {}", row.origin.source.0, row.origin.row, cells.collect::<Vec<_>>().join(" | "))
        })
        .collect();
    assert_snapshot!(shown.join("\n"), @r#"
    3:1 id=a | role=user | external_id=u-1 | email=ada@example.com | name=Ada, "Countess" | phone=+441632960123 | company=Acme | tags=fair | tags=vip | job_title=Analyst | city=Cork | country=Ireland | created_at=1571672154 | unsubscribed=true | hard_bounced=false | marked_as_spam=false | custom:seats=3 | custom:paid=false | custom:Email=second@example.com
    3:2 id=b | role=lead | birthday=1980-04-03 | unsubscribed=false | hard_bounced=false | marked_as_spam=false
    "#);
}

#[tokio::test]
async fn the_csv_has_fixed_columns_then_custom_attributes_by_name() {
    let mut out = Vec::new();
    two_contacts().await.write_csv(&mut out).unwrap();
    assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
    id,role,external_id,email,name,phone,companies,tags,created_at,updated_at,last_seen_at,signed_up_at,unsubscribed_from_emails,has_hard_bounced,marked_email_as_spam,city,region,country,custom_attributes.Email,birthday,job_title,links,paid,seats
    a,user,u-1,ada@example.com,"Ada, ""Countess""",+441632960123,Acme,fair; vip,2019-10-21T15:35:54Z,,,,true,false,false,Cork,,Ireland,second@example.com,,Analyst,"[""x""]",false,3
    b,lead,,,,,,,,,,,false,false,false,,,,,1980-04-03,,,,
    "#);
}
