//! What every request can reach.

use std::net::SocketAddr;
use std::sync::Arc;

use alliance_node::Handle;
use tokio::sync::{Semaphore, watch};

use crate::hosts::Hosts;
use crate::token::ApiToken;

/// How a request came in. Put on each request by the server; a request without it has no authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    /// The Unix socket: the file's permissions are the authority.
    Unix,
    /// TCP, at this address of ours.
    Tcp(SocketAddr),
}

/// Shared by all requests.
#[derive(Debug)]
pub(crate) struct App {
    /// The node.
    pub(crate) handle: Handle,
    /// Names under which a browser may call us.
    pub(crate) hosts: Hosts,
    /// What writing over TCP needs; `None`: nobody writes over TCP.
    pub(crate) token: Option<ApiToken>,
    /// Free event streams.
    pub(crate) readers: Arc<Semaphore>,
    /// Turns `true` when the server stops.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// Waits until the server stops.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // A sender that is gone means that the server was dropped: the same end.
    let _ = stopping.wait_for(|stop| *stop).await;
}
