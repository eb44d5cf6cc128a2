//! `alliance openapi`: the description of the HTTP interface. Needs no node: it is the same for every one of this version.

use serde_json::Value;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn perform(output: Output) -> Result<Exit, Failure> {
    let text = alliance_http::description();
    let value: Value = serde_json::from_str(&text)
        .map_err(|error| Failure::local("unwritable", "The description cannot be written", error.to_string()))?;
    output.answer(&value, |_| text.clone())?;
    Ok(Exit::Done)
}
