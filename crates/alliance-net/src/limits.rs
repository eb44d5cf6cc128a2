//! Owns every number of the carrier: each with its unit and its reason. It never decides anything itself.

use std::time::Duration;

/// Bytes of one credential: a node certificate is about 106 bytes, an invitation's proof less than 1 KiB.
pub const CREDENTIAL_BYTES_MAX: usize = 4 * 1024;
/// Characters of a refusal's reason: enough for one sentence, too few to flood a log.
pub const REFUSAL_REASON_CHARS_MAX: usize = 200;
/// Bytes of one encoded verdict: tag, code and 200 characters of up to four bytes each.
pub(crate) const VERDICT_BYTES_MAX: usize = 1024;
/// Socket, Noise, credentials and Yamux together: a satellite link needs about four seconds.
pub(crate) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes of one frame on a stream: the largest record and a group of headers fit; a peer can pin no more memory.
pub const FRAME_BYTES_MAX: usize = 1024 * 1024;
/// Bytes by which a receive buffer grows: memory follows what arrived, never what a header promised.
pub(crate) const FRAME_GROWTH_BYTES: usize = 64 * 1024;
/// One frame from its first byte to its last: 1 MiB at 35 KB/s.
pub const FRAME_DEADLINE: Duration = Duration::from_secs(30);
/// Silence between two frames before a stream is given up.
pub const STREAM_IDLE: Duration = Duration::from_secs(60);
/// Negotiation and the other side's answer when a stream is opened.
pub(crate) const OPEN_TIMEOUT: Duration = Duration::from_secs(10);
/// Streams that may be in negotiation on one connection, and wait to be taken from it.
pub(crate) const NEGOTIATING_STREAMS_MAX: usize = 32;
/// Streams that may wait to be opened on one connection: more is a caller that does not await.
pub(crate) const OPENING_STREAMS_MAX: usize = 8;
/// Yamux streams on one connection: gossip, identify, ping and sessions need fewer than ten.
pub(crate) const YAMUX_STREAMS_MAX: usize = 64;
/// Inbound sessions of one purpose from one peer: one running and one resuming.
pub const SESSIONS_PER_PEER_MAX: usize = 2;
/// Inbound sessions of one purpose on a hub: 16 readers of the store at once.
pub const SESSIONS_PER_HUB_MAX: usize = 16;
/// Inbound sessions of one purpose on a leaf, which has two or three hubs.
pub const SESSIONS_PER_LEAF_MAX: usize = 6;
/// When a peer told "busy" may ask again: a short session takes about a second, a long one minutes.
pub(crate) const BUSY_RETRY_AFTER: Duration = Duration::from_secs(5);

/// Connections whose handshake has not ended: bounds what strangers may cost.
pub(crate) const PENDING_INBOUND_MAX: u32 = 64;
/// Connections with one peer: both sides may dial at the same moment.
pub(crate) const CONNECTIONS_PER_PEER_MAX: usize = 2;
/// Connections of one organisation, which may run several nodes; never counted by IP, since hospitals share one egress.
pub const CONNECTIONS_PER_ORGANISATION_MAX: usize = 16;
/// Connections of guests: joining is rare and short.
pub(crate) const GUEST_CONNECTIONS_MAX: usize = 16;
/// Connections of a leaf.
pub const CONNECTIONS_PER_LEAF_MAX: usize = 32;
/// Connections of a hub.
pub const CONNECTIONS_PER_HUB_MAX: usize = 512;
/// A connection without a stream or a member behind it is closed after this.
pub(crate) const CONNECTION_IDLE: Duration = Duration::from_secs(120);
/// A dead connection is noticed within two of these.
pub(crate) const PING_INTERVAL: Duration = Duration::from_secs(15);
/// Addresses of one peer that are passed on from identify or mDNS.
pub(crate) const PEER_ADDRESSES_MAX: usize = 16;

/// Characters of a chapter's topic name.
pub const TOPIC_CHARS_MAX: usize = 64;
/// Topics that this node follows, and that one peer may follow.
pub const TOPICS_MAX: usize = 100;
/// Bytes of one gossip message on the wire.
pub(crate) const GOSSIP_TRANSMIT_BYTES_MAX: usize = 128 * 1024;
/// Bytes that may be published: within 8 KiB of the wire's limit most copies were measured to be lost.
pub const PUBLISH_BYTES_MAX: usize = GOSSIP_TRANSMIT_BYTES_MAX - 8 * 1024;
/// Messages kept while nobody follows their topic.
pub(crate) const UNHEARD_MESSAGES_MAX: usize = 256;
/// Bytes kept while nobody follows their topic.
pub(crate) const UNHEARD_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Commands that may wait for the swarm task: beyond, callers wait.
pub(crate) const COMMANDS_MAX: usize = 256;
/// Commands performed before the network gets its turn.
pub(crate) const COMMANDS_PER_TURN_MAX: usize = 32;
/// Network events handled after a batch of commands, before commands get their turn.
pub(crate) const EVENTS_PER_TURN_MAX: usize = 32;
/// Verdicts on gossip that may wait for the swarm task.
pub(crate) const VERDICTS_MAX: usize = 1024;
/// Events that may wait for the node: beyond, gossip is dropped and counted.
pub(crate) const EVENTS_MAX: usize = 1024;
/// Events other than gossip that wait inside the swarm task: beyond, the network is not read.
pub(crate) const BACKLOG_MAX: usize = 256;
/// One-shot dials that may be under way.
pub(crate) const DIALS_MAX: usize = 64;

/// Addresses that are kept connected.
pub const KEPT_ADDRESSES_MAX: usize = 256;
/// Kept connections of a leaf: two survive the loss of one, the third makes that quick.
pub(crate) const KEPT_CONNECTIONS_LEAF: usize = 3;
/// Kept connections of a hub.
pub(crate) const KEPT_CONNECTIONS_HUB: usize = 8;
/// First wait before dialling again.
pub(crate) const REDIAL_FIRST: Duration = Duration::from_secs(1);
/// Longest wait before dialling again while some kept peer is connected.
pub(crate) const REDIAL_LONGEST: Duration = Duration::from_secs(300);
/// Longest wait before dialling again while none is.
pub(crate) const REDIAL_LONGEST_ALONE: Duration = Duration::from_secs(30);
/// A connection that lasted this long, or brought something before, stood: its end is a fault of the line and not of the
/// address, which waits half as long the next time.
pub(crate) const REDIAL_STOOD: Duration = Duration::from_secs(2);
/// A connection that lasted this long was a good one: the next wait is the first again.
pub(crate) const REDIAL_STEADY: Duration = Duration::from_secs(60);

/// How long a graceful end may take before the sockets are closed regardless.
pub(crate) const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
