//! A Partner API whose bodies are all written before it is asked, so that it is never what is waited for.
//!
//! The first segment of the path says which partner is asked for: `small`, `large`, `1000`, `10000` or `ledger`.

mod bodies;

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use anyhow::Result;

/// Answers by the path and page asked for.
type Answers = HashMap<String, Vec<u8>>;

/// Serves until it is killed, a thread for each connection.
pub(crate) fn serve() -> Result<()> {
    let answers: Arc<Answers> = Arc::new(bodies::all()?.into_iter().map(|(path, body)| (path, framed(&body))).collect());
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut out = std::io::stdout();
    writeln!(out, "http://{}", listener.local_addr()?)?;
    out.flush()?;
    for connection in listener.incoming() {
        let answers = Arc::clone(&answers);
        // A client that hangs up ends its thread.
        thread::spawn(move || connection.ok().map(|connection| converse(connection, &answers)));
    }
    Ok(())
}

fn framed(body: &str) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
    (head + body).into_bytes()
}

fn converse(mut connection: TcpStream, answers: &Answers) -> std::io::Result<()> {
    const NOTHING: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}";
    connection.set_nodelay(true)?;
    let mut lines = BufReader::new(connection.try_clone()?);
    let (mut first, mut line) = (String::new(), String::new());
    loop {
        first.clear();
        if lines.read_line(&mut first)? == 0 {
            return Ok(());
        }
        line.clear();
        while lines.read_line(&mut line)? > 2 {
            line.clear();
        }
        let answer = answers.get(&wanted(&first)).map_or(NOTHING, Vec::as_slice);
        connection.write_all(answer)?;
    }
}

/// `path page` of a request line.
fn wanted(line: &str) -> String {
    let target = line.split(' ').nth(1).unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let page = query.split('&').find_map(|pair| pair.strip_prefix("page=")).unwrap_or("1");
    format!("{path} {page}")
}
