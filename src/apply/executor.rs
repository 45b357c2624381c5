//! The coordinator: owns the plan file, hands out groups, keeps the journal.
//!
//! Groups run next to one another, as many as there are lanes; those that wait for search to catch up give their lane
//! away. Everything that waits to be written goes into one commit.

use std::collections::{HashMap, HashSet};

use tokio::sync::{mpsc, watch};

use super::Error;
use super::crew::Crew;
use super::group::{GroupRun, GroupWork};
use super::request::Request;
use super::scribe::{Claim, Claimed, Message};
use super::session::Session;
use super::summary::{Failure, MOST_FAILURES};
use crate::contact::IntercomId;
use crate::intercom::WriteWorkspace;
use crate::plan::{ActionBody, ActionId, Target};
use crate::store::{self, ActionState, ActionWork, PlanFile};

/// Which way the groups are worked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Apply,
    Undo,
}

/// Groups read from the plan file at a time.
const PAGE: usize = 256;

/// Groups under way at the same time, with those that wait for search to catch up.
const MOST_UNDER_WAY: usize = 4_096;

/// Works through all groups the plan file has chosen, and gives the remarks of an undo. Returns when everything under way has ended and is in the journal.
pub(super) async fn work<W: WriteWorkspace>(
    plan_file: &mut PlanFile,
    session: &Session<'_, W>,
    mut messages: mpsc::UnboundedReceiver<Message>,
    mut cancel: watch::Receiver<bool>,
    direction: Direction,
) -> Result<Vec<Failure>, Error> {
    let mut crew: Crew<'_, Vec<Failure>> = Crew::new();
    let mut remarks: Vec<Failure> = Vec::new();
    let mut keeper = Keeper { plan_file, claimed: HashMap::new(), failure: None };
    let mut queue: std::collections::VecDeque<GroupWork> = std::collections::VecDeque::new();
    let (mut after, mut exhausted, mut cancellable) = (None, false, true);
    let mut inbox = Vec::new();
    loop {
        if queue.is_empty() && !exhausted && !session.stopping() {
            match keeper.next_groups(&mut after) {
                Ok(page) if page.is_empty() => exhausted = true,
                Ok(page) => queue.extend(page),
                Err(error) => {
                    keeper.failure.get_or_insert(error);
                    session.stop();
                }
            }
        }
        let handing_out = !session.stopping() && !queue.is_empty() && crew.len() < MOST_UNDER_WAY;
        if crew.len() == 0 && !handing_out {
            break;
        }
        tokio::select! {
            biased;
            more = crew.next(), if crew.len() > 0 => {
                let room = MOST_FAILURES.saturating_sub(remarks.len());
                remarks.extend(more.into_iter().take(room));
            }
            _ = messages.recv_many(&mut inbox, 8_192) => keeper.keep(&mut inbox, session),
            stop = cancel.wait_for(|stop| *stop), if cancellable => {
                cancellable = false;
                // The other end may be dropped without ever asking to stop
                if stop.is_ok() {
                    session.stop();
                }
            }
            permit = session.lanes.acquire(), if handing_out => {
                if let (Ok(permit), Some(work)) = (permit, queue.pop_front()) {
                    let group = GroupRun::new(session, work, permit);
                    crew.push(async move {
                        match direction {
                            Direction::Apply => {
                                group.run().await;
                                Vec::new()
                            }
                            Direction::Undo => group.undo().await,
                        }
                    });
                }
            }
        }
    }
    while let Ok(message) = messages.try_recv() {
        inbox.push(message);
    }
    keeper.keep(&mut inbox, session);
    match keeper.failure {
        Some(error) => Err(error.into()),
        None => Ok(remarks),
    }
}

/// The one who writes the journal.
struct Keeper<'a> {
    plan_file: &'a mut PlanFile,
    /// Contacts taken as made by an action whose answer was lost.
    claimed: HashMap<IntercomId, ActionId>,
    failure: Option<store::Error>,
}

impl Keeper<'_> {
    /// Writes everything that waits in one commit, then answers. After a failure nothing is answered any more: nobody
    /// may send a request whose intent is not on the disk.
    fn keep<W>(&mut self, inbox: &mut Vec<Message>, session: &Session<'_, W>) {
        let (mut entries, mut waiting, mut claims) = (Vec::new(), Vec::new(), Vec::new());
        for message in inbox.drain(..) {
            match message {
                Message::Record { entries: more, durable } => {
                    entries.extend(more);
                    waiting.extend(durable);
                }
                Message::Claim { claim, answer } => claims.push((claim, answer)),
            }
        }
        if self.failure.is_none()
            && let Err(error) = self.plan_file.record(&entries)
        {
            self.failure = Some(error);
            session.stop();
        }
        if self.failure.is_some() {
            return;
        }
        for durable in waiting {
            let _ = durable.send(());
        }
        for (claim, answer) in claims {
            match self.claim(claim) {
                Ok(claimed) => {
                    let _ = answer.send(claimed);
                }
                Err(error) => {
                    self.failure.get_or_insert(error);
                    session.stop();
                }
            }
        }
    }

    fn claim(&mut self, Claim { action, contacts, at_most }: Claim) -> Result<Claimed, store::Error> {
        let mut free = Vec::new();
        for contact in contacts {
            let taken = match self.claimed.get(&contact) {
                Some(owner) => *owner != action,
                None => self.plan_file.knows_contact(&contact, action)?,
            };
            if !taken {
                free.push(contact);
            }
        }
        if free.len() > at_most.max(1) {
            return Ok(Claimed::TooMany(free));
        }
        Ok(match free.into_iter().next() {
            Some(contact) => {
                self.claimed.insert(contact.clone(), action);
                Claimed::Took(contact)
            }
            None => Claimed::Nothing,
        })
    }

    fn next_groups(&mut self, after: &mut Option<ActionId>) -> Result<Vec<GroupWork>, store::Error> {
        let page = self.plan_file.groups(*after, PAGE)?;
        *after = store::last_place(&page).or(*after);
        let mut groups = Vec::with_capacity(page.len());
        for actions in page {
            let mut images = HashMap::new();
            if actions.iter().any(|work| !work.attempts.is_empty()) {
                for contact in actions.iter().flat_map(contacts_of) {
                    if let Some(image) = self.plan_file.before_image(&contact)? {
                        images.insert(contact, image);
                    }
                }
            }
            let elsewhere = self.states_elsewhere(&actions)?;
            groups.push(GroupWork { actions, images, elsewhere });
        }
        Ok(groups)
    }

    /// Prerequisites in other groups are unusual, but where there is one, its state counts.
    fn states_elsewhere(&self, actions: &[ActionWork]) -> Result<HashMap<ActionId, ActionState>, store::Error> {
        let mut elsewhere = HashMap::new();
        for need in actions.iter().flat_map(|work| &work.action.needs) {
            if !actions.iter().any(|work| work.action.id == *need) {
                elsewhere.insert(*need, self.plan_file.action_state(*need)?);
            }
        }
        Ok(elsewhere)
    }
}

/// The contacts of the workspace an action may touch, or its requests did.
fn contacts_of(work: &ActionWork) -> HashSet<IntercomId> {
    let mut contacts = HashSet::new();
    if let Target::Existing(id) = &work.action.target {
        contacts.insert(id.clone());
    }
    match &work.action.body {
        ActionBody::Merge { from } => {
            contacts.insert(from.clone());
        }
        ActionBody::Archive { survivor: Target::Existing(id) }
        | ActionBody::Delete { survivor: Target::Existing(id) } => {
            contacts.insert(id.clone());
        }
        _ => {}
    }
    let requests = work.attempts.iter().filter_map(|attempt| attempt.request.parse::<Request>().ok());
    contacts.extend(requests.filter_map(|request| request.contact().cloned()));
    contacts
}
