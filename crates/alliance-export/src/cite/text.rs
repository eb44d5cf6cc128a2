//! References in plain words, one on a line, as a reader or a footnote has them.

use crate::exporter::{Entry, Form, Written};
use crate::options::Origin;
use crate::subject::{Subject, line};

/// Writes a line for each record: author, day, title, kind, alliance, address, name, and what a reader must know of how it stands.
pub(crate) struct Plain<'o> {
    origin: Origin<'o>,
}

impl<'o> Plain<'o> {
    pub(crate) const fn new(origin: Origin<'o>) -> Self {
        Self { origin }
    }
}

impl Form for Plain<'_> {
    fn record(&mut self, entry: &Entry<'_>, row: &mut Vec<u8>) -> Written {
        let subject = Subject::of(entry, &self.origin);
        row.extend_from_slice(reference(&subject, &line(&self.origin.alliance_name)).as_bytes());
        row.push(b'\n');
        Written::Rows(1)
    }
}

fn reference(subject: &Subject, alliance: &str) -> String {
    let title = match &subject.title_en {
        Some(english) => format!("{} [{english}]", subject.title),
        None => subject.title.clone(),
    };
    let author = match subject.day {
        Some(day) => format!("{} ({})", subject.organisation, day.iso()),
        None => subject.organisation.clone(),
    };
    let address = subject.doi.as_ref().map(|doi| format!("https://doi.org/{doi}"));
    let parts = [
        author,
        title,
        subject.kind_label(),
        alliance.to_owned(),
        address.or_else(|| subject.url.clone()).unwrap_or_default(),
        subject.urn(),
        subject.standing.clone(),
    ];
    sentences(&parts)
}

/// Parts with full stops between them; what ends as a sentence gets none.
pub(super) fn sentences(parts: &[String]) -> String {
    let mut text = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !text.is_empty() {
            text.push_str(if text.ends_with(['.', '?', '!']) { " " } else { ". " });
        }
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_once() {
        let parts = ["Does it work?", "", "Yes", "A ward."].map(str::to_owned);
        assert_eq!(sentences(&parts), "Does it work? Yes. A ward.");
    }
}
