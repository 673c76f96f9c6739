//! A mail that was sent in as a file, as one can read it: headers and text. Nothing in it is carried out, loaded or
//! made a link.

mod html;
mod outlook;

use html::Page;
use mail_parser::{HeaderName, Message, MessageParser, MimeHeaders as _, PartType};
use serde::{Deserialize, Serialize};

use super::model::{Evidence, bytes_in_words, is_hidden};

/// Bytes of a mail that is shown; a larger one is only handed out.
pub const LARGEST: u64 = 10 << 20;
/// Characters of its text that are shown.
const TEXT: usize = 50_000;
/// Characters of a header that are shown.
const HEADER: usize = 1_000;
/// Headers that are shown.
const HEADERS: usize = 200;
/// Attachments that are named.
const ATTACHMENTS: usize = 100;
/// Where something was cut off.
const CUT: &str = " […]";

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
    /// How many it has beside those.
    pub more_headers: usize,
    pub text: String,
    pub is_text_cut: bool,
    /// Names and sizes.
    pub attachments: Vec<(String, String)>,
    pub more_attachments: usize,
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
    let (headers, more_headers) = headers(bytes)?;
    let (text, page) = body(&message);
    let (text, is_text_cut) = shown(&text, &page);
    let attachments = message.attachments().take(ATTACHMENTS).map(|part| {
        let name = part.attachment_name().unwrap_or_default();
        (readable(name, HEADER), bytes_in_words(part.contents().len() as u64))
    });
    let attachments: Vec<_> = attachments.collect();
    let more_attachments = message.attachments().count() - attachments.len();
    Some(Letter { headers, more_headers, text, is_text_cut, attachments, more_attachments })
}

/// What the mail says: its text, or its page as text; and its page, which may lead elsewhere than the text says.
fn body(message: &Message<'_>) -> (String, Page) {
    let page = message.html_part(0).and_then(|part| match &part.body {
        PartType::Html(page) => Some(html::read(page)),
        _ => None,
    });
    let text = message.text_part(0).and_then(|part| match &part.body {
        PartType::Text(text) => Some(text.clone().into_owned()),
        _ => None,
    });
    with_page(text, page)
}

/// The text where it says something, otherwise the page's.
fn with_page(text: Option<String>, page: Option<Page>) -> (String, Page) {
    let mut page = page.unwrap_or_default();
    let text = text.filter(|text| !text.trim().is_empty());
    (text.unwrap_or_else(|| std::mem::take(&mut page.text)), page)
}

/// What is shown of a text, and behind it where its page leads that it does not name, as addresses stand in texts
/// (RFC 3986, appendix C); whether the text was cut.
fn shown(text: &str, page: &Page) -> (String, bool) {
    let (mut readable, is_cut) = cut(text, TEXT);
    let mut missing: Vec<String> = page
        .links
        .iter()
        .filter(|target| !text.contains(target.as_str()))
        .map(|target| format!("<{}>", self::readable(target, HEADER)))
        .collect();
    if !missing.is_empty() {
        missing.extend(page.has_more_links.then(|| CUT.trim_start().to_owned()));
        readable.truncate(readable.trim_end().len());
        readable.push_str(if readable.is_empty() { "" } else { "\n\n" });
        readable.push_str(&missing.join("\n"));
    }
    (readable, is_cut)
}

/// A page as text, with where it leads.
#[must_use]
pub fn page_text(html: &str) -> String {
    let (text, page) = with_page(None, Some(html::read(html)));
    shown(&text, &page).0
}

/// The first headers in their order, each on one line, and how many there are beside.
#[must_use]
pub fn headers(bytes: &[u8]) -> Option<(Vec<(String, String)>, usize)> {
    let message = MessageParser::default().parse_headers(bytes)?;
    let line = |value: &str| value.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut all = message.headers_raw();
    let first = all.by_ref().take(HEADERS);
    let first = first.map(|(name, value)| (readable(name, HEADER), readable(&line(value), HEADER))).collect();
    Some((first, all.count()))
}

/// Cut, with every control character and every mark that hides or turns text where one can see it; whether it was cut.
pub fn cut(text: &str, most: usize) -> (String, bool) {
    let text = text.replace("\r\n", "\n");
    let mut all = text.chars();
    let mut readable = String::new();
    for c in all.by_ref().take(most) {
        match c {
            '\n' | '\t' => readable.push(c),
            c if c.is_control() || is_hidden(c) => readable.push_str(&format!("[U+{:04X}]", u32::from(c))),
            c => readable.push(c),
        }
    }
    let is_cut = all.next().is_some();
    if is_cut {
        readable.push_str(CUT);
    }
    (readable, is_cut)
}

fn readable(text: &str, most: usize) -> String {
    cut(text, most).0
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
        assert_eq!(letter.text, "Bitte hier\n\n<http://boese.example>");
        assert_eq!(letter.attachments, [("rechnung.exe".to_owned(), "2 Byte".to_owned())]);
    }

    #[test]
    fn where_a_page_leads_that_its_text_does_not_name_stands_behind_the_text() {
        let mail = b"From: a@boese.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n\
            --x\r\nContent-Type: text/plain\r\n\r\nIhre Bank: https://bank.example\r\n\
            --x\r\nContent-Type: text/html\r\n\r\n<p>Ihre Bank: <a href=\"https://boese.example/a\">https://bank.example</a>\
            <a href=\"https://bank.example\">x</a> <a href=\"mailto:a@bank.example\">y</a></p>\r\n--x--\r\n";
        assert_eq!(read(mail).unwrap().text, "Ihre Bank: https://bank.example\n\n<https://boese.example/a>");
    }

    #[test]
    fn beside_an_empty_text_the_page_is_read() {
        let mail = b"From: a@boese.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n\
            --x\r\nContent-Type: text/plain\r\n\r\n \r\n--x\r\nContent-Type: text/html\r\n\r\n<p>Bitte zahlen</p>\r\n--x--\r\n";
        assert_eq!(read(mail).unwrap().text, "Bitte zahlen");
    }

    #[test]
    fn of_a_mail_without_end_the_beginning_is_shown_and_how_much_is_left_out() {
        let part = "--x\r\nContent-Type: application/octet-stream; name=\"a\"\r\n\
            Content-Disposition: attachment\r\n\r\nMZ\r\n";
        let mail = format!(
            "From: a@boese.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\nX-L: {}\r\n{}\r\n\
             --x\r\nContent-Type: text/plain\r\n\r\n{}\r\n{}--x--\r\n",
            "l".repeat(HEADER + 1),
            "X-A: b\r\n".repeat(HEADERS),
            "t".repeat(TEXT + 1),
            part.repeat(ATTACHMENTS + 3),
        );
        let letter = read(mail.as_bytes()).unwrap();
        assert_eq!((letter.headers.len(), letter.more_headers), (HEADERS, 4));
        assert_eq!(letter.headers[3].1, "l".repeat(HEADER) + CUT);
        assert_eq!((letter.text, letter.is_text_cut), ("t".repeat(TEXT) + CUT, true));
        assert_eq!((letter.attachments.len(), letter.more_attachments), (ATTACHMENTS, 3));
    }

    #[test]
    fn what_hides_or_turns_text_is_where_one_can_see_it() {
        for c in ['\u{200b}', '\u{2028}', '\u{202e}', '\u{2060}', '\u{61c}', '\u{feff}', '\u{7}'] {
            assert_eq!(readable(&format!("a{c}b"), 9), format!("a[U+{:04X}]b", u32::from(c)));
        }
        assert_eq!(cut("a\r\nb\tc", 5), ("a\nb\tc".to_owned(), false));
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
