//! Defanged writing undone: `hxxps[://]evil[.]example` is read as it was meant, and where each byte stood is kept.
//!
//! Everything is looked at once, and a bracket looks at most a few bytes ahead.

/// A text as it was meant.
pub struct Refanged {
    pub text: String,
    edits: Vec<Edit>,
}

/// What stood at `source` now stands, shorter, at `clean`; both exclusive of `end`.
struct Edit {
    clean: (usize, usize),
    source: (usize, usize),
}

impl Refanged {
    /// Where what begins here began in the source.
    pub fn start(&self, at: usize) -> usize {
        match self.before(at) {
            Some(edit) if at < edit.clean.1 => edit.source.0,
            Some(edit) => edit.source.1 + (at - edit.clean.1),
            None => at,
        }
    }

    /// Where what ends here ended in the source.
    pub fn end(&self, at: usize) -> usize {
        let last = at.saturating_sub(1);
        match self.before(last) {
            Some(edit) if last < edit.clean.1 => edit.source.1,
            Some(edit) => edit.source.1 + (at - edit.clean.1),
            None => at,
        }
    }

    /// Whether something in this range was defanged.
    pub fn is_touched(&self, start: usize, end: usize) -> bool {
        self.before(end.saturating_sub(1)).is_some_and(|edit| edit.clean.1 > start)
    }

    /// The last edit that begins at `at` or before it.
    fn before(&self, at: usize) -> Option<&Edit> {
        self.edits.partition_point(|edit| edit.clean.0 <= at).checked_sub(1).map(|i| &self.edits[i])
    }
}

/// What a bracket holds, and what is meant by it. Compared without case; `ä` as bytes.
const INSIDE: [(&[u8], &str); 9] = [
    (b".", "."),
    (b"dot", "."),
    (b"punkt", "."),
    (b"@", "@"),
    (b"at", "@"),
    ("ät".as_bytes(), "@"),
    (b":", ":"),
    (b"://", "://"),
    (b"/", "/"),
];

/// Reads a text as it was meant.
pub fn refang(source: &str) -> Refanged {
    let bytes = source.as_bytes();
    let mut refanged = Refanged { text: String::with_capacity(source.len()), edits: Vec::new() };
    let (mut copied, mut at) = (0, 0);
    while at < bytes.len() {
        if !MARKS[usize::from(bytes[at])] {
            at += 1;
            continue;
        }
        match meant(bytes, at, copied) {
            Some((start, end, as_meant)) => {
                refanged.text.push_str(&source[copied..start]);
                let clean = refanged.text.len();
                refanged.text.push_str(as_meant);
                refanged.edits.push(Edit { clean: (clean, refanged.text.len()), source: (start, end) });
                copied = end;
                at = end;
            }
            None => at += 1,
        }
    }
    refanged.text.push_str(&source[copied..]);
    refanged
}

/// Where something defanged may begin.
const MARKS: [bool; 256] = {
    let mut marks = [false; 256];
    let all = b"[({\\.@";
    let mut i = 0;
    while i < all.len() {
        marks[all[i] as usize] = true;
        i += 1;
    }
    marks
};

/// Whether a name may go on with this byte.
fn is_word(byte: Option<&u8>) -> bool {
    byte.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_') || *b >= 0x80)
}

/// From where to where something defanged reaches whose mark stands at `at`, and what is meant.
fn meant(bytes: &[u8], at: usize, from: usize) -> Option<(usize, usize, &'static str)> {
    let before = || at.checked_sub(1).filter(|i| *i >= from).and_then(|i| bytes.get(i));
    match bytes[at] {
        b'\\' => {
            let is_dot = bytes.get(at + 1) == Some(&b'.') && is_word(bytes.get(at + 2));
            let is_key = bytes[..at].ends_with(b"HKU") || bytes[..at].ends_with(b"HKEY_USERS");
            (is_dot && is_word(before()) && !is_key).then_some((at, at + 2, "."))
        }
        // `name.]tld`, where the first bracket was forgotten.
        b'.' if bytes.get(at + 1) == Some(&b']') => {
            (is_word(before()) && is_word(bytes.get(at + 2))).then_some((at, at + 2, "."))
        }
        // `192 . 0 . 2 . 1`
        b'.' => spaced(bytes, at, from, |b| b.is_ascii_digit()).map(|(start, end)| (start, end, ".")),
        b'@' => spaced(bytes, at, from, |b| b.is_ascii_alphanumeric()).map(|(start, end)| (start, end, "@")),
        open => bracket(bytes, at, from, open),
    }
}

/// A mark that stands alone between two spaces and two fitting bytes.
fn spaced(bytes: &[u8], at: usize, from: usize, fits: fn(&u8) -> bool) -> Option<(usize, usize)> {
    let begin = at.checked_sub(2).filter(|i| *i >= from)?;
    let is_alone = bytes[begin + 1] == b' ' && bytes.get(at + 1) == Some(&b' ');
    (is_alone && fits(&bytes[begin]) && bytes.get(at + 2).is_some_and(fits)).then_some((begin + 1, at + 2))
}

fn bracket(bytes: &[u8], at: usize, from: usize, open: u8) -> Option<(usize, usize, &'static str)> {
    let close = match open {
        b'[' => b']',
        b'(' => b')',
        _ => b'}',
    };
    let padded = usize::from(bytes.get(at + 1) == Some(&b' '));
    let inner = bytes.get(at + 1 + padded..)?;
    let found = INSIDE.iter().find_map(|(inside, as_meant)| {
        let fits = inner.get(..inside.len())?.eq_ignore_ascii_case(inside);
        let end = at + 1 + padded + inside.len();
        let end = end + usize::from(bytes.get(end) == Some(&b' '));
        (fits && bytes.get(end) == Some(&close)).then_some((end + 1, *as_meant))
    });
    let Some((end, as_meant)) = found else {
        // `name[.tld`, where the last bracket was forgotten.
        let is_dot = open == b'[' && bytes.get(at + 1) == Some(&b'.') && is_word(bytes.get(at + 2));
        let joins = at > from && is_word(bytes.get(at - 1));
        return (is_dot && joins).then_some((at, at + 2, "."));
    };
    if matches!(as_meant, ":" | "://" | "/") {
        return Some((at, end, as_meant));
    }
    let start = if at >= from + 2 && bytes[at - 1] == b' ' { at - 1 } else { at };
    let stop = if bytes.get(end) == Some(&b' ') { end + 1 } else { end };
    let joins = start > from && is_word(bytes.get(start - 1)) && is_word(bytes.get(stop));
    let is_first = start == from && from > 0 && is_word(bytes.get(stop));
    (joins || is_first).then_some((start, stop, as_meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_defanged_is_read_as_meant_and_its_place_is_kept() {
        let source = "an boese [dot] seite[.]example: x";
        let refanged = refang(source);
        assert_eq!(refanged.text, "an boese.seite.example: x");
        let (start, end) = (3, "an boese.seite.example".len());
        assert_eq!(&source[refanged.start(start)..refanged.end(end)], "boese [dot] seite[.]example");
        assert!(
            refanged.is_touched(start, end)
                && !refanged.is_touched(0, 2)
                && !refanged.is_touched(end, end + 3)
        );
    }

    #[test]
    fn brackets_of_other_kinds_stay() {
        for text in [
            "Feld[0]",
            "f(x).y",
            "[1] und [...]",
            "(z.B.)",
            "{.}",
            "a [b] c",
            "[",
            "x[",
            "x(.",
            "\\.",
            "(at) home",
        ] {
            assert_eq!(refang(text).text, text);
        }
    }
}
