//! What stands on an emergency card, the same on the page and on paper.

use super::super::german;
use crate::core::i18n::{self, Arg, Lang};
use crate::core::tlp::Tlp;
use crate::directory::model::Card;
use crate::web::emphasis::{Run, runs};
use crate::web::pdf::{Facts, Frame, Paper, Sheet};
use crate::web::site::Settings;

/// The code and private numbers are for the own house alone.
pub const LABEL: Tlp = Tlp::AmberStrict;

/// The words of a card.
pub struct Content {
    pub reference: String,
    pub until: String,
    /// What somebody dials and says, by its name.
    pub numbers: Vec<(String, String)>,
    /// What is good to know beside them.
    pub ways: Vec<Vec<Run>>,
    pub steps: Vec<Vec<Run>>,
    pub questions: Vec<Vec<Run>>,
    /// What is written by hand.
    pub blanks: Vec<String>,
    pub warning: Vec<Run>,
}

fn text(key: &str) -> String {
    i18n::text(Lang::De, key).into_owned()
}

fn text_of(key: &str, args: &[(&str, Arg<'_>)]) -> String {
    i18n::text_with(Lang::De, key, args).into_owned()
}

impl Content {
    /// The card of an organisation, with the numbers of the CERT.
    pub fn of(card: &Card, settings: &Settings) -> Self {
        let year = |year: i16| Arg::from(year.to_string());
        let mut blanks = vec![
            text("directory-card-own-provider"),
            text("directory-card-own-district"),
            text("directory-card-own-head"),
            text("directory-card-own-privacy"),
        ];
        if card.out_of_band.is_empty() {
            blanks.push(text("directory-card-own-outside"));
        }
        Self {
            reference: text_of(
                "directory-card-reference",
                &[("name", (&card.name).into()), ("year", year(card.year)), ("day", german(card.day).into())],
            ),
            until: text_of("directory-card-until", &[("year", year(card.year + 1))]),
            numbers: numbers(card, settings),
            ways: ways(card, settings),
            steps: [
                text("directory-card-step-unplug"),
                text("directory-card-step-keep"),
                text("directory-card-step-call"),
            ]
            .map(|step| runs(&step))
            .into(),
            questions: [
                text("directory-card-question-what"),
                text("directory-card-question-services"),
                text("directory-card-question-backup"),
                text("directory-card-question-number"),
            ]
            .map(|question| runs(&question))
            .into(),
            blanks,
            warning: runs(&text("directory-card-warning")),
        }
    }

    /// As a sheet of paper.
    pub fn sheet(self) -> Sheet {
        let frame = Frame {
            reference: self.reference,
            tlp: Some(LABEL),
            foot: text("directory-card-foot"),
            under: self.until,
        };
        let mut sheet = Sheet::new(Paper::A5, frame);
        sheet.title(&text("directory-card-heading"));
        sheet.facts(&self.numbers, Facts::Large);
        for way in &self.ways {
            sheet.paragraph(way);
        }
        sheet.heading(&text("directory-card-steps"));
        sheet.numbered(&self.steps);
        sheet.heading(&text("directory-card-questions"));
        sheet.numbered(&self.questions);
        sheet.heading(&text("directory-card-own"));
        sheet.blanks(&self.blanks);
        sheet.divide();
        sheet.paragraph(&self.warning);
        sheet
    }
}

fn numbers(card: &Card, settings: &Settings) -> Vec<(String, String)> {
    let cert = ("cert", Arg::from(&settings.cert_name));
    let phone = match settings.hours.as_str() {
        "" => text_of("directory-card-phone", &[cert]),
        hours => text_of("directory-card-phone-hours", &[cert, ("hours", hours.into())]),
    };
    let second = (text("directory-card-phone-second"), settings.phone_second.clone());
    let mut numbers = vec![(phone, settings.phone.clone())];
    numbers.extend((!second.1.is_empty()).then_some(second));
    numbers.push((text("directory-card-code"), card.code.to_string()));
    numbers
}

fn ways(card: &Card, settings: &Settings) -> Vec<Vec<Run>> {
    let named = |key: &str, value: &str| vec![Run::plain(text(key) + " "), Run::strong(value)];
    let mut ways = vec![named("directory-card-mail", &settings.mail)];
    // Two at most: the card is one page.
    let outside: Vec<&str> = card.out_of_band.iter().map(String::as_str).take(2).collect();
    if !outside.is_empty() {
        ways.push(named("directory-card-out-of-band", &outside.join(", ")));
    }
    ways
}
