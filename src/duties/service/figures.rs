//! The statistical report of a month.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::access::policy::{Action, Facts, check};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::core::when;
use crate::duties::vcv::Figures;
use crate::incidents::service as incidents;
use crate::store::Tx;

/// The cases of the month that this day begins, by category and class: as far as they exist for the actor, without
/// drills, false alarms and what is part of another case.
///
/// # Errors
/// The policy's.
pub fn figures(tx: &mut Tx<'_>, actor: &Actor, month: Date) -> Result<Figures> {
    check(tx, actor, Action::ShowFigures, Facts::of(actor))?;
    let begin = |day: Date| day.to_zoned(when::zone()).map(|zoned| zoned.timestamp());
    let odd = |error: jiff::Error| Error::Internal(format!("a month: {error}"));
    let from = begin(month).map_err(odd)?;
    let until = month.checked_add(1.month()).and_then(begin).map_err(odd)?;
    Ok(Figures::of(&incidents::counted(tx, actor, from, until)?))
}
