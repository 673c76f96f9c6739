//! Files that browsers load, embedded by `build.rs` under names that hold a hash of their content.

use actix_web::http::header::AcceptEncoding;
use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, Encoding, Header as _,
    IF_NONE_MATCH, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};

use super::error::Failure;
use crate::core::error::Error;

/// An embedded file.
struct Asset {
    /// The name in source and templates, `meldekette.css`.
    logical: &'static str,
    /// The path with the hash, `/assets/meldekette.0123456789abcdef.css`.
    url: &'static str,
    /// The quoted strong validator (RFC 9110, 8.8.3).
    etag: &'static str,
    mime: &'static str,
    body: &'static [u8],
    /// The same, packed at build time, where that saves a tenth or more.
    gzip: Option<&'static [u8]>,
}

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The path of an embedded file for a template, by the file's plain name; an unknown name is logged and empty.
#[must_use]
pub fn url(logical: &str) -> &'static str {
    let found = ASSETS.iter().find(|asset| asset.logical == logical);
    if found.is_none() {
        tracing::error!(logical, "no such embedded file");
    }
    found.map_or("", |asset| asset.url)
}

/// `GET` and `HEAD /assets/{name}`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/assets/{name}").get(serve).route(web::head().to(serve)));
}

async fn serve(req: HttpRequest) -> Result<HttpResponse, Failure> {
    let asset = ASSETS.iter().find(|asset| asset.url == req.path()).ok_or(Error::NotFound)?;
    let packed = asset.gzip.filter(|_| takes_gzip(&req));
    let known = req.headers().get(IF_NONE_MATCH).is_some_and(|sent| names(sent.as_bytes(), asset.etag));
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((ETAG, asset.etag))
        .insert_header((VARY, ACCEPT_ENCODING.as_str()));
    if known {
        return Ok(answer.finish());
    }
    // Said even when plain, or the application's own compression would pack fonts a second time.
    answer
        .insert_header((CONTENT_TYPE, asset.mime))
        .insert_header((CONTENT_ENCODING, if packed.is_some() { "gzip" } else { "identity" }));
    Ok(answer.body(packed.unwrap_or(asset.body)))
}

fn takes_gzip(req: &HttpRequest) -> bool {
    AcceptEncoding::parse(req)
        .ok()
        .and_then(|accepted| accepted.negotiate([Encoding::gzip(), Encoding::identity()].iter()))
        .is_some_and(|chosen| chosen == Encoding::gzip())
}

/// Whether an `If-None-Match` names the validator; a proxy may have made it weak.
fn names(sent: &[u8], etag: &str) -> bool {
    std::str::from_utf8(sent)
        .is_ok_and(|sent| sent.split(',').any(|one| one.trim().trim_start_matches("W/") == etag))
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::test::{TestRequest, call_service, init_service, read_body};

    use super::*;

    #[actix_web::test]
    async fn a_browser_may_keep_a_file_for_a_year_and_gets_304_afterwards() {
        let app = init_service(actix_web::App::new().configure(routes)).await;
        for asset in ASSETS {
            let res = call_service(&app, TestRequest::get().uri(asset.url).to_request()).await;
            assert_eq!(res.status(), StatusCode::OK, "{}", asset.logical);
            assert_eq!(
                res.headers().get(CACHE_CONTROL).expect("a header"),
                "public, max-age=31536000, immutable"
            );
            assert_eq!(res.headers().get(CONTENT_TYPE).expect("a header"), asset.mime);
            assert_eq!(read_body(res).await, asset.body);
            let again = TestRequest::get().uri(asset.url).insert_header((IF_NONE_MATCH, asset.etag));
            assert_eq!(call_service(&app, again.to_request()).await.status(), StatusCode::NOT_MODIFIED);
        }
    }

    #[actix_web::test]
    async fn a_browser_that_takes_gzip_gets_the_small_style_sheet() {
        let app = init_service(actix_web::App::new().configure(routes)).await;
        let req = TestRequest::get().uri(url("kern.min.css")).insert_header((ACCEPT_ENCODING, "gzip, br"));
        let res = call_service(&app, req.to_request()).await;
        assert_eq!(res.headers().get(CONTENT_ENCODING).expect("a header"), "gzip");
        assert!(read_body(res).await.len() < 60_000);
        let font =
            TestRequest::get().uri(url("FiraSans-Regular.woff2")).insert_header((ACCEPT_ENCODING, "gzip"));
        let res = call_service(&app, font.to_request()).await;
        assert_eq!(
            res.headers().get(CONTENT_ENCODING).expect("a header"),
            "identity",
            "woff2 is packed already"
        );
    }

    #[actix_web::test]
    async fn an_old_or_invented_name_is_not_found() {
        let app = init_service(actix_web::App::new().configure(routes)).await;
        for uri in
            ["/assets/meldekette.css", "/assets/meldekette.0000000000000000.css", "/assets/..%2fCargo.toml"]
        {
            let res = call_service(&app, TestRequest::get().uri(uri).to_request()).await;
            assert_eq!(res.status(), StatusCode::NOT_FOUND, "{uri}");
        }
    }

    #[test]
    fn nothing_embedded_loads_from_elsewhere() {
        for asset in ASSETS.iter().filter(|asset| asset.mime.starts_with("text/css")) {
            let css = std::str::from_utf8(asset.body).expect("css is text");
            for (at, _) in css.match_indices("url(") {
                let target = css[at + 4..].trim_start_matches(['"', '\'']);
                let ours = ASSETS.iter().any(|a| target.starts_with(a.url.trim_start_matches("/assets/")));
                assert!(target.starts_with("data:") || ours, "{}: {}", asset.logical, &target[..40]);
            }
            assert!(!css.contains("@import"), "{}", asset.logical);
        }
    }
}
