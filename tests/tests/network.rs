//! Networks of companies: certificates of their own, and proxies between this program and the services.

#![allow(clippy::expect_used, reason = "what cannot be set up fails the test")]

mod bot;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header;
use bot::{Home, PRIVATE, fill, texts, until, vobiz, world};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use vobiz_core::{ErrorKind, PartnerClient, RetryPolicy};
use vobiz_sandbox::{Person, Sandbox};

/// A company's certificate authority, written into a folder as administrators deploy it.
struct Authority {
    folder: tempfile::TempDir,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Authority {
    fn new() -> Self {
        let authority_key = rcgen::KeyPair::generate().expect("a key");
        let mut authority = rcgen::CertificateParams::default();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        authority.distinguished_name.push(rcgen::DnType::CommonName, "A company");
        let root = authority.self_signed(&authority_key).expect("a certificate");
        let issuer = rcgen::Issuer::new(authority, authority_key);
        let key = rcgen::KeyPair::generate().expect("a key");
        let server = rcgen::CertificateParams::new(["127.0.0.1".to_owned(), "vobiz.internal".to_owned()]).expect("names");
        let certificate = server.signed_by(&key, &issuer).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        std::fs::write(folder.path().join("company.pem"), root.pem()).expect("a file can be written");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        Self { folder, certificate: certificate.der().clone(), key }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("company.pem")
    }

    /// Serves what `to` serves, under this authority's certificate.
    async fn serve(&self, to: SocketAddr) -> SocketAddr {
        let config = ServerConfig::builder().with_no_client_auth();
        let config =
            config.with_single_cert(vec![self.certificate.clone()], self.key.clone_key()).expect("a certificate and its key");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        forward(move |stream| {
            let acceptor = acceptor.clone();
            async move { Some((acceptor.accept(stream).await.ok()?, to)) }
        })
        .await
    }
}

/// Listens, and joins each connection that `open` accepts with the address that it names.
async fn forward<S, F>(open: impl Fn(TcpStream) -> F + Send + Sync + 'static) -> SocketAddr
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send,
    F: Future<Output = Option<(S, SocketAddr)>> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let open = Arc::new(open);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let open = open.clone();
            tokio::spawn(async move {
                let Some((mut from, to)) = open(stream).await else { return };
                if let Ok(mut to) = TcpStream::connect(to).await {
                    let _ = copy_bidirectional(&mut from, &mut to).await;
                }
            });
        }
    });
    address
}

/// A SOCKS5 proxy without a login (RFC 1928) that knows one host, at `to`; and how many connections it made.
async fn socks(to: SocketAddr) -> (SocketAddr, Arc<AtomicUsize>) {
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    let address = forward(move |stream| {
        let count = count.clone();
        async move {
            let stream = greet(stream).await.ok()?;
            count.fetch_add(1, Ordering::Relaxed);
            Some((stream, to))
        }
    })
    .await;
    (address, connections)
}

async fn greet(mut stream: TcpStream) -> std::io::Result<TcpStream> {
    let [_version, methods] = read(&mut stream).await?;
    let mut offered = vec![0; methods.into()];
    stream.read_exact(&mut offered).await?;
    stream.write_all(&[5, 0]).await?;
    let [_version, _connect, _reserved, kind, length] = read(&mut stream).await?;
    assert_eq!(kind, 3, "a name");
    let mut name = vec![0; length.into()];
    stream.read_exact(&mut name).await?;
    assert_eq!(name, b"vobiz.internal");
    let _port: [u8; 2] = read(&mut stream).await?;
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    Ok(stream)
}

async fn read<const N: usize>(stream: &mut TcpStream) -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// Where the sandbox listens.
fn listens(sandbox: &Sandbox) -> SocketAddr {
    sandbox.url().trim_start_matches("http://").trim_end_matches('/').parse().expect("an address")
}

/// The address of the Partner API of this sandbox, served over TLS at `host`.
fn secured(sandbox: &Sandbox, host: &str) -> String {
    sandbox.base_url().replace(&format!("http://{}", listens(sandbox)), &format!("https://{host}"))
}

/// Passes requests on to the sandbox under the only name that it answers to.
async fn relay(sandbox: &Sandbox) -> SocketAddr {
    let (client, to) = (reqwest::Client::new(), listens(sandbox));
    let pass = move |request: Request| {
        let client = client.clone();
        async move {
            let (mut parts, body) = request.into_parts();
            parts.headers.remove(header::HOST);
            let body = to_bytes(body, usize::MAX).await.expect("a body");
            let request = client.request(parts.method, format!("http://{to}{}", parts.uri)).headers(parts.headers).body(body);
            axum::http::Response::from(request.send().await.expect("the sandbox answers")).map(Body::new)
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(pass)).await });
    address
}

/// A configuration whose two services are behind TLS at `host`, `keys` in each of their sections.
fn configuration(sandbox: &Sandbox, host: &str, keys: &str) -> String {
    let vobiz = vobiz(sandbox).replace(&sandbox.base_url(), &secured(sandbox, host));
    let telegram = format!("[telegram]\ntoken = \"{}\"\napi_url = \"https://{host}\"\n", sandbox.telegram_token());
    let rest = format!("[database]\nurl = \"sqlite://bot.db\"\n[poll]\nevery = \"1s\"\n[[chats]]\nid = {PRIVATE}\n");
    format!("{vobiz}{keys}{telegram}{keys}{rest}")
}

/// A bot's folder with such a configuration.
fn home(sandbox: &Sandbox, secure: SocketAddr, keys: &str) -> Home {
    let home = Home::new();
    home.write("bot.toml", &configuration(sandbox, &secure.to_string(), keys));
    home
}

fn printed(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_an_unknown_authority_is_refused_with_its_cause() {
    let (sandbox, authority) = (world(2).await, Authority::new());
    let secure = authority.serve(listens(&sandbox)).await;
    let mut once = RetryPolicy::default();
    once.attempts = 1;
    let client = PartnerClient::builder(sandbox.auth_id(), sandbox.auth_token().to_owned());
    let client = client.base_url(secured(&sandbox, &secure.to_string())).retry(once).build().expect("a client");
    let error = client.accounts().all().await.expect_err("nobody knows the authority");
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(format!("{error:#}").contains("UnknownIssuer"), "{error:#}");

    let home = home(&sandbox, secure, "");
    let output = home.output(&["check", "--config", "bot.toml"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(printed(&output).contains("UnknownIssuer"), "{}", printed(&output));
    let bot = home.begin();
    until("the cause of Telegram's failure", || {
        bot.log().lines().any(|line| line.contains("Telegram: ") && line.contains("UnknownIssuer")).then_some(())
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_s_own_authority_is_trusted_by_each_of_three_settings() {
    let (sandbox, authority) = (world(2).await, Authority::new());
    fill(&sandbox).await;
    let secure = authority.serve(listens(&sandbox)).await;
    let file = authority.file().display().to_string();

    let client = PartnerClient::builder(sandbox.auth_id(), sandbox.auth_token().to_owned());
    let client = client.base_url(secured(&sandbox, &secure.to_string())).ca_file(&file).build().expect("a client");
    assert_eq!(client.accounts().all().await.expect("the authority is known").len(), 2);

    // A folder has files named by the hash of their subject; one file is enough for this one.
    let hashed = authority.folder.path().join("certs");
    std::fs::create_dir(&hashed).expect("a folder can be made");
    std::fs::copy(authority.file(), hashed.join("5c1d4b7a.0")).expect("a file can be copied");
    let hashed = hashed.display().to_string();
    let in_file = format!("ca_file = \"{file}\"\n");
    for (keys, variable) in
        [(in_file.as_str(), None), ("", Some(("SSL_CERT_FILE", &file))), ("", Some(("SSL_CERT_DIR", &hashed)))]
    {
        let home = home(&sandbox, secure, keys);
        let output = home.command(&["check", "--config", "bot.toml"]).envs(variable).output().expect("the bot can be started");
        assert_eq!(output.status.code(), Some(0), "{variable:?}: {}", printed(&output));
        let bot = home.begin_with(&["run", "--config", "bot.toml"], variable);
        until("that both services answered", || bot.log().lines().any(|line| line == "ready").then_some(()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socks_proxy_carries_what_leaves_this_machine() {
    let (sandbox, authority) = (world(2).await, Authority::new());
    fill(&sandbox).await;
    let (proxy, connections) = socks(authority.serve(relay(&sandbox).await).await).await;
    // Names that this machine does not know: `socks5h` leaves them to the proxy.
    let home = Home::new();
    let keys = format!("ca_file = \"{}\"\n", authority.file().display());
    home.write("bot.toml", &configuration(&sandbox, "vobiz.internal", &keys));
    let address = format!("socks5h://{proxy}");
    let output =
        home.command(&["check", "--config", "bot.toml"]).env("ALL_PROXY", &address).output().expect("the bot can be started");
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    let before = connections.load(Ordering::Relaxed);
    assert!(before > 0, "the proxy carried the read");
    let bot = home.begin_with(&["run", "--config", "bot.toml"], Some(("ALL_PROXY", &address)));
    until("that both services answered", || bot.log().lines().any(|line| line == "ready").then_some(()));
    sandbox.chat().say(PRIVATE, &Person::new(PRIVATE, "Asha"), "/help");
    until("an answer through the proxy", || texts(&sandbox, PRIVATE).iter().any(|text| text.contains("/low")).then_some(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn services_on_this_machine_are_never_sent_through_a_proxy() {
    let sandbox = world(2).await;
    fill(&sandbox).await;
    let home = Home::of(&sandbox, &format!("[[chats]]\nid = {PRIVATE}\n"));
    let gone = "socks5://127.0.0.1:1".to_owned();
    let bot = home.begin_with(&["run", "--config", "bot.toml"], Some(("ALL_PROXY", &gone)));
    until("that both services answered", || bot.log().lines().any(|line| line == "ready").then_some(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_not_there_is_named_as_the_cause_for_both_services() {
    let sandbox = world(2).await;
    let home = Home::new();
    home.write("bot.toml", &configuration(&sandbox, "vobiz.internal", ""));
    let gone = "socks5h://127.0.0.1:1".to_owned();
    let output =
        home.command(&["check", "--config", "bot.toml"]).env("ALL_PROXY", &gone).output().expect("the bot can be started");
    assert_eq!(output.status.code(), Some(3));
    assert!(printed(&output).contains("SOCKS error"), "{}", printed(&output));
    let bot = home.begin_with(&["run", "--config", "bot.toml"], Some(("ALL_PROXY", &gone)));
    until("the cause of Telegram's failure", || {
        bot.log().lines().any(|line| line.contains("Telegram: ") && line.contains("SOCKS error")).then_some(())
    });
}
