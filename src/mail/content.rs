//! What a mail may say that is not encrypted. Content above TLP:GREEN cannot stand in it: the type has no room for it.
//! What is encrypted for its reader may say more: [`super::confidential`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::way::Why;
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

/// Why somebody gets a mail without content. Nothing of a case fits in: what is said of each stands in the Fluent file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The reader's report has arrived.
    Received,
    /// It has arrived without a mandate: its status can be asked for, nothing else.
    Unconfirmed,
    /// Somebody reported in the name of the reader's organisation, under a mandate.
    InYourName,
    /// Somebody reported by telephone with the contact code of the reader's organisation.
    ByTelephone,
    /// The same as `InYourName` without a mandate: the reader's organisation confirms or refuses it.
    Confirm,
    /// A report without an account may be the reader's: yes or no behind the link, without signing in.
    Decide,
    /// A message waits in the case.
    Message,
    /// The CERT asks the reader's organisation to do something.
    Task,
    /// The time for a report to somebody else runs out, or is over.
    Duty,
    /// What the reader's organisation stated later is a case of its own now.
    Split,
    /// An organisation wrote: to the CERT.
    Heard,
    /// A note calls the reader to the case: to the CERT.
    Mentioned,
    /// The case is to be acknowledged by this instant, behind the link and without signing in.
    Acknowledge(Timestamp),
    /// Something happened at a provider: whether that concerns the reader's organisation is to be said by this instant,
    /// behind the link and without signing in.
    Affected(Timestamp),
    /// The same once more, since nobody said so.
    StillAsked(Timestamp),
    /// An advisory is to be read.
    Advisory,
}

impl Notice {
    fn key(self) -> &'static str {
        match self {
            Self::Received => "mail-pointer-received",
            Self::Unconfirmed => "mail-pointer-unconfirmed",
            Self::InYourName => "mail-pointer-in-your-name",
            Self::ByTelephone => "mail-pointer-by-telephone",
            Self::Confirm => "mail-pointer-confirm",
            Self::Decide => "mail-pointer-decide",
            Self::Message => "mail-pointer-message",
            Self::Task => "mail-pointer-task",
            Self::Duty => "mail-pointer-duty",
            Self::Split => "mail-pointer-split",
            Self::Heard => "mail-pointer-heard",
            Self::Mentioned => "mail-pointer-mentioned",
            Self::Acknowledge(_) => "mail-pointer-acknowledge",
            Self::Affected(_) => "mail-pointer-affected",
            Self::StillAsked(_) => "mail-pointer-still-asked",
            Self::Advisory => "mail-pointer-advisory",
        }
    }

    /// A word for the row, and the instant behind it.
    fn code(self) -> String {
        match self {
            Self::Received => "received".to_owned(),
            Self::Unconfirmed => "unconfirmed".to_owned(),
            Self::InYourName => "in_your_name".to_owned(),
            Self::ByTelephone => "by_telephone".to_owned(),
            Self::Confirm => "confirm".to_owned(),
            Self::Decide => "decide".to_owned(),
            Self::Message => "message".to_owned(),
            Self::Task => "task".to_owned(),
            Self::Duty => "duty".to_owned(),
            Self::Split => "split".to_owned(),
            Self::Heard => "heard".to_owned(),
            Self::Mentioned => "mentioned".to_owned(),
            Self::Acknowledge(by) => format!("acknowledge {by}"),
            Self::Affected(by) => format!("affected {by}"),
            Self::StillAsked(by) => format!("still_asked {by}"),
            Self::Advisory => "advisory".to_owned(),
        }
    }

    fn parse(code: &str) -> Option<Self> {
        match code {
            "received" => Some(Self::Received),
            "unconfirmed" => Some(Self::Unconfirmed),
            "in_your_name" => Some(Self::InYourName),
            "by_telephone" => Some(Self::ByTelephone),
            "confirm" => Some(Self::Confirm),
            "decide" => Some(Self::Decide),
            "message" => Some(Self::Message),
            "task" => Some(Self::Task),
            "duty" => Some(Self::Duty),
            "split" => Some(Self::Split),
            "heard" => Some(Self::Heard),
            "mentioned" => Some(Self::Mentioned),
            "advisory" => Some(Self::Advisory),
            _ => {
                let (code, by) = code.split_once(' ')?;
                let by = by.parse().ok()?;
                match code {
                    "acknowledge" => Some(Self::Acknowledge(by)),
                    "affected" => Some(Self::Affected(by)),
                    "still_asked" => Some(Self::StillAsked(by)),
                    _ => None,
                }
            }
        }
    }
}

/// Stands before the notice in the row of a drill.
const DRILL: &str = "drill ";

/// Stands behind the row of a mail that may be answered.
const ANSWER: &str = "\nanswer";

/// Says why the reader is written to and where to go on: its label, its reference, a [`Notice`] and a link; nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    tlp: Tlp,
    reference: Reference,
    link: Template,
    notice: Notice,
    is_drill: bool,
    /// The CERT's telephone number; empty where a row of an earlier version has none.
    phone: String,
    /// Whether an answer by mail comes into the case.
    may_answer: bool,
}

impl Pointer {
    fn body(&self, lang: Lang, lacking: Option<Why>) -> String {
        let mut args = vec![
            ("reference", self.reference.as_str().into()),
            ("label", self.tlp.label().into()),
            ("link", self.link.as_str().into()),
        ];
        let mut parts = Vec::new();
        if self.is_drill {
            parts.push(text(lang, "mail-drill-what"));
        }
        if let Notice::Acknowledge(by) | Notice::Affected(by) | Notice::StillAsked(by) = self.notice {
            args.push(("by", when::absolute(by).into()));
            parts.push(text_with(lang, self.notice.key(), &args));
        } else {
            parts.push(text_with(lang, self.notice.key(), &args));
            if !matches!(
                self.notice,
                Notice::Unconfirmed | Notice::Heard | Notice::Mentioned | Notice::Decide
            ) {
                parts.push(text(lang, "mail-pointer-sign-in"));
            }
        }
        let phone = (!self.phone.is_empty())
            .then(|| text_with(lang, "mail-pointer-phone", &[("phone", self.phone.as_str().into())]));
        parts.extend(phone);
        if self.may_answer {
            parts.push(text(lang, "mail-answer"));
        }
        parts.push(text(lang, "mail-pointer-why"));
        parts.extend(lacking.and_then(Why::told).map(|key| text(lang, key)));
        parts.join("\n\n")
    }
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
    pub fn pointer(tlp: Tlp, reference: Reference, link: Template, notice: Notice) -> Self {
        Self::Pointer(Pointer {
            tlp,
            reference,
            link,
            notice,
            is_drill: false,
            phone: String::new(),
            may_answer: false,
        })
    }

    /// The text where `tlp` lets it travel, otherwise the pointer.
    #[must_use]
    pub fn for_label(
        tlp: Tlp,
        subject: Title,
        text: Template,
        reference: Reference,
        link: Template,
        notice: Notice,
    ) -> Self {
        if tlp.may_travel_in_clear() {
            Self::Clear(Clear { tlp, subject, text })
        } else {
            Self::pointer(tlp, reference, link, notice)
        }
    }

    /// Says in a mail without content under which number the CERT is reached.
    #[must_use]
    pub fn reached_at(self, phone: &str) -> Self {
        match self {
            // It is kept as a line.
            Self::Pointer(pointer) => Self::Pointer(Pointer { phone: phone.replace('\n', " "), ..pointer }),
            clear @ Self::Clear(_) => clear,
        }
    }

    /// Says that the mail may be answered.
    ///
    /// # Errors
    /// [`Error::Internal`] as [`Template::new`].
    pub fn answerable(self) -> Result<Self> {
        match self {
            Self::Pointer(pointer) => Ok(Self::Pointer(Pointer { may_answer: true, ..pointer })),
            Self::Clear(clear) => {
                let answer = text(Lang::De, "mail-answer");
                let text = Template::new(&format!("{}\n\n{answer}", clear.text.as_str().trim_end()))?;
                Ok(Self::Clear(Clear { text, ..clear }))
            }
        }
    }

    /// Marks the mail of a drill: behind the label the mark stands first, in the subject and in the text.
    ///
    /// # Errors
    /// [`Error::Internal`] when the marked subject is too long.
    pub fn marked_as_drill(self) -> Result<Self> {
        match self {
            Self::Pointer(pointer) => Ok(Self::Pointer(Pointer { is_drill: true, ..pointer })),
            Self::Clear(Clear { tlp, subject, text: said }) => {
                let subject = Title::parse(&drill(subject.as_str()))
                    .map_err(|why| Error::Internal(format!("a drill's subject: {why}")))?;
                let what = text(Lang::De, "mail-drill-what");
                Ok(Self::Clear(Clear { tlp, subject, text: Template(format!("{what}\n\n{}", said.0)) }))
            }
        }
    }

    /// The label.
    #[must_use]
    pub fn tlp(&self) -> Tlp {
        match self {
            Self::Clear(Clear { tlp, .. }) | Self::Pointer(Pointer { tlp, .. }) => *tlp,
        }
    }

    /// The subject, the label first; of a pointer, label and reference alone, and whether it is a drill.
    #[must_use]
    pub fn subject(&self) -> String {
        let words = match self {
            Self::Clear(clear) => clear.subject.as_str().to_owned(),
            Self::Pointer(Pointer { reference, is_drill: true, .. }) => drill(reference.as_str()),
            Self::Pointer(pointer) => pointer.reference.as_str().to_owned(),
        };
        format!("[{}] {words}", self.tlp())
    }

    /// The whole text: the label on a line of its own, what is to be said, and the label again with what it means. A
    /// text in clear with a personal link says there that it is for its reader alone.
    ///
    /// # Errors
    /// [`Error::Internal`] as [`Template::new`].
    pub fn text(&self, lang: Lang) -> Result<Template> {
        self.text_lacking(lang, None)
    }

    /// The same; a pointer says why it was not encrypted for its reader.
    pub(super) fn text_lacking(&self, lang: Lang, lacking: Option<Why>) -> Result<Template> {
        let tlp = self.tlp();
        let body = match self {
            Self::Clear(clear) => Cow::from(clear.text.as_str().trim()),
            Self::Pointer(pointer) => pointer.body(lang, lacking).into(),
        };
        let is_personal = matches!(self, Self::Clear(clear) if clear.text.slots().any(|slot| slot == LINK));
        let whose = text(lang, if is_personal { "mail-personal" } else { tlp.explained() });
        Template::new(&format!("{tlp}\n{body}\n\n{tlp}\n{whose}\n"))
    }

    /// The two texts of a row: subject and text; or the reference, and on lines the notice, the link, the telephone
    /// number, and whether an answer is heard. The label tells which ([`Content::load`]).
    pub(super) fn columns(&self) -> (&str, Cow<'_, str>) {
        match self {
            Self::Clear(clear) => (clear.subject.as_str(), clear.text.as_str().into()),
            Self::Pointer(pointer) => {
                let mark = if pointer.is_drill { DRILL } else { "" };
                let Pointer { notice, link, phone, may_answer, .. } = pointer;
                let end = if *may_answer { ANSWER } else { "" };
                let body = format!("{mark}{}\n{}\n{phone}{end}", notice.code(), link.as_str());
                (pointer.reference.as_str(), body.into())
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
            let reference = Reference::parse(subject).map_err(broken)?;
            let (notice, link) = body.split_once('\n').unwrap_or(("", body));
            let (link, phone) = link.split_once('\n').unwrap_or((link, ""));
            let (notice, is_drill) = notice.strip_prefix(DRILL).map_or((notice, false), |rest| (rest, true));
            let link = Template::new(link)?;
            // What an earlier version left says no more than that there is something to read.
            let notice = Notice::parse(notice).unwrap_or(Notice::Message);
            let (phone, may_answer) =
                phone.strip_suffix(ANSWER).map_or((phone, false), |phone| (phone, true));
            let phone = phone.to_owned();
            Ok(Self::Pointer(Pointer { tlp, reference, link, notice, is_drill, phone, may_answer }))
        }
    }
}

/// A subject behind the mark of drills.
fn drill(subject: &str) -> String {
    format!("{}: {subject}", text(Lang::De, "mail-drill"))
}

#[cfg(test)]
#[path = "content_tests.rs"]
mod tests;
