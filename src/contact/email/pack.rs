//! An address as bytes, and what of it is compared read back from them.

use super::{Email, MailboxKind, NO_COMPANY, canonical};
use crate::contact::EmailFacts;
use crate::contact::packed::{Pack, Packer, Unpacker};

/// Says of a packed address that it is written as it is sent and compared.
const ONE_TEXT: u8 = 1 << 4;

impl Pack for Email {
    fn pack(&self, into: &mut Packer<'_>) {
        let Self { texts, original_end, address, canonical_at, at, company_at, kind, free_mail, typo_domain } = self;
        let kind = match kind {
            MailboxKind::Personal => 0,
            MailboxKind::Role => 1,
            MailboxKind::Placeholder => 2,
        };
        let is_one = *address == (0, *original_end) && *canonical_at == 0 && usize::from(*original_end) == texts.len();
        into.byte(kind | u8::from(*free_mail) << 2 | u8::from(*typo_domain) << 3 | if is_one { ONE_TEXT } else { 0 });
        into.text(texts);
        if !is_one {
            into.numbers(&[*original_end, address.0, address.1, *canonical_at]);
        }
        into.numbers(&[*at, company_at.wrapping_sub(NO_COMPANY)]);
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
    let (mut numbers, end) = ([0; 4], u16::try_from(texts.len()).ok()?);
    if flags & ONE_TEXT == 0 {
        for number in &mut numbers {
            *number = from.small()?;
        }
    } else {
        numbers = [end, 0, end, 0];
    }
    let [original_end, start, end, canonical_at] = numbers;
    let (at, company_at) = (from.small()?, from.small::<u16>()?.wrapping_add(NO_COMPANY));
    Some((flags, texts, [original_end, start, end, canonical_at, at, company_at]))
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
