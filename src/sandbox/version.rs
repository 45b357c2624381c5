//! Which `Intercom-Version` a call speaks, and what differs between the versions the sandbox knows.
//!
//! Sources: Intercom's published descriptions 2.14 and 2.16, and the changelog of the versions between.

/// A version of the 2.x dialect. Versions without a difference that matters here fall into one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    /// 2.0 up to 2.15.
    V2_14,
    /// 2.16, 2.17 and the preview.
    V2_16,
}

/// What the version header asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// One `contact` resource with a role.
    Modern(Version),
    /// Separate users and leads.
    Legacy,
}

/// Reads a version header; `None` when no such version exists.
pub(crate) fn read(header: &str) -> Option<Dialect> {
    let text = header.trim();
    if text.eq_ignore_ascii_case("preview") || text.eq_ignore_ascii_case("unstable") {
        return Some(Dialect::Modern(Version::V2_16));
    }
    let (major, minor) = text.split_once('.')?;
    match (major, minor.parse::<u8>().ok()?) {
        ("1", 0..=4) => Some(Dialect::Legacy),
        ("2", 0..=15) => Some(Dialect::Modern(Version::V2_14)),
        ("2", 16 | 17) => Some(Dialect::Modern(Version::V2_16)),
        _ => None,
    }
}

impl Version {
    /// From 2.16 on an owner's id is text, before it is a number.
    pub(crate) fn owner_is_text(self) -> bool {
        self >= Self::V2_16
    }

    /// From 2.16 on a merged contact answers 410 with a `Link`, before it is simply not found.
    pub(crate) fn merged_is_gone(self) -> bool {
        self >= Self::V2_16
    }

    /// From 2.16 on a merge needs a shared identifier unless the caller says otherwise.
    pub(crate) fn merge_needs_duplicates(self) -> bool {
        self >= Self::V2_16
    }

    /// From 2.16 on a contact can tell what was merged into it.
    pub(crate) fn has_merge_history(self) -> bool {
        self >= Self::V2_16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_header_leads_to_the_dialect_it_names() {
        assert_eq!(read("2.14"), Some(Dialect::Modern(Version::V2_14)));
        assert_eq!(read(" 2.16 "), Some(Dialect::Modern(Version::V2_16)));
        assert_eq!(read("Preview"), Some(Dialect::Modern(Version::V2_16)));
        assert_eq!(read("1.4"), Some(Dialect::Legacy));
        assert_eq!(read("2.99"), None);
        assert_eq!(read("latest"), None);
    }
}
