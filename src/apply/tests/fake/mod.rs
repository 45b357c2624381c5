//! A pretend workspace in memory, with Intercom's rules, a search that lags, and faults on order.

mod read;
mod write;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{BEGIN, RuntimeClock};
use crate::apply::Clock as _;
use crate::contact::{IntercomId, Role};
use crate::intercom::{Contact, DataAttribute, DataType, Embedded, Error};

/// What goes wrong with a request that writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing is done, and the answer says so.
    Refused,
    /// Nothing is done, and nobody can tell.
    LostBefore,
    /// It is done, but the answer is lost.
    LostAfter,
    /// No connection.
    Unreachable,
    /// The token is no longer good.
    Unauthorized,
    /// Nothing is done, and the process is killed meanwhile.
    KilledBefore,
    /// It is done, and the process is killed before the answer.
    KilledAfter,
}

/// A contact as the workspace keeps it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    pub(super) role: Role,
    pub(super) standard: BTreeMap<String, Value>,
    pub(super) custom: BTreeMap<String, Value>,
    pub(super) tags: BTreeSet<String>,
    pub(super) companies: BTreeSet<String>,
    pub(super) notes: Vec<String>,
    /// Subscription types, and whether the contact opted out of them.
    pub(super) choices: BTreeMap<String, bool>,
    pub(super) archived: bool,
    pub(super) created_at: i64,
    updated_at: i64,
}

#[derive(Debug, Default)]
struct State {
    contacts: BTreeMap<String, Kept>,
    merged: HashMap<String, String>,
    tags: Vec<String>,
    companies: Vec<(String, String)>,
    conversations: BTreeMap<String, (bool, BTreeSet<String>)>,
    attributes: Vec<DataAttribute>,
    next_id: u32,
    writes: Vec<String>,
    reads: u64,
    faults: HashMap<usize, Fault>,
    kill_at_read: Option<u64>,
}

/// The workspace.
#[derive(Debug)]
pub(super) struct Fake {
    state: Mutex<State>,
    clock: RuntimeClock,
    /// How long a new contact stays out of search.
    pub(super) search_lag: i64,
    /// Intercom 2.16 answers 410 for a merged lead, earlier versions 404.
    pub(super) gone: bool,
    pub(super) latency: Duration,
    pub(super) killed: Notify,
}

impl Fake {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::default(),
            clock: RuntimeClock::start(),
            search_lag: 0,
            gone: false,
            latency: Duration::from_millis(20),
            killed: Notify::new(),
        }
    }

    pub(super) fn clock(&self) -> RuntimeClock {
        self.clock
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap())
    }

    /// Puts a contact in: `email`, `name`, `custom:plan`…
    pub(super) fn seed(&self, id: &str, role: Role, values: &[(&str, &str)]) {
        let mut kept = Kept {
            role,
            standard: BTreeMap::new(),
            custom: BTreeMap::new(),
            tags: BTreeSet::new(),
            companies: BTreeSet::new(),
            notes: Vec::new(),
            choices: BTreeMap::new(),
            archived: false,
            created_at: BEGIN - 86_400,
            updated_at: BEGIN - 86_400,
        };
        for (name, value) in values {
            match (name.strip_prefix("custom:"), *name) {
                (Some(custom), _) => kept.custom.insert(custom.to_owned(), json!(value)),
                (None, "unsubscribed_from_emails") => kept.standard.insert((*name).to_owned(), json!(*value == "true")),
                (None, _) => kept.standard.insert((*name).to_owned(), json!(value)),
            };
        }
        self.with(|state| state.contacts.insert(id.to_owned(), kept));
    }

    pub(super) fn edit(&self, id: &str, edit: impl FnOnce(&mut Kept)) {
        let now = self.clock.now().0;
        self.with(|state| {
            let kept = state.contacts.get_mut(id).unwrap();
            edit(kept);
            kept.updated_at = now;
        });
    }

    pub(super) fn seed_tags(&self, id: &str, tags: &[&str]) {
        self.with(|state| {
            for tag in tags {
                let tag_id = ensure(&mut state.tags, tag);
                state.contacts.get_mut(id).unwrap().tags.insert(tag_id);
            }
        });
    }

    pub(super) fn seed_choice(&self, id: &str, subscription: &str, opted_out: bool) {
        self.with(|state| state.contacts.get_mut(id).unwrap().choices.insert(subscription.to_owned(), opted_out));
    }

    pub(super) fn seed_company(&self, id: &str, name: &str) {
        self.with(|state| {
            state.companies.push((format!("key-{}", name.to_lowercase()), name.to_owned()));
            let company = format!("c{}", state.companies.len() - 1);
            state.contacts.get_mut(id).unwrap().companies.insert(company);
        });
    }

    pub(super) fn seed_conversation(&self, conversation: &str, open: bool, contact: &str) {
        let members = BTreeSet::from([contact.to_owned()]);
        self.with(|state| state.conversations.insert(conversation.to_owned(), (open, members)));
    }

    pub(super) fn seed_attribute(&self, name: &str, data_type: DataType) {
        self.with(|state| state.attributes.push(attribute(name, data_type)));
    }

    /// The `number`th request that writes, starting at 1, goes wrong.
    pub(super) fn fault(&self, number: usize, fault: Fault) {
        self.with(|state| state.faults.insert(number, fault));
    }

    /// The process is killed while the `number`th request that reads is under way.
    pub(super) fn kill_at_read(&self, number: u64) {
        self.with(|state| state.kill_at_read = Some(number));
    }

    pub(super) fn no_more_faults(&self) {
        self.with(|state| {
            state.faults.clear();
            state.kill_at_read = None;
        });
    }

    /// Requests that wrote or tried to, in order.
    pub(super) fn writes(&self) -> Vec<String> {
        self.with(|state| state.writes.clone())
    }

    pub(super) fn reads(&self) -> u64 {
        self.with(|state| state.reads)
    }

    pub(super) fn kept(&self, id: &str) -> Kept {
        self.with(|state| state.contacts[id].clone())
    }

    pub(super) fn is_there(&self, id: &str) -> bool {
        self.with(|state| state.contacts.contains_key(id))
    }

    pub(super) fn is_merged(&self, id: &str) -> bool {
        self.with(|state| state.merged.contains_key(id))
    }

    pub(super) fn members(&self, conversation: &str) -> BTreeSet<String> {
        self.with(|state| state.conversations[conversation].1.clone())
    }

    /// Contacts with this e-mail address, archived or not.
    pub(super) fn with_email(&self, email: &str) -> Vec<String> {
        self.with(|state| {
            let has = |kept: &Kept| kept.standard.get("email") == Some(&json!(email));
            state.contacts.iter().filter(|(_, kept)| has(kept)).map(|(id, _)| id.clone()).collect()
        })
    }

    pub(super) fn tag_names(&self, id: &str) -> Vec<String> {
        self.with(|state| {
            let index = |tag: &String| tag.trim_start_matches('t').parse::<usize>().unwrap();
            state.contacts[id].tags.iter().map(|tag| state.tags[index(tag)].clone()).collect()
        })
    }

    /// The whole state without ids the server chose and without times: what two runs must agree on.
    pub(super) fn picture(&self) -> Vec<String> {
        self.with(|state| {
            let mut lines: Vec<String> = state
                .contacts
                .values()
                .map(|kept| {
                    let tags: BTreeSet<&String> = kept
                        .tags
                        .iter()
                        .map(|tag| &state.tags[tag.trim_start_matches('t').parse::<usize>().unwrap()])
                        .collect();
                    let companies: BTreeSet<&String> = kept
                        .companies
                        .iter()
                        .map(|company| &state.companies[company.trim_start_matches('c').parse::<usize>().unwrap()].1)
                        .collect();
                    format!(
                        "{:?} {:?} {:?} {tags:?} {companies:?} {:?} {:?} archived: {}",
                        kept.role, kept.standard, kept.custom, kept.notes, kept.choices, kept.archived
                    )
                })
                .collect();
            lines.sort();
            for (conversation, (_, members)) in &state.conversations {
                lines.push(format!("conversation {conversation}: {members:?}"));
            }
            lines
        })
    }

    async fn read<T>(&self, answer: impl FnOnce(&mut State) -> Result<T, Error>) -> Result<T, Error> {
        tokio::time::sleep(self.latency).await;
        let kill = self.with(|state| {
            state.reads += 1;
            state.kill_at_read == Some(state.reads)
        });
        if kill {
            self.die().await;
        }
        self.with(answer)
    }

    async fn die(&self) {
        self.killed.notify_one();
        std::future::pending::<()>().await;
    }

    async fn write<T>(&self, name: String, act: impl FnOnce(&mut State) -> Result<T, Error>) -> Result<T, Error> {
        tokio::time::sleep(self.latency / 2).await;
        let fault = self.with(|state| {
            state.writes.push(name);
            state.faults.get(&state.writes.len()).copied()
        });
        match fault {
            Some(Fault::Refused) => return Err(refused("parameter_invalid", "the pretend workspace refuses")),
            Some(Fault::LostBefore) => {
                return Err(Error::Server {
                    status: 502,
                    code: None,
                    message: "bad gateway".to_owned(),
                    request_id: None,
                });
            }
            Some(Fault::Unreachable) => {
                self.with(|state| state.writes.pop());
                return Err(Error::Unreachable { host: "pretend".to_owned(), message: "refused".to_owned() });
            }
            Some(Fault::Unauthorized) => {
                return Err(Error::Unauthorized {
                    status: 401,
                    code: "token_revoked".to_owned(),
                    message: "Access Token Invalid".to_owned(),
                    request_id: Some("req-1".to_owned()),
                });
            }
            Some(Fault::KilledBefore) => self.die().await,
            _ => {}
        }
        let answer = self.with(act);
        if fault == Some(Fault::KilledAfter) {
            self.die().await;
        }
        tokio::time::sleep(self.latency / 2).await;
        if fault == Some(Fault::LostAfter) {
            return Err(Error::NoAnswer { host: "pretend".to_owned(), message: "timed out".to_owned() });
        }
        answer
    }

    fn show(&self, state: &State, id: &str) -> Result<Contact, Error> {
        let missing = || Error::NotFound {
            code: "not_found".to_owned(),
            message: "User Not Found".to_owned(),
            request_id: Some("req-404".to_owned()),
        };
        if let Some(into) = state.merged.get(id) {
            return Err(if self.gone {
                Error::Gone { canonical: Some(IntercomId(into.as_str().into())), request_id: None }
            } else {
                missing()
            });
        }
        state.contacts.get(id).map(|kept| contact(id, kept)).ok_or_else(missing)
    }
}

fn refused(code: &str, message: &str) -> Error {
    Error::Refused {
        status: 400,
        code: code.to_owned(),
        message: message.to_owned(),
        field: None,
        request_id: Some("req-400".to_owned()),
    }
}

fn attribute(name: &str, data_type: DataType) -> DataAttribute {
    DataAttribute {
        name: name.to_owned(),
        data_type,
        custom: true,
        api_writable: true,
        archived: false,
        options: Vec::new(),
    }
}

fn ensure(tags: &mut Vec<String>, name: &str) -> String {
    let place = tags.iter().position(|tag| tag.eq_ignore_ascii_case(name)).unwrap_or_else(|| {
        tags.push(name.to_owned());
        tags.len() - 1
    });
    format!("t{place}")
}

fn embedded(ids: impl ExactSizeIterator<Item = String>) -> Embedded {
    let total = ids.len() as u64;
    Embedded { ids: ids.take(10).collect(), total }
}

fn contact(id: &str, kept: &Kept) -> Contact {
    let text = |name: &str| kept.standard.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |name: &str| kept.standard.get(name).and_then(Value::as_i64);
    Contact {
        external_id: text("external_id"),
        email: text("email"),
        phone: text("phone"),
        name: text("name"),
        unsubscribed_from_emails: kept.standard.get("unsubscribed_from_emails") == Some(&json!(true)),
        created_at: Some(kept.created_at),
        updated_at: Some(kept.updated_at),
        signed_up_at: number("signed_up_at"),
        last_seen_at: number("last_seen_at"),
        custom_attributes: kept.custom.clone().into_iter().collect(),
        tags: embedded(kept.tags.iter().cloned()),
        companies: embedded(kept.companies.iter().cloned()),
        notes: embedded(kept.notes.iter().map(|_| "n".to_owned()).collect::<Vec<_>>().into_iter()),
        archived: kept.archived,
        raw: json!({"type": "contact", "id": id}),
        ..Contact::bare(id, kept.role)
    }
}

/// Shared with a run that may be killed.
pub(super) fn shared(fake: Fake) -> Arc<Fake> {
    Arc::new(fake)
}
