//! The audit trail for those who may read it: a list, and the signed file that anybody can verify offline.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::Data;
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use crate::access::guard::Visitor;
use crate::access::policy::{Action, Facts, check, may};
use crate::audit::export::whole;
use crate::audit::model::{Entry, SubjectKind};
use crate::audit::service::{self as audit, Filter};
use crate::core::actor::Actor;
use crate::core::error::{Error, Result};
use crate::crypto::log::LogKey;
use crate::store::{Db, Tx};
use crate::web::site::Site;
use crate::web::{Failure, Query, Shell};

/// What signs the trail, as application data.
pub struct Trail {
    pub key: Arc<LogKey>,
    /// Names the trail in its checkpoints.
    pub origin: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AuditQuery {
    aktion: String,
    ab: Option<String>,
}

struct AuditLine {
    seq: Option<i64>,
    at: Timestamp,
    actor_name: String,
    via: String,
    action: String,
    subject: String,
    ip: String,
    detail: String,
}

#[derive(Template)]
#[template(path = "desk/templates/audit.html")]
struct AuditPage {
    sh: Shell,
    action: String,
    rows: Vec<AuditLine>,
    can_export: bool,
    next: Option<String>,
}

fn line(listed: audit::Listed) -> AuditLine {
    let row = listed.row;
    let id = row.subject_id.map(|id| format!(" {}", id.0)).unwrap_or_default();
    AuditLine {
        seq: listed.seq,
        at: row.at,
        actor_name: row.actor_name,
        via: row.via,
        action: row.action,
        subject: format!("{}{id}", row.subject_kind),
        ip: row.ip.unwrap_or_default(),
        detail: row.detail,
    }
}

/// Shows the trail, the newest first.
pub(super) async fn show(
    visitor: Visitor,
    site: Data<Site>,
    query: Query<AuditQuery>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    let action = query.aktion.trim().chars().filter(|c| !c.is_control()).take(60).collect::<String>();
    let filter = Filter { action: Some(action.clone()).filter(|a| !a.is_empty()), ..Filter::default() };
    let cursor = query.ab.clone();
    let (page, can_export) = site
        .db
        .read(move |tx| {
            check(tx, &actor, Action::ReadAudit, Facts::of(&actor))?;
            let can_export = may(tx, &actor, Action::ExportAudit, Facts::of(&actor));
            Ok((audit::list(tx, &filter, cursor.as_deref(), 100)?, can_export))
        })
        .await?;
    let sought = url::form_urlencoded::byte_serialize(action.as_bytes()).collect::<String>();
    visitor.page(&AuditPage {
        sh: visitor.shell_of("desk-audit-title"),
        rows: page.rows.into_iter().map(line).collect(),
        next: page.next.map(|next| format!("/protokoll?aktion={sought}&ab={next}")),
        action,
        can_export,
    })
}

/// Allows an export and records it. Pages and the command line ask here before they call [`write_export`].
///
/// # Errors
/// What the policy refuses.
pub fn permit_export(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    check(tx, actor, Action::ExportAudit, Facts::of(actor))?;
    crate::audit::service::record(tx, actor, Entry::about_all("audit.export", SubjectKind::Audit))
}

/// The whole trail as a signed file. Blocks.
///
/// # Errors
/// As [`whole`].
pub fn write_export(db: &Db, trail: &Trail) -> Result<Vec<u8>> {
    whole(db, &trail.key, &trail.origin, (1, None), Vec::new()).map(|(bytes, _)| bytes)
}

/// The trail as a file to keep.
pub(super) async fn export(
    visitor: Visitor,
    site: Data<Site>,
    trail: Data<Trail>,
) -> Result<HttpResponse, Failure> {
    let actor = visitor.require()?.clone();
    site.db.write(move |tx| permit_export(tx, &actor)).await?;
    let db = site.db.clone();
    let bytes = tokio::task::spawn_blocking(move || write_export(&db, &trail))
        .await
        .map_err(|error| Error::Internal(format!("audit export: {error}")))??;
    let name = format!("protokoll-{}.jsonl", visitor.env().now().strftime("%Y-%m-%d"));
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(name)],
    };
    Ok(HttpResponse::Ok().content_type("application/jsonl").insert_header(disposition).body(bytes))
}
