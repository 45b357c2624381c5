//! From settings to a client: the token, the checks, the client.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use secrecy::SecretString;

use super::exit;
use crate::config::Settings;
use crate::intercom;

const TOKEN_VARIABLE: &str = "INTERCOM_ACCESS_TOKEN";

/// A client for the workspace of the settings. Nothing is sent yet.
pub(super) fn client(settings: &Settings) -> anyhow::Result<intercom::Client> {
    let section = &settings.intercom;
    let options = intercom::Options {
        base_url: section.api_url.clone(),
        token: token(section.token_file.as_deref())?,
        version: section.api.clone(),
        rate_share: section.rate_share,
        timeout: Duration::from_secs(section.timeout_seconds),
    };
    Ok(intercom::Client::new(&options)?)
}

fn token(file: Option<&str>) -> anyhow::Result<SecretString> {
    let text = if let Some(path) = file {
        std::fs::read_to_string(Path::new(path)).with_context(|| format!("{path}: the token file cannot be read"))?
    } else {
        std::env::var(TOKEN_VARIABLE).unwrap_or_default()
    };
    let text = text.trim();
    if text.is_empty() {
        return Err(exit::usage(match file {
            Some(path) => format!("{path}: the token file is empty"),
            None => format!(
                "no access token: set {TOKEN_VARIABLE} or name a file with --token-file (Intercom → Settings → Developers → your app → Authentication)"
            ),
        }));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(exit::usage("the access token holds characters that no token has; copy it again"));
    }
    Ok(SecretString::from(text.to_owned()))
}
