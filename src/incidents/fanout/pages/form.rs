//! What comes in from the forms of these pages.

use crate::core::error::{FieldError, Result};
use crate::core::ids::OrgId;
use crate::core::text::{Fields, Name, Prose, Title};
use crate::incidents::fanout::model::{Answer, NewAnswer, NewFanout, Note, Patience};
use crate::web::FormData;

/// The fields with the Fluent keys of their names.
pub(super) const LABELS: &[(&str, &str)] = &[
    ("source", "fanout-source"),
    ("heading", "fanout-heading"),
    ("notice", "fanout-notice"),
    ("is_named", "fanout-named"),
    ("patience", "fanout-patience"),
    ("others", "fanout-others"),
    ("antwort", "fanout-answer"),
    ("stelle", "fanout-house"),
    ("note", "fanout-note"),
    ("said_by", "fanout-said-by"),
    ("text", "fanout-text"),
];

/// What stands between a provider and its service in a choice.
const BESIDE: char = '/';

/// The value of a choice: a provider, and one of its services.
pub(super) fn source(provider: OrgId, service: &str) -> String {
    if service.is_empty() { provider.to_string() } else { format!("{provider}{BESIDE}{service}") }
}

/// A question as it was typed.
pub(super) fn question(typed: &FormData) -> Result<NewFanout> {
    let mut fields = Fields::default();
    let source = fields.keep("source", chosen(typed.get("source")));
    let heading = fields.keep("heading", Title::parse(typed.get("heading")));
    let notice = fields.keep("notice", Prose::parse(typed.get("notice")));
    let patience = fields.keep("patience", Patience::parse(typed.get("patience")).ok_or("error-choice"));
    let others = fields.keep("others", Prose::parse_optional(typed.get("others")));
    let is_named = typed.is("is_named", "ja");
    let new = (|| {
        let (source, service) = source?;
        Some(NewFanout {
            source,
            service,
            heading: heading?,
            notice: notice?,
            is_named,
            patience: patience?,
            others: others?,
        })
    })();
    fields.done(new)
}

/// Whether it is to be asked, or only to be looked at.
pub(super) fn is_final(typed: &FormData) -> Result<bool> {
    one_of(typed, "vorschau", "fragen")
}

/// Whether it is a message, or what was said on the telephone.
pub(super) fn is_message(typed: &FormData) -> Result<bool> {
    one_of(typed, "anruf", "nachricht")
}

fn one_of(typed: &FormData, no: &str, yes: &str) -> Result<bool> {
    match typed.get("tun") {
        what if what == no => Ok(false),
        what if what == yes => Ok(true),
        _ => Err(FieldError::new("tun", "error-choice").into()),
    }
}

fn chosen(value: &str) -> Result<(OrgId, Option<Name>), &'static str> {
    if value.is_empty() {
        return Err("error-required");
    }
    let (id, service) = value.split_once(BESIDE).unwrap_or((value, ""));
    let id = id.parse().map_err(|_| "error-choice")?;
    let service = if service.is_empty() { None } else { Some(Name::parse(service)?) };
    Ok((id, service))
}

fn house_of(fields: &mut Fields, typed: &FormData) -> Option<OrgId> {
    fields.keep("stelle", typed.get("stelle").parse().map_err(|_| "error-choice"))
}

fn text_of(fields: &mut Fields, typed: &FormData) -> Option<Prose> {
    fields.keep("text", Prose::parse(typed.get("text")))
}

fn answer_of(fields: &mut Fields, typed: &FormData) -> Option<NewAnswer> {
    let answer = fields.keep("antwort", Answer::parse(typed.get("antwort")).ok_or("fanout-error-answer"));
    let note = fields.keep("note", Note::parse_optional(typed.get("note")));
    answer.zip(note).map(|(answer, note)| NewAnswer { answer, note })
}

/// What is written.
pub(super) fn text(typed: &FormData) -> Result<Prose> {
    let mut fields = Fields::default();
    let text = text_of(&mut fields, typed);
    fields.done(text)
}

/// What an organisation writes.
pub(super) fn message(typed: &FormData) -> Result<(OrgId, Prose)> {
    let mut fields = Fields::default();
    let house = house_of(&mut fields, typed);
    let text = text_of(&mut fields, typed);
    fields.done(house.zip(text))
}

/// An answer.
pub(super) fn said(typed: &FormData) -> Result<NewAnswer> {
    let mut fields = Fields::default();
    let said = answer_of(&mut fields, typed);
    fields.done(said)
}

/// An answer for one organisation.
pub(super) fn answer(typed: &FormData) -> Result<(OrgId, NewAnswer)> {
    let mut fields = Fields::default();
    let house = house_of(&mut fields, typed);
    let said = answer_of(&mut fields, typed);
    fields.done(house.zip(said))
}

/// An answer for several.
pub(super) fn answers(typed: &FormData) -> Result<(Vec<OrgId>, NewAnswer)> {
    let mut fields = Fields::default();
    let houses: Option<Vec<OrgId>> = typed.all("stelle").map(|id| id.parse().ok()).collect();
    let houses = houses.filter(|houses| !houses.is_empty()).ok_or("fanout-error-houses");
    let houses = fields.keep("stelle", houses);
    let said = answer_of(&mut fields, typed);
    fields.done(houses.zip(said))
}

/// Who said it on the telephone, and what.
pub(super) fn call(typed: &FormData) -> Result<(Name, NewAnswer)> {
    let mut fields = Fields::default();
    let said = answer_of(&mut fields, typed);
    let by = fields.keep("said_by", Name::parse(typed.get("said_by")));
    fields.done(by.zip(said))
}
