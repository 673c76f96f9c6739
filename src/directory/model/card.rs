//! The emergency card, and the code on it that a caller reads aloud.

use std::fmt;

use jiff::civil::Date;
use ring::hmac;

use crate::core::env::Env;
use crate::core::ids::OrgId;

/// What a caller says on the telephone. It raises trust in a caller and opens nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactCode(String);

impl ContactCode {
    /// Sixteen signs of which no two are taken for each other, neither read nor heard in German: of B, C, D, E, G, P, T,
    /// W only T; of F and S, M and N, K and H one each; no 0, O, 1, I, J, 2, Z, U.
    const SIGNS: &[u8; 16] = b"3456789FKLMRTVXY";
    /// How many: 32 bits, of which an analyst lets a caller try a handful.
    const LENGTH: usize = 8;

    /// A fresh one.
    #[must_use]
    pub fn draw(env: &Env) -> Self {
        let bytes = env.bytes::<{ Self::LENGTH }>();
        Self(bytes.iter().map(|byte| char::from(Self::SIGNS[usize::from(byte % 16)])).collect())
    }

    /// One that was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// For the database.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether somebody means it by what they typed, in capitals or not, with spaces and hyphens where they like. How
    /// long this takes says nothing about how much of it was right.
    #[must_use]
    pub fn is_meant_by(&self, typed: &str, env: &Env) -> bool {
        let plain: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '.'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        // Both under a key of this moment: ring compares the results in constant time.
        let key = hmac::Key::new(hmac::HMAC_SHA256, &env.bytes::<32>());
        let own = hmac::sign(&key, self.0.as_bytes());
        hmac::verify(&key, plain.as_bytes(), own.as_ref()).is_ok()
    }
}

/// In two groups, as people read it aloud: `K7MF-4R9X`.
impl fmt::Display for ContactCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_at_checked(Self::LENGTH / 2) {
            Some((first, second)) => write!(f, "{first}-{second}"),
            None => f.write_str(&self.0),
        }
    }
}

/// What is particular on an organisation's emergency card.
#[derive(Debug, Clone)]
pub struct Card {
    pub organisation: OrgId,
    pub name: String,
    /// The district's sign, possibly empty.
    pub sign: String,
    pub year: i16,
    pub code: ContactCode,
    /// Where it is reached when its own network is down.
    pub out_of_band: Vec<String>,
    /// The day on which it was printed.
    pub day: Date,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_code_read_aloud_is_not_misheard_and_not_misread() {
        let signs: BTreeSet<u8> = ContactCode::SIGNS.iter().copied().collect();
        assert_eq!(signs.len(), 16);
        for alike in ["0OQDU", "1IJL", "2Z", "S5", "8B", "6G", "BCDEGPTW", "MN", "FS", "KHAQ", "UV"] {
            let known = alike.bytes().filter(|sign| signs.contains(sign)).count();
            assert!(known <= 1, "{alike}");
        }
    }

    #[test]
    fn codes_are_drawn_from_all_signs_and_differ() {
        let env = Env::system();
        let codes: BTreeSet<String> = (0..500).map(|_| ContactCode::draw(&env).to_string()).collect();
        assert_eq!(codes.len(), 500);
        let seen: BTreeSet<u8> = codes.iter().flat_map(|code| code.bytes()).filter(|c| *c != b'-').collect();
        assert!(seen.iter().eq(ContactCode::SIGNS.iter().collect::<BTreeSet<_>>()));
        assert!(codes.iter().all(|code| code.len() == 9 && code.as_bytes()[4] == b'-'));
    }

    #[test]
    fn an_analyst_may_type_it_as_it_is_heard() {
        let env = Env::system();
        let code = ContactCode::stored("K7MF4R9X".to_owned());
        for typed in ["K7MF-4R9X", "k7mf4r9x", " K 7 M F 4 R 9 X ", "k7mf–4r9x\u{a0}"] {
            assert!(code.is_meant_by(typed, &env), "{typed}");
        }
        for typed in ["", "K7MF", "K7MF-4R9Y", "K7MF-4R9XX", "X9R4-FM7K", "KÄ7MF4R9X"] {
            assert!(!code.is_meant_by(typed, &env), "{typed}");
        }
    }
}
