//! Settings as flags of the command line.

use clap::Args;

/// Each overrides the configuration file and the environment.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct SettingFlags {
    /// Listen here for other members (multiaddress; may be repeated; '' for nowhere)
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<Vec<String>>,
    /// Tell others to reach this node here, when it is behind a router (may be repeated)
    #[arg(long, value_name = "ADDRESS")]
    announce: Option<Vec<String>>,
    /// hub: reachable from outside, relays for others; leaf: connects outwards only
    #[arg(long, value_name = "hub|leaf")]
    role: Option<String>,
    /// Keep connected to this member (may be repeated)
    #[arg(long, value_name = "ADDRESS")]
    bootstrap: Option<Vec<String>>,
    /// Look for members on the local network
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    mdns: Option<String>,
    /// TCP address of the HTTP interface ('' for none)
    #[arg(long, value_name = "HOST:PORT")]
    http: Option<String>,
    /// Who may read over TCP without a token: own (this machine, and networks named so), open (everybody), token (nobody)
    #[arg(long, value_name = "own|open|token")]
    reading: Option<String>,
    /// Network of the organisation's own, from which reading needs no token (may be repeated)
    #[arg(long, value_name = "NETWORK")]
    reading_without_token_from: Option<Vec<String>>,
    /// Path of the HTTP interface's Unix socket, relative to the data directory ('' for none)
    #[arg(long, value_name = "PATH")]
    socket: Option<String>,
    /// Chapter of a document that names none
    #[arg(long, value_name = "CHAPTER")]
    default_chapter: Option<String>,
    /// Mebibytes of the database's page cache
    #[arg(long, value_name = "MIB")]
    store_cache_mib: Option<String>,
    /// Seconds between two looks at the heads of a random follower of each chapter
    #[arg(long, value_name = "SECONDS")]
    sync_interval_s: Option<String>,
    /// Seconds after which a connected member that was not compared with is greeted
    #[arg(long, value_name = "SECONDS")]
    heartbeat_s: Option<String>,
    /// Fetch the headers of all records first, and their bodies after them
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    headers_first: Option<String>,
    /// Keep only the headers of others' records of this chapter (may be repeated)
    #[arg(long, value_name = "CHAPTER")]
    headers_only: Option<Vec<String>>,
    /// Keep this chapter for the others, whether your organisation follows it or not (may be repeated)
    #[arg(long, value_name = "CHAPTER")]
    keep: Option<Vec<String>>,
    /// Keep a dataset of Parquet files in this folder, or in s3://bucket/folder
    #[arg(long, value_name = "PLACE")]
    dataset: Option<String>,
    /// Minutes for which a draft can be withdrawn before it is signed, at least 10
    #[arg(long, value_name = "MINUTES")]
    cooling_off_minutes: Option<String>,
    /// The same for lessons, in hours, at least 24
    #[arg(long, value_name = "HOURS")]
    cooling_off_lesson_hours: Option<String>,
    /// Every document needs a second reader
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    second_reader_always: Option<String>,
    /// Nothing cools off: to try things out
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    without_cooling_off: Option<String>,
}

impl SettingFlags {
    /// Keys and texts of the flags that were given.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let list = |values: &Option<Vec<String>>| values.as_ref().map(|values| values.join(","));
        [
            ("listen", list(&self.listen)),
            ("announce", list(&self.announce)),
            ("role", self.role.clone()),
            ("bootstrap", list(&self.bootstrap)),
            ("mdns", self.mdns.clone()),
            ("http", self.http.clone()),
            ("reading", self.reading.clone()),
            ("reading_without_token_from", list(&self.reading_without_token_from)),
            ("socket", self.socket.clone()),
            ("default_chapter", self.default_chapter.clone()),
            ("store_cache_mib", self.store_cache_mib.clone()),
            ("sync_interval_s", self.sync_interval_s.clone()),
            ("heartbeat_s", self.heartbeat_s.clone()),
            ("headers_first", self.headers_first.clone()),
            ("headers_only", list(&self.headers_only)),
            ("keep", list(&self.keep)),
            ("dataset", self.dataset.clone()),
            ("cooling_off_minutes", self.cooling_off_minutes.clone()),
            ("cooling_off_lesson_hours", self.cooling_off_lesson_hours.clone()),
            ("second_reader_always", self.second_reader_always.clone()),
            ("without_cooling_off", self.without_cooling_off.clone()),
        ]
        .into_iter()
        .filter_map(|(key, value)| value.map(|value| (key, value)))
        .collect()
    }
}
