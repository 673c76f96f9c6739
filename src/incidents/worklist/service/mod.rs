//! What may be done with filters and looks, and what the queue shows beside its rows.

mod absence;
pub mod bulk;

pub use absence::{absences, absent_now, end_absence, running, say_absent, team};

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::model::{Count, Drills, Due, FilterInput, Look, SavedFilter, Stand, Terms, Waiting, Whose};
use super::store;
use crate::access::policy::{Action, Facts, Relation, check, may};
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::record;
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::ids::{AccountId, FilterId, IncidentId};
use crate::core::page::Page;
use crate::directory::service as directory;
use crate::incidents::model::{Filter, Row};
use crate::incidents::timeline::service as timeline;
use crate::incidents::{policy, service as incidents, store as cases};
use crate::store::Tx;

/// How many filters somebody makes at most, and how many the team has: more nobody finds.
const MOST_OWN: i64 = 20;
const MOST_TEAM: i64 = 20;

/// How many cases of the head of the queue are looked at for the counts, and how many are told.
const LOOKED_AT: i64 = 2_000;
const TOLD: usize = 999;
/// How long counts are kept that no change makes old: deadlines pass by themselves.
const KEPT: SignedDuration = SignedDuration::from_secs(30);

fn account(actor: &Actor) -> Result<AccountId> {
    actor.account.ok_or(Error::SignInNeeded)
}

fn arrange(tx: &Tx<'_>, actor: &Actor) -> Result<AccountId> {
    check(tx, actor, Action::ArrangeQueue, Facts::of(actor))?;
    account(actor)
}

/// How the actor's queue stands now.
///
/// # Errors
/// The policy's.
pub fn stand(tx: &mut Tx<'_>, actor: &Actor) -> Result<Stand> {
    check(tx, actor, Action::ShowIncident, Facts::of(actor))?;
    let mut stand = store::stand(tx, account(actor)?, MOST_OWN + MOST_TEAM)?.ok_or(Error::SignInNeeded)?;
    if !may(tx, actor, Action::ManageTasks, Facts::of(actor)) {
        stand.tasks = (0, 0);
    }
    Ok(stand)
}

/// One of the actor's own filters or the team's.
///
/// # Errors
/// [`Error::NotFound`] for somebody else's own.
pub fn filter(tx: &mut Tx<'_>, actor: &Actor, id: FilterId) -> Result<SavedFilter> {
    check(tx, actor, Action::ShowIncident, Facts::of(actor))?;
    store::filter(tx, account(actor)?, id)?.ok_or(Error::NotFound)
}

fn facts(actor: &Actor, filter: &SavedFilter) -> Facts {
    Facts::of(actor).when(actor.account == Some(filter.maker), Relation::Oneself)
}

/// Whether the actor may keep filters of their own.
#[must_use]
pub fn may_arrange(tx: &Tx<'_>, actor: &Actor) -> bool {
    may(tx, actor, Action::ArrangeQueue, Facts::of(actor))
}

/// Whether the actor may change this one.
#[must_use]
pub fn may_change(tx: &Tx<'_>, actor: &Actor, filter: &SavedFilter) -> bool {
    may_arrange(tx, actor) && may(tx, actor, Action::ChangeTeamFilter, facts(actor, filter))
}

/// The filter, for whoever may change it: who made it, and of the team's who leads the CERT.
///
/// # Errors
/// As [`filter`]; the policy's.
pub fn filter_to_change(tx: &mut Tx<'_>, actor: &Actor, id: FilterId) -> Result<SavedFilter> {
    let account = arrange(tx, actor)?;
    let filter = store::filter(tx, account, id)?.ok_or(Error::NotFound)?;
    check(tx, actor, Action::ChangeTeamFilter, facts(actor, &filter))?;
    Ok(filter)
}

fn trail(tx: &mut Tx<'_>, actor: &Actor, action: &'static str, id: FilterId) -> Result<()> {
    let account = account(actor)?;
    record(tx, actor, Entry::new(action, SubjectKind::Account, account).with("filter", id.to_string()))
}

fn check_room(tx: &mut Tx<'_>, account: AccountId, adds_own: bool, adds_team: bool) -> Result<()> {
    let (own, team) = store::count_filters(tx, account)?;
    if (adds_own && own >= MOST_OWN) || (adds_team && team >= MOST_TEAM) {
        return Err(Error::Conflict("desk-filter-too-many"));
    }
    Ok(())
}

/// Keeps a filter.
///
/// # Errors
/// The policy's; [`Error::Conflict`] where there are too many.
pub fn add_filter(tx: &mut Tx<'_>, actor: &Actor, input: &FilterInput) -> Result<FilterId> {
    let account = arrange(tx, actor)?;
    check_room(tx, account, true, input.is_team)?;
    let id = store::add_filter(tx, account, input)?;
    trail(tx, actor, "queue.filter_keep", id)?;
    Ok(id)
}

/// Changes a filter. `seen` is the version that the form showed.
///
/// # Errors
/// As [`filter_to_change`] and [`add_filter`]; [`Error::Stale`] when somebody was faster.
pub fn change_filter(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: FilterId,
    seen: i32,
    input: &FilterInput,
) -> Result<()> {
    let filter = filter_to_change(tx, actor, id)?;
    if input.is_team && !filter.is_team {
        check_room(tx, filter.maker, false, true)?;
    }
    store::change_filter(tx, id, seen, input)?;
    trail(tx, actor, "queue.filter_keep", id)
}

/// Takes a filter away.
///
/// # Errors
/// As [`filter_to_change`].
pub fn remove_filter(tx: &mut Tx<'_>, actor: &Actor, id: FilterId) -> Result<()> {
    filter_to_change(tx, actor, id)?;
    store::remove_filter(tx, id)?;
    trail(tx, actor, "queue.filter_remove", id)
}

/// Sets how the actor's queue looks.
///
/// # Errors
/// The policy's.
pub fn set_look(tx: &mut Tx<'_>, actor: &Actor, look: &Look) -> Result<()> {
    let account = arrange(tx, actor)?;
    store::set_look(tx, account, look)?;
    record(tx, actor, Entry::new("queue.look", SubjectKind::Account, account))
}

/// What the terms mean for this actor now.
///
/// # Errors
/// The database's.
pub fn meant(tx: &mut Tx<'_>, actor: &Actor, terms: &Terms) -> Result<Filter> {
    let (now, hours) = (tx.now(), SignedDuration::from_hours);
    let mut organisations = terms.organisation.map(|organisation| vec![organisation]);
    if let Some(district) = terms.district {
        let inside = directory::in_district(tx, district)?;
        organisations = Some(match organisations {
            Some(one) => one.into_iter().filter(|one| inside.contains(one)).collect(),
            None => inside,
        });
    }
    let is_called = terms.whose == Some(Whose::Mentioned);
    Ok(Filter {
        // Who was called finds the case wherever it is.
        open: (!is_called).then_some(true),
        status: terms.status,
        priority_at_most: terms.priority_at_most,
        class: terms.class,
        category: terms.category,
        organisations,
        assignee: match terms.whose {
            Some(Whose::Mine) => Some(actor.account),
            Some(Whose::Nobodys) => Some(None),
            Some(Whose::Absent | Whose::Mentioned) | None => None,
        },
        assignees: match terms.whose {
            Some(Whose::Absent) => {
                Some(absence::now(tx)?.into_iter().map(|absence| absence.account).collect())
            }
            _ => None,
        },
        mentioned: actor.account.filter(|_| is_called),
        due_before: terms.due.map(|due| match due {
            Due::Late => now,
            Due::Day => now + hours(24),
            Due::Week => now + hours(7 * 24),
        }),
        with_waiting: is_called || terms.waiting == Some(Waiting::Also),
        waiting_only: terms.waiting == Some(Waiting::Only),
        real_only: terms.drills == Some(Drills::Without),
        drills_only: terms.drills == Some(Drills::Only),
        danger_only: terms.danger,
        personal_data_only: terms.personal_data,
        text: Some(terms.text.clone()).filter(|text| !text.is_empty()),
        sort: terms.sort,
    })
}

/// What a row says beside its columns.
#[derive(Debug, Default)]
pub struct Signs {
    /// Of these something was heard since the actor last opened them, or they never did.
    pub unread: HashSet<IncidentId>,
    /// Of these a report says that people are in danger.
    pub danger: HashSet<IncidentId>,
    /// To these a note calls the actor.
    pub mentioned: HashSet<IncidentId>,
}

/// A page of the actor's queue with its signs. Whoever does not work on cases has nothing to read.
///
/// # Errors
/// As [`incidents::list`].
pub fn queue(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &Filter,
    cursor: Option<&str>,
    limit: i64,
) -> Result<(Page<Row>, Signs)> {
    let (page, told) = incidents::queue(tx, (actor, account(actor)?), filter, cursor, limit)?;
    let works = may_arrange(tx, actor);
    let mut signs = Signs::default();
    for (row, sign) in page.rows.iter().zip(&told) {
        if sign.is_danger {
            signs.danger.insert(row.id);
        }
        if works && sign.is_mentioned {
            signs.mentioned.insert(row.id);
        }
        if works && !sign.is_read {
            signs.unread.insert(row.id);
        }
    }
    Ok((page, signs))
}

/// The actor has the case open, so nothing of it is unread; whoever was called to it has come.
///
/// # Errors
/// The database's.
pub fn opened(tx: &mut Tx<'_>, actor: &Actor, id: IncidentId) -> Result<()> {
    let Some(account) = actor.account else { return Ok(()) };
    if may_arrange(tx, actor) {
        timeline::met(tx, account, id)?;
    }
    cases::mark_seen(tx, account, id)
}

/// Counts of this process, by account: as long as no case changed, and not for long, they are not counted again.
#[derive(Debug, Default)]
pub struct Memo(Mutex<HashMap<AccountId, Counted>>);

#[derive(Debug)]
struct Counted {
    /// When an open and a closed case last changed.
    changed: (Option<Timestamp>, Option<Timestamp>),
    at: Timestamp,
    terms: Vec<Terms>,
    counts: Vec<Option<Count>>,
}

/// How many cases each of these has, for the actor; nothing for those that look for words. The head of the queue is
/// read once for all of them, whatever their number.
///
/// # Errors
/// The database's.
pub fn counts(tx: &mut Tx<'_>, actor: &Actor, stand: &Stand, terms: &[Terms]) -> Result<Vec<Option<Count>>> {
    let mut counts = kept_counts(tx, actor, terms, stand.changed)?;
    // Who opens a case to which they were called changes nothing of it; and these are few, mostly none.
    let most = i64::try_from(TOLD).unwrap_or(i64::MAX);
    for (count, terms) in counts.iter_mut().zip(terms) {
        if terms.whose == Some(Whose::Mentioned) && terms.text.is_empty() {
            let mut found = 0;
            if stand.is_called {
                let filter = meant(tx, actor, terms)?;
                let scope = policy::scope(tx, actor)?;
                found = usize::try_from(cases::count(tx, &scope, &filter, most + 1)?).unwrap_or_default();
            }
            *count = Some(if found > TOLD { Count::Over(TOLD) } else { Count::Exactly(found) });
        }
    }
    Ok(counts)
}

fn kept_counts(
    tx: &mut Tx<'_>,
    actor: &Actor,
    terms: &[Terms],
    changed: (Option<Timestamp>, Option<Timestamp>),
) -> Result<Vec<Option<Count>>> {
    let (account, now) = (account(actor)?, tx.now());
    let memo = tx.provided::<Memo>();
    if let Some(memo) = memo {
        let kept = memo.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.get(&account)
            && kept.changed == changed
            && (kept.at..kept.at + KEPT).contains(&now)
            && kept.terms == terms
        {
            return Ok(kept.counts.clone());
        }
    }
    let counts = count(tx, actor, terms)?;
    if let Some(memo) = memo {
        let counted = Counted { changed, at: now, terms: terms.to_vec(), counts: counts.clone() };
        memo.0.lock().unwrap_or_else(PoisonError::into_inner).insert(account, counted);
    }
    Ok(counts)
}

fn count(tx: &mut Tx<'_>, actor: &Actor, terms: &[Terms]) -> Result<Vec<Option<Count>>> {
    let filters: Vec<Filter> = terms.iter().map(|terms| meant(tx, actor, terms)).collect::<Result<_>>()?;
    let scope = policy::scope(tx, actor)?;
    let mut head = cases::briefs(tx, &scope, LOOKED_AT + 1)?;
    let looked_at = usize::try_from(LOOKED_AT).unwrap_or(usize::MAX);
    let is_cut = head.len() > looked_at;
    head.truncate(looked_at);
    let ids: Vec<IncidentId> = head.iter().map(|case| case.id).collect();
    if filters.iter().any(|filter| filter.danger_only) {
        let danger = cases::in_danger(tx, &ids)?;
        head.iter_mut().for_each(|case| case.is_danger = danger.contains(&case.id));
    }
    if filters.iter().any(|filter| filter.personal_data_only) {
        let personal = cases::with_personal_data(tx, &ids)?;
        head.iter_mut().for_each(|case| case.has_personal_data = personal.contains(&case.id));
    }
    let now = tx.now();
    let counted = |filter: &Filter| {
        if filter.text.is_some() || filter.mentioned.is_some() {
            return None;
        }
        let found = head.iter().filter(|case| filter.holds(case, now)).count();
        Some(match found {
            many if many > TOLD => Count::Over(TOLD),
            some if is_cut => Count::AtLeast(some),
            all => Count::Exactly(all),
        })
    };
    Ok(filters.iter().map(counted).collect())
}
