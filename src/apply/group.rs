//! The actions of one group, one after the other.
//!
//! Every action looks first and then does what is missing, so that beginning one again, after a lost answer or after the
//! process was killed, does no harm. What was read is kept while the group is worked on; what is about to be changed for
//! the first time goes into the journal together with the intent.

use std::collections::{HashMap, HashSet};
use std::future::Future;

use tokio::sync::SemaphorePermit;

use super::freshness::{OwnWrites, wire_changes};
use super::holding::Holding;
pub(super) use super::job::{Doubt, Job};
use super::request::Request;
use super::session::{Session, Trouble};
use crate::contact::IntercomId;
use crate::intercom::{self, WriteWorkspace};
use crate::plan::{Action, ActionBody, ActionId, Attachment, Attribute, StandardAttribute, Target};
use crate::store::{ActionState, ActionWork, Attempt, AttemptResult, BeforeImage};

/// How an action ended well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finish {
    Done(Option<IntercomId>),
    AlreadySo,
}

/// Why an action did not end well.
#[derive(Debug)]
pub(super) enum Setback {
    Stale(String),
    Failed(String),
    Unknown(String),
    /// The run is stopping; the action stays pending.
    Halted,
}

impl From<Trouble> for Setback {
    /// The usual reading; who knows better matches the trouble itself.
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Absent { message, .. } => Self::Stale(format!("the contact is not there any more: {message}")),
            Trouble::Conflict { message, .. } | Trouble::Refused(message) => Self::Failed(message),
            Trouble::InDoubt { message, .. } => Self::Unknown(message),
            Trouble::Halted => Self::Halted,
        }
    }
}

impl From<super::scribe::Closed> for Setback {
    fn from(_: super::scribe::Closed) -> Self {
        Self::Halted
    }
}

/// One group as it comes from the plan file.
#[derive(Clone, Debug)]
pub(super) struct GroupWork {
    pub(super) actions: Vec<ActionWork>,
    /// Before-images of contacts that earlier runs touched.
    pub(super) images: HashMap<IntercomId, BeforeImage>,
    /// States of prerequisites in other groups.
    pub(super) elsewhere: HashMap<ActionId, ActionState>,
}

/// The work on one group.
pub(super) struct GroupRun<'s, 'a, W> {
    pub(super) session: &'s Session<'a, W>,
    pub(super) actions: Vec<Action>,
    pub(super) states: HashMap<ActionId, ActionState>,
    pub(super) attempts: HashMap<ActionId, Vec<Attempt>>,
    pub(super) images: HashMap<IntercomId, BeforeImage>,
    pub(super) holdings: HashMap<IntercomId, Holding>,
    pub(super) own: HashMap<IntercomId, OwnWrites>,
    /// Contacts made by this plan: they have no state before.
    pub(super) made: HashSet<IntercomId>,
    permit: Option<SemaphorePermit<'s>>,
}

impl<'s, 'a, W: WriteWorkspace> GroupRun<'s, 'a, W> {
    pub(super) fn new(session: &'s Session<'a, W>, work: GroupWork, permit: SemaphorePermit<'s>) -> Self {
        let GroupWork { actions: works, images, elsewhere } = work;
        let (mut states, mut attempts, mut actions) = (elsewhere, HashMap::new(), Vec::new());
        for work in works {
            // Whatever ended badly is tried again; only until then does it block what needs it
            let settled = matches!(work.state, ActionState::Done { .. } | ActionState::AlreadySo);
            states.insert(work.action.id, if settled { work.state } else { ActionState::Pending });
            attempts.insert(work.action.id, work.attempts);
            actions.push(work.action);
        }
        let mut run = Self {
            session,
            actions,
            states,
            attempts,
            images,
            holdings: HashMap::new(),
            own: HashMap::new(),
            made: HashSet::new(),
            permit: Some(permit),
        };
        for attempt in run.attempts.values().flatten() {
            if let (Some(AttemptResult::Done { id: Some(id) }), Ok(Request::Create)) =
                (&attempt.result, attempt.request.parse())
            {
                run.made.insert(IntercomId(id.as_str().into()));
            }
        }
        run
    }

    /// Works through the actions. Ends early, leaving the rest pending, when the run stops.
    pub(super) async fn run(mut self) {
        let actions = std::mem::take(&mut self.actions);
        // Later actions tell what an earlier one must not spoil, so the list is at hand while each is carried out
        self.actions = actions.clone();
        for action in &actions {
            let attempts = self.attempts.get(&action.id).map(Vec::as_slice).unwrap_or_default();
            let mut job = Job::new(action.id, attempts, self.session.now());
            if matches!(self.states.get(&action.id), Some(ActionState::Done { .. } | ActionState::AlreadySo)) {
                self.remember(action);
                continue;
            }
            if self.session.stopping() {
                return;
            }
            if job.tried {
                self.remember(action);
            }
            let result = match self.blocked(action) {
                Some(setback) => Err(setback),
                None => self.attempt(action, &mut job).await,
            };
            let state = match result {
                Ok(finish) => {
                    for doubt in job.unsettled.drain(..) {
                        let result = self.ended_well(&doubt.request);
                        self.session.scribe.result(doubt.attempt, result, self.session.now(), None);
                    }
                    self.remember(action);
                    match finish {
                        Finish::Done(contact) => ActionState::Done { contact },
                        Finish::AlreadySo => ActionState::AlreadySo,
                    }
                }
                Err(Setback::Stale(message)) => ActionState::Stale { message },
                Err(Setback::Failed(message)) => ActionState::Failed { message },
                Err(Setback::Unknown(message)) => ActionState::Unknown { message },
                Err(Setback::Halted) => return,
            };
            for doubt in job.unsettled.drain(..) {
                let message = "its answer was lost, and the action ended before that was settled".to_owned();
                let result = AttemptResult::InDoubt { message };
                self.session.scribe.result(doubt.attempt, result, self.session.now(), None);
            }
            self.session.observer.action(action.kind(), &state);
            self.session.scribe.state(action.id, state.clone());
            self.states.insert(action.id, state);
        }
    }

    /// What became of a request whose answer was lost, now that all its action wants is there.
    fn ended_well(&self, request: &Request) -> AttemptResult {
        let missing = match request {
            Request::AddNote(contact, digest) if !digest.is_empty() => self
                .holdings
                .get(contact)
                .is_some_and(|holding| !super::note::is_among_by_digest(&holding.notes, digest)),
            _ => false,
        };
        if missing { not_carried_out() } else { AttemptResult::Done { id: None } }
    }

    /// A process that was killed may have left requests on their way: gives them time to arrive before anybody looks.
    async fn wait_for_orphans(&mut self, job: &Job) -> Result<(), Setback> {
        let session = self.session;
        let wait = session.until_orphans_arrived();
        if job.orphaned && !wait.is_zero() {
            self.aside(session.sleep(wait)).await??;
        }
        Ok(())
    }

    /// Keeps in mind what an action that was carried out, now or earlier, may have changed.
    fn remember(&mut self, action: &Action) {
        let Ok(target) = self.target(&action.target) else { return };
        let own = self.own.entry(target).or_default();
        match &action.body {
            // What the lead had may be on the user now; anything else there is somebody else's
            ActionBody::Merge { from } => {
                if let Some(image) = self.images.get(from) {
                    own.written.extend(values_of(image));
                }
            }
            ActionBody::Update { changes } | ActionBody::Create { values: changes, .. } => {
                if let Ok(changes) = wire_changes(changes, &self.session.types) {
                    own.written.extend(changes.into_iter().map(|change| (change.attribute, change.after)));
                }
            }
            _ => {}
        }
    }

    /// Why an action cannot begin, when a prerequisite did not succeed.
    fn blocked(&self, action: &Action) -> Option<Setback> {
        action.needs.iter().find_map(|need| {
            let number = need.0;
            match self.states.get(need) {
                Some(ActionState::Done { .. } | ActionState::AlreadySo) => None,
                Some(ActionState::Stale { .. }) => {
                    Some(Setback::Stale(format!("because action {number} was left alone as stale")))
                }
                Some(ActionState::Unknown { .. }) => {
                    Some(Setback::Failed(format!("because action {number} could not be settled")))
                }
                Some(ActionState::Failed { .. }) => Some(Setback::Failed(format!("because action {number} failed"))),
                Some(ActionState::Pending) | None => {
                    Some(Setback::Failed(format!("because action {number} has not been carried out")))
                }
            }
        })
    }

    /// Carries an action out, and counts it when it fails.
    async fn attempt(&mut self, action: &Action, job: &mut Job) -> Result<Finish, Setback> {
        self.wait_for_orphans(job).await?;
        let result = self.perform(action, job).await;
        if let Err(Setback::Failed(message)) = &result {
            self.session.action_failed(message);
        }
        result
    }

    async fn perform(&mut self, action: &Action, job: &mut Job) -> Result<Finish, Setback> {
        match &action.body {
            ActionBody::Create { role, values } => self.create(job, *role, values).await,
            ActionBody::Update { changes } => {
                let changes = wire_changes(changes, &self.session.types).map_err(Setback::Failed)?;
                let target = self.target(&action.target)?;
                self.update(job, &target, &changes).await
            }
            ActionBody::Merge { from } => {
                let target = self.target(&action.target)?;
                self.merge(job, from, &target).await
            }
            ActionBody::Archive { survivor } | ActionBody::Delete { survivor } => {
                let target = self.target(&action.target)?;
                let survivor = self.target(survivor)?;
                let how = if matches!(action.body, ActionBody::Delete { .. }) {
                    super::remove::Removal::Delete
                } else {
                    super::remove::Removal::Archive
                };
                self.remove(job, &target, &survivor, how).await
            }
            ActionBody::Attach { what } => {
                let target = self.target(&action.target)?;
                match what {
                    Attachment::Tag { name } => self.attach_tag(job, &target, name).await,
                    Attachment::Company { name, company_id } => {
                        self.attach_company(job, &target, company_id, name).await
                    }
                    Attachment::Note { body } => self.attach_note(job, &target, body).await,
                    Attachment::EverythingOf { contact } => self.copy_everything(job, contact, &target).await,
                }
            }
        }
    }

    /// The contact a target names.
    pub(super) fn target(&self, target: &Target) -> Result<IntercomId, Setback> {
        match target {
            Target::Existing(id) => Ok(id.clone()),
            Target::CreatedBy(action) => match self.states.get(action) {
                Some(ActionState::Done { contact: Some(contact) }) => Ok(contact.clone()),
                _ => Err(Setback::Failed(format!("because action {} made no contact", action.0))),
            },
        }
    }

    /// The contact with all it holds, read at most once per group unless it was forgotten.
    pub(super) async fn hold(&mut self, id: &IntercomId) -> Result<&mut Holding, Trouble> {
        if !self.holdings.contains_key(id) {
            let holding = Holding::read(self.session, id).await?;
            self.holdings.insert(id.clone(), holding);
        }
        self.holdings.get_mut(id).ok_or(Trouble::Halted)
    }

    /// The contact as something that may be written to.
    pub(super) async fn hold_live(&mut self, id: &IntercomId) -> Result<&mut Holding, Setback> {
        let holding = self.hold(id).await?;
        if holding.contact.archived {
            return Err(Setback::Stale("the contact was archived since the plan was made".to_owned()));
        }
        Ok(holding)
    }

    /// Reads the contact anew next time.
    pub(super) fn forget(&mut self, id: &IntercomId) {
        self.holdings.remove(id);
    }

    /// Sends a request that writes, with the before-images of the contacts it touches that have none yet.
    pub(super) async fn send<T, F>(
        &mut self,
        job: &mut Job,
        request: Request,
        touched: &[&IntercomId],
        call: (impl Fn() -> F, fn(&T) -> Option<String>),
    ) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, intercom::Error>>,
    {
        // Somebody looked before sending again, so an earlier attempt at the same request had no effect
        let now = self.session.now();
        job.unsettled.retain(|doubt| {
            let again = doubt.request == request;
            if again {
                self.session.scribe.result(doubt.attempt, not_carried_out(), now, None);
            }
            !again
        });
        let mut images = Vec::new();
        for id in touched {
            if let Some(holding) = self.holdings.get(*id)
                && !self.made.contains(*id)
                && !self.images.contains_key(*id)
            {
                let image = holding.image();
                self.images.insert((*id).clone(), image.clone());
                images.push(image);
            }
        }
        let step = job.next_step;
        job.begun_at.get_or_insert(now);
        job.next_step += 1;
        let result = self.session.write((job.action, step), &request, "", images, call).await;
        job.tried |= matches!(result, Ok(_) | Err(Trouble::InDoubt { .. }));
        if let Err(Trouble::InDoubt { attempt, .. }) = &result {
            let last_sign = self.session.now();
            job.unsettled.push(Doubt { attempt: *attempt, request, last_sign });
        }
        result
    }

    /// Gives the lane to other groups while something is waited for.
    pub(super) async fn aside<T>(&mut self, wait: impl Future<Output = T>) -> Result<T, Setback> {
        self.permit = None;
        let result = wait.await;
        self.permit = Some(self.session.lanes.acquire().await.map_err(|_| Setback::Halted)?);
        Ok(result)
    }
}

/// The attributes of a contact before its first change.
fn values_of(image: &BeforeImage) -> Vec<(Attribute, serde_json::Value)> {
    let standard = [
        StandardAttribute::Phone,
        StandardAttribute::Name,
        StandardAttribute::SignedUpAt,
        StandardAttribute::LastSeenAt,
    ];
    let standard = standard.map(|name| (Attribute::Standard(name), image.state.get(name.name())));
    let custom = image.state.get("custom_attributes").and_then(serde_json::Value::as_object);
    let custom = custom.into_iter().flatten().map(|(name, value)| (Attribute::Custom(name.clone()), Some(value)));
    let values = standard.into_iter().chain(custom);
    values.filter_map(|(attribute, value)| Some((attribute, value.filter(|value| !value.is_null())?.clone()))).collect()
}

/// The result of an attempt that somebody looked for in vain.
pub(super) fn not_carried_out() -> AttemptResult {
    AttemptResult::NotDone { message: "looked up: it was not carried out".to_owned() }
}
