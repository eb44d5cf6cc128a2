//! What an operator may set, with defaults that need no setting. `config/node.toml` shows each key with its reason.

use serde::{Deserialize, Serialize};

/// How the node takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeRole {
    /// Reachable from outside: relays for the others.
    Hub,
    /// Connects outwards only.
    Leaf,
}

/// Who may read over TCP without a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadingRule {
    /// Whoever asks from this machine, or from a network that is named as the organisation's own.
    Own,
    /// Whoever reaches the address.
    Open,
    /// Nobody.
    Token,
}

/// Which signatures a node leaves in the ranges that it serves. For programs that measure; no operator sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signatures {
    /// Those that prove the range.
    #[default]
    Needed,
    /// All that the records have, as gossip brings them.
    All,
}

/// Minutes that every draft cools off at least. The charter has no word on it: the least is the same for all members.
pub(crate) const COOLING_OFF_MINUTES_MIN: u32 = 10;
/// Hours that a lesson cools off at least: a night lies between writing it and signing it.
pub(crate) const COOLING_OFF_LESSON_HOURS_MIN: u32 = 24;

/// Settings of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Addresses to listen at for other members (multiaddresses). A leaf may listen nowhere: `[]`.
    pub listen: Vec<String>,
    /// Addresses under which others reach this node, when they differ from `listen` (behind a router).
    pub announce: Vec<String>,
    /// Hub or leaf.
    pub role: NodeRole,
    /// Members to keep connected to, beside those learned from the invitation and from other members.
    pub bootstrap: Vec<String>,
    /// Look for members on the local network by multicast DNS.
    pub mdns: bool,
    /// TCP address of the HTTP interface; loopback unless the network around it is trusted. Empty: none.
    pub http: String,
    /// Who may read over TCP without a token.
    pub reading: ReadingRule,
    /// Networks of the organisation's own, as `10.0.0.0/8`: reading from there needs no token while `reading` is `own`.
    pub reading_without_token_from: Vec<String>,
    /// Path of the HTTP interface's Unix socket, relative to the data directory. Empty: none.
    pub socket: String,
    /// Chapter of a document that names none.
    pub default_chapter: String,
    /// Mebibytes of the database's page cache.
    pub store_cache_mib: u32,
    /// Seconds between two looks at the heads of a random follower of each chapter.
    pub sync_interval_s: u32,
    /// Seconds after which a connected member that was not compared with meanwhile is greeted.
    pub heartbeat_s: u32,
    /// Fetch the headers of all records first and their bodies after them.
    pub headers_first: bool,
    /// Chapters of whose records by other organisations only the headers are kept.
    pub headers_only: Vec<String>,
    /// Chapters that are replicated for the others, whether the organisation follows them or not.
    pub keep: Vec<String>,
    /// Folder in which a dataset of Parquet files is kept in step, relative to the data directory, or `s3://bucket/folder`. Empty:
    /// none.
    pub dataset: String,
    /// Minutes for which a draft can be withdrawn before it is signed. No fewer than 10.
    pub cooling_off_minutes: u32,
    /// The same for lessons, in hours. No fewer than 24.
    pub cooling_off_lesson_hours: u32,
    /// Every document needs a second reader, not only lessons, measures and those in which something was overridden.
    pub second_reader_always: bool,
    /// Nothing cools off: for trying things out, and for tests.
    pub without_cooling_off: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: vec!["/ip4/0.0.0.0/tcp/4001".to_owned()],
            announce: Vec::new(),
            role: NodeRole::Hub,
            bootstrap: Vec::new(),
            mdns: false,
            http: "127.0.0.1:8080".to_owned(),
            reading: ReadingRule::Own,
            reading_without_token_from: Vec::new(),
            socket: "api.sock".to_owned(),
            default_chapter: "m49:001".to_owned(),
            store_cache_mib: 64,
            sync_interval_s: 60,
            heartbeat_s: 30,
            headers_first: false,
            headers_only: Vec::new(),
            keep: Vec::new(),
            dataset: String::new(),
            cooling_off_minutes: COOLING_OFF_MINUTES_MIN,
            cooling_off_lesson_hours: COOLING_OFF_LESSON_HOURS_MIN,
            second_reader_always: false,
            without_cooling_off: false,
        }
    }
}
