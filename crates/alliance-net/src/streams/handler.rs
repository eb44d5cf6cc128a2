//! Owns the streams of one connection while they are negotiated. It offers a guest nothing but joining.

use std::{
    collections::VecDeque,
    convert::Infallible,
    future::{Ready, ready},
    iter,
    task::{Context, Poll, Waker},
    vec,
};

use libp2p::{
    Stream, StreamProtocol,
    core::upgrade::{InboundUpgrade, OutboundUpgrade, UpgradeInfo},
    swarm::{
        ConnectionHandler, ConnectionHandlerEvent, StreamUpgradeError, SubstreamProtocol,
        handler::{ConnectionEvent, DialUpgradeError, FullyNegotiatedInbound, FullyNegotiatedOutbound},
    },
};
use tokio::sync::oneshot;

use super::{OpenError, StreamPurpose};
use crate::{
    PeerId, Standing,
    limits::{BUSY_RETRY_AFTER, NEGOTIATING_STREAMS_MAX, OPEN_TIMEOUT, OPENING_STREAMS_MAX},
};

/// The answer to a request for a stream.
pub(crate) type OpenReply = oneshot::Sender<Result<Stream, OpenError>>;

/// A request for a stream on this connection.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) purpose: StreamPurpose,
    pub(crate) reply: OpenReply,
}

/// A stream that the other side opened.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub(crate) purpose: StreamPurpose,
    pub(crate) stream: Stream,
}

/// The name of each purpose in this alliance.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    pub(crate) sync: StreamProtocol,
    pub(crate) join: StreamProtocol,
}

impl Names {
    fn of(&self, purpose: StreamPurpose) -> StreamProtocol {
        match purpose {
            StreamPurpose::Sync => self.sync.clone(),
            StreamPurpose::Join => self.join.clone(),
        }
    }
}

/// The handler of one connection.
pub(crate) struct Handler {
    peer: PeerId,
    standing: Standing,
    names: Names,
    opening: VecDeque<Open>,
    arrived: VecDeque<Arrived>,
    waker: Option<Waker>,
}

impl Handler {
    pub(crate) fn new(peer: PeerId, standing: Standing, names: Names) -> Self {
        Self {
            peer,
            standing,
            names,
            opening: VecDeque::new(),
            arrived: VecDeque::new(),
            waker: None,
        }
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    fn arrive(&mut self, arrived: Arrived) {
        if self.arrived.len() < NEGOTIATING_STREAMS_MAX {
            self.arrived.push_back(arrived);
            self.wake();
        }
    }

    fn failed(&self, open: Open, error: StreamUpgradeError<Infallible>) {
        let (peer, purpose) = (self.peer, open.purpose);
        let error = match error {
            StreamUpgradeError::Timeout => OpenError::TimedOut { peer },
            StreamUpgradeError::NegotiationFailed => OpenError::Unsupported { peer, purpose },
            StreamUpgradeError::Io(_) => OpenError::Closed { peer },
            StreamUpgradeError::Apply(never) => match never {},
        };
        // Nobody listens any more: nothing is lost, since no stream came to be.
        drop(open.reply.send(Err(error)));
    }
}

impl ConnectionHandler for Handler {
    type FromBehaviour = Open;
    type ToBehaviour = Arrived;
    type InboundProtocol = Offer;
    type OutboundProtocol = Request;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = Open;

    fn listen_protocol(&self) -> SubstreamProtocol<Offer> {
        let mut offered = vec![(self.names.join.clone(), StreamPurpose::Join)];
        if self.standing != Standing::Guest {
            offered.push((self.names.sync.clone(), StreamPurpose::Sync));
        }
        SubstreamProtocol::new(Offer(offered), ()).with_timeout(OPEN_TIMEOUT)
    }

    fn connection_keep_alive(&self) -> bool {
        self.standing != Standing::Guest
    }

    fn on_behaviour_event(&mut self, open: Open) {
        if self.opening.len() < OPENING_STREAMS_MAX {
            self.opening.push_back(open);
            self.wake();
        } else {
            let busy = OpenError::Busy {
                peer: self.peer,
                retry_after: BUSY_RETRY_AFTER,
            };
            drop(open.reply.send(Err(busy)));
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ConnectionHandlerEvent<Request, Open, Arrived>> {
        if let Some(arrived) = self.arrived.pop_front() {
            return Poll::Ready(ConnectionHandlerEvent::NotifyBehaviour(arrived));
        }
        if let Some(open) = self.opening.pop_front() {
            let request = Request(self.names.of(open.purpose));
            let protocol = SubstreamProtocol::new(request, open).with_timeout(OPEN_TIMEOUT);
            return Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest { protocol });
        }
        self.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    fn on_connection_event(&mut self, event: ConnectionEvent<Offer, Request, (), Open>) {
        match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound { protocol, .. }) => self.arrive(protocol),
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound { protocol, info }) => {
                drop(info.reply.send(Ok(protocol)));
            }
            ConnectionEvent::DialUpgradeError(DialUpgradeError { info, error }) => self.failed(info, error),
            _ => {}
        }
    }
}

/// What we offer on a connection.
pub(crate) struct Offer(Vec<(StreamProtocol, StreamPurpose)>);

impl UpgradeInfo for Offer {
    type Info = StreamProtocol;
    type InfoIter = vec::IntoIter<StreamProtocol>;

    fn protocol_info(&self) -> Self::InfoIter {
        self.0
            .iter()
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>()
            .into_iter()
    }
}

impl InboundUpgrade<Stream> for Offer {
    type Output = Arrived;
    type Error = Infallible;
    type Future = Ready<Result<Arrived, Infallible>>;

    fn upgrade_inbound(self, stream: Stream, name: StreamProtocol) -> Self::Future {
        let chosen = self.0.into_iter().find(|(offered, _)| *offered == name);
        let purpose = chosen.map_or(StreamPurpose::Join, |(_, purpose)| purpose);
        ready(Ok(Arrived { purpose, stream }))
    }
}

/// What we ask for on a connection.
pub(crate) struct Request(StreamProtocol);

impl UpgradeInfo for Request {
    type Info = StreamProtocol;
    type InfoIter = iter::Once<StreamProtocol>;

    fn protocol_info(&self) -> Self::InfoIter {
        iter::once(self.0.clone())
    }
}

impl OutboundUpgrade<Stream> for Request {
    type Output = Stream;
    type Error = Infallible;
    type Future = Ready<Result<Stream, Infallible>>;

    fn upgrade_outbound(self, stream: Stream, _: StreamProtocol) -> Self::Future {
        ready(Ok(stream))
    }
}
