//! What a mail may say. Content above TLP:GREEN cannot stand in a mail: the type has no room for it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::core::error::{Error, Result};
use crate::core::i18n::{Lang, text, text_with};
use crate::core::text::{Line, Title};
use crate::core::tlp::Tlp;
use crate::core::when;

/// Stands around the name of a slot. Nobody can type it: texts from outside hold no control characters.
const MARK: char = '\u{1}';

/// A reference such as `TH-CERT-2026-0007`.
pub type Reference = Line<60>;

/// What differs from recipient to recipient, by the slot's name.
pub type Slots = BTreeMap<String, String>;

/// The slot of a single-use link, which is a secret.
pub const LINK: &str = "link";

/// The place in a text that is filled for each recipient: `slot("link")`.
#[must_use]
pub fn slot(name: &str) -> String {
    format!("{MARK}{name}{MARK}")
}

/// Text of several lines with slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(String);

impl Template {
    /// Takes a text that the product put together.
    ///
    /// # Errors
    /// [`Error::Internal`] when it holds control characters other than line feeds, tabs and whole slots.
    pub fn new(text: &str) -> Result<Self> {
        let text = text.replace("\r\n", "\n");
        let control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        let whole = text.split(MARK).count() % 2 == 1;
        let clean = text.split(MARK).enumerate().all(|(at, part)| {
            if at % 2 == 0 {
                !part.contains(control)
            } else {
                !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            }
        });
        if whole && clean {
            Ok(Self(text))
        } else {
            Err(Error::Internal("a mail's text holds control characters".to_owned()))
        }
    }

    /// The text with its slots open.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names of the slots.
    pub(super) fn slots(&self) -> impl Iterator<Item = &str> {
        self.parts().skip(1).step_by(2)
    }

    /// Plain text and slots in turn, beginning with text.
    pub(super) fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split(MARK)
    }
}

/// A row's slots without the secret among them.
pub(super) fn without_links(slots: &str) -> Result<String> {
    let broken = |error: serde_json::Error| Error::Internal(format!("slots: {error}"));
    let mut slots: Slots = serde_json::from_str(slots).map_err(broken)?;
    slots.remove(LINK);
    serde_json::to_string(&slots).map_err(broken)
}

/// One value of a slot: a line or several, without control characters.
pub(super) fn check_slots(slots: &Slots) -> Result<()> {
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    match slots.iter().find(|(_, value)| value.contains(control)) {
        Some((name, _)) => Err(Error::Internal(format!("the slot {name} holds control characters"))),
        None => Ok(()),
    }
}

/// What is sent: the text itself, or only where to find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Clear(Clear),
    Pointer(Pointer),
}

/// A text whose label lets it travel unencrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clear {
    tlp: Tlp,
    subject: Title,
    text: Template,
}

/// Says that something waits on the portal: its label, its reference, the way there, and by when it is to be
/// acknowledged where it is; nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    tlp: Tlp,
    reference: Reference,
    link: Template,
    acknowledge_by: Option<Timestamp>,
}

impl Content {
    /// A text in clear.
    ///
    /// # Errors
    /// [`Error::Internal`] when `tlp` is above GREEN: use [`Content::pointer`].
    pub fn clear(tlp: Tlp, subject: Title, text: Template) -> Result<Self> {
        if tlp.may_travel_in_clear() {
            Ok(Self::Clear(Clear { tlp, subject, text }))
        } else {
            Err(Error::Internal(format!("{tlp} does not travel in clear")))
        }
    }

    /// A mail without content. `link` leads to the portal; it may be a slot.
    #[must_use]
    pub fn pointer(tlp: Tlp, reference: Reference, link: Template) -> Self {
        Self::Pointer(Pointer { tlp, reference, link, acknowledge_by: None })
    }

    /// A pointer then asks to acknowledge by this instant, behind its link and without signing in. A text in clear says
    /// such things itself.
    #[must_use]
    pub fn to_be_acknowledged(mut self, by: Timestamp) -> Self {
        if let Self::Pointer(pointer) = &mut self {
            pointer.acknowledge_by = Some(by);
        }
        self
    }

    /// The text where `tlp` lets it travel, otherwise the pointer.
    #[must_use]
    pub fn for_label(tlp: Tlp, subject: Title, text: Template, reference: Reference, link: Template) -> Self {
        if tlp.may_travel_in_clear() {
            Self::Clear(Clear { tlp, subject, text })
        } else {
            Self::pointer(tlp, reference, link)
        }
    }

    /// The label.
    #[must_use]
    pub fn tlp(&self) -> Tlp {
        match self {
            Self::Clear(Clear { tlp, .. }) | Self::Pointer(Pointer { tlp, .. }) => *tlp,
        }
    }

    /// The subject, the label first; of a pointer, label and reference alone.
    #[must_use]
    pub fn subject(&self) -> String {
        let words = match self {
            Self::Clear(clear) => clear.subject.as_str(),
            Self::Pointer(pointer) => pointer.reference.as_str(),
        };
        format!("[{}] {words}", self.tlp())
    }

    /// The whole text: the label on a line of its own, what is to be said, and the label again with what it means.
    ///
    /// # Errors
    /// [`Error::Internal`] as [`Template::new`].
    pub fn text(&self, lang: Lang) -> Result<Template> {
        let tlp = self.tlp();
        let body = match self {
            Self::Clear(clear) => clear.text.as_str().trim().into(),
            Self::Pointer(pointer) => {
                let mut args = vec![
                    ("reference", pointer.reference.as_str().into()),
                    ("label", tlp.label().into()),
                    ("link", pointer.link.as_str().into()),
                ];
                args.extend(pointer.acknowledge_by.map(|by| ("by", when::absolute(by).into())));
                let asks = pointer.acknowledge_by.is_some();
                text_with(lang, if asks { "mail-pointer-acknowledge" } else { "mail-pointer" }, &args)
            }
        };
        Template::new(&format!("{tlp}\n{body}\n\n{tlp}\n{}\n", text(lang, tlp.explained())))
    }

    /// The two texts of a row: subject and text, or reference and link, before it on a line of its own the instant by
    /// which to acknowledge. The label tells which ([`Content::load`]).
    pub(super) fn columns(&self) -> (&str, Cow<'_, str>) {
        match self {
            Self::Clear(clear) => (clear.subject.as_str(), clear.text.as_str().into()),
            Self::Pointer(Pointer { reference, link, acknowledge_by: None, .. }) => {
                (reference.as_str(), link.as_str().into())
            }
            Self::Pointer(Pointer { reference, link, acknowledge_by: Some(by), .. }) => {
                (reference.as_str(), format!("{by}\n{}", link.as_str()).into())
            }
        }
    }

    /// Reads [`Content::columns`] back. What a label above GREEN stands over is read as a pointer, whatever it is.
    pub(super) fn load(tlp: &str, subject: &str, body: &str) -> Result<Self> {
        let broken = |_| Error::Internal("a mail's subject is damaged".to_owned());
        let tlp = Tlp::parse(tlp).ok_or_else(|| Error::Internal(format!("no such label: {tlp}")))?;
        if tlp.may_travel_in_clear() {
            Self::clear(tlp, Title::parse(subject).map_err(broken)?, Template::new(body)?)
        } else {
            let timed = body.split_once('\n').and_then(|(by, link)| Some((by.parse().ok()?, link)));
            let reference = Reference::parse(subject).map_err(broken)?;
            let pointer = |link| Ok(Self::pointer(tlp, reference, Template::new(link)?));
            match timed {
                Some((by, link)) => pointer(link).map(|pointer| pointer.to_be_acknowledged(by)),
                None => pointer(body),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_above_green_is_never_in_a_mail() {
        let (subject, text) =
            (Title::parse("Lücke in Beispielsoft").unwrap(), Template::new("Geheim").unwrap());
        let (reference, link) =
            (Reference::parse("TH-CERT-2026-0007").unwrap(), Template::new("https://m.example/w/7").unwrap());
        for tlp in Tlp::ALL {
            let content =
                Content::for_label(tlp, subject.clone(), text.clone(), reference.clone(), link.clone());
            let whole = content.subject() + content.text(Lang::De).unwrap().as_str();
            assert_eq!(whole.contains("Geheim") || whole.contains("Lücke"), tlp <= Tlp::Green, "{tlp}");
            assert_eq!(Content::clear(tlp, subject.clone(), text.clone()).is_ok(), tlp <= Tlp::Green);
            for content in
                [content.clone(), content.to_be_acknowledged("2026-11-21T08:15:00Z".parse().unwrap())]
            {
                let (first, second) = content.columns();
                assert_eq!(Content::load(tlp.label(), first, &second).unwrap(), content);
            }
        }
        assert_eq!(
            Content::pointer(Tlp::Red, reference, link).subject(),
            "[TLP:RED] TH-CERT-2026-0007",
            "label and reference alone"
        );
    }

    #[test]
    fn who_is_to_acknowledge_reads_by_when_and_that_the_link_needs_no_account_and_nothing_of_the_case() {
        let (reference, link) = (
            Reference::parse("TH-2026-00042").unwrap(),
            Template::new("https://m.example/eskalation/7").unwrap(),
        );
        let pointer = Content::for_label(
            Tlp::Amber,
            Title::parse("Verschlüsselte Dateien").unwrap(),
            Template::new("Geheim").unwrap(),
            reference,
            link,
        )
        .to_be_acknowledged("2026-11-21T06:55:00Z".parse().unwrap());
        assert_eq!(pointer.subject(), "[TLP:AMBER] TH-2026-00042");
        insta::assert_snapshot!(pointer.text(Lang::De).unwrap().as_str());
    }

    #[test]
    fn the_label_stands_before_and_after_the_text() {
        let content =
            Content::clear(Tlp::Green, Title::parse("x").unwrap(), Template::new("Eins\nZwei").unwrap());
        let text = content.unwrap().text(Lang::De).unwrap();
        assert!(text.as_str().starts_with("TLP:GREEN\nEins\nZwei\n\nTLP:GREEN\n"), "{}", text.as_str());
    }

    #[test]
    fn a_text_with_control_characters_or_half_a_slot_is_refused() {
        for bad in ["a\rb", "a\0", "\u{1}link", "\u{1}\u{1}", "\u{1}LINK\u{1}", "a\u{1}b\nc\u{1}"] {
            assert!(Template::new(bad).is_err(), "{bad:?}");
        }
        assert!(Template::new(&format!("Hier: {}\r\n\tEnde", slot("link"))).is_ok());
    }
}
