//! To which case a mail belongs: tokens in addresses, mails that are answered, names of cases in subjects.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::core::error::{Error, Result};
use crate::core::ids::{InboundId, IncidentId, MailId, OrgId};
use crate::correspondence::judge::{Found, Named, Party, Place, Returned};
use crate::correspondence::model::{Envelope, MailInSettings};
use crate::correspondence::sheet::Sheet;
use crate::correspondence::store;
use crate::correspondence::threads::model::Thread;
use crate::correspondence::threads::service as threads;
use crate::incidents::model::{AnswerBook, AnswerTo, Answers};
use crate::incidents::service as incidents;
use crate::mail::outbox::{self, Written};
use crate::store::Tx;

/// Gives each organisation an address of its own for each case, for mails that go out.
pub struct Threads;

impl Threads {
    /// What incidents are handed.
    #[must_use]
    pub fn book() -> AnswerBook {
        AnswerBook(Arc::new(Self))
    }
}

impl Answers for Threads {
    fn answer_to(&self, tx: &mut Tx<'_>, case: IncidentId, organisation: OrgId) -> Result<Option<AnswerTo>> {
        let Some(settings) = tx.provided::<MailInSettings>().filter(|it| it.address.is_some()) else {
            return Ok(None);
        };
        if store::thread_of(tx, case, organisation)?.is_none() {
            // 128 random bits: nobody guesses an address under which a mail joins a case.
            let token = hex::encode(tx.env().bytes::<16>());
            store::add_thread(tx, case, organisation, &token)?;
        }
        let Some((token, last)) = store::thread_of(tx, case, organisation)? else { return Ok(None) };
        Ok(settings.reply_to(&token).map(|address| AnswerTo { address, last }))
    }
}

/// References of cases as they stand in subjects: `TH-2026-00042`.
fn references(subject: &str) -> Vec<String> {
    let upper = subject.to_uppercase();
    let words = upper.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let is_one = |word: &&str| {
        let parts: Vec<&str> = word.trim_matches('-').split('-').collect();
        matches!(parts.as_slice(), ["TH" | "UE", year, number]
            if year.len() == 4 && (5..=9).contains(&number.len())
                && year.bytes().chain(number.bytes()).all(|b| b.is_ascii_digit()))
    };
    words.filter(is_one).take(3).map(|word| word.trim_matches('-').to_owned()).collect()
}

/// What the house knows of a mail.
pub(super) fn found(
    tx: &mut Tx<'_>,
    id: Option<InboundId>,
    sha256: &[u8],
    envelope: &Envelope,
    sheet: &Sheet,
) -> Result<Found> {
    let settings = tx.required::<MailInSettings>()?;
    let addressed: Vec<&String> =
        envelope.to.iter().chain(&sheet.to).chain(&sheet.signs.delivered_to).collect();
    let mut found = Found {
        is_repeat: store::is_repeat(tx, id, sha256, &envelope.to)?,
        is_own: settings.is_own(&sheet.from),
        ..Found::default()
    };
    for token in addressed.iter().filter_map(|address| settings.token(address)) {
        if found.token.is_some() {
            continue;
        }
        found.token = by_token(tx, &token, sheet, None)?;
        found.is_token_wrong |= found.token.is_none();
    }
    for answered in &sheet.answers {
        let Some(written) = outbox::by_message_id(tx, answered)? else { continue };
        let Some(token) = written.reply_to.as_deref().and_then(|address| settings.token(address)) else {
            continue;
        };
        found.answer = by_token(tx, &token, sheet, Some(&written))?;
        if found.answer.is_some() {
            break;
        }
    }
    found.tag = named(tx, sheet)?;
    found.bounced = bounced(tx, settings, &addressed, sheet)?;
    if let Some(id) = &sheet.message_id {
        found.is_own |= outbox::by_message_id(tx, id)?.is_some();
    }
    if !sheet.from.is_empty() {
        found.is_blocked = store::is_blocked(tx, &sheet.from)?;
        let since = tx.now() - SignedDuration::from_hours(1);
        found.lately = store::lately(tx, &sheet.from, since)?;
    }
    Ok(found)
}

/// The case that a subject names: by our number, otherwise by the one that a third party gave the matter.
fn named(tx: &mut Tx<'_>, sheet: &Sheet) -> Result<Option<Named>> {
    for reference in references(&sheet.subject) {
        match incidents::load_by_reference(tx, &reference) {
            Ok(incident) => {
                let thread = threads::of_sender(tx, incident.id, &sheet.from)?;
                let (incident, reference) = (incident.id, incident.reference);
                return Ok(Some(Named { incident, reference, thread, is_theirs: false }));
            }
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    let Some((thread, incident)) = threads::by_subject(tx, &sheet.subject)? else { return Ok(None) };
    let reference = incidents::load(tx, incident)?.reference;
    Ok(Some(Named { incident, reference, thread: Some(thread), is_theirs: true }))
}

/// The place of whoever was given this token, an organisation or a third party.
fn by_token(tx: &mut Tx<'_>, token: &str, sheet: &Sheet, written: Option<&Written>) -> Result<Option<Place>> {
    if let Some(thread) = store::thread_by_token(tx, token)? {
        return place(tx, (thread.incident, thread.organisation), sheet, written);
    }
    match threads::by_token(tx, token)? {
        Some(thread) => third(tx, &thread, sheet, written).map(Some),
        None => Ok(None),
    }
}

/// The place of a third party. Whoever has its secret address may write from its whole house; a mail that only quotes
/// one of ours must come from whom that was sent to.
fn third(tx: &mut Tx<'_>, thread: &Thread, sheet: &Sheet, written: Option<&Written>) -> Result<Place> {
    let is_sender_known = match written {
        None => thread.is_of_house(&sheet.from),
        Some(written) => thread.is_of(&sheet.from) && written.recipient.eq_ignore_ascii_case(&sheet.from),
    };
    Ok(Place {
        incident: thread.incident,
        reference: incidents::load(tx, thread.incident)?.reference,
        party: Party::Thread(thread.id),
        is_sender_known,
        is_open: true,
    })
}

/// The place of an organisation in a case, seen from the sender of a mail. `written`: what they answer, which was sent to
/// them.
fn place(
    tx: &mut Tx<'_>,
    (case, organisation): (IncidentId, OrgId),
    sheet: &Sheet,
    written: Option<&Written>,
) -> Result<Option<Place>> {
    let incident = incidents::load(tx, case)?;
    let known = incidents::correspondents(tx, &incident, organisation)?;
    // Whom it was sent to may have left the organisation since; then a person looks.
    let is_asked = written.is_none_or(|written| written.recipient.eq_ignore_ascii_case(&sheet.from));
    Ok(Some(Place {
        incident: case,
        party: Party::Organisation(organisation),
        is_sender_known: is_asked && known.iter().any(|address| address.eq_ignore_ascii_case(&sheet.from)),
        is_open: incidents::takes_part(tx, &incident, organisation)?,
        reference: incident.reference,
    }))
}

/// The mail of ours that a mail server speaks of: by the address it came to, otherwise by what it sends back.
fn bounced(
    tx: &mut Tx<'_>,
    settings: &MailInSettings,
    addressed: &[&String],
    sheet: &Sheet,
) -> Result<Option<Returned>> {
    let returned = |written: Written| Returned { mail: written.id, recipient: written.recipient };
    for id in addressed.iter().filter_map(|address| settings.bounced(address)) {
        if let Some(written) = outbox::by_id(tx, MailId(id))? {
            return Ok(Some(returned(written)));
        }
    }
    match &sheet.returned {
        Some(id) => Ok(outbox::by_message_id(tx, id)?.map(returned)),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_found_in_a_subject_however_people_write_around_it() {
        for (subject, found) in [
            ("Re: [TH-2026-00042] Frage", "TH-2026-00042"),
            ("AW: th-2026-00042: weiter", "TH-2026-00042"),
            ("(UE-2026-00003)", "UE-2026-00003"),
            ("TH-CERT-2026-0007", ""),
            ("TH-26-00042", ""),
            ("XTH-2026-00042", ""),
            ("", ""),
        ] {
            assert_eq!(references(subject).first().map_or("", String::as_str), found, "{subject}");
        }
    }
}
