//! Rows of files. What a viewer may see arrives as an audience and goes into the SQL.

use diesel::prelude::*;

use super::model::{Custody, Evidence, Handling, NewFile, Sha256, State};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, CustodyId, EvidenceId, IncidentId, OrgId};
use crate::incidents::importing::model::{File as Brought, Handled};
use crate::incidents::model::Audience;
use crate::store::schema::{evidence, evidence_contents as contents, evidence_custody as custody};
use crate::store::{At, Tx};

/// Who looks: what their audience holds.
pub struct Viewer<'a> {
    pub is_team: bool,
    pub organisations: &'a [OrgId],
    /// Files that are still on their way are their sender's alone.
    pub account: Option<AccountId>,
}

type Skeleton = (
    EvidenceId,
    Option<AccountId>,
    String,
    String,
    Option<OrgId>,
    String,
    Option<i64>,
    i64,
    Option<Vec<u8>>,
    bool,
    bool,
    At,
    Option<At>,
);
type Content = (String, String, Vec<u8>);
type Step = (EvidenceId, At, Option<AccountId>, String, String, Option<Vec<u8>>);

fn model(skeleton: Skeleton, content: Option<Content>) -> Result<Evidence> {
    let (id, account, author, audience, org, state, size, received, sha256, sample, damaged, begun, stored) =
        skeleton;
    let odd = |what: &str| Error::Internal(format!("evidence {id}: {what}"));
    let bytes = |n: i64| u64::try_from(n).map_err(|_| odd("a negative size"));
    let (name, media_type, data_key) = content.unwrap_or_default();
    Ok(Evidence {
        id,
        name,
        media_type,
        account,
        author,
        audience: Audience::of(&audience, org),
        state: State::parse(&state).ok_or_else(|| odd("state"))?,
        size: size.map(bytes).transpose()?,
        received: bytes(received)?,
        sha256: sha256.map(|digest| Sha256::try_from(digest).map_err(|_| odd("sha256"))).transpose()?,
        is_sample: sample,
        is_damaged: damaged,
        begun_at: begun.into(),
        stored_at: stored.map(Into::into),
        data_key,
    })
}

/// The files of a case that this viewer may see, the newest first; refused ones are nobody's.
pub fn list(tx: &mut Tx<'_>, incident: IncidentId, viewer: &Viewer<'_>) -> Result<Vec<Evidence>> {
    seen(tx, incident, None, viewer)
}

/// One of them.
pub fn find(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    id: EvidenceId,
    viewer: &Viewer<'_>,
) -> Result<Option<Evidence>> {
    Ok(seen(tx, incident, Some(id), viewer)?.pop())
}

fn seen(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    one: Option<EvidenceId>,
    viewer: &Viewer<'_>,
) -> Result<Vec<Evidence>> {
    let mut query = evidence::table
        .left_join(contents::table.on(contents::evidence_id.eq(evidence::id)))
        .filter(evidence::incident_id.eq(incident))
        .filter(evidence::state.ne(State::Refused.code()))
        .filter(
            evidence::state
                .eq(State::Stored.code())
                .or(evidence::account_id.eq(viewer.account).assume_not_null()),
        )
        .order(evidence::id.desc())
        .into_boxed();
    if let Some(id) = one {
        query = query.filter(evidence::id.eq(id));
    }
    if !viewer.is_team {
        let own: Vec<Option<OrgId>> = viewer.organisations.iter().map(|org| Some(*org)).collect();
        query = query.filter(evidence::audience.eq("involved").or(
            evidence::audience.eq("organisation").and(evidence::audience_id.eq_any(own)).assume_not_null(),
        ));
    }
    let rows: Vec<(Skeleton, Option<Content>)> = query
        .select((
            (
                evidence::id,
                evidence::account_id,
                evidence::author,
                evidence::audience,
                evidence::audience_id,
                evidence::state,
                evidence::size,
                evidence::received,
                evidence::sha256,
                evidence::is_sample,
                evidence::is_damaged,
                evidence::begun_at,
                evidence::stored_at,
            ),
            (contents::name, contents::media_type, contents::data_key).nullable(),
        ))
        .load(tx.conn)?;
    rows.into_iter().map(|(skeleton, content)| model(skeleton, content)).collect()
}

/// How many files a case has, with those on their way.
pub fn count(tx: &mut Tx<'_>, incident: IncidentId) -> Result<i64> {
    Ok(evidence::table
        .filter(evidence::incident_id.eq(incident))
        .filter(evidence::state.ne(State::Refused.code()))
        .count()
        .get_result(tx.conn)?)
}

/// How many files of a case an account began and did not bring to an end.
pub fn count_unfinished(tx: &mut Tx<'_>, incident: IncidentId, account: AccountId) -> Result<i64> {
    Ok(evidence::table
        .filter(evidence::incident_id.eq(incident))
        .filter(evidence::account_id.eq(account).assume_not_null())
        .filter(evidence::state.eq(State::Uploading.code()))
        .count()
        .get_result(tx.conn)?)
}

/// The same file as the same person's browser announced it before, by what the browser knows it by. One that was found
/// damaged is none: it is sent anew.
pub fn announced(
    tx: &mut Tx<'_>,
    incident: IncidentId,
    account: AccountId,
    file: &NewFile,
    audience: Audience,
) -> Result<Option<EvidenceId>> {
    if file.mark.is_empty() {
        return Ok(None);
    }
    let (code, org) = columns(audience);
    let query = evidence::table
        .inner_join(contents::table.on(contents::evidence_id.eq(evidence::id)))
        .filter(evidence::incident_id.eq(incident))
        .filter(evidence::account_id.eq(account).assume_not_null())
        .filter(evidence::state.ne(State::Refused.code()))
        .filter(evidence::is_damaged.eq(false))
        .filter(evidence::size.eq(size(file.size)).assume_not_null())
        .filter(evidence::audience.eq(code))
        .filter(evidence::is_sample.eq(file.is_sample))
        .filter(contents::mark.eq(&file.mark))
        .filter(contents::name_given.eq(file.name.given.as_bytes()))
        .order(evidence::id.desc())
        .select((evidence::id, evidence::audience_id));
    let found: Option<(EvidenceId, Option<OrgId>)> = query.first(tx.conn).optional()?;
    Ok(found.filter(|(_, to)| *to == org).map(|(id, _)| id))
}

fn columns(audience: Audience) -> (&'static str, Option<OrgId>) {
    match audience {
        Audience::Organisation(org) => (audience.code(), Some(org)),
        Audience::Team | Audience::Involved => (audience.code(), None),
    }
}

fn size(bytes: Option<u64>) -> Option<i64> {
    bytes.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX))
}

/// Adds a file that is to come.
pub fn add(
    tx: &mut Tx<'_>,
    actor: &Actor,
    incident: IncidentId,
    (id, data_key): (EvidenceId, &[u8]),
    file: &NewFile,
    audience: Audience,
) -> Result<()> {
    let (code, org) = columns(audience);
    diesel::insert_into(evidence::table)
        .values((
            evidence::id.eq(id),
            evidence::incident_id.eq(incident),
            evidence::account_id.eq(actor.account),
            evidence::author.eq(&actor.name),
            evidence::audience.eq(code),
            evidence::audience_id.eq(org),
            evidence::state.eq(State::Uploading.code()),
            evidence::size.eq(size(file.size)),
            evidence::received.eq(0),
            evidence::is_sample.eq(file.is_sample),
            evidence::is_damaged.eq(false),
            evidence::begun_at.eq(tx.at()),
        ))
        .execute(tx.conn)?;
    diesel::insert_into(contents::table)
        .values((
            contents::evidence_id.eq(id),
            contents::name.eq(&file.name.shown),
            contents::name_given.eq(file.name.given.as_bytes()),
            contents::media_type.eq(&file.media_type),
            contents::mark.eq(&file.mark),
            contents::data_key.eq(data_key),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Adds a file that came with a case from elsewhere, whole.
pub fn add_whole(tx: &mut Tx<'_>, incident: IncidentId, file: &Brought) -> Result<()> {
    let (code, org) = columns(file.audience);
    let whole = size(Some(file.kept.size));
    diesel::insert_into(evidence::table)
        .values((
            evidence::id.eq(file.kept.id),
            evidence::incident_id.eq(incident),
            evidence::author.eq(&file.author),
            evidence::audience.eq(code),
            evidence::audience_id.eq(org),
            evidence::state.eq(State::Stored.code()),
            evidence::size.eq(whole),
            evidence::received.eq(whole.unwrap_or_default()),
            evidence::sha256.eq(Some(file.kept.sha256.as_slice())),
            evidence::is_sample.eq(file.is_sample),
            evidence::is_damaged.eq(false),
            evidence::begun_at.eq(At(file.taken_in_at)),
            evidence::stored_at.eq(Some(At(file.taken_in_at))),
        ))
        .execute(tx.conn)?;
    diesel::insert_into(contents::table)
        .values((
            contents::evidence_id.eq(file.kept.id),
            contents::name.eq(&file.name),
            contents::name_given.eq(file.name.as_bytes()),
            contents::media_type.eq(&file.media_type),
            contents::mark.eq(""),
            contents::data_key.eq(&file.kept.data_key),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Adds a line to the chain of custody that was written elsewhere.
pub fn add_past_custody(tx: &mut Tx<'_>, id: EvidenceId, handled: &Handled) -> Result<()> {
    diesel::insert_into(custody::table)
        .values((
            custody::id.eq(tx.id::<CustodyId>()),
            custody::evidence_id.eq(id),
            custody::at.eq(At(handled.at)),
            custody::author.eq(&handled.author),
            custody::kind.eq(handled.kind.code()),
            custody::sha256.eq(handled.sha256.as_ref().map(Sha256::as_slice)),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Counts bytes as received, where nobody else counted meanwhile. How many rows changed.
pub fn advance(tx: &mut Tx<'_>, id: EvidenceId, from: u64, to: u64) -> Result<usize> {
    let row = evidence::table
        .filter(evidence::id.eq(id))
        .filter(evidence::state.eq(State::Uploading.code()))
        .filter(evidence::received.eq(size(Some(from)).unwrap_or_default()));
    let changes =
        (evidence::received.eq(size(Some(to)).unwrap_or_default()), evidence::progress_at.eq(Some(tx.at())));
    Ok(diesel::update(row).set(changes).execute(tx.conn)?)
}

/// The file is whole. How many rows changed.
pub fn finish(tx: &mut Tx<'_>, id: EvidenceId, from: u64, whole: u64, sha256: &Sha256) -> Result<usize> {
    let row = evidence::table
        .filter(evidence::id.eq(id))
        .filter(evidence::state.eq(State::Uploading.code()))
        .filter(evidence::received.eq(size(Some(from)).unwrap_or_default()));
    let changes = (
        evidence::state.eq(State::Stored.code()),
        evidence::size.eq(size(Some(whole))),
        evidence::received.eq(size(Some(whole)).unwrap_or_default()),
        evidence::sha256.eq(Some(sha256.as_slice())),
        evidence::stored_at.eq(Some(tx.at())),
    );
    Ok(diesel::update(row).set(changes).execute(tx.conn)?)
}

/// Keeps what the trail's hash of a file was salted with, as long as its content.
pub fn set_salt(tx: &mut Tx<'_>, id: EvidenceId, salt: &[u8]) -> Result<()> {
    diesel::update(contents::table.find(id)).set(contents::salt.eq(Some(salt))).execute(tx.conn)?;
    Ok(())
}

/// A file that will not come: its name and its key go. How many rows changed: none where it was taken into custody, or
/// nothing is left of it.
pub fn refuse(tx: &mut Tx<'_>, id: EvidenceId) -> Result<usize> {
    let row = evidence::table
        .filter(evidence::id.eq(id))
        .filter(evidence::state.ne(State::Stored.code()))
        .filter(evidence::cleared_at.is_null());
    let changed = diesel::update(row).set(evidence::state.eq(State::Refused.code())).execute(tx.conn)?;
    if changed > 0 {
        diesel::delete(contents::table.find(id)).execute(tx.conn)?;
    }
    Ok(changed)
}

/// What came of a refused file is removed from the store.
pub fn clear(tx: &mut Tx<'_>, id: EvidenceId) -> Result<()> {
    let row = evidence::table.filter(evidence::id.eq(id)).filter(evidence::state.eq(State::Refused.code()));
    let changes = (evidence::received.eq(0), evidence::cleared_at.eq(Some(tx.at())));
    diesel::update(row).set(changes).execute(tx.conn)?;
    Ok(())
}

/// Marks a file as damaged, or as whole again.
pub fn set_damaged(tx: &mut Tx<'_>, id: EvidenceId, is_damaged: bool) -> Result<()> {
    diesel::update(evidence::table.find(id)).set(evidence::is_damaged.eq(is_damaged)).execute(tx.conn)?;
    Ok(())
}

/// Files on their way of which nothing came since an instant, and refused ones of which something may be left.
pub fn stale(tx: &mut Tx<'_>, before: At) -> Result<Vec<EvidenceId>> {
    let is_still = evidence::progress_at
        .lt(before)
        .assume_not_null()
        .or(evidence::progress_at.is_null().and(evidence::begun_at.lt(before)));
    Ok(evidence::table
        // These two are the condition of the index.
        .filter(evidence::stored_at.is_null())
        .filter(evidence::cleared_at.is_null())
        .filter(evidence::state.eq(State::Refused.code()).or(is_still))
        .order(evidence::id)
        .select(evidence::id)
        .limit(1000)
        .load(tx.conn)?)
}

/// Adds a line to the chain of custody.
pub fn add_custody(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: EvidenceId,
    kind: Custody,
    sha256: Option<&Sha256>,
) -> Result<()> {
    diesel::insert_into(custody::table)
        .values((
            custody::id.eq(tx.id::<CustodyId>()),
            custody::evidence_id.eq(id),
            custody::at.eq(tx.at()),
            custody::account_id.eq(actor.account),
            custody::author.eq(&actor.name),
            custody::kind.eq(kind.code()),
            custody::sha256.eq(sha256.map(Sha256::as_slice)),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The chains of custody of these files, in their order.
pub fn custody_of(tx: &mut Tx<'_>, ids: &[EvidenceId]) -> Result<Vec<Handling>> {
    let rows: Vec<Step> = custody::table
        .filter(custody::evidence_id.eq_any(ids))
        .order(custody::id)
        .select((
            custody::evidence_id,
            custody::at,
            custody::account_id,
            custody::author,
            custody::kind,
            custody::sha256,
        ))
        .load(tx.conn)?;
    rows.into_iter()
        .map(|(evidence, at, account, author, kind, sha256)| {
            let kind = Custody::parse(&kind)
                .ok_or_else(|| Error::Internal(format!("evidence {evidence}: custody {kind}")))?;
            let sha256 = sha256.and_then(|digest| Sha256::try_from(digest).ok());
            Ok(Handling { evidence, at: at.into(), account, author, kind, sha256 })
        })
        .collect()
}
