//! The routes of this feature.

use actix_web::web::{ServiceConfig, resource};

use super::{actions, audit, incident, queue, queues, start};

/// Registers the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/").get(start::show))
        .service(resource("/eingang").get(queue::show))
        .service(resource("/vorgaenge/{reference}").get(incident::show))
        .service(resource("/vorgaenge/{reference}/einstufung").post(actions::triage))
        .service(resource("/vorgaenge/{reference}/zuweisung").post(actions::assign))
        .service(resource("/vorgaenge/{reference}/status").post(actions::set_status))
        .service(resource("/vorgaenge/{reference}/wiedervorlage").post(actions::wait))
        .service(resource("/vorgaenge/{reference}/abschluss").post(actions::close))
        .service(resource("/vorgaenge/{reference}/wiederaufnahme").post(actions::reopen))
        .service(resource("/vorgaenge/{reference}/beschraenkung").post(actions::restrict))
        .service(resource("/vorgaenge/{reference}/nachricht").post(actions::message))
        .service(resource("/vorgaenge/{reference}/bestaetigung").post(actions::confirm))
        .service(resource("/vorgaenge/{reference}/eskalation").post(actions::escalate))
        .service(resource("/vorgaenge/{reference}/eskalation/{step}/bestaetigung").post(actions::acknowledge))
        .service(resource("/protokoll").get(audit::show))
        .service(resource("/protokoll/ausfuhr").get(audit::export))
        .service(resource("/warteschlangen").get(queues::show))
        .service(resource("/warteschlangen/mail/{id}").post(queues::send_again))
        .service(resource("/warteschlangen/mail/{id}/alle").post(queues::send_alike_again))
        .service(resource("/warteschlangen/auftrag/{id}").post(queues::revive));
}
