//! Requests made from the description, right and wrong, against a node with records: none is answered by a fault of the
//! node, and none in a way that is not described.

use alliance_api::{Confirmations, PublishRequest};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::description::{Said, description, fault, operations};
use crate::fixture::{DOCUMENT, Shown, TOKEN};

/// Requests in `cargo test`.
const REQUESTS: u32 = 600;
/// Deepest value that is made.
const DEPTH_MAX: usize = 5;
/// Texts that readers of bytes, names and paths trip over.
const TEXTS: [&str; 14] = [
    "",
    "0",
    "-1",
    "iso:gb",
    "theme:seclusion",
    "en",
    "lesson",
    "abcdef",
    "\u{202e}gb",
    "žluť 精神",
    "a\u{0}b",
    "'\"<&>",
    "..",
    "18446744073709551616",
];
const KINDS: [&str; 6] = [
    "application/json",
    "text/markdown",
    "text/html",
    "application/vnd.alliance.ranges",
    "",
    "a;b=c",
];

/// What a case decides, byte by byte; zeros when they are used up, which is what cases shrink to.
struct Choices<'a>(std::slice::Iter<'a, u8>);

impl Choices<'_> {
    fn below(&mut self, end: usize) -> usize {
        let byte = |choices: &mut Self| usize::from(choices.0.next().copied().unwrap_or(0));
        (byte(self) * 256 + byte(self)) % end
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == many - 1
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn text(&mut self) -> String {
        match self.below(12) {
            11 => "x".repeat(self.below(20_000)),
            10 => char::from_u32(u32::try_from(self.below(0x1_0000)).unwrap())
                .unwrap_or('?')
                .to_string(),
            _ => self.pick(&TEXTS).to_owned(),
        }
    }

    /// A value of a schema, unless it is to be of another.
    fn value(&mut self, schema: &Value, depth: usize) -> Value {
        if depth == DEPTH_MAX || self.one_in(12) {
            return self.anything();
        }
        if let Some(reference) = schema["$ref"].as_str() {
            return self.value(description().pointer(&reference[1..]).unwrap(), depth + 1);
        }
        for choice in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[choice].as_array() {
                let chosen = self.pick(choices);
                return self.value(&chosen, depth + 1);
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let parts = parts.iter().map(|part| self.value(part, depth + 1)).collect::<Vec<_>>();
            let fields = parts.into_iter().filter_map(|part| part.as_object().cloned()).flatten();
            return Value::Object(fields.collect());
        }
        if let Some(values) = schema["enum"].as_array() {
            return self.pick(values);
        }
        let kind = schema["type"]
            .as_array()
            .map_or_else(|| schema["type"].clone(), |kinds| self.pick(kinds));
        match kind.as_str().unwrap_or_default() {
            "object" => self.object(schema, depth),
            "array" => (0..self.below(4))
                .map(|_| self.value(&schema["items"], depth + 1))
                .collect(),
            "integer" | "number" => self.number(),
            "boolean" => self.one_in(2).into(),
            "string" => self.text().into(),
            _ => Value::Null,
        }
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let mut made = serde_json::Map::new();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let is_needed = required.iter().any(|needed| needed == name);
            if (is_needed && !self.one_in(20)) || self.one_in(3) {
                made.insert(name.clone(), self.value(field, depth + 1));
            }
        }
        if self.one_in(20) {
            made.insert("strange".to_owned(), self.anything());
        }
        Value::Object(made)
    }

    fn number(&mut self) -> Value {
        let numbers = [
            json!(0),
            json!(1),
            json!(24),
            json!(200),
            json!(-1),
            json!(i64::MIN),
            json!(u64::MAX),
            json!(1e308),
            json!(0.5),
        ];
        self.pick(&numbers)
    }

    fn anything(&mut self) -> Value {
        match self.below(6) {
            0 => Value::Null,
            1 => self.number(),
            2 => self.text().into(),
            3 => json!([]),
            4 => json!({}),
            _ => json!({"a": [{"b": self.text()}]}),
        }
    }
}

/// A request, as bytes.
struct Made {
    method: String,
    address: String,
    bytes: Vec<u8>,
}

fn percent(text: &str) -> String {
    let of = |byte: u8| match byte.is_ascii_alphanumeric() || b":-._~".contains(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(of).collect()
}

fn address(choices: &mut Choices<'_>, (path, operation): (&str, &Value), ids: &[String]) -> String {
    let segments = path.split('/').map(|segment| match segment.starts_with('{') {
        false => segment.to_owned(),
        true => match choices.below(6) {
            0..=2 => choices.pick(ids),
            3 => choices
                .pick(&["csv", "jsonld", "iso:gb", "m49:001", "%ff", "%00", "0000"])
                .to_owned(),
            _ => percent(&choices.text()),
        },
    });
    let mut address = segments.collect::<Vec<_>>().join("/");
    let mut pairs = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "query" && choices.one_in(3) {
            let value = choices.value(&parameter["schema"], 0);
            let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            pairs.push(format!("{}={}", parameter["name"].as_str().unwrap(), percent(&text)));
        }
    }
    if choices.one_in(12) {
        pairs.push(format!("{}={}", percent(&choices.text()), percent(&choices.text())));
    }
    if !pairs.is_empty() {
        address = format!("{address}?{}", pairs.join("&"));
    }
    // Longer ones are answered by the connection, which closes before all of it is read.
    address.truncate(16_000);
    address
}

fn body(choices: &mut Choices<'_>, operation: &Value) -> (String, Vec<u8>) {
    let content = operation["requestBody"]["content"].as_object();
    let Some((media, content)) = content.and_then(|content| content.iter().nth(choices.below(content.len()))) else {
        return (
            choices.pick(&KINDS).to_owned(),
            if choices.one_in(4) { b"{}".to_vec() } else { Vec::new() },
        );
    };
    let media = if choices.one_in(12) {
        choices.pick(&KINDS).to_owned()
    } else {
        media.clone()
    };
    let bytes = match choices.below(12) {
        11 => vec![b'['; 300_000],
        10 => b"{\"a\":\xff".to_vec(),
        9 if media == "text/markdown" => DOCUMENT.as_bytes().to_vec(),
        _ => match choices.value(&content["schema"], 0) {
            Value::String(text) if !media.ends_with("json") => text.into_bytes(),
            value => value.to_string().into_bytes(),
        },
    };
    (media, bytes)
}

fn request(choices: &mut Choices<'_>, ids: &[String]) -> Made {
    let all: Vec<_> = operations().collect();
    let (path, described, operation) = choices.pick(&all);
    let method = match choices.one_in(16) {
        false => described.to_ascii_uppercase(),
        true => choices
            .pick(&["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE"])
            .to_owned(),
    };
    let address = address(choices, (path, operation), ids);
    let (media, body) = body(choices, operation);
    let token = choices.pick(&[TOKEN, TOKEN, TOKEN, TOKEN, TOKEN, TOKEN, "wrong", ""]);
    let mut head = format!(
        "{method} {address} HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value, times) in [
        ("Authorization", format!("Bearer {token}"), 1),
        ("Content-Type", media, 1),
        ("Idempotency-Key", percent(&choices.text()), 4),
        ("If-None-Match", "\"0123456789abcdef\"".to_owned(), 6),
        ("Last-Event-ID", percent(&choices.text()), 8),
    ] {
        if !value.is_empty() && value.len() < 8_000 && (times == 1 || choices.one_in(times)) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    head.push_str("\r\n");
    let bytes = [head.into_bytes(), body].concat();
    Made { method, address, bytes }
}

/// Sends a request; its answer, as far as it has an end.
async fn answer(made: &Made, address: std::net::SocketAddr) -> Vec<u8> {
    let port = address.port().to_string();
    let mut io = TcpStream::connect(address).await.unwrap();
    let at = made.bytes.windows(4).position(|window| window == b"PORT").unwrap();
    let bytes = [&made.bytes[..at], port.as_bytes(), &made.bytes[at + 4..]].concat();
    // A server that refuses a body may close before it has read all of it.
    let _ = io.write_all(&bytes).await;
    let (mut read, mut piece) = (Vec::new(), [0; 16_384]);
    while let Ok(count @ 1..) = io.read(&mut piece).await {
        read.extend_from_slice(&piece[..count]);
        if made.address.starts_with("/v1/events") && read.windows(4).any(|window| window == b"\r\n\r\n") {
            break;
        }
    }
    read
}

/// Why an answer is not as it must be.
fn wrong(made: &Made, answer: &[u8]) -> Option<String> {
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else {
        // It closed while the body was sent, and the kernel took its answer away.
        return (made.bytes.len() < 100_000).then(|| "there is none".to_owned());
    };
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status: u16 = head.split(' ').nth(1).unwrap().parse().unwrap();
    if status >= 500 && status != 503 {
        return Some("a fault of the node".to_owned());
    }
    if head.contains("transfer-encoding: chunked") {
        return None;
    }
    let media = head.lines().find_map(|line| line.strip_prefix("content-type: "));
    let said = Said {
        status,
        media: media.and_then(|media| media.split(';').next()),
        body: &answer[end + 4..],
    };
    fault(&made.method, &made.address, &said)
}

/// A node with records, and what they are named by.
async fn filled() -> (Shown, Vec<String>) {
    let shown = Shown::start().await;
    let mut ids = vec!["iso:gb".to_owned()];
    for _ in 0..3 {
        let asked = PublishRequest {
            document: DOCUMENT.to_owned(),
            chapter: Some("iso:gb".to_owned()),
            confirmations: Confirmations::all(),
            ..PublishRequest::default()
        };
        ids.extend(shown.run.handle.publish(asked).await.unwrap().id);
    }
    let all = alliance_api::RecordQuery {
        governance: Some(true),
        ..Default::default()
    };
    let page = shown.run.handle.records(all).await.unwrap();
    ids.extend(page.records.into_iter().map(|record| record.id));
    ids.push(shown.run.handle.organisations().await.unwrap()[0].id.clone());
    (shown, ids)
}

#[test]
fn no_request_is_answered_by_a_fault_of_the_node_or_in_a_way_that_is_not_described() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (shown, ids) = runtime.block_on(filled());
    let server = shown.server.tcp_address().unwrap();
    let mut runner = TestRunner::new(Config {
        cases: REQUESTS,
        failure_persistence: None,
        ..Config::default()
    });
    let done = runner.run(&vec(any::<u8>(), 0..400), |bytes| {
        let made = request(&mut Choices(bytes.iter()), &ids);
        let answer = runtime.block_on(answer(&made, server));
        let told = |fault| {
            let (sent, got) = (String::from_utf8_lossy(&made.bytes), String::from_utf8_lossy(&answer));
            let (sent, got) = (sent.chars().take(2_000), got.chars().take(2_000));
            format!(
                "{fault}\n{}\n---\n{}",
                sent.collect::<String>(),
                got.collect::<String>()
            )
        };
        wrong(&made, &answer).map_or(Ok(()), |fault| {
            Err(proptest::test_runner::TestCaseError::fail(told(fault)))
        })
    });
    runtime.block_on(shown.stop());
    done.unwrap();
}
