//! What may be done with files of a case. Each function asks the policy first; the bytes are the vault's.

use ring::digest::{Context, SHA256};
use serde_json::json;

pub use super::archive::{PASSWORD, streamed};
pub use super::letter::{Letter, cut as legible, headers as read_headers, page_text, read as read_letter};
use super::model::{Custody, Evidence, FileName, Handling, Kept, Limits, NewFile, Sha256, State, Wanted};
pub use super::reader::{Reader, limit_myself};
use super::store::{self, Viewer};
pub use super::vault::{Fault, Vault};
use crate::access::policy::{Action, Facts, check, may};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, FieldError, Result, one_row};
use crate::core::ids::{EvidenceId, IncidentId, OrgId};
use crate::core::tlp::Tlp;
use crate::incidents::digest;
use crate::incidents::importing::model::File as Brought;
use crate::incidents::model::{Audience, Incident};
use crate::incidents::policy::Sight;
use crate::incidents::service::{note, open};
use crate::incidents::store as incidents;
use crate::store::Tx;

/// Files that one account may leave unfinished in one case: a browser sends one after the other.
const UNFINISHED: i64 = 20;

/// The files of a case for one viewer.
#[derive(Debug, Clone)]
pub struct Files {
    pub incident: Incident,
    pub files: Vec<Evidence>,
    pub custody: Vec<Handling>,
    pub may_add: bool,
    pub is_team: bool,
    /// How many organisations have a part in the case.
    pub involved: usize,
}

fn viewer<'a>(tx: &Tx<'_>, actor: &Actor, sight: &'a Sight) -> Viewer<'a> {
    Viewer {
        is_team: may(tx, actor, Action::ReadTeamNotes, sight.facts),
        organisations: &sight.organisations,
        account: actor.account,
    }
}

/// Shows the files of a case with their chains of custody, and records that the case was seen. Who of another
/// organisation had a file in hand that is for all involved is the team's to know.
///
/// # Errors
/// [`Error::NotFound`] where the case does not exist for the actor.
pub fn show(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Files> {
    let (mut incident, sight) = open(tx, actor, reference, Action::ShowIncident)?;
    let viewer = viewer(tx, actor, &sight);
    let (is_team, may_add) = (viewer.is_team, may(tx, actor, Action::AddEvidence, sight.facts));
    let files = if may(tx, actor, Action::ReadEvidence, sight.facts) {
        store::list(tx, incident.id, &viewer)?
    } else {
        Vec::new()
    };
    let ids: Vec<EvidenceId> = files.iter().map(|file| file.id).collect();
    let mut custody = store::custody_of(tx, &ids)?;
    if !is_team {
        let shared: Vec<EvidenceId> =
            files.iter().filter(|file| file.audience == Audience::Involved).map(|file| file.id).collect();
        let is_other = |it: &Handling| it.kind != Custody::TakenIn && it.account != actor.account;
        for handling in custody.iter_mut().filter(|it| shared.contains(&it.evidence) && is_other(it)) {
            handling.author = String::new();
        }
    }
    let mut parts: Vec<OrgId> =
        incidents::involvements_of(tx, incident.id)?.iter().map(|i| i.organisation).collect();
    parts.sort_unstable();
    parts.dedup();
    // The page needs none of the case's words; who may read them is told on the case's own.
    incident.title = String::new();
    let seen = Entry::new("incident.view", SubjectKind::Incident, incident.id)
        .organisation(incident.organisation)
        .with("part", "evidence");
    record(tx, actor, seen)?;
    Ok(Files { incident, files, custody, may_add, is_team, involved: parts.len() })
}

/// Whether the actor belongs to the team, and the label of the case: what a page about one file needs beside it.
///
/// # Errors
/// [`Error::NotFound`] where the case does not exist for the actor.
pub fn label(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<(bool, Tlp)> {
    let (incident, sight) = open(tx, actor, reference, Action::ReadEvidence)?;
    Ok((may(tx, actor, Action::ReadTeamNotes, sight.facts), incident.tlp))
}

/// The stored files of a case that the actor may see, for the case's own page, which asks and records by itself.
///
/// # Errors
/// [`Error::NotFound`] where the case does not exist for the actor.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Vec<Evidence>> {
    let (incident, sight) = open(tx, actor, reference, Action::ShowIncident)?;
    if !may(tx, actor, Action::ReadEvidence, sight.facts) {
        return Ok(Vec::new());
    }
    let viewer = viewer(tx, actor, &sight);
    let mut files = store::list(tx, incident.id, &viewer)?;
    files.retain(|file| file.state == State::Stored);
    Ok(files)
}

/// All stored files of a case with their chains of custody, the oldest first, for features that ask the policy
/// themselves whether somebody may have the whole case.
///
/// # Errors
/// The database's.
pub(in crate::incidents) fn all_of(
    tx: &mut Tx<'_>,
    incident: IncidentId,
) -> Result<(Vec<Evidence>, Vec<Handling>)> {
    let team = Viewer { is_team: true, organisations: &[], account: None };
    let mut files = store::list(tx, incident, &team)?;
    files.retain(|file| file.state == State::Stored);
    files.reverse();
    let ids: Vec<EvidenceId> = files.iter().map(|file| file.id).collect();
    let custody = store::custody_of(tx, &ids)?;
    Ok((files, custody))
}

/// Announces a file under the id and sealed key that the vault drew. What the same browser announced before, it goes on
/// with: the file as it stands now comes back.
///
/// # Errors
/// [`Error::Invalid`] for a file that is not taken or an audience that is not the actor's to choose.
pub fn begin(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    drawn: (EvidenceId, &[u8]),
    file: &NewFile,
) -> Result<Evidence> {
    let (incident, sight) = open(tx, actor, reference, Action::AddEvidence)?;
    let audience = audience(tx, actor, &incident, &sight, file.audience)?;
    let limits = tx.required::<Limits>()?;
    limits.check(&file.name, file.size)?;
    let account = actor.account.ok_or(Error::SignInNeeded)?;
    if let Some(id) = store::announced(tx, incident.id, account, file, audience)? {
        return find(tx, actor, &incident, &sight, id);
    }
    if store::count(tx, incident.id)? >= limits.per_case {
        let refused = FieldError::new("datei", "evidence-refused-many").with("name", &file.name.shown);
        return Err(refused.with("limit", limits.per_case).into());
    }
    if store::count_unfinished(tx, incident.id, account)? >= UNFINISHED {
        let refused = FieldError::new("datei", "evidence-refused-unfinished").with("name", &file.name.shown);
        return Err(refused.with("limit", UNFINISHED).into());
    }
    store::add(tx, actor, incident.id, drawn, file, audience)?;
    find(tx, actor, &incident, &sight, drawn.0)
}

/// Who shall see it. By itself: the team's files the team, an organisation's the organisation and the CERT. Only the
/// team hands a file to all involved.
fn audience(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    sight: &Sight,
    wanted: Option<Wanted>,
) -> Result<Audience> {
    let is_team = may(tx, actor, Action::WriteTeamNote, sight.facts);
    let usual = if is_team { Wanted::Team } else { Wanted::Organisation };
    match wanted.unwrap_or(usual) {
        Wanted::Team => {
            check(tx, actor, Action::WriteTeamNote, sight.facts)?;
            Ok(Audience::Team)
        }
        // Whoever reports anonymously would tell the others by it who they are.
        Wanted::Involved => {
            check(tx, actor, Action::WriteTeamNote, sight.facts)?;
            Ok(Audience::Involved)
        }
        Wanted::Organisation => {
            let org = if is_team { incident.organisation } else { sight.organisations.first().copied() };
            org.map(Audience::Organisation).ok_or_else(|| FieldError::new("an", "error-choice").into())
        }
    }
}

fn find(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    sight: &Sight,
    id: EvidenceId,
) -> Result<Evidence> {
    let viewer = viewer(tx, actor, sight);
    store::find(tx, incident.id, id, &viewer)?.ok_or(Error::NotFound)
}

/// The file that the actor is sending.
///
/// # Errors
/// [`Error::NotFound`] for somebody else's; [`Error::Conflict`] when it is here already.
pub fn sending(tx: &mut Tx<'_>, actor: &Actor, reference: &str, id: EvidenceId) -> Result<Evidence> {
    Ok(sending_to(tx, actor, reference, id)?.1)
}

fn sending_to(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    id: EvidenceId,
) -> Result<(Incident, Evidence)> {
    let (incident, sight) = open(tx, actor, reference, Action::AddEvidence)?;
    let file = find(tx, actor, &incident, &sight, id)?;
    match file.state {
        State::Uploading => Ok((incident, file)),
        State::Stored | State::Refused => Err(Error::Conflict("evidence-refused-stored")),
    }
}

/// Counts bytes as received that the vault made durable.
///
/// # Errors
/// [`Error::Stale`] when another request goes on with the same file.
pub fn advance(tx: &mut Tx<'_>, id: EvidenceId, from: u64, to: u64) -> Result<()> {
    one_row(store::advance(tx, id, from, to)?)
}

/// The last byte is durable: the file is taken into custody.
///
/// # Errors
/// As [`sending`]; [`Error::Stale`] as in [`advance`].
pub fn finish(
    tx: &mut Tx<'_>,
    actor: &Actor,
    reference: &str,
    (id, from): (EvidenceId, u64),
    (size, sha256): (u64, &Sha256),
) -> Result<()> {
    let (incident, file) = sending_to(tx, actor, reference, id)?;
    one_row(store::finish(tx, id, from, size, sha256)?)?;
    note(tx, actor, &incident, "evidence", file.audience, json!({ "sample": file.is_sample }), None)?;
    taken_in(tx, actor, &incident, &file, (size, sha256))
}

/// A file that lies in the vault already becomes evidence of a case, for features that come later and ask the policy
/// themselves. The timeline says it where they write.
///
/// # Errors
/// The database's.
pub fn adopt(
    tx: &mut Tx<'_>,
    actor: &Actor,
    case: IncidentId,
    kept: &Kept,
    (name, media_type, is_sample): (&FileName, &str, bool),
    audience: Audience,
) -> Result<()> {
    let incident = crate::incidents::service::load(tx, case)?;
    let file = NewFile {
        name: name.clone(),
        media_type: media_type.to_owned(),
        size: Some(kept.size),
        mark: String::new(),
        audience: None,
        is_sample,
    };
    store::add(tx, actor, case, (kept.id, &kept.data_key), &file, audience)?;
    one_row(store::finish(tx, kept.id, 0, kept.size, &kept.sha256)?)?;
    let team = Viewer { is_team: true, organisations: &[], account: None };
    let file = store::find(tx, case, kept.id, &team)?.ok_or(Error::NotFound)?;
    taken_in(tx, actor, &incident, &file, (kept.size, &kept.sha256))
}

/// A file of a case from elsewhere, whose bytes lie in the vault already: with its author and its chain of custody as they
/// were there, and our own behind them.
pub(in crate::incidents) fn bring_in(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    file: &Brought,
) -> Result<()> {
    store::add_whole(tx, incident.id, file)?;
    for handled in &file.custody {
        store::add_past_custody(tx, file.kept.id, handled)?;
    }
    store::add_custody(tx, actor, file.kept.id, Custody::TakenIn, Some(&file.kept.sha256))?;
    recorded(tx, actor, incident, file.kept.id, file.audience, (file.kept.size, &file.kept.sha256))
}

/// Chain of custody and trail of a file that is whole.
fn taken_in(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    file: &Evidence,
    (size, sha256): (u64, &Sha256),
) -> Result<()> {
    let id = file.id;
    digest::again(tx, incident.id)?;
    if !may(tx, actor, Action::ArrangeQueue, Facts::of(actor)) {
        incidents::heard(tx, incident.id)?;
    }
    store::add_custody(tx, actor, id, Custody::TakenIn, Some(sha256))?;
    recorded(tx, actor, incident, id, file.audience, (size, sha256))
}

fn recorded(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: &Incident,
    id: EvidenceId,
    audience: Audience,
    (size, sha256): (u64, &Sha256),
) -> Result<()> {
    // The trail outlives the content: without the salt nobody can ask it whether a file they know was here.
    let salt = tx.env().bytes::<32>();
    store::set_salt(tx, id, &salt)?;
    let entry = Entry::new("evidence.add", SubjectKind::Evidence, id)
        .organisation(incident.organisation)
        .with("incident", incident.id.to_string())
        .with("audience", audience.code())
        .with("salted_sha256", hex::encode(salted(&salt, sha256)))
        .with("size", size);
    record(tx, actor, entry)
}

/// What the trail holds of a file: SHA-256 over the salt and the file's digest.
#[must_use]
pub fn salted(salt: &[u8], sha256: &Sha256) -> Sha256 {
    let mut context = Context::new(&SHA256);
    context.update(salt);
    context.update(sha256);
    let mut salted = Sha256::default();
    salted.copy_from_slice(context.finish().as_ref());
    salted
}

/// Gives up a file whose bytes will not come. True where what came of it may be removed: it is not in custody, and never
/// will be.
///
/// # Errors
/// The database's.
pub fn give_up(tx: &mut Tx<'_>, id: EvidenceId) -> Result<bool> {
    Ok(store::refuse(tx, id)? > 0)
}

/// What came of a file that was given up is removed.
///
/// # Errors
/// The database's.
pub fn clear(tx: &mut Tx<'_>, id: EvidenceId) -> Result<()> {
    store::clear(tx, id)
}

/// The files of which nothing came for a week, and those that were given up and of which something may be left.
///
/// # Errors
/// The database's.
pub fn stale(tx: &mut Tx<'_>) -> Result<Vec<EvidenceId>> {
    let before = tx.now() - jiff::SignedDuration::from_hours(24 * 7);
    store::stale(tx, before.into())
}

/// A stored file that the actor may read.
///
/// # Errors
/// [`Error::NotFound`] for what the actor's audience does not hold, [`Error::Conflict`] for one that was erased.
pub fn load(tx: &mut Tx<'_>, actor: &Actor, reference: &str, id: EvidenceId) -> Result<Evidence> {
    Ok(load_of(tx, actor, reference, id)?.1)
}

fn load_of(tx: &mut Tx<'_>, actor: &Actor, reference: &str, id: EvidenceId) -> Result<(Incident, Evidence)> {
    let (incident, sight) = open(tx, actor, reference, Action::ReadEvidence)?;
    let file = find(tx, actor, &incident, &sight, id)?;
    match (file.state, file.data_key.is_empty()) {
        (State::Stored, false) => Ok((incident, file)),
        (State::Stored, true) => Err(Error::Conflict("evidence-refused-erased")),
        _ => Err(Error::NotFound),
    }
}

/// What was done with a file that the actor may read, or was found on it, for the chain of custody and the trail.
///
/// # Errors
/// As [`load`].
pub fn handled(tx: &mut Tx<'_>, actor: &Actor, reference: &str, id: EvidenceId, kind: Custody) -> Result<()> {
    let (incident, file) = load_of(tx, actor, reference, id)?;
    let action = match kind {
        Custody::TakenIn => "evidence.add",
        Custody::Viewed => "evidence.view",
        Custody::Downloaded => "evidence.download",
        Custody::Verified => "evidence.verify",
        Custody::Damaged => "evidence.damage",
    };
    match kind {
        Custody::Damaged => store::set_damaged(tx, id, true)?,
        // The bytes that did not open may have been restored.
        Custody::Verified => store::set_damaged(tx, id, false)?,
        _ => {}
    }
    let digest = file.sha256.filter(|_| kind != Custody::Damaged);
    store::add_custody(tx, actor, id, kind, digest.as_ref())?;
    let entry = Entry::new(action, SubjectKind::Evidence, id)
        .organisation(incident.organisation)
        .with("incident", incident.id.to_string());
    record(tx, actor, entry)
}
