//! Uploads as other Bot API clients write them, down to the bytes on the wire.

#![allow(clippy::expect_used, clippy::panic, reason = "what cannot be set up fails the test")]

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use vobiz_sandbox::{Options, Sandbox};

const BOUNDARY: &str = "----------abc";

/// A connection that is kept between requests.
struct Connection {
    stream: TcpStream,
    token: String,
}

impl Connection {
    async fn open(sandbox: &Sandbox) -> Self {
        let address = sandbox.url().strip_prefix("http://").expect("plain HTTP");
        let stream = TcpStream::connect(address).await.expect("the sandbox listens");
        Self { stream, token: sandbox.telegram_token().to_owned() }
    }

    /// Sends a multipart body in chunks of the given sizes, the end of the body apart and late.
    async fn upload(&mut self, method: &str, body: &[u8], chunk: usize) -> Value {
        let head = format!(
            "POST /bot{}/{method} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\
             Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n",
            self.token
        );
        self.stream.write_all(head.as_bytes()).await.expect("the connection is open");
        for part in body.chunks(chunk) {
            self.stream.write_all(format!("{:x}\r\n", part.len()).as_bytes()).await.expect("the connection is open");
            self.stream.write_all(part).await.expect("the connection is open");
            self.stream.write_all(b"\r\n").await.expect("the connection is open");
        }
        self.stream.flush().await.expect("the connection is open");
        // Some clients send the end of the body in a packet of its own.
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.stream.write_all(b"0\r\n\r\n").await.expect("the connection is open until the body ends");
        self.answer().await
    }

    async fn answer(&mut self) -> Value {
        let mut read = Vec::new();
        loop {
            if let Some(answer) = complete(&read) {
                return answer;
            }
            let mut buffer = [0; 4_096];
            let count = self.stream.read(&mut buffer).await.expect("an answer");
            assert!(count > 0, "closed after {:?}", String::from_utf8_lossy(&read));
            read.extend(&buffer[..count]);
        }
    }
}

/// The body of a complete answer.
fn complete(read: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(read).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    let body = body.get(..length.parse().ok()?)?;
    Some(serde_json::from_str(body).expect("JSON"))
}

/// A form whose parts are written as `disposition`, with `{}` for the name of the part.
fn form(values: &[(&str, &str)], file: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in values {
        body.extend(format!("--{BOUNDARY}\r\ncontent-disposition:form-data;name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    body.extend(format!("--{BOUNDARY}\r\n{file}\r\n\r\n").bytes());
    body.extend(bytes);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
    body
}

async fn start() -> Sandbox {
    Sandbox::start(Options { customers: 1, ..Options::default() }).await.expect("the sandbox starts")
}

#[tokio::test]
async fn a_chunked_upload_is_read_to_its_end_and_the_connection_serves_on() {
    let sandbox = start().await;
    let mut connection = Connection::open(&sandbox).await;
    let file = "Content-Disposition: form-data; name=\"document\"; filename=\"usage.csv\"\r\nContent-Type: text/csv";
    for (number, chunk) in [1_usize, 7, 64, 100_000].into_iter().enumerate() {
        let bytes = format!("day,cost\n1,{number}\n");
        let answer = connection.upload("sendDocument", &form(&[("chat_id", "5001")], file, bytes.as_bytes()), chunk).await;
        assert_eq!(answer["result"]["document"]["file_name"], "usage.csv", "{answer}");
        let sent = sandbox.chat().sent().pop().and_then(|sent| sent.file).expect("a file");
        assert_eq!(sent.bytes, bytes.as_bytes());
    }
}

#[tokio::test]
async fn every_way_to_name_a_file_is_understood() {
    let sandbox = start().await;
    let mut connection = Connection::open(&sandbox).await;
    for disposition in [
        "content-disposition:form-data;name=\"abc\";filename=usage.csv\r\ncontent-type:application/octet-stream",
        "Content-Disposition: form-data; filename=\"usage.csv\"; name=\"abc\"",
        "Content-Disposition: form-data; name=\"abc\"; filename=\"usage.csv\"; filename*=utf-8''usage.csv",
        "Content-Disposition: form-data; name=abc; filename*=UTF-8''usage.csv\r\nContent-Type: text/csv",
    ] {
        let body = form(&[("chat_id", "5001"), ("document", "attach://abc")], disposition, b"a,b\n");
        let answer = connection.upload("sendDocument", &body, 16).await;
        assert_eq!(answer["result"]["document"]["file_name"], "usage.csv", "{disposition}: {answer}");
    }
}

#[tokio::test]
async fn an_upload_of_many_megabytes_arrives_whole() {
    let sandbox = start().await;
    let mut connection = Connection::open(&sandbox).await;
    let bytes: Vec<u8> = (0..5_000_000_u32).map(|number| (number % 251) as u8).collect();
    let file = "Content-Disposition: form-data; name=\"document\"; filename=\"month.csv\"";
    let answer = connection.upload("sendDocument", &form(&[("chat_id", "5001")], file, &bytes), 65_536).await;
    assert_eq!(answer["result"]["document"]["file_size"], 5_000_000, "{answer}");
    assert!(sandbox.chat().sent().pop().and_then(|sent| sent.file).is_some_and(|file| file.bytes == bytes));
}

#[tokio::test]
async fn a_refused_upload_does_not_cost_the_connection() {
    let sandbox = start().await;
    let mut connection = Connection::open(&sandbox).await;
    let file = "Content-Disposition: form-data; name=\"document\"; filename=\"usage.csv\"";
    let refused = connection.upload("sendDocument", &form(&[("chat_id", "nobody")], file, &vec![b'x'; 300_000]), 8_192).await;
    assert_eq!(refused["description"], "Bad Request: chat not found");
    let broken = connection.upload("sendDocument", b"no boundary anywhere", 5).await;
    assert_eq!(broken["ok"], false, "{broken}");
    let answer = connection.upload("sendDocument", &form(&[("chat_id", "5001")], file, b"a"), 3).await;
    assert_eq!(answer["ok"], true, "{answer}");
}
