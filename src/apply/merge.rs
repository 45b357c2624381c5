//! Merging a lead into a user with Intercom's own call, and checking what came of it.

use super::fold::{Missing, choices_lacking, opted_out};
use super::freshness::{WireChange, before_merge, moved_message, wire_changes};
use super::group::{Finish, GroupRun, Job, Setback};
use super::holding::Holding;
use super::request::Request;
use super::session::{Trouble, pause_before};
use super::unkept::{Leaving, unkept};
use super::write::{LOOKS, still_in_doubt};
use crate::contact::{IntercomId, Role};
use crate::intercom::{Company, Subscription, Tag, WriteWorkspace};
use crate::plan::{ActionBody, Target};
use crate::store::BeforeImage;

impl<W: WriteWorkspace> GroupRun<'_, '_, W> {
    pub(super) async fn merge(
        &mut self,
        job: &mut Job,
        from: &IntercomId,
        into: &IntercomId,
    ) -> Result<Finish, Setback> {
        if from == into {
            return Err(Setback::Failed("a contact cannot be merged into itself".to_owned()));
        }
        for _ in 0..LOOKS {
            self.forget(from);
            let lead = match self.hold_live(from).await {
                Ok(holding) => holding.clone(),
                Err(setback) => return self.lead_is_gone(job, from, into, setback).await,
            };
            self.check_merge(&lead, into).await?;
            if let Some(body) = self.values_at_stake(&lead, into).await? {
                match self.send_note(job, into, &body).await {
                    Ok(()) => {}
                    Err(Trouble::InDoubt { .. }) => {
                        self.pause_and_forget(job, into).await?;
                        continue;
                    }
                    Err(trouble) => return Err(trouble.into()),
                }
            }
            self.keep_conversations_in_mind(from).await?;
            let workspace = self.session.workspace;
            let call = (|| workspace.merge(from, into), (|_| None) as fn(&_) -> _);
            match self.send(job, Request::Merge { from: from.clone(), into: into.clone() }, &[from, into], call).await {
                Ok(_) => {
                    self.verify_gone(from, into).await?;
                    self.forget(from);
                    return self.verify_survivor(job, &Had::of(&lead), into).await;
                }
                Err(Trouble::InDoubt { .. }) => self.pause_and_forget(job, into).await?,
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Err(still_in_doubt("the merge"))
    }

    /// A merge cannot be undone, so everything the plan says about the user is checked before, not only this action.
    async fn check_merge(&mut self, lead: &Holding, into: &IntercomId) -> Result<(), Setback> {
        if lead.contact.role != Role::Lead {
            return Err(Setback::Stale("the lead has become a user since the plan was made".to_owned()));
        }
        let own = self.own.get(into).cloned().unwrap_or_default();
        let later = self.planned_for(into);
        let user = self.hold_live(into).await?;
        if user.contact.role != Role::User {
            return Err(Setback::Stale("the contact to merge into is no user".to_owned()));
        }
        let moved = before_merge(&user.contact, &later, &own);
        if moved.is_empty() { Ok(()) } else { Err(Setback::Stale(moved_message(&moved))) }
    }

    /// A merge moves the conversations, so afterwards only the before-image can tell which were the lead's. A workspace
    /// that does not show them moves them all the same.
    async fn keep_conversations_in_mind(&mut self, lead: &IntercomId) -> Result<(), Setback> {
        let (session, workspace) = (self.session, self.session.workspace);
        let found = match session.read(|| workspace.conversations(lead)).await {
            Ok(conversations) => Some(conversations),
            Err(Trouble::Halted) => return Err(Setback::Halted),
            Err(_) => None,
        };
        if let Some(holding) = self.holdings.get_mut(lead) {
            holding.conversations = found;
        }
        Ok(())
    }

    /// Every value the plan's updates give a contact.
    fn planned_for(&self, id: &IntercomId) -> Vec<WireChange> {
        self.actions
            .iter()
            .filter(|action| matches!(&action.target, Target::Existing(target) if target == id))
            .filter_map(|action| match &action.body {
                ActionBody::Update { changes } => wire_changes(changes, &self.session.types).ok(),
                _ => None,
            })
            .flatten()
            .collect()
    }

    /// The note to write first, so that what the merge would discard stays; stale when the lead is somebody else by now.
    async fn values_at_stake(&mut self, lead: &Holding, into: &IntercomId) -> Result<Option<String>, Setback> {
        let session = self.session;
        let Some(places) = &session.keeping else { return Ok(None) };
        let later = self.planned_for(into);
        let user = self.hold_live(into).await?;
        let lost = unkept(&lead.contact, &user.contact, &user.notes, Leaving::Merged(&later), places);
        match lost.moved() {
            Some(message) => Err(Setback::Stale(message)),
            None => Ok(lost.note()),
        }
    }

    /// The lead does not answer: merged by us, by somebody else, or gone some other way.
    async fn lead_is_gone(
        &mut self,
        job: &mut Job,
        from: &IntercomId,
        into: &IntercomId,
        setback: Setback,
    ) -> Result<Finish, Setback> {
        if matches!(setback, Setback::Halted | Setback::Failed(_) | Setback::Unknown(_)) {
            return Err(setback);
        }
        let workspace = self.session.workspace;
        let canonical = match self.session.read(|| workspace.contact(from)).await {
            Err(Trouble::Absent { canonical, .. }) => canonical,
            Ok(contact) if contact.id != *from => Some(contact.id),
            _ => return Err(setback),
        };
        match &canonical {
            Some(canonical) if canonical == into => {}
            Some(_) => return Err(Setback::Stale("the lead was merged into another contact".to_owned())),
            // Before 2.16 a merged lead answers 404; it was ours if we tried and the user has what the lead had
            None if job.tried => {}
            None => return Err(setback),
        }
        self.forget(into);
        let Some(image) = self.images.get(from).cloned() else { return Ok(job.finish(into)) };
        let user = self.hold_live(into).await?;
        let had = Had::from_image(&image);
        let tags_moved = had.tags.iter().all(|tag| user.tags.iter().any(|held| held.id == tag.id));
        if canonical.is_none() && !tags_moved {
            return Err(Setback::Unknown(
                "the lead is gone, but the user does not have its tags; look at the user, then apply again".to_owned(),
            ));
        }
        if job.tried { self.verify_survivor(job, &had, into).await } else { Ok(job.finish(into)) }
    }

    /// After a merge the lead must not answer any more.
    async fn verify_gone(&mut self, from: &IntercomId, into: &IntercomId) -> Result<(), Setback> {
        let session = self.session;
        let workspace = session.workspace;
        for look in 1..=LOOKS {
            match session.read(|| workspace.contact(from)).await {
                Err(Trouble::Absent { .. }) => return Ok(()),
                Ok(contact) if contact.id == *into => return Ok(()),
                Ok(_) => self.aside(session.sleep(pause_before(look))).await??,
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Err(Setback::Unknown("Intercom confirmed the merge, but the lead still answers; look at it".to_owned()))
    }

    /// Tags and companies move with a merge; where they did not, they are attached. What the lead chose about
    /// subscriptions is chosen for the user too, and an opt-out of the lead wins.
    async fn verify_survivor(&mut self, job: &mut Job, had: &Had, into: &IntercomId) -> Result<Finish, Setback> {
        for _ in 0..LOOKS {
            self.forget(into);
            let user = self.hold_live(into).await?;
            let left = had.lacking_on(user);
            if left.is_empty() {
                return Ok(Finish::Done(Some(into.clone())));
            }
            match self.copy_missing(job, into, left).await {
                Ok(()) => {}
                Err(Trouble::InDoubt { .. }) => self.pause_and_forget(job, into).await?,
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Err(still_in_doubt("attaching what the merge did not move"))
    }
}

/// What a lead had and its user must have afterwards.
#[derive(Clone, Debug)]
struct Had {
    tags: Vec<Tag>,
    companies: Vec<Company>,
    choices: Vec<Subscription>,
    opted_out: bool,
}

impl Had {
    fn of(lead: &Holding) -> Self {
        Self {
            tags: lead.tags.clone(),
            companies: lead.companies.clone(),
            choices: lead.choices.clone(),
            opted_out: opted_out(&lead.contact),
        }
    }

    fn from_image(image: &BeforeImage) -> Self {
        let list = |key: &str| image.state.get(key).cloned().unwrap_or_default();
        Self {
            tags: serde_json::from_value(list("tags")).unwrap_or_default(),
            companies: serde_json::from_value(list("companies")).unwrap_or_default(),
            choices: serde_json::from_value(list("subscriptions")).unwrap_or_default(),
            opted_out: ["unsubscribed_from_emails", "has_hard_bounced", "marked_email_as_spam"]
                .iter()
                .any(|key| image.state.get(*key) == Some(&serde_json::Value::Bool(true))),
        }
    }

    fn lacking_on(&self, user: &Holding) -> Missing {
        let lacks_tag = |tag: &&Tag| !user.tags.iter().any(|held| held.id == tag.id);
        let lacks_company = |company: &&Company| !user.companies.iter().any(|held| held.id == company.id);
        Missing {
            tags: self.tags.iter().filter(lacks_tag).cloned().collect(),
            companies: self.companies.iter().filter(lacks_company).cloned().collect(),
            choices: choices_lacking(&self.choices, &user.choices),
            opt_out: self.opted_out && !user.contact.unsubscribed_from_emails,
            ..Missing::default()
        }
    }
}
