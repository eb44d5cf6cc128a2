//! Listens, takes connections, and stops. Never looks into a request.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;

use alliance_node::Handle;
use axum::Router;
use axum::body::Body;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::Service;

use crate::app::{App, Via, stopped};
use crate::hosts::Hosts;
use crate::limits::{
    CONNECTIONS_MAX, EXPORTS_MAX, HEADER_BYTES_MAX, HEADER_WAIT_MAX, READERS_MAX, STOP_WAIT_MAX, WRITE_WAIT_MAX,
};
use crate::once::{Ledger, LedgerError};
use crate::reading::Reading;
use crate::socket::{self, SocketFile};
use crate::stall::Watched;
use crate::token::ApiToken;

/// Where the interface listens, and whom it believes.
#[derive(Debug, Clone, Default)]
pub struct HttpSettings {
    /// TCP address; `None`: none. Port 0 takes a free one.
    pub tcp: Option<SocketAddr>,
    /// Path of the Unix socket; `None`: none.
    pub unix: Option<PathBuf>,
    /// Names under which browsers may call the TCP address, beside `localhost` and the address itself: `host` or
    /// `host:port`.
    pub allowed_hosts: Vec<String>,
    /// The operator's token, which all but approving drafts is open to over TCP; `None`: only tokens that were made count.
    pub token: Option<ApiToken>,
    /// From where reading over TCP needs no token.
    pub reading: Reading,
    /// File that remembers the Idempotency-Keys of what was signed; `None`: a restart forgets them.
    pub keys: Option<PathBuf>,
}

/// Why the interface does not listen. Nothing listens then, and no file of it is left.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The TCP address cannot be had.
    #[error(
        "the HTTP interface cannot listen at {address}: {source}; choose another with --http, as --http 127.0.0.1:0"
    )]
    Tcp {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A living process holds the socket.
    #[error("another node answers at {}; stop it first, or give this one another data directory with --data", path.display())]
    SocketInUse {
        /// The socket's path.
        path: PathBuf,
    },
    /// Something else is in its place.
    #[error("{} is in the place of the interface's socket and is not a socket; move it away", path.display())]
    NotASocket {
        /// The path.
        path: PathBuf,
    },
    /// The file of Idempotency-Keys cannot be used.
    #[error(transparent)]
    Keys(#[from] LedgerError),
    /// The kernel takes short paths only.
    #[error("the socket's path {} is longer than the system allows; set a shorter one with --socket /run/alliance.sock", path.display())]
    SocketPathTooLong {
        /// The path.
        path: PathBuf,
    },
    /// The socket cannot be made.
    #[error("the socket {} cannot be made: {source}; check that its directory exists and is yours to write", path.display())]
    Socket {
        /// The socket's path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A listening interface. Dropping it stops it without waiting for open requests.
#[derive(Debug)]
pub struct Server {
    tcp: Option<SocketAddr>,
    unix: Option<SocketFile>,
    stop: watch::Sender<bool>,
    doors: Vec<Arc<Semaphore>>,
}

impl Server {
    /// The TCP address it listens at, with the real port.
    #[must_use]
    pub const fn tcp_address(&self) -> Option<SocketAddr> {
        self.tcp
    }

    /// Takes no more connections, ends event streams, lets open requests finish for a few seconds, and removes the socket.
    pub async fn stop(mut self) {
        self.unix = None;
        let _ = self.stop.send(true);
        let all_closed = async {
            for door in &self.doors {
                let _ = door.acquire_many(CONNECTIONS_MAX).await;
            }
        };
        if tokio::time::timeout(STOP_WAIT_MAX, all_closed).await.is_err() {
            tracing::warn!("requests were still open when the interface stopped");
        }
    }
}

/// Listens at the addresses of `settings` and answers with what `handle` says.
///
/// # Errors
/// [`ServeError`] with the remedy; nothing listens then.
pub async fn serve(handle: Handle, settings: HttpSettings) -> Result<Server, ServeError> {
    let ledger = Arc::new(Ledger::open(settings.keys.as_deref())?);
    let unix = settings.unix.as_deref().map(socket::bind).transpose()?;
    let tcp = match settings.tcp {
        Some(address) => Some(bind_tcp(address, &settings.reading).await?),
        None => None,
    };
    let (stop, stopping) = watch::channel(false);
    let mut server = Server {
        tcp: tcp.as_ref().map(|(_, address)| *address),
        unix: None,
        stop,
        doors: Vec::new(),
    };
    let app = Arc::new(App {
        handle,
        hosts: Hosts::new(&settings.allowed_hosts),
        token: settings.token,
        reading: settings.reading,
        description: crate::routes::described_in_short(),
        page: crate::routes::page(),
        ledger,
        readers: Arc::new(Semaphore::new(READERS_MAX)),
        exports: Arc::new(Semaphore::new(EXPORTS_MAX)),
        stopping: stopping.clone(),
    });
    let router = crate::describe::router(crate::routes::all(), app);
    if let Some((listener, file)) = unix {
        server.unix = Some(file);
        server.doors.push(open(listener, via_unix, &router, &stopping));
    }
    if let Some((listener, _)) = tcp {
        server.doors.push(open(listener, via_tcp, &router, &stopping));
    }
    Ok(server)
}

async fn bind_tcp(address: SocketAddr, reading: &Reading) -> Result<(TcpListener, SocketAddr), ServeError> {
    let failed = |source| ServeError::Tcp { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    if !bound.ip().is_loopback() && *reading == Reading::Open {
        tracing::warn!(address = %bound, "the HTTP interface is open to the network: whoever reaches it can read");
    }
    Ok((listener, bound))
}

const fn via_unix(_: &UnixStream) -> Option<Via> {
    Some(Via::Unix)
}

fn via_tcp(stream: &TcpStream) -> Option<Via> {
    let (local, peer) = (stream.local_addr().ok()?, stream.peer_addr().ok()?.ip());
    Some(Via::Tcp { local, peer })
}

/// Starts to take connections; answers with the slots they occupy.
fn open<L: Listener>(
    mut listener: L,
    via: fn(&L::Io) -> Option<Via>,
    router: &Router,
    stopping: &watch::Receiver<bool>,
) -> Arc<Semaphore> {
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX as usize));
    let (free, router, stopping) = (slots.clone(), router.clone(), stopping.clone());
    tokio::spawn(async move {
        let mut stop = stopping.clone();
        let accepting = async {
            // The slot comes first: when all are taken, connections wait in the kernel's queue, which is bounded.
            while let Ok(slot) = free.clone().acquire_owned().await {
                let (io, _) = listener.accept().await;
                if let Some(via) = via(&io) {
                    tokio::spawn(connection(io, via, router.clone(), (slot, stopping.clone())));
                }
            }
        };
        tokio::select! {
            () = stopped(&mut stop) => {}
            () = accepting => {}
        }
    });
    slots
}

type Held = (OwnedSemaphorePermit, watch::Receiver<bool>);

async fn connection<Io>(io: Io, via: Via, router: Router, (slot, mut stopping): Held)
where
    Io: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(via);
        let mut router = router.clone();
        router.call(request.map(Body::new))
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_WAIT_MAX)
        .max_buf_size(HEADER_BYTES_MAX);
    let io = TokioIo::new(Watched::new(io, WRITE_WAIT_MAX));
    let mut serving = pin!(builder.serve_connection(io, service));
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stopped(&mut stopping) => {
            serving.as_mut().graceful_shutdown();
            tokio::time::timeout(STOP_WAIT_MAX, serving).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection of the HTTP interface broke off");
    }
    drop(slot);
}
