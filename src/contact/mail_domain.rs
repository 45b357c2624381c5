//! Mail domains: providers and what they ignore, free mail, misspellings, registrable domains.
//!
//! Owns the rules per provider and `data/free-mail-domains.txt`. Given a lower-case ASCII domain; knows nothing of
//! whole addresses. Registrable domains follow the Public Suffix List.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use strsim::osa_distance;

/// A mail provider whose rules for local parts are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Provider {
    /// Dots and everything after `+` are ignored, googlemail.com is the same mailbox (support.google.com/mail/answer/7436150).
    Gmail,
    /// Outlook.com, Hotmail, Live, MSN: `+` tags; the domains are different mailboxes.
    Outlook,
    /// iCloud: `+` tags; me.com and mac.com are the same mailbox (support.apple.com/en-us/102540).
    Icloud,
    /// Proton: `+` tags, dots, hyphens and underscores are ignored, and its domains are one (proton.me/support/addresses-and-aliases).
    Proton,
    /// Yahoo: what follows `-` is a disposable keyword; a Yahoo id can hold neither `-` nor `+`.
    Yahoo,
    /// Yandex: `+` tags, `-` and `.` are the same, and its domains are one (yandex.com/support/mail).
    Yandex,
    /// Fastmail, Zoho, AOL, Hey, GMX, mailbox.org, Posteo, Tuta: `+` tags, nothing else.
    Tagging,
}

impl Provider {
    /// The provider of a domain; `None` for companies and for providers whose rules are not known.
    pub(super) fn of(domain: &str) -> Option<Self> {
        let (label, suffix) = domain.split_once('.')?;
        Some(match (label, suffix) {
            ("gmail" | "googlemail", "com") => Self::Gmail,
            ("outlook" | "hotmail" | "live", _) if is_short_suffix(suffix) => Self::Outlook,
            ("icloud" | "me" | "mac", "com") => Self::Icloud,
            ("proton" | "pm", "me") | ("protonmail", "com" | "ch") => Self::Proton,
            ("yahoo", _) if is_short_suffix(suffix) => Self::Yahoo,
            ("yandex", "com" | "ru" | "by" | "kz" | "ua" | "com.tr") | ("ya", "ru") => Self::Yandex,
            _ => match domain {
                "msn.com" | "passport.com" | "windowslive.com" => Self::Outlook,
                "ymail.com" | "rocketmail.com" => Self::Yahoo,
                "fastmail.com" | "fastmail.fm" | "fastmail.net" | "zoho.com" | "zohomail.com" | "zohomail.eu"
                | "aol.com" | "aol.co.uk" | "aol.de" | "aol.fr" | "hey.com" | "gmx.com" | "gmx.de" | "gmx.net"
                | "gmx.at" | "gmx.ch" | "tutanota.com" | "tuta.com" | "tuta.io" | "mailbox.org" | "posteo.de"
                | "posteo.net" => Self::Tagging,
                _ => return None,
            },
        })
    }

    /// The domain that stands for all domains of one mailbox.
    pub(super) fn canonical_domain(self, domain: &str) -> &str {
        match self {
            Self::Gmail => "gmail.com",
            Self::Icloud => "icloud.com",
            Self::Proton => "proton.me",
            Self::Yandex => "yandex.ru",
            Self::Outlook | Self::Yahoo | Self::Tagging => domain,
        }
    }

    /// The local part without what the provider ignores. Never empty.
    pub(super) fn canonical_local(self, local: &str) -> Cow<'_, str> {
        let tag: &[char] = if self == Self::Yahoo { &['+', '-'] } else { &['+'] };
        let base = local.split_once(tag).map_or(local, |(base, _)| base);
        let ignored: &[char] = match self {
            Self::Gmail => &['.'],
            Self::Proton => &['.', '-', '_'],
            _ => &[],
        };
        let canonical: Cow<'_, str> = if base.contains(ignored) {
            base.replace(ignored, "").into()
        } else if self == Self::Yandex && base.contains('-') {
            base.replace('-', ".").into()
        } else {
            base.into()
        };
        if canonical.is_empty() { local.into() } else { canonical }
    }
}

/// `com`, `fr`, `co.uk`, `com.br`: a suffix under which these brands run mail. `yahoo.acme.com` is none.
fn is_short_suffix(suffix: &str) -> bool {
    match suffix.split_once('.') {
        None => suffix == "com" || suffix.len() == 2,
        Some((second, country)) => matches!(second, "co" | "com") && country.len() == 2,
    }
}

/// Everything a domain says.
#[derive(Debug)]
pub(super) struct Known {
    /// It was a known misspelling.
    pub(super) corrected: bool,
    pub(super) provider: Option<Provider>,
    /// Whether anybody can get an address there.
    pub(super) free_mail: bool,
    /// The domain to compare.
    pub(super) domain: Box<str>,
    /// Bytes of its registrable domain, when that belongs to a company.
    pub(super) company_length: Option<usize>,
}

impl Known {
    fn of(domain: &str) -> Self {
        let corrected = correct(domain);
        let meant = corrected.as_deref().unwrap_or(domain);
        let provider = Provider::of(meant);
        let canonical = provider.map_or(meant, |provider| provider.canonical_domain(meant));
        let free_mail = provider.is_some() || is_free_mail(canonical);
        let company_length = if free_mail { None } else { registrable(canonical).map(str::len) };
        Self { corrected: corrected.is_some(), provider, free_mail, domain: canonical.into(), company_length }
    }
}

/// Domains a thread remembers. A list has few distinct ones that occur often.
const REMEMBERED: usize = 8_192;

thread_local! {
    static MEMORY: RefCell<FxHashMap<Box<str>, Rc<Known>>> = RefCell::default();
}

/// What a domain, lower-case ASCII, says; worked out once for each.
pub(super) fn known(domain: &str) -> Rc<Known> {
    MEMORY.with_borrow_mut(|memory| {
        if let Some(known) = memory.get(domain) {
            return Rc::clone(known);
        }
        let known = Rc::new(Known::of(domain));
        if memory.len() < REMEMBERED {
            memory.insert(domain.into(), Rc::clone(&known));
        }
        known
    })
}

static FREE_MAIL: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
    include_str!("data/free-mail-domains.txt").lines().filter(|line| !line.starts_with('#')).collect()
});

/// Whether anybody can get an address at this domain.
fn is_free_mail(domain: &str) -> bool {
    FREE_MAIL.contains(domain)
}

/// The public suffix and one more label; `None` where the domain is a public suffix itself.
fn registrable(domain: &str) -> Option<&str> {
    psl::domain_str(domain)
}

/// Providers whose misspellings are worth correcting: their addresses are typed by hand by the million, so a neighbour
/// at distance 1 is far more likely a slip than a company. Names of fewer than five letters have real neighbours.
static TYPED_BY_MILLIONS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    "gmail.com googlemail.com yahoo.com hotmail.com outlook.com icloud.com protonmail.com rocketmail.com
     fastmail.com comcast.net verizon.net bellsouth.net sbcglobal.net btinternet.com ntlworld.com virginmedia.com
     talktalk.net bigpond.com optusnet.com.au rediffmail.com sympatico.ca rogers.com orange.fr wanadoo.fr
     laposte.net t-online.de freenet.de arcor.de libero.it virgilio.it tiscali.it seznam.cz yandex.ru rambler.ru
     naver.com bluewin.ch telenet.be skynet.be terra.com.br hotmail.co.uk hotmail.fr hotmail.it hotmail.de
     hotmail.es yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca yahoo.in yahoo.co.in yahoo.com.br
     yahoo.co.jp yahoo.com.au outlook.fr outlook.de outlook.es outlook.it"
        .split_whitespace()
        .filter_map(|domain| domain.split_once('.'))
        .collect()
});

/// Real domains at distance 1 from one above.
static REAL_NEIGHBOURS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    "mail.com email.com ymail.com gmx.com gail.com gmal.com gmaile.com hotmail.net outlook.net yahoo.net orange.de
     roger.com rodgers.com rogers.net comcast.com verizon.com never.com nave.com saver.com terra.br hotmail.no
     yahoo.cl yahoo.cz yahoo.no yahoo.ro hotmail.ca outlook.cl outlook.cz outlook.dk outlook.pt outlook.at
     outlook.be gmaik.com libero.in"
        .split_whitespace()
        .collect()
});

/// The domain that was meant, when this one is a known kind of misspelling; `None` when it may well be right.
fn correct(domain: &str) -> Option<String> {
    if let Some(meant) = correct_provider(domain) {
        return Some(meant);
    }
    let repaired = correct_suffix(domain)?;
    Some(correct_provider(&repaired).unwrap_or(repaired))
}

fn correct_provider(domain: &str) -> Option<String> {
    let (label, suffix) = domain.split_once('.')?;
    let mut meant = None;
    for (meant_label, meant_suffix) in TYPED_BY_MILLIONS.iter() {
        if label == *meant_label {
            if suffix == *meant_suffix {
                return None;
            }
            // `gmail.co`, `yahoo.cm`: country suffixes that are com with a letter lost; others (`yahoo.cl`) are real.
            if *meant_suffix == "com" && matches!(suffix, "co" | "cm" | "om" | "co.co" | "com.com") {
                meant = Some((meant_label, meant_suffix));
            }
        } else if suffix == *meant_suffix && is_slip(label, meant_label) {
            meant = Some((meant_label, meant_suffix));
        }
    }
    let (label, suffix) = meant?;
    (!REAL_NEIGHBOURS.contains(domain)).then(|| format!("{label}.{suffix}"))
}

/// `gmail`, `gmailcom`: a provider's name that lost its end. Only where one suffix is meant beyond doubt: `yahoo` alone
/// could be any of thirty countries.
pub(super) fn restore_dot(domain: &str) -> Option<String> {
    if domain.contains('.') {
        return None;
    }
    let label = match domain.strip_suffix("com") {
        Some(label @ ("gmail" | "googlemail" | "hotmail" | "outlook" | "yahoo" | "icloud" | "aol" | "protonmail")) => {
            label
        }
        _ if matches!(domain, "gmail" | "icloud") => domain,
        _ => return None,
    };
    Some(format!("{label}.com"))
}

/// One insertion, deletion, substitution or swap of neighbours. The first letter has to stay unless it was swapped:
/// mail services with other first letters (`ymail`, `fmail`) are real.
fn is_slip(typed: &str, meant: &str) -> bool {
    if typed.len().abs_diff(meant.len()) > 1 {
        return false;
    }
    let (typed_bytes, meant_bytes) = (typed.as_bytes(), meant.as_bytes());
    let swapped_start = typed_bytes.first() == meant_bytes.get(1) && typed_bytes.get(1) == meant_bytes.first();
    (typed_bytes.first() == meant_bytes.first() || swapped_start) && osa_distance(typed, meant) == 1
}

/// Repairs a last label that is no public suffix (`acme.con`, `acme.co.ku`) when it is one slip away from a large one.
/// A suffix that exists is never touched: `.co`, `.cm` and `.om` are countries.
fn correct_suffix(domain: &str) -> Option<String> {
    if psl::suffix(domain.as_bytes()).is_some_and(|suffix| suffix.is_known()) {
        return None;
    }
    let (rest, last) = domain.rsplit_once('.')?;
    let meant = match (rest.rsplit_once('.').map(|(_, second)| second), last) {
        (Some("co"), "ku") => "uk",
        (_, last) => *["com", "net", "org"].iter().find(|meant| osa_distance(last, meant) == 1)?,
    };
    Some(format!("{rest}.{meant}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_in_big_providers_are_corrected() {
        for (typed, meant) in [
            ("gmial.com", "gmail.com"),
            ("gamil.com", "gmail.com"),
            ("gnail.com", "gmail.com"),
            ("gmail.con", "gmail.com"),
            ("gmail.cmo", "gmail.com"),
            ("gmail.comm", "gmail.com"),
            ("gmail.co", "gmail.com"),
            ("gmail.vom", "gmail.com"),
            ("gmaill.com", "gmail.com"),
            ("mgail.com", "gmail.com"),
            ("hotnail.com", "hotmail.com"),
            ("hotmial.con", "hotmail.com"),
            ("hotmail.om", "hotmail.com"),
            ("yaho.com", "yahoo.com"),
            ("yahooo.com", "yahoo.com"),
            ("yahoo.co", "yahoo.com"),
            ("yaho.co.uk", "yahoo.co.uk"),
            ("iclould.com", "icloud.com"),
            ("outlok.com", "outlook.com"),
            ("lapost.net", "laposte.net"),
        ] {
            assert_eq!(correct(typed).as_deref(), Some(meant), "{typed}");
        }
    }

    #[test]
    fn suffixes_that_do_not_exist_are_corrected_and_real_ones_are_not() {
        assert_eq!(correct("hillside.con").as_deref(), Some("hillside.com"));
        assert_eq!(correct("hillside.ocm").as_deref(), Some("hillside.com"));
        assert_eq!(correct("hillside.vom").as_deref(), Some("hillside.com"));
        assert_eq!(correct("hillside.co.ku").as_deref(), Some("hillside.co.uk"));
        assert_eq!(correct("hillside.nett").as_deref(), Some("hillside.net"));
        for real in ["hillside.co", "hillside.cm", "hillside.om", "hillside.io", "hillside.co.uk", "hillside.example"] {
            assert_eq!(correct(real), None, "{real}");
        }
    }

    #[test]
    fn real_domains_near_big_providers_are_left_alone() {
        for real in [
            "gmail.com",
            "mail.com",
            "email.com",
            "ymail.com",
            "fmail.com",
            "gmx.com",
            "cloud.com",
            "yahoo.fr",
            "yahoo.cl",
            "hotmail.es",
            "hotmail.nl",
            "outlook.ie",
            "live.com",
            "love.com",
            "orange.fr",
            "aol.com",
            "me.com",
        ] {
            assert_eq!(correct(real), None, "{real}");
        }
    }

    #[test]
    fn the_lists_agree_with_one_another() {
        for (label, suffix) in TYPED_BY_MILLIONS.iter() {
            let domain = format!("{label}.{suffix}");
            assert!(Provider::of(&domain).is_some() || is_free_mail(&domain), "{domain}");
            assert_eq!(correct(&domain), None);
        }
        assert!(FREE_MAIL.len() > 4_000);
        assert!(!is_free_mail("hillside.example"));
    }

    #[test]
    fn brands_under_a_company_domain_are_no_provider() {
        assert_eq!(Provider::of("yahoo.hillside.com"), None);
        assert_eq!(Provider::of("live.com.au"), Some(Provider::Outlook));
        assert_eq!(registrable("mail.eu.hillside.co.uk"), Some("hillside.co.uk"));
    }
}
