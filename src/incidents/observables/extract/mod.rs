//! Observables found in text: addresses, networks, domains, URLs, mail addresses, hashes, numbers of vulnerabilities,
//! addresses of two currencies, names of files, registry keys; defanged or not.
//!
//! The text is read once as it was meant (`refang`) and once for what stands in it; nothing looks back or ahead further
//! than a fixed number of bytes, so the time is linear in the length of the text, whatever it holds. What decides whether
//! something is one comes from crates where they exist: the standard library and `ipnet` for addresses, `psl` for
//! domains, `url` for URLs and IDNA, `bs58`, `bech32` and `sha3` for checksums. Finding is our own: finders of links
//! such as `linkify` know neither defanged writing nor anything but links, and one expression for all of it would be
//! neither readable nor a single pass.

mod coins;
mod names;
mod refang;

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use serde::Serialize;

use self::refang::{Refanged, refang};
use super::model::Kind;
pub use names::{domain, host};

/// Bytes that a URL or a registry key has at most.
const LONGEST: usize = 2048;
/// Bytes that any other find has at most.
const LONGEST_WORD: usize = 320;

/// One observable in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Find {
    #[serde(rename = "type", serialize_with = "as_code")]
    pub kind: Kind,
    /// As it is compared: refanged, in the usual case, without the host's bits of a network.
    pub value: String,
    /// As it stands in the text.
    pub written: String,
    /// The byte of the text at which it begins.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

fn as_code<S: serde::Serializer>(kind: &Kind, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(kind.code())
}

/// Finds all observables of a text, in their order; none overlaps another.
#[must_use]
pub fn extract(text: &str) -> Vec<Find> {
    let meant = refang(text);
    let mut scan = Scan { source: text, meant: &meant, finds: Vec::new(), before: ["", ""] };
    scan.run();
    // What stands before a URL or a key in the same word was looked at after it.
    scan.finds.sort_by_key(|find| find.start);
    scan.finds
}

/// What a byte can be part of.
mod class {
    /// Ends every word.
    pub const SPACE: u8 = 1;
    /// Makes a word worth a look.
    pub const TELLS: u8 = 2;
    /// Stands inside names, numbers and addresses.
    pub const INNER: u8 = 4;

    pub static TABLE: [u8; 256] = {
        let mut table = [0; 256];
        let mut b = 0;
        while b < 256 {
            let byte = b as u8;
            table[b] = match byte {
                0..=32 | b'"' | b'<' | b'>' | b'`' | b'|' => SPACE,
                b'.' | b':' | b'0'..=b'9' => TELLS | INNER,
                b'@' | b'\\' => TELLS,
                b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' | 0x80..=0xff => INNER,
                _ => 0,
            };
            b += 1;
        }
        table
    };
}

struct Scan<'a> {
    source: &'a str,
    meant: &'a Refanged,
    finds: Vec<Find>,
    /// The last two words, the nearer one first.
    before: [&'a str; 2],
}

impl<'a> Scan<'a> {
    /// Takes the text word by word.
    fn run(&mut self) {
        let bytes = self.meant.text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let skip = gap(bytes, at);
            if skip > 0 {
                at += skip;
                continue;
            }
            let (start, mut tells) = (at, 0);
            while at < bytes.len() && gap(bytes, at) == 0 {
                tells |= class::TABLE[usize::from(bytes[at])];
                at += 1;
            }
            let word = &self.meant.text[start..at];
            if tells & class::TELLS != 0 {
                at = at.max(self.word(start, at));
            }
            self.before = [word, self.before[0]];
        }
    }

    /// Looks into one word; returns where it ended, where that was behind the word.
    fn word(&mut self, start: usize, end: usize) -> usize {
        let bytes = self.meant.text.as_bytes();
        let mut from = start;
        let mut at = start;
        while at < end {
            if bytes[at] == b':' && bytes[at..end].starts_with(b"://") {
                if let Some((begin, stop)) = self.url(from, at, end) {
                    self.pieces(from, begin);
                    from = stop;
                    at = stop;
                    continue;
                }
            } else if bytes[at] == b'\\'
                && let Some((begin, stop)) = self.registry_key(from, at)
            {
                self.pieces(from, begin);
                if stop >= end {
                    return stop;
                }
                from = stop;
                at = stop;
                continue;
            }
            at += 1;
        }
        self.pieces(from, end);
        end
    }

    fn push(&mut self, kind: Kind, value: String, start: usize, end: usize) {
        let (start, end) = (self.meant.start(start), self.meant.end(end));
        let written = self.source[start..end].to_owned();
        self.finds.push(Find { kind, value, written, start, end });
    }

    /// The URL around `://` at `at`: from where to where.
    fn url(&mut self, from: usize, at: usize, end: usize) -> Option<(usize, usize)> {
        let text = &self.meant.text;
        let bytes = text.as_bytes();
        let lowest = from.max(at.saturating_sub(8));
        let letters = bytes[lowest..at].iter().rev().take_while(|b| b.is_ascii_alphabetic() || **b == b'*');
        let begin = at - letters.count();
        let scheme = names::scheme(&text[begin..at])?;
        let rest = at + 3;
        // A field of a table ends where it began: with the same mark.
        let mark = begin.checked_sub(1).map(|i| bytes[i]).filter(|b| matches!(b, b',' | b';' | b'\t'));
        let end = mark
            .and_then(|mark| bytes[rest..end].iter().position(|b| *b == mark))
            .map_or(end, |at| rest + at);
        let stop = trimmed(bytes, rest, end)?;
        let value = names::url(scheme, text.get(rest..stop)?)?;
        self.push(Kind::Url, value, begin, stop);
        Some((begin, stop))
    }

    /// The registry key whose first backslash stands at `at`.
    fn registry_key(&mut self, from: usize, at: usize) -> Option<(usize, usize)> {
        let text = &self.meant.text;
        let bytes = text.as_bytes();
        let root_end = if at > from && bytes[at - 1] == b':' { at - 1 } else { at };
        let lowest = from.max(root_end.saturating_sub(24));
        let letters =
            bytes[lowest..root_end].iter().rev().take_while(|b| b.is_ascii_alphabetic() || **b == b'_');
        let begin = root_end - letters.count();
        let root = root(&text[begin..root_end])?;
        let stop = key_end(bytes, at);
        let path = text.get(at + 1..stop)?.split(char::is_control).next().filter(|path| !path.is_empty())?;
        let stop = at + 1 + path.len();
        let value = format!("{root}\\{path}");
        self.push(Kind::RegistryKey, value, begin, stop);
        Some((begin, stop))
    }

    /// What stands between marks that no name holds: mail addresses first, then the parts around slashes and colons.
    fn pieces(&mut self, start: usize, end: usize) {
        let bytes = self.meant.text.as_bytes();
        let mut at = start;
        while at < end {
            let is_inner =
                |b: u8| class::TABLE[usize::from(b)] & class::INNER != 0 || matches!(b, b'/' | b'@' | b'+');
            if !is_inner(bytes[at]) {
                at += 1;
                continue;
            }
            let begin = at;
            let mut tells = 0;
            while at < end && is_inner(bytes[at]) {
                tells |= class::TABLE[usize::from(bytes[at])];
                at += 1;
            }
            if tells & class::TELLS != 0 {
                self.piece(begin, at);
            }
        }
    }

    fn piece(&mut self, start: usize, end: usize) {
        let bytes = self.meant.text.as_bytes();
        let mut from = start;
        if let Some(sign) = bytes[start..end].iter().position(|b| *b == b'@') {
            let sign = start + sign;
            if let Some((begin, stop)) = self.mail(start, sign, end) {
                self.parts(start, begin);
                from = stop;
            } else {
                self.parts(start, sign);
                from = sign + 1;
            }
            // A word holds one address; what follows another sign is looked at as words.
        }
        self.parts(from, end);
    }

    fn mail(&mut self, start: usize, sign: usize, end: usize) -> Option<(usize, usize)> {
        let text = &self.meant.text;
        let bytes = text.as_bytes();
        let is_local = |b: &u8| !matches!(b, b':' | b'/');
        let lowest = start.max(sign.saturating_sub(65));
        let begin = sign - bytes[lowest..sign].iter().rev().take_while(|b| is_local(b)).count();
        let begin = begin + bytes[begin..sign].iter().take_while(|b| matches!(b, b'.' | b'-' | b'+')).count();
        let highest = end.min(sign + 255);
        let is_host = |b: &u8| !matches!(b, b':' | b'/' | b'@' | b'+');
        let stop = sign + 1 + bytes[sign + 1..highest].iter().take_while(|b| is_host(b)).count();
        let stop =
            stop - bytes[sign + 1..stop].iter().rev().take_while(|b| matches!(b, b'.' | b'-' | b'_')).count();
        let is_number_of_message = self.before[0].to_ascii_lowercase();
        if matches!(is_number_of_message.as_str(), "message-id:" | "references:" | "in-reply-to:") {
            return None;
        }
        let value = names::mail(text.get(begin..sign)?, text.get(sign + 1..stop)?)?;
        self.push(Kind::Mail, value, begin, stop);
        Some((begin, stop))
    }

    /// Parts around slashes and colons. A network needs its slash, an IPv6 address its colons.
    fn parts(&mut self, start: usize, end: usize) {
        let bytes = self.meant.text.as_bytes();
        let mut at = start;
        while at < end {
            let stop =
                at + bytes[at..end].iter().position(|b| matches!(b, b'/' | b'@' | b'+')).unwrap_or(end - at);
            let has_colons = bytes[at..stop].iter().filter(|b| **b == b':').take(2).count() == 2;
            if let Some(next) = has_colons.then(|| self.ipv6(at, stop, end)).flatten() {
                at = next;
                continue;
            }
            let mut from = at;
            while from < stop {
                let until = from + bytes[from..stop].iter().position(|b| *b == b':').unwrap_or(stop - from);
                if let Some(next) = self.part(from, until, end) {
                    from = next;
                } else {
                    from = until + 1;
                }
            }
            at = from.max(stop + 1);
        }
    }

    fn ipv6(&mut self, start: usize, stop: usize, end: usize) -> Option<usize> {
        let text = &self.meant.text;
        let bytes = text.as_bytes();
        let is_in = |b: &u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
        let stop = start + bytes[start..stop].iter().take_while(|b| is_in(b)).take(46).count();
        let stop = stop - bytes[start..stop].iter().rev().take_while(|b| **b == b'.').count();
        let close = if bytes[start..stop].ends_with(b":") && !bytes[start..stop].ends_with(b"::") {
            stop - 1
        } else {
            stop
        };
        let address: Ipv6Addr = text[start..close].parse().ok()?;
        // `a::b` is code and `3::4` a mistake: an address of so few digits is the loopback or none.
        let digits = bytes[start..close].iter().filter(|b| b.is_ascii_hexdigit()).count();
        let is_net = bytes.get(close) == Some(&b'/');
        if digits < 4 && address != Ipv6Addr::LOCALHOST && !is_net {
            return None;
        }
        if close == stop
            && let Some((length, after)) = length(bytes, stop, end)
            && let Ok(net) = Ipv6Net::new(address, length)
        {
            self.push(Kind::Cidr, net.trunc().to_string(), start, after);
            return Some(after);
        }
        if digits < 4 && address != Ipv6Addr::LOCALHOST {
            return None;
        }
        self.push(Kind::Ipv6, address.to_string(), start, close);
        Some(close)
    }

    /// One part without slash and colon. Returns how far a find reached that went beyond it.
    fn part(&mut self, start: usize, stop: usize, end: usize) -> Option<usize> {
        let text = &self.meant.text;
        let bytes = text.as_bytes();
        let begin = start + bytes[start..stop].iter().take_while(|b| matches!(b, b'.' | b'-')).count();
        let stop =
            stop - bytes[begin..stop].iter().rev().take_while(|b| matches!(b, b'.' | b'-' | b'_')).count();
        let word = text.get(begin..stop).filter(|word| !word.is_empty() && word.len() <= LONGEST_WORD)?;
        let first = word.as_bytes()[0];
        if first.is_ascii_digit()
            && let Some(next) = self.ipv4(word, begin, stop, end)
        {
            return Some(next);
        }
        if let Some((kind, value)) = self.plain(word, begin) {
            let sign = self.number_sign(begin).filter(|_| kind == Kind::Asn && first.is_ascii_digit());
            let begin = sign.unwrap_or(begin);
            self.push(kind, value, begin, stop);
            return None;
        }
        if !word.contains('.') {
            return None;
        }
        let is_defanged = self.meant.is_touched(begin, stop);
        let is_number = word.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
        if is_number {
            return None;
        }
        let is_file = names::is_file(word);
        if (is_defanged || (!is_file && names::is_plainly_domain(word)))
            && let Some(value) = names::domain(word)
        {
            self.push(Kind::Domain, value, begin, stop);
            return None;
        }
        if is_file {
            self.push(Kind::Filename, word.to_owned(), begin, stop);
        }
        None
    }

    /// An IPv4 address, a network, or two addresses joined by a hyphen.
    fn ipv4(&mut self, word: &str, start: usize, stop: usize, end: usize) -> Option<usize> {
        let bytes = self.meant.text.as_bytes();
        if let Some((low, high)) = word.split_once('-') {
            let (Some(low), Some(high)) = (public(low), public(high)) else { return None };
            let middle = start + word.find('-')?;
            self.push(Kind::Ipv4, low.to_string(), start, middle);
            self.push(Kind::Ipv4, high.to_string(), middle + 1, stop);
            return Some(stop);
        }
        let address = word.parse::<Ipv4Addr>().ok()?;
        if let Some((length, after)) = length(bytes, stop, end)
            && let Ok(net) = Ipv4Net::new(address, length)
        {
            self.push(Kind::Cidr, net.trunc().to_string(), start, after);
            return Some(after);
        }
        let address = public(word)?;
        let [near, far] = self.before;
        // `Chrome/129.0.0.0`, a browser's name for itself.
        let is_browser = word.ends_with(".0.0.0")
            && bytes[..start].last() == Some(&b'/')
            && start > 1
            && bytes[start - 2].is_ascii_alphabetic();
        if is_browser {
            return Some(stop);
        }
        let is_version = names::is_version_word(near) || (near.len() <= 4 && names::is_version_word(far));
        if is_version && !self.meant.is_touched(start, stop) {
            return Some(stop);
        }
        self.push(Kind::Ipv4, address.to_string(), start, stop);
        Some(stop)
    }

    /// Where `AS` or `ASN` begins, where that is the word before and one space is all between.
    fn number_sign(&self, begin: usize) -> Option<usize> {
        let text = &self.meant.text[..begin];
        let before = text.strip_suffix(' ')?;
        let sign = before.strip_suffix("ASN").or_else(|| before.strip_suffix("AS"))?;
        let is_word =
            sign.bytes().next_back().is_none_or(|b| class::TABLE[usize::from(b)] & class::INNER == 0);
        is_word.then_some(sign.len())
    }

    /// What is told by its letters alone.
    fn plain(&self, word: &str, begin: usize) -> Option<(Kind, String)> {
        let bytes = word.as_bytes();
        if let Some(number) = word.strip_prefix("ASN").or_else(|| word.strip_prefix("AS")) {
            return as_number(number).filter(|it| it != "AS400").map(|it| (Kind::Asn, it));
        }
        if bytes[0].is_ascii_digit() && self.number_sign(begin).is_some() {
            return as_number(word).map(|it| (Kind::Asn, it));
        }
        if bytes.len() >= 13 && bytes[..4].eq_ignore_ascii_case(b"cve-") {
            return cve(word).map(|it| (Kind::Cve, it));
        }
        let kind = match bytes.len() {
            32 => Some(Kind::Md5),
            40 => Some(Kind::Sha1),
            64 => Some(Kind::Sha256),
            128 => Some(Kind::Sha512),
            _ => None,
        };
        if let Some(kind) = kind
            && bytes.iter().all(u8::is_ascii_hexdigit)
            && bytes.iter().any(u8::is_ascii_digit)
            && bytes.iter().any(u8::is_ascii_alphabetic)
        {
            return Some((kind, word.to_ascii_lowercase()));
        }
        if bytes.len() >= 14 && bytes.iter().all(u8::is_ascii_alphanumeric) {
            if coins::is_bitcoin(word) {
                let is_witness = matches!(bytes[0], b'b' | b'B');
                return Some((
                    Kind::Bitcoin,
                    if is_witness { word.to_ascii_lowercase() } else { word.to_owned() },
                ));
            }
            if coins::is_monero(word) {
                return Some((Kind::Monero, word.to_owned()));
            }
        }
        None
    }
}

/// How many bytes of white space, or of marks that stand in no word, begin at `at`.
fn gap(bytes: &[u8], at: usize) -> usize {
    match bytes[at] {
        b if class::TABLE[usize::from(b)] == class::SPACE => 1,
        // Quotation marks, dashes and spaces of U+2000 to U+203F, and of Latin-1.
        0xe2 if bytes.get(at + 1) == Some(&0x80) => 3,
        0xc2 => 2,
        _ => 0,
    }
}

/// Where a URL that goes on at `from` ends: without the marks of the sentence, and without a bracket that was opened
/// before it.
fn trimmed(bytes: &[u8], from: usize, end: usize) -> Option<usize> {
    let mut stop = end.min(from + LONGEST);
    let mut depth = [0_i32; 3];
    let mut is_address = false;
    for (at, byte) in bytes.iter().enumerate().take(stop).skip(from) {
        let open = match byte {
            b'(' | b')' => &mut depth[0],
            b'[' | b']' => &mut depth[1],
            b'{' | b'}' => &mut depth[2],
            b'\'' | b'^' => {
                stop = at;
                break;
            }
            _ => continue,
        };
        match byte {
            b'(' | b'[' | b'{' => *open += 1,
            _ if *open == 0 => {
                stop = at;
                break;
            }
            _ => *open -= 1,
        }
        is_address |= at == from && *byte == b'[';
    }
    while stop > from
        && matches!(bytes[stop - 1], b'.' | b',' | b';' | b':' | b'!' | b'?' | b'*' | b'(' | b'[' | b'{')
    {
        stop -= 1;
    }
    let last = bytes[from..stop].iter().take_while(|b| !matches!(b, b',' | b';')).count();
    let host = bytes[from..stop].iter().take_while(|b| !matches!(b, b'/' | b'?' | b'#')).count();
    let stop = if last < host && !is_address { from + last } else { stop };
    (stop > from).then_some(stop)
}

/// The root of a registry key by its long name.
fn root(written: &str) -> Option<&'static str> {
    const ROOTS: [(&str, &str); 5] = [
        ("HKLM", "HKEY_LOCAL_MACHINE"),
        ("HKCU", "HKEY_CURRENT_USER"),
        ("HKCR", "HKEY_CLASSES_ROOT"),
        ("HKU", "HKEY_USERS"),
        ("HKCC", "HKEY_CURRENT_CONFIG"),
    ];
    ROOTS
        .iter()
        .find(|(short, long)| written.eq_ignore_ascii_case(short) || written.eq_ignore_ascii_case(long))
        .map(|(_, long)| *long)
}

/// Where a registry key ends whose first backslash stands at `at`. A space belongs to it where the word after it goes on
/// with a backslash: `Windows NT\CurrentVersion`.
fn key_end(bytes: &[u8], at: usize) -> usize {
    let most = bytes.len().min(at + LONGEST);
    let ends = |b: &u8| {
        b.is_ascii_control() || matches!(b, b'"' | b'\'' | b'<' | b'>' | b'|' | b',' | b';' | b')' | b'`')
    };
    let mut stop = at;
    loop {
        stop += bytes[stop..most].iter().take_while(|b| **b != b' ' && !ends(b)).count();
        if stop >= most || bytes[stop] != b' ' {
            break;
        }
        let next = bytes[stop + 1..most].iter().take(64).take_while(|b| **b != b' ' && !ends(b));
        let goes_on =
            next.clone().any(|b| *b == b'\\') && next.clone().next().is_some_and(u8::is_ascii_alphanumeric);
        // The path of a file, or another key, begins anew.
        let begins = next.take_while(|b| **b != b'\\').any(|b| matches!(b, b':' | b'%'));
        if !goes_on || begins {
            break;
        }
        stop += 1;
    }
    while stop > at && matches!(bytes[stop - 1], b'.' | b':' | b'\\' | b'?' | b'!') {
        stop -= 1;
    }
    // A cut in the middle of a letter of several bytes.
    while stop > at && stop < bytes.len() && bytes[stop] & 0xc0 == 0x80 {
        stop -= 1;
    }
    stop
}

/// The length of a network that follows at `at`, and where it ends.
fn length(bytes: &[u8], at: usize, end: usize) -> Option<(u8, usize)> {
    if at >= end || bytes[at] != b'/' {
        return None;
    }
    let digits = bytes[at + 1..end].iter().take_while(|b| b.is_ascii_digit()).take(4).count();
    let after = at + 1 + digits;
    let goes_on = bytes.get(after).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_'));
    let text = std::str::from_utf8(&bytes[at + 1..after]).ok()?;
    text.parse().ok().filter(|_| !goes_on && digits <= 3).map(|length| (length, after))
}

/// An IPv4 address that is no netmask and not the one of no host.
fn public(text: &str) -> Option<Ipv4Addr> {
    let address: Ipv4Addr = text.parse().ok()?;
    let is_mask = address.octets()[0] == 255 && !address.is_broadcast();
    (!is_mask && !address.is_broadcast() && !address.is_unspecified()).then_some(address)
}

fn as_number(digits: &str) -> Option<String> {
    let is_number = (1..=10).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let number: u32 = is_number.then(|| digits.parse().ok()).flatten()?;
    (number > 0 && !digits.starts_with('0')).then(|| format!("AS{number}"))
}

fn cve(word: &str) -> Option<String> {
    let (year, number) = word.get(4..)?.split_once('-')?;
    let is_year = year.len() == 4 && (year.starts_with("19") || year.starts_with("20"));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let fits = is_year && (4..=7).contains(&number.len()) && digits(year) && digits(number);
    fits.then(|| word.to_ascii_uppercase())
}
