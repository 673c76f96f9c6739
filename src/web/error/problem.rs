//! A failure as problem details for programs (RFC 9457).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use serde::Serialize;

use super::Answer;

/// The body of every error answer below `/api`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// A relative URI that names the kind: `/probleme/field`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words, the same each time.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time and what to do.
    pub detail: String,
    /// Each refused field with its reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// Names this request in the log of the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// One refused field.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FieldProblem {
    pub field: String,
    pub reason: String,
}

pub(super) fn response(answer: &Answer<'_>) -> HttpResponse {
    let mut detail = if answer.detail.is_empty() { answer.say("what") } else { answer.detail.clone() };
    if let Some(next) = &answer.next {
        detail = format!("{detail} {next}");
    }
    let problem = Problem {
        kind: format!("/probleme/{}", answer.kind),
        title: answer.say("title"),
        status: answer.status.as_u16(),
        detail,
        errors: answer
            .fields
            .iter()
            .map(|(field, reason)| FieldProblem { field: field.clone(), reason: reason.clone() })
            .collect(),
        request_id: answer.request_id.clone(),
    };
    let mut response = HttpResponse::build(answer.status);
    if answer.status == StatusCode::UNAUTHORIZED {
        response.insert_header((WWW_AUTHENTICATE, "Bearer"));
    }
    response.insert_header((CONTENT_TYPE, "application/problem+json"));
    // Serialising strings and numbers cannot fail; an empty object would still be valid.
    response.body(serde_json::to_string(&problem).unwrap_or_else(|_| "{}".to_owned()))
}
