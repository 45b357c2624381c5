//! Jobs of the 1.x dialect: users saved and archived many at a time. Items are carried out at once, in order; what failed
//! is kept as the job's feed of errors. A job takes tasks for fifteen minutes.

use serde_json::Value;

use super::refusal::Refusal;

/// How long a job stays open, in seconds: the difference of the two stamps in every published sample.
pub(crate) const OPEN_SECONDS: i64 = 900;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BulkTask {
    pub(crate) id: String,
    pub(crate) items: usize,
    pub(crate) failed: usize,
    pub(crate) created_at: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BulkJob {
    pub(crate) id: String,
    pub(crate) created_at: i64,
    pub(crate) tasks: Vec<BulkTask>,
    /// The items that failed, each with its `error`.
    pub(crate) errors: Vec<Value>,
}

impl BulkJob {
    pub(crate) fn closing_at(&self) -> i64 {
        self.created_at.saturating_add(OPEN_SECONDS)
    }

    pub(crate) fn updated_at(&self) -> i64 {
        self.tasks.last().map_or(self.created_at, |task| task.created_at)
    }
}

#[derive(Debug, Default)]
pub(crate) struct BulkJobs {
    all: Vec<BulkJob>,
    tasks_made: u64,
}

impl BulkJobs {
    pub(crate) fn get(&self, id: &str) -> Result<&BulkJob, Refusal> {
        let found = self.all.iter().find(|job| job.id == id);
        found.ok_or_else(|| Refusal::new(404, "not_found", "Resource Not Found"))
    }

    /// The job a task belongs to: the one that is named and still open, or a new one.
    pub(crate) fn open(&mut self, id: Option<&str>, now: i64) -> Result<String, Refusal> {
        if let Some(id) = id {
            let job = self.get(id)?;
            if now > job.closing_at() {
                return Err(Refusal::new(403, "forbidden", format!("job {id} is closed for new task updates")));
            }
            return Ok(job.id.clone());
        }
        let id = format!("job_{:08x}", self.all.len() + 1);
        self.all.push(BulkJob { id: id.clone(), created_at: now, tasks: Vec::new(), errors: Vec::new() });
        Ok(id)
    }

    /// Notes down a task that was carried out.
    pub(crate) fn note(&mut self, id: &str, items: usize, errors: Vec<Value>, now: i64) {
        self.tasks_made += 1;
        let task = BulkTask { id: format!("task_{}", self.tasks_made), items, failed: errors.len(), created_at: now };
        if let Some(job) = self.all.iter_mut().find(|job| job.id == id) {
            job.tasks.push(task);
            job.errors.extend(errors);
        }
    }
}
