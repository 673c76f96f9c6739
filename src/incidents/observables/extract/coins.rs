//! Addresses of Bitcoin and Monero. A wrong checksum is no address: whatever only looks like one is left out.

use sha3::{Digest as _, Keccak256};

/// Whether this is a Bitcoin address of the main network: Base58Check (version 0 or 5) or a witness program (BIP 173,
/// BIP 350).
pub fn is_bitcoin(text: &str) -> bool {
    match text.as_bytes() {
        [b'1' | b'3', ..] if (26..=35).contains(&text.len()) => {
            let decoded = bs58::decode(text).with_check(None).into_vec();
            decoded.is_ok_and(|bytes| bytes.len() == 21 && matches!(bytes[0], 0 | 5))
        }
        [b'b' | b'B', b'c' | b'C', b'1', ..] if (14..=74).contains(&text.len()) => {
            bech32::segwit::decode(text).is_ok_and(|(hrp, ..)| hrp.as_str().eq_ignore_ascii_case("bc"))
        }
        _ => false,
    }
}

/// Monero's own Base58: blocks of eight bytes, each eleven digits (`cryptonote-base58`); the crates for it bring all of
/// a wallet along.
const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BLOCK: usize = 8;
const DIGITS: [usize; BLOCK + 1] = [0, 2, 3, 5, 6, 7, 9, 10, 11];

/// Whether this is a Monero address of the main network: a standard one, one of a subaddress, or an integrated one.
pub fn is_monero(text: &str) -> bool {
    let lengths = matches!(text.len(), 95 | 106) && matches!(text.as_bytes()[0], b'4' | b'8');
    let Some(bytes) = lengths.then(|| decode(text.as_bytes())).flatten() else { return false };
    let Some((body, checksum)) = bytes.split_last_chunk::<4>() else { return false };
    matches!(body.first(), Some(18 | 19 | 42)) && Keccak256::digest(body)[..4] == checksum[..]
}

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(77);
    for block in text.chunks(DIGITS[BLOCK]) {
        let size = DIGITS.iter().position(|digits| *digits == block.len())?;
        let mut number: u128 = 0;
        for byte in block {
            let digit = ALPHABET.iter().position(|digit| digit == byte)?;
            number = number * 58 + digit as u128;
        }
        let large = number.to_be_bytes();
        let (front, tail) = large.split_at(large.len() - size);
        if front.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(tail);
    }
    Some(bytes)
}
