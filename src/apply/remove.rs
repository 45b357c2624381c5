//! Archiving and deleting: only after the survivor was read back and has all the other one holds.

use super::copy::Lacking;
use super::fold::Missing;
use super::group::{Finish, GroupRun, Job, Setback};
use super::request::Request;
use super::session::Trouble;
use super::write::{LOOKS, nothing, still_in_doubt};
use crate::contact::IntercomId;
use crate::intercom::WriteWorkspace;

/// How a contact goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Removal {
    Archive,
    Delete,
}

impl<W: WriteWorkspace> GroupRun<'_, '_, W> {
    pub(super) async fn remove(
        &mut self,
        job: &mut Job,
        target: &IntercomId,
        survivor: &IntercomId,
        how: Removal,
    ) -> Result<Finish, Setback> {
        if target == survivor {
            return Err(Setback::Failed("the contact to remove is its own survivor".to_owned()));
        }
        for _ in 0..LOOKS {
            // Both are read anew: what was copied earlier in the group proves nothing about now
            self.forget(target);
            self.forget(survivor);
            match self.hold(target).await {
                Ok(holding) if holding.contact.archived && how == Removal::Archive => return Ok(job.finish(target)),
                Ok(holding) if holding.contact.archived => {
                    return Err(Setback::Stale(
                        "the contact was archived since the plan was made, so what it holds cannot be seen; it was not deleted"
                            .to_owned(),
                    ));
                }
                Ok(_) => {}
                Err(Trouble::Absent { canonical: Some(canonical), .. }) if canonical == *survivor => {
                    return Ok(job.finish(target));
                }
                // An archived or deleted contact may answer like one that never was
                Err(Trouble::Absent { .. }) if job.tried => return Ok(Finish::Done(Some(target.clone()))),
                Err(trouble) => return Err(trouble.into()),
            }
            match self.lacking_of(target, survivor).await? {
                Lacking::MergedAlready => return Ok(job.finish(target)),
                Lacking::These(Missing { moved: Some(message), .. }) => return Err(Setback::Stale(message)),
                Lacking::These(missing) if !missing.is_empty() => {
                    return Err(Setback::Stale(format!(
                        "the contact was kept, because the survivor lacks {} of it; make a new plan",
                        missing.in_words()
                    )));
                }
                Lacking::These(_) => {}
            }
            let workspace = self.session.workspace;
            let sent = match how {
                Removal::Archive => {
                    let call = (|| workspace.archive(target), nothing as fn(&()) -> _);
                    self.send(job, Request::Archive(target.clone()), &[target], call).await
                }
                Removal::Delete => {
                    let call = (|| workspace.delete(target), nothing as fn(&()) -> _);
                    self.send(job, Request::Delete(target.clone()), &[target], call).await
                }
            };
            match sent {
                Ok(()) => {
                    self.forget(target);
                    return Ok(Finish::Done(Some(target.clone())));
                }
                Err(Trouble::InDoubt { .. }) => self.pause_and_forget(job, target).await?,
                Err(Trouble::Absent { .. }) if job.tried => return Ok(Finish::Done(Some(target.clone()))),
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Err(still_in_doubt(match how {
            Removal::Archive => "archiving",
            Removal::Delete => "deleting",
        }))
    }
}
