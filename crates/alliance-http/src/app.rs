//! What every request can reach.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use alliance_node::Handle;
use tokio::sync::{Semaphore, watch};

use crate::hosts::Hosts;
use crate::once::Ledger;
use crate::reading::Reading;
use crate::token::ApiToken;

/// How a request came in. Put on each request by the server; a request without it has no authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    /// The Unix socket: the file's permissions are the authority.
    Unix,
    /// TCP.
    Tcp {
        /// The address of ours.
        local: SocketAddr,
        /// Whose it is that asks, or of what stands before them.
        peer: IpAddr,
    },
}

/// Shared by all requests.
#[derive(Debug)]
pub(crate) struct App {
    /// The node.
    pub(crate) handle: Handle,
    /// Names under which a browser may call us.
    pub(crate) hosts: Hosts,
    /// The operator's token; `None`: only tokens that were made count over TCP.
    pub(crate) token: Option<ApiToken>,
    /// From where reading needs no token.
    pub(crate) reading: Reading,
    /// The description, as it is answered.
    pub(crate) description: String,
    /// The page that shows it.
    pub(crate) page: String,
    /// What is remembered of writes that were sent with a key.
    pub(crate) ledger: Arc<Ledger>,
    /// Free event streams.
    pub(crate) readers: Arc<Semaphore>,
    /// Free places for exports and bundles.
    pub(crate) exports: Arc<Semaphore>,
    /// Turns `true` when the server stops.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// Waits until the server stops.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // A sender that is gone means that the server was dropped: the same end.
    let _ = stopping.wait_for(|stop| *stop).await;
}
