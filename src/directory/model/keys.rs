//! Official keys: AGS (amtlicher Gemeindeschlüssel) and ARS (amtlicher Regionalschlüssel), as Destatis assigns them.

use crate::core::text::Refusal;

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the first two digits name one of the sixteen Länder.
fn begins_with_land(digits: &str) -> bool {
    matches!(digits.get(..2).and_then(|land| land.parse::<u8>().ok()), Some(1..=16))
}

/// Makes a type over a string that was checked once.
macro_rules! checked {
    ($($name:ident),+) => {$(
        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}
pub(super) use checked;

/// Amtlicher Gemeindeschlüssel: 8 digits for a municipality, 5 for a Landkreis, 2 for a Land.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ags(String);

impl Ags {
    /// Checks an AGS.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if all_digits(text) && matches!(text.len(), 2 | 5 | 8) && begins_with_land(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err("directory-error-ags")
        }
    }
}

/// Amtlicher Regionalschlüssel: 12 digits, of which 5 name the district, 4 the association, 3 the municipality.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ars(String);

impl Ars {
    /// Checks an ARS.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if all_digits(text) && text.len() == 12 && begins_with_land(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err("directory-error-ars")
        }
    }

    /// Whether both keys name the same body: same district, same municipality.
    #[must_use]
    pub fn agrees_with(&self, ags: &Ags) -> bool {
        let (district, municipality) = (&self.0[..5], &self.0[9..]);
        match ags.0.len() {
            2 => self.0.starts_with(&ags.0) && self.0[2..].bytes().all(|digit| digit == b'0'),
            5 => district == ags.0 && self.0[5..].bytes().all(|digit| digit == b'0'),
            _ => ags.0[..5] == *district && ags.0[5..] == *municipality,
        }
    }
}

/// How import files name an organisation: its ARS, or a word such as `kiv-thueringen` where there is no official key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// Checks a key.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if text.is_empty() {
            return Err("error-required");
        }
        if all_digits(text) {
            return Ars::parse(text).map(|ars| Self(ars.0));
        }
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let begins = text.starts_with(|first: char| first.is_ascii_lowercase());
        if begins && text.len() <= 64 && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err("directory-error-key")
        }
    }

    /// The ARS, where the key is one.
    #[must_use]
    pub fn ars(&self) -> Option<Ars> {
        Ars::parse(&self.0).ok()
    }
}

/// A German postcode: five digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode(String);

impl Postcode {
    /// Checks a postcode.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if all_digits(text) && text.len() == 5 {
            Ok(Self(text.to_owned()))
        } else {
            Err("directory-error-postcode")
        }
    }
}

/// A district's sign on number plates (`GTH`, `SÖM`): the shortest name that people know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sign(String);

impl Sign {
    /// Checks a sign.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let letters = text.chars().all(|c| c.is_ascii_uppercase() || matches!(c, 'Ä' | 'Ö' | 'Ü'));
        if letters && (1..=3).contains(&text.chars().count()) {
            Ok(Self(text.to_owned()))
        } else {
            Err("directory-error-sign")
        }
    }
}

checked!(Ags, Ars, Key, Postcode, Sign);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_municipality_has_eight_digits_a_district_five_and_the_land_two() {
        for good in ["16061119", "16061", "16", " 16051000 "] {
            assert!(Ags::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "160", "1606111", "160611190", "1606111a", "17061119", "00", "１６"] {
            assert_eq!(Ags::parse(bad), Err("directory-error-ags"), "{bad}");
        }
    }

    #[test]
    fn a_town_halls_two_official_keys_must_name_the_same_town() {
        let agree =
            |ars: &str, ags: &str| Ars::parse(ars).expect("ars").agrees_with(&Ags::parse(ags).expect("ags"));
        assert!(agree("160615051119", "16061119"));
        assert!(agree("160510000000", "16051000"));
        assert!(agree("160610000000", "16061"));
        assert!(agree("160000000000", "16"));
        assert!(!agree("160615051119", "16061118"));
        assert!(!agree("160625051119", "16061119"));
        assert!(!agree("160615051119", "16061"));
        assert!(!agree("160610000000", "16"));
    }

    #[test]
    fn a_key_is_twelve_digits_or_a_plain_word() {
        assert!(Key::parse("160615051119").is_ok_and(|key| key.ars().is_some()));
        assert!(Key::parse("kiv-thueringen").is_ok_and(|key| key.ars().is_none()));
        assert_eq!(Key::parse("16061505111"), Err("directory-error-ars"));
        for bad in ["KIV", "kiv thüringen", "-kiv", "kiv/../x", "1kiv"] {
            assert_eq!(Key::parse(bad), Err("directory-error-key"), "{bad}");
        }
    }

    #[test]
    fn a_sign_is_what_stands_on_number_plates() {
        assert!(Sign::parse("SÖM").is_ok() && Sign::parse("J").is_ok());
        assert!(Sign::parse("").is_err() && Sign::parse("gth").is_err() && Sign::parse("GOTH").is_err());
        assert!(Postcode::parse("07545").is_ok() && Postcode::parse("7545").is_err());
    }
}
