//! The audit trail for those who may read it: a list, and the signed file that anybody can verify offline.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::Data;
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use super::words::word_or_code;
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
    who: String,
    /// By which way, and the same as the trail keeps it.
    way: String,
    via: String,
    what: String,
    action: String,
    subject: String,
    id: String,
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

/// Who it was and by which way. What the product does by itself has the part of it that acts as its way.
fn who(name: String, via: &str) -> (String, String) {
    let way = word_or_code("desk-via", via.split(':').next().unwrap_or_default());
    if via.starts_with("system:") { (way, name) } else { (name, way) }
}

fn line(listed: audit::Listed) -> AuditLine {
    let row = listed.row;
    let (who, way) = who(row.actor_name, &row.via);
    AuditLine {
        seq: listed.seq,
        at: row.at,
        who,
        way,
        via: row.via,
        what: word_or_code("desk-action", &row.action),
        action: row.action,
        subject: word_or_code("desk-subject", &row.subject_kind),
        id: row.subject_id.map(|id| id.0.to_string()).unwrap_or_default(),
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
