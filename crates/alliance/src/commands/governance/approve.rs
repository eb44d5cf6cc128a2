//! `alliance approve` and `alliance reject`: a steward's word on an act, signed with the organisation's key.

use alliance_api::StatementRequest;
use alliance_node::StewardWord;
use clap::Args;

use super::log::{act_page, short};
use crate::commands::keys::refused;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::passphrase::PassphraseArgs;

/// Which act.
#[derive(Debug, Args)]
pub(crate) struct WordArgs {
    /// The act, by its id or a unique beginning of it
    #[arg(value_name = "ACT")]
    act: String,
    /// A sentence for people; everybody in the alliance reads it
    #[arg(long, default_value = "", value_name = "TEXT", hide_default_value = true)]
    note: String,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

pub(crate) async fn approve(context: &Context, args: WordArgs) -> Result<Exit, Failure> {
    say(context, args, Word::Approves).await
}

pub(crate) async fn reject(context: &Context, args: WordArgs) -> Result<Exit, Failure> {
    say(context, args, Word::Rejects).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Approves,
    Rejects,
}

async fn say(context: &Context, args: WordArgs, word: Word) -> Result<Exit, Failure> {
    let client = context.client()?;
    // The whole id comes from the node: what is signed is the act that it shows.
    let act = client.act(&args.act).await.map_err(|error| context.refused(error))?;
    let said = StewardWord {
        act: act.id.clone(),
        approves: word == Word::Approves,
        note: args.note,
    };
    let passphrase = args.passphrase.open(context)?;
    let signed = alliance_node::approve(&context.data, &said, passphrase.as_ref()).map_err(refused)?;
    let request = StatementRequest {
        kind: signed.kind,
        body: signed.body,
    };
    client.carry(&request).await.map_err(|error| context.refused(error))?;
    let act = client.act(&act.id).await.map_err(|error| context.refused(error))?;
    context.output.answer(&act, |_| act_page(&act))?;
    let done = match word {
        Word::Approves => "Approved, and it cannot be taken back",
        Word::Rejects => "Rejected: shown to all, and counted for nothing",
    };
    context.output.note(&format!("{done}: {}", short(&act.id)));
    Ok(Exit::Done)
}
