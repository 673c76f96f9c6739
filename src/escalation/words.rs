//! What plans say, in German.

use super::foresight::Foreseen;
use super::plan::{Of, Whom};
use crate::core::i18n::{Lang, text, text_with};
use crate::directory::model::Kind;

/// For what a plan was chosen.
pub fn why(of: &Of) -> String {
    let mut said = vec![match of.priority {
        Some(priority) => {
            text_with(Lang::De, "escalation-priority", &[("priority", i64::from(priority).into())])
        }
        None => text(Lang::De, "escalation-priority-none"),
    }];
    if let Some(class) = &of.class {
        said.push(text(Lang::De, &format!("incident-class-{}", class.replace('_', "-"))));
    }
    if let Some(kind) = of.kind.as_deref().and_then(Kind::parse) {
        said.push(text(Lang::De, kind.label()));
    }
    said.join(", ")
}

/// Whom a step reaches; `name` is that of the organisation that it names now, or of whoever is on call.
pub fn whom(whom: &Whom, name: Option<&str>) -> String {
    let key = match whom {
        Whom::CertTeam => "escalation-whom-team",
        Whom::CertLead => "escalation-whom-lead",
        Whom::OnCall => "escalation-whom-on-call",
        Whom::ReporterOrganisation => "escalation-whom-reporter",
        Whom::Provider => "escalation-whom-provider",
        Whom::StateLeadership => "escalation-whom-state",
        Whom::Key(_) | Whom::Chosen => "escalation-whom-other",
    };
    match name {
        Some(name) if *whom == Whom::OnCall => {
            text_with(Lang::De, "escalation-whom-on-call-is", &[("name", name.into())]).into_owned()
        }
        Some(name) => name.to_owned(),
        None => text(Lang::De, key).into_owned(),
    }
}

/// The Fluent key of what will happen, and its tone.
pub fn foreseen(what: Foreseen) -> (&'static str, &'static str) {
    match what {
        Foreseen::Notified => ("escalation-foreseen-notified", "info"),
        Foreseen::Again => ("escalation-foreseen-again", "info"),
        Foreseen::Overtaken => ("escalation-foreseen-overtaken", "warn"),
        Foreseen::WaitsForApproval => ("escalation-foreseen-approval", "warn"),
    }
}
