//! A mail as Outlook keeps it in a file (MS-OXMSG): properties in the streams of a compound file (MS-CFB).

use std::io::{Cursor, Read as _};

use cfb::CompoundFile;
use jiff::Timestamp;

use super::{ATTACHMENTS, HEADER, LARGEST, Letter, headers, html, readable, shown, with_page};
use crate::incidents::evidence::model::bytes_in_words;

/// What every compound file begins with.
pub(super) const MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Properties (MS-OXPROPS).
const SUBJECT: u16 = 0x0037;
const HEADERS: u16 = 0x007d;
const SENDER: u16 = 0x0c1a;
const SENDER_ADDRESS: u16 = 0x0c1f;
const SENDER_SMTP: u16 = 0x5d01;
const CC: u16 = 0x0e03;
const TO: u16 = 0x0e04;
const SENT: [u8; 4] = [0x40, 0x00, 0x39, 0x00];
const BODY: u16 = 0x1000;
const HTML: u16 = 0x1013;
const ATTACHED: u16 = 0x3701;
const SHORT_NAME: u16 = 0x3704;
const LONG_NAME: u16 = 0x3707;

/// Reads it. `None`: a compound file of another kind, or a broken one.
pub(super) fn read(bytes: &[u8]) -> Option<Letter> {
    let mut file = Properties(CompoundFile::open(Cursor::new(bytes)).ok()?);
    if !file.0.is_stream("/__properties_version1.0") {
        return None;
    }
    let told = file.text("", HEADERS).and_then(|told| headers(told.as_bytes())).unwrap_or_default();
    let (headers, more_headers) = if told.0.is_empty() { (file.headers(), 0) } else { told };
    let text = file.text("", BODY);
    let (text, page) = with_page(text, file.html().map(|page| html::read(&page)));
    let (text, is_text_cut) = shown(&text, &page);
    let (attachments, more_attachments) = file.attachments();
    Some(Letter { headers, more_headers, text, is_text_cut, attachments, more_attachments })
}

struct Properties<'a>(CompoundFile<Cursor<&'a [u8]>>);

impl Properties<'_> {
    fn stream(&mut self, path: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.0.open_stream(path).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// A text below a storage: in UTF-16, or in a code page that the file does not tell.
    fn text(&mut self, storage: &str, property: u16) -> Option<String> {
        let path = |kind: &str| format!("{storage}/__substg1.0_{property:04X}{kind}");
        if let Some(bytes) = self.stream(&path("001F")) {
            let units: Vec<u16> = bytes.as_chunks().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
            return Some(String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned());
        }
        self.stream(&path("001E")).map(unknown)
    }

    fn html(&mut self) -> Option<String> {
        self.stream(&format!("/__substg1.0_{HTML:04X}0102")).map(unknown).or_else(|| self.text("", HTML))
    }

    /// What Outlook knows of a mail that came without headers.
    fn headers(&mut self) -> Vec<(String, String)> {
        let mut known = Vec::new();
        let name = self.text("", SENDER).unwrap_or_default();
        let address =
            self.text("", SENDER_SMTP).or_else(|| self.text("", SENDER_ADDRESS)).unwrap_or_default();
        known.push(("From", format!("{name} <{address}>")));
        for (header, property) in [("To", TO), ("Cc", CC), ("Subject", SUBJECT)] {
            known.extend(self.text("", property).map(|text| (header, text)));
        }
        known.extend(self.sent().map(|sent| ("Date", sent.to_string())));
        known.into_iter().map(|(name, text)| (name.to_owned(), readable(&text, HEADER))).collect()
    }

    /// When it was sent: 100 ns since 1601, among the properties of a fixed length.
    fn sent(&mut self) -> Option<Timestamp> {
        let all = self.stream("/__properties_version1.0")?;
        let rows = all.get(32..)?.as_chunks::<16>().0;
        let row = rows.iter().find(|row| row[..4] == SENT)?;
        let ticks = i64::from_le_bytes(*row[8..].first_chunk()?);
        Timestamp::from_second(ticks / 10_000_000 - 11_644_473_600).ok()
    }

    /// The first ones, and how many there are beside.
    fn attachments(&mut self) -> (Vec<(String, String)>, usize) {
        let root = self.0.read_root_storage();
        let mut storages: Vec<String> = root
            .filter(|entry| entry.is_storage() && entry.name().starts_with("__attach_version1.0_"))
            .map(|entry| format!("/{}", entry.name()))
            .collect();
        let more = storages.len().saturating_sub(ATTACHMENTS);
        storages.truncate(ATTACHMENTS);
        let named = storages
            .into_iter()
            .map(|storage| {
                let name = self.text(&storage, LONG_NAME).or_else(|| self.text(&storage, SHORT_NAME));
                let content = self.0.entry(format!("{storage}/__substg1.0_{ATTACHED:04X}0102"));
                let size = content.map(|entry| bytes_in_words(entry.len())).unwrap_or_default();
                (readable(&name.unwrap_or_default(), HEADER), size)
            })
            .collect();
        (named, more)
    }
}

/// UTF-8 where it is that, Latin-1 otherwise, which any bytes are.
fn unknown(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().map(|byte| char::from(*byte)).collect())
        .trim_end_matches('\0')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn msg(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        file.create_storage("/__attach_version1.0_#00000000").unwrap();
        for (path, content) in streams {
            file.create_stream(path).unwrap().write_all(content).unwrap();
        }
        file.flush().unwrap();
        file.into_inner().into_inner()
    }

    fn sample(more: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut fixed = vec![0; 32];
        fixed.extend_from_slice(&SENT);
        fixed.extend_from_slice(&[0; 4]);
        fixed.extend_from_slice(&((1_795_248_000_i64 + 11_644_473_600) * 10_000_000).to_le_bytes());
        let all = [
            ("/__properties_version1.0", fixed),
            ("/__substg1.0_0037001F", utf16("Zahlung fällig")),
            ("/__substg1.0_0C1A001F", utf16("Chef")),
            ("/__substg1.0_0C1F001E", b"chef@boese.example".to_vec()),
            ("/__attach_version1.0_#00000000/__substg1.0_3707001F", utf16("rechnung.exe")),
            ("/__attach_version1.0_#00000000/__substg1.0_37010102", b"MZ".to_vec()),
        ];
        msg(&[&all[..], more].concat())
    }

    #[test]
    fn a_mail_of_outlook_is_headers_and_text_and_its_attachments_are_named() {
        let html =
            b"<p>Bitte <a href=\"http://boese.example\">hier</a><img src=\"http://boese.example/x\"></p>";
        let letter = read(&sample(&[("/__substg1.0_10130102", html.to_vec())])).unwrap();
        let has = |name: &str, value: &str| letter.headers.contains(&(name.to_owned(), value.to_owned()));
        assert!(has("From", "Chef <chef@boese.example>") && has("Subject", "Zahlung fällig"), "{letter:?}");
        assert!(has("Date", "2026-11-21T08:00:00Z"), "{letter:?}");
        assert_eq!(letter.text, "Bitte hier\n\n<http://boese.example>");
        assert_eq!(letter.attachments, [("rechnung.exe".to_owned(), "2 Byte".to_owned())]);
    }

    #[test]
    fn where_outlook_kept_the_headers_and_the_text_these_are_shown() {
        let headers = utf16("Received: from boese.example\r\n by mx.example\r\nSubject: Echt\r\n\r\n");
        let letter = read(&sample(&[
            ("/__substg1.0_007D001F", headers),
            ("/__substg1.0_1000001F", utf16("Guten Tag\u{202e}")),
        ]))
        .unwrap();
        assert_eq!(letter.headers[0].1, "from boese.example by mx.example");
        assert_eq!((letter.headers.len(), letter.text.as_str()), (2, "Guten Tag[U+202E]"));
    }

    #[test]
    fn a_compound_file_of_another_kind_is_no_mail() {
        assert_eq!(read(&msg(&[("/WordDocument", b"Text".to_vec())])), None);
        assert_eq!(read(&MAGIC), None);
    }

    proptest! {
        #[test]
        fn a_damaged_one_is_shown_readable_or_not_at_all(at in 0_usize..6000, byte in any::<u8>(), end in 8_usize..6000) {
            let mut bytes = sample(&[("/__substg1.0_1000001F", utf16("Guten Tag"))]);
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes.truncate(end);
            if let Some(letter) = read(&bytes) {
                prop_assert!(!letter.text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
            }
        }
    }
}
