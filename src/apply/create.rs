//! Making a contact, or finding that it is there.

use super::freshness::{WireChange, lacking, wire_changes};
use super::group::{Finish, GroupRun, Job, Setback, not_carried_out};
use super::holding::Holding;
use super::reconcile::Found;
use super::request::Request;
use super::session::Trouble;
use super::value::{current, is_nothing, put, role_name};
use crate::contact::{IntercomId, Role};
use crate::intercom::{ContactPatch, WriteWorkspace};
use crate::plan::{Attribute, Change, StandardAttribute};
use crate::store::AttemptResult;

/// Times a create is sent for one action, lost answers included.
const SENDINGS: u32 = 3;

/// A create with its values as the wire wants them.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) role: Role,
    pub(super) values: Vec<WireChange>,
}

impl Wanted {
    fn patch(&self) -> ContactPatch {
        let mut patch = ContactPatch::default();
        let role = Attribute::Standard(StandardAttribute::Role);
        put(&mut patch, &role, role_name(self.role).into());
        for change in &self.values {
            put(&mut patch, &change.attribute, change.after.clone());
        }
        patch
    }

    /// Whether Intercom itself refuses a second contact of this kind.
    pub(super) fn guarded(&self) -> bool {
        self.role == Role::User && self.value(StandardAttribute::ExternalId).is_some()
    }

    /// The mark of the row, with the name of its attribute.
    pub(super) fn mark<'w>(&'w self, name: Option<&'w str>) -> Option<(&'w str, &'w serde_json::Value)> {
        let name = name?;
        let is_mark = |change: &&WireChange| matches!(&change.attribute, Attribute::Custom(own) if own == name);
        Some((name, &self.values.iter().find(is_mark)?.after))
    }

    pub(super) fn value(&self, attribute: StandardAttribute) -> Option<&serde_json::Value> {
        let wanted = Attribute::Standard(attribute);
        self.values.iter().find(|change| change.attribute == wanted).map(|change| &change.after)
    }
}

impl<W: WriteWorkspace> GroupRun<'_, '_, W> {
    pub(super) async fn create(&mut self, job: &mut Job, role: Role, values: &[Change]) -> Result<Finish, Setback> {
        let mut values = wire_changes(values, &self.session.types).map_err(Setback::Failed)?;
        // The role is the action's own word
        values.retain(|change| change.attribute != Attribute::Standard(StandardAttribute::Role));
        let wanted = Wanted { role, values };
        if let Some(id) = made_before(job) {
            return Ok(Finish::Done(Some(id)));
        }
        let (session, patch) = (self.session, wanted.patch());
        let values = serde_json::to_string(&patch).unwrap_or_default();
        for _ in 0..SENDINGS {
            if !job.unsettled.is_empty() && !wanted.guarded() {
                let _in_doubt = session.equals.in_doubt(&values);
                match self.search_for_created(job, &wanted, &values).await? {
                    Found::Made(id) => return Ok(self.settle_as_made(job, id)),
                    Found::Nothing => {}
                }
            }
            let _under_way = session.equals.under_way(&values);
            let workspace = session.workspace;
            let call = (|| workspace.create(&patch), id_of as fn(&_) -> _);
            let in_doubt = !job.unsettled.is_empty();
            let result = if wanted.guarded() {
                // Sent again without looking, so the earlier attempt stays in doubt until the answer tells
                let earlier = std::mem::take(&mut job.unsettled);
                let result = self.send(job, Request::Create, &[], call).await;
                job.unsettled.splice(0..0, earlier);
                result
            } else {
                self.send(job, Request::Create, &[], call).await
            };
            match result {
                Ok(contact) => {
                    self.settle(job, None);
                    let id = contact.id.clone();
                    self.made.insert(id.clone());
                    self.holdings.insert(id.clone(), Holding::fresh(contact, session.now()));
                    return Ok(Finish::Done(Some(id)));
                }
                Err(Trouble::Conflict { existing: Some(id), archived: false, .. }) => {
                    return self.take_existing(job, &id, &wanted, in_doubt).await;
                }
                Err(Trouble::Conflict { existing, archived: true, .. }) => {
                    let id = existing.map_or_else(|| "unknown id".to_owned(), |id| id.0.to_string());
                    return Err(Setback::Failed(format!(
                        "an archived contact ({id}) has this e-mail or external id; unarchive it in Intercom and apply \
                         again, or leave the row out"
                    )));
                }
                Err(Trouble::InDoubt { .. }) => {}
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Err(Setback::Unknown(
            "the answer to the create was lost each time; search the workspace for the row's e-mail, phone or name, then \
             apply again"
                .to_owned(),
        ))
    }

    /// Another contact has the e-mail or external id: it gets what it lacks, and keeps what it has.
    async fn take_existing(
        &mut self,
        job: &mut Job,
        id: &IntercomId,
        wanted: &Wanted,
        in_doubt: bool,
    ) -> Result<Finish, Setback> {
        self.forget(id);
        let holding = self.hold_live(id).await?;
        if in_doubt && super::freshness::has_all(&holding.contact, &wanted.values) {
            // Only an attempt whose answer was lost can have made a contact with all of it
            return Ok(self.settle_as_made(job, id.clone()));
        }
        self.settle(job, None);
        // The mark belongs to contacts the row made; on an older one it would look as if somebody had merged it there
        let marked = wanted.mark(self.session.mark).map(|(name, _)| Attribute::Custom(name.to_owned()));
        let values: Vec<WireChange> =
            wanted.values.iter().filter(|change| Some(&change.attribute) != marked.as_ref()).cloned().collect();
        let places = self.session.keeping.clone().unwrap_or_default();
        for _ in 0..SENDINGS {
            let patch = lacking(&self.hold_live(id).await?.contact, &values, &places);
            if is_nothing(&patch) {
                return Ok(Finish::Done(Some(id.clone())));
            }
            match self.write_patch(job, id, &patch).await {
                Ok(()) => return Ok(Finish::Done(Some(id.clone()))),
                Err(Trouble::InDoubt { .. }) => self.pause_and_forget(job, id).await?,
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Err(Setback::Unknown("the contact that was there already could not be filled for certain".to_owned()))
    }

    /// Sends an update and keeps the answer as the contact's state.
    pub(super) async fn write_patch(
        &mut self,
        job: &mut Job,
        id: &IntercomId,
        patch: &ContactPatch,
    ) -> Result<(), Trouble> {
        let workspace = self.session.workspace;
        let call = (|| workspace.update(id, patch), (|_| None) as fn(&_) -> _);
        let contact = self.send(job, Request::Update(id.clone()), &[id], call).await?;
        let dropped: Vec<&str> = patch
            .custom
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, _)| name.as_str())
            .filter(|name| current(&contact, &Attribute::Custom((*name).to_owned())).is_none())
            .collect();
        if !dropped.is_empty() {
            let message = format!("Intercom answered the update with success but did not keep {}", dropped.join(", "));
            return Err(Trouble::Refused(message));
        }
        if let Some(holding) = self.holdings.get_mut(id) {
            holding.contact = contact;
        }
        Ok(())
    }

    /// Earlier attempts are settled: they made `made`, or nothing.
    fn settle(&mut self, job: &mut Job, made: Option<&IntercomId>) {
        let now = self.session.now();
        let mut made = made;
        // The newest attempt is taken as the one that made it: an earlier one had been looked for before
        for doubt in job.unsettled.drain(..).rev() {
            let result = match made.take() {
                Some(contact) => AttemptResult::Done { id: Some(contact.0.to_string()) },
                None => not_carried_out(),
            };
            self.session.scribe.result(doubt.attempt, result, now, None);
        }
    }

    fn settle_as_made(&mut self, job: &mut Job, id: IntercomId) -> Finish {
        self.settle(job, Some(&id));
        self.made.insert(id.clone());
        Finish::Done(Some(id))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the shape every request's answer is read with")]
fn id_of(contact: &crate::intercom::Contact) -> Option<String> {
    Some(contact.id.0.to_string())
}

/// The contact an earlier attempt certainly made.
fn made_before(job: &Job) -> Option<IntercomId> {
    job.earlier.iter().rev().find_map(|attempt| match (&attempt.result, attempt.request.parse()) {
        (Some(AttemptResult::Done { id: Some(id) }), Ok(Request::Create)) => Some(IntercomId(id.as_str().into())),
        _ => None,
    })
}
