//! What stays for who reported without a mandate or without an account: the receipt after sending.

use actix_web::HttpResponse;
use askama::Template;

use crate::access::guard::Visitor;
use crate::web::{Failure, Shell};

#[derive(Template)]
#[template(path = "incidents/templates/receipt.html")]
struct ReceiptPage<'a> {
    sh: Shell,
    reference: &'a str,
    receipt: &'a str,
}

/// The receipt.
pub(super) fn page(visitor: &Visitor, reference: &str, receipt: &str) -> Result<HttpResponse, Failure> {
    let sh = visitor.shell_of("incident-receipt-title");
    visitor.page(&ReceiptPage { sh, reference, receipt })
}
