//! The page of the chat, put together of its parts, and the guard that keeps other pages out.

mod guard;

use std::hash::{BuildHasher as _, RandomState};

use axum::http::{HeaderName, header};
use axum::response::{Html, IntoResponse};

pub(crate) use guard::guard;

const PAGE: &str = include_str!("chat.html");
/// What goes where in it.
const PARTS: [(&str, &str); 2] =
    [("{{style}}", include_str!("chat.css")), ("{{script}}", concat!(include_str!("chat.js"), include_str!("controls.js")))];
/// The placeholder for the nonce by which the page's own styles and scripts are allowed.
const NONCE: &str = "{{nonce}}";

/// `GET /`
pub(crate) async fn show() -> impl IntoResponse {
    let nonce = format!("{:016x}{:016x}", RandomState::new().hash_one(0), RandomState::new().hash_one(1));
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let headers: [(HeaderName, String); 4] = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store".into()),
        (header::REFERRER_POLICY, "no-referrer".into()),
        (header::X_FRAME_OPTIONS, "DENY".into()),
    ];
    let page = PARTS.iter().fold(PAGE.to_owned(), |page, (place, part)| page.replace(place, part));
    (headers, Html(page.replace(NONCE, &nonce)))
}
