//! Which `Intercom-Version` a call speaks, and what differs between the versions the sandbox knows.
//!
//! Sources: Intercom's published descriptions 2.7 to 2.16 and of the preview, and the changelogs of 1.1 to 2.16. A
//! difference has a question of its own here, so that no dialect compares numbers.

/// A version of the API. Versions are ordered; the preview comes after all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    major: u8,
    minor: u8,
}

/// The last version of the dialect with users and leads apart.
const LAST_LEGACY: u8 = 4;
/// The last version of the dialect with contacts.
const LAST_MODERN: u8 = 17;

/// Reads a version header; `None` when no such version exists.
pub(crate) fn read(header: &str) -> Option<Version> {
    let text = header.trim();
    if text.eq_ignore_ascii_case("preview") || text.eq_ignore_ascii_case("unstable") {
        return Some(Version::PREVIEW);
    }
    let (major, minor) = text.split_once('.')?;
    match (major, minor.parse::<u8>().ok()?) {
        ("1", minor @ 0..=LAST_LEGACY) => Some(Version::legacy(minor)),
        ("2", minor @ 0..=LAST_MODERN) => Some(Version::modern(minor)),
        _ => None,
    }
}

impl Version {
    /// What is not yet in a version of its own.
    pub(crate) const PREVIEW: Self = Self { major: 2, minor: u8::MAX };

    /// 1.x: separate users and leads.
    pub(crate) const fn legacy(minor: u8) -> Self {
        Self { major: 1, minor }
    }

    /// 2.x: one `contact` resource with a role.
    pub(crate) const fn modern(minor: u8) -> Self {
        Self { major: 2, minor }
    }

    pub(crate) fn is_legacy(self) -> bool {
        self.major == 1
    }

    /// From 1.1 on users looked up by e-mail are a list; 1.0 answers with the user, or with an error when several match.
    pub(crate) fn email_lookup_is_a_list(self) -> bool {
        self >= Self::legacy(1)
    }

    /// 1.1 puts leads into that list as well; from 1.2 on it holds users only.
    pub(crate) fn email_lookup_finds_leads(self) -> bool {
        self == Self::legacy(1)
    }

    /// Clashing identifiers are 409; the first version said 400.
    pub(crate) fn conflict_status(self) -> u16 {
        if self >= Self::legacy(1) { 409 } else { 400 }
    }

    /// From 2.13 on contacts can be found by external id, and blocked.
    pub(crate) fn finds_by_external_id_and_blocks(self) -> bool {
        self >= Self::modern(13)
    }

    /// From 2.16 on an owner's id is text, before it is a number.
    pub(crate) fn owner_is_text(self) -> bool {
        self >= Self::modern(16)
    }

    /// From 2.16 on a merged contact answers 410 with a `Link`, before it is simply not found.
    pub(crate) fn merged_is_gone(self) -> bool {
        self >= Self::modern(16)
    }

    /// From 2.16 on a merge needs a shared identifier unless the caller says otherwise.
    pub(crate) fn merge_needs_duplicates(self) -> bool {
        self >= Self::modern(16)
    }

    /// From 2.16 on `email_verified` can be written.
    pub(crate) fn verifies_emails(self) -> bool {
        self >= Self::modern(16)
    }

    /// The preview compares timestamps by the second, stable versions by the day.
    pub(crate) fn searches_to_the_second(self) -> bool {
        self == Self::PREVIEW
    }

    /// From 2.16 on a contact can tell what was merged into it.
    pub(crate) fn has_merge_history(self) -> bool {
        self >= Self::modern(16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_header_leads_to_the_version_it_names() {
        assert_eq!(read("2.14"), Some(Version::modern(14)));
        assert_eq!(read(" 2.16 "), Some(Version::modern(16)));
        assert_eq!(read("Preview"), Some(Version::PREVIEW));
        assert_eq!(read("1.4"), Some(Version::legacy(4)));
        for unknown in ["2.99", "1.5", "3.0", "latest", "2"] {
            assert_eq!(read(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn later_versions_have_what_earlier_ones_lack() {
        let all: Vec<Version> = ["1.0", "1.1", "1.4", "2.0", "2.13", "2.15", "2.16", "2.17", "unstable"]
            .into_iter()
            .map(|name| read(name).unwrap())
            .collect();
        assert!(all.is_sorted());
        let count = |has: fn(Version) -> bool| all.iter().filter(|version| has(**version)).count();
        assert_eq!(count(Version::is_legacy), 3);
        assert_eq!(count(Version::email_lookup_finds_leads), 1);
        assert_eq!(count(Version::finds_by_external_id_and_blocks), 5);
        assert_eq!(count(Version::merged_is_gone), 3);
    }
}
