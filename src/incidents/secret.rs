//! Codes for people without an account: what shows a report's status, and what goes on with a draft. They are read out
//! and typed in, and kept as digests.

use ring::digest::{SHA256, digest};

/// Digits and capitals without those that are mistaken for others.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A code made of these unpredictable bytes, five bits of each: `7KQM-2XWP-9RTA`.
pub fn code(bytes: &[u8]) -> String {
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    let letters: Vec<char> = bytes.iter().map(letter).collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
}

/// A code without what people put around it.
fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// The digest of a code as it is kept, however somebody typed it.
pub fn fingerprint(code: &str) -> String {
    hex::encode(digest(&SHA256, plain(code).as_bytes()))
}

/// The receipt code of a report that is written in the draft with this code: who has the draft can be told it again, and
/// nothing that is stored tells it.
pub fn receipt_of(draft: &str) -> String {
    let bytes = digest(&SHA256, format!("receipt\0{}", plain(draft)).as_bytes());
    code(&bytes.as_ref()[..12])
}

/// A code as it is shown, of what somebody typed or a browser kept; nothing for what is none of this length.
pub fn read(typed: &str, letters: usize) -> Option<String> {
    let plain = plain(typed);
    let known = plain.len() == letters && plain.bytes().all(|c| LETTERS.contains(&c));
    let groups = plain.as_bytes().chunks(4).map(String::from_utf8_lossy);
    known.then(|| groups.collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::env::Env;

    #[test]
    fn a_code_is_known_again_however_it_is_typed() {
        let drawn = || code(&Env::system().bytes::<12>());
        let receipt = drawn();
        assert_eq!((receipt.len(), receipt.matches('-').count()), (14, 2), "{receipt}");
        let typed = format!(" {} ", receipt.to_lowercase().replace('-', " "));
        assert_eq!(fingerprint(&receipt), fingerprint(&typed));
        assert_eq!(read(&typed, 12).as_deref(), Some(receipt.as_str()));
        assert_ne!(fingerprint(&receipt), fingerprint(&drawn()));
        assert_eq!((read(&receipt, 16), read("7KQM-2XWP-9RT0", 12)), (None, None));
    }

    #[test]
    fn a_draft_always_has_the_same_receipt_and_no_other_draft_has_it() {
        let (one, other) = (code(&Env::system().bytes::<16>()), code(&Env::system().bytes::<16>()));
        assert_eq!(receipt_of(&one), receipt_of(&one.to_lowercase()));
        assert_ne!(receipt_of(&one), receipt_of(&other));
        assert_ne!(fingerprint(&receipt_of(&one)), fingerprint(&one));
    }
}
