//! What somebody of a town hall has still to set up, as a list on the start page until all is done.

use jiff::Timestamp;

use crate::access::service::factors;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::directory::service::{self as directory, House};
use crate::store::Tx;

/// One step of the way from the invitation to the first report.
pub(super) struct Step {
    /// The Fluent key of its name.
    pub label: &'static str,
    /// For which organisation, where there are several.
    pub of: Option<String>,
    /// Where it is done; none for what is done.
    pub href: Option<String>,
    /// Where somebody says that it is done, if no page can know.
    pub said_at: Option<String>,
    pub done_at: Option<Timestamp>,
    pub is_done: bool,
}

/// The steps of this person, or nothing where all are done.
pub(super) fn steps(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Step>> {
    let houses = directory::own_houses(tx, actor)?;
    let factor = factors::own(tx, actor)?.since;
    let mut steps = vec![
        Step {
            label: "desk-setup-account",
            of: None,
            href: None,
            said_at: None,
            done_at: None,
            is_done: true,
        },
        step("desk-setup-factor", None, "/konto/zweiter-faktor".to_owned(), factor),
    ];
    let are_several = houses.len() > 1;
    for House { id, name, has_card, data_at, card_at } in houses {
        let of = are_several.then_some(name);
        let data = format!("/register/{id}/angaben");
        steps.push(step("desk-setup-data", of.clone(), data, data_at));
        if has_card {
            let card = format!("/register/{id}/notfallkarte");
            let said_at = card_at.is_none().then(|| format!("{card}/gedruckt"));
            steps.push(Step { said_at, ..step("desk-setup-card", of, card, card_at) });
        }
    }
    if steps.iter().all(|step| step.is_done) { Ok(Vec::new()) } else { Ok(steps) }
}

/// A step that is done at `page`.
fn step(label: &'static str, of: Option<String>, page: String, done_at: Option<Timestamp>) -> Step {
    let is_done = done_at.is_some();
    Step { label, of, href: Some(page).filter(|_| !is_done), said_at: None, done_at, is_done }
}
