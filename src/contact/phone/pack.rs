//! A number as bytes, and what of it is compared read back from them.

use super::Phone;
use crate::contact::PhoneFacts;
use crate::contact::packed::{Pack, Packer, Unpacker};

impl Pack for Phone {
    fn pack(&self, into: &mut Packer<'_>) {
        let Self { texts, original_end, second_end, digits_at, has_country, has_extension, placeholder } = self;
        into.byte(u8::from(*has_country) | u8::from(*has_extension) << 1 | u8::from(*placeholder) << 2);
        into.text(texts);
        into.numbers(&[*original_end, *second_end, *digits_at]);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let (flags, texts) = (from.byte()?, from.text()?.into());
        let [has_country, has_extension, placeholder] = [1, 2, 4].map(|flag| flags & flag != 0);
        let (original_end, second_end, digits_at) = (from.small()?, from.small()?, from.small()?);
        Some(Self { texts, original_end, second_end, digits_at, has_country, has_extension, placeholder })
    }
}

impl Phone {
    pub(in crate::contact) fn facts(&self) -> PhoneFacts<'_> {
        let Self { has_country, has_extension, placeholder, .. } = *self;
        PhoneFacts { digits: self.digits(), has_country, has_extension, placeholder }
    }

    pub(in crate::contact) fn unpack_facts<'a>(from: &mut Unpacker<'a>) -> Option<PhoneFacts<'a>> {
        let (flags, texts) = (from.byte()?, from.text()?);
        let [has_country, has_extension, placeholder] = [1, 2, 4].map(|flag| flags & flag != 0);
        let (_, second_end, digits_at) = (from.small::<u16>()?, from.small::<u16>()?, from.small::<u16>()?);
        let digits = texts.get(usize::from(digits_at)..usize::from(second_end)).unwrap_or_default();
        Some(PhoneFacts { digits, has_country, has_extension, placeholder })
    }
}
