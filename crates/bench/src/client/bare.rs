//! `reqwest` and `serde_json` alone: derived models of the same fields, one page after the other, nothing checked.

use anyhow::{Result, bail};
use reqwest::Client;
use reqwest::header::{HeaderMap, HeaderValue};
use serde::de::DeserializeOwned;

use super::models::{Accounts, Report, Transactions};

pub(crate) fn client() -> Result<Client> {
    let mut headers = HeaderMap::new();
    headers.insert("X-Auth-ID", HeaderValue::from_static("PA_XXXXXXXX"));
    headers.insert("X-Auth-Token", HeaderValue::from_static("a-token"));
    headers.insert("Accept", HeaderValue::from_static("application/json"));
    Ok(Client::builder().default_headers(headers).no_proxy().build()?)
}

async fn get<T: DeserializeOwned>(client: &Client, url: String) -> Result<T> {
    let body = client.get(url).send().await?.error_for_status()?.bytes().await?;
    Ok(serde_json::from_slice(&body)?)
}

/// One small read, so that the connection is there.
pub(crate) async fn warm(client: &Client, base: &str, case: &str) -> Result<()> {
    match case {
        "small" | "large" => drop(get::<Report>(client, format!("{base}dashboard")).await?),
        "1000" | "10000" => drop(get::<Accounts>(client, format!("{base}accounts?page=1&per_page=100")).await?),
        _ => {
            let url = format!("{base}accounts/MA_XXXXXXXX/transactions?page=1&per_page=100");
            drop(get::<Transactions>(client, url).await?);
        }
    }
    Ok(())
}

/// Reads one case and counts its rows.
pub(crate) async fn read(client: &Client, base: &str, case: &str) -> Result<usize> {
    match case {
        "small" | "large" => Ok(get::<Report>(client, format!("{base}dashboard")).await?.time_series.len()),
        "1000" | "10000" => {
            let mut accounts = Vec::new();
            for page in 1.. {
                let answer: Accounts = get(client, format!("{base}accounts?page={page}&per_page=100")).await?;
                accounts.extend(answer.accounts);
                if accounts.len() >= answer.total {
                    break;
                }
            }
            Ok(accounts.len())
        }
        "ledger" => {
            let mut rows = 0;
            for page in 1.. {
                let url = format!("{base}accounts/MA_XXXXXXXX/transactions?page={page}&per_page=100");
                let answer: Transactions = get(client, url).await?;
                rows += answer.transactions.len();
                if page >= answer.total_pages {
                    break;
                }
            }
            Ok(rows)
        }
        _ => bail!("there is no case {case}"),
    }
}
