//! What an apply would do, without doing it: the same preflight, the same freshness check, and counts.
//!
//! Is given a workspace that can only be read, so nothing here can write, whatever the plan says.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use tokio::sync::watch;

use super::crew::Crew;
use super::freshness::{Comparison, OwnWrites, WireChange, before_merge, compare, moved_message, wire_changes};
use super::summary::{Failure, MOST_FAILURES};
use super::value::AttributeTypes;
use super::{Error, Options, preflight};
use crate::contact::{IntercomId, Role};
use crate::intercom::{self, Contact, Disposition, ReadWorkspace};
use crate::plan::{Action, ActionBody, ActionKind, Target, WorkspaceBinding};
use crate::store::{ActionState, ActionWork, Choice, PlanFile, last_place};

/// What an apply would do now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rehearsal {
    /// The workspace.
    pub workspace: WorkspaceBinding,
    /// Actions still to be carried out, by kind.
    pub open: BTreeMap<ActionKind, u64>,
    /// Actions settled by earlier runs.
    pub settled: u64,
    /// Custom attributes that would have to be made first.
    pub missing_attributes: Vec<String>,
    /// Actions whose contacts were read: still as the plan relied on.
    pub fresh: u64,
    /// Actions whose contacts were read: nothing would be written.
    pub already_so: u64,
    /// Actions that would be left alone or fail, the first [`MOST_FAILURES`].
    pub obstacles: Vec<Failure>,
    /// All of them.
    pub obstructed: u64,
    /// Open actions whose contacts were not read: new contacts, or beyond the number asked for.
    pub unchecked: u64,
    /// Contacts read.
    pub contacts_read: u64,
}

/// Groups read from the plan file at a time.
const PAGE: usize = 256;

/// Open actions looked at for each contact that may be read: enough for every group that holds that many contacts.
const ACTIONS_A_CONTACT: u64 = 20;

/// Tells what an apply would do now. Reads at most `most_contacts` contacts, and looks at the first actions only;
/// `None` reads every contact the plan touches.
pub async fn rehearse<W: ReadWorkspace>(
    plan_file: &PlanFile,
    workspace: &W,
    options: &Options,
    most_contacts: Option<u64>,
    cancel: watch::Receiver<bool>,
) -> Result<Rehearsal, Error> {
    // What would be made is told, not refused
    let lenient = Options { create_attributes: true, ..options.clone() };
    let ready = preflight::check(plan_file, workspace, &lenient, None).await?;
    let tally = plan_file.tally()?;
    let mut rehearsal = Rehearsal {
        workspace: ready.workspace.clone(),
        open: tally.iter().filter(|tally| tally.open > 0).map(|tally| (tally.kind, tally.open)).collect(),
        settled: tally.iter().map(|tally| tally.all - tally.open).sum(),
        missing_attributes: ready.to_create.clone(),
        fresh: 0,
        already_so: 0,
        obstacles: Vec::new(),
        obstructed: 0,
        unchecked: 0,
        contacts_read: 0,
    };
    let types = ready.types().with_texts(&ready.to_create);
    plan_file.arrange_work(most_contacts.map_or(Choice::Open, |most| Choice::FirstOpen(most * ACTIONS_A_CONTACT)))?;
    let (mut after, mut exhausted) = (None, false);
    let mut queue = Vec::new();
    let mut crew = Crew::new();
    let mut reading = 0_u64;
    loop {
        // Those under way may read a few more: the number is a brake, not a promise
        let enough = *cancel.borrow() || most_contacts.is_some_and(|most| reading >= most);
        if queue.is_empty() && !exhausted && !enough {
            let page = plan_file.groups(after, PAGE)?;
            after = last_place(&page).or(after);
            exhausted = page.is_empty();
            queue = page.into_iter().rev().collect();
        }
        while crew.len() < options.lanes.max(1)
            && !enough
            && let Some(actions) = queue.pop()
        {
            reading += u64::try_from(touched(&actions).len()).unwrap_or(u64::MAX);
            crew.push(look_at(workspace, actions, &types));
        }
        if crew.len() == 0 {
            break;
        }
        rehearsal.add(crew.next().await?);
    }
    let checked = rehearsal.fresh + rehearsal.already_so + rehearsal.obstructed;
    rehearsal.unchecked = rehearsal.open.values().sum::<u64>().saturating_sub(checked);
    Ok(rehearsal)
}

impl Rehearsal {
    fn add(&mut self, glance: Glance) {
        self.fresh += glance.fresh;
        self.already_so += glance.already_so;
        self.contacts_read += glance.read;
        self.obstructed += u64::try_from(glance.obstacles.len()).unwrap_or(u64::MAX);
        let room = MOST_FAILURES.saturating_sub(self.obstacles.len());
        self.obstacles.extend(glance.obstacles.into_iter().take(room));
        self.obstacles.sort_by_key(|obstacle| obstacle.action);
    }
}

/// What looking at one group gave.
#[derive(Debug, Default)]
struct Glance {
    fresh: u64,
    already_so: u64,
    read: u64,
    obstacles: Vec<Failure>,
}

/// Existing contacts that the open actions of a group rely on.
fn touched(actions: &[ActionWork]) -> Vec<IntercomId> {
    let mut contacts = Vec::new();
    for work in actions.iter().filter(|work| is_open(work)) {
        if let Target::Existing(id) = &work.action.target {
            contacts.push(id.clone());
        }
        if let ActionBody::Merge { from } = &work.action.body {
            contacts.push(from.clone());
        }
    }
    contacts.sort();
    contacts.dedup();
    contacts
}

fn is_open(work: &ActionWork) -> bool {
    !matches!(work.state, ActionState::Done { .. } | ActionState::AlreadySo)
}

async fn look_at<W: ReadWorkspace>(
    workspace: &W,
    actions: Vec<ActionWork>,
    types: &AttributeTypes,
) -> Result<Glance, Error> {
    let mut glance = Glance::default();
    let mut found: HashMap<IntercomId, Result<Contact, String>> = HashMap::new();
    for id in touched(&actions) {
        glance.read += 1;
        let contact = match workspace.contact(&id).await {
            Ok(contact) if contact.archived => Err("the contact was archived since the plan was made".to_owned()),
            Ok(contact) => Ok(contact),
            Err(error) if error.disposition() == Disposition::Abort => return Err(error.into()),
            Err(error @ (intercom::Error::NotFound { .. } | intercom::Error::Gone { .. })) => {
                Err(format!("the contact is not there any more: {error}"))
            }
            Err(error) => return Err(error.into()),
        };
        found.insert(id, contact);
    }
    let mut own: HashMap<IntercomId, OwnWrites> = HashMap::new();
    for work in &actions {
        let later = updates_of(&actions, &work.action.target, types);
        let verdict = glance_at((&work.action, &later), &found, &own, types);
        if let Target::Existing(target) = &work.action.target {
            note_own(own.entry(target.clone()).or_default(), &work.action, types);
        }
        if !is_open(work) {
            continue;
        }
        match verdict {
            None => {}
            Some(Ok(true)) => glance.already_so += 1,
            Some(Ok(false)) => glance.fresh += 1,
            Some(Err(message)) => {
                let (action, kind) = (work.action.id, work.action.kind());
                glance.obstacles.push(Failure { action, kind, state: "stale", message });
            }
        }
    }
    Ok(glance)
}

/// Whether an action finds all it relies on; `Ok(true)` when nothing is left to write; `None` when it cannot be told.
fn glance_at(
    (action, later): (&Action, &[WireChange]),
    found: &HashMap<IntercomId, Result<Contact, String>>,
    own: &HashMap<IntercomId, OwnWrites>,
    types: &AttributeTypes,
) -> Option<Result<bool, String>> {
    if let ActionBody::Create { values, .. } = &action.body {
        // Only what can be known without asking: whether the values fit their attributes
        return wire_changes(values, types).err().map(Err);
    }
    let Target::Existing(target) = &action.target else { return None };
    let contact = match found.get(target)? {
        Ok(contact) => contact,
        Err(message) => return Some(Err(message.clone())),
    };
    match &action.body {
        ActionBody::Update { changes } => {
            let changes = match wire_changes(changes, types) {
                Ok(changes) => changes,
                Err(message) => return Some(Err(message)),
            };
            let own = own.get(target).cloned().unwrap_or_default();
            Some(match compare(contact, &changes, &own) {
                Comparison::AlreadySo => Ok(true),
                Comparison::Write(_) => Ok(false),
                Comparison::Moved(attributes) => Err(moved_message(&attributes)),
            })
        }
        ActionBody::Merge { from } => Some(match found.get(from)? {
            Err(message) => Err(message.clone()),
            Ok(lead) if lead.role != Role::Lead => Err("the lead has become a user since the plan was made".to_owned()),
            Ok(_) => match before_merge(contact, later, &own.get(target).cloned().unwrap_or_default()) {
                moved if moved.is_empty() => Ok(false),
                moved => Err(moved_message(&moved)),
            },
        }),
        _ => Some(Ok(false)),
    }
}

/// All a group's updates want of one contact.
fn updates_of(actions: &[ActionWork], target: &Target, types: &AttributeTypes) -> Vec<WireChange> {
    let of_target = actions.iter().filter(|work| work.action.target == *target);
    let changes = of_target.filter_map(|work| match &work.action.body {
        ActionBody::Update { changes } => wire_changes(changes, types).ok(),
        _ => None,
    });
    changes.flatten().collect()
}

/// What an earlier action of the group will have changed by then.
fn note_own(own: &mut OwnWrites, action: &Action, types: &AttributeTypes) {
    match &action.body {
        ActionBody::Merge { .. } => own.merged = true,
        ActionBody::Update { changes } => {
            if let Ok(changes) = wire_changes(changes, types) {
                own.written.extend(changes.into_iter().map(|change| (change.attribute, change.after)));
            }
        }
        _ => {}
    }
}
