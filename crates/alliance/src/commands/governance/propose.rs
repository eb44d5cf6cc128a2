//! `alliance propose`: an act that stewards may approve.

use alliance_api::{ActView, CharterChange, Proposal, ProposeRequest};
use clap::{Args, Subcommand, ValueEnum};

use super::log::{act_page, short};
use crate::commands::before::BeforeArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::given::pledge;
use crate::text::plain;

/// Propose an act. Everybody can read it; it binds nobody before enough stewards approve it.
#[derive(Debug, Args)]
pub(crate) struct ProposeArgs {
    #[command(subcommand)]
    what: What,
    /// Why, as a code of small letters, such as conduct, key_lost or agreed; of a notice a code of the list notice_reason
    #[arg(long, global = true, default_value = "unspecified", value_name = "CODE")]
    reason: String,
    /// A sentence for people; everybody in the alliance reads it
    #[arg(
        long,
        global = true,
        default_value = "",
        value_name = "TEXT",
        hide_default_value = true
    )]
    note: String,
}

/// What an act does.
#[derive(Debug, Subcommand)]
enum What {
    /// Take an organisation off the roster for now
    Suspend(Standing),
    /// Take an organisation off the roster
    Remove(Standing),
    /// Take an organisation in again
    Reinstate {
        #[command(flatten)]
        whom: Standing,
        /// The key that signs for it from now on, if it is another one: did:key:z… or hexadecimal
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
    /// Give an organisation that lost its key another one
    Rekey {
        #[command(flatten)]
        whom: Standing,
        /// The key that signs for it from now on: did:key:z… or hexadecimal
        #[arg(long, value_name = "KEY")]
        key: String,
    },
    /// Erase the body of a record that its own organisation does not remove: everywhere, and for good
    Erase {
        /// The record's id, or a unique beginning of it
        #[arg(value_name = "RECORD")]
        record: String,
    },
    /// Mark a record with a notice, whoever wrote it: it stays, and is read with what stewards say of it
    Notice {
        /// The record's id, or a unique beginning of it
        #[arg(value_name = "RECORD")]
        record: String,
        /// addendum, clarification, correction, expression_of_concern, partial_retraction or retraction
        #[arg(long = "type", value_name = "TYPE")]
        notice_type: String,
        /// What was wrong and what is right, shown beside the record
        #[arg(long, default_value = "", value_name = "TEXT", hide_default_value = true)]
        text: String,
    },
    /// Take a notice by stewards back: it marks its record no more
    Lift {
        /// The act that marks, or a unique beginning of its id
        #[arg(value_name = "ACT")]
        act: String,
    },
    /// Put another version of the charter in force; what is not given stays
    Amend(Box<Amend>),
}

impl What {
    /// From where on what the organisation's nodes wrote is not to count.
    fn before(&self) -> Vec<String> {
        match self {
            Self::Suspend(whom) | Self::Remove(whom) => whom.before.before.clone(),
            Self::Reinstate { whom, .. } | Self::Rekey { whom, .. } => whom.before.before.clone(),
            Self::Amend(_) | Self::Erase { .. } | Self::Notice { .. } | Self::Lift { .. } => Vec::new(),
        }
    }
}

/// An organisation, and where its nodes' logs end.
#[derive(Debug, Args)]
struct Standing {
    /// Its key (did:key:z…, hexadecimal, or a unique beginning of that), or its name if nobody else has one like it
    #[arg(value_name = "ORGANISATION")]
    organisation: String,
    #[command(flatten)]
    before: BeforeArgs,
}

#[derive(Debug, Args)]
struct Amend {
    /// The alliance's name
    #[arg(long)]
    name: Option<String>,
    /// File with the text that every member signs
    #[arg(long, value_name = "FILE")]
    pledge: Option<std::path::PathBuf>,
    /// Add a steward (may be repeated)
    #[arg(long, value_name = "ORGANISATION")]
    add_steward: Vec<String>,
    /// Leave a steward out (may be repeated)
    #[arg(long, value_name = "ORGANISATION")]
    drop_steward: Vec<String>,
    /// How many stewards must agree [default: more than half of them]
    #[arg(long, value_name = "K")]
    threshold: Option<u32>,
    /// Who may admit others
    #[arg(long, value_enum, value_name = "WHO")]
    admission: Option<Admission>,
    /// How many organisations make a chapter active
    #[arg(long, value_name = "N")]
    active_at: Option<u32>,
    /// How many months a pledge lasts
    #[arg(long, value_name = "MONTHS")]
    pledge_months: Option<u32>,
}

/// Who may admit others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Admission {
    /// Every member
    AnyMember,
    /// Stewards alone
    Stewards,
}

pub(crate) async fn perform(context: &Context, args: ProposeArgs) -> Result<Exit, Failure> {
    let before = args.what.before();
    let request = ProposeRequest {
        act: proposal(args.what)?,
        reason: args.reason,
        note: args.note,
        before,
    };
    let proposed = context.client()?.propose(&request).await;
    let act = proposed.map_err(|error| context.refused(error))?;
    context.output.answer(&act, |_| act_page(&act))?;
    if act.organisation.is_some() && act.record.is_none() {
        context.output.note(&spared(&act));
    }
    let approve = format!("alliance approve {}", short(&act.id));
    context.output.note(&format!(
        "Proposed. {} of the stewards must approve it, each with: {approve}",
        act.needed
    ));
    Ok(Exit::Done)
}

/// In which chapters what the organisation wrote goes on to count: nowhere else does it.
fn spared(act: &ActView) -> String {
    let mut chapters: Vec<&str> = act.cuts.iter().map(|cut| cut.chapter.as_str()).collect();
    chapters.sort_unstable();
    chapters.dedup();
    match chapters.is_empty() {
        true => "Nothing that the organisation's nodes wrote goes on to count: this node holds none of their logs."
            .to_owned(),
        false => format!(
            "What its nodes wrote goes on to count in {}, as far as this node holds it, and nowhere else: does it follow all \
             chapters in which they wrote?",
            plain(&chapters.join(", "))
        ),
    }
}

fn proposal(what: What) -> Result<Proposal, Failure> {
    Ok(match what {
        What::Suspend(whom) => Proposal::Suspend {
            organisation: whom.organisation,
        },
        What::Remove(whom) => Proposal::Remove {
            organisation: whom.organisation,
        },
        What::Reinstate { whom, key } => Proposal::Reinstate {
            organisation: whom.organisation,
            key,
        },
        What::Rekey { whom, key } => Proposal::Rekey {
            organisation: whom.organisation,
            key,
        },
        What::Erase { record } => Proposal::Erase { record },
        What::Notice {
            record,
            notice_type,
            text,
        } => Proposal::Notice {
            record,
            notice_type,
            text,
        },
        What::Lift { act } => Proposal::Lift { lifts: act },
        What::Amend(amend) => Proposal::Amend(change(*amend)?),
    })
}

fn change(amend: Amend) -> Result<CharterChange, Failure> {
    let pledge = amend.pledge.map(|path| pledge(&path));
    Ok(CharterChange {
        name: amend.name,
        pledge_text: pledge.transpose()?,
        add_stewards: amend.add_steward,
        drop_stewards: amend.drop_steward,
        threshold: amend.threshold,
        any_member_admits: amend.admission.map(|who| who == Admission::AnyMember),
        chapter_active_at: amend.active_at,
        pledge_months: amend.pledge_months,
    })
}
