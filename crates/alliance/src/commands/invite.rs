//! `alliance invite`: a one-time token for another organisation; and withdrawing one.

use std::path::PathBuf;

use alliance_api::{InvitationView, InviteRequest};
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::calendar::{day_of, span_hours};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::private::{NewFile, create};
use crate::qr;

/// Options of `invite`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct InviteArgs {
    #[command(subcommand)]
    command: Option<InviteCommand>,
    /// How long it can be used: hours, days or weeks, as 12h, 7d or 2w
    #[arg(long, value_name = "SPAN", default_value = "7d", value_parser = span_hours)]
    expires: u32,
    /// For whom it is; a note to yourselves
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    note: String,
    /// Address to put in, when this node's own guess would be wrong (multiaddress; may be repeated)
    #[arg(long, value_name = "ADDRESS")]
    address: Vec<String>,
    #[command(flatten)]
    places: Places,
}

/// What to do with an invitation that was given.
#[derive(Debug, Subcommand)]
pub(crate) enum InviteCommand {
    /// Withdraw an invitation that nobody has used
    Revoke {
        /// Its id, or the beginning of it: see `alliance invitations`
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// Where the secret goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Where it goes (at least one)")]
struct Places {
    /// Write it to a new file that only you can read
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Draw it as a QR code on the terminal
    #[arg(long)]
    qr: bool,
    /// Write it as a QR code to a new SVG file that only you can read
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write it to standard output
    #[arg(long)]
    print: bool,
}

/// An invitation that was made: the answer has the secret only where that was asked for.
#[derive(Serialize)]
struct Made<'a> {
    id: &'a str,
    expires_at_ms: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    svg: Option<String>,
}

pub(super) async fn perform(context: &Context, args: InviteArgs) -> Result<Exit, Failure> {
    match args.command {
        Some(InviteCommand::Revoke { id }) => revoke(context, &id).await,
        None => invite(context, args).await,
    }
}

async fn revoke(context: &Context, id: &str) -> Result<Exit, Failure> {
    let asked = context.client()?.revoke_invitation(id).await;
    let revoked = asked.map_err(|error| context.refused(error))?;
    context
        .output
        .answer(&revoked, |_| format!("withdrawn {}\n", revoked.id))?;
    context
        .output
        .note("whoever tries to join by it is refused: invitation_revoked");
    Ok(Exit::Done)
}

async fn invite(context: &Context, args: InviteArgs) -> Result<Exit, Failure> {
    let Places { out, qr, svg, print } = &args.places;
    if out.is_none() && svg.is_none() && !qr && !print {
        return Err(Failure::usage(
            "no_place",
            "An invitation is a secret: say where it goes",
            "--out FILE, --qr (on this terminal), --svg FILE, or --print (standard output)",
        ));
    }
    // The files come first: an invitation that nobody can read would still be open.
    let file = out.as_deref().map(create).transpose()?;
    let drawing = match svg.as_deref().map(create).transpose() {
        Ok(drawing) => drawing,
        Err(failure) => {
            discard([file, None]);
            return Err(failure);
        }
    };
    let request = InviteRequest {
        expires_in_hours: args.expires,
        note: args.note.clone(),
        addresses: args.address.clone(),
    };
    match context.client()?.invite(&request).await {
        Ok(made) => hand_over(context, &made, &args.places, (file, drawing)),
        Err(error) => {
            discard([file, drawing]);
            Err(context.refused(error))
        }
    }
}

fn discard(files: [Option<NewFile>; 2]) {
    files.into_iter().flatten().for_each(NewFile::discard);
}

fn hand_over(
    context: &Context,
    invitation: &InvitationView,
    places: &Places,
    (file, drawing): (Option<NewFile>, Option<NewFile>),
) -> Result<Exit, Failure> {
    let token = &invitation.token;
    let made = Made {
        id: &invitation.id,
        expires_at_ms: invitation.expires_at_ms,
        token: places.print.then_some(token),
        file: file.as_ref().map(NewFile::name),
        svg: drawing.as_ref().map(NewFile::name),
    };
    file.map_or(Ok(()), |file| file.write(token))?;
    drawing.map_or(Ok(()), |drawing| drawing.write(&qr::svg(token)?))?;
    let drawn = if places.qr { Some(qr::draw(token)?) } else { None };
    context.output.answer(&made, |screen| {
        let named = made.file.iter().chain(&made.svg).map(|file| format!("{file}\n"));
        let printed = made.token.iter().map(|token| format!("{token}\n"));
        let drawn = drawn.iter().map(|code| code.shown(screen));
        named.chain(printed).chain(drawn).collect()
    })?;
    let end = day_of(invitation.expires_at_ms);
    context.output.note(&format!(
        "The invitation {} works once, until {end} (UTC). Hand it over as you would a key: whoever has it can join.",
        invitation.id
    ));
    for warning in &invitation.warnings {
        context
            .output
            .note(&format!("warning: {}", crate::text::plain(warning)));
    }
    Ok(Exit::Done)
}
