//! What somebody of a town hall has still to set up, as a list on the start page until all is done.

use jiff::Timestamp;

use crate::access::service::factors;
use crate::core::actor::Actor;
use crate::core::error::Result;
use crate::directory::model::Confirmed;
use crate::directory::service as directory;
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
    let own = actor.organisations();
    let names = directory::names(tx, &own)?;
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
        Step {
            label: "desk-setup-factor",
            of: None,
            href: factor.is_none().then(|| "/konto/zweiter-faktor".to_owned()),
            said_at: None,
            done_at: factor,
            is_done: factor.is_some(),
        },
    ];
    for org in &own {
        let of = names.get(org).filter(|_| own.len() > 1).map(|name| name.name.clone());
        for (what, label, page) in [
            (Confirmed::Data, "desk-setup-data", "angaben"),
            (Confirmed::Card, "desk-setup-card", "notfallkarte"),
        ] {
            let confirmed = directory::confirmed(tx, *org, what)?.map(|confirmed| confirmed.at);
            let page = Some(format!("/register/{org}/{page}")).filter(|_| confirmed.is_none());
            steps.push(Step {
                label,
                of: of.clone(),
                said_at: page
                    .as_ref()
                    .filter(|_| what == Confirmed::Card)
                    .map(|page| format!("{page}/gedruckt")),
                href: page,
                done_at: confirmed,
                is_done: confirmed.is_some(),
            });
        }
    }
    if steps.iter().all(|step| step.is_done) { Ok(Vec::new()) } else { Ok(steps) }
}
