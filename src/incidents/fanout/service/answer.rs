//! Answers: by the link of a mail, on the page, through the provider with a mandate, or written down at a telephone.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{audit, is_over, name_of, open_asked, open_team, still_open};
use crate::access::model::Purpose;
use crate::access::policy::{Action, Facts, Relation, check};
use crate::access::service::{peek_link, use_link};
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::event::Event;
use crate::core::ids::{AskedId, OrgId};
use crate::core::text::Name;
use crate::directory::model::MandateScope;
use crate::directory::service as directory;
use crate::incidents::fanout::model::{Answer, AnswerWay, Asked, Fanout, NewAnswer};
use crate::incidents::fanout::store;
use crate::incidents::model::{Audience, Incident};
use crate::incidents::service::{come_back, load, note as note_line};
use crate::incidents::store as cases;
use crate::store::Tx;

/// What the link of a mail asks.
#[derive(Debug, Clone)]
pub struct Peeked {
    pub case: Incident,
    pub fanout: Fanout,
    pub asked: Asked,
    /// Who is asked.
    pub organisation: String,
    /// At whom it happened, where that may be told.
    pub source: Option<String>,
}

/// What a link asks, without using it; that it was read is recorded.
///
/// # Errors
/// [`Error::NotFound`] alike for an unknown, expired or used one, for somebody who left the organisation, and where the
/// question is over.
pub fn peek(tx: &mut Tx<'_>, actor: &Actor, token: &str) -> Result<Peeked> {
    let (peeked, _) = meant(tx, actor, token)?;
    audit(tx, actor, "incident.view", &peeked.case, Some(peeked.asked.organisation), &[])?;
    Ok(peeked)
}

/// What a link is for, and whose it is.
fn meant(tx: &mut Tx<'_>, actor: &Actor, token: &str) -> Result<(Peeked, String)> {
    let link = peek_link(tx, Purpose::Asked, token)?;
    check(tx, actor, Action::AnswerAsked, Facts::of(actor).with(Relation::LinkHolder))?;
    let id = AskedId(link.subject.ok_or(Error::NotFound)?.0);
    let (fanout, organisation) = store::asked_by_id(tx, id)?.ok_or(Error::NotFound)?;
    let fanout = store::lookup(tx, fanout)?.ok_or(Error::NotFound)?;
    let asked = super::asked_of(tx, &fanout, &[organisation])?.pop().ok_or(Error::NotFound)?;
    let mut people = directory::people_of(tx, organisation)?;
    people.extend(directory::stand_ins_of(tx, organisation)?);
    let holder = people.into_iter().find(|(mail, _)| link.address.as_deref() == Some(mail.as_str()));
    let (_, person) = holder.ok_or(Error::NotFound)?;
    let source = if fanout.is_named { Some(name_of(tx, fanout.source)?) } else { None };
    let case = load(tx, fanout.incident)?;
    if is_over(&case, &fanout) {
        return Err(Error::NotFound);
    }
    Ok((Peeked { organisation: name_of(tx, organisation)?, source, case, fanout, asked }, person))
}

/// Somebody at the organisation answers by the link of the mail, which is used up. Links of others there hold on: the
/// last answer counts.
///
/// # Errors
/// As [`peek`].
pub fn answer_by_link(tx: &mut Tx<'_>, actor: &Actor, token: &str, new: &NewAnswer) -> Result<()> {
    let (peeked, person) = meant(tx, actor, token)?;
    use_link(tx, Purpose::Asked, token)?;
    let who = Who { actor, author: &person, way: AnswerWay::Link };
    set(tx, &who, &peeked.case, &peeked.asked, new)
}

/// Somebody at an organisation answers for it.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for another organisation; [`Error::Conflict`] where the question is over.
pub fn answer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    organisation: OrgId,
    new: &NewAnswer,
) -> Result<()> {
    let (incident, fanout, asked) = open_asked(tx, actor, reference, Action::AnswerAsked)?;
    still_open(&incident, &fanout)?;
    let asked = asked.into_iter().find(|one| one.organisation == organisation);
    let asked = asked.ok_or(FieldError::new("stelle", "error-choice"))?;
    let who = Who { actor, author: &actor.name, way: AnswerWay::Page };
    set(tx, &who, &incident, &asked, new)
}

/// A provider answers for organisations whose mandate to act it holds. All or none.
///
/// # Errors
/// The policy's; [`Error::Invalid`] where nobody is chosen; [`Error::NotFound`] for whoever is not asked or gave no such
/// mandate; [`Error::Conflict`] where the question is over.
pub fn answer_for(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    organisations: &[OrgId],
    new: &NewAnswer,
) -> Result<usize> {
    let (incident, fanout) = super::view::open_source(tx, actor, reference)?;
    still_open(&incident, &fanout)?;
    let chosen: HashSet<OrgId> = organisations.iter().copied().collect();
    let asked = super::asked_of(tx, &fanout, organisations)?;
    if chosen.is_empty() {
        return Err(FieldError::new("stelle", "fanout-error-houses").into());
    }
    // Who is asked beside its mandates, the provider does not learn.
    if asked.len() != chosen.len() {
        return Err(Error::NotFound);
    }
    let mandates = directory::held_mandates(tx, actor)?;
    let acts: HashSet<OrgId> =
        mandates.iter().filter(|it| it.scope == MandateScope::Act).map(|it| it.grantor).collect();
    for one in &asked {
        let facts = Facts::of(actor).when(acts.contains(&one.organisation), Relation::MandateWriter);
        check(tx, actor, Action::AnswerAsked, facts)?;
    }
    let who = Who { actor, author: &actor.name, way: AnswerWay::Provider };
    for one in &asked {
        set(tx, &who, &incident, one, new)?;
    }
    Ok(asked.len())
}

/// Whoever called an organisation writes down what it said, and who said it.
///
/// # Errors
/// The policy's; [`Error::Invalid`] for an organisation that is not asked; [`Error::Conflict`] where the question is over.
pub fn note_call(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    organisation: OrgId,
    said_by: &Name,
    new: &NewAnswer,
) -> Result<()> {
    let (incident, fanout) = open_team(tx, actor, reference)?;
    still_open(&incident, &fanout)?;
    let asked = super::asked_of(tx, &fanout, &[organisation])?.pop().ok_or(Error::NotFound)?;
    let who = Who { actor, author: said_by.as_str(), way: AnswerWay::Telephone };
    set(tx, &who, &incident, &asked, new)
}

/// Who answers, and how.
struct Who<'a> {
    actor: &'a Actor,
    author: &'a str,
    way: AnswerWay,
}

/// Writes an answer down. The question is locked first, so that nobody is asked again who answers at the same time.
fn set(tx: &mut Tx<'_>, who: &Who<'_>, incident: &Incident, asked: &Asked, new: &NewAnswer) -> Result<()> {
    let (fanout, _) = store::asked_by_id(tx, asked.id)?.ok_or(Error::NotFound)?;
    let fanout = store::locked(tx, fanout)?;
    still_open(incident, &fanout)?;
    // How to reach somebody stays, until something else is said.
    let before = asked.answer.as_ref();
    let note = new.note.as_ref().map(|note| note.as_str()).or(before.map(|said| said.note.as_str()));
    store::set_answer(tx, who.actor, (who.author, note.unwrap_or_default()), asked.id, who.way, new.answer)?;
    let was_affected = before.is_some_and(|said| said.answer == Answer::Affected);
    if new.answer == Answer::Affected || was_affected || new.note.is_some() {
        // What needs the team stands on the timeline; a "no" is counted.
        let name = name_of(tx, asked.organisation)?;
        let facts = Map::from_iter([
            ("name".to_owned(), Value::from(name)),
            ("answer".to_owned(), Value::from(new.answer.code())),
        ]);
        let body = new.note.as_ref().map(|note| note.as_str());
        let speaker = Actor { name: who.author.to_owned(), ..who.actor.clone() };
        note_line(tx, &speaker, incident, "fanout_answered", Audience::Team, Value::Object(facts), body)?;
        let stands = match &incident.merged {
            Some(merged) => load(tx, merged.lead)?,
            None => incident.clone(),
        };
        cases::heard(tx, stands.id)?;
        // A case that came up already stays there: others may be silent still.
        if stands.follow_up_at.is_some_and(|at| at > tx.now()) {
            come_back(tx, &stands)?;
        }
    }
    tx.emit(Event::IncidentAnswered(incident.id));
    let detail = [("answer", Value::from(new.answer.code())), ("way", Value::from(who.way.code()))];
    audit(tx, who.actor, "incident.answer", incident, Some(asked.organisation), &detail)
}
