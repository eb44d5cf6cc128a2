//! Events as they arrive: a reader of server-sent events, as far as nodes write them.

use std::collections::VecDeque;

use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::ClientError;
use super::transport::within;
use crate::Event;

/// Bytes of a line: the largest event is a record's summary.
const LINE_BYTES_MAX: usize = 1 << 20;
/// Seconds without a sign of life: a node gives one every 15.
const SILENCE_MAX_S: u64 = 60;

/// Events from a node, in order.
#[derive(Debug)]
pub struct Events {
    body: Incoming,
    parser: Parser,
    ready: VecDeque<(Option<u64>, Event)>,
}

impl Events {
    pub(super) fn new(body: Incoming) -> Self {
        Self {
            body,
            parser: Parser::default(),
            ready: VecDeque::new(),
        }
    }

    /// The next event; with its arrival number when it is a record. `None` when the node has ended.
    ///
    /// # Errors
    /// [`ClientError`] when the connection broke off, fell silent, or carries something else. Ask for events again from
    /// the last arrival number.
    pub async fn next(&mut self) -> Result<Option<(Option<u64>, Event)>, ClientError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(Some(event));
            }
            let body = &mut self.body;
            let frame = within(SILENCE_MAX_S, async {
                body.frame().await.transpose().map_err(ClientError::from)
            });
            match frame.await? {
                None => return Ok(None),
                Some(frame) => {
                    if let Some(bytes) = frame.data_ref() {
                        self.parser.feed(bytes, &mut self.ready)?;
                    }
                }
            }
        }
    }
}

/// Puts lines together to events.
#[derive(Debug, Default)]
struct Parser {
    line: Vec<u8>,
    data: String,
    id: Option<u64>,
}

impl Parser {
    fn feed(&mut self, bytes: &[u8], ready: &mut VecDeque<(Option<u64>, Event)>) -> Result<(), ClientError> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.line.len() + piece.len() > LINE_BYTES_MAX {
                return Err(ClientError::TooLarge {
                    bytes_max: LINE_BYTES_MAX,
                });
            }
            self.line.extend_from_slice(piece);
            if self.line.last() == Some(&b'\n') {
                let line = std::mem::take(&mut self.line);
                ready.extend(self.take(&line)?);
            }
        }
        Ok(())
    }

    /// Takes a whole line; an empty one ends an event.
    fn take(&mut self, line: &[u8]) -> Result<Option<(Option<u64>, Event)>, ClientError> {
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            return self.end();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" if self.data.len() + value.len() > LINE_BYTES_MAX => Err(ClientError::TooLarge {
                bytes_max: LINE_BYTES_MAX,
            }),
            "data" => {
                self.data.push_str(value);
                Ok(None)
            }
            "id" => {
                self.id = value.parse().ok();
                Ok(None)
            }
            // The event's name is in its data too; comments are signs of life.
            _ => Ok(None),
        }
    }

    fn end(&mut self) -> Result<Option<(Option<u64>, Event)>, ClientError> {
        let (data, id) = (std::mem::take(&mut self.data), self.id.take());
        if data.is_empty() {
            return Ok(None);
        }
        let event = serde_json::from_str(&data).map_err(|_| ClientError::Unreadable { status: 200 })?;
        Ok(Some((id, event)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = ": alive\n\nevent: lagged\ndata: {\"event\":\"lagged\",\ndata: \"events\":3}\n\n\
                          id: 7\r\ndata:{\"event\":\"peer_down\",\"peer\":\"p\",\"reason\":\"žluť\"}\r\n\r\ndata: half";

    fn expected() -> Vec<(Option<u64>, Event)> {
        let down = Event::PeerDown {
            peer: "p".to_owned(),
            reason: "žluť".to_owned(),
        };
        vec![(None, Event::Lagged { events: 3 }), (Some(7), down)]
    }

    #[test]
    fn events_come_out_the_same_wherever_the_stream_is_cut() {
        for size in 1..STREAM.len() {
            let (mut parser, mut ready) = (Parser::default(), VecDeque::new());
            for piece in STREAM.as_bytes().chunks(size) {
                parser.feed(piece, &mut ready).unwrap();
            }
            assert_eq!(Vec::from(ready), expected(), "cut every {size} bytes");
        }
    }

    #[test]
    fn a_line_without_end_and_strange_data_are_refused() {
        let (mut parser, mut ready) = (Parser::default(), VecDeque::new());
        let endless = vec![b'x'; LINE_BYTES_MAX];
        parser.feed(&endless, &mut ready).unwrap();
        assert!(matches!(
            parser.feed(b"x", &mut ready),
            Err(ClientError::TooLarge { .. })
        ));
        let strange = Parser::default().feed(b"data: {}\n\n", &mut ready);
        assert!(matches!(strange, Err(ClientError::Unreadable { .. })));
    }
}
