//! Whole runs against a pretend workspace: what ends up in it, what the journal says, and what a kill leaves behind.

mod carried;
mod changed;
mod draft;
mod fake;
mod faults;
mod kept;
mod kill;
mod marks;
mod paths;
mod rehearsals;
mod undos;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use self::fake::Fake;
use super::{Clock, Error, Observer, Options, Silent, Summary, Surroundings, run};
use crate::contact::Timestamp;
use crate::store::PlanFile;

/// A clock that goes with the runtime's paused time.
#[derive(Clone, Copy, Debug)]
struct RuntimeClock {
    begin: tokio::time::Instant,
}

/// Where time begins in these tests.
const BEGIN: i64 = 1_800_000_000;

impl RuntimeClock {
    fn start() -> Self {
        Self { begin: tokio::time::Instant::now() }
    }
}

impl Clock for RuntimeClock {
    fn now(&self) -> Timestamp {
        Timestamp(BEGIN + i64::try_from(self.begin.elapsed().as_secs()).unwrap())
    }
}

fn options() -> Options {
    Options { lanes: 4, ..Options::default() }
}

async fn apply(plan: &mut PlanFile, fake: &Arc<Fake>) -> Result<Summary, Error> {
    apply_with(plan, fake, &options(), &Silent).await
}

async fn apply_with(
    plan: &mut PlanFile,
    fake: &Arc<Fake>,
    options: &Options,
    observer: &dyn Observer,
) -> Result<Summary, Error> {
    let (_keep, cancel) = watch::channel(false);
    let clock = fake.clock();
    let surroundings = Surroundings { clock: &clock, observer, me: None };
    tokio::time::timeout(Duration::from_secs(100_000), run(plan, &**fake, options, surroundings, cancel))
        .await
        .expect("a run ends")
}
