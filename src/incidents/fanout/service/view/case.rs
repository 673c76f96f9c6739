//! What a question means to its case, whoever looks.

use std::collections::HashSet;

use crate::core::error::Result;
use crate::core::ids::{IncidentId, OrgId};
use crate::incidents::fanout::model::{Answer, Asked, Counts, Fanout};
use crate::incidents::fanout::service::asked_of;
use crate::incidents::fanout::store;
use crate::incidents::model::{Involvement, Part};
use crate::incidents::store as cases;
use crate::store::Tx;

/// What the answers in a case come to, for its page; nothing where nobody was asked.
///
/// # Errors
/// The database's.
pub fn summary(tx: &mut Tx<'_>, case: IncidentId) -> Result<Option<(Fanout, Counts)>> {
    let Some(fanout) = store::of_case(tx, case)? else { return Ok(None) };
    let asked = store::asked_of(tx, fanout.id, None)?;
    Ok(Some((fanout, Counts::of(&asked))))
}

/// Whether one of these organisations is asked in the case by this CERT.
pub(in crate::incidents) fn is_asked(
    tx: &mut Tx<'_>,
    case: IncidentId,
    organisations: &[OrgId],
) -> Result<bool> {
    match store::of_case(tx, case)? {
        Some(fanout) => Ok(!asked_of(tx, &fanout, organisations)?.is_empty()),
        None => Ok(false),
    }
}

/// Those whom the case concerns by what they said, as if they had a part in it: affected, or not sure. They know of it
/// since they were asked.
///
/// # Errors
/// The database's.
pub fn concerned(tx: &mut Tx<'_>, case: IncidentId) -> Result<Vec<Involvement>> {
    let Some(fanout) = store::of_case(tx, case)? else { return Ok(Vec::new()) };
    let parties = cases::involvements_of(tx, case)?;
    let parties = parties.into_iter().filter(|it| matches!(it.part, Part::Reporter | Part::Affected));
    let there: HashSet<OrgId> = parties.map(|it| it.organisation).collect();
    let asked = store::asked_of(tx, fanout.id, None)?;
    let concerns = |one: &Asked| {
        let answer = one.answer.as_ref().map(|said| said.answer);
        !one.is_abroad
            && matches!(answer, Some(Answer::Affected | Answer::Unclear))
            && !there.contains(&one.organisation)
    };
    Ok(asked
        .into_iter()
        .filter(concerns)
        .map(|one| Involvement {
            organisation: one.organisation,
            part: Part::Affected,
            affectedness: one.answer.map_or("unclear", |said| said.answer.code()).to_owned(),
            aware_at: Some(fanout.started_at),
            added_at: fanout.started_at,
        })
        .collect())
}
