//! Owns the way from a TCP socket to a connection of known standing: name resolution, Noise under the alliance's own name,
//! credentials, Yamux. Nothing that was refused leaves this module as a connection.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures::{AsyncRead, AsyncWrite};
use libp2p::{
    Transport,
    core::{
        ConnectedPoint,
        muxing::StreamMuxerBox,
        transport::{Boxed, timeout::TransportTimeout, timeout::TransportTimeoutError},
        upgrade::{InboundConnectionUpgrade, OutboundConnectionUpgrade, UpgradeInfo},
    },
    dns, identity, noise, tcp, yamux,
};
use multistream_select::{Negotiated, NegotiationError, Version, dialer_select_proto, listener_select_proto};

use crate::{
    Gate, PeerId, Refusal,
    handshake::{Door, HandshakeError, RefusedBy, admit},
    limits::{HANDSHAKE_TIMEOUT, YAMUX_STREAMS_MAX},
    roll::{Roll, Seat},
};

/// What every socket goes through.
#[derive(Clone)]
pub(crate) struct Link {
    noise: noise::Config,
    noise_name: String,
    gate: Arc<dyn Gate>,
    roll: Roll,
}

/// Why a socket did not become a connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinkError {
    #[error("refused by {by:?} ({refusal})")]
    Refused {
        peer: PeerId,
        by: RefusedBy,
        refusal: Refusal,
    },
    #[error("it does not speak this alliance's protocol")]
    OtherProtocol,
    #[error("the handshake was not through after {} s", HANDSHAKE_TIMEOUT.as_secs())]
    TimedOut,
    #[error("its protocol could not be agreed: {0}")]
    Negotiation(NegotiationError),
    #[error("the line could not be secured: {0}")]
    Noise(#[from] noise::Error),
    #[error(transparent)]
    Handshake(HandshakeError),
    #[error("the line could not be shared: {0}")]
    Yamux(#[from] io::Error),
    #[error("{0}")]
    Socket(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl LinkError {
    /// The link's error inside an error of the swarm, if it is one.
    pub(crate) fn within(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl From<NegotiationError> for LinkError {
    fn from(error: NegotiationError) -> Self {
        match error {
            NegotiationError::Failed => Self::OtherProtocol,
            error => Self::Negotiation(error),
        }
    }
}

impl Link {
    pub(crate) fn new(
        keypair: &identity::Keypair,
        noise_name: String,
        gate: Arc<dyn Gate>,
        roll: Roll,
    ) -> Result<Self, noise::Error> {
        Ok(Self {
            noise: noise::Config::new(keypair)?,
            noise_name,
            gate,
            roll,
        })
    }

    /// The transport: TCP, by name where this machine can resolve names.
    pub(crate) fn transport(self) -> Boxed<(libp2p::PeerId, StreamMuxerBox)> {
        let tcp = || tcp::tokio::Transport::new(tcp::Config::default().nodelay(true));
        match dns::tokio::Transport::system(tcp()) {
            Ok(named) => self.over(named),
            Err(error) => {
                tracing::warn!(%error, "names cannot be resolved here, only /ip4 and /ip6 addresses can be dialled; mend /etc/resolv.conf");
                self.over(tcp())
            }
        }
    }

    fn over<T>(self, sockets: T) -> Boxed<(libp2p::PeerId, StreamMuxerBox)>
    where
        T: Transport + Send + Unpin + 'static,
        T::Output: AsyncRead + AsyncWrite + Send + Unpin + 'static,
        T::Error: Send + Sync + 'static,
        T::Dial: Send + 'static,
        T::ListenerUpgrade: Send + 'static,
    {
        let linked = sockets
            .map_err(|error| LinkError::Socket(Box::new(error)))
            .and_then(move |socket, endpoint| Box::pin(self.connect(socket, endpoint)))
            .map_err(|error| error.into_inner());
        TransportTimeout::new(linked, HANDSHAKE_TIMEOUT)
            .map_err(|error| match error {
                TransportTimeoutError::Other(error) => error,
                TransportTimeoutError::Timeout => LinkError::TimedOut,
                TransportTimeoutError::TimerError(error) => LinkError::Socket(Box::new(error)),
            })
            .boxed()
    }

    async fn connect<C>(
        self,
        socket: C,
        endpoint: ConnectedPoint,
    ) -> Result<(libp2p::PeerId, StreamMuxerBox), LinkError>
    where
        C: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let socket = select(socket, &self.noise_name, &endpoint).await?;
        let (peer, mut io) = secure(self.noise, socket, &endpoint).await?;
        let door = Door {
            gate: &*self.gate,
            roll: &self.roll,
        };
        let remote = PeerId::wrap(peer);
        let seat = admit(&mut io, remote, &endpoint, &door)
            .await
            .map_err(|error| match error {
                HandshakeError::Refused { by, refusal } => LinkError::Refused {
                    peer: remote,
                    by,
                    refusal,
                },
                error => LinkError::Handshake(error),
            })?;
        Ok((peer, share(Admitted { io, _seat: seat }, &endpoint).await?))
    }
}

async fn select<C>(socket: C, name: &str, endpoint: &ConnectedPoint) -> Result<Negotiated<C>, LinkError>
where
    C: AsyncRead + AsyncWrite + Unpin,
{
    // Not the lazy version: a node of another alliance must fail here, before anything of ours is sent.
    let (_, socket) = if endpoint.is_dialer() {
        dialer_select_proto(socket, [name], Version::V1).await?
    } else {
        listener_select_proto(socket, [name]).await?
    };
    Ok(socket)
}

async fn secure<C>(
    noise: noise::Config,
    socket: C,
    endpoint: &ConnectedPoint,
) -> Result<(libp2p::PeerId, noise::Output<C>), noise::Error>
where
    C: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    // Noise ignores the name it is told: ours was agreed before.
    let ignored = noise.protocol_info().next().unwrap_or_default();
    if endpoint.is_dialer() {
        noise.upgrade_outbound(socket, ignored).await
    } else {
        noise.upgrade_inbound(socket, ignored).await
    }
}

async fn share<C>(io: C, endpoint: &ConnectedPoint) -> Result<StreamMuxerBox, LinkError>
where
    C: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut yamux = yamux::Config::default();
    yamux.set_max_num_streams(YAMUX_STREAMS_MAX);
    let name = yamux.protocol_info().next().unwrap_or_default();
    let io = select(io, name, endpoint).await?;
    let muxer = if endpoint.is_dialer() {
        StreamMuxerBox::new(yamux.upgrade_outbound(io, name).await?)
    } else {
        StreamMuxerBox::new(yamux.upgrade_inbound(io, name).await?)
    };
    Ok(muxer)
}

/// A secured socket that keeps its place on the roll for as long as it lives.
struct Admitted<T> {
    io: noise::Output<T>,
    _seat: Seat,
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for Admitted<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut [u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_read(cx, out)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Admitted<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_close(cx)
    }
}
