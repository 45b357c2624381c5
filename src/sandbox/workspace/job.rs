//! Jobs of the preview version: up to a hundred creates, updates or deletes that are carried out a little later.
//!
//! A job is pending for a second, runs for another, then it is done, by the sandbox's clock. What went wrong with which
//! item is not told, only that something did, as documented. Creating never updates; a user whose e-mail or external id
//! is taken, be it by an archived one, is refused.

use serde_json::{Map, Value};

use super::change::OwnerForm;
use super::company::read_company_id;
use super::contact::Role;
use super::refusal::Refusal;
use super::state::Workspace;
use crate::sandbox::clock::Moment;

/// How long a task waits, and how long it then runs.
const WAIT_MILLIS: i64 = 1000;
const RUN_MILLIS: i64 = 1000;

/// What is done to every contact of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Create,
    Update,
    Delete,
}

#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) id: u64,
    pub(crate) items: Vec<Map<String, Value>>,
    verb: Verb,
    created_millis: i64,
    /// How many items failed, once it is done.
    failed: Option<usize>,
}

#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: u64,
    pub(crate) created_at: i64,
    pub(crate) tasks: Vec<Task>,
}

impl Task {
    pub(crate) fn created_at(&self) -> i64 {
        self.created_millis.div_euclid(1000)
    }

    fn start_millis(&self) -> i64 {
        self.created_millis.saturating_add(WAIT_MILLIS)
    }

    fn end_millis(&self) -> i64 {
        self.start_millis().saturating_add(RUN_MILLIS)
    }

    pub(crate) fn started_at(&self, now: Moment) -> Option<i64> {
        (now.millis >= self.start_millis()).then(|| self.start_millis().div_euclid(1000))
    }

    pub(crate) fn completed_at(&self) -> Option<i64> {
        self.failed.map(|_| self.end_millis().div_euclid(1000))
    }

    pub(crate) fn state(&self, now: Moment) -> &'static str {
        match self.failed {
            Some(0) => "completed",
            Some(_) => "completed_with_errors",
            None if self.started_at(now).is_some() => "running",
            None => "pending",
        }
    }
}

impl Job {
    pub(crate) fn is_done(&self) -> bool {
        self.tasks.iter().all(|task| task.failed.is_some())
    }

    pub(crate) fn completed_at(&self) -> Option<i64> {
        if self.is_done() { self.tasks.iter().filter_map(Task::completed_at).max() } else { None }
    }

    pub(crate) fn state(&self, now: Moment) -> &'static str {
        let states: Vec<&str> = self.tasks.iter().map(|task| task.state(now)).collect();
        if !self.is_done() {
            return if states.iter().all(|state| *state == "pending") { "pending" } else { "running" };
        }
        if states.contains(&"completed_with_errors") { "completed_with_errors" } else { "completed" }
    }
}

/// The jobs of a workspace.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    all: Vec<Job>,
    last_task: u64,
    /// Tasks that are not carried out yet: job and place in it.
    due: Vec<(usize, usize)>,
}

impl Jobs {
    /// The job of an id like `job_v2_1`.
    pub(crate) fn get(&self, id: &str) -> Result<&Job, Refusal> {
        let found = id.strip_prefix("job_v2_").and_then(|number| number.parse::<usize>().ok());
        let found = found.and_then(|number| self.all.get(number.checked_sub(1)?));
        found.ok_or_else(|| Refusal::new(404, "job_not_found", format!("job {id} not found")))
    }
}

impl Workspace {
    /// Takes in a task, as a job of its own or as part of one that is not done yet.
    pub(crate) fn enqueue(
        &mut self,
        now: Moment,
        verb: Verb,
        items: Vec<Map<String, Value>>,
        job: Option<&str>,
    ) -> Result<Job, Refusal> {
        let place = if let Some(id) = job {
            let job = self.jobs.get(id)?;
            if job.is_done() {
                let message = format!("job {id} is closed for new task updates");
                return Err(Refusal::new(403, "forbidden", message));
            }
            usize::try_from(job.id).unwrap_or(usize::MAX) - 1
        } else {
            let id = self.jobs.all.len() as u64 + 1;
            self.jobs.all.push(Job { id, created_at: now.seconds(), tasks: Vec::new() });
            self.jobs.all.len() - 1
        };
        self.jobs.last_task += 1;
        let task = Task { id: self.jobs.last_task, items, verb, created_millis: now.millis, failed: None };
        let job = self.jobs.all.get_mut(place).ok_or_else(Refusal::resource_not_found)?;
        self.jobs.due.push((place, job.tasks.len()));
        job.tasks.push(task);
        Ok(job.clone())
    }

    /// Carries out the tasks whose time has come.
    pub(crate) fn work_off(&mut self, now: Moment) {
        let task_at = |jobs: &Jobs, (job, task): (usize, usize)| jobs.all.get(job)?.tasks.get(task).cloned();
        let due = std::mem::take(&mut self.jobs.due);
        for place in due {
            let Some(task) = task_at(&self.jobs, place) else { continue };
            if task.end_millis() > now.millis {
                self.jobs.due.push(place);
                continue;
            }
            let when = Moment { millis: task.end_millis() };
            let done = task.items.iter().filter(|item| self.carry_out(when, task.verb, item).is_ok()).count();
            let failed = task.items.len() - done;
            if let Some(task) = self.jobs.all.get_mut(place.0).and_then(|job| job.tasks.get_mut(place.1)) {
                task.failed = Some(failed);
            }
        }
    }

    fn carry_out(&mut self, now: Moment, verb: Verb, item: &Map<String, Value>) -> Result<(), Refusal> {
        let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
        match verb {
            Verb::Delete => self.delete(now, id).map(drop),
            Verb::Create => {
                let change = self.read_change(item, OwnerForm::Either)?;
                let email = item.get("email").and_then(Value::as_str);
                let taken = email.filter(|_| change.role != Some(Role::Lead));
                if let Some(owner) = taken.and_then(|email| self.people.users_by_email(email).next()) {
                    return Err(Refusal::exists(&owner.id, owner.is_hidden()));
                }
                let id = self.create(now, change)?.id.clone();
                self.connect(now, &id, item)
            }
            Verb::Update => {
                let change = self.read_change(item, OwnerForm::Either)?;
                self.update(now, id, change)?;
                self.connect(now, id, item)
            }
        }
    }

    /// Companies and tags of an item. Tags that do not exist are skipped.
    fn connect(&mut self, now: Moment, contact: &str, item: &Map<String, Value>) -> Result<(), Refusal> {
        for company in item.get("companies").and_then(Value::as_array).into_iter().flatten() {
            let company = company.as_object().ok_or_else(|| Refusal::bad_request("bad 'companies' parameter"))?;
            if company.get("remove") == Some(&Value::Bool(true)) {
                let held = self.companies.by_company_id(&read_company_id(company)?).map(|company| company.id.clone());
                self.detach_company(now, contact, &held.ok_or_else(Refusal::company_not_found)?)?;
            } else {
                let company = self.upsert_company(now, company)?;
                self.attach_company(now, contact, &company.id)?;
            }
        }
        let listed = |part: &str| {
            let tags = item.get("tags").and_then(|tags| tags.get(part)).and_then(Value::as_array);
            tags.into_iter().flatten().filter_map(|tag| tag.get("id").and_then(Value::as_str)).collect::<Vec<_>>()
        };
        for tag in listed("add") {
            self.attach_tag(now, contact, tag).map(drop).unwrap_or_default();
        }
        for tag in listed("remove") {
            self.detach_tag(now, contact, tag).map(drop).unwrap_or_default();
        }
        Ok(())
    }
}
