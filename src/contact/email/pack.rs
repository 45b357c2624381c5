//! An address as bytes, and what of it is compared read back from them.

use super::{Email, MailboxKind, NO_COMPANY, canonical};
use crate::contact::EmailFacts;
use crate::contact::packed::{Pack, Packer, Unpacker};

impl Pack for Email {
    fn pack(&self, into: &mut Packer<'_>) {
        let Self { texts, original_end, address, canonical_at, at, company_at, kind, free_mail, typo_domain } = self;
        let kind = match kind {
            MailboxKind::Personal => 0,
            MailboxKind::Role => 1,
            MailboxKind::Placeholder => 2,
        };
        into.byte(kind | u8::from(*free_mail) << 2 | u8::from(*typo_domain) << 3);
        into.text(texts);
        let company_at = company_at.wrapping_sub(NO_COMPANY);
        into.numbers(&[*original_end, address.0, address.1, *canonical_at, *at, company_at]);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let (flags, texts, [original_end, start, end, canonical_at, at, company_at]) = parts(from)?;
        Some(Self {
            texts: texts.into(),
            original_end,
            address: (start, end),
            canonical_at,
            at,
            company_at,
            kind: kind(flags),
            free_mail: flags & 4 != 0,
            typo_domain: flags & 8 != 0,
        })
    }
}

/// What is packed of an address: its flags, its texts, and its numbers in the order of the fields.
fn parts<'a>(from: &mut Unpacker<'a>) -> Option<(u8, &'a str, [u16; 6])> {
    let (flags, texts) = (from.byte()?, from.text()?);
    let mut numbers = [0_u16; 6];
    for number in &mut numbers {
        *number = from.small()?;
    }
    numbers[5] = numbers[5].wrapping_add(NO_COMPANY);
    Some((flags, texts, numbers))
}

fn kind(flags: u8) -> MailboxKind {
    match flags & 3 {
        0 => MailboxKind::Personal,
        1 => MailboxKind::Role,
        _ => MailboxKind::Placeholder,
    }
}

impl Email {
    pub(in crate::contact) fn facts(&self) -> EmailFacts<'_> {
        EmailFacts {
            address: self.address(),
            canonical: self.canonical(),
            at: self.at,
            company_at: Some(self.company_at).filter(|at| *at != NO_COMPANY),
            kind: self.kind,
        }
    }

    pub(in crate::contact) fn unpack_facts<'a>(from: &mut Unpacker<'a>) -> Option<EmailFacts<'a>> {
        let (flags, texts, [_, start, end, canonical_at, at, company_at]) = parts(from)?;
        Some(EmailFacts {
            address: texts.get(usize::from(start)..usize::from(end)).unwrap_or_default(),
            canonical: canonical(texts, (start, end), canonical_at),
            at,
            company_at: Some(company_at).filter(|at| *at != NO_COMPANY),
            kind: kind(flags),
        })
    }
}
