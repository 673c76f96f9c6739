//! Questions that later features ask of the register. They ask the policy themselves, with their own facts.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service as audit;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::OrgId;
use crate::core::text::Name;
use crate::directory::model::{
    District, Filter, Key, Kind, Level, OrgName, Organisation, OrganisationInput, fold, today,
};
use crate::directory::store::organisations::Statement;
use crate::directory::store::{lists, organisations};
use crate::store::Tx;

/// The organisation with this id, if there is one.
///
/// # Errors
/// The database's.
pub fn lookup(tx: &mut Tx<'_>, id: OrgId) -> Result<Option<Organisation>> {
    organisations::lookup(tx, id)
}

/// The organisation with this id.
///
/// # Errors
/// [`Error::NotFound`], or the database's.
pub fn load(tx: &mut Tx<'_>, id: OrgId) -> Result<Organisation> {
    organisations::lookup(tx, id)?.ok_or(Error::NotFound)
}

/// The organisation with this AGS, ARS, second key or import key; a present one before one that is no more.
///
/// # Errors
/// The database's.
pub fn lookup_by_key(tx: &mut Tx<'_>, key: &str) -> Result<Option<Organisation>> {
    let day = today(tx.now());
    organisations::lookup_by_key(tx, key, day)
}

/// Many organisations, in one query; what does not exist is left out.
///
/// # Errors
/// The database's.
pub fn load_all(tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<Vec<Organisation>> {
    organisations::of(tx, ids)
}

/// The names of many organisations, in one query.
///
/// # Errors
/// The database's.
pub fn names(tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<HashMap<OrgId, OrgName>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    organisations::names(tx, ids)
}

/// How long a name counts that this process read for a list that is looked at all day.
const NAME_KEPT: SignedDuration = SignedDuration::from_secs(30);
/// Names that are kept at most.
const NAMES_KEPT: usize = 10_000;

/// Names that this process read, and when.
#[derive(Debug, Default)]
pub struct NameMemo(Mutex<HashMap<OrgId, (Timestamp, OrgName)>>);

/// [`names`] for lists that are looked at all day: one that was read within the last half minute is not asked for again,
/// so what the register renames shows that much later.
///
/// # Errors
/// The database's.
pub fn recent_names(tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<HashMap<OrgId, OrgName>> {
    let Some(memo) = tx.provided::<NameMemo>() else { return names(tx, ids) };
    let now = tx.now();
    let (mut found, mut missing) = (HashMap::new(), Vec::new());
    {
        let kept = memo.0.lock().unwrap_or_else(PoisonError::into_inner);
        for id in ids {
            match kept.get(id).filter(|(at, _)| (*at..*at + NAME_KEPT).contains(&now)) {
                Some((_, name)) => {
                    found.insert(*id, name.clone());
                }
                None => missing.push(*id),
            }
        }
    }
    if missing.is_empty() {
        return Ok(found);
    }
    let read = names(tx, &missing)?;
    let mut kept = memo.0.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() + read.len() > NAMES_KEPT {
        kept.clear();
    }
    kept.extend(read.iter().map(|(id, name)| (*id, (now, name.clone()))));
    found.extend(read);
    Ok(found)
}

/// What the register orders this organisation by; empty for one that it does not have.
///
/// # Errors
/// The database's.
pub fn order_of(tx: &mut Tx<'_>, id: OrgId) -> Result<String> {
    organisations::order_of(tx, id)
}

/// A district and what lies in it, whatever became of it since.
///
/// # Errors
/// The database's.
pub fn in_district(tx: &mut Tx<'_>, district: OrgId) -> Result<Vec<OrgId>> {
    organisations::in_district(tx, district)
}

/// How many organisations a name is taken for.
const GUESSED: i64 = 12;

/// What somebody may mean who types an organisation's name in their own words: what has all of them, otherwise what
/// the most telling one finds. By name; nothing where that is too many to choose from.
///
/// # Errors
/// The database's.
pub fn guess(tx: &mut Tx<'_>, words: &str) -> Result<Vec<(OrgId, String)>> {
    let day = today(tx.now());
    let mut found = |text: &str| -> Result<Vec<Organisation>> {
        let filter = Filter { text: text.to_owned(), ..Filter::default() };
        let page = lists::list(tx, &filter, day, None, GUESSED)?;
        let rows = page.rows.into_iter().filter(|organisation| !organisation.is_cert).collect();
        Ok(if page.next.is_some() { Vec::new() } else { rows })
    };
    let words: Vec<&str> =
        words.split_whitespace().filter(|word| word.chars().count() >= 3).take(6).collect();
    let mut best = if words.is_empty() { Vec::new() } else { found(&words.join(" "))? };
    if best.is_empty() && words.len() > 1 {
        for word in words {
            let with_it = found(word)?;
            if !with_it.is_empty() && (best.is_empty() || with_it.len() < best.len()) {
                best = with_it;
            }
        }
    }
    Ok(best.into_iter().map(|it| (it.id, with_sign(&it.name, &it.sign))).collect())
}

/// How many organisations words may stand for.
const MATCHING: i64 = 500;

/// The organisations whose name, seat or key has all these words, also those that are no more.
///
/// # Errors
/// The database's.
pub fn matching(tx: &mut Tx<'_>, words: &str) -> Result<Vec<OrgId>> {
    let day = today(tx.now());
    let filter = Filter { text: words.to_owned(), ended: true, ..Filter::default() };
    Ok(lists::list(tx, &filter, day, None, MATCHING)?.rows.into_iter().map(|it| it.id).collect())
}

/// The organisation of today that is meant by a line of a list: its official key or its name; nothing where several are.
///
/// # Errors
/// The database's.
pub fn exactly(tx: &mut Tx<'_>, line: &str) -> Result<Option<OrgId>> {
    let day = today(tx.now());
    if let Some(found) = lookup_by_key(tx, line)? {
        return Ok(Some(found.id).filter(|_| found.is_valid_on(day)));
    }
    let filter = Filter { text: line.to_owned(), ..Filter::default() };
    let found = lists::list(tx, &filter, day, None, MATCHING)?.rows;
    // The whole name, or the place behind what the body is: `Stadt Gera` or `Gera`.
    let line = fold(line);
    let is_it = |name: &str| {
        let name = fold(name);
        name == line || name.split_once(' ').is_some_and(|(_, place)| place == line)
    };
    let mut same = found.iter().filter(|it| is_it(&it.name));
    Ok(same.next().filter(|_| same.next().is_none()).map(|it| it.id))
}

/// A name that is told apart from the same one elsewhere.
fn with_sign(name: &str, sign: &str) -> String {
    if sign.is_empty() { name.to_owned() } else { format!("{name} ({sign})") }
}

/// These organisations as [`guess`] gives them.
///
/// # Errors
/// The database's.
pub fn named(tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<Vec<(OrgId, String)>> {
    let names = names(tx, ids)?;
    Ok(names.into_iter().map(|(id, name)| (id, with_sign(&name.name, &name.sign))).collect())
}

/// The Landkreise and kreisfreie Städte that exist now, by name.
///
/// # Errors
/// The database's.
pub fn districts(tx: &mut Tx<'_>) -> Result<Vec<District>> {
    let day = today(tx.now());
    lists::districts(tx, day)
}

/// The CERT's own organisation, at which its roles are held.
///
/// # Errors
/// [`Error::Internal`] before the first start made it; see [`ensure_cert`].
pub fn cert(tx: &mut Tx<'_>) -> Result<OrgId> {
    organisations::lookup_cert(tx)?.ok_or_else(|| Error::Internal("the register has no CERT yet".to_owned()))
}

/// The CERT's own organisation, made now where there is none. `name` is what people call it.
///
/// # Errors
/// The database's.
pub fn ensure_cert(tx: &mut Tx<'_>, actor: &Actor, name: &str) -> Result<OrgId> {
    if let Some(id) = organisations::lookup_cert(tx)? {
        return Ok(id);
    }
    let refused = |reason| Error::Internal(format!("the CERT's name or key: {reason}"));
    let input = OrganisationInput {
        key: Some(Key::parse("cert").map_err(refused)?),
        kind: Kind::Cert,
        level: Level::State,
        name: Name::parse(name).map_err(refused)?,
        district: None,
        is_administration: false,
        seat: None,
        postcode: None,
        valid_from: today(tx.now()),
        valid_until: None,
    };
    let id = tx.id::<OrgId>();
    organisations::add(tx, &[(id, Statement::by_hand(&input, ""))], Some(id))?;
    let entry = Entry::new("directory.add", SubjectKind::Organisation, id).organisation(Some(id));
    audit::record(tx, actor, entry.with("kind", Kind::Cert.code()))?;
    Ok(id)
}

/// Those of these that belong to another Land, by their official keys; what has none is taken to be here.
///
/// # Errors
/// The database's.
pub fn abroad(tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<HashSet<OrgId>> {
    let land = match state_leadership(tx)? {
        Some(land) => load(tx, land)?.ags,
        None => None,
    };
    let Some(land) = land else { return Ok(HashSet::new()) };
    let is_abroad = |org: &Organisation| {
        [&org.ars, &org.ags].into_iter().flatten().any(|key| !key.starts_with(land.as_str()))
    };
    Ok(load_all(tx, ids)?.into_iter().filter(is_abroad).map(|org| org.id).collect())
}

/// The Land, whose leadership is told when something is escalated beyond the CERT; `None` before the register is there.
///
/// # Errors
/// The database's.
pub fn state_leadership(tx: &mut Tx<'_>) -> Result<Option<OrgId>> {
    let day = today(tx.now());
    organisations::lookup_kind(tx, Kind::Land, day)
}
