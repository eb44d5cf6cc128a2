//! Carries: the only crate that knows libp2p.
//!
//! [`Net::start`] gives a handle for commands and a channel of [`Event`]s. Who may connect is decided by a [`Gate`], which is
//! asked inside the security upgrade: a stranger never becomes a connection, and both sides learn why.
//!
//! It knows nothing of records: what it carries are bytes. Nothing of libp2p shows in its interface.

mod address;
mod admission;
mod command;
mod event;
mod gate;
mod gossip;
mod handshake;
pub mod limits;
mod link;
mod members_only;
mod net;
mod outbox;
mod redial;
mod roll;
mod settings;
mod streams;
mod swarm;

pub use address::{Address, AddressError, PeerId, PeerIdError};
pub use command::{DialError, FollowError, PublishError, Stopped};
pub use event::{Counts, DownReason, Event, PeerInfo};
pub use gate::{Gate, Refusal, RefusalCode, Standing};
pub use gossip::{GossipId, GossipVerdict, Published, Topic, TopicError, settings::GossipSettingsError};
pub use handshake::RefusedBy;
pub use net::Net;
pub use redial::KeepError;
pub use roll::Direction;
pub use settings::{Role, Settings, StartError};
pub use streams::{
    OpenError, StreamPurpose,
    frame::FrameError,
    session::{FrameReceiver, FrameSender, FrameStream},
};

#[cfg(test)]
mod hostile_test;
