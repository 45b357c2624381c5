//! Ideas of the matcher that a measurement can switch off, one at a time.
//!
//! For `benches/ablations.rs` only, which tells what each idea is worth; nothing a user can reach sets any. An idea that
//! is off costs what asking costs, a bit of a word.

/// An idea that can be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idea {
    /// Tags, dots and aliases of an address that its provider ignores, and slips in the domain.
    CanonicalEmail,
    /// Values that several people use, found in the list.
    SharedValues,
    /// Short forms of given names.
    Nicknames,
    /// Spellings of one name: Müller, Mueller, Muller.
    Spellings,
    /// Members of a group whose names, birthdays or generations cannot be one person's.
    Vetoes,
    /// Names that differ speak against a match.
    NegativeNames,
    /// A shared rare value says more than a shared common one.
    Frequencies,
    /// m, u and the prior learned from the list.
    Learning,
    /// All members of two groups are judged together.
    JointEvidence,
    /// A name alone, however rare, is not enough.
    NeverOnNameAlone,
    /// Levels for values that are the same but for a slip.
    Slips,
    /// Blocking keys other than the address, the number and the ids.
    ManyKeys,
}

/// The ideas that are off: none in a program that people use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Without(u16);

impl Without {
    /// Switches ideas off.
    #[must_use]
    pub fn ideas(ideas: &[Idea]) -> Self {
        Self(ideas.iter().fold(0, |set, idea| set | 1 << *idea as u16))
    }

    /// Whether an idea is off.
    pub(super) fn lacks(self, idea: Idea) -> bool {
        self.0 & 1 << idea as u16 != 0
    }
}
