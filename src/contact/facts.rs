//! What of a record is evidence that it is somebody, borrowed from wherever the record is held.
//!
//! Owns [`Facts`]: matching reads every record once and looks at less than half of it, so that making whole [`Record`]s of
//! packed ones would be most of that work. Of each value there is what is compared and nothing else.

use smallvec::SmallVec;

use super::{Birthday, MailboxKind, NameKind, PersonName, Record, Script};

/// What of one record is compared. Texts are empty where it has none.
#[derive(Clone, Debug, Default)]
pub struct Facts<'r> {
    pub(crate) emails: SmallVec<[EmailFacts<'r>; 2]>,
    pub(crate) name: Option<NameFacts<'r>>,
    pub(crate) phones: SmallVec<[PhoneFacts<'r>; 2]>,
    /// Keys of the companies.
    pub(crate) companies: SmallVec<[&'r str; 2]>,
    pub(crate) external_id: &'r str,
    pub(crate) job_title: &'r str,
    pub(crate) website: &'r str,
    pub(crate) street: &'r str,
    pub(crate) city: &'r str,
    pub(crate) region: &'r str,
    pub(crate) postcode: &'r str,
    pub(crate) country: &'r str,
    pub(crate) birthday: Option<Birthday>,
    /// Column and value.
    pub(crate) identifiers: SmallVec<[(&'r str, &'r str); 1]>,
    /// Column and value.
    pub(crate) texts: SmallVec<[(&'r str, &'r str); 1]>,
}

/// What of an address is compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EmailFacts<'r> {
    pub(crate) address: &'r str,
    pub(crate) canonical: &'r str,
    /// Byte position of the `@` in the canonical form.
    pub(crate) at: u16,
    /// Where the registrable domain of a company begins in the canonical form.
    pub(crate) company_at: Option<u16>,
    pub(crate) kind: MailboxKind,
}

impl<'r> EmailFacts<'r> {
    /// The canonical local part.
    pub(crate) fn local(self) -> &'r str {
        self.canonical.get(..usize::from(self.at)).unwrap_or_default()
    }

    /// The canonical domain.
    pub(crate) fn domain(self) -> &'r str {
        self.canonical.get(usize::from(self.at) + 1..).unwrap_or_default()
    }

    /// The registrable domain when it belongs to a company.
    pub(crate) fn company_domain(self) -> Option<&'r str> {
        self.company_at.and_then(|at| self.canonical.get(usize::from(at)..))
    }
}

/// What of a name is compared.
#[derive(Clone, Debug)]
pub(crate) struct NameFacts<'r> {
    pub(crate) display: &'r str,
    pub(crate) given: SmallVec<[&'r str; 3]>,
    pub(crate) family: SmallVec<[&'r str; 3]>,
    pub(crate) suffix: Option<&'r str>,
    pub(crate) script: Script,
    pub(crate) kind: NameKind,
}

impl<'r> NameFacts<'r> {
    pub(crate) fn of(name: &'r PersonName) -> Self {
        Self {
            display: name.display(),
            given: name.given().iter().map(|word| &**word).collect(),
            family: name.family().iter().map(|word| &**word).collect(),
            suffix: name.suffix(),
            script: name.script(),
            kind: name.kind(),
        }
    }
}

/// What of a number is compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PhoneFacts<'r> {
    pub(crate) digits: &'r str,
    /// Its country is known.
    pub(crate) has_country: bool,
    pub(crate) has_extension: bool,
    pub(crate) placeholder: bool,
}

impl<'r> Facts<'r> {
    pub(crate) fn of(record: &'r Record) -> Self {
        let text = |text: &'r Option<std::sync::Arc<str>>| text.as_deref().unwrap_or_default();
        Self {
            emails: record.emails.iter().map(super::Email::facts).collect(),
            name: record.name.as_ref().map(NameFacts::of),
            phones: record.phones.iter().map(super::Phone::facts).collect(),
            companies: record.companies.iter().map(super::Company::key).collect(),
            external_id: record.external_id.as_ref().map_or("", |id| &id.0),
            job_title: text(&record.job_title),
            website: text(&record.website),
            street: text(&record.street),
            city: text(&record.city),
            region: text(&record.region),
            postcode: text(&record.postcode),
            country: text(&record.country),
            birthday: record.birthday,
            identifiers: record.identifiers.iter().map(|(column, value)| (&**column, &**value)).collect(),
            texts: record.texts.iter().map(|(column, value)| (&**column, &**value)).collect(),
        }
    }
}
