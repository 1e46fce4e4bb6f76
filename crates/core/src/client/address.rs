//! Base addresses of services: checked once, for this crate and for those who speak to other services beside it.

use std::net::IpAddr;

use reqwest::Url;

/// Whether an address is this machine's own: `localhost`, 127.0.0.0/8 or `::1`.
///
/// ```
/// assert!(vobiz_core::is_loopback(&"http://127.0.0.1:8080/".parse()?));
/// # Ok::<(), url::ParseError>(())
/// ```
pub fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Reads a base address: scheme, host and path alone, HTTPS except to this machine. The result ends with a slash, without
/// which joining a path would lose the last segment.
///
/// # Errors
///
/// What is wrong with it, to be put behind the name of the setting: `is not an address`, `is plain http, …`.
pub fn base_address(text: &str) -> Result<Url, &'static str> {
    let mut url = Url::parse(text.trim()).map_err(|_| "is not an address")?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err("holds more than scheme, host and path");
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return Err("is plain http, over which credentials are not sent to another machine"),
        _ => return Err("is not https"),
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("has no host");
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}
