//! The subscription types of a workspace.

use super::contact::Consent;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SubscriptionType {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) consent: Consent,
    pub(crate) content: &'static str,
}

/// The types every pretend workspace has.
pub(crate) fn shipped() -> Vec<SubscriptionType> {
    let kind = |id, name: &str, consent, content| SubscriptionType { id, name: name.to_owned(), consent, content };
    vec![
        kind(91, "Newsletter", Consent::OptOut, "email"),
        kind(92, "Product news", Consent::OptOut, "email"),
        kind(93, "Text messages", Consent::OptIn, "sms_message"),
    ]
}
