//! Certificates: renewed for this node, requested by a further one, signed for it, put in place.

use std::path::{Path, PathBuf};

use alliance_api::{CertificateRequest, ClientError};
use alliance_node::{CertificateFile, FirstMember, NodeRequest, RequestOptions, Terms};
use clap::Args;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::refused;
use crate::calendar::{day_of, valid_ms};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, chain};
use crate::given;
use crate::passphrase::{Made, NewPassphraseArgs, PassphraseArgs};
use crate::private::create;

/// Bytes of a request's or a certificate's file.
const FILE_BYTES_MAX: u64 = 262_144;

/// What is granted.
#[derive(Debug, Clone, Args)]
struct TermsArgs {
    /// How long it is valid from now: days, weeks or years, as 90d, 12w or 2y
    #[arg(long, value_name = "SPAN", default_value = "2y", value_parser = valid_ms)]
    valid: i64,
    /// A name of the node, for people [default: the one it has]
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
}

/// Options of `keys renew`.
#[derive(Debug, Args)]
pub(crate) struct RenewArgs {
    #[command(flatten)]
    terms: TermsArgs,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// Options of `keys certify`.
#[derive(Debug, Args)]
pub(crate) struct CertifyArgs {
    /// The request's file
    #[arg(value_name = "REQUEST")]
    request: PathBuf,
    /// A new file for the certificate
    #[arg(long, value_name = "FILE", default_value = "certificate.json")]
    out: PathBuf,
    /// Node that the new one dials first, as /dns4/…/tcp/4001/p2p/12D3Koo… [default: this one, and those it dialled]
    #[arg(long, value_name = "ADDRESS")]
    peer: Vec<String>,
    #[command(flatten)]
    terms: TermsArgs,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

impl TermsArgs {
    fn terms(self) -> Terms {
        Terms {
            label: self.label,
            valid_ms: self.valid,
        }
    }
}

/// What became of a certificate.
#[derive(Serialize)]
struct Placed {
    organisation: String,
    writer: String,
    label: String,
    ends_ms: i64,
    /// Whether a running node shows it already.
    running: bool,
}

/// Where a file was written.
#[derive(Serialize)]
struct Filed {
    file: String,
    fingerprint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_ms: Option<i64>,
}

pub(super) async fn renew(context: &Context, args: RenewArgs) -> Result<Exit, Failure> {
    let passphrase = args.passphrase.open(context)?;
    let file = alliance_node::renew(&context.data, &args.terms.terms(), passphrase.as_ref()).map_err(refused)?;
    place(context, &file).await
}

pub(super) async fn install(context: &Context, path: &Path) -> Result<Exit, Failure> {
    let file: CertificateFile = read(path, "certificate")?;
    place(context, &file).await
}

/// By the running node, so that its next connection shows it; on the disk, when none runs.
async fn place(context: &Context, file: &CertificateFile) -> Result<Exit, Failure> {
    let certified = file.certified().map_err(refused)?;
    let request = CertificateRequest {
        certificate: file.certificate.clone(),
    };
    let running = match context.client()?.install_certificate(&request).await {
        Ok(_) => true,
        Err(ClientError::NotRunning { .. }) => {
            alliance_node::install(&context.data, file).map_err(refused)?;
            false
        }
        Err(error) => return Err(context.refused(error)),
    };
    let placed = Placed {
        organisation: certified.organisation,
        writer: certified.writer,
        label: certified.label,
        ends_ms: certified.ends_ms,
        running,
    };
    let end = day_of(placed.ends_ms);
    context
        .output
        .answer(&placed, |_| format!("certificate   ends {end}\n"))?;
    let note = if running {
        "the running node shows it on new connections, and tells the others; no connection was cut".to_owned()
    } else {
        format!("it is in place for the next start; next: {}", context.command("run"))
    };
    context.output.note(&note);
    Ok(Exit::Done)
}

pub(super) fn request(
    context: &Context,
    (out, label): (&Path, String),
    passphrase: &NewPassphraseArgs,
) -> Result<Exit, Failure> {
    let passphrase = passphrase.make_or_open(context, Made::Node)?;
    let options = RequestOptions { label, passphrase };
    let made = alliance_node::request(&context.data, &options).map_err(refused)?;
    write(out, &made)?;
    let filed = Filed {
        file: out.display().to_string(),
        fingerprint: made.fingerprint(),
        ends_ms: None,
    };
    context.output.answer(&filed, |_| format!("{}\n", filed.file))?;
    context.output.note(&format!("fingerprint {}", filed.fingerprint));
    context.output.note(
        "next: carry the file to the machine with the organisation's key, run `alliance keys certify` there, and compare \
         the fingerprint",
    );
    Ok(Exit::Done)
}

pub(super) async fn certify(context: &Context, args: CertifyArgs) -> Result<Exit, Failure> {
    let request: NodeRequest = read(&args.request, "request")?;
    let members = first_members(context, &args.peer).await?;
    context.output.note(&format!("fingerprint {}", request.fingerprint()));
    let passphrase = args.passphrase.open(context)?;
    let terms = args.terms.terms();
    let file =
        alliance_node::certify(&context.data, &request, &terms, members, passphrase.as_ref()).map_err(refused)?;
    write(&args.out, &file)?;
    let filed = Filed {
        file: args.out.display().to_string(),
        fingerprint: request.fingerprint(),
        ends_ms: Some(file.certified().map_err(refused)?.ends_ms),
    };
    context.output.answer(&filed, |_| format!("{}\n", filed.file))?;
    context.output.note(
        "the fingerprint must be the one that the new node's machine showed; if it is, carry the file there and run \
         `alliance keys install`",
    );
    Ok(Exit::Done)
}

/// Whom the new node dials first: those named, or this node and those that it dialled itself.
async fn first_members(context: &Context, named: &[String]) -> Result<Vec<FirstMember>, Failure> {
    if !named.is_empty() {
        return named.iter().map(|address| named_member(address)).collect();
    }
    let asked = context.client()?.status().await;
    let status = asked.map_err(|error| {
        context
            .refused(error)
            .mend("start the node, or name whom the new one dials first: --peer /dns4/…/tcp/4001/p2p/12D3Koo…")
    })?;
    let own = FirstMember {
        organisation: status.organisation.id.clone(),
        peer: status.node.peer.clone(),
        addresses: status.node.listen.clone(),
    };
    let dialled = status
        .peers
        .iter()
        .filter(|peer| peer.outbound)
        .map(|peer| FirstMember {
            organisation: peer.organisation.clone(),
            peer: peer.peer.clone(),
            addresses: vec![peer.address.clone()],
        });
    let members: Vec<FirstMember> = [own]
        .into_iter()
        .chain(dialled)
        .filter(|one| !one.addresses.is_empty())
        .collect();
    if members.is_empty() {
        let title = "This node listens nowhere and has dialled nobody: the new node would not know whom to dial";
        return Err(Failure::usage(
            "no_member_to_dial",
            title,
            "name one: --peer /dns4/…/tcp/4001/p2p/12D3Koo…",
        ));
    }
    Ok(members)
}

fn named_member(text: &str) -> Result<FirstMember, Failure> {
    let Some((address, peer)) = text.split_once("/p2p/") else {
        let title = format!("'{text}' does not name the node behind it");
        return Err(Failure::usage(
            "bad_peer",
            title,
            "write it as /dns4/node.example.org/tcp/4001/p2p/12D3Koo…",
        ));
    };
    Ok(FirstMember {
        organisation: String::new(),
        peer: peer.to_owned(),
        addresses: vec![address.to_owned()],
    })
}

fn read<T: DeserializeOwned>(path: &Path, what: &str) -> Result<T, Failure> {
    let unreadable = |why: String| {
        let title = format!("The {what} {} cannot be read: {why}", path.display());
        Failure::usage("file_unreadable", title, format!("name the file that holds the {what}"))
    };
    let text = given::text(path, FILE_BYTES_MAX).map_err(|error| unreadable(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| unreadable(chain(&error)))
}

fn write(path: &Path, value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::local("unwritable", "The file cannot be written", error.to_string()))?;
    create(path)?.write(&text)
}
