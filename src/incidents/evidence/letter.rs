//! A mail that was sent in as a file, as one can read it: headers and text. Nothing in it is carried out, loaded or
//! made a link.

mod outlook;

use mail_parser::{HeaderName, MessageParser, MimeHeaders as _};
use serde::{Deserialize, Serialize};

use super::model::{Evidence, bytes_in_words};

/// Bytes of a mail that is shown; a larger one is only handed out.
pub const LARGEST: u64 = 10 << 20;
/// Characters of its text that are shown.
const TEXT: usize = 50_000;
/// Characters of a header that are shown.
const HEADER: usize = 1_000;

/// Whether a file is a mail that can be shown (RFC 5322, or as Outlook keeps it): by its name or its stated type.
#[must_use]
pub fn is_letter(file: &Evidence) -> bool {
    let name = file.name.to_lowercase();
    let is_mail = [".eml", ".msg"].iter().any(|ending| name.ends_with(ending))
        || ["message/rfc822", "application/vnd.ms-outlook"].contains(&file.media_type.as_str());
    is_mail && !file.is_sample && file.size.is_some_and(|size| size <= LARGEST)
}

/// What is shown of a mail.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// All headers in their order, by name; `Received` tells the way.
    pub headers: Vec<(String, String)>,
    pub text: String,
    /// Names and sizes.
    pub attachments: Vec<(String, String)>,
}

/// Reads a mail. `None`: these bytes are none.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Letter> {
    if bytes.starts_with(&outlook::MAGIC) {
        return outlook::read(bytes);
    }
    let message = MessageParser::default().parse(bytes)?;
    // Anything with a colon reads like a header; a mail has one that mails have.
    if message.headers().iter().all(|header| matches!(header.name, HeaderName::Other(_))) {
        return None;
    }
    let headers = headers(bytes)?;
    // Of a mail in HTML alone the parser makes text.
    let text = message.body_text(0).map(|text| readable(&text, TEXT)).unwrap_or_default();
    let attachments = message.attachments().map(|part| {
        let name = part.attachment_name().unwrap_or_default();
        (readable(name, HEADER), bytes_in_words(part.contents().len() as u64))
    });
    Some(Letter { headers, text, attachments: attachments.collect() })
}

/// The headers in their order, each on one line.
fn headers(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let message = MessageParser::default().parse_headers(bytes)?;
    let line = |value: &str| value.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(
        message
            .headers_raw()
            .map(|(name, value)| (readable(name, HEADER), readable(&line(value), HEADER)))
            .collect(),
    )
}

/// Cut, and with every control character and mark of direction where one can see it.
fn readable(text: &str, most: usize) -> String {
    let mut readable = String::new();
    for c in text.replace("\r\n", "\n").chars().take(most) {
        match c {
            '\n' | '\t' => readable.push(c),
            c if c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                readable.push_str(&format!("[U+{:04X}]", u32::from(c)));
            }
            c => readable.push(c),
        }
    }
    readable
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mail_is_headers_and_text_and_its_attachments_are_named() {
        let mail = b"Received: from boese.example\r\nFrom: Chef <chef@boese.example>\r\nSubject: =?utf-8?Q?Zahlung_f=C3=A4llig?=\r\n\
            MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n\
            <p>Bitte <a href=\"http://boese.example\">hier</a><img src=\"http://boese.example/pixel\"></p>\r\n--x\r\n\
            Content-Type: application/octet-stream; name=\"rechnung.exe\"\r\nContent-Disposition: attachment\r\n\r\nMZ\r\n--x--\r\n";
        let letter = read(mail).unwrap();
        assert_eq!(letter.headers[1], ("From".to_owned(), "Chef <chef@boese.example>".to_owned()));
        assert!(letter.text.contains("Bitte") && !letter.text.contains('<'), "{}", letter.text);
        assert_eq!(letter.attachments, [("rechnung.exe".to_owned(), "2 Byte".to_owned())]);
    }

    proptest! {
        #[test]
        fn whatever_bytes_come_they_are_shown_readable_or_not_at_all(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            if let Some(letter) = read(&bytes) {
                let all = letter.headers.iter().map(|(_, value)| value).chain([&letter.text]);
                for text in all {
                    prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
                }
            }
        }
    }
}
