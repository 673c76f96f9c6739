//! After sending: the reference, who has it, by when they answer, and what helps at once. Made to be printed.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::titled;
use crate::access::guard::Visitor;
use crate::core::error::Error;
use crate::core::i18n::{Lang, text};
use crate::directory::service as directory;
use crate::incidents::guide::model::Measure;
use crate::incidents::guide::{rules, service as guide};
use crate::incidents::model::Incident;
use crate::incidents::service;
use crate::web::site::Site;
use crate::web::{Failure, Shell};

#[derive(Template)]
#[template(path = "incidents/guide/templates/arrived.html")]
struct ArrivedPage {
    sh: Shell,
    case: Incident,
    holder: String,
    /// What helps, as the key of its heading and of its sentence.
    measures: Vec<(String, String)>,
}

/// A measure as the keys of its heading and of its sentence.
pub(super) fn told(measure: Measure) -> (String, String) {
    let code = measure.code().replace('_', "-");
    (format!("guide-measure-{code}"), format!("guide-measure-{code}-how"))
}

pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    reference: Path<String>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    // Filing needs no second factor, reading does: without it the page is there for whoever sent the report.
    let own_alone = visitor.missing().is_some();
    let (view, holder) = site
        .db
        .write(move |tx| {
            let view = match service::show(tx, &actor, &reference) {
                Ok(view) if own_alone && !guide::sent(tx, &actor, view.incident.id)? => {
                    return Err(Error::SignInNeeded);
                }
                // Which references there are is not told either.
                Err(Error::NotFound) if own_alone => return Err(Error::SignInNeeded),
                shown => shown?,
            };
            let names = directory::names(tx, &view.incident.holder.into_iter().collect::<Vec<_>>())?;
            let holder = view.incident.holder.and_then(|id| names.get(&id).map(|name| name.name.clone()));
            Ok((view, holder))
        })
        .await?;
    let case = view.incident;
    let title = format!("{} · {}", case.reference, text(Lang::De, "guide-arrived-title"));
    let sh = visitor.shell(titled(case.is_drill, &title)).printed(&case.reference, case.tlp);
    let measures = view.report.map(|report| rules::measures(report.observed, report.flags));
    visitor.page(&ArrivedPage {
        holder: holder.unwrap_or_else(|| sh.hotline().name.clone()),
        measures: measures.unwrap_or_default().into_iter().map(told).collect(),
        case,
        sh,
    })
}
