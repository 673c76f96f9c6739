//! Text that came from outside, as types: what holds one was checked once, at the edge.
//!
//! Control characters and the bidirectional marks that make text read differently from what it is (Unicode TR #36,
//! CVE-2021-42574) are refused in names and titles. In texts of several lines, which people paste from mails and from
//! Windows, the marks become visible as `[U+202E]`: they may be evidence, and a report does not wait for them.

mod place;

use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization as _;

use super::error::FieldError;

pub use place::located;

/// Why a text was refused, as the Fluent key of the reason.
pub type Refusal = &'static str;

fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Line breaks of other systems and of word processors; `\n` is not among them.
fn is_line_break(c: char) -> bool {
    matches!(c, '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// One kind of line break, and every bidirectional mark as one can read it.
fn readable(text: &str) -> String {
    let mut readable = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            _ if is_line_break(c) => readable.push('\n'),
            // Writing into a string cannot fail.
            _ if is_bidi_control(c) => _ = write!(readable, "[U+{:04X}]", u32::from(c)),
            _ => readable.push(c),
        }
    }
    readable
}

fn check(text: &str, max_chars: usize, many_lines: bool) -> Result<String, Refusal> {
    // A byte order mark says how a file is written; it is no part of the text.
    let text = text.replace("\r\n", "\n").replace('\u{feff}', "");
    let text = if many_lines { readable(&text) } else { text };
    let text: String = text.trim().nfc().collect();
    let is_refused = |c: char| match c {
        '\n' | '\t' => !many_lines,
        _ => c.is_control() || is_line_break(c),
    };
    if text.contains(is_refused) {
        return Err("error-control-characters");
    }
    if text.chars().any(is_bidi_control) {
        return Err("error-direction-characters");
    }
    if text.chars().count() > max_chars {
        return Err("error-too-long");
    }
    Ok(text)
}

/// One line, normalised (NFC), trimmed, at most `MAX` characters, possibly empty only where stated by its reader.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line<const MAX: usize>(String);

impl<const MAX: usize> Line<MAX> {
    /// Checks one line.
    ///
    /// # Errors
    /// The Fluent key of the reason: empty, too long, or characters that do not belong in a line.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let line = check(text, MAX, false)?;
        if line.is_empty() { Err("error-required") } else { Ok(Self(line)) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, given away.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// A title: one line of at most 200 characters.
pub type Title = Line<200>;
/// A name: one line of at most 120 characters.
pub type Name = Line<120>;

/// Text of several lines, at most `MAX` characters. Bidirectional marks in it are written out: `[U+202E]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block<const MAX: usize>(String);

impl<const MAX: usize> Block<MAX> {
    /// Checks a text that must say something.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let block = check(text, MAX, true)?;
        if block.is_empty() { Err("error-required") } else { Ok(Self(block)) }
    }

    /// Checks a text that may be empty.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn parse_optional(text: &str) -> Result<Option<Self>, Refusal> {
        let block = check(text, MAX, true)?;
        Ok(if block.is_empty() { None } else { Some(Self(block)) })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, given away.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// What a person writes about an incident or into an advisory: at most 20,000 characters.
pub type Prose = Block<20_000>;

/// A mail address (RFC 5321 mailbox, ASCII local part, domain as A-labels), lower case, at most 254 characters.
///
/// Holds no space, control character, comma, semicolon or angle bracket, so that it cannot add a header or a recipient.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailAddress(String);

impl MailAddress {
    /// Checks and folds an address.
    ///
    /// # Errors
    /// The Fluent key of the reason.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return Err("error-required");
        }
        let plain =
            |c: char| c.is_ascii_graphic() && !matches!(c, ',' | ';' | '<' | '>' | '"' | '(' | ')' | '\\');
        if text.len() > 254 || !text.chars().all(plain) {
            return Err("error-mail-address");
        }
        match text.parse::<lettre::Address>() {
            Ok(address) if address.domain().contains('.') || address.domain() == "localhost" => {
                Ok(Self(text))
            }
            _ => Err("error-mail-address"),
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part behind the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The address with its local part and most of the domain hidden, for the log (`a…@e….de`).
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let tail = domain.rsplit_once('.').map_or("", |(_, tld)| tld);
        let first = |s: &str| s.chars().next().map(String::from).unwrap_or_default();
        format!("{}…@{}….{tail}", first(local), first(domain))
    }
}

impl std::fmt::Display for MailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Collects refusals while a form or JSON body is read, so that all faults are told at once.
#[derive(Debug, Default)]
pub struct Fields(pub Vec<FieldError>);

impl Fields {
    /// Keeps the value, or notes the refusal under the field's name.
    pub fn keep<T>(&mut self, field: &'static str, read: Result<T, Refusal>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(reason) => {
                self.0.push(FieldError::new(field, reason));
                None
            }
        }
    }

    /// Notes a refusal.
    pub fn refuse(&mut self, field: &'static str, reason: Refusal) {
        self.0.push(FieldError::new(field, reason));
    }

    /// Whether nothing was refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value, if nothing was refused.
    ///
    /// # Errors
    /// [`super::error::Error::Invalid`] with all refusals.
    pub fn done<T>(self, value: Option<T>) -> super::error::Result<T> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(super::error::Error::Invalid(self.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_with_a_line_break_is_refused() {
        assert_eq!(Title::parse("Betreff\r\nBcc: x@example.org"), Err("error-control-characters"));
    }

    #[test]
    fn a_title_that_reads_backwards_is_refused() {
        assert_eq!(Title::parse("rechnung\u{202e}fdp.exe"), Err("error-direction-characters"));
    }

    #[test]
    fn what_people_paste_into_a_description_arrives_and_hides_nothing() {
        let pasted = "\u{feff}Pfad: \u{202a}C:\\Temp\\rechnung\u{202e}fdp.exe\u{b}Zweite\u{2028}Dritte\r\nVierte\u{85}Ende";
        assert_eq!(
            Prose::parse(pasted).map(Block::into_string),
            Ok("Pfad: [U+202A]C:\\Temp\\rechnung[U+202E]fdp.exe\nZweite\nDritte\nVierte\nEnde".into())
        );
        assert_eq!(Prose::parse("Glocke\u{7}"), Err("error-control-characters"));
        assert_eq!(Title::parse("\u{feff}Betreff").map(Line::into_string), Ok("Betreff".into()));
        for broken in ["Betreff\u{2028}Bcc: x", "Betreff\u{85}x", "Betreff\rx"] {
            assert_eq!(Title::parse(broken), Err("error-control-characters"), "{broken:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_pasted_a_stored_text_hides_nothing_and_is_taken_again_as_it_is(
            text in "\\PC{0,40}[\u{202a}-\u{202e}\u{b}\u{85}\u{feff}\r\n]{0,4}\\PC{0,40}"
        ) {
            if let Ok(stored) = Block::<200>::parse(&text) {
                let stored = stored.into_string();
                let is_hidden = |c| is_bidi_control(c) || is_line_break(c) || c == '\u{feff}';
                proptest::prop_assert!(!stored.contains(is_hidden));
                proptest::prop_assert_eq!(Block::<200>::parse(&stored).map(Block::into_string), Ok(stored));
            }
        }
    }

    #[test]
    fn a_title_of_ten_thousand_characters_is_refused() {
        assert_eq!(Title::parse(&"a".repeat(10_000)), Err("error-too-long"));
    }

    #[test]
    fn a_decomposed_umlaut_is_one_character() {
        assert_eq!(Title::parse("Mu\u{308}hlhausen").map(Line::into_string), Ok("Mühlhausen".into()));
    }

    #[test]
    fn an_address_cannot_carry_a_second_recipient() {
        for bad in [
            "a@example.org,b@example.org",
            "a@example.org\r\nBcc: b@x.de",
            "<a@example.org>",
            "a b@example.org",
            "a@b",
        ] {
            assert!(MailAddress::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(
            MailAddress::parse(" IT@Example.ORG ").map(|a| a.to_string()),
            Ok("it@example.org".into())
        );
    }
}
