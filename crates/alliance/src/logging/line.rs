//! One event as one line.

use std::fmt;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::LogFormat;
use crate::output::Colour;
use crate::text::{cut, plain};

/// Columns of a text in the log: an address and a reason fit, a document does not.
const TEXT_COLUMNS_MAX: usize = 300;

/// Writes events.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) format: LogFormat,
    pub(super) colour: Colour,
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut time = String::new();
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        let mut fields = Fields::default();
        event.record(&mut fields);
        let head = (time.as_str(), *event.metadata().level(), event.metadata().target());
        match self.format {
            LogFormat::Text => text(writer, head, &fields, self.colour),
            LogFormat::Json => json(writer, head, fields),
        }
    }
}

type Head<'a> = (&'a str, Level, &'a str);

fn text(mut writer: Writer<'_>, (time, level, target): Head<'_>, fields: &Fields, colour: Colour) -> fmt::Result {
    let label = format!("{level:>5}");
    let label = match level {
        Level::ERROR => colour.alarm(&label),
        Level::WARN => colour.warning(&label),
        _ => label,
    };
    write!(writer, "{time} {label} {target}: {}", fields.message)?;
    for (name, value) in &fields.others {
        match value {
            Value::String(text) if text.contains(' ') || text.is_empty() => write!(writer, " {name}=\"{text}\"")?,
            Value::String(text) => write!(writer, " {name}={text}")?,
            value => write!(writer, " {name}={value}")?,
        }
    }
    writeln!(writer)
}

fn json(mut writer: Writer<'_>, (time, level, target): Head<'_>, fields: Fields) -> fmt::Result {
    let mut object = Map::new();
    for (name, text) in [
        ("time", time),
        ("level", level.as_str()),
        ("target", target),
        ("message", &fields.message),
    ] {
        object.insert(name.to_owned(), Value::String(text.to_owned()));
    }
    object.insert("fields".to_owned(), Value::Object(fields.others));
    writeln!(writer, "{}", Value::Object(object))
}

/// An event's fields, escaped and shortened.
#[derive(Debug, Default)]
struct Fields {
    message: String,
    others: Map<String, Value>,
}

impl Fields {
    fn put(&mut self, field: &Field, text: &str) {
        let text = cut(&plain(text), TEXT_COLUMNS_MAX);
        if field.name() == "message" {
            self.message = text;
        } else {
            self.others.insert(field.name().to_owned(), Value::String(text));
        }
    }

    fn put_value(&mut self, field: &Field, value: impl Into<Value>) {
        self.others.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field, &crate::failure::chain(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put_value(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put_value(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put_value(field, value);
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat) -> String {
        let kept = Kept::default();
        let writer = kept.clone();
        let line = Line {
            format,
            colour: Colour::Plain,
        };
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .event_format(line)
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let (evil, long) = ("a\n\u{1b}[31mb", "x".repeat(1000));
            tracing::warn!(target: "net", reason = evil, long, count = 3, good = true, "a peer left");
        });
        String::from_utf8(kept.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn strangers_text_stays_on_its_line_and_short() {
        let text = logged(LogFormat::Text);
        assert_eq!(text.lines().count(), 1);
        assert!(
            text.contains("WARN net: a peer left reason=a\u{fffd}\u{fffd}[31mb long=xxx"),
            "{text}"
        );
        assert!(text.ends_with("… count=3 good=true\n"), "{text}");
    }

    #[test]
    fn json_lines_carry_the_same() {
        let line: Value = serde_json::from_str(&logged(LogFormat::Json)).unwrap();
        assert_eq!(
            (&line["level"], &line["target"], &line["message"]),
            (&"WARN".into(), &"net".into(), &"a peer left".into())
        );
        assert_eq!(
            (&line["fields"]["count"], &line["fields"]["good"]),
            (&3.into(), &true.into())
        );
        assert_eq!(
            line["fields"]["long"].as_str().unwrap().chars().count(),
            TEXT_COLUMNS_MAX
        );
    }
}
