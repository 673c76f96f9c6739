//! The mail that brings an advisory: whom it concerns, what to do today, where to read on, details, how to tell that it
//! is genuine, whom to call, in this order. Above TLP:GREEN it says only that there is something to read, and whoever has a key
//! on file gets the whole letter encrypted.

use std::fmt::Write as _;

use super::model::Version;
use crate::core::error::{Error, Result};
use crate::core::i18n::{Arg, Lang, text, text_with};
use crate::core::text::Line;
use crate::mail::confidential::Confidential;
use crate::mail::content::{Content, Notice, Template, slot};
use crate::web::markdown;
use crate::web::site::Settings;

/// The slot that each recipient's mail fills with the organisation's name.
pub const ORGANISATION: &str = "organisation";

/// What all recipients are sent, and how it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub content: Content,
    /// Above TLP:GREEN: what recipients with a key get, encrypted.
    pub sealed: Option<Confidential>,
    /// The subject with its label.
    pub subject: String,
    /// The whole text, labels included, its slots open.
    pub text: String,
}

impl Letter {
    /// The text as one recipient gets it.
    #[must_use]
    pub fn text_for(&self, organisation: &str) -> String {
        self.text.replace(&slot(ORGANISATION), organisation)
    }
}

/// The letter for a version. The same version and settings always give the same letter.
///
/// # Errors
/// [`Error::Internal`] when a stored text holds what no text may hold.
pub fn compose(version: &Version, settings: &Settings) -> Result<Letter> {
    let writer = Writer { version, settings };
    let content = writer.content()?;
    let is_sealed = !version.frame.tlp.may_travel_in_clear();
    let sealed = if is_sealed { Some(writer.confidential()?) } else { None };
    let text = content.text(Lang::De)?.as_str().to_owned();
    Ok(Letter { subject: content.subject(), text, content, sealed })
}

/// Where recipients read it.
#[must_use]
pub fn page_url(version: &Version, settings: &Settings) -> String {
    format!("{}/warnmeldungen/{}", settings.public_url, version.reference)
}

struct Writer<'a> {
    version: &'a Version,
    settings: &'a Settings,
}

impl Writer<'_> {
    fn content(&self) -> Result<Content> {
        let tlp = self.version.frame.tlp;
        let line = |_| Error::Internal("an advisory's title is damaged".to_owned());
        if tlp.may_travel_in_clear() {
            let subject = Line::parse(&self.say("advisory-mail-subject", &[])).map_err(line)?;
            Content::clear(tlp, subject, Template::new(&self.whole())?)
        } else {
            // Nothing of the content: not even the title.
            let reference = Line::parse(self.version.reference.as_str()).map_err(line)?;
            let link = Template::new(&page_url(self.version, self.settings))?;
            let pointer = Content::pointer(tlp, reference, link, Notice::Advisory);
            Ok(pointer.reached_at(&self.settings.phone))
        }
    }

    fn confidential(&self) -> Result<Confidential> {
        let subject = Line::parse(&self.say("advisory-mail-subject", &[]))
            .map_err(|_| Error::Internal("an advisory's title is damaged".to_owned()))?;
        Ok(Confidential::new(subject, Template::new(&self.whole())?))
    }

    fn whole(&self) -> String {
        let content = &self.version.content;
        let mut body = self.opening();
        let _ = writeln!(body, "\n\n{}\n\n{}", content.title, scales(self.version));
        part(&mut body, "advisory-mail-concerns", &self.concerns());
        part(&mut body, "advisory-mail-today", &markdown::plain(&content.measures));
        let url = [("url", page_url(self.version, self.settings).into())];
        part(&mut body, "advisory-mail-confirm", &self.say("advisory-mail-confirm-text", &url));
        part(&mut body, "advisory-mail-details", &self.details());
        part(&mut body, "advisory-mail-genuine", &self.say("advisory-mail-genuine-text", &[]));
        part(&mut body, "advisory-mail-phone", &self.say("advisory-mail-phone-text", &[]));
        body
    }

    /// What the label means, which stands directly above, and for whom the mail is.
    fn opening(&self) -> String {
        let greeting = self.say("advisory-mail-greeting", &[(ORGANISATION, slot(ORGANISATION).into())]);
        format!("{}\n\n{greeting}", text(Lang::De, self.version.frame.tlp.explained()))
    }

    fn concerns(&self) -> String {
        let content = &self.version.content;
        let mut concerns = markdown::plain(&content.concerns);
        if !content.products.is_empty() {
            let products = [("products", content.products.join(", ").into())];
            let _ = write!(concerns, "\n\n{}", self.say("advisory-mail-products", &products));
        }
        concerns
    }

    fn details(&self) -> String {
        let content = &self.version.content;
        let mut details = Vec::new();
        if !content.cves.is_empty() {
            details.push(self.say("advisory-mail-cves", &[("cves", content.cves.join(", ").into())]));
        }
        if !content.body.is_empty() {
            details.push(markdown::plain(&content.body));
        }
        details.join("\n\n")
    }

    fn say(&self, key: &str, more: &[(&str, Arg<'_>)]) -> String {
        let mut args = vec![
            ("reference", self.version.reference.as_str().into()),
            ("title", (&self.version.content.title).into()),
            ("number", i64::from(self.version.number).into()),
            ("cert", (&self.settings.cert_name).into()),
            ("phone", (&self.settings.phone).into()),
        ];
        args.extend_from_slice(more);
        text_with(Lang::De, key, &args).into_owned()
    }
}

/// A heading and what stands below it; nothing at all where nothing is to be said.
fn part(body: &mut String, heading: &str, said: &str) {
    if !said.is_empty() {
        let _ = write!(body, "\n{}\n{said}\n", text(Lang::De, heading).to_uppercase());
    }
}

/// Both scales in one line, each by its own name.
#[must_use]
pub fn scales(version: &Version) -> String {
    let frame = &version.frame;
    let args = [
        ("step", i64::from(frame.step.number()).into()),
        ("colour", Arg::Text(text(Lang::De, frame.step.label()))),
        ("advice", Arg::Text(text(Lang::De, frame.step.advice()))),
        ("severity", Arg::Text(text(Lang::De, frame.severity.label()))),
    ];
    text_with(Lang::De, "advisory-mail-scales", &args).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advisories::testing;
    use crate::core::tlp::Tlp;
    use crate::web::testing::settings;

    #[test]
    fn a_town_hall_reads_whom_it_concerns_then_what_to_do_then_where_then_details() {
        let letter = compose(&testing::version(Tlp::Green), &settings()).expect("a letter");
        let text = letter.text_for("Stadt Bergrode");
        let order = [
            "TLP:GREEN",
            "Darf in der Verwaltung weitergegeben",
            "Stadt Bergrode",
            "BETRIFFT UNS DAS?",
            "alle mit NetPforte vor 9.4.2",
            "WAS IST HEUTE ZU TUN?",
            "1. Version prüfen.",
            "https://meldekette.example/warnmeldungen/TH-CERT-2026-0007",
            "EINZELHEITEN",
            "CVE-2026-99901",
            "unterschrieben",
            "030 23125 001",
        ];
        let mut at = 0;
        for words in order {
            let found = text[at..].find(words);
            assert!(found.is_some(), "„{words}“ is missing or out of order in:\n{text}");
            at += found.unwrap_or(0);
        }
        assert_eq!(letter.subject, "[TLP:GREEN] TH-CERT-2026-0007: Kritische Lücke in NetPforte");
    }

    #[test]
    fn above_green_not_a_word_of_the_content_is_in_the_mail() {
        for tlp in [Tlp::Amber, Tlp::AmberStrict, Tlp::Red] {
            let version = testing::version(tlp);
            let letter = compose(&version, &settings()).expect("a letter");
            assert_eq!(letter.subject, format!("[{tlp}] TH-CERT-2026-0007"));
            for secret in ["NetPforte", "CVE-2026", "prüfen", "Konten"] {
                assert!(!letter.text.contains(secret), "{secret} in:\n{}", letter.text);
            }
            assert!(letter.text.contains("https://meldekette.example/warnmeldungen/TH-CERT-2026-0007"));
            // What recipients with a key get, encrypted.
            let sealed = letter.sealed.expect("a text for those with a key");
            let (subject, text) = sealed.parts();
            assert!(subject.contains("Kritische Lücke in NetPforte") && text.contains("1. Version prüfen."));
        }
    }
}
