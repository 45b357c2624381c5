//! Changes as bytes: a plan that creates a million contacts holds ten times as many.

use super::{Attribute, AttributeValue, Change, StandardAttribute};
use crate::contact::{Pack, Packer, Unpacker};
use crate::link::RecordIndex;

/// Attributes Intercom defines, by their number.
const STANDARD: [StandardAttribute; 8] = StandardAttribute::ALL;

/// Names most plans write, by the numbers after those.
const USUAL: [&str; 8] = ["job_title", "website", "street", "city", "region", "postcode", "country", "birthday"];

/// Any other name.
const OTHER: u8 = 0x1f;
/// Set where the value before is not empty.
const HAS_BEFORE: u8 = 0x20;

impl Pack for Change {
    fn pack(&self, into: &mut Packer<'_>) {
        let Self { attribute, before, after, from } = self;
        let place = match attribute {
            Attribute::Standard(standard) => STANDARD.iter().position(|known| known == standard),
            Attribute::Custom(name) => USUAL.iter().position(|known| known == name).map(|at| at + STANDARD.len()),
        };
        let place = place.and_then(|place| u8::try_from(place).ok()).unwrap_or(OTHER);
        into.byte(place | if before.is_some() { HAS_BEFORE } else { 0 });
        if let (OTHER, Attribute::Custom(name)) = (place, attribute) {
            into.text(name);
        }
        for value in before.iter().chain([after]) {
            pack_value(value, into);
        }
        into.number(from.0);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let first = from.byte()?;
        let place = usize::from(first & OTHER);
        let usual = || USUAL.get(place.checked_sub(STANDARD.len())?);
        let attribute = match (STANDARD.get(place), usual()) {
            (Some(standard), _) => Attribute::Standard(*standard),
            (None, Some(name)) => Attribute::Custom((*name).to_owned()),
            (None, None) => Attribute::Custom(from.text()?.to_owned()),
        };
        let before = if first & HAS_BEFORE != 0 { Some(unpack_value(from)?) } else { None };
        Some(Self { attribute, before, after: unpack_value(from)?, from: RecordIndex(from.small()?) })
    }
}

/// Texts are far more frequent than all others: their length comes first, beyond the marks of the others.
const NO: u64 = 0;
const YES: u64 = 1;
const TIME: u64 = 2;
const TEXT_FROM: u64 = 3;

fn pack_value(value: &AttributeValue, into: &mut Packer<'_>) {
    match value {
        AttributeValue::Flag(yes) => into.number(if *yes { YES } else { NO }),
        AttributeValue::Time(seconds) => {
            into.number(TIME);
            into.signed(*seconds);
        }
        AttributeValue::Text(text) => {
            into.number(text.len() as u64 + TEXT_FROM);
            into.raw(text.as_bytes());
        }
    }
}

fn unpack_value(from: &mut Unpacker<'_>) -> Option<AttributeValue> {
    Some(match from.number()? {
        NO => AttributeValue::Flag(false),
        YES => AttributeValue::Flag(true),
        TIME => AttributeValue::Time(from.signed()?),
        length => {
            let length = usize::try_from(length - TEXT_FROM).ok()?;
            AttributeValue::Text(str::from_utf8(from.raw(length)?).ok()?.to_owned())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::Compact;

    #[test]
    fn changes_come_back_as_they_were() {
        let standard = STANDARD.into_iter().map(Attribute::Standard);
        let custom = USUAL.into_iter().chain(["", "Plan", "email"]).map(|name| Attribute::Custom(name.to_owned()));
        let text = |text: &str| AttributeValue::Text(text.to_owned());
        let values =
            [text(""), text("Zoë"), text(&"long ".repeat(99)), AttributeValue::Time(-7), AttributeValue::Flag(true)];
        let changes: Vec<Change> = standard
            .chain(custom)
            .enumerate()
            .flat_map(|(at, attribute)| {
                let from = RecordIndex(u32::try_from(at).unwrap() << (at % 26));
                let change = move |after: &AttributeValue, before| Change {
                    attribute: attribute.clone(),
                    before,
                    after: after.clone(),
                    from,
                };
                let values = values.clone();
                (0..values.len())
                    .map(move |at| change(&values[at], at.checked_sub(1).map(|before| values[before].clone())))
            })
            .chain([Change {
                attribute: Attribute::Custom("x".into()),
                before: Some(AttributeValue::Flag(false)),
                after: AttributeValue::Flag(false),
                from: RecordIndex(u32::MAX),
            }])
            .collect();
        let packed = Compact::from(changes.clone());
        assert_eq!(packed.unpacked(), changes);
        assert_eq!(*packed, *changes);
        assert_eq!(packed, packed.clone());
        assert_ne!(packed, changes.into_iter().skip(1).collect());
    }
}
