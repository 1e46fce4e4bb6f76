//! Gives a customer calls at once, and reads what both sides have.
//!
//! `cargo run -p vobiz-core --example capacity -- MA_XXXXXXXX 5`, with `VOBIZ_AUTH_ID` and `VOBIZ_AUTH_TOKEN` set.

#![expect(clippy::print_stdout, reason = "an example is there to print")]

use vobiz_core::ClientBuilder;
use vobiz_core::capacity::Resource;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [customer, slots] = &arguments[..] else { return Err("give a customer and a number of calls at once".into()) };
    let client = ClientBuilder::from_env()?.allow_changes().build()?;
    let moved = client.give_capacity(customer, Resource::ConcurrentCalls, slots.parse()?, None).await?;
    println!("moved {:?}, the partner has {:?} left", moved.slots, moved.partner_remaining);
    // What is read right after a move may be some minutes old.
    println!("{:?}", client.capacity(customer).await?);
    Ok(())
}
