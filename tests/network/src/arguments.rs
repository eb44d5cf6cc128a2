//! The suite's command line, and how much each suite does. Never does anything itself.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Runs real nodes over bad networks, in network namespaces of its own.
#[derive(Debug, Clone, Parser)]
#[command(name = "alliance-network-suite", max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// What to run
    #[arg(value_enum, default_value_t = What::All)]
    pub(crate) what: What,
    /// A small run of each, as the checks of a change do
    #[arg(long)]
    pub(crate) sample: bool,
    /// Records that the first node holds [default: 20,000 shaped; 1,000 for each cut]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(100..))]
    pub(crate) records: Option<u64>,
    /// Logs that these records are in
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) logs: u32,
    /// What chance is drawn from: cuts, lost packets, texts
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// shaped: milliseconds there and back
    #[arg(long, value_name = "MS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(..=10_000))]
    pub(crate) round_trip_ms: u64,
    /// shaped: packets lost each way, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 5, value_parser = clap::value_parser!(u64).range(..=50))]
    pub(crate) loss_percent: u64,
    /// shaped: kilobits a second each way
    #[arg(long, value_name = "KBIT", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(50..=1_000_000))]
    pub(crate) rate_kbit: u64,
    /// shaped: TCP congestion control of both nodes [default: the machine's]
    #[arg(long, value_name = "NAME")]
    pub(crate) congestion: Option<String>,
    /// shaped: how the line is made [default: netem where the kernel has it]
    #[arg(long, value_enum)]
    pub(crate) line: Option<Maker>,
    /// cuts: how often the connection is cut [default: 1,000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) cuts: Option<u64>,
    /// cuts: addresses by which the second node knows the first. A cut before anything came is a fault of every one that led
    /// to it; were there many of these, the node's own waits before dialling again, up to 30 seconds each, would decide how
    /// long the run takes; a kill forgets them
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=200))]
    pub(crate) ways: u64,
    /// Where data directories are made [default: the system's temporary directory]
    #[arg(long, value_name = "PATH")]
    pub(crate) dir: Option<PathBuf>,
    /// The program to run [default: `alliance` beside this one]
    #[arg(long, value_name = "PATH")]
    pub(crate) alliance: Option<PathBuf>,
    /// Leave data directories and logs behind when something fails
    #[arg(long)]
    pub(crate) keep: bool,
    /// It runs in its own namespaces already
    #[arg(long, hide = true)]
    pub(crate) inside: bool,
}

const EXIT_CODES: &str = "\
Exit codes:
  0   all that was asked for ran, and held
  1   a fault of the nodes, or of the suite
  2   the command line is wrong
  77  not run: this machine lacks something, and the last line says what";

/// Which suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// A newcomer catches up over a slow line that loses packets
    Shaped,
    /// A newcomer catches up while its connection is cut again and again
    Cuts,
    /// Both
    All,
}

/// Who makes a line bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Maker {
    /// The kernel's network emulator, on both ends of a veth pair
    Netem,
    /// This program, which passes on the Ethernet frames that a VXLAN device puts into UDP: late, in turn, or not at all
    Forwarder,
}

/// Records of the shaped line: 20 seconds of 10 Mbit/s.
const SHAPED_RECORDS: u64 = 20_000;
/// The same in a sample: under two minutes even where TCP takes each loss for a full line.
const SHAPED_RECORDS_SAMPLED: u64 = 1_000;
/// Cuts, as promised.
const CUTS: u64 = 1_000;
const CUTS_SAMPLED: u64 = 30;
/// More than a cut lets through on average, so that the last cuts still find something to cut.
const RECORDS_PER_CUT: u64 = 1_000;

impl Arguments {
    pub(crate) fn shaped_records(&self) -> u64 {
        let usual = if self.sample {
            SHAPED_RECORDS_SAMPLED
        } else {
            SHAPED_RECORDS
        };
        self.records.unwrap_or(usual)
    }

    pub(crate) fn cuts(&self) -> u64 {
        self.cuts.unwrap_or(if self.sample { CUTS_SAMPLED } else { CUTS })
    }

    pub(crate) fn cut_records(&self) -> u64 {
        self.records.unwrap_or(self.cuts() * RECORDS_PER_CUT)
    }
}
