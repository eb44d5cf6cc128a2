//! RIS: one tag a line, CRLF, no value over a line's end.

use super::{Sort, sort};
use crate::exporter::{Entry, Form, Written};
use crate::options::Origin;
use crate::subject::{Subject, line};

/// Most characters of an author or keyword.
const SHORT_CHARACTERS_MAX: usize = 255;

/// Writes entries of type `RPRT`, `DATA` and `GEN`. The licence is in a note, since RIS has no tag for it.
pub(crate) struct Ris<'o> {
    origin: Origin<'o>,
}

impl<'o> Ris<'o> {
    pub(crate) fn new(origin: Origin<'o>) -> Self {
        Self { origin }
    }
}

impl Form for Ris<'_> {
    fn record(&mut self, entry: &Entry<'_>, row: &mut Vec<u8>) -> Written {
        let subject = Subject::of(entry, &self.origin);
        for (tag, text) in lines(&subject, &line(&self.origin.alliance_name)) {
            row.extend_from_slice(format!("{tag}  - {text}\r\n").as_bytes());
        }
        row.extend_from_slice(b"ER  - \r\n\r\n");
        Written::Rows(1)
    }
}

fn lines(subject: &Subject, alliance: &str) -> Vec<(&'static str, String)> {
    let kind = match sort(subject.kind) {
        Sort::Report => "RPRT",
        Sort::Dataset => "DATA",
        Sort::Misc => "GEN",
    };
    let mut lines = vec![
        ("TY", kind.to_owned()),
        ("ID", subject.key()),
        ("TI", subject.title.clone()),
    ];
    let mut add =
        |tag, text: Option<String>| lines.extend(text.filter(|text| !text.is_empty()).map(|text| (tag, text)));
    add("TT", subject.title_en.clone());
    add("AU", Some(short(&subject.organisation)));
    if let Some(day) = subject.day {
        add("PY", Some(format!("{:04}", day.year)));
        add("DA", Some(format!("{:04}/{:02}/{:02}/", day.year, day.month, day.day)));
    }
    add("M3", Some(subject.kind_label()));
    add("PB", Some(alliance.to_owned()));
    add("LA", subject.lang.clone());
    add("DO", subject.doi.clone());
    add("UR", subject.url.clone());
    for tag in &subject.tags {
        add("KW", Some(short(tag)));
    }
    add("AB", Some(subject.summary.clone()));
    add(
        "N1",
        (!subject.licence.is_empty()).then(|| format!("Licence: {}", subject.licence)),
    );
    add("N1", Some(subject.note.clone()));
    lines
}

/// An author or keyword: at most 255 characters, and no asterisk, which these tags may not have.
fn short(text: &str) -> String {
    text.replace('*', "").chars().take(SHORT_CHARACTERS_MAX).collect()
}
