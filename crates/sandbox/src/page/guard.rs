//! Keeps other pages out: a browser is on this machine, and so are the pages of anybody that it shows.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses requests under another name than this machine's own (a page whose name was made to point here), and those that a
/// page of another origin makes.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let authority = request.uri().authority().map(ToString::to_string);
    let host = authority.or_else(|| text(request.headers(), header::HOST));
    let origin = text(request.headers(), header::ORIGIN);
    let is_own = host.as_deref().is_some_and(is_loopback)
        && origin.is_none_or(|origin| origin.strip_prefix("http://") == host.as_deref())
        && (request.uri().path() == "/" || !is_from_elsewhere(request.headers()));
    if !is_own {
        return (StatusCode::FORBIDDEN, "Only this machine's own programs and pages are answered.\n").into_response();
    }
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    // What cannot be read is foreign.
    headers.get(name).map(|value| value.to_str().unwrap_or("?").to_lowercase())
}

/// Browsers say of a request which page makes it. A link to the chat may stand anywhere; it does nothing by being followed.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site")
}

/// `127.0.0.1:8080`, `localhost` or `[::1]:8080`.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_names_of_this_machine_are_its_own() {
        for own in ["127.0.0.1", "127.0.0.1:8080", "localhost:1", "[::1]:8080", "[::1]"] {
            assert!(is_loopback(own), "{own}");
        }
        for foreign in
            ["", "evil.example", "evil.example:8080", "127.0.0.1.evil.example:80", "127.0.0.1@evil.example", ":80", "127.0.0.1:x"]
        {
            assert!(!is_loopback(foreign), "{foreign}");
        }
    }
}
