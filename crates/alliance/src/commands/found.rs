//! `alliance found`: a new alliance.

use alliance_api::Commitment;
use alliance_node::FoundOptions;
use clap::Args;

use super::governance::Admission;

use super::organisation::{OrganisationDetails, commitment, init_when_named, refused, report};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::given::pledge;
use crate::passphrase::{Made, NewPassphraseArgs};

/// Options of `found`.
#[derive(Debug, Args)]
pub(crate) struct FoundArgs {
    /// The alliance's name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Your organisation's name: makes the data directory too, so that `init` is not needed before
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// What your organisation pledges, as 'TEXT by YYYY-MM' (may be repeated)
    #[arg(long, value_name = "COMMITMENT", value_parser = commitment)]
    commitment: Vec<Commitment>,
    /// Who may admit others
    #[arg(long, value_enum, value_name = "WHO", default_value = "any-member")]
    admission: Admission,
    /// How many organisations make a chapter active
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    active_at: u32,
    /// File with the text that every member signs [default: the text that comes with the software]
    #[arg(long, value_name = "FILE")]
    pledge: Option<std::path::PathBuf>,
    #[command(flatten)]
    details: OrganisationDetails,
    #[command(flatten)]
    passphrase: NewPassphraseArgs,
}

pub(super) fn perform(context: &Context, args: &FoundArgs) -> Result<Exit, Failure> {
    let pledge_text = match &args.pledge {
        Some(path) => pledge(path)?,
        None => String::new(),
    };
    let passphrase = args.passphrase.make_or_open(context, Made::Organisation)?;
    init_when_named(
        context,
        args.organisation.as_deref(),
        &args.details,
        passphrase.as_ref(),
    )?;
    let options = FoundOptions {
        name: args.name.clone(),
        pledge_text,
        stewards_admit: args.admission == Admission::Stewards,
        chapter_active_at: args.active_at,
        commitments: args.commitment.clone(),
        passphrase,
    };
    let made = alliance_node::found(&context.data, &options).map_err(refused)?;
    report(context, &made, "run")
}
