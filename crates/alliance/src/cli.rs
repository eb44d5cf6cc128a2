//! The command line.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};

use crate::commands::{
    bundle::{ExportCommand, ImportCommand},
    chapter::ChapterCommand,
    cite::CiteArgs,
    codes::CodesArgs,
    completions::CompletionsArgs,
    config::ConfigCommand,
    demo::DemoArgs,
    digest::DigestArgs,
    drafts::DraftsArgs,
    erase::{EraseArgs, QuarantineArgs, RemovalArgs},
    found::FoundArgs,
    governance::{LogArgs, ProposeArgs, WordArgs},
    init::InitArgs,
    invite::InviteArgs,
    join::JoinArgs,
    keys::KeysCommand,
    leak::LeakArgs,
    list::ListArgs,
    members::MembersArgs,
    pledge::PledgeArgs,
    run::RunArgs,
    search::SearchArgs,
    share::ShareArgs,
    show::ShowArgs,
    snapshot::SnapshotArgs,
    sync::SyncArgs,
    tokens::TokensCommand,
    verify::VerifyArgs,
    vouch::VouchArgs,
    why::WhyArgs,
};
use crate::exit::EXIT_CODES;
use crate::logging::LogFormat;
use crate::output::Form;

/// Share what worked, and what did not, with the other organisations of an alliance
#[derive(Debug, Parser)]
#[command(name = "alliance", version, after_help = EXIT_CODES, max_term_width = 100, subcommand_required = true)]
#[command(arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// Data directory [default: /var/lib/alliance where it is yours to write, or else ~/.local/share/alliance]
    #[arg(
        long,
        global = true,
        env = "ALLIANCE_DATA",
        hide_env_values = true,
        value_name = "DIR"
    )]
    pub(crate) data: Option<PathBuf>,
    /// Answer with one JSON document; failures as a JSON problem on standard error
    #[arg(long, global = true)]
    json: bool,
    /// Configuration file [default: node.toml in the data directory]
    #[arg(
        long,
        global = true,
        env = "ALLIANCE_CONFIG",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub(crate) config: Option<PathBuf>,
    /// Ask the node at this TCP address instead of by its socket
    #[arg(
        long,
        global = true,
        env = "ALLIANCE_API",
        hide_env_values = true,
        value_name = "HOST:PORT"
    )]
    pub(crate) api: Option<String>,
    /// File with the token for writing over TCP [default: api.token in the data directory]
    #[arg(
        long,
        global = true,
        env = "ALLIANCE_TOKEN_FILE",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub(crate) token_file: Option<PathBuf>,
    /// How log lines are written (what is logged: -v, -q or the variable ALLIANCE_LOG)
    #[arg(long, global = true, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(crate) log_format: LogFormat,
    /// Say more (may be repeated)
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Say nothing but the answer and failures
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
}

impl Global {
    /// For whom answers are written.
    pub(crate) const fn form(&self) -> Form {
        if self.json { Form::Json } else { Form::Text }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a data directory with fresh keys for your organisation
    Init(InitArgs),
    /// Found a new alliance
    Found(FoundArgs),
    /// Invite an organisation by a one-time secret, or withdraw an invitation
    Invite(InviteArgs),
    /// List the invitations that this node gave
    Invitations,
    /// Join an alliance with an invitation
    Join(JoinArgs),
    /// Keys: show, passphrase, certificates of this node and of further ones
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Run the node
    Run(Box<RunArgs>),
    /// Show a whole alliance on this machine
    Demo(DemoArgs),
    /// Publish a document, check it, or begin one
    Share(ShareArgs),
    /// Drafts that wait: list, show, approve, publish, withdraw
    Drafts(DraftsArgs),
    /// Tokens of readers, authors, second readers, stewards and operators: add, list, revoke
    #[command(subcommand)]
    Tokens(TokensCommand),
    /// List records, newest first
    List(ListArgs),
    /// Search records by their words and by what they are
    Search(SearchArgs),
    /// Show a record
    Show(ShowArgs),
    /// Tell what is new, what is due and what waits for an answer
    Digest(DigestArgs),
    /// Tell why a record is here, or is not
    Why(WhyArgs),
    /// Remove a record of your organisation: its text is destroyed on every node
    Erase(EraseArgs),
    /// Tell what removed a record, and which nodes confirm that its text is gone
    Removal(RemovalArgs),
    /// Put a record aside at once: this node shows its text to nobody
    Quarantine(QuarantineArgs),
    /// Something that must not be public is: what to do, step by step
    Leak(LeakArgs),
    /// Chapters: list, show, follow, leave
    #[command(subcommand)]
    Chapter(ChapterCommand),
    /// Propose an act: suspension, removal, reinstatement, another key or another charter
    Propose(ProposeArgs),
    /// Approve an act, as a steward
    Approve(WordArgs),
    /// Reject an act, as a steward: it is shown, and counts for nothing
    Reject(WordArgs),
    /// Show the public log of governance: the charter, acts, and who approved what
    Log(LogArgs),
    /// Write records to a file, for a site that may not connect or a first fill
    #[command(subcommand)]
    Export(ExportCommand),
    /// Take records from a file
    #[command(subcommand)]
    Import(ImportCommand),
    /// Name records as they stand now, so that they can be cited and made again; or list and show such snapshots
    Snapshot(Box<SnapshotArgs>),
    /// Verify the bundle of a snapshot: needs no node and no network
    Verify(VerifyArgs),
    /// Write a record or a snapshot as a reference
    Cite(CiteArgs),
    /// List the members, as they invited one another
    Members(MembersArgs),
    /// Let in a member that another let in, in your name too: it stays whatever becomes of that one
    Vouch(VouchArgs),
    /// Sign the pledge anew
    Pledge(PledgeArgs),
    /// List the connected nodes
    Peers,
    /// Tell how the node is; the exit code says it too
    Status,
    /// Tell how far catching up with the members is, or watch it
    Sync(SyncArgs),
    /// Show the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Show the code lists that documents choose from
    Codes(CodesArgs),
    /// Write a script that completes commands in your shell
    Completions(CompletionsArgs),
    /// Print the description of the node's HTTP interface (OpenAPI 3.1)
    Openapi,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    fn check(line: &str, good: bool) {
        let parsed = Cli::try_parse_from(line.split(' ').map(|word| word.replace('_', " ")));
        assert_eq!(
            parsed.is_ok(),
            good,
            "{line}: {:?}",
            parsed.err().map(|error| error.to_string())
        );
    }

    #[test]
    fn a_search_asks_one_thing() {
        check("alliance search seclusion_-restraint kind:lesson --facets", true);
        check("alliance search --like abc", true);
        check("alliance search --rebuild", true);
        check("alliance search words --like abc", false);
        check("alliance search --limit 101", false);
    }

    #[test]
    fn commands_take_what_they_need_and_nothing_else() {
        for line in [
            "alliance init --name A --country gb --subdivision GB-SCT --language en --language gd",
            "alliance found --name X --organisation A --commitment Fewer_by_2027-06 --active-at 3",
            "alliance join invitation.txt --organisation A",
            "alliance join - --data /tmp/x --json",
            "alliance --data /tmp/x run --listen /a --listen /b --mdns --role leaf -vv",
            "alliance share practice.md --chapter iso:gb --dry-run",
            "alliance share --template practice",
            "alliance list --kind lesson --from 2026-01-01 --limit 10",
            "alliance show abc --json",
            "alliance chapter follow m49:150 --deep",
            "alliance sync --json",
            "alliance sync --watch --timeout 10m",
            "alliance demo --exit --organisations 5",
            "alliance export bundle all.bundle --chapter iso:gb --chapter m49:150",
            "alliance import bundle all.bundle --json",
            "alliance config show --origin --http 127.0.0.1:0",
            "alliance completions bash",
            "alliance init --name A --no-passphrase",
            "alliance join invitation.txt --organisation A --passphrase-file p",
            "alliance invite --qr --svg a.svg",
            "alliance invite revoke abcd",
            "alliance invitations --json",
            "alliance keys show --json",
            "alliance keys encrypt --passphrase-file p",
            "alliance keys passphrase --passphrase-file p --new-passphrase-file q",
            "alliance keys renew --valid 90d --label Ward",
            "alliance keys request --out r.json --no-passphrase",
            "alliance keys certify r.json --out c.json --peer /ip4/127.0.0.1/tcp/4001/p2p/12D3",
            "alliance keys install c.json",
            "alliance members",
            "alliance pledge --commitment Fewer_by_2027-06",
        ] {
            check(line, true);
        }
        for line in [
            "alliance",
            "alliance publish",
            "alliance init",
            "alliance init --name A --country GBR",
            "alliance found",
            "alliance found --name X --commitment soon",
            "alliance share",
            "alliance share a.md --template practice",
            "alliance list --from yesterday",
            "alliance list --limit 0",
            "alliance list --limit 201",
            "alliance invite --expires 7",
            "alliance export",
            "alliance import bundle",
            "alliance status -q -v",
            "alliance sync --timeout 10m",
            "alliance sync --watch --timeout 10",
            "alliance demo --organisations 0",
            "alliance init --name A --passphrase secret",
            "alliance invite revoke",
            "alliance invite --qr revoke abcd",
            "alliance keys",
            "alliance keys renew --valid soon",
            "alliance keys encrypt --no-passphrase",
            "alliance keys certify",
            "alliance pledge",
        ] {
            check(line, false);
        }
    }

    #[test]
    fn snapshots_are_made_verified_and_cited() {
        for line in [
            "alliance snapshot --kind practice --title What_we_do --out a.zip",
            "alliance snapshot list --json",
            "alliance snapshot show snapshot-12",
            "alliance snapshot doi snapshot-12 10.1234/abc",
            "alliance verify a.zip --alliance abababababababababababababababababababababababababababababababab",
            "alliance cite 1234 --format bibtex",
        ] {
            check(line, true);
        }
        for line in [
            "alliance snapshot bundle snapshot-12",
            "alliance verify a.zip",
            "alliance verify a.zip --alliance abc",
            "alliance cite 1234 --format word",
            "alliance snapshot --kind practice list",
        ] {
            check(line, false);
        }
    }

    #[test]
    fn the_gate_takes_flags_reasons_and_tokens() {
        for line in [
            "alliance share a.md --check --override phone=The_ward_itself --accept-warnings",
            "alliance share a.json --protect --nobody-recognisable --right-to-share --people-involved",
            "alliance drafts",
            "alliance drafts approve abcd --token-file t",
            "alliance tokens add --label Deputy --out t",
            "alliance tokens revoke abcd",
        ] {
            check(line, true);
        }
        for line in [
            "alliance share a.md --override phone",
            "alliance drafts withdraw",
            "alliance tokens add --label Deputy",
        ] {
            check(line, false);
        }
    }
}
