//! Sealing keys, and changing what opens them.

use std::path::Path;

use serde::Serialize;

use super::refused;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::passphrase::{PassphraseArgs, chosen};

#[derive(Serialize)]
struct Changed {
    files: Vec<String>,
}

pub(super) fn encrypt(context: &Context, passphrase: &PassphraseArgs) -> Result<Exit, Failure> {
    let new = passphrase.choose()?;
    let files = alliance_node::encrypt(&context.data, &new).map_err(refused)?;
    report(
        context,
        files,
        "copies of these files from before are still unencrypted: destroy them",
    )
}

pub(super) fn change(context: &Context, old: &PassphraseArgs, new: Option<&Path>) -> Result<Exit, Failure> {
    let old = old.open(context)?;
    let new = chosen(new)?;
    let files = alliance_node::change_passphrase(&context.data, old.as_ref(), &new).map_err(refused)?;
    report(
        context,
        files,
        "copies of these files from before still open with the old passphrase",
    )
}

fn report(context: &Context, files: Vec<String>, note: &str) -> Result<Exit, Failure> {
    let lines: String = files.iter().map(|file| format!("sealed {file}\n")).collect();
    context.output.answer(&Changed { files }, |_| lines)?;
    context.output.note(note);
    Ok(Exit::Done)
}
