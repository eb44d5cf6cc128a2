//! `alliance keys`: what the keys are, their passphrase, and certificates. The organisation's key is opened here, signs,
//! and is wiped: it never enters the running node.

mod certificate;
mod end;
mod protect;
mod show;

use std::path::PathBuf;

use alliance_node::{KeyError, KeysError};
use clap::Subcommand;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, chain};
use crate::passphrase::{NewPassphraseArgs, PassphraseArgs};

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Show the public parts, and when the certificate ends
    Show,
    /// Put a passphrase on keys that have none
    Encrypt {
        #[command(flatten)]
        passphrase: PassphraseArgs,
    },
    /// Change the passphrase
    Passphrase {
        #[command(flatten)]
        passphrase: PassphraseArgs,
        /// File with the new passphrase [default: asked for on the terminal]
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Renew this node's certificate; a running node shows it at once, without a restart
    Renew(certificate::RenewArgs),
    /// On the machine of a further node: make its keys, and a request for a certificate
    Request {
        /// A new file for the request
        #[arg(long, value_name = "FILE", default_value = "request.json")]
        out: PathBuf,
        /// A name of the node, for people
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        label: String,
        #[command(flatten)]
        passphrase: NewPassphraseArgs,
    },
    /// On the machine with the organisation's key: sign a certificate for a further node
    Certify(certificate::CertifyArgs),
    /// List the nodes of your organisation
    Nodes,
    /// End a node of your organisation, such as a stolen one: needs the organisation's key, and a node that runs
    Revoke(end::RevokeArgs),
    /// Replace the keys of this node, which must be stopped; the old ones end
    Rotate(end::RotateArgs),
    /// Make another key for your organisation when its own is lost: stewards then let it count
    ReplaceOrganisation(end::ReplaceArgs),
    /// Put a certificate in place
    Install {
        /// The certificate's file
        #[arg(value_name = "FILE")]
        certificate: PathBuf,
    },
}

pub(super) async fn perform(context: &Context, command: KeysCommand) -> Result<Exit, Failure> {
    match command {
        KeysCommand::Show => show::perform(context),
        KeysCommand::Encrypt { passphrase } => protect::encrypt(context, &passphrase),
        KeysCommand::Passphrase {
            passphrase,
            new_passphrase_file,
        } => protect::change(context, &passphrase, new_passphrase_file.as_deref()),
        KeysCommand::Renew(args) => certificate::renew(context, args).await,
        KeysCommand::Request { out, label, passphrase } => certificate::request(context, (&out, label), &passphrase),
        KeysCommand::Certify(args) => certificate::certify(context, args).await,
        KeysCommand::Nodes => end::nodes(context).await,
        KeysCommand::Revoke(args) => end::revoke(context, args).await,
        KeysCommand::Rotate(args) => end::rotate(context, args),
        KeysCommand::ReplaceOrganisation(args) => end::replace(context, &args),
        KeysCommand::Install { certificate } => certificate::install(context, &certificate).await,
    }
}

/// Why something about keys was not done.
pub(crate) fn refused(error: KeysError) -> Failure {
    let title = "Nothing was done";
    match &error {
        KeysError::Option { option, reason } => {
            Failure::usage("bad_option", format!("{option} cannot be used"), reason.as_str())
        }
        KeysError::Key(key) => key_refused(key, title),
        KeysError::NoRequest { .. } => Failure::local("no_request", title, chain(&error)),
        KeysError::BadRequest => Failure::local("bad_request", title, chain(&error)),
        KeysError::Pending { .. } => Failure::local("key_pending", title, chain(&error)),
        KeysError::NeedsAct => Failure::local("needs_act", title, chain(&error)),
        KeysError::Running => Failure::local("running", title, chain(&error)),
        KeysError::BadName { .. } => Failure::usage("bad_name", title, chain(&error)),
        KeysError::NoNextKey => Failure::local("no_next_key", title, chain(&error)),
        KeysError::NotLater => Failure::local("not_later", title, chain(&error)),
        KeysError::BadCertificate { .. } | KeysError::AnotherNode | KeysError::AnotherPlace | KeysError::Ended => {
            Failure::local("bad_certificate", title, chain(&error))
        }
        KeysError::File(_)
        | KeysError::Store { .. }
        | KeysError::NoNode { .. }
        | KeysError::NoAlliance { .. }
        | KeysError::BadMember { .. } => Failure::local("keys_failed", title, chain(&error)),
    }
}

/// A key that cannot be used.
pub(crate) fn key_refused(error: &KeyError, title: &str) -> Failure {
    let code = match error {
        KeyError::File(_) => "keys_failed",
        KeyError::Missing { .. } => "key_missing",
        KeyError::Locked { .. } => "no_passphrase",
        KeyError::WrongPassphrase { .. } => "wrong_passphrase",
        KeyError::Sealed { .. } => "sealed_already",
    };
    Failure::local(code, title, chain(error))
}
