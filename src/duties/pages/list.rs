//! All duties of a case.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use jiff::Timestamp;

use super::{Stands, address};
use crate::access::guard::Visitor;
use crate::core::i18n::{Lang, text};
use crate::directory::service as directory;
use crate::duties::model::Duty;
use crate::duties::rule::Applies;
use crate::duties::service::{self, Shown, Which};
use crate::web::site::Site;
use crate::web::{Failure, Shell};

struct StepView {
    name: String,
    href: String,
    stands: Stands,
    source: String,
    reading: String,
}

struct DutyView {
    name: String,
    /// Of which organisation, for the team.
    house: String,
    recipient: String,
    why: String,
    is_open: bool,
    is_over: bool,
    aware_at: Timestamp,
    steps: Vec<StepView>,
}

struct ListView {
    reference: String,
    is_drill: bool,
    /// Whether the duties are of several organisations.
    names_houses: bool,
    is_team: bool,
    duties: Vec<DutyView>,
}

#[derive(Template)]
#[template(path = "duties/templates/list_cert.html")]
struct DenseList {
    sh: Shell,
    p: ListView,
}

#[derive(Template)]
#[template(path = "duties/templates/list_calm.html")]
struct CalmList {
    sh: Shell,
    p: ListView,
}

pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    path: Path<String>,
) -> Result<HttpResponse, Failure> {
    let (actor, reference) = (visitor.require()?.clone(), path.into_inner());
    let (shown, names) = site
        .db
        .write(move |tx| {
            let shown = service::show(tx, &actor, &reference)?;
            let ids: Vec<_> = shown.duties.iter().map(|duty| duty.organisation).collect();
            Ok((shown, directory::names(tx, &ids)?))
        })
        .await?;
    let Shown { case, duties, is_team, .. } = shown;
    let view = |duty: Duty| {
        let steps = duty.steps.iter().map(|step| StepView {
            name: step.stage.name.clone(),
            href: address(
                &case.reference,
                &Which {
                    organisation: duty.organisation,
                    rule_set: duty.set.key.clone(),
                    stage: step.stage.key.clone(),
                },
            ),
            stands: Stands::of(step.standing, step.stage.within),
            source: step.stage.source.clone(),
            reading: step.stage.reading.clone(),
        });
        DutyView {
            steps: steps.collect(),
            house: names.get(&duty.organisation).map(|name| name.name.clone()).unwrap_or_default(),
            name: duty.set.name,
            recipient: duty.set.recipient,
            why: duty.why,
            is_open: duty.applies == Applies::Perhaps,
            is_over: duty.applies == Applies::No,
            aware_at: duty.aware_at,
        }
    };
    let title = text(Lang::De, "duty-title");
    let sh = visitor.shell(format!("{} · {title}", case.reference)).printed(&case.reference, case.tlp);
    let houses: BTreeSet<_> = duties.iter().map(|duty| duty.organisation).collect();
    let p = ListView {
        names_houses: is_team || houses.len() > 1,
        duties: duties.into_iter().map(view).collect(),
        reference: case.reference.clone(),
        is_drill: case.is_drill,
        is_team,
    };
    if is_team { visitor.page(&DenseList { sh, p }) } else { visitor.page(&CalmList { sh, p }) }
}
