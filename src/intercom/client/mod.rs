//! The HTTP client.
//!
//! Owns the connection pool, the token (as a header marked sensitive, nowhere else), the pace and the counters. Given
//! [`Options`], refuses what cannot work before anything is sent. `send` is the one place that waits and repeats;
//! `read` and `write` are the two traits on top of it. No redirect is followed, since it would carry the token along.

mod address;
mod bulk;
mod fate;
mod legacy;
mod preview;
mod raw;
mod read;
mod send;
#[cfg(test)]
mod tests;
mod visitor;
mod write;

use std::fmt;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

pub use self::bulk::Bulk;
pub use self::raw::{RawCall, Verb};

use self::address::Address;
use super::dialect::{self, Dialect};
use super::pace::WindowPacer;
use super::stats::{Counters, Stats};
use super::{Contact, Error, WindowCount};

/// The longest a connection may take to be made, whatever the time-out of the answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Idle connections are dropped before a server or balancer is likely to: a request on a connection that dies under it
/// is in doubt.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// Says which version a request is written in.
const VERSION_HEADER: &str = "intercom-version";

/// How to reach a workspace.
#[derive(Clone, Debug)]
pub struct Options {
    /// Base URL, `https://api.intercom.io` by default; plain http only to loopback.
    pub base_url: String,
    /// The access token.
    pub token: SecretString,
    /// `Intercom-Version`.
    pub version: String,
    /// Share of the limit to use, above 0 and at most 1.
    pub rate_share: f64,
    /// How long to wait for an answer.
    pub timeout: Duration,
}

/// A workspace over HTTP. Share one client among all that use a token: the pace is kept per client.
pub struct Client {
    http: reqwest::Client,
    address: Address,
    dialect: &'static Dialect,
    pacer: WindowPacer,
    counters: Counters,
    memory: legacy::Memory,
    rate_share: f64,
    timeout: Duration,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("host", &self.address.host())
            .field("dialect", &self.dialect)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client for a workspace. Sends nothing yet; every problem is [`Error::Configuration`].
    pub fn new(options: &Options) -> Result<Self, Error> {
        let address = Address::parse(&options.base_url)?;
        let dialect = dialect::find(&options.version).ok_or_else(|| {
            Error::Configuration(format!(
                "API version '{}' is not one leadfold speaks; it speaks {}",
                options.version.escape_debug(),
                dialect::versions()
            ))
        })?;
        if !(options.rate_share > 0.0 && options.rate_share <= 1.0) {
            let share = options.rate_share;
            return Err(Error::Configuration(format!("the rate share must be above 0 and at most 1, not {share}")));
        }
        if options.timeout.is_zero() {
            return Err(Error::Configuration("the time-out must be longer than nothing".to_owned()));
        }
        // Whoever embeds this crate may have chosen a provider already; any will do
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("leadfold/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers(&options.token, dialect)?)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .timeout(options.timeout)
            .connect_timeout(CONNECT_TIMEOUT.min(options.timeout / 2))
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tcp_nodelay(true);
        if address.is_loopback() {
            builder = builder.no_proxy();
        }
        let http = builder
            .build()
            .map_err(|problem| Error::Configuration(format!("no HTTP client can be made: {}", send::root(&problem))))?;
        Ok(Self {
            http,
            address,
            dialect,
            pacer: WindowPacer::new(options.rate_share),
            counters: Counters::default(),
            memory: legacy::Memory::default(),
            rate_share: options.rate_share,
            timeout: options.timeout,
        })
    }

    /// What was done so far. Cheap; ask as often as a progress bar is drawn.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let pacer = &self.pacer;
        self.counters.read(pacer.told(), pacer.in_flight(), pacer.closed_for(), self.rate_share)
    }

    /// Requests per window of the limit, oldest first; the last window is the running one.
    #[must_use]
    pub fn windows(&self) -> Vec<WindowCount> {
        self.pacer.windows()
    }

    /// The version of the API it speaks.
    #[must_use]
    pub fn dialect(&self) -> &'static Dialect {
        self.dialect
    }
}

impl TryFrom<serde_json::Value> for Contact {
    type Error = Error;

    /// Reads a contact as Intercom writes it.
    fn try_from(json: serde_json::Value) -> Result<Self, Error> {
        super::wire::contact(json).map_err(read::unreadable)
    }
}

fn headers(token: &SecretString, dialect: &Dialect) -> Result<HeaderMap, Error> {
    let token = token.expose_secret().trim();
    if token.is_empty() {
        return Err(Error::Configuration("the access token is empty".to_owned()));
    }
    let mut bearer = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| {
        Error::Configuration(
            "the access token holds a character that no token has; was a line break or a quote copied with it?"
                .to_owned(),
        )
    })?;
    bearer.set_sensitive(true);
    Ok(HeaderMap::from_iter([
        (AUTHORIZATION, bearer),
        (ACCEPT, HeaderValue::from_static("application/json")),
        (HeaderName::from_static(VERSION_HEADER), HeaderValue::from_static(dialect.version())),
    ]))
}
