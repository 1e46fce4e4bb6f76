//! What goes over the wire and what is let in: sizes, compression, ids in errors, paths and headers.

#![expect(clippy::unwrap_used, reason = "what a test cannot go on without ends it")]

use std::sync::{Arc, Mutex};

use flate2::{Compress, Compression, FlushCompress};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use vobiz_core::{ErrorKind, PartnerClient, RetryPolicy};

/// A server that answers every request with `head`, then `piece` so many `times`, and keeps the request lines.
struct Service {
    client: PartnerClient,
    asked: Arc<Mutex<Vec<String>>>,
    sent: Arc<Mutex<usize>>,
}

async fn service(head: impl AsRef<[u8]>, piece: Vec<u8>, times: usize) -> Service {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let (asked, sent) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(0)));
    let (lines, pieces) = (Arc::clone(&asked), Arc::clone(&sent));
    let head = [b"HTTP/1.1 ", head.as_ref()].concat();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(socket.read_u8().await.unwrap());
            }
            lines.lock().unwrap().push(String::from_utf8(request).unwrap().lines().next().unwrap().to_owned());
            let _ = socket.write_all(&head).await;
            for _ in 0..times {
                if socket.write_all(&piece).await.is_err() {
                    break;
                }
                *pieces.lock().unwrap() += 1;
            }
        }
    });
    let mut retry = RetryPolicy::default();
    retry.attempts = 1;
    let client = PartnerClient::builder("PA_X", "token-SECRET").base_url(base).rate(0, 0).retry(retry).build().unwrap();
    Service { client, asked, sent }
}

/// A head with these lines and no others.
fn head(lines: &str) -> String {
    format!("{lines}\r\nConnection: close\r\n\r\n")
}

/// Such a head and the first 10 bytes of a gzip body, and 16 MB of spaces compressed that may follow any number of times.
fn bomb(lines: &str) -> (Vec<u8>, Vec<u8>) {
    let start = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let (mut deflate, mut piece) = (Compress::new(Compression::fast(), false), Vec::with_capacity(1024 * 1024));
    deflate.compress_vec(&vec![b' '; 16 * 1024 * 1024], &mut piece, FlushCompress::Full).unwrap();
    assert!(piece.len() < 512 * 1024);
    ([head(&format!("{lines}\r\nContent-Encoding: gzip")).as_bytes(), &start].concat(), piece)
}

/// The most memory this process ever had, in bytes.
#[cfg(target_os = "linux")]
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[tokio::test]
async fn a_body_that_grows_when_decompressed_is_given_up_at_50_mb() {
    #[cfg(target_os = "linux")]
    let before = peak();
    let (head, piece) = bomb("200 OK\r\nX-Request-Id: r-1");
    let service = service(head, piece, 256).await;
    let error = service.client.dashboard().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    assert_eq!(error.to_string(), "read dashboard: the answer is larger than 50 MB [request r-1]");
    #[cfg(target_os = "linux")]
    assert!(peak() - before < 400 * 1024 * 1024, "of 4 GB only what the cap allows was held, not {}", peak() - before);
}

#[tokio::test]
async fn a_body_without_an_end_is_given_up_at_50_mb() {
    let service = service(head("200 OK"), vec![b' '; 1024 * 1024], usize::MAX).await;
    let error = service.client.get("anything", &[]).await.unwrap_err();
    assert_eq!((error.kind(), error.detail()), (ErrorKind::Decode, "the answer is larger than 50 MB"));
    assert!(*service.sent.lock().unwrap() < 100);
}

#[tokio::test]
async fn of_a_refusal_no_more_than_1_mb_is_read() {
    for lines in ["400 Bad Request", "503 Unavailable"] {
        let (head, piece) = bomb(lines);
        let service = service(head, piece, 256).await;
        let error = service.client.dashboard().await.unwrap_err();
        assert!(error.to_string().contains("it gave no reason"), "{error}");
    }
}

#[tokio::test]
async fn a_length_that_is_not_kept_is_a_lost_connection() {
    let service = service(head("200 OK\r\nContent-Length: 52428800\r\nX-Request-Id: r-2"), b"{".to_vec(), 1).await;
    let error = service.client.dashboard().await.unwrap_err();
    assert_eq!((error.kind(), error.request_id()), (ErrorKind::Connect, Some("r-2")));
}

#[tokio::test]
async fn errors_carry_the_id_of_the_request_and_not_our_token() {
    for (lines, body, id) in [
        ("401 X\r\nX-Request-Id: r-3", "{}", "r-3"),
        ("500 X\r\nX-Request-Id: r-4", r#"{"requestId": "in-the-body"}"#, "in-the-body"),
        ("200 X\r\nX-Request-Id: r-5", r#"{"total_balance": []}"#, "r-5"),
        ("200 X\r\nX-Request-Id: token-SECRET", "nonsense", "…"),
        ("400 X\r\nX-Request-Id: token-SECRET", "{}", "…"),
    ] {
        let service = service(head(lines), body.as_bytes().to_vec(), 1).await;
        let error = service.client.dashboard().await.unwrap_err();
        assert_eq!(error.request_id(), Some(id), "{lines}");
        assert!(error.to_string().ends_with(&format!("[request {id}]")), "{error}");
    }
}

#[tokio::test]
async fn an_id_stays_one_segment_of_the_path() {
    let service = service(head("404 X"), b"{}".to_vec(), 1).await;
    let client = &service.client;
    for (id, segment) in [
        ("MA_X", "MA_X"),
        ("a/b", "a%2Fb"),
        ("../me", "..%2Fme"),
        ("..\\me", "..%5Cme"),
        ("a?b=c#d", "a%3Fb%3Dc%23d"),
        ("%2e%2e", "%252e%252e"),
        ("a b\r\nX-Evil: 1", "a%20b%0D%0AX-Evil%3A%201"),
        ("म", "%E0%A4%AE"),
    ] {
        client.account(id).await.unwrap_err();
        client.cdr(id, id).await.unwrap_err();
        client.kyc_session(id).await.unwrap_err();
        let asked = std::mem::take(&mut *service.asked.lock().unwrap());
        assert_eq!(
            asked,
            [
                format!("GET /v1/accounts/{segment} HTTP/1.1"),
                format!("GET /v1/accounts/{segment}/cdrs/{segment} HTTP/1.1"),
                format!("GET /v1/kyc-sessions/{segment} HTTP/1.1"),
            ]
        );
    }
    for id in ["", " ", ".", "..", "\t..\n"] {
        assert_eq!(client.account(id).await.unwrap_err().kind(), ErrorKind::Invalid, "{id:?}");
        assert_eq!(client.cdr("MA_X", id).await.unwrap_err().kind(), ErrorKind::Invalid, "{id:?}");
    }
    for path in ["../x", "%2e%2e/x", "http://other.test/x", "\\\\other.test\\x", "a/../../x"] {
        assert_eq!(client.get(path, &[]).await.unwrap_err().kind(), ErrorKind::Invalid, "{path}");
    }
    assert!(service.asked.lock().unwrap().is_empty());
}

#[test]
fn a_header_is_never_split() {
    for broken in ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "\n", "a\u{7f}b"] {
        for (id, token) in [(broken, "token"), ("PA_X", broken)] {
            let error = PartnerClient::builder(id, token.to_owned()).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{broken:?}");
            assert!(!error.to_string().contains("Evil"), "{error}");
        }
    }
}
