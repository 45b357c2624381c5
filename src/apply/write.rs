//! Updates, tags, companies and notes: look, then send what is missing, then look again if the answer was lost.

use super::freshness::{Comparison, WireChange, compare, moved_message};
use super::group::{Finish, GroupRun, Job, Setback};
use super::note;
use super::request::Request;
use super::session::{Trouble, pause_before};
use crate::contact::IntercomId;
use crate::intercom::{Company, CompanyId, Note, Subscription, Tag, TagId, WriteWorkspace};

/// Times a request whose answer was lost is sent again after looking.
pub(super) const LOOKS: u32 = 4;

impl<W: WriteWorkspace> GroupRun<'_, '_, W> {
    pub(super) async fn update(
        &mut self,
        job: &mut Job,
        target: &IntercomId,
        changes: &[WireChange],
    ) -> Result<Finish, Setback> {
        for _ in 0..LOOKS {
            let own = self.own.get(target).cloned().unwrap_or_default();
            let holding = self.hold_live(target).await?;
            let patch = match compare(&holding.contact, changes, &own) {
                Comparison::AlreadySo => return Ok(job.finish(target)),
                Comparison::Moved(attributes) => return Err(Setback::Stale(moved_message(&attributes))),
                Comparison::Write(patch) => patch,
            };
            match self.write_patch(job, target, &patch).await {
                Ok(()) => return Ok(Finish::Done(Some(target.clone()))),
                Err(Trouble::InDoubt { .. }) => self.pause_and_forget(job, target).await?,
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Err(still_in_doubt("the update"))
    }

    pub(super) async fn attach_tag(
        &mut self,
        job: &mut Job,
        target: &IntercomId,
        name: &str,
    ) -> Result<Finish, Setback> {
        for _ in 0..LOOKS {
            if self.hold_live(target).await?.has_tag_named(name) {
                return Ok(job.finish(target));
            }
            let sent = match self.tag_id(job, name).await {
                Ok(id) => self.send_tag(job, target, Tag { id, name: name.to_owned() }).await,
                Err(trouble) => Err(trouble),
            };
            match sent {
                Ok(()) => return Ok(Finish::Done(Some(target.clone()))),
                Err(Trouble::InDoubt { .. }) => self.pause_and_forget(job, target).await?,
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Err(still_in_doubt("attaching the tag"))
    }

    /// Asked for once per run, whoever wants the tag.
    async fn tag_id(&mut self, job: &mut Job, name: &str) -> Result<TagId, Trouble> {
        let session = self.session;
        let workspace = session.workspace;
        let call = (|| workspace.ensure_tag(name), (|tag: &Tag| Some(tag.id.0.clone())) as fn(&Tag) -> _);
        let ask = async { self.send(job, Request::EnsureTag, &[], call).await.map(|tag| tag.id) };
        session.names.tags.get(name.trim().to_lowercase(), ask).await
    }

    pub(super) async fn send_tag(&mut self, job: &mut Job, target: &IntercomId, tag: Tag) -> Result<(), Trouble> {
        let workspace = self.session.workspace;
        let call = (|| workspace.attach_tag(target, &tag.id), nothing as fn(&()) -> _);
        self.send(job, Request::AttachTag(target.clone(), tag.id.clone()), &[target], call).await?;
        if let Some(holding) = self.holdings.get_mut(target) {
            holding.tags.push(tag);
        }
        Ok(())
    }

    pub(super) async fn attach_company(
        &mut self,
        job: &mut Job,
        target: &IntercomId,
        company_id: &str,
        name: &str,
    ) -> Result<Finish, Setback> {
        for _ in 0..LOOKS {
            if self.hold_live(target).await?.has_company(company_id, name) {
                return Ok(job.finish(target));
            }
            let sent = match self.company(job, company_id, name).await {
                Ok(id) => {
                    let company = Company { id, company_id: company_id.to_owned(), name: name.to_owned() };
                    self.send_company(job, target, company).await
                }
                Err(trouble) => Err(trouble),
            };
            match sent {
                Ok(()) => return Ok(Finish::Done(Some(target.clone()))),
                Err(Trouble::InDoubt { .. }) => self.pause_and_forget(job, target).await?,
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Err(still_in_doubt("attaching the company"))
    }

    async fn company(&mut self, job: &mut Job, company_id: &str, name: &str) -> Result<CompanyId, Trouble> {
        let session = self.session;
        let workspace = session.workspace;
        let id_of = |company: &Company| Some(company.id.0.clone());
        let call = (|| workspace.ensure_company(company_id, name), id_of as fn(&Company) -> _);
        let ask = async { self.send(job, Request::EnsureCompany, &[], call).await.map(|company| company.id) };
        session.names.companies.get(company_id.to_owned(), ask).await
    }

    pub(super) async fn send_company(
        &mut self,
        job: &mut Job,
        target: &IntercomId,
        company: Company,
    ) -> Result<(), Trouble> {
        let workspace = self.session.workspace;
        let call = (|| workspace.attach_company(target, &company.id), nothing as fn(&()) -> _);
        self.send(job, Request::AttachCompany(target.clone(), company.id.clone()), &[target], call).await?;
        if let Some(holding) = self.holdings.get_mut(target) {
            holding.companies.push(company);
        }
        Ok(())
    }

    pub(super) async fn send_choice(
        &mut self,
        job: &mut Job,
        target: &IntercomId,
        choice: Subscription,
    ) -> Result<(), Trouble> {
        let (workspace, kind) = (self.session.workspace, choice.id.as_str());
        if choice.opted_out {
            let call = (|| workspace.opt_out(target, kind), nothing as fn(&()) -> _);
            self.send(job, Request::OptOut(target.clone(), kind.to_owned()), &[target], call).await?;
        } else {
            let call = (|| workspace.opt_in(target, kind), nothing as fn(&()) -> _);
            self.send(job, Request::OptIn(target.clone(), kind.to_owned()), &[target], call).await?;
        }
        if let Some(holding) = self.holdings.get_mut(target) {
            holding.choices.retain(|own| own.id != choice.id);
            holding.choices.push(choice);
        }
        Ok(())
    }

    pub(super) async fn attach_note(
        &mut self,
        job: &mut Job,
        target: &IntercomId,
        body: &str,
    ) -> Result<Finish, Setback> {
        for _ in 0..LOOKS {
            if note::is_among(&self.hold_live(target).await?.notes, body) {
                return Ok(job.finish(target));
            }
            match self.send_note(job, target, body).await {
                Ok(()) => return Ok(Finish::Done(Some(target.clone()))),
                Err(Trouble::InDoubt { .. }) => self.pause_and_forget(job, target).await?,
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Err(still_in_doubt("the note"))
    }

    pub(super) async fn send_note(&mut self, job: &mut Job, target: &IntercomId, body: &str) -> Result<(), Trouble> {
        let workspace = self.session.workspace;
        let id_of = |note: &Note| Some(note.id.clone());
        let call = (|| workspace.add_note(target, body), id_of as fn(&Note) -> _);
        let note = self.send(job, Request::AddNote(target.clone(), note::digest(body)), &[target], call).await?;
        if let Some(holding) = self.holdings.get_mut(target) {
            holding.notes.push(note);
        }
        Ok(())
    }

    /// After a lost answer: gives the server time to finish, then everything is read anew.
    pub(super) async fn pause_and_forget(&mut self, job: &Job, target: &IntercomId) -> Result<(), Setback> {
        self.forget(target);
        let pause = pause_before(u32::try_from(job.unsettled.len()).unwrap_or(1).max(1));
        let session = self.session;
        self.aside(session.sleep(pause)).await??;
        Ok(())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape every request's answer is read with")]
pub(super) fn nothing(_: &()) -> Option<String> {
    None
}

pub(super) fn still_in_doubt(what: &str) -> Setback {
    Setback::Unknown(format!("the answer to {what} was lost each time; look at the contact, then apply again"))
}
