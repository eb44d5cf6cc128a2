//! The end of a node's keys, and what takes their place: revoking, rotating, another key of the organisation.

use alliance_api::{CutsRequest, NodeOfOrganisation, StatementRequest};
use alliance_node::{EndOfNode, Pending, Rotation, Terms};
use clap::Args;

use super::refused;
use crate::calendar::day_of;
use crate::commands::before::BeforeArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;
use crate::passphrase::{NewPassphraseArgs, PassphraseArgs};
use crate::table::Table;

/// Options of `keys revoke`.
#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    /// The node's signing key, or a unique beginning of it: see `alliance keys nodes`
    #[arg(value_name = "WRITER")]
    writer: String,
    /// Why, as a code of small letters, such as stolen or retired
    #[arg(long, default_value = "retired", value_name = "CODE")]
    reason: String,
    /// Revoke even the node that is asked: members cut it off, and it signs nothing any more
    #[arg(long)]
    this_node: bool,
    #[command(flatten)]
    before: BeforeArgs,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// Options of `keys rotate`.
#[derive(Debug, Args)]
pub(crate) struct RotateArgs {
    /// The act that gave the organisation another key, or took it in again: its id, as `alliance status` or a member's
    /// `alliance log` shows it, or a unique beginning of it where this node knows the act
    #[arg(long, value_name = "ACT")]
    act: Option<String>,
    #[command(flatten)]
    before: BeforeArgs,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

pub(super) async fn nodes(context: &Context) -> Result<Exit, Failure> {
    let nodes = context
        .client()?
        .nodes()
        .await
        .map_err(|error| context.refused(error))?;
    context.output.answer(&nodes, |screen| table(&nodes, screen))?;
    Ok(Exit::Done)
}

fn table(nodes: &[NodeOfOrganisation], screen: Screen) -> String {
    let mut table = Table::new(&["WRITER", "STATE", "ENDS", "PEER", "LABEL"]);
    for node in nodes {
        let state = match (node.ended, node.this_one) {
            (true, _) => "ended",
            (false, true) => "this one",
            (false, false) => "good",
        };
        table.push(vec![
            node.writer.get(..16).unwrap_or(&node.writer).to_owned(),
            state.to_owned(),
            day_of(node.ends_ms),
            node.peer.clone(),
            node.label.clone(),
        ]);
    }
    table.render(screen)
}

pub(super) async fn revoke(context: &Context, args: RevokeArgs) -> Result<Exit, Failure> {
    let client = context.client()?;
    let asked = CutsRequest {
        writer: args.writer,
        before: args.before.before,
    };
    let cuts = client.cuts(&asked).await.map_err(|error| context.refused(error))?;
    let nodes = client.nodes().await.map_err(|error| context.refused(error))?;
    let is_this_one = nodes.iter().any(|node| node.this_one && node.writer == cuts.writer);
    if is_this_one && !args.this_node {
        let what = "That is the node that you are asking: revoked, it is cut off from everybody";
        let why = "nothing was revoked. To give it other keys, stop it and run `alliance keys rotate`; to end it all the \
                   same, add --this-node";
        return Err(Failure::local("this_node", what, why));
    }
    let end = EndOfNode {
        writer: cuts.writer.clone(),
        cuts: cuts.cuts.clone(),
        reason: args.reason,
    };
    let passphrase = args.passphrase.open(context)?;
    let signed = alliance_node::revoke(&context.data, &end, passphrase.as_ref()).map_err(refused)?;
    let request = StatementRequest {
        kind: signed.kind,
        body: signed.body,
    };
    let receipt = client.carry(&request).await.map_err(|error| context.refused(error))?;
    context.output.answer(&cuts, |_| {
        let logs = cuts.logs.iter();
        let lines = logs.map(|cut| format!("cut  {} after {}\n", cut.chapter, cut.sequence));
        lines.collect()
    })?;
    context.output.note(&format!(
        "The node {} is revoked by record {}: members cut it off as they learn of it. What it wrote beyond these places \
         does not count.",
        cuts.writer, receipt.record
    ));
    Ok(Exit::Done)
}

pub(super) fn rotate(context: &Context, args: RotateArgs) -> Result<Exit, Failure> {
    let passphrase = args.passphrase.open(context)?;
    let terms = Terms::default();
    let rotation = Rotation {
        act: args.act,
        before: args.before.before,
    };
    let rotated = alliance_node::rotate(&context.data, &terms, &rotation, passphrase.as_ref());
    let rotated = rotated.map_err(refused)?;
    context.output.answer(&rotated, |_| {
        let by = if rotated.by_next_key {
            "the next key of its certificate"
        } else {
            "the organisation's key"
        };
        format!(
            "old     {}\nnew     {}\nby      {by}\n",
            rotated.old_writer, rotated.writer
        )
    })?;
    context.output.note(&format!(
        "Start the node: it tells the members, which find it by its address though its peer id is another one now. Others \
         need to do nothing, as long as the address stays. Open invitations go on to work, unless the organisation has \
         another key than when they were given: then give new ones. next: {}",
        context.command("run")
    ));
    Ok(Exit::Done)
}

/// Options of `keys replace-organisation`.
#[derive(Debug, Args)]
pub(crate) struct ReplaceArgs {
    /// Make one more, though one that was made before waits for stewards: that one is set aside
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    passphrase: NewPassphraseArgs,
}

pub(super) fn replace(context: &Context, args: &ReplaceArgs) -> Result<Exit, Failure> {
    let pending = if args.again { Pending::SetAside } else { Pending::Keep };
    // Before a passphrase is asked for: it would be for nothing.
    alliance_node::may_replace(&context.data, pending).map_err(refused)?;
    let passphrase = args.passphrase.choose(context)?;
    let made = alliance_node::replace_organisation_key(&context.data, pending, passphrase.as_ref()).map_err(refused)?;
    let key = made.key;
    context
        .output
        .answer(&key.to_string(), |_| format!("{}\n", key.did()))?;
    if let Some(next) = &made.next_key_apart {
        context.output.note(&format!(
            "{next} stays under the passphrase that it had, until `alliance keys rotate` makes another. If you still have \
             that passphrase, `alliance keys passphrase` with it as the old one puts both under one",
        ));
    }
    context.output.note(
        "Ask stewards to propose it: alliance propose rekey YOUR-ORGANISATION --key THIS-KEY. When the act is in force, stop \
         the node, run `alliance keys rotate --act ACT`, and start it again. Until then it goes on as before.",
    );
    Ok(Exit::Done)
}
