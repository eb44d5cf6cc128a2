//! From where on what somebody wrote does not count: the same option wherever logs are ended.

use clap::Args;

/// Where logs end.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct BeforeArgs {
    /// From where on what was written does not count, because somebody else wrote it: a record (it and what follows in its
    /// log), or a day or moment such as 2026-03-31 or 2026-03-31T14:30 (UTC; by the clocks of those who wrote). May be
    /// repeated [default: everything held here counts]
    #[arg(long, value_name = "RECORD|TIME")]
    pub(crate) before: Vec<String>,
}
