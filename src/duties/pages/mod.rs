//! The duties of a case, the draft of each report with what was noted about it, what binds an organisation, and the
//! figures of a month.

mod draft;
mod figures;
mod house;
mod list;

use actix_web::web::{self, ServiceConfig};
use jiff::Timestamp;

use super::rule::Standing;
use super::service::Which;
use super::term::Term;

/// The routes of these pages.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(web::resource("/vorgaenge/{reference}/pflichten").get(list::show))
        .service(
            web::resource("/vorgaenge/{reference}/pflichten/{stelle}/{regel}/{stufe}.pdf").get(draft::print),
        )
        .service(
            web::resource("/vorgaenge/{reference}/pflichten/{stelle}/{regel}/{stufe}.json")
                .get(draft::structured),
        )
        .service(
            web::resource("/vorgaenge/{reference}/pflichten/{stelle}/{regel}/{stufe}/vermerk")
                .post(draft::mark),
        )
        .service(
            web::resource("/vorgaenge/{reference}/pflichten/{stelle}/{regel}/{stufe}")
                .get(draft::show)
                .post(draft::save),
        )
        .service(web::resource("/statistik").get(figures::show))
        .service(web::resource("/statistik.csv").get(figures::table))
        .service(web::resource("/register/{id}/pflichten").get(house::show).post(house::save))
        .service(web::resource("/register/{id}/pflichten/{regel}").get(house::rule).post(house::decide));
}

/// Where a stage stands, in a word and a tone.
struct Stands {
    key: &'static str,
    tone: &'static str,
    /// When it is or was due, where a date says it.
    due_at: Option<Timestamp>,
    /// Whether it is due without delay.
    is_at_once: bool,
    sent_at: Option<Timestamp>,
}

impl Stands {
    fn of(standing: Standing, within: Term) -> Self {
        let (key, tone) = match standing {
            Standing::Waits => ("duty-waits", ""),
            Standing::Runs { .. } => ("duty-runs", "info"),
            Standing::Late { .. } => ("duty-late", "danger"),
            Standing::Sent { .. } if standing.was_late() => ("duty-sent-late", "warn"),
            Standing::Sent { .. } => ("duty-sent", "ok"),
            Standing::Void => ("duty-void", ""),
        };
        let sent_at = match standing {
            Standing::Sent { at, .. } => Some(at),
            _ => None,
        };
        let is_at_once = within == Term::AtOnce && standing.due_at().is_some();
        Self { key, tone, due_at: standing.due_at().filter(|_| !is_at_once), is_at_once, sent_at }
    }
}

fn address(reference: &str, which: &Which) -> String {
    let Which { organisation, rule_set, stage } = which;
    format!("/vorgaenge/{reference}/pflichten/{organisation}/{rule_set}/{stage}")
}
