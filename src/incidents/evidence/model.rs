//! What a file of a case is: its words, its names, and what is taken at all.

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization as _;

use crate::core::codes::codes;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{AccountId, EvidenceId};
use crate::incidents::model::Audience;

codes! {
    /// Where a file stands.
    State {
        Uploading = "uploading",
        Stored = "stored",
        Refused = "refused",
    }
}

codes! {
    /// What was done with a file.
    Custody {
        TakenIn = "taken_in",
        Viewed = "viewed",
        Downloaded = "downloaded",
        Verified = "verified",
        Damaged = "damaged",
    }
}

/// The digest of a file (FIPS 180-4).
pub type Sha256 = [u8; 32];

/// Begin and end of a digest, for the eye.
#[must_use]
pub fn shortened(sha256: &Sha256) -> String {
    format!("{}…{}", hex::encode(&sha256[..4]), hex::encode(&sha256[28..]))
}

/// Bytes that a name has at most, as given. No file system takes more than 255.
const NAME_GIVEN: usize = 4096;
/// Characters that a name has at most, as shown.
const NAME_SHOWN: usize = 120;

/// A file's name: as its sender's machine gave it, and as it is shown and handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    pub given: String,
    pub shown: String,
}

impl FileName {
    /// Takes any name. What is shown is its last part, on one line, without what names of files must not hold.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name longer than any file system makes.
    pub fn new(given: &str) -> Result<Self> {
        if given.len() > NAME_GIVEN {
            return Err(FieldError::new("datei", "error-too-long").into());
        }
        Ok(Self { given: given.to_owned(), shown: shown(given) })
    }

    /// The ending in lower case, without the dot; empty where there is none.
    #[must_use]
    pub fn ending(&self) -> String {
        self.shown.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_lowercase())
    }
}

fn shown(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let harmless = |c: char| match c {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' | '%' => '_',
        c if c.is_control() || is_hidden(c) => '_',
        c => c,
    };
    let name: String = last.nfc().map(harmless).collect();
    let name = name.trim_matches(|c: char| c.is_whitespace() || c == '.');
    if name.is_empty() { "datei".to_owned() } else { cut(name) }
}

/// Line and paragraph separators, and marks that make a name read differently from what it is.
pub(super) fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{61c}' | '\u{feff}')
}

/// Cut in the middle, so that the ending stays.
fn cut(name: &str) -> String {
    let count = name.chars().count();
    if count <= NAME_SHOWN {
        return name.to_owned();
    }
    let tail = 20;
    let head: String = name.chars().take(NAME_SHOWN - tail - 1).collect();
    head + "…" + &name.chars().skip(count - tail).collect::<String>()
}

/// What is taken, by the configuration.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes.
    pub file: u64,
    pub per_case: i64,
    /// Endings in lower case; empty: all but the blocked ones.
    pub allowed: Vec<String>,
    pub blocked: Vec<String>,
}

impl Limits {
    /// Whether a file of this name and size is taken; `None`: the size is not known yet.
    ///
    /// # Errors
    /// [`Error::Invalid`] on `datei` with the file's name and the reason.
    pub fn check(&self, name: &FileName, size: Option<u64>) -> Result<()> {
        let refused = |reason| FieldError::new("datei", reason).with("name", &name.shown);
        let ending = name.ending();
        if self.blocked.contains(&ending) || !(self.allowed.is_empty() || self.allowed.contains(&ending)) {
            return Err(refused("evidence-refused-type").with("ending", format!(".{ending}")).into());
        }
        match size {
            Some(0) => Err(refused("evidence-refused-empty").into()),
            Some(size) if size > self.file => Err(self.too_large(name)),
            _ => Ok(()),
        }
    }

    /// What is said of a file that is larger than any that is taken.
    #[must_use]
    pub fn too_large(&self, name: &FileName) -> Error {
        FieldError::new("datei", "evidence-refused-large")
            .with("name", &name.shown)
            .with("limit", bytes_in_words(self.file))
            .into()
    }
}

/// `1,2 MB`, as people say sizes (SI).
#[must_use]
pub fn bytes_in_words(bytes: u64) -> String {
    let mut unit = ["Byte", "kB", "MB", "GB", "TB"].into_iter();
    let (mut whole, mut name, mut rest) = (bytes, unit.next().unwrap_or_default(), 0);
    for larger in unit {
        if whole < 1000 {
            break;
        }
        (rest, whole, name) = (whole % 1000 / 100, whole / 1000, larger);
    }
    if name == "Byte" || whole >= 100 { format!("{whole} {name}") } else { format!("{whole},{rest} {name}") }
}

/// A file that somebody wants to add.
#[derive(Debug, Clone)]
pub struct NewFile {
    pub name: FileName,
    pub media_type: String,
    /// Bytes, where they were announced.
    pub size: Option<u64>,
    /// What the browser knows the file by; empty where it says nothing.
    pub mark: String,
    /// `None`: as is usual for whoever adds it.
    pub audience: Option<Wanted>,
    /// Suspected malware.
    pub is_sample: bool,
}

/// Who shall see a file, in the words of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Team,
    Organisation,
    Involved,
}

impl Wanted {
    /// The word of the form.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "team" => Some(Self::Team),
            "organisation" => Some(Self::Organisation),
            "involved" => Some(Self::Involved),
            _ => None,
        }
    }
}

/// A file of a case.
#[derive(Debug, Clone)]
pub struct Evidence {
    pub id: EvidenceId,
    pub name: String,
    pub media_type: String,
    pub account: Option<AccountId>,
    pub author: String,
    pub audience: Audience,
    pub state: State,
    pub size: Option<u64>,
    pub received: u64,
    pub sha256: Option<Sha256>,
    pub is_sample: bool,
    /// A byte on the disk is not what was stored.
    pub is_damaged: bool,
    pub begun_at: Timestamp,
    pub stored_at: Option<Timestamp>,
    /// The sealed key; empty where the content was erased.
    pub data_key: Vec<u8>,
}

/// A file that lies in the vault and belongs to no case yet.
#[derive(Debug, Clone)]
pub struct Kept {
    pub id: EvidenceId,
    /// The sealed key.
    pub data_key: Vec<u8>,
    pub size: u64,
    pub sha256: Sha256,
}

/// A line of the chain of custody.
#[derive(Debug, Clone)]
pub struct Handling {
    pub evidence: EvidenceId,
    pub at: Timestamp,
    pub account: Option<AccountId>,
    /// Empty where it is not for the viewer to know.
    pub author: String,
    pub kind: Custody,
    /// The digest at that time.
    pub sha256: Option<Sha256>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_shown_without_path_lines_and_tricks_and_keeps_its_ending() {
        for (given, shown) in [
            ("bildschirm.jpg", "bildschirm.jpg"),
            ("C:\\Users\\x\\Rechnung.pdf", "Rechnung.pdf"),
            ("../../etc/passwd", "passwd"),
            ("a\r\nSet-Cookie: x.txt", "a__Set-Cookie_ x.txt"),
            ("Rechnung\u{202e}fdp.exe", "Rechnung_fdp.exe"),
            ("Bu\u{308}ro.txt", "Büro.txt"),
            ("...", "datei"),
            ("", "datei"),
            ("///", "datei"),
        ] {
            assert_eq!(FileName::new(given).unwrap().shown, shown, "{given:?}");
        }
        let long = FileName::new(&format!("{}.docx", "x".repeat(500))).unwrap();
        assert_eq!((long.shown.chars().count(), long.ending().as_str()), (NAME_SHOWN, "docx"));
        assert!(FileName::new(&"x".repeat(5000)).is_err());
    }

    proptest! {
        #[test]
        fn whatever_a_name_holds_it_is_shown_as_one_harmless_word_line(given in any::<String>()) {
            let name = FileName::new(&given).unwrap();
            prop_assert!(!name.shown.is_empty() && name.shown.chars().count() <= NAME_SHOWN);
            prop_assert!(!name.shown.contains(|c: char| c.is_control() || is_hidden(c) || "/\\\"<>".contains(c)));
            prop_assert_eq!(name.given, given);
        }
    }

    #[test]
    fn a_refused_file_is_named_with_the_reason() {
        let limits = Limits { file: 10, per_case: 1, allowed: vec![], blocked: vec!["exe".to_owned()] };
        let name = |name| FileName::new(name).unwrap();
        let reason = |name, size| match limits.check(&name, Some(size)) {
            Err(Error::Invalid(errors)) => errors[0].reason,
            _ => "taken",
        };
        assert_eq!(reason(name("a.txt"), 10), "taken");
        assert_eq!(reason(name("a.txt"), 11), "evidence-refused-large");
        assert_eq!(reason(name("a.txt"), 0), "evidence-refused-empty");
        assert_eq!(reason(name("A.EXE"), 1), "evidence-refused-type");
    }

    #[test]
    fn sizes_are_said_as_people_say_them() {
        for (bytes, words) in [
            (0, "0 Byte"),
            (999, "999 Byte"),
            (1234, "1,2 kB"),
            (1_200_000, "1,2 MB"),
            (2_147_483_648, "2,1 GB"),
        ] {
            assert_eq!(bytes_in_words(bytes), words);
        }
    }
}
