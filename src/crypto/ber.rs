//! BER as DER (ITU-T X.690). Mail programs write CMS while they still read what they sign or encrypt: with indefinite
//! lengths and strings in pieces, which `der` does not read. No kept crate turns one into the other.

/// How deep values may lie in each other.
const DEPTH: usize = 48;

const OCTET_STRING: u8 = 0x04;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// `[0]` with values in it, and `[0]` as a string.
const CONSTRUCTED_0: u8 = 0xa0;
const PRIMITIVE_0: u8 = 0x80;
const CONSTRUCTED: u8 = 0x20;

/// A value, encoded anew.
struct Value {
    tag: u8,
    content: Vec<u8>,
    /// The tags of what lies in it, the first three.
    holds: Vec<u8>,
    /// Whether octet strings alone lie in it, and their bytes.
    octets: Option<Vec<u8>>,
}

/// The first value of `input` in distinguished encoding. `None`: it is no such value, or lies too deep.
#[must_use]
pub fn to_der(input: &[u8]) -> Option<Vec<u8>> {
    let (value, _) = value(input, 0)?;
    let mut out = Vec::with_capacity(value.content.len() + 8);
    write(&mut out, value.tag, &value.content);
    Some(out)
}

/// A value, and what stands behind it.
fn value(input: &[u8], depth: usize) -> Option<(Value, &[u8])> {
    let (&tag, rest) = input.split_first()?;
    // No structure that is read here has tags above 30.
    if depth > DEPTH || tag & 0x1f == 0x1f || tag == 0 {
        return None;
    }
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0x80 => (None, rest),
        0..0x80 => (Some(usize::from(first)), rest),
        _ => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            if bytes.len() > 8 {
                return None;
            }
            let length = bytes.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
            (Some(usize::try_from(length).ok()?), rest)
        }
    };
    if tag & CONSTRUCTED == 0 {
        let (content, rest) = rest.split_at_checked(length?)?;
        let octets = None;
        return Some((Value { tag, content: content.to_vec(), holds: Vec::new(), octets }, rest));
    }
    let (mut inside, after) = match length {
        Some(length) => rest.split_at_checked(length)?,
        None => (rest, rest),
    };
    let mut made = Value { tag, content: Vec::new(), holds: Vec::new(), octets: Some(Vec::new()) };
    loop {
        match (length, inside) {
            (Some(_), []) => break,
            (None, [0, 0, rest @ ..]) => {
                inside = rest;
                break;
            }
            _ => {}
        }
        let (child, rest) = value(inside, depth + 1)?;
        inside = rest;
        made.take(child);
    }
    let rest = if length.is_some() { after } else { inside };
    Some((made.whole(), rest))
}

impl Value {
    fn take(&mut self, child: Self) {
        let mut child = child;
        // EncryptedContentInfo: type, algorithm, and behind them `[0] IMPLICIT OCTET STRING`, which may be in pieces.
        if child.tag == CONSTRUCTED_0
            && self.holds == [OID, SEQUENCE]
            && let Some(octets) = child.octets.take()
        {
            child = Self { tag: PRIMITIVE_0, content: octets, holds: Vec::new(), octets: None };
        }
        match &mut self.octets {
            Some(octets) if child.tag == OCTET_STRING => octets.extend(&child.content),
            _ => self.octets = None,
        }
        if self.holds.len() < 3 {
            self.holds.push(child.tag);
        }
        write(&mut self.content, child.tag, &child.content);
    }

    /// A string in pieces becomes one.
    fn whole(mut self) -> Self {
        if self.tag == OCTET_STRING | CONSTRUCTED {
            return Self {
                tag: OCTET_STRING,
                content: self.octets.take().unwrap_or_default(),
                holds: Vec::new(),
                octets: None,
            };
        }
        self
    }
}

fn write(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    out.push(tag);
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    match *significant {
        [] => out.push(0),
        [one] if one < 0x80 => out.push(one),
        _ => {
            out.push(0x80 | u8::try_from(significant.len()).unwrap_or(8));
            out.extend(significant);
        }
    }
    out.extend(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_in_pieces_become_whole_and_what_was_der_stays_as_it_is() {
        let pieces = [0x24, 0x80, 0x04, 2, 1, 2, 0x24, 0x80, 0x04, 1, 3, 0, 0, 0, 0];
        assert_eq!(to_der(&pieces).unwrap(), [0x04, 3, 1, 2, 3]);
        let encrypted =
            [0x30, 0x80, 0x06, 1, 42, 0x30, 0, 0xa0, 0x80, 0x04, 1, 7, 0x04, 1, 8, 0, 0, 0, 0, 0xff];
        assert_eq!(to_der(&encrypted).unwrap(), [0x30, 9, 0x06, 1, 42, 0x30, 0, 0x80, 2, 7, 8]);
        // Explicitly tagged: one string in a value of its own.
        let content = [0x30, 0x80, 0x06, 1, 42, 0xa0, 0x80, 0x24, 0x80, 0x04, 1, 7, 0, 0, 0, 0, 0, 0];
        let der = to_der(&content).unwrap();
        assert_eq!(der, [0x30, 8, 0x06, 1, 42, 0xa0, 3, 0x04, 1, 7]);
        assert_eq!(to_der(&der).unwrap(), der);
    }

    #[test]
    fn what_is_cut_or_too_deep_is_refused() {
        let deep = [0x30_u8, 0x80].repeat(100_000);
        assert_eq!(to_der(&deep), None);
        for bad in
            [&[][..], &[0x30], &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &[0x04, 0x80, 0, 0], &[0x30, 0x80, 0]]
        {
            assert_eq!(to_der(bad), None, "{bad:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            if let Some(der) = to_der(&bytes) {
                proptest::prop_assert_eq!(to_der(&der), Some(der));
            }
        }
    }
}
