//! Copying all a contact holds onto the one that stays, before it is archived.

use super::fold::{Missing, missing};
use super::group::{Finish, GroupRun, Job, Setback};
use super::holding::Holding;
use super::request::Request;
use super::session::Trouble;
use super::value::put;
use super::write::{LOOKS, nothing, still_in_doubt};
use crate::contact::IntercomId;
use crate::intercom::{ContactPatch, Conversation, WriteWorkspace};
use crate::plan::{Attribute, StandardAttribute};

impl<W: WriteWorkspace> GroupRun<'_, '_, W> {
    pub(super) async fn copy_everything(
        &mut self,
        job: &mut Job,
        loser: &IntercomId,
        survivor: &IntercomId,
    ) -> Result<Finish, Setback> {
        for _ in 0..LOOKS {
            let missing = match self.lacking_of(loser, survivor).await? {
                Lacking::MergedAlready => return Ok(job.finish(survivor)),
                Lacking::These(missing) => missing,
            };
            if let Some(message) = missing.moved {
                return Err(Setback::Stale(message));
            }
            if missing.is_empty() {
                return Ok(job.finish(survivor));
            }
            match self.copy_missing(job, survivor, missing).await {
                Ok(()) => return Ok(Finish::Done(Some(survivor.clone()))),
                Err(Trouble::InDoubt { .. }) => self.pause_and_forget(job, survivor).await?,
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Err(still_in_doubt("copying to the survivor"))
    }

    /// What the survivor lacks of the loser's, from what is held or read now.
    pub(super) async fn lacking_of(&mut self, loser: &IntercomId, survivor: &IntercomId) -> Result<Lacking, Setback> {
        self.hold_live(survivor).await?;
        match self.hold(loser).await {
            Ok(_) => {}
            Err(Trouble::Absent { canonical: Some(canonical), .. }) if canonical == *survivor => {
                return Ok(Lacking::MergedAlready);
            }
            Err(trouble) => return Err(trouble.into()),
        }
        let loser_conversations = self.conversations(loser).await?;
        let survivor_conversations =
            if loser_conversations.is_empty() { Vec::new() } else { self.conversations(survivor).await? };
        if let Some(holding) = self.holdings.get_mut(loser) {
            holding.conversations = Some(loser_conversations.clone());
        }
        if let (Some(holding), false) = (self.holdings.get_mut(survivor), loser_conversations.is_empty()) {
            holding.conversations = Some(survivor_conversations.clone());
        }
        let held = |id| self.holdings.get(id).ok_or(Setback::Halted);
        let (from, to): (&Holding, &Holding) = (held(loser)?, held(survivor)?);
        Ok(Lacking::These(missing(
            (from, &loser_conversations),
            (to, &survivor_conversations),
            self.session.keeping.as_ref(),
            &self.session.inbox,
        )))
    }

    async fn conversations(&self, id: &IntercomId) -> Result<Vec<Conversation>, Setback> {
        let workspace = self.session.workspace;
        match self.session.read(|| workspace.conversations(id)).await {
            Ok(conversations) => Ok(conversations),
            Err(Trouble::Refused(message)) => Err(Setback::Failed(format!(
                "its conversations cannot be seen, so nobody knows which open ones would be hidden: {message}"
            ))),
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// Each request is a step of the action in the journal.
    pub(super) async fn copy_missing(
        &mut self,
        job: &mut Job,
        survivor: &IntercomId,
        missing: Missing,
    ) -> Result<(), Trouble> {
        if missing.opt_out {
            let mut patch = ContactPatch::default();
            let attribute = Attribute::Standard(StandardAttribute::UnsubscribedFromEmails);
            put(&mut patch, &attribute, true.into());
            self.write_patch(job, survivor, &patch).await?;
        }
        for tag in missing.tags {
            self.send_tag(job, survivor, tag).await?;
        }
        for company in missing.companies {
            self.send_company(job, survivor, company).await?;
        }
        for choice in missing.choices {
            self.send_choice(job, survivor, choice).await?;
        }
        for body in missing.notes {
            self.send_note(job, survivor, &body).await?;
        }
        for conversation in missing.conversations {
            let session = self.session;
            let workspace = session.workspace;
            let request = Request::JoinConversation { conversation: conversation.clone(), contact: survivor.clone() };
            let call =
                (|| workspace.join_conversation(&conversation, &session.admin, survivor), nothing as fn(&()) -> _);
            self.send(job, request, &[survivor], call).await?;
        }
        Ok(())
    }
}

/// What is left to copy.
#[derive(Debug)]
pub(super) enum Lacking {
    /// Somebody merged the loser into the survivor: Intercom moved it all.
    MergedAlready,
    /// These.
    These(Missing),
}
