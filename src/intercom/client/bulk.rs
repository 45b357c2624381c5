//! Jobs of the API's preview version: up to a hundred contacts in one request, carried out a little later.
//!
//! Asked for, never assumed: a workspace that has no such jobs answers 404, 403 or that the version is invalid, and then
//! every contact is written by itself. A job tells whether something failed and not what, and gives no ids of what it
//! made. So only what may be sent twice goes through here with a fallback (updates with absolute values, deletions);
//! `apply`, which answers for every single row, does not use it. Source: the published description of the preview.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::Client;
use super::preview::{VERSION, has_no_preview};
use super::read::unreadable;
use super::send::Call;
use crate::contact::IntercomId;
use crate::intercom::retry::Repeat;
use crate::intercom::wire;
use crate::intercom::{BulkJob, BulkState, ContactPatch, Error, WriteWorkspace};

/// Most contacts of one request.
const MOST: usize = 100;
/// How often a job is asked after: at first, and at most.
const FIRST_LOOK: Duration = Duration::from_millis(500);
const LONGEST_LOOK: Duration = Duration::from_secs(5);

/// What a job does to every contact of it.
#[derive(Clone, Copy, Debug)]
pub enum Bulk<'a> {
    /// Makes contacts; one whose e-mail or external id is taken fails.
    Create(&'a [ContactPatch]),
    /// Sets values.
    Update(&'a [(IntercomId, ContactPatch)]),
    /// Deletes for good.
    Delete(&'a [IntercomId]),
}

impl Client {
    /// Hands in a job of at most a hundred contacts; `None` where the workspace has no jobs. More is
    /// [`Error::Configuration`].
    pub async fn bulk(&self, what: Bulk<'_>) -> Result<Option<BulkJob>, Error> {
        if self.dialect.is_legacy() {
            return Ok(None);
        }
        let with_id = |id: &IntercomId, mut body: Value| {
            if let Some(body) = body.as_object_mut() {
                body.insert("id".to_owned(), json!(&*id.0));
            }
            body
        };
        let body = |patch: &ContactPatch| wire::patch_body(patch, self.dialect);
        let (method, path, items): (_, &[&str], Vec<Value>) = match what {
            Bulk::Create(patches) => (Method::POST, &["contacts", "bulk"], patches.iter().map(body).collect()),
            Bulk::Update(updates) => {
                let items = updates.iter().map(|(id, patch)| with_id(id, body(patch))).collect();
                (Method::PUT, &["contacts", "bulk"], items)
            }
            Bulk::Delete(ids) => {
                (Method::POST, &["contacts", "bulk", "delete"], ids.iter().map(|id| with_id(id, json!({}))).collect())
            }
        };
        if items.len() > MOST {
            return Err(Error::Configuration(format!("a job takes {MOST} contacts, not {}", items.len())));
        }
        // Twice would make everybody twice; the others change nothing the second time
        let repeat = if matches!(what, Bulk::Create(_)) { Repeat::Unsafe } else { Repeat::Safe };
        let call = Call::write(method, path, repeat).with(json!({ "contacts": items }));
        match self.send(Call { version: Some(VERSION), ..call }).await {
            Ok(answer) => wire::bulk_job(&answer).map(Some).map_err(unreadable),
            Err(error) if has_no_preview(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks after a job until it is done, or as long as `patience` lasts: then it comes back as it is.
    pub async fn bulk_done(&self, mut job: BulkJob, patience: Duration) -> Result<BulkJob, Error> {
        let (mut waited, mut pause) = (Duration::ZERO, FIRST_LOOK);
        while !job.is_done() && waited < patience {
            tokio::time::sleep(pause).await;
            waited += pause;
            pause = (pause * 2).min(LONGEST_LOOK);
            let path = ["contacts", "bulk", job.id.as_str()];
            let call = Call::get(&path);
            let answer = self.send(Call { version: Some(VERSION), ..call }).await?;
            job = wire::bulk_job(&answer).map_err(unreadable)?;
        }
        Ok(job)
    }

    /// Updates contacts: a hundred at a time where the workspace has jobs, and one by one where it has not, where a job
    /// reports a failure, or where it takes longer than `patience`. Gives what became of each, in order.
    pub async fn update_many(
        &self,
        updates: &[(IntercomId, ContactPatch)],
        patience: Duration,
    ) -> Vec<Result<(), Error>> {
        let mut results = Vec::with_capacity(updates.len());
        for part in updates.chunks(MOST) {
            if self.went_well(Bulk::Update(part), patience).await {
                results.extend(part.iter().map(|_| Ok(())));
                continue;
            }
            for (id, patch) in part {
                results.push(self.update(id, patch).await.map(drop));
            }
        }
        results
    }

    /// Deletes contacts for good, as [`Self::update_many`] updates them. One that is gone already counts as deleted.
    pub async fn delete_many(&self, ids: &[IntercomId], patience: Duration) -> Vec<Result<(), Error>> {
        let mut results = Vec::with_capacity(ids.len());
        for part in ids.chunks(MOST) {
            if self.went_well(Bulk::Delete(part), patience).await {
                results.extend(part.iter().map(|_| Ok(())));
                continue;
            }
            for id in part {
                results.push(match self.delete(id).await {
                    Err(Error::NotFound { .. }) => Ok(()),
                    result => result,
                });
            }
        }
        results
    }

    /// Whether a job was taken and everything in it done. Anything else is no error: it is done one by one then.
    async fn went_well(&self, what: Bulk<'_>, patience: Duration) -> bool {
        match self.bulk(what).await {
            Ok(Some(job)) => self.bulk_done(job, patience).await.is_ok_and(|job| job.state == BulkState::Completed),
            Ok(None) => false,
            Err(error) => {
                tracing::info!("a job was not taken, so every contact is written by itself: {error}");
                false
            }
        }
    }
}
