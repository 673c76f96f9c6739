//! What each sees of a question: the team all of it, the provider numbers and those whose mandate it holds, an organisation
//! that is asked its own.

mod case;
mod house;
mod source;
mod team;

pub(in crate::incidents) use case::is_asked;
pub use case::{concerned, summary};
pub(in crate::incidents) use house::met;
pub use house::{HouseView, Waiting, asks, list};
pub use source::SourceView;
pub(in crate::incidents::fanout::service) use source::open_source;
pub use team::{PartView, Row, TeamView, part, sources, table};

use self::house::house;
use self::source::source;
use self::team::team;
use super::{Counted, count};
use crate::access::policy::{Action, may};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::store::Tx;

/// Who looks decides what is seen.
#[derive(Debug, Clone)]
pub enum Seen {
    Team(Box<TeamView>),
    Source(Box<SourceView>),
    House(Box<HouseView>),
}

/// A question for whoever looks; that it was looked at is recorded.
///
/// # Errors
/// The policy's; [`Error::NotFound`] where nobody was asked yet, but for the team.
pub fn seen(tx: &mut Tx<'_>, actor: &Actor, reference: &str) -> Result<Seen> {
    match count(tx, actor, reference) {
        Ok(Counted { incident, facts, fanout }) if may(tx, actor, Action::ReadTeamNotes, facts) => {
            let may_ask = may(tx, actor, Action::FanOut, facts);
            team(tx, actor, incident, fanout, may_ask).map(|view| Seen::Team(Box::new(view)))
        }
        Ok(counted) => {
            let fanout = counted.fanout.ok_or(Error::NotFound)?;
            source(tx, actor, counted.incident, fanout).map(|view| Seen::Source(Box::new(view)))
        }
        Err(Error::NotFound | Error::Forbidden(_)) => {
            house(tx, actor, reference).map(|view| Seen::House(Box::new(view)))
        }
        Err(error) => Err(error),
    }
}
