//! The only way from the newcomer to the founder: a TCP proxy that cuts the connection at bytes drawn from a seed.
//!
//! Several addresses lead to it, and one connection at a time goes through; after a cut, the next one goes through when
//! the run says so. Passes bytes on and never reads them.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::chance::Chance;

/// Bytes from the founder after which a connection is cut, from and to.
pub(crate) const CUT_BYTES: (u64, u64) = (200_000, 1_500_000);
/// Bytes passed on at once.
const PIECE_BYTES: usize = 16 * 1024;
/// Ends of connections that wait to be looked at.
const ENDED_MAX: usize = 64;

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Cut by the proxy with a reset to both sides. The number of the cut, from 1.
    Cut(u64),
    /// Due to be cut with that number, and held: the newcomer is to be killed, and then it ends.
    Held(u64),
    /// One of the nodes ended it.
    Closed,
}

/// A connection that ended, or is held.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ended {
    pub(crate) ending: Ending,
    /// Bytes passed on to the newcomer.
    pub(crate) bytes: u64,
}

/// When to cut.
#[derive(Debug)]
struct Plan {
    chance: Chance,
    /// Cuts so far, and in all.
    done: u64,
    wanted: u64,
    /// Each cut of this many is a kill of the newcomer.
    kill_every: u64,
    /// A connection goes through.
    busy: bool,
    /// How many were turned away meanwhile.
    refused: u64,
}

impl Plan {
    /// Bytes that the next connection may bring; `None` when no cut is left.
    fn budget(&mut self) -> Option<u64> {
        let (from, to) = CUT_BYTES;
        (self.done < self.wanted).then(|| from + self.chance.below(to - from))
    }

    /// The next cut, or kill.
    const fn cut(&mut self) -> Ending {
        self.done += 1;
        if self.done.is_multiple_of(self.kill_every) {
            Ending::Held(self.done)
        } else {
            Ending::Cut(self.done)
        }
    }
}

/// The proxy. Its tasks end with the runtime.
#[derive(Debug)]
pub(crate) struct Proxy {
    plan: Arc<Mutex<Plan>>,
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) ended: mpsc::Receiver<Ended>,
}

fn locked(plan: &Mutex<Plan>) -> MutexGuard<'_, Plan> {
    plan.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Proxy {
    /// Listens on so many ports of `near` and passes on to `founder`; cuts nothing yet.
    pub(crate) async fn start(near: Ipv4Addr, ways: u64, founder: SocketAddr, seed: u64) -> anyhow::Result<Self> {
        let plan = Arc::new(Mutex::new(Plan {
            chance: Chance::of(seed),
            done: 0,
            wanted: 0,
            kill_every: u64::MAX,
            busy: false,
            refused: 0,
        }));
        let (tell, ended) = mpsc::channel(ENDED_MAX);
        let mut addresses = Vec::new();
        for _ in 0..ways {
            let listener = TcpListener::bind((near, 0)).await.context("the proxy cannot listen")?;
            addresses.push(listener.local_addr()?);
            tokio::spawn(listen(listener, founder, Arc::clone(&plan), tell.clone()));
        }
        Ok(Self { plan, addresses, ended })
    }

    /// Cuts from the next connection on, so many times.
    pub(crate) fn arm(&self, cuts: u64, kill_every: u64) {
        let mut plan = locked(&self.plan);
        (plan.wanted, plan.kill_every) = (cuts, kill_every);
    }

    /// Lets the next connection through, after a cut.
    pub(crate) fn go_on(&self) {
        locked(&self.plan).busy = false;
    }

    /// Connections that were turned away because another one went through.
    pub(crate) fn refused(&self) -> u64 {
        locked(&self.plan).refused
    }
}

async fn listen(listener: TcpListener, founder: SocketAddr, plan: Arc<Mutex<Plan>>, tell: mpsc::Sender<Ended>) {
    while let Ok((newcomer, _)) = listener.accept().await {
        let is_free = {
            let mut plan = locked(&plan);
            plan.refused += u64::from(plan.busy);
            !std::mem::replace(&mut plan.busy, true)
        };
        if is_free {
            tokio::spawn(pass(newcomer, founder, Arc::clone(&plan), tell.clone()));
        } else {
            reset(&newcomer);
        }
    }
}

/// Closing it is a reset now, and what was not delivered is lost.
fn reset(stream: &TcpStream) {
    let _ = stream.set_zero_linger();
}

/// One connection, to its end.
async fn pass(mut newcomer: TcpStream, founder: SocketAddr, plan: Arc<Mutex<Plan>>, tell: mpsc::Sender<Ended>) {
    let budget = locked(&plan).budget();
    let mut bytes = 0;
    let mut ending = Ending::Closed;
    if let Ok(mut founder) = TcpStream::connect(founder).await {
        let _ = (founder.set_nodelay(true), newcomer.set_nodelay(true));
        if through(&mut newcomer, &mut founder, budget, &mut bytes).await {
            ending = locked(&plan).cut();
            if matches!(ending, Ending::Held(_)) {
                let _ = tell.send(Ended { ending, bytes }).await;
                gone(&mut newcomer).await;
            }
            reset(&newcomer);
            reset(&founder);
        }
    }
    drop(newcomer);
    if ending == Ending::Closed {
        locked(&plan).busy = false;
    }
    if !matches!(ending, Ending::Held(_)) {
        let _ = tell.send(Ended { ending, bytes }).await;
    }
}

/// Passes on in both directions until one side ends it or the budget is used up; whether that was it.
async fn through(newcomer: &mut TcpStream, founder: &mut TcpStream, budget: Option<u64>, bytes: &mut u64) -> bool {
    let (mut from_newcomer, mut to_newcomer) = newcomer.split();
    let (mut from_founder, mut to_founder) = founder.split();
    let up = async {
        if tokio::io::copy(&mut from_newcomer, &mut to_founder).await.is_ok() {
            // It has nothing more to say, and may still listen.
            let _ = to_founder.shutdown().await;
            std::future::pending::<()>().await;
        }
    };
    let down = async {
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let left = budget.map_or(u64::MAX, |budget| budget - *bytes);
            let room = PIECE_BYTES.min(usize::try_from(left).unwrap_or(PIECE_BYTES));
            let length = match from_founder.read(&mut piece[..room]).await {
                Ok(length @ 1..) if to_newcomer.write_all(&piece[..length]).await.is_ok() => length,
                Ok(_) | Err(_) => return false,
            };
            *bytes += length as u64;
            if budget == Some(*bytes) {
                return true;
            }
        }
    };
    tokio::select! {
        is_cut = down => is_cut,
        () = up => false,
    }
}

/// Waits until the other side is gone. What it still sends is not passed on.
async fn gone(stream: &mut TcpStream) {
    let mut piece = vec![0; PIECE_BYTES];
    while let Ok(1..) = stream.read(&mut piece).await {}
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Ipv4Addr = Ipv4Addr::LOCALHOST;

    /// A founder that sends without end to whoever connects.
    async fn founder() -> SocketAddr {
        let listener = TcpListener::bind((HERE, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move { while stream.write_all(&[7; 4096]).await.is_ok() {} });
            }
        });
        address
    }

    async fn read(address: SocketAddr) -> (u64, std::io::Result<usize>) {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let (mut piece, mut bytes) = (vec![0; 65_536], 0);
        loop {
            match stream.read(&mut piece).await {
                Ok(length @ 1..) => bytes += length as u64,
                end => return (bytes, end),
            }
        }
    }

    #[tokio::test]
    async fn a_connection_is_cut_at_its_byte_and_the_next_one_at_another() {
        let mut proxy = Proxy::start(HERE, 2, founder().await, 5).await.unwrap();
        proxy.arm(3, 3);
        let mut seen = Vec::new();
        for (number, address) in (1..).zip([0, 1].map(|way| proxy.addresses[way])) {
            let (bytes, end) = read(address).await;
            let ended = proxy.ended.recv().await.unwrap();
            assert_eq!((ended.ending, end.is_err()), (Ending::Cut(number), true));
            assert!(bytes <= ended.bytes && ended.bytes >= CUT_BYTES.0 && ended.bytes < CUT_BYTES.1);
            seen.push(ended.bytes);
            assert_eq!(read(address).await.0, 0, "not yet");
            proxy.go_on();
        }
        assert_ne!(seen[0], seen[1]);
    }

    #[tokio::test]
    async fn one_goes_through_at_a_time_and_a_kill_is_waited_for() {
        let mut proxy = Proxy::start(HERE, 2, founder().await, 5).await.unwrap();
        proxy.arm(1, 1);
        let mut first = TcpStream::connect(proxy.addresses[0]).await.unwrap();
        assert_eq!(first.read(&mut [0]).await.unwrap(), 1);
        assert_eq!(read(proxy.addresses[1]).await.0, 0);
        assert_eq!(proxy.refused(), 1);
        let reading = tokio::spawn(async move {
            let mut piece = vec![0; 65_536];
            while let Ok(1..) = first.read(&mut piece).await {}
        });
        assert_eq!(proxy.ended.recv().await.unwrap().ending, Ending::Held(1));
        reading.abort();
        let _ = reading.await;
        proxy.go_on();
        let mut next = TcpStream::connect(proxy.addresses[0]).await.unwrap();
        assert!(next.read(&mut [0]).await.is_ok(), "no cut is left");
    }
}
