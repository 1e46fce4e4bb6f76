//! A server for tests: answers every request by one function and keeps what was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::{PartnerClient, RetryPolicy};

pub(crate) struct Fake {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// `answer` is given the request line, a line break and the body; status 0 closes the connection, 1 never answers.
    pub(crate) async fn start(answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (Arc::clone(&asked), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                tokio::spawn(async move {
                    let mut read = Vec::new();
                    let (head, size) = loop {
                        let mut chunk = [0; 4096];
                        let count = socket.read(&mut chunk).await.unwrap_or(0);
                        if count == 0 {
                            return;
                        }
                        read.extend_from_slice(&chunk[..count]);
                        let text = String::from_utf8_lossy(&read).to_lowercase();
                        if let Some(end) = text.find("\r\n\r\n") {
                            let size = text.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
                            let size: usize = size.unwrap_or(0);
                            if read.len() >= end + 4 + size {
                                break (end, size);
                            }
                        }
                    };
                    let text = String::from_utf8_lossy(&read).into_owned();
                    let line = text.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1");
                    let line = format!("{line}\n{}", &text[head + 4..head + 4 + size]);
                    kept.lock().unwrap().push(line.clone());
                    let (status, body) = answer(&line);
                    if status == 1 {
                        tokio::time::sleep(Duration::from_mins(1)).await;
                    }
                    if status > 1 {
                        let head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
                        let _ = socket.write_all((head + &body).as_bytes()).await;
                    }
                });
            }
        });
        Self { url, asked }
    }

    pub(crate) fn read_only(&self) -> PartnerClient {
        self.builder().build().unwrap()
    }

    pub(crate) fn client(&self) -> PartnerClient {
        self.builder().allow_changes().build().unwrap()
    }

    fn builder(&self) -> crate::ClientBuilder {
        let retry = RetryPolicy { backoff: Duration::from_millis(1), ..RetryPolicy::default() };
        PartnerClient::builder("PA_X", "token").base_url(&self.url).rate(0, 1).timeout(Duration::from_millis(500)).retry(retry)
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}
