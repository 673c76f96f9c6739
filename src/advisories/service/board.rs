//! The state of every delivery of a version: one row for each recipient, by district, and whom to call.

use super::{facts, load};
use crate::access::policy::{self, Action};
use crate::advisories::model::{Delivery, DeliveryState, Reference, Version};
use crate::advisories::store;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::directory;
use crate::store::Tx;

/// A recipient on the board.
#[derive(Debug, Clone)]
pub struct BoardRow {
    pub delivery: Delivery,
    /// The district's sign, empty where there is none.
    pub sign: String,
    /// Empty where the register has none.
    pub phone: String,
}

/// How many deliveries are in which state. The sum is always the number of recipients.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally([usize; DeliveryState::ALL.len()]);

impl Tally {
    /// Counts the states of some rows.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a BoardRow>) -> Self {
        let mut tally = Self::default();
        for row in rows {
            tally.0[row.delivery.state as usize] += 1;
        }
        tally
    }

    /// How many are in this state.
    #[must_use]
    pub fn count(&self, state: DeliveryState) -> usize {
        self.0[state as usize]
    }

    /// How many there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }
}

/// The delivery page's facts.
#[derive(Debug, Clone)]
pub struct Board {
    pub version: Version,
    /// One for each recipient; those to be called first, then by name.
    pub rows: Vec<BoardRow>,
}

impl Board {
    /// How it stands as a whole.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally::of(&self.rows)
    }

    /// Whom no mail reached.
    #[must_use]
    pub fn to_call(&self) -> Vec<&BoardRow> {
        self.rows.iter().filter(|row| row.delivery.state.is_to_be_called()).collect()
    }
}

/// How the delivery of an advisory stands: of its newest version, or of the one that is out while a next one is written.
///
/// # Errors
/// The policy's.
pub fn deliveries(tx: &mut Tx<'_>, actor: &Actor, reference: &Reference) -> Result<Board> {
    let version = load(tx, reference)?;
    let facts = facts(tx, actor, &version)?;
    policy::check(tx, actor, Action::ShowDeliveries, facts)?;
    let out = if version.approved_at.is_none() { store::lookup_previous(tx, &version)? } else { None };
    let version = out.unwrap_or(version);
    let found = store::deliveries(tx, version.id)?;
    let organisations: Vec<_> = found.iter().map(|delivery| delivery.organisation).collect();
    let names = directory::service::names(tx, &organisations)?;
    let phones = directory::service::phones(tx, &organisations)?;
    let mut rows: Vec<_> = found
        .into_iter()
        .map(|delivery| BoardRow {
            sign: names.get(&delivery.organisation).map(|name| name.sign.clone()).unwrap_or_default(),
            phone: phones.get(&delivery.organisation).cloned().unwrap_or_default(),
            delivery,
        })
        .collect();
    rows.sort_by_key(|row| !row.delivery.state.is_to_be_called());
    Ok(Board { version, rows })
}
