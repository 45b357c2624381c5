//! A pretend Intercom on loopback: a second, independent reading of the API, to try things on and to test against.
//!
//! `workspace` holds the rules and the state, `modern` and `legacy` translate the 2.x and the 1.x dialect to them,
//! `both` answers what is the same in both, `server` adds what only exists on a wire: tokens, versions, the rate
//! limit, request ids, ordered faults, and a few endpoints that show what happened. It shares no code with the client
//! it is used to test, and nothing here may import another room.
//! Documented for people in `docs/sandbox.md`.

mod both;
mod clock;
mod error;
mod faults;
mod ledger;
mod legacy;
mod modern;
mod options;
mod rate;
mod server;
mod version;
mod wire;
mod workspace;

pub use clock::{Clock, ManualClock, SystemClock};
pub use error::Error;
pub use faults::{Fault, FaultRule, Faults, Reset, When};
pub use options::{DEFAULT_LIMIT_PER_WINDOW, Options, Seed, SeedRole};
pub use server::{Running, Sandbox};
pub use workspace::seed::SeedSummary;
