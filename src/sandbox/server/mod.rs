//! The wire: listens on loopback, keeps the shared world behind one lock, starts and stops.
//!
//! `gate` decides whether a request may pass and what goes wrong with it, `connection` can cut a line, `observe` shows
//! tests what happened, `record` keeps the requests for others. The lock is never held across a wait.

mod connection;
mod gate;
mod observe;
mod record;
mod reply;
mod state;
#[cfg(test)]
mod tests;
mod world;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Response, StatusCode};
use jiff::tz::TimeZone;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::clock::Moment;
use super::error::Error;
use super::faults::{Faults, Injector};
use super::ledger::Ledger;
use super::options::{Options, SeedRole};
use super::rate::Windows;
use super::version;
use super::workspace::contact::Role;
use super::workspace::seed::SeedSummary;
use super::workspace::{Identity, Workspace};
use connection::{Gate, Line, Treatment};
use record::Recorder;
use world::{Server, World};

/// Largest request body, in bytes.
const BODY_LIMIT: usize = 20 * 1024 * 1024;
/// How long open connections get to finish when the sandbox stops.
const FAREWELL: Duration = Duration::from_secs(2);

/// A pretend Intercom.
#[derive(Debug)]
pub struct Sandbox;

impl Sandbox {
    /// Seeds the workspace and starts to listen on 127.0.0.1. Needs a tokio runtime.
    pub async fn start(options: Options) -> Result<Running, Error> {
        let default_version =
            version::read(&options.default_version).ok_or_else(|| Error::Version(options.default_version.clone()))?;
        let (workspace, seeded) = furnish(&options)?;
        let world = World {
            workspace,
            windows: Windows::new(options.limit_per_window),
            injector: Injector::new(options.faults),
            ledger: Ledger::default(),
        };
        let recorder = match &options.record {
            Some(path) => Some(Recorder::create(path).map_err(|source| Error::Record { path: path.clone(), source })?),
            None => None,
        };
        let port = options.port;
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = bound.map_err(|source| Error::Bind { port, source })?;
        let address = listener.local_addr().map_err(|source| Error::Bind { port, source })?;
        let (close, closing) = watch::channel(false);
        let server = Arc::new(Server {
            shared: Mutex::new(world),
            clock: options.clock,
            tokens: options.tokens,
            default_version,
            preview: options.preview,
            recorder,
            closing: closing.clone(),
        });
        let router = Router::new().fallback(handle).with_state(Arc::clone(&server));
        let service = router.into_make_service_with_connect_info::<Line>();
        let until_closed = {
            let server = Arc::clone(&server);
            async move { server.closed().await }
        };
        let task =
            tokio::spawn(
                async move { axum::serve(Gate(listener), service).with_graceful_shutdown(until_closed).await },
            );
        Ok(Running { address, close, task, server, seeded })
    }
}

/// Makes the workspace and fills it.
fn furnish(options: &Options) -> Result<(Workspace, Vec<SeedSummary>), Error> {
    // Without the detour a system without a time zone database could not even run in UTC.
    let zone = if options.timezone == "UTC" { Ok(TimeZone::UTC) } else { TimeZone::get(&options.timezone) };
    let zone = zone.map_err(|_| Error::Timezone(options.timezone.clone()))?;
    let now = Moment { millis: options.clock.unix_millis() };
    let identity = Identity {
        id_code: options.workspace_id.clone(),
        name: options.workspace_name.clone(),
        region: options.region.clone(),
        timezone: options.timezone.clone(),
        // One that was started anew is another workspace, though its id is the same
        created_at: now.seconds(),
    };
    let lag = i64::try_from(options.search_lag.as_millis()).unwrap_or(i64::MAX);
    let mut workspace = Workspace::new(identity, zone, lag);
    let mut seeded = Vec::new();
    for seed in &options.seeds {
        let role = seed.default_role.map(|role| match role {
            SeedRole::Lead => Role::Lead,
            SeedRole::User => Role::User,
        });
        let summary = workspace.seed_csv(now, &seed.bytes, role);
        seeded.push(summary.map_err(|source| Error::Seed { name: seed.name.clone(), source })?);
    }
    Ok((workspace, seeded))
}

/// A sandbox that is up. Dropping it stops it as well.
pub struct Running {
    address: SocketAddr,
    close: watch::Sender<bool>,
    task: JoinHandle<std::io::Result<()>>,
    server: Arc<Server>,
    seeded: Vec<SeedSummary>,
}

impl Running {
    /// `http://127.0.0.1:<port>`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What each seed led to, in order.
    pub fn seeded(&self) -> &[SeedSummary] {
        &self.seeded
    }

    /// The whole state, as `GET /__sandbox/state` shows it.
    pub fn state(&self) -> Value {
        state::of(&self.server.world().workspace)
    }

    /// The statistics, as `GET /__sandbox/stats` shows them.
    pub fn stats(&self) -> Value {
        observe::stats(&self.server, &self.server.world())
    }

    /// Replaces the faults; counts of rules start again.
    pub fn set_faults(&self, faults: Faults) {
        self.server.world().injector = Injector::new(faults);
    }

    /// Waits until the sandbox stops by itself, which it does only when its listener breaks.
    pub async fn wait(&mut self) {
        (&mut self.task).await.map(drop).unwrap_or_default();
    }

    /// Stops: no new connections, requests under way get a moment to finish, hanging ones are cut.
    pub async fn shutdown(mut self) {
        self.close.send_replace(true);
        if tokio::time::timeout(FAREWELL, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

/// Reads the request, then works on it in a task of its own: a client that goes away does not undo what it sent.
async fn handle(
    State(server): State<Arc<Server>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE);
    };
    if let Some(rest) = head.uri.path().strip_prefix("/__sandbox/") {
        return observe::answer(&server, &head.method, rest, head.uri.query(), &body);
    }
    let work = tokio::spawn(gate::pass(server, head, body));
    match work.await {
        Ok(reply) => {
            if reply.treatment != Treatment::Normal {
                line.treat(reply.treatment);
            }
            reply.response
        }
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
