//! One organisation with all that belongs to it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Site, framed, german, id};
use crate::access::guard::Visitor;
use crate::core::i18n::grouped;
use crate::core::ids::OrgId;
use crate::core::tlp::Tlp;
use crate::directory::model::{Certificate, Contact, Enrolment, Organisation, Phone, today};
use crate::directory::service::{self, OrganisationView};
use crate::mail::way::{Way, Why};
use crate::web::{Failure, Shell};

/// A contact with what its certificate says.
struct ContactView {
    contact: Contact,
    /// The certificate's addresses.
    addresses: String,
    /// Whether the certificate was issued for another address than the contact's.
    other_address: bool,
    /// The Fluent key of what it gets of what is above TLP:GREEN; none where it gets no mail.
    gets: Option<&'static str>,
}

/// One line of what is stated of an organisation.
struct Fact {
    /// The Fluent key of its name.
    label: &'static str,
    value: String,
    href: Option<String>,
    /// An official key, whose digits are read one by one.
    is_code: bool,
}

#[derive(Template)]
#[template(path = "directory/templates/organisation.html")]
struct Body<'a> {
    sh: &'a Shell,
    org: &'a Organisation,
    view: &'a OrganisationView,
    facts: Vec<Fact>,
    contacts: Vec<ContactView>,
    steps: Vec<Enrolment>,
    dense: bool,
}

impl Body<'_> {
    fn local_day(at: &Timestamp) -> String {
        german(today(*at))
    }

    /// A page below the organisation's.
    fn path(&self, page: &str) -> String {
        format!("/register/{}/{page}", self.org.id)
    }

    /// A link that dials; empty for what is no number.
    fn dial(phone: &str) -> String {
        Phone::parse(phone).map(|phone| format!("tel:{}", phone.dial())).unwrap_or_default()
    }

    /// Whether a key that still holds ends soon.
    fn ends_soon(&self, until: &Timestamp) -> bool {
        *until > self.sh.now && until.duration_since(self.sh.now) <= service::ENDS_SOON
    }

    fn is_past(&self, day: &Option<Date>) -> bool {
        day.is_some_and(|day| day <= today(self.sh.now))
    }

    /// The Fluent key of the button that leads to a state.
    fn step_label(&self, next: &Enrolment) -> &'static str {
        match (self.org.enrolment, next) {
            (Enrolment::Suspended, Enrolment::Enrolled) => "directory-step-resume",
            (_, Enrolment::Known) => "directory-step-withdraw",
            (_, Enrolment::Invited) => "directory-step-invite",
            (_, Enrolment::Enrolled) => "directory-step-enrol",
            (_, Enrolment::Suspended) => "directory-step-suspend",
        }
    }
}

/// `GET /register/{id}`.
pub async fn show(site: Site, visitor: Visitor, path: web::Path<String>) -> Result<HttpResponse, Failure> {
    let org: OrgId = id(&path)?;
    let actor = visitor.actor.clone();
    let view = site.db.read(move |tx| service::view(tx, &actor, org)).await?;
    let sh = visitor.shell(format!(
        "{} · {}",
        view.organisation.name,
        visitor.shell_of("directory-list-title").title
    ));
    let contacts = view.contacts.iter().cloned().map(|contact| certified(contact, sh.now)).collect();
    let steps = if view.may_enrol && view.is_valid {
        service::enrolment_steps(&view.organisation)
    } else {
        Vec::new()
    };
    let dense = visitor.actor.is_cert();
    let facts = facts(&sh, &view, dense);
    let body = Body { sh: &sh, org: &view.organisation, view: &view, facts, contacts, steps, dense };
    framed(&visitor, StatusCode::OK, &sh, &body)
}

/// What is stated of the organisation. Only the CERT's page leads on to other organisations.
fn facts(sh: &Shell, view: &OrganisationView, dense: bool) -> Vec<Fact> {
    let org = &view.organisation;
    let name = |id: &OrgId| view.names.get(id).map(|name| name.name.clone()).unwrap_or_default();
    let href = |id: OrgId| dense.then(|| format!("/register/{id}"));
    let plain = |label, value: String| Fact { label, value, href: None, is_code: false };
    let key = |label, value: &Option<String>| {
        value.clone().map(|value| Fact { label, value, href: None, is_code: true })
    };
    let by = org.administered_by;
    let since = sh.tn("directory-since", "day", german(org.valid_from));
    let valid = match org.valid_until {
        Some(until) => format!("{since}, {}", sh.tn("directory-until", "day", german(until))),
        None => since.into_owned(),
    };
    let source = if org.is_by_hand() { sh.t("directory-by-hand").into_owned() } else { org.source.clone() };
    let enrolled = || {
        let since = sh.tn("directory-since", "day", german(today(org.enrolment_at)));
        plain("directory-enrolment", format!("{}, {since}", sh.t(org.enrolment.label())))
    };
    let district = org.district.filter(|district| *district != org.id);
    // Of most municipalities the official register has the postcode alone.
    let seat = match (org.postcode.as_str(), org.seat.as_str()) {
        (postcode, "") => plain("directory-postcode", postcode.to_owned()),
        ("", seat) => plain("directory-seat", seat.to_owned()),
        (postcode, seat) => plain("directory-seat", format!("{postcode} {seat}")),
    };
    let all = [
        by.map(|by| Fact { href: href(by), ..plain("directory-administered-by", name(&by)) }),
        district.map(|id| plain("directory-district", format!("{} ({})", name(&id), org.sign))),
        key(if dense { "directory-ags-short" } else { "directory-ags" }, &org.ags),
        key(if dense { "directory-ars-short" } else { "directory-ars" }, &org.ars),
        key("directory-second-key", &org.second_key),
        Some(plain("directory-level", sh.t(org.level.label()).into_owned())),
        Some(seat),
        org.population.map(|people| plain("directory-col-population", grouped(people))),
        Some(plain("directory-valid", valid)),
        Some(plain("directory-source", source)),
        org.is_administration.then(enrolled),
    ];
    all.into_iter().flatten().filter(|fact| !fact.value.is_empty()).collect()
}

fn certified(contact: Contact, now: Timestamp) -> ContactView {
    let addresses = contact.certificate.as_deref().map(Certificate::addresses_of).unwrap_or_default();
    let other_address = contact.certificate.is_some() && !addresses.contains(&contact.mail);
    let gets = gets(&contact, now);
    ContactView { addresses: addresses.join(", "), other_address, gets, contact }
}

/// What it would get today, by the same table as the outbox.
fn gets(contact: &Contact, now: Timestamp) -> Option<&'static str> {
    if contact.mail.is_empty() {
        return None;
    }
    Some(match contact.on_file().way(Tlp::Amber, now).0 {
        Way::Sealed if contact.is_function => "directory-contact-gets-sealed-function",
        Way::Sealed => "directory-contact-gets-sealed",
        Way::Pointer(Why::NoKey) => "directory-contact-no-key",
        Way::Pointer(_) | Way::Clear => "directory-contact-gets-pointer",
    })
}
