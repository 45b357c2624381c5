//! Telling a webhook what came of the night: one POST of its JSON document.
//!
//! Only https, or plain http to this computer. The document holds counts and names of files, nothing of any contact. The
//! address may hold a secret, so no message repeats more of it than the host.

use std::time::Duration;

use anyhow::anyhow;
use reqwest::Url;

use super::record::Night;
use crate::cli::exit;
use crate::cli::signal::Cancel;

const TIMEOUT: Duration = Duration::from_secs(20);
/// Attempts, with one second, then two between them.
const ATTEMPTS: u32 = 3;

/// Where to send it.
#[derive(Clone, Debug)]
pub(super) struct Webhook {
    url: Url,
    loopback: bool,
}

impl Webhook {
    /// Checks the address.
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        let url =
            Url::parse(text.trim()).map_err(|problem| exit::usage(format!("the webhook is no address: {problem}")))?;
        let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
        let loopback = host.eq_ignore_ascii_case("localhost")
            || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            other => {
                return Err(exit::usage(format!(
                    "the webhook at {host} is {other}: use https (http is allowed to this computer only)"
                )));
            }
        }
        Ok(Self { url, loopback })
    }

    /// Sends the document; an answer of 2xx is a success.
    pub(super) fn send(&self, night: &Night, cancel: &Cancel) -> anyhow::Result<()> {
        let host = self.url.host_str().unwrap_or_default();
        // Whoever embeds this crate may have chosen a provider already; any will do
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("leadfold/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT);
        if self.loopback {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(reqwest::Error::without_url)?;
        let mut last = String::new();
        for attempt in 0..ATTEMPTS {
            let answer = cancel.block_on(async {
                tokio::time::sleep(Duration::from_secs(u64::from(attempt))).await;
                client.post(self.url.clone()).json(night).send().await
            });
            match answer {
                Ok(answer) if answer.status().is_success() => return Ok(()),
                // A refusal stays one; trouble on the other side may pass
                Ok(answer) if !answer.status().is_server_error() && answer.status().as_u16() != 429 => {
                    return Err(anyhow!("the webhook at {host} answered {}", answer.status()));
                }
                Ok(answer) => last = format!("it answered {}", answer.status()),
                Err(error) => last = error.without_url().to_string(),
            }
        }
        Err(anyhow!("the webhook at {host} could not be told, {ATTEMPTS} times: {last}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_this_computer_only_and_no_message_holds_the_address() {
        for good in
            ["https://hooks.example/T0/secret", "http://127.0.0.1:9/x", "http://localhost:1/", "http://[::1]:9/"]
        {
            assert!(Webhook::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "http://hooks.example/T0/secret",
            "http://localhost.example/secret",
            "ftp://hooks.example/secret",
            "secret",
        ] {
            let message = Webhook::parse(bad).unwrap_err().to_string();
            assert!(!message.contains("secret"), "{message}");
        }
    }
}
