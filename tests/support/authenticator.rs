//! An authenticator app: reads the key as it is shown, and makes codes from it.

use jiff::Timestamp;
use ring::hmac;

/// The app on somebody's telephone.
#[derive(Clone)]
pub struct Authenticator(Vec<u8>);

impl Authenticator {
    /// Reads the key from the page that shows it.
    pub fn read(page: &str) -> Self {
        let (_, rest) = page.split_once("id=\"schluessel\">").expect("a key on the page");
        let key: String = rest.split('<').next().unwrap().split_whitespace().collect();
        let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
        for letter in key.bytes() {
            let value = if letter.is_ascii_uppercase() { letter - b'A' } else { letter - b'2' + 26 };
            (bits, held) = (bits << 5 | u32::from(value), held + 5);
            if held >= 8 {
                held -= 8;
                bytes.push((bits >> held & 0xff) as u8);
            }
        }
        assert_eq!(bytes.len(), 20, "{key}");
        Self(bytes)
    }

    /// The six digits that the app shows at an instant.
    pub fn code(&self, at: Timestamp) -> String {
        let step = u64::try_from(at.as_second()).unwrap() / 30;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let hash = hmac::sign(&key, &step.to_be_bytes());
        let hash = hash.as_ref();
        let from = (hash[19] & 15) as usize;
        let word = u32::from_be_bytes(hash[from..from + 4].try_into().unwrap()) & (u32::MAX >> 1);
        format!("{:06}", word % 1_000_000)
    }

    /// What must never lie in the database.
    pub fn key(&self) -> &[u8] {
        &self.0
    }
}
