//! Where the workspace is: checked before anything is sent, because a token must not travel in the clear.

use std::net::IpAddr;

use reqwest::Url;

use crate::intercom::Error;

/// A base URL that may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    url: Url,
    loopback: bool,
}

impl Address {
    /// Checks a base URL: https, or http to this computer only; no user name, query or fragment.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let refused = |why: &str| Error::Configuration(format!("'{}' cannot be the API's address: {why}", shown(text)));
        let url = Url::parse(text.trim())
            .map_err(|problem| refused(&format!("{problem}; write it like https://api.intercom.io")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("it holds a user name or password; the token is given apart from it"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("it has a query or fragment; write it like https://api.intercom.io"));
        }
        let Some(host) = url.host_str() else {
            return Err(refused("it names no host; write it like https://api.intercom.io"));
        };
        let loopback = is_loopback(host);
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => {
                return Err(refused(
                    "plain http would send the access token unencrypted; use https (http is allowed to this computer only: 127.0.0.1, ::1, localhost)",
                ));
            }
            other => return Err(refused(&format!("'{other}' is neither https nor http"))),
        }
        Ok(Self { url, loopback })
    }

    /// Whether it is this computer.
    pub(super) fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Host and port, for messages.
    pub(super) fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The URL of a path below the base; every segment is percent-encoded.
    pub(super) fn join(&self, segments: &[&str]) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

/// `127.0.0.0/8`, `::1` and `localhost`. A name that merely resolves to loopback is not trusted: names can change.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The text without what may be a secret in it.
fn shown(text: &str) -> String {
    let text = text.trim();
    match (text.split_once("://"), text.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        (None, Some((_, host))) => format!("…@{host}"),
        _ => text.chars().filter(|character| !character.is_control()).take(100).collect(),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn refusal(text: &str) -> String {
        Address::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn https_goes_anywhere_and_http_to_this_computer_only() {
        for text in [
            "https://api.intercom.io",
            "https://api.eu.intercom.io/",
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:9",
            "http://localhost:3000/base",
            "http://LOCALHOST",
        ] {
            assert!(Address::parse(text).is_ok(), "{text}");
        }
        for text in [
            "http://api.intercom.io",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "ftp://127.0.0.1",
            "file:///etc",
            "api.intercom.io",
            "",
            "https://api.intercom.io?x=1",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_refusal_says_why_and_hides_what_may_be_a_secret() {
        assert_snapshot!(refusal("http://api.intercom.io"), @"'http://api.intercom.io' cannot be the API's address: plain http would send the access token unencrypted; use https (http is allowed to this computer only: 127.0.0.1, ::1, localhost)");
        assert_snapshot!(refusal("https://token:secret@api.intercom.io"), @"'https://…@api.intercom.io' cannot be the API's address: it holds a user name or password; the token is given apart from it");
        assert_snapshot!(refusal("api.intercom.io"), @"'api.intercom.io' cannot be the API's address: relative URL without a base; write it like https://api.intercom.io");
    }

    #[test]
    fn segments_are_encoded_and_a_base_path_stays() {
        let address = Address::parse("https://proxy.example/intercom/").unwrap();
        let url = address.join(&["contacts", "a/b?c d"]);
        assert_eq!(url.as_str(), "https://proxy.example/intercom/contacts/a%2Fb%3Fc%20d");
        assert_eq!(
            Address::parse("https://api.intercom.io").unwrap().join(&["me"]).as_str(),
            "https://api.intercom.io/me"
        );
    }
}
