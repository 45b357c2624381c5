//! The words: what a contact is, in types that cannot be wrong.
//!
//! Owns the parsed values (`Email`, `PersonName`, `Phone`, `Company`), the fields a file column can mean, the record
//! that every later phase works on and how millions of them are held, and where a record came from. Each value keeps the original text beside its
//! canonical form. Imports nothing else of the project and does no I/O.

mod company;
mod date;
mod email;
mod facts;
mod field;
mod filler;
mod gender;
mod mail_domain;
mod mailbox;
mod name;
mod numbering;
mod origin;
mod packed;
mod phone;
mod record;
mod region;
mod sample;

pub use company::Company;
pub use date::{Birthday, DateOrder, Timestamp};
pub use email::{Email, EmailProblem, MailboxKind};
pub use facts::Facts;
pub(crate) use facts::{EmailFacts, NameFacts, PhoneFacts};
pub use field::{Field, ParseFieldError};
pub(crate) use filler::is_filler;
pub(crate) use gender::{gender, is_gender_column};
pub use name::{NameKind, NameParts, PersonName, Script, are_nicknames, consonant_key, nickname_sets, spelling_key};
pub use origin::{Origin, Side, SourceId};
#[cfg(test)]
pub(crate) use packed::Fragile;
pub use packed::{Compact, Iter, Pack, Packed, Packer, Place, Records, Scratch, Unpacker};
pub use phone::Phone;
pub use record::{ExternalId, IntercomId, RawCell, RawRow, Record, Role};
pub use region::Region;
pub use sample::RecordBuilder;
