//! Which sections somebody sees. Convenience only: each page asks the policy by itself.

use crate::access::factor;
use crate::core::actor::{Actor, Role};
use crate::web::Link;

/// The sections of an actor, in the order of daily use; while the second factor is missing, those that are open.
pub(super) fn sections(actor: &Actor, is_whole: bool) -> Vec<Link> {
    use Role::{Administrator, Analyst, Approver, Auditor, CertLead, OrgLead, Reporter};
    let all: [(&str, &'static str, &[Role]); 14] = [
        ("/eingang", "access-nav-queue", &[Analyst, CertLead, Auditor]),
        ("/aufgaben", "access-nav-tasks", &[Analyst, CertLead]),
        ("/posteingang", "access-nav-mailbox", &[Analyst, CertLead, Auditor]),
        ("/telefon", "access-nav-calls", &[Analyst, CertLead]),
        ("/vorgaenge", "access-nav-incidents", &[Reporter, OrgLead]),
        ("/melden", "access-nav-report", &[Reporter, OrgLead]),
        (
            "/warnmeldungen",
            "access-nav-advisories",
            &[Reporter, OrgLead, Analyst, Approver, CertLead, Auditor],
        ),
        ("/register", "access-nav-directory", &[Analyst, Approver, CertLead, Auditor, Administrator]),
        ("/register/meine", "access-nav-own", &[Reporter, OrgLead]),
        ("/statistik", "access-nav-figures", &[Analyst, CertLead, Auditor]),
        ("/konten", "access-nav-accounts", &[Administrator, Auditor, OrgLead]),
        ("/protokoll", "access-nav-audit", &[Auditor, CertLead]),
        ("/warteschlangen", "access-nav-queues", &[Administrator]),
        ("/konto", "access-nav-account", &Role::ALL),
    ];
    let seen = all.into_iter().filter(|(_, _, roles)| roles.iter().any(|role| actor.has(*role)));
    let open = seen.filter(|(href, _, _)| is_whole || factor::is_open(&actor.roles, href));
    open.map(|(href, key, _)| Link::new(href, key)).collect()
}
