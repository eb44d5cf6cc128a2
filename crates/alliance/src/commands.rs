//! The commands, one module each.

mod before;
pub(crate) mod bundle;
pub(crate) mod chapter;
pub(crate) mod cite;
pub(crate) mod codes;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod digest;
mod download;
pub(crate) mod drafts;
pub(crate) mod erase;
mod export;
pub(crate) mod found;
pub(crate) mod governance;
pub(crate) mod init;
mod invitations;
pub(crate) mod invite;
pub(crate) mod join;
pub(crate) mod keys;
pub(crate) mod leak;
pub(crate) mod list;
pub(crate) mod members;
pub(crate) mod openapi;
mod organisation;
mod peers;
pub(crate) mod pledge;
pub(crate) mod run;
pub(crate) mod search;
pub(crate) mod share;
pub(crate) mod show;
pub(crate) mod snapshot;
mod status;
pub(crate) mod sync;
pub(crate) mod tokens;
pub(crate) mod verify;
pub(crate) mod vouch;
pub(crate) mod why;

use crate::cli::{Cli, Command};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Does what the command line asks.
///
/// # Errors
/// Why it was not done.
pub(crate) async fn perform(cli: Cli, output: Output) -> Result<Exit, Failure> {
    match cli.command {
        // These need no data directory.
        Command::Completions(args) => return completions::perform(&args, output),
        Command::Codes(args) => return codes::perform(&args, output),
        Command::Verify(args) => return verify::perform(&args, output),
        Command::Openapi => return openapi::perform(output),
        Command::Demo(args) => return Box::pin(demo::perform(args, output)).await,
        _ => {}
    }
    let context = Context::new(cli.global, output)?;
    match cli.command {
        Command::Init(args) => init::perform(&context, &args),
        Command::Found(args) => found::perform(&context, &args),
        Command::Invite(args) => invite::perform(&context, args).await,
        Command::Invitations => invitations::perform(&context).await,
        Command::Keys(command) => keys::perform(&context, command).await,
        Command::Members(args) => members::perform(&context, &args).await,
        Command::Vouch(args) => vouch::perform(&context, &args).await,
        Command::Pledge(args) => pledge::perform(&context, args).await,
        Command::Join(args) => Box::pin(join::perform(&context, args)).await,
        Command::Run(args) => Box::pin(run::perform(&context, &args)).await,
        Command::Share(args) => share::perform(&context, args).await,
        Command::Drafts(args) => drafts::perform(&context, args).await,
        Command::Tokens(command) => tokens::perform(&context, command).await,
        Command::List(args) => list::perform(&context, args).await,
        Command::Search(args) => search::perform(&context, args).await,
        Command::Show(args) => show::perform(&context, &args).await,
        Command::Digest(args) => digest::perform(&context, args).await,
        Command::Why(args) => why::perform(&context, &args).await,
        Command::Erase(args) => erase::erase(&context, args).await,
        Command::Removal(args) => erase::removal(&context, &args).await,
        Command::Quarantine(args) => erase::quarantine(&context, &args).await,
        Command::Leak(args) => leak::perform(&context, &args).await,
        Command::Chapter(command) => chapter::perform(&context, command).await,
        Command::Propose(args) => governance::propose(&context, args).await,
        Command::Approve(args) => governance::approve(&context, args).await,
        Command::Reject(args) => governance::reject(&context, args).await,
        Command::Log(args) => governance::log(&context, &args).await,
        Command::Export(command) => bundle::export(&context, command).await,
        Command::Import(command) => bundle::import(&context, command).await,
        Command::Snapshot(args) => snapshot::perform(&context, *args).await,
        Command::Cite(args) => cite::perform(&context, &args).await,
        Command::Peers => peers::perform(&context).await,
        Command::Status => status::perform(&context).await,
        Command::Sync(args) => sync::perform(&context, &args).await,
        Command::Config(command) => config::perform(&context, &command),
        Command::Codes(_) | Command::Completions(_) | Command::Verify(_) | Command::Openapi | Command::Demo(_) => {
            Ok(Exit::Done)
        }
    }
}
