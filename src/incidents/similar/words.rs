//! How alike two texts are: signatures made of their words.

use crate::directory::model::fold;

/// Permutations. The estimate's standard deviation is at most 0.5/√48 = 7 percent.
pub const SLOTS: usize = 48;
/// Permutations that must agree for two cases to be compared: twelve bands of four. Of texts that share half of their
/// pairs of words, a bit more than half are found; of those that share 70 percent, 96 of 100.
const ROWS: usize = 4;
/// Shorter texts are like many others.
const PAIRS: usize = 8;

/// The signature of a text.
pub type Signature = [u32; SLOTS];

/// The signature of a text, `None` where it is too short to say anything.
#[must_use]
pub fn signature(text: &str) -> Option<Signature> {
    let folded = fold(text);
    let words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1).collect();
    let pairs: std::collections::HashSet<u64> =
        words.windows(2).map(|pair| hash(pair[0].as_bytes(), pair[1].as_bytes())).collect();
    if pairs.len() < PAIRS {
        return None;
    }
    let mut signature = [u32::MAX; SLOTS];
    for (slot, smallest) in (0u64..).zip(&mut signature) {
        let seed = mixed(slot + 1);
        *smallest = pairs.iter().map(|pair| upper(mixed(pair ^ seed))).min().unwrap_or(u32::MAX);
    }
    Some(signature)
}

/// How many percent of the pairs of words two texts share.
#[must_use]
pub fn percent(one: &Signature, other: &Signature) -> u32 {
    let same = one.iter().zip(other).filter(|(a, b)| a == b).count();
    u32::try_from(same * 100 / SLOTS).unwrap_or(100)
}

/// What the index knows a signature by: a number for each band.
pub fn bands(signature: &Signature) -> impl Iterator<Item = i64> {
    (1u64..).zip(signature.chunks(ROWS)).map(|(band, rows)| {
        let whole = rows.iter().fold(mixed(band), |hash, row| mixed(hash ^ u64::from(*row)));
        whole.cast_signed()
    })
}

/// As it lies in the database.
#[must_use]
pub fn to_bytes(signature: &Signature) -> Vec<u8> {
    signature.iter().flat_map(|slot| slot.to_le_bytes()).collect()
}

/// Reads [`to_bytes`]; `None` for what another release wrote with other permutations.
#[must_use]
pub fn from_bytes(bytes: &[u8]) -> Option<Signature> {
    let slots: Vec<u32> = bytes.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four)).collect();
    slots.try_into().ok()
}

/// FNV-1a of two words. Stored signatures outlive a release, so the hash may not be one that a library may change.
fn hash(one: &[u8], other: &[u8]) -> u64 {
    let bytes = one.iter().chain(b" ").chain(other);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The finaliser of SplitMix64: a bijection that scatters.
fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn upper(value: u64) -> u32 {
    u32::try_from(value >> 32).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    const MAIL: &str = "Heute früh kam eine Mail, angeblich vom Rechenzentrum. Man soll sein Passwort auf einer \
                        Seite neu eingeben, sonst wird das Postfach gesperrt. Drei Kolleginnen haben geklickt.";

    fn share(one: &str, other: &str) -> u32 {
        percent(&signature(one).unwrap(), &signature(other).unwrap())
    }

    #[test]
    fn near_same_words_are_found_and_others_are_not() {
        let near = MAIL.replace("Heute früh", "Gestern").replace("Drei Kolleginnen haben", "Ein Kollege hat");
        assert!(share(MAIL, &near) >= 50, "{}", share(MAIL, &near));
        let meets = |text: &str| {
            let ours: HashSet<i64> = bands(&signature(MAIL).unwrap()).collect();
            bands(&signature(text).unwrap()).any(|band| ours.contains(&band))
        };
        assert!(meets(&near));
        let other = "Der Server im Keller ist aus, das Fachverfahren für das Meldewesen geht nicht, und das Telefon \
                     ist auch tot. Der Dienstleister ist benachrichtigt, es kommt jemand am Nachmittag.";
        assert!(share(MAIL, other) < 10);
        assert!(!meets(other));
    }

    #[test]
    fn a_signature_stays_what_it_is_in_the_next_release() {
        let bytes = to_bytes(&signature(MAIL).unwrap());
        assert_eq!(from_bytes(&bytes), signature(MAIL));
        assert_eq!(from_bytes(&bytes[..100]), None);
        assert_eq!(hex::encode(&bytes[..16]), "d0a6aa01878e5c055150411537fdc802");
    }

    #[test]
    fn a_few_words_say_nothing() {
        assert_eq!(signature("Nichts geht mehr."), None);
    }

    proptest! {
        #[test]
        fn the_estimate_is_near_the_truth(shared in 20usize..60, apart in 0usize..40) {
            let text = |own: &str| {
                let mut words: Vec<String> = (0..shared).map(|at| format!("wort{at}")).collect();
                words.extend((0..apart).map(|at| format!("{own}{at}")));
                words.join(" ")
            };
            let pairs = |text: &str| -> HashSet<(String, String)> {
                let words: Vec<_> = text.split(' ').map(str::to_owned).collect();
                words.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
            };
            let (one, other) = (text("eins"), text("zwei"));
            let (a, b) = (pairs(&one), pairs(&other));
            let truth = a.intersection(&b).count() as f64 / a.union(&b).count() as f64 * 100.0;
            let told = f64::from(share(&one, &other));
            // Four standard deviations.
            prop_assert!((told - truth).abs() <= 29.0, "{told} instead of {truth}");
        }

        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,400}") {
            let _ = signature(&text);
        }
    }
}
