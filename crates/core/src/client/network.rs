//! How this program reaches services: certificates, proxies, and the name that it gives itself.

use std::path::Path;
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};

/// Longest time to establish a connection.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The default user agent.
pub(crate) const USER_AGENT: &str = concat!("vobiz-partner/", env!("CARGO_PKG_VERSION"));

/// An HTTP client's builder with the TLS and proxy set-up of this crate, for speaking to another service beside the API.
///
/// Trusted are the certificates of the system's store (or of `SSL_CERT_FILE` and `SSL_CERT_DIR` where these are set), those
/// of Mozilla that are built in, and those in `ca_file`, a PEM file. Proxies are taken from `HTTPS_PROXY`, `HTTP_PROXY`,
/// `ALL_PROXY` and `NO_PROXY`; `socks5://`, `socks5h://` and `socks4://` among them. No redirect is followed.
///
/// # Errors
///
/// [`ErrorKind::Config`]: `ca_file` cannot be read or holds no certificate.
pub fn http_client(ca_file: Option<&Path>) -> Result<reqwest::ClientBuilder> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(USER_AGENT);
    if let Some(path) = ca_file {
        for certificate in certificates(path)? {
            builder = builder.add_root_certificate(certificate);
        }
    }
    Ok(builder)
}

fn certificates(path: &Path) -> Result<Vec<reqwest::Certificate>> {
    let shown = path.display();
    let error = |detail: String| Error::new(ErrorKind::Config, "read certificates", detail);
    let pem = std::fs::read(path).map_err(|cause| error(format!("ca_file: cannot read {shown}: {}", cause.kind())))?;
    let wrong = || error(format!("ca_file: {shown} holds no certificate; it must be PEM, with BEGIN CERTIFICATE lines"));
    let certificates = reqwest::Certificate::from_pem_bundle(&pem).map_err(|_| wrong())?;
    if certificates.is_empty() { Err(wrong()) } else { Ok(certificates) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_named() {
        let missing = http_client(Some(Path::new("/nowhere/ca.pem"))).unwrap_err().to_string();
        assert!(missing.contains("cannot read /nowhere/ca.pem"), "{missing}");
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let other = http_client(Some(&manifest)).unwrap_err().to_string();
        assert!(other.contains("holds no certificate"), "{other}");
    }
}
