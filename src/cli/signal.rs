//! Signals, and the one runtime.
//!
//! A verb runs on a thread of its own while the main thread waits for it or for a signal. A verb that only reads and
//! writes files is simply left behind: its half-written temporary files are removed and the process ends quietly. A
//! verb that has requests in flight asks for draining: the first signal sets the flag it watches, the second ends the
//! process.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, anyhow};
use tokio::runtime::{Builder, Handle};
use tokio::sync::{oneshot, watch};

use super::{Exit, Outcome, file};

/// What a verb sees of signals and of the runtime.
#[derive(Clone, Debug)]
pub(super) struct Cancel {
    runtime: Handle,
    drains: Arc<AtomicBool>,
    cancelled: watch::Receiver<bool>,
}

impl Cancel {
    /// From now on a first signal only sets the flag returned here; the verb ends by itself once drained.
    pub(super) fn draining(&self) -> watch::Receiver<bool> {
        self.drains.store(true, Ordering::SeqCst);
        self.cancelled.clone()
    }

    /// Runs a future to its end on the runtime.
    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

/// Runs a verb until it ends or a signal ends it.
pub(super) fn interruptible(verb: impl FnOnce(Cancel) -> Outcome + Send + 'static) -> Outcome {
    let runtime = Builder::new_multi_thread().enable_all().build().context("the asynchronous runtime cannot start")?;
    let (set_cancelled, cancelled) = watch::channel(false);
    let drains = Arc::new(AtomicBool::new(false));
    let cancel = Cancel { runtime: runtime.handle().clone(), drains: Arc::clone(&drains), cancelled };
    let (done, mut finished) = oneshot::channel();
    std::thread::Builder::new()
        .name("verb".to_owned())
        .spawn(move || {
            // The receiver is gone only when a signal has ended the run already.
            drop(done.send(verb(cancel)));
        })
        .context("a thread cannot start")?;
    let outcome = runtime.block_on(async {
        let mut signals = Signals::new()?;
        loop {
            tokio::select! {
                result = &mut finished => {
                    return result.unwrap_or_else(|_| Err(anyhow!("this is a bug in leadfold: please report what is printed above")));
                }
                () = signals.next() => {
                    let first = !set_cancelled.send_replace(true);
                    if !first || !drains.load(Ordering::SeqCst) {
                        file::remove_temporaries();
                        return Ok(Exit::Interrupted);
                    }
                }
            }
        }
    });
    // A verb left behind must not keep the process alive.
    runtime.shutdown_background();
    outcome
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> anyhow::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "the Unix twin can fail")]
    fn new() -> anyhow::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
