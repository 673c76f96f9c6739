//! What may be done with drafts: by whoever writes them, and nobody else: an account, or who knows a draft's code. That
//! a draft was begun, discarded or sent is recorded; what is typed on the way is nobody's business yet, and never in the
//! trail.

use jiff::{SignedDuration, Timestamp};

use super::check::{self, Context};
use super::model::{Answers, Asker, Draft, Field, House, Measure, Step, all_fields};
pub use super::rules::reasons;
pub use super::words::own as own_words;
use super::{rules, store};
use crate::access::policy::{Action, Facts, Relation, check as allow, may};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result};
use crate::core::ids::{AccountId, DraftId, IncidentId};
use crate::directory::service::{self as directory, Authority};
use crate::incidents::model::Way;
use crate::incidents::secret;
use crate::incidents::service::{self as incidents, Filed, Loose};
use crate::store::Tx;

/// How long an account's draft lies after its last change.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many drafts an account may have at once: nobody writes more, and they fill no disk.
pub(super) const MOST: usize = 20;

/// How long a draft lies after its last change that somebody without an account writes; their browser knows its code as
/// long.
pub const HELD: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long such a draft lies in which nothing was answered.
const BLANK: SignedDuration = SignedDuration::from_hours(2);
/// How long the receipt of such a report is shown again in the same browser.
const SHOWN: SignedDuration = SignedDuration::from_hours(1);
/// How many drafts of people without an account there may be at once, and how long the answers of one, in bytes:
/// 64 MiB in all.
const MOST_HELD: i64 = 2_000;
const LONGEST: usize = 32 * 1024;
/// Where there are as many, so many make room at once: drafts that nobody changed for a while, if there are any.
const MAKE_ROOM: i64 = 20;
const QUIET: SignedDuration = SignedDuration::from_mins(30);

/// When a draft is removed if nobody changes it.
#[must_use]
pub fn kept_until(draft: &Draft) -> Timestamp {
    draft.updated_at + if draft.is_strangers { HELD } else { KEPT }
}

/// By what somebody finds a draft.
#[derive(Debug, Clone)]
pub enum Key {
    /// Of an own one, its id.
    Own(DraftId),
    /// Without an account, its code.
    Held(Held),
}

/// A draft's code as it is looked up, and what its receipt code will be kept as. Made outside of transactions.
#[derive(Debug, Clone)]
pub struct Held {
    holder: String,
    receipt: String,
}

impl Held {
    /// What belongs to a code.
    #[must_use]
    pub fn of(code: &str) -> Self {
        Self { holder: secret::fingerprint(code), receipt: secret::fingerprint(&secret::receipt_of(code)) }
    }
}

/// A draft with what its questions depend on.
#[derive(Debug, Clone)]
pub struct Opened {
    pub draft: Draft,
    pub houses: Vec<House>,
    /// What of the register the typed name may mean, for somebody without an account.
    pub offices: Vec<House>,
    pub now: Timestamp,
}

impl Opened {
    /// Asks the register whom the typed name may mean, where it is said in words.
    ///
    /// # Errors
    /// The database's.
    pub fn guess(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        if self.is_in_words() {
            let found = directory::guess(tx, self.draft.answers.get("office_name"))?;
            self.offices = found.into_iter().map(|(id, name)| House { id, name, is_ours: false }).collect();
        }
        Ok(())
    }

    /// Takes in what was typed of these fields; the answers as they are then, if that changes any.
    pub(super) fn taken_in(
        &self,
        fields: &[Field],
        typed: &[(&'static str, Vec<String>)],
    ) -> Result<Option<Answers>> {
        if self.draft.reference.is_some() {
            return Err(Error::Conflict("guide-refused-sent"));
        }
        let mut answers = self.draft.answers.clone();
        for (name, values) in typed {
            let Some(field) = fields.iter().find(|field| field.name == *name) else { continue };
            let values = values.iter().map(|value| check::kept(field, value, self.now)).collect();
            answers.set(name, values);
        }
        Ok(Some(answers).filter(|answers| *answers != self.draft.answers))
    }

    /// Writes these answers into the draft.
    pub(super) fn set(&mut self, tx: &mut Tx<'_>, answers: Answers) -> Result<()> {
        let draft = &mut self.draft;
        store::set(tx, draft.id, draft.version, &answers)?;
        draft.answers = answers;
        draft.version += 1;
        draft.updated_at = self.now;
        Ok(())
    }

    /// What its answers are checked against.
    pub(super) fn context(&self) -> Context<'_> {
        Context { asker: self.asker(), houses: &self.houses, offices: &self.offices, now: self.now }
    }

    /// The organisations that its answers may name.
    pub(super) fn places(&self) -> &[House] {
        if self.is_in_words() { &self.offices } else { &self.houses }
    }

    /// Whether it is said in words for whom.
    fn is_in_words(&self) -> bool {
        self.draft.is_strangers || self.draft.is_call
    }

    /// Of whom its questions are asked.
    pub(super) fn asker(&self) -> Asker {
        match self.houses.len() {
            _ if self.is_in_words() => Asker::Stranger,
            0 | 1 => Asker::OneHouse,
            _ => Asker::SeveralHouses,
        }
    }
}

pub(super) fn account(actor: &Actor) -> Result<AccountId> {
    actor.account.ok_or(Error::SignInNeeded)
}

/// The houses for which the actor may report, the own ones first, then by name.
///
/// # Errors
/// The database's.
pub fn houses(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<House>> {
    let own = actor.organisations();
    let mut houses = Vec::new();
    for one in directory::reportable(tx, actor)? {
        let facts = match one.authority {
            Authority::Register => directory::org_facts(tx, actor, one.organisation)?,
            Authority::Mandate => Facts::of(actor).with(Relation::Mandated),
            Authority::Service => Facts::of(actor).with(Relation::Provider),
        };
        if may(tx, actor, Action::FileIncident, facts) || may(tx, actor, Action::FileUnconfirmed, facts) {
            let is_ours = one.authority == Authority::Register;
            houses.push(House { id: one.organisation, name: one.label(), is_ours });
        }
    }
    // Within each authority they come by name.
    houses.sort_by_key(|house| !own.contains(&house.id));
    Ok(houses)
}

/// The actor's houses, where there is one to report for.
fn some_houses(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<House>> {
    account(actor)?;
    let houses = houses(tx, actor)?;
    if houses.is_empty() { Err(Error::NotFound) } else { Ok(houses) }
}

/// The draft, with what the actor is to it.
pub(super) fn own(tx: &mut Tx<'_>, actor: &Actor, key: &Key) -> Result<(store::Row, Facts)> {
    let row = match key {
        Key::Own(id) => {
            account(actor)?;
            store::lookup(tx, *id)?
        }
        Key::Held(held) => store::held(tx, &held.holder)?,
    };
    let row = row.ok_or(Error::NotFound)?;
    let is_own = match key {
        Key::Own(_) => actor.account == row.account,
        Key::Held(_) => row.account.is_none(),
    };
    let facts = Facts::of(actor).when(is_own, Relation::Oneself);
    allow(tx, actor, Action::WriteReportDraft, facts)?;
    Ok((row, facts))
}

pub(super) fn draft(row: store::Row) -> Draft {
    let store::Row { id, is_drill, answers, version, updated_at, reference, receipt, .. } = row;
    let is_strangers = row.account.is_none();
    Draft {
        id,
        is_drill,
        answers,
        version,
        updated_at,
        reference,
        receipt,
        is_strangers,
        is_call: row.is_call,
    }
}

/// The actor's drafts that are not sent.
///
/// # Errors
/// [`Error::NotFound`] for who reports for nobody.
pub fn list(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Draft>> {
    some_houses(tx, actor)?;
    allow(tx, actor, Action::WriteReportDraft, Facts::of(actor).with(Relation::Oneself))?;
    Ok(store::list(tx, account(actor)?, false)?.into_iter().map(draft).collect())
}

/// Begins a draft, with the actor's name as whom to ask for.
///
/// # Errors
/// [`Error::NotFound`] for who reports for nobody, [`Error::Conflict`] where too many lie open.
pub fn begin(tx: &mut Tx<'_>, actor: &Actor, is_drill: bool) -> Result<DraftId> {
    some_houses(tx, actor)?;
    let account = account(actor)?;
    if store::list(tx, account, false)?.len() >= MOST {
        return Err(Error::Conflict("guide-refused-many"));
    }
    let id: DraftId = tx.id();
    let mut answers = Answers::default();
    answers.set("contact_name", vec![actor.name.clone()]);
    store::add(tx, id, store::Writer::Account(account), is_drill, &answers)?;
    record(tx, actor, Entry::new("incident.draft_begin", SubjectKind::Draft, id).with("drill", is_drill))?;
    Ok(id)
}

/// Begins a draft for whoever knows its code. Begun again it stays what it is. Nobody is refused: where too many lie
/// open, others make room.
///
/// # Errors
/// The database's.
pub fn begin_held(tx: &mut Tx<'_>, actor: &Actor, held: &Held, is_drill: bool) -> Result<()> {
    allow(tx, actor, Action::WriteReportDraft, Facts::of(actor).with(Relation::Oneself))?;
    if store::held(tx, &held.holder)?.is_some() {
        return Ok(());
    }
    if store::count_held(tx)? >= MOST_HELD {
        make_room(tx, actor)?;
    }
    let id: DraftId = tx.id();
    store::add(tx, id, store::Writer::Holder(&held.holder), is_drill, &Answers::default())?;
    let begun = Entry::new("incident.draft_begin", SubjectKind::Draft, id).with("way", Way::Form.code());
    record(tx, actor, begun.with("drill", is_drill))
}

/// Removes drafts of people without an account: of those that nobody changed for a while the ones with the fewest
/// answers, the oldest first; where somebody writes in each of them, the one that was left alone longest.
fn make_room(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    let quiet = tx.now() - QUIET;
    let mut given_up = store::quiet(tx, quiet, MAKE_ROOM)?;
    if given_up.is_empty() {
        given_up.extend(store::left_alone(tx)?);
    }
    for id in given_up {
        store::remove(tx, id)?;
        let discard = Entry::new("incident.draft_discard", SubjectKind::Draft, id);
        record(tx, actor, discard.with("way", Way::Form.code()).with("to_make_room", true))?;
    }
    Ok(())
}

/// A draft of the actor's, sent or not.
///
/// # Errors
/// [`Error::NotFound`] for what is not there or not the actor's.
pub fn open(tx: &mut Tx<'_>, actor: &Actor, key: &Key) -> Result<Opened> {
    let mut opened = peek(tx, actor, key)?;
    opened.guess(tx)?;
    Ok(opened)
}

/// A draft of the actor's before the register is asked whom it may mean: see [`Opened::guess`].
///
/// # Errors
/// As [`open`].
pub fn peek(tx: &mut Tx<'_>, actor: &Actor, key: &Key) -> Result<Opened> {
    let draft = draft(own(tx, actor, key)?.0);
    let is_in_words = draft.is_strangers || draft.is_call;
    let houses = if is_in_words { Vec::new() } else { houses(tx, actor)? };
    Ok(Opened { draft, houses, offices: Vec::new(), now: tx.now() })
}

/// Whether the actor is who sent the report that became this case.
///
/// # Errors
/// The database's.
pub fn sent(tx: &mut Tx<'_>, actor: &Actor, case: IncidentId) -> Result<bool> {
    store::sent(tx, account(actor)?, case)
}

/// Saves what was typed into a step, whatever it is, in a draft that the actor has opened. `seen` is the version that the
/// form was made from; another device that changed other steps since takes nothing away.
///
/// # Errors
/// [`Error::Stale`] where this step says something else since, [`Error::Conflict`] for a draft that was sent,
/// [`Error::Invalid`] for more than somebody without an account may leave here.
pub fn save(
    tx: &mut Tx<'_>,
    opened: &mut Opened,
    seen: i32,
    step: Step,
    typed: &[(&'static str, Vec<String>)],
) -> Result<()> {
    let Some(mut answers) = opened.taken_in(&all_fields(step), typed)? else { return Ok(()) };
    let draft = &opened.draft;
    if draft.answers.touched_in(step) > seen {
        return Err(Error::Stale);
    }
    if draft.is_strangers && answers.size() > LONGEST {
        let longest = typed.iter().max_by_key(|(_, values)| values.iter().map(String::len).sum::<usize>());
        return Err(FieldError::new(longest.map_or("form", |(name, _)| name), "error-too-long").into());
    }
    answers.touch(step, draft.version + 1);
    opened.set(tx, answers)
}

/// What a report is refused for, at the fields that were asked: it has one time where a case has two.
pub(super) fn as_asked(error: Error) -> Error {
    match error {
        Error::Invalid(mut errors) => {
            errors.retain(|error| error.field != "aware_at");
            Error::Invalid(errors)
        }
        error => error,
    }
}

/// Sends a draft: files its report and marks it as sent, both or neither. Returns the draft with what it has become,
/// also where it was sent before.
///
/// # Errors
/// [`Error::Stale`] where it says something else than what was seen; [`Error::Invalid`] with every field that a report
/// cannot have; as [`incidents::file`].
pub fn send(tx: &mut Tx<'_>, actor: &Actor, key: &Key, seen: i32) -> Result<Draft> {
    let opened = open(tx, actor, key)?;
    let id = opened.draft.id;
    if opened.draft.reference.is_some() {
        return Ok(opened.draft);
    }
    if opened.draft.version != seen {
        return Err(Error::Stale);
    }
    let report = check::report(&opened.draft.answers, &opened.context(), opened.draft.is_drill)?;
    store::claim(tx, id, seen)?;
    let Filed { id: case, reference, receipt } = match key {
        Key::Own(_) => incidents::file(tx, actor, &report).map_err(as_asked)?,
        Key::Held(held) => {
            let claimed = check::claimed(&opened.draft.answers, &opened.offices);
            let loose = Loose { way: Way::Form, claimed, receipt: Some(&held.receipt) };
            let (_, facts) = own(tx, actor, key)?;
            incidents::file_loose(tx, actor, facts, &report, &loose).map_err(as_asked)?
        }
    };
    store::filed(tx, id, case, receipt.clone())?;
    let sent = Entry::new("incident.draft_send", SubjectKind::Draft, id).organisation(report.organisation);
    record(tx, actor, sent.with("reference", reference.as_str()))?;
    Ok(Draft { reference: Some(reference), receipt, ..opened.draft })
}

/// What somebody without an account is left with after sending.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub reference: String,
    pub is_drill: bool,
    pub measures: Vec<Measure>,
}

/// What a draft without an account has become, for as long as it is shown.
///
/// # Errors
/// [`Error::NotFound`] before it is sent, and an hour after.
pub fn arrived(tx: &mut Tx<'_>, actor: &Actor, key: &Key) -> Result<Arrived> {
    let (row, _) = own(tx, actor, key)?;
    match (row.reference, row.case) {
        (Some(reference), Some(case)) if tx.now() < row.updated_at + SHOWN => {
            let report = incidents::stated(tx, case)?;
            let measures = rules::measures(report.observed, report.flags);
            Ok(Arrived { reference, is_drill: row.is_drill, measures })
        }
        _ => Err(Error::NotFound),
    }
}

/// Throws a draft away. One that was sent stays what it has become.
///
/// # Errors
/// [`Error::NotFound`] for what is not there or not the actor's, [`Error::Conflict`] for a draft that was sent.
pub fn discard(tx: &mut Tx<'_>, actor: &Actor, key: &Key) -> Result<()> {
    let (row, _) = own(tx, actor, key)?;
    if row.reference.is_some() {
        return Err(Error::Conflict("guide-refused-sent"));
    }
    store::remove(tx, row.id)?;
    record(tx, actor, Entry::new("incident.draft_discard", SubjectKind::Draft, row.id))
}

/// Removes drafts that nobody changed for thirty days, and sooner those of people without an account; returns how many.
///
/// # Errors
/// The database's.
pub fn sweep(tx: &mut Tx<'_>) -> Result<usize> {
    let now = tx.now();
    let since = store::Since { blank: now - BLANK, written: now - HELD, sent: now - SHOWN };
    Ok(store::sweep(tx, now - KEPT)? + store::sweep_held(tx, &since)?)
}
