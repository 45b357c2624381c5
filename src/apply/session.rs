//! What everybody who works on a run shares, and the only way a request leaves it.
//!
//! A read is repeated when nobody answers. A write is journalled: intent, request, result. What an error means is
//! decided by its [`Disposition`]; the callers see a [`Trouble`] and no status codes.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use super::breaker::{Breaker, Verdict};
use super::crowd::Crowd;
use super::equals::Equals;
use super::names::Names;
use super::request::Request;
use super::scribe::{Closed, Scribe};
use super::value::AttributeTypes;
use super::{Clock, Error, Observer, Options};
use crate::contact::{IntercomId, Timestamp};
use crate::intercom::{self, Disposition, Me};
use crate::plan::{ActionId, Places};
use crate::store::{AttemptId, AttemptResult, BeforeImage};

/// Times a request that certainly was not carried out, or only reads, is sent before it fails.
const SENDINGS: u32 = 4;

/// After this long a request that was on its way when its sender died has arrived.
const ARRIVAL: Duration = Duration::from_secs(3);

/// Why a request did not do what was wanted.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The contact is not there: unknown, deleted, or merged into `canonical`.
    Absent { canonical: Option<IntercomId>, message: String },
    /// Another contact is in the way.
    Conflict { existing: Option<IntercomId>, archived: bool, message: String },
    /// Refused, not carried out.
    Refused(String),
    /// A request that writes may have been carried out.
    InDoubt { attempt: AttemptId, message: String },
    /// The run is stopping: nothing more is sent, the action stays as it is.
    Halted,
}

impl From<Closed> for Trouble {
    fn from(_: Closed) -> Self {
        Self::Halted
    }
}

/// The shared state of a run.
pub(super) struct Session<'a, W> {
    pub(super) workspace: &'a W,
    pub(super) options: &'a Options,
    pub(super) clock: &'a dyn Clock,
    pub(super) observer: &'a dyn Observer,
    pub(super) types: AttributeTypes,
    /// The custom attributes that keep values which would be lost, where the others go into a note; `None` when the plan was
    /// told to drop them.
    pub(super) keeping: Option<Places>,
    /// The custom attribute that names a created contact's row.
    pub(super) mark: Option<&'a str>,
    /// Where the workspace's conversations can be opened; an id follows.
    pub(super) inbox: String,
    /// The teammate in whose name conversations are joined.
    pub(super) admin: String,
    pub(super) names: Names,
    pub(super) equals: Equals,
    pub(super) scribe: Scribe,
    pub(super) lanes: Semaphore,
    breaker: Mutex<Breaker>,
    not_before: Mutex<Option<Instant>>,
    stop: watch::Sender<bool>,
    reason: OnceLock<Error>,
    began: Instant,
    reads: AtomicU64,
    writes: AtomicU64,
    failed: AtomicU64,
    crowd: Mutex<Crowd>,
}

/// The address of the workspace's inbox, up to the id of a conversation.
fn inbox(me: &Me) -> String {
    let host = match me.region.as_str() {
        "EU" => "app.eu.intercom.com",
        "AU" => "app.au.intercom.com",
        _ => "app.intercom.com",
    };
    format!("https://{host}/a/apps/{}/conversations/", me.workspace_id)
}

/// What a session is made for.
pub(super) struct Setting<'a, W> {
    pub(super) workspace: &'a W,
    pub(super) options: &'a Options,
    pub(super) clock: &'a dyn Clock,
    pub(super) observer: &'a dyn Observer,
    pub(super) types: AttributeTypes,
    pub(super) keeping: Option<Places>,
    pub(super) mark: Option<&'a str>,
    pub(super) me: &'a Me,
}

impl<'a, W> Session<'a, W> {
    pub(super) fn new(setting: Setting<'a, W>, scribe: Scribe) -> Self {
        let Setting { workspace, options, clock, observer, types, keeping, mark, me } = setting;
        Self {
            workspace,
            options,
            clock,
            observer,
            types,
            keeping,
            mark,
            inbox: inbox(me),
            admin: me.admin_id.clone(),
            names: Names::default(),
            equals: Equals::default(),
            scribe,
            lanes: Semaphore::new(options.lanes.max(1)),
            crowd: Mutex::new(Crowd::new(options.lanes.max(1), options.most_lanes)),
            failed: AtomicU64::new(0),
            began: Instant::now(),
            breaker: Mutex::new(Breaker::new(options.failures_in_a_row)),
            not_before: Mutex::new(None),
            stop: watch::Sender::new(false),
            reason: OnceLock::new(),
            reads: AtomicU64::new(0),
            writes: AtomicU64::new(0),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Stops taking actions; what is under way is finished.
    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    fn stop_because(&self, reason: Error) {
        let _ = self.reason.set(reason);
        self.stop();
    }

    pub(super) fn into_reason(self) -> Option<Error> {
        self.reason.into_inner()
    }

    /// How long to wait until requests of a process that was killed before this one began have arrived.
    pub(super) fn until_orphans_arrived(&self) -> Duration {
        ARRIVAL.saturating_sub(self.began.elapsed())
    }

    /// An action failed, not because of another one. Enough of them stop the run.
    pub(super) fn action_failed(&self, message: &str) {
        let failed = self.failed.fetch_add(1, Ordering::Relaxed) + 1;
        if failed >= self.options.most_failed.max(1) {
            self.stop_because(Error::TooManyFailed { failed, message: message.to_owned() });
        }
    }

    /// A call came to its end after `took`: when calls take long, more of them go side by side.
    fn took(&self, took: Duration) {
        let more = self.crowd.lock().unwrap_or_else(PoisonError::into_inner).call_took(took);
        if more > 0 {
            self.lanes.add_permits(more);
        }
    }

    /// Requests that read, and requests that write.
    pub(super) fn requests(&self) -> (u64, u64) {
        (self.reads.load(Ordering::Relaxed), self.writes.load(Ordering::Relaxed))
    }

    /// Sleeps, or ends early because the run stops.
    pub(super) async fn sleep(&self, duration: Duration) -> Result<(), Trouble> {
        let mut stop = self.stop.subscribe();
        tokio::select! {
            () = tokio::time::sleep(duration) => Ok(()),
            _ = stop.wait_for(|stop| *stop) => Err(Trouble::Halted),
        }
    }

    async fn pass_gate(&self) -> Result<(), Trouble> {
        loop {
            if self.stopping() {
                return Err(Trouble::Halted);
            }
            let not_before = *self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(wait) = not_before.and_then(|until| until.checked_duration_since(Instant::now())) else {
                return Ok(());
            };
            if wait.is_zero() {
                return Ok(());
            }
            self.sleep(wait).await?;
        }
    }

    fn answered(&self) {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner).answered();
    }

    fn failed(&self, message: &str) {
        let verdict = self.breaker.lock().unwrap_or_else(PoisonError::into_inner).failed();
        match verdict {
            Verdict::GoOn => {}
            Verdict::Pause(pause) => {
                self.observer.notice(&format!("the server keeps failing; waiting {} s ({message})", pause.as_secs()));
                *self.not_before.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + pause);
            }
            Verdict::Open { failures } => {
                self.stop_because(Error::Unreachable { failures, message: message.to_owned() });
            }
        }
    }

    /// Sends a request that only reads; repeats it when the answer is lost.
    pub(super) async fn read<T, F>(&self, request: impl Fn() -> F) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, intercom::Error>>,
    {
        let mut sendings = 0;
        loop {
            self.pass_gate().await?;
            self.reads.fetch_add(1, Ordering::Relaxed);
            let began = Instant::now();
            let answer = request().await;
            self.took(began.elapsed());
            self.observer.request();
            sendings += 1;
            let error = match answer {
                Ok(value) => {
                    self.answered();
                    return Ok(value);
                }
                Err(error) => error,
            };
            match self.judge(error) {
                Judged::Final(trouble) => return Err(trouble),
                Judged::Again { message, .. } if sendings >= SENDINGS => return Err(Trouble::Refused(message)),
                Judged::Again { after, .. } => self.sleep(after.max(pause_before(sendings))).await?,
                Judged::Doubt(message) if sendings >= SENDINGS => return Err(Trouble::Refused(message)),
                Judged::Doubt(_) => self.sleep(pause_before(sendings)).await?,
            }
        }
    }

    /// Sends a request that writes, journalled before and after. `id_of` gives the id the answer names.
    pub(super) async fn write<T, F>(
        &self,
        (action, step): (ActionId, u32),
        request: &Request,
        mark: &str,
        images: Vec<BeforeImage>,
        (send, id_of): (impl Fn() -> F, fn(&T) -> Option<String>),
    ) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, intercom::Error>>,
    {
        let mut sendings = 0;
        loop {
            self.pass_gate().await?;
            let text = format!("{mark}{request}");
            let attempt = self.scribe.intend((action, step), text, images.clone(), self.now()).await?;
            self.writes.fetch_add(1, Ordering::Relaxed);
            let began = Instant::now();
            let answer = send().await;
            self.took(began.elapsed());
            self.observer.request();
            sendings += 1;
            let error = match answer {
                Ok(value) => {
                    self.answered();
                    self.scribe.result(attempt, AttemptResult::Done { id: id_of(&value) }, self.now(), None);
                    return Ok(value);
                }
                Err(error) => error,
            };
            let message = error.to_string();
            let request_id = error.request_id().map(str::to_owned);
            let judged = self.judge(error);
            let result = match &judged {
                Judged::Doubt(_) => AttemptResult::InDoubt { message },
                Judged::Final(_) | Judged::Again { .. } => AttemptResult::NotDone { message },
            };
            self.scribe.result(attempt, result, self.now(), request_id);
            match judged {
                Judged::Final(trouble) => return Err(trouble),
                Judged::Doubt(message) => return Err(Trouble::InDoubt { attempt, message }),
                Judged::Again { message, .. } if sendings >= SENDINGS => return Err(Trouble::Refused(message)),
                Judged::Again { after, .. } => self.sleep(after.max(pause_before(sendings))).await?,
            }
        }
    }

    fn judge(&self, error: intercom::Error) -> Judged {
        let message = error.to_string();
        match error.disposition() {
            Disposition::Abort => {
                self.stop_because(Error::Refused { message });
                return Judged::Final(Trouble::Halted);
            }
            Disposition::InDoubt => {
                self.failed(&message);
                return Judged::Doubt(message);
            }
            Disposition::Retry { after } => {
                self.failed(&message);
                return Judged::Again { after, message };
            }
            Disposition::GiveUp => self.answered(),
        }
        Judged::Final(match error {
            intercom::Error::NotFound { .. } => Trouble::Absent { canonical: None, message },
            intercom::Error::Gone { canonical, .. } => Trouble::Absent { canonical, message },
            intercom::Error::Conflict { existing, archived, .. } => Trouble::Conflict { existing, archived, message },
            _ => Trouble::Refused(message),
        })
    }
}

enum Judged {
    Final(Trouble),
    Again { after: Duration, message: String },
    Doubt(String),
}

/// Waits 1, 2, 4 s.
pub(super) fn pause_before(sendings: u32) -> Duration {
    Duration::from_secs(1 << sendings.saturating_sub(1).min(5))
}
