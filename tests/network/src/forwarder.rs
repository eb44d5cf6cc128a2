//! The bad line in user space: what one node's VXLAN device sends in UDP goes on to the other's, late, in turn, or not
//! at all. Carries whole Ethernet frames and decides by their length alone.

use std::collections::VecDeque;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::chance::Chance;
use crate::checksum;
use crate::line::{Line, QUEUE};
use crate::wires::{VXLAN_PORT, Wires};

/// Bytes of VXLAN's header, and of Ethernet's after it.
const VXLAN_BYTES: usize = 8;
const ETHERNET_BYTES: usize = 14;
/// Bytes of a datagram at most.
const DATAGRAM_BYTES_MAX: usize = 2_048;
/// Datagrams in the forwarder's hands, each way: more than the line holds for a second at 10 Mbit/s.
const HELD_MAX: usize = 16_384;

/// What became of the packets of one way.
#[derive(Debug, Default)]
struct Counted {
    carried: AtomicU64,
    lost: AtomicU64,
    full: AtomicU64,
}

/// Both ways of a line. Its threads end with the process, which ends with the suite.
#[derive(Debug)]
pub(crate) struct Forwarder {
    ways: [Arc<Counted>; 2],
}

impl Forwarder {
    /// Passes on in both directions from now on.
    pub(crate) fn start(wires: &Wires, line: Line, seed: u64) -> anyhow::Result<Self> {
        let socket = |side| UdpSocket::bind((wires.near(side), VXLAN_PORT)).context("the forwarder has no socket");
        let sockets = [Arc::new(socket(0)?), Arc::new(socket(1)?)];
        let far = |side| SocketAddr::from((wires.far(side), VXLAN_PORT));
        let ways = [Arc::new(Counted::default()), Arc::new(Counted::default())];
        for (from, to) in [(0, 1_u8), (1, 0_u8)] {
            let (late, due) = sync_channel(HELD_MAX);
            let (source, sink) = (Arc::clone(&sockets[from]), Arc::clone(&sockets[usize::from(to)]));
            let bottleneck = Bottleneck::new(line, Chance::of(seed.wrapping_mul(2).wrapping_add(u64::from(to))));
            let (counted, target) = (Arc::clone(&ways[from]), far(to));
            thread::spawn(move || take(&source, bottleneck, &late, &counted));
            thread::spawn(move || give(&due, &sink, target));
        }
        Ok(Self { ways })
    }

    /// What it did so far, in words.
    pub(crate) fn told(&self) -> String {
        let way = |counted: &Counted| {
            let [carried, lost, full] =
                [&counted.carried, &counted.lost, &counted.full].map(|count| count.load(Ordering::Relaxed));
            let of = carried + lost + full;
            let percent = lost as f64 * 100.0 / of.max(1) as f64;
            format!("{of} packets, {lost} lost ({percent:.1} %), {full} more for want of room in the queue")
        };
        format!(
            "there {}; back {}",
            way(self.ways[1].as_ref()),
            way(self.ways[0].as_ref())
        )
    }
}

/// A datagram and when it is to be at the other end.
type Late = (Instant, Vec<u8>);

fn take(source: &UdpSocket, mut bottleneck: Bottleneck, late: &SyncSender<Late>, counted: &Counted) {
    let began = Instant::now();
    let mut datagram = [0; DATAGRAM_BYTES_MAX];
    // Refusals of the other end come back as errors of the socket; they are the other end's affair.
    loop {
        let Ok(length) = source.recv(&mut datagram) else {
            continue;
        };
        if let Some(frame) = datagram[..length].get_mut(VXLAN_BYTES..) {
            checksum::complete(frame);
        }
        let passed = bottleneck.pass(began.elapsed(), length.saturating_sub(VXLAN_BYTES + ETHERNET_BYTES));
        let count = match passed {
            Passed::Lost => &counted.lost,
            Passed::Full => &counted.full,
            Passed::At(at) => {
                if late.send((began + at, datagram[..length].to_vec())).is_err() {
                    return;
                }
                &counted.carried
            }
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// Gives each on when its time has come; takes the next ones in meanwhile.
fn give(due: &Receiver<Late>, sink: &UdpSocket, target: SocketAddr) {
    let mut held: VecDeque<Late> = VecDeque::new();
    loop {
        let now = Instant::now();
        while held.front().is_some_and(|(at, _)| *at <= now) {
            if let Some((_, datagram)) = held.pop_front() {
                let _ = sink.send_to(&datagram, target);
            }
        }
        let next = match held.front() {
            Some((at, _)) => due.recv_timeout(at.saturating_duration_since(now)),
            None => due.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match next {
            Ok(late) => held.push_back(late),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// What becomes of a packet.
#[derive(Debug, PartialEq, Eq)]
enum Passed {
    /// Lost by chance.
    Lost,
    /// The queue was full.
    Full,
    /// It is at the other end then.
    At(Duration),
}

/// Where packets wait for their turn.
#[derive(Debug)]
struct Bottleneck {
    line: Line,
    chance: Chance,
    /// When the packets before have passed.
    free: Duration,
}

impl Bottleneck {
    const fn new(line: Line, chance: Chance) -> Self {
        Self {
            line,
            chance,
            free: Duration::ZERO,
        }
    }

    /// A packet came. Times count from the beginning.
    fn pass(&mut self, now: Duration, bytes: usize) -> Passed {
        let begins = self.free.max(now);
        if begins - now > QUEUE {
            return Passed::Full;
        }
        let takes = bytes as u64 * 1_000_000 / self.line.bytes_per_s.max(1);
        self.free = begins + Duration::from_micros(takes);
        // What is lost on the way has taken its turn.
        if self.chance.strikes(self.line.loss_per_million) {
            return Passed::Lost;
        }
        Passed::At(self.free + self.line.one_way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: Line = Line {
        one_way: Duration::from_millis(300),
        loss_per_million: 0,
        bytes_per_s: 1_000_000,
    };

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn packets_take_their_time_and_wait_for_one_another() {
        let mut bottleneck = Bottleneck::new(LINE, Chance::of(1));
        assert_eq!(bottleneck.pass(ms(5), 1_000), Passed::At(ms(306)));
        assert_eq!(bottleneck.pass(ms(5), 1_000), Passed::At(ms(307)));
        assert_eq!(bottleneck.pass(ms(50), 2_000), Passed::At(ms(352)));
    }

    #[test]
    fn no_packet_waits_longer_than_the_queue() {
        let mut bottleneck = Bottleneck::new(LINE, Chance::of(1));
        let passed = (0..1_000).filter(|_| bottleneck.pass(ms(0), 1_000) != Passed::Full);
        assert_eq!(passed.count(), 301);
        assert_eq!(bottleneck.pass(ms(1), 1_000), Passed::At(ms(602)));
    }

    #[test]
    fn as_many_are_lost_as_the_line_says() {
        let line = Line {
            loss_per_million: 50_000,
            ..LINE
        };
        let mut bottleneck = Bottleneck::new(line, Chance::of(7));
        let lost = (0..100_000).filter(|second| bottleneck.pass(ms(*second), 100) == Passed::Lost);
        let lost = lost.count();
        assert!((4_800..5_200).contains(&lost), "{lost}");
    }
}
