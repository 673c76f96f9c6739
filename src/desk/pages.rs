//! The routes of this feature.

use actix_web::web::{ServiceConfig, resource};

use super::{actions, audit, crisis, incident, keys, live, palette, queue, queues, start};

/// Registers the triage queue.
pub fn queue(cfg: &mut ServiceConfig) {
    cfg.configure(queue::configure).service(resource("/eingang/live").get(live::queue));
}

/// Registers the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(resource("/").get(start::show))
        .service(resource("/befehle").get(palette::show))
        .service(resource("/tasten").get(keys::show))
        .service(resource("/vorgaenge/{reference}").get(incident::show))
        .service(resource("/vorgaenge/{reference}/live").get(live::case))
        .service(resource("/vorgaenge/{reference}/vorgang.pdf").get(incident::download))
        .service(resource("/vorgaenge/{reference}/vorgang.zip").get(incident::archive))
        .service(resource("/vorgaenge/{reference}/einstufung").post(actions::triage))
        .service(resource("/vorgaenge/{reference}/zuweisung").post(actions::assign))
        .service(resource("/vorgaenge/{reference}/uebergabe").post(actions::read_handover))
        .service(resource("/vorgaenge/{reference}/status").post(actions::set_status))
        .service(resource("/vorgaenge/{reference}/wiedervorlage").post(actions::wait))
        .service(resource("/vorgaenge/{reference}/abschluss").post(actions::close))
        .service(resource("/vorgaenge/{reference}/wiederaufnahme").post(actions::reopen))
        .service(resource("/vorgaenge/{reference}/beschraenkung").post(actions::restrict))
        .service(resource("/vorgaenge/{reference}/nachricht").post(actions::message))
        .service(resource("/vorgaenge/{reference}/baustein").post(actions::block))
        .service(resource("/vorgaenge/{reference}/vorschau").post(actions::preview))
        .service(resource("/vorgaenge/{reference}/anheftung").post(actions::pin))
        .service(resource("/vorgaenge/{reference}/bestaetigung").post(actions::confirm))
        .service(resource("/vorgaenge/{reference}/eskalation").post(actions::escalate))
        .service(resource("/vorgaenge/{reference}/eskalation/{step}/bestaetigung").post(actions::acknowledge))
        .service(resource("/register/{id}/krise").get(crisis::show))
        .service(resource("/register/{id}/krise.pdf").get(crisis::download))
        .service(resource("/register/{id}/offline").get(crisis::new).post(crisis::mark))
        .service(resource("/register/{id}/rueckruf").post(crisis::release))
        .service(resource("/register/{id}/offline/aufheben").post(crisis::lift))
        .service(resource("/protokoll").get(audit::show))
        .service(resource("/protokoll/ausfuhr").get(audit::export))
        .service(resource("/warteschlangen").get(queues::show))
        .service(resource("/warteschlangen/mail/{id}").post(queues::send_again))
        .service(resource("/warteschlangen/mail/{id}/alle").post(queues::send_alike_again))
        .service(resource("/warteschlangen/auftrag/{id}").post(queues::revive));
}
