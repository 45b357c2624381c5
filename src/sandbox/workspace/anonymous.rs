//! What Intercom gives to people who have not said who they are: a `user_id` and a name like "Lime Camel".
//!
//! In the 1.x dialect every lead and visitor has an automatic UUID as `user_id`. Here it is a disguise of the id, which
//! can be taken off again: looking somebody up by it needs no index, and the same id always gets the same one.

/// Mixed into the digits, so that ids made one after the other do not look alike.
const KEY: [u8; 24] = [3, 14, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4, 3];

const COLOURS: [&str; 12] =
    ["Amber", "Azure", "Blue", "Coral", "Cyan", "Green", "Indigo", "Lime", "Orange", "Red", "Violet", "White"];
const THINGS: [&str; 13] = [
    "Anchor", "Balloon", "Camel", "Duck", "Ghost", "Kite", "Lantern", "Piano", "Rocket", "Sailboat", "Suitcase",
    "Teapot", "Umbrella",
];

fn digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble & 15), 16).unwrap_or('0')
}

fn nibbles(text: impl Iterator<Item = char>) -> Option<Vec<u8>> {
    text.map(|letter| letter.to_digit(16).and_then(|value| u8::try_from(value).ok())).collect()
}

/// Six digits that only a genuine disguise has.
fn seal(digits: &[u8]) -> impl Iterator<Item = u8> {
    (1..=6_u8).map(|round| {
        digits.iter().fold(round, |sum, nibble| sum.wrapping_mul(5).wrapping_add(*nibble).wrapping_add(sum >> 4)) & 15
    })
}

/// The automatic `user_id` of a lead or visitor with this id.
pub(crate) fn user_id(id: &str) -> String {
    let Some(plain) = nibbles(id.chars()).filter(|plain| plain.len() == KEY.len()) else { return id.to_owned() };
    let mut disguised = Vec::with_capacity(30);
    let mut last = 0_u8;
    // From the end, where the counter is: a difference there then shows in every digit.
    for (nibble, key) in plain.iter().rev().zip(KEY) {
        last = (nibble + key + last.wrapping_mul(7)) & 15;
        disguised.push(last);
    }
    let sealed: Vec<u8> = seal(&disguised).collect();
    disguised.extend(sealed);
    let mut text = String::with_capacity(36);
    for (place, nibble) in disguised.iter().enumerate() {
        match place {
            8 | 18 => text.push('-'),
            // A UUID says its version and variant at these places.
            12 => text.push_str("-4"),
            15 => text.push_str("-a"),
            _ => {}
        }
        text.push(digit(*nibble));
    }
    text
}

/// The id behind an automatic `user_id`; `None` for any other text.
pub(crate) fn id_of(user_id: &str) -> Option<String> {
    let parts: Vec<&str> = user_id.trim().split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.chars().count()).collect();
    if lengths != [8, 4, 4, 4, 12] {
        return None;
    }
    let third = parts.get(2)?.strip_prefix('4')?;
    let fourth = parts.get(3)?.strip_prefix('a')?;
    let digits = [*parts.first()?, *parts.get(1)?, third, fourth, *parts.get(4)?];
    let all = nibbles(digits.iter().flat_map(|part| part.chars()))?;
    let (disguised, sealed) = all.split_at_checked(KEY.len())?;
    if !seal(disguised).eq(sealed.iter().copied()) {
        return None;
    }
    let mut last = 0_u8;
    let mut plain: Vec<char> = Vec::with_capacity(KEY.len());
    for (nibble, key) in disguised.iter().zip(KEY) {
        plain.push(digit(nibble.wrapping_sub(key).wrapping_sub(last.wrapping_mul(7))));
        last = *nibble;
    }
    Some(plain.into_iter().rev().collect())
}

/// The invented name of somebody with this id.
pub(crate) fn pseudonym(id: &str) -> String {
    let sum = id.bytes().fold(7_usize, |sum, byte| (sum * 31 + usize::from(byte)) % 65_521);
    let colour = COLOURS.get(sum % COLOURS.len()).copied().unwrap_or("Blue");
    let thing = THINGS.get(sum / COLOURS.len() % THINGS.len()).copied().unwrap_or("Rocket");
    format!("{colour} {thing}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_user_id_looks_like_a_random_uuid() {
        assert_eq!(user_id("5747f814d4e317f14f000cb3"), user_id("5747f814d4e317f14f000cb3"));
        let (one, next) = (user_id("5747f814d4e317f14f000cb3"), user_id("5747f814d4e317f14f000cb4"));
        let same = one.chars().zip(next.chars()).filter(|(left, right)| left == right && *left != '-').count();
        assert!(same < 12, "{one} {next}");
        assert_eq!((one.len(), one.get(14..15)), (36, Some("4")));
    }

    #[test]
    fn nothing_else_is_taken_for_a_user_id() {
        for text in
            ["", "1942", "80dc3d19-675b-43b3-9d72-450e7ee34e16", "zzzzzzzz-zzzz-4zzz-azzz-zzzzzzzzzzzz", "é-é-é-é-é"]
        {
            assert_eq!(id_of(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_disguise_comes_off_again(id in "[0-9a-f]{24}") {
            prop_assert_eq!(id_of(&user_id(&id)), Some(id));
        }
    }
}
