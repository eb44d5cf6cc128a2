//! `alliance join`: a place in an alliance. The invitation comes from a file or from standard input, never as an argument,
//! which every user of the machine could read.

use std::io::IsTerminal;
use std::path::Path;

use alliance_api::Commitment;
use alliance_node::{JoinOptions, SetupError};
use clap::Args;

use super::organisation::{OrganisationDetails, commitment, init_when_named, not_joined, refused, report};
use crate::config::SettingFlags;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::given::{self, NoText};
use crate::passphrase::{Made, NewPassphraseArgs};

/// Bytes of an invitation: ten addresses and a secret, with room.
const INVITATION_BYTES_MAX: u64 = 16_384;
/// Characters from which a name without a directory is taken for a token.
const TOKEN_CHARS_MIN: usize = 60;

/// Options of `join`.
#[derive(Debug, Args)]
pub(crate) struct JoinArgs {
    /// File with the invitation; - reads standard input
    #[arg(value_name = "INVITATION_FILE", default_value = "-")]
    invitation: String,
    /// Your organisation's name: makes the data directory too, so that `init` is not needed before
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// What your organisation pledges, as 'TEXT by YYYY-MM' (may be repeated)
    #[arg(long, value_name = "COMMITMENT", value_parser = commitment)]
    commitment: Vec<Commitment>,
    #[command(flatten)]
    details: OrganisationDetails,
    #[command(flatten)]
    passphrase: NewPassphraseArgs,
    #[command(flatten)]
    settings: Box<SettingFlags>,
}

pub(super) async fn perform(context: &Context, args: JoinArgs) -> Result<Exit, Failure> {
    let settings = context.config(&args.settings)?.settings;
    let invitation = read(&args.invitation)?;
    // Before keys are made or opened: a mistyped invitation costs nobody a passphrase.
    alliance_node::check_invitation(&invitation).map_err(|error| not_joined(&error))?;
    let passphrase = args.passphrase.make_or_open(context, Made::Organisation)?;
    init_when_named(
        context,
        args.organisation.as_deref(),
        &args.details,
        passphrase.as_ref(),
    )?;
    let options = JoinOptions {
        invitation,
        commitments: args.commitment,
        passphrase,
    };
    match alliance_node::join(&context.data, &settings, &options).await {
        Ok(made) => report(context, &made, "run"),
        Err(error) => {
            if matches!(error, SetupError::Join(_)) && !options.commitments.is_empty() {
                context
                    .output
                    .note("what you pledged is kept: it need not be typed again with the next invitation");
            }
            Err(refused(error))
        }
    }
}

fn read(name: &str) -> Result<String, Failure> {
    if name != "-" && looks_like_a_token(name) {
        return Err(Failure::usage(
            "token_as_argument",
            "That looks like the invitation itself, which every user of this machine can now read",
            "put it in a file and name the file, or pipe it in: alliance join - < invitation.txt",
        ));
    }
    if name == "-" && std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            "no_invitation",
            "No invitation was given",
            "name the file that you received: alliance join invitation.txt",
        ));
    }
    let none = || {
        let title = match name {
            "-" => "Standard input holds no invitation".to_owned(),
            path => format!("'{path}' holds no invitation"),
        };
        Failure::usage(
            "not_an_invitation",
            title,
            "ask the member that invited you for a new one",
        )
    };
    let text = given::text(Path::new(name), INVITATION_BYTES_MAX).map_err(|error| match error {
        NoText::TooLarge(_) | NoText::NotUtf8 => none(),
        NoText::Unreadable(error) => Failure::usage(
            "invitation_unreadable",
            format!("The invitation '{name}' cannot be read: {error}"),
            "name the file that you received, or - for standard input",
        ),
    })?;
    let invitation = text.trim();
    if invitation.is_empty() {
        return Err(none());
    }
    Ok(invitation.to_owned())
}

fn looks_like_a_token(name: &str) -> bool {
    name.len() >= TOKEN_CHARS_MIN && !name.contains(['/', '.']) && !Path::new(name).exists()
}
