//! Putting back what was done, from the before-images and the journal, last first.
//!
//! Restores attribute values, takes off tags and companies that were attached, restores archived contacts, deletes
//! contacts that were made when nobody touched them since. What somebody else changed meanwhile is left alone and
//! reported; so is what nobody can put back: merges, deletions, notes, joined conversations, opt-outs, promotions.

use serde::Serialize;
use serde_json::Value;
use tokio::sync::{mpsc, watch};

use super::executor::{self, Direction};
use super::freshness::{WireChange, wire_changes};
use super::group::{GroupRun, Setback};
use super::preflight;
use super::request::{Request, UNDO_MARK};
use super::run::{Surroundings, finish, record_run};
use super::scribe::Scribe;
use super::session::{Session, Setting, Trouble};
use super::summary::{Failure, Summary};
use super::value::{current, put, same};
use super::write::nothing;
use super::{Error, Options};
use crate::contact::IntercomId;
use crate::intercom::{ContactPatch, WriteWorkspace};
use crate::plan::{Action, ActionBody, ActionKind, Attribute, KEPT_BEFORE_MERGE, StandardAttribute};
use crate::store::{ActionState, Attempt, AttemptResult, BeforeImage, Choice, PlanFile};

/// What an undo came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UndoSummary {
    /// Requests that read.
    pub reads: u64,
    /// Requests that write.
    pub writes: u64,
    /// Whether it was stopped before its end; undoing again goes on.
    pub interrupted: bool,
    /// What was left as it is, and why.
    pub kept: Vec<Failure>,
    /// Where the rows stand afterwards.
    pub summary: Summary,
}

/// Whether the last thing that happened to the workspace because of the plan was an undo.
pub fn was_undone(plan_file: &PlanFile) -> Result<bool, Error> {
    Ok(plan_file.newest_request()?.is_some_and(|request| request.starts_with(UNDO_MARK)))
}

/// Puts back what can be put back. Interrupted or killed, it is simply begun again.
pub async fn undo<W: WriteWorkspace>(
    plan_file: &mut PlanFile,
    workspace: &W,
    options: &Options,
    surroundings: Surroundings<'_>,
    cancel: watch::Receiver<bool>,
) -> Result<UndoSummary, Error> {
    let Surroundings { clock, observer, me } = surroundings;
    let started_at = clock.now();
    // Guardrails limit what an apply does; an undo must not be stopped by them
    let lenient = Options { create_attributes: true, limits: super::Limits::default(), ..options.clone() };
    let found = preflight::check(plan_file, workspace, &lenient, me).await?;
    let number = plan_file.runs()?.last().map_or(1, |run| run.number + 1);
    plan_file.arrange_work(Choice::Tried)?;
    let (sender, messages) = mpsc::unbounded_channel();
    let scribe = Scribe::new(sender, plan_file.last_attempt()?);
    let types = found.types().with_texts(&found.to_create);
    let (keeping, mark, me) = (found.keeping.clone(), found.mark.as_deref(), &found.me);
    let setting = Setting { workspace, options, clock, observer, types, keeping, mark, me };
    let session = Session::new(setting, scribe);
    let stop = cancel.clone();
    let worked = executor::work(plan_file, &session, messages, cancel, Direction::Undo).await;
    let (reads, writes) = session.requests();
    let stopped = session.into_reason();
    let mut summary = Summary::new(found.workspace);
    let mut kept = worked?;
    kept.sort_by_key(|remark| remark.action);
    finish(plan_file, &mut summary)?;
    let interrupted = stopped.is_some() || *stop.borrow();
    let undone = UndoSummary { reads, writes, interrupted, kept, summary };
    record_run(plan_file, number, started_at, Some(clock.now()), &undone)?;
    stopped.map_or(Ok(undone), Err)
}

/// What an action did, last first, as far as it was not put back before. An undo that was cut off is begun again.
pub(super) fn effects(attempts: &[Attempt]) -> Vec<(&Attempt, Request)> {
    let is_undo = |attempt: &Attempt| attempt.request.starts_with(UNDO_MARK);
    let end = attempts.iter().rposition(|attempt| !is_undo(attempt)).map_or(0, |last| last + 1);
    let begin = attempts[..end].iter().rposition(is_undo).map_or(0, |last| last + 1);
    attempts[begin..end]
        .iter()
        .rev()
        .filter(|attempt| !matches!(attempt.result, Some(AttemptResult::NotDone { .. })))
        .filter_map(|attempt| Some((attempt, attempt.request.parse().ok()?)))
        .collect()
}

/// Why the attributes that keep a lead's values stay as they are.
const KEPT_FOR_MERGED: &str = "it keeps values of a lead that was merged, which are nowhere else";

/// Whether an action keeps what a merge would discard, in attributes of the user.
pub(super) fn keeps_for_merge(action: &Action) -> bool {
    action.reason == KEPT_BEFORE_MERGE
}

/// Somebody may have touched a contact this long after our last request without being noticed: a `Date` is whole seconds, and
/// clocks drift between an apply and its undo.
const CLOCK_TOLERANCE_SECONDS: i64 = 60;

impl<W: WriteWorkspace> GroupRun<'_, '_, W> {
    /// Puts the group's actions back, last first. Gives what was left as it is.
    pub(super) async fn undo(mut self) -> Vec<Failure> {
        let mut remarks = Vec::new();
        let actions = std::mem::take(&mut self.actions);
        let merged = actions.iter().any(|action| {
            let attempts = self.attempts.get(&action.id).map(Vec::as_slice).unwrap_or_default();
            action.kind() == ActionKind::Merge && !effects(attempts).is_empty()
        });
        for action in actions.iter().rev() {
            let attempts = self.attempts.get(&action.id).cloned().unwrap_or_default();
            let effects = effects(&attempts);
            if effects.is_empty() {
                continue;
            }
            if self.session.stopping() {
                break;
            }
            // What came with a merge belongs to the survivor now, so nothing of it is taken off either
            let forever = match action.kind() {
                ActionKind::Update if merged && keeps_for_merge(action) => Some(KEPT_FOR_MERGED),
                ActionKind::Merge => Some("a merge cannot be undone"),
                ActionKind::Delete => Some("a deletion cannot be undone"),
                _ => None,
            };
            if let Some(message) = forever {
                let (action, kind, message) = (action.id, action.kind(), message.to_owned());
                remarks.push(Failure { action, kind, state: "kept", message });
                continue;
            }
            let mut step = attempts.iter().map(|attempt| attempt.step + 1).max().unwrap_or(0);
            let mut undone = false;
            for (attempt, request) in effects {
                match self.put_back(action, attempt, &request, &mut step).await {
                    Ok(()) => undone = true,
                    Err(Setback::Halted) => return remarks,
                    Err(Setback::Stale(message) | Setback::Failed(message) | Setback::Unknown(message)) => {
                        remarks.push(Failure { action: action.id, kind: action.kind(), state: "kept", message });
                    }
                }
            }
            if undone {
                self.session.scribe.state(action.id, ActionState::Pending);
            }
        }
        remarks
    }

    async fn put_back(
        &mut self,
        action: &Action,
        attempt: &Attempt,
        request: &Request,
        step: &mut u32,
    ) -> Result<(), Setback> {
        let workspace = self.session.workspace;
        match request {
            Request::Create => {
                let Some(AttemptResult::Done { id: Some(id) }) = &attempt.result else {
                    return Err(kept("it is not known whether a contact was made"));
                };
                let id = IntercomId(id.as_str().into());
                self.delete_untouched(action, &id, step).await
            }
            Request::Update(id) => self.restore_values(action, id, step).await,
            Request::Archive(id) => {
                // An archived contact may answer like one that never was
                match self.session.read(|| workspace.contact(id)).await {
                    Ok(contact) if !contact.archived => return Ok(()),
                    Ok(_) | Err(Trouble::Absent { .. }) => self.forget(id),
                    Err(trouble) => return Err(trouble.into()),
                }
                let call = (|| workspace.unarchive(id), nothing as fn(&()) -> _);
                self.put(action, Request::Unarchive(id.clone()), step, call).await
            }
            Request::AttachTag(id, tag) => {
                if self.made.contains(id) || self.had(id, "tags", &tag.0) {
                    return Ok(());
                }
                self.forget(id);
                if !self.hold_live(id).await?.tags.iter().any(|held| held.id == *tag) {
                    return Ok(());
                }
                let call = (|| workspace.detach_tag(id, tag), nothing as fn(&()) -> _);
                self.put(action, Request::DetachTag(id.clone(), tag.clone()), step, call).await
            }
            Request::AttachCompany(id, company) => {
                if self.made.contains(id) || self.had(id, "companies", &company.0) {
                    return Ok(());
                }
                self.forget(id);
                if !self.hold_live(id).await?.companies.iter().any(|held| held.id == *company) {
                    return Ok(());
                }
                let call = (|| workspace.detach_company(id, company), nothing as fn(&()) -> _);
                self.put(action, Request::DetachCompany(id.clone(), company.clone()), step, call).await
            }
            Request::OptIn(id, kind) => {
                if self.made.contains(id) || self.had(id, "subscriptions", kind) {
                    return Ok(());
                }
                self.forget(id);
                if !self.hold_live(id).await?.choices.iter().any(|own| own.id == *kind && !own.opted_out) {
                    return Ok(());
                }
                let call = (|| workspace.forget_choice(id, kind), nothing as fn(&()) -> _);
                self.put(action, Request::ForgetChoice(id.clone(), kind.clone()), step, call).await
            }
            Request::OptOut(id, _) if self.made.contains(id) => Ok(()),
            Request::OptOut(..) => Err(kept("an opt-out is never cleared")),
            Request::AddNote(id, _) if self.made.contains(id) => Ok(()),
            Request::AddNote(..) => Err(kept("notes cannot be taken back through the API")),
            Request::JoinConversation { .. } => Err(kept("the contact stays in the conversation")),
            Request::Merge { .. }
            | Request::Delete(_)
            | Request::EnsureTag
            | Request::EnsureCompany
            | Request::CreateAttribute
            | Request::Unarchive(_)
            | Request::DetachTag(..)
            | Request::ForgetChoice(..)
            | Request::DetachCompany(..) => Ok(()),
        }
    }

    /// Sends a request of the undo; a second look is the next undo.
    async fn put<T, F>(
        &mut self,
        action: &Action,
        request: Request,
        step: &mut u32,
        call: (impl Fn() -> F, fn(&T) -> Option<String>),
    ) -> Result<(), Setback>
    where
        F: Future<Output = Result<T, crate::intercom::Error>>,
    {
        let place = (action.id, *step);
        *step += 1;
        self.session.scribe.state(action.id, ActionState::Pending);
        match self.session.write(place, &request, UNDO_MARK, Vec::new(), call).await {
            Ok(_) => Ok(()),
            Err(Trouble::InDoubt { message, .. }) => {
                Err(Setback::Unknown(format!("undo again to make sure: {message}")))
            }
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// Whether the contact had a tag or company before the plan was applied.
    fn had(&self, id: &IntercomId, list: &str, member: &str) -> bool {
        let members = self.images.get(id).and_then(|image| image.state.get(list)).and_then(Value::as_array);
        members.into_iter().flatten().any(|item| item.get("id").and_then(Value::as_str) == Some(member))
    }

    async fn restore_values(&mut self, action: &Action, id: &IntercomId, step: &mut u32) -> Result<(), Setback> {
        if self.made.contains(id) {
            return Ok(());
        }
        let Some(image) = self.images.get(id).cloned() else {
            return Err(kept("the contact's state before is not in the plan file"));
        };
        let (ActionBody::Update { changes } | ActionBody::Create { values: changes, .. }) = &action.body else {
            return Ok(());
        };
        let changes = wire_changes(changes, &self.session.types).map_err(Setback::Failed)?;
        self.forget(id);
        let contact = self.hold_live(id).await?.contact.clone();
        let (patch, left) = restoring(&contact, &image, &changes);
        if !super::value::is_nothing(&patch) {
            let workspace = self.session.workspace;
            let call = (|| workspace.update(id, &patch), (|_| None) as fn(&_) -> _);
            self.put(action, Request::Update(id.clone()), step, call).await?;
        }
        if left.is_empty() { Ok(()) } else { Err(kept(&format!("left as it is: {}", left.join(", ")))) }
    }

    /// Deletes a contact the action made, unless somebody has done something with it.
    async fn delete_untouched(&mut self, action: &Action, id: &IntercomId, step: &mut u32) -> Result<(), Setback> {
        let workspace = self.session.workspace;
        self.forget(id);
        let holding = match self.hold(id).await {
            Ok(holding) => holding.clone(),
            Err(Trouble::Absent { .. }) => return Ok(()),
            Err(trouble) => return Err(trouble.into()),
        };
        let ours = |request: &Request| match request {
            Request::Update(contact)
            | Request::AddNote(contact, _)
            | Request::AttachTag(contact, _)
            | Request::AttachCompany(contact, _) => contact == id,
            Request::Create => true,
            _ => false,
        };
        let requests: Vec<_> = self
            .attempts
            .values()
            .flatten()
            .filter_map(|attempt| Some((attempt, attempt.request.parse::<Request>().ok()?)))
            .filter(|(_, request)| ours(request))
            .collect();
        let last = requests.iter().map(|(attempt, _)| attempt.ended_at.unwrap_or(attempt.intended_at).0).max();
        let notes = requests.iter().filter(|(_, request)| matches!(request, Request::AddNote(..))).count();
        let tags = |tag: &str| {
            requests.iter().any(|(_, request)| matches!(request, Request::AttachTag(_, ours) if ours.0 == tag))
        };
        // The journal has our times, the contact the server's
        let last = last.unwrap_or(i64::MIN).saturating_add(workspace.server_ahead_seconds());
        let touched = holding.contact.updated_at.unwrap_or(i64::MAX) > last.saturating_add(CLOCK_TOLERANCE_SECONDS)
            || holding.notes.len() > notes
            || !holding.tags.iter().all(|tag| tags(&tag.id.0))
            || !self.session.read(|| workspace.conversations(id)).await?.is_empty();
        if touched {
            return Err(kept("the contact that was made has been used since; archive it by hand if it is not wanted"));
        }
        let call = (|| workspace.delete(id), nothing as fn(&()) -> _);
        self.put(action, Request::Delete(id.clone()), step, call).await
    }
}

fn kept(message: &str) -> Setback {
    Setback::Stale(message.to_owned())
}

/// What to write so that a contact has its values of before again, and the attributes that are left as they are, with
/// the reason. Only values that still are what we wrote are taken back.
fn restoring(
    contact: &crate::intercom::Contact,
    image: &BeforeImage,
    changes: &[WireChange],
) -> (ContactPatch, Vec<String>) {
    let (mut patch, mut left) = (ContactPatch::default(), Vec::new());
    for WireChange { attribute, after, .. } in changes {
        let before = match attribute {
            Attribute::Standard(standard) => image.state.get(standard.name()),
            Attribute::Custom(name) => image.state.get("custom_attributes").and_then(|custom| custom.get(name)),
        };
        let before = before.filter(|value| !value.is_null());
        let now = current(contact, attribute);
        if same(attribute, now.as_ref(), before) {
            continue;
        }
        if !same(attribute, now.as_ref(), Some(after)) {
            left.push(format!("{attribute} (changed since)"));
            continue;
        }
        match attribute {
            Attribute::Standard(StandardAttribute::UnsubscribedFromEmails) => {
                left.push(format!("{attribute} (an opt-out is never cleared)"));
            }
            Attribute::Standard(StandardAttribute::Role) => {
                left.push(format!("{attribute} (a user cannot become a lead again)"));
            }
            _ => put(&mut patch, attribute, before.cloned().unwrap_or(Value::Null)),
        }
    }
    (patch, left)
}
