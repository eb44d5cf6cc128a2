//! The rows that a record comes to.

use std::borrow::Cow;
use std::collections::BTreeMap;

use alliance_export::{Cell, KindOf, ReadRecord, Tabulator};
use alliance_record::schema::{references, vocabularies, vocabulary};
use alliance_record::{OrganisationId, RecordId};

use super::Table;

/// The word of the role that makes a version.
const SUPERSEDES: &str = "supersedes";
/// The language of labels that name none.
const ENGLISH: &str = "en";

/// What is done with each row.
type Show<'s> = &'s mut dyn FnMut(&[Cell<'_>]);

/// Makes the rows of one table.
pub(crate) struct Maker<'o>(Kind<'o>);

enum Kind<'o> {
    Records(Tabulator<'o>),
    Organisations(BTreeMap<OrganisationId, Organisation>),
    Versions,
    CodeLabels,
    Edges,
}

struct Organisation {
    name: String,
    country: String,
    records: i64,
}

impl<'o> Maker<'o> {
    pub(crate) fn new(table: Table, kind_of: KindOf<'o>) -> Self {
        Self(match (table, table.rows()) {
            (_, Some(rows)) => Kind::Records(Tabulator::new(rows, kind_of)),
            (Table::Organisations, None) => Kind::Organisations(BTreeMap::new()),
            (Table::Versions, None) => Kind::Versions,
            (Table::Edges, None) => Kind::Edges,
            (_, None) => Kind::CodeLabels,
        })
    }

    /// Shows the rows of a record.
    pub(crate) fn record(&mut self, record: &ReadRecord<'_>, show: Show<'_>) {
        match &mut self.0 {
            Kind::Records(tabulator) => {
                tabulator.rows(record, show);
            }
            Kind::Organisations(known) => count(known, record),
            Kind::Versions => version(record, show),
            Kind::Edges => edges(record, show),
            Kind::CodeLabels => {}
        }
    }

    /// Shows the rows that stand when all records were handed in.
    pub(crate) fn end(&mut self, show: Show<'_>) {
        match &mut self.0 {
            Kind::Organisations(known) => organisations(known, show),
            Kind::CodeLabels => code_labels(show),
            Kind::Records(_) | Kind::Versions | Kind::Edges => {}
        }
    }
}

/// Keeps one entry for each organisation, of which there are as many as members.
fn count(known: &mut BTreeMap<OrganisationId, Organisation>, read: &ReadRecord<'_>) {
    let record = read.record();
    let organisation = known.entry(record.organisation).or_insert_with(|| Organisation {
        name: record.organisation_name.to_string(),
        country: record.country.to_string(),
        records: 0,
    });
    organisation.records += 1;
}

fn organisations(known: &BTreeMap<OrganisationId, Organisation>, show: Show<'_>) {
    for (id, organisation) in known {
        show(&[
            Cell::Word(id.to_string().into()),
            text(&organisation.name),
            text(&organisation.country),
            Cell::Integer(organisation.records),
        ]);
    }
}

fn version(read: &ReadRecord<'_>, show: Show<'_>) {
    let record = read.record();
    let named = named(read).map(|named| {
        let earlier = named.into_iter().filter(|(role, _)| role == SUPERSEDES);
        Cell::List(earlier.map(|(_, id)| Cow::Owned(id.to_string())).collect())
    });
    show(&[
        Cell::Word(record.id.to_string().into()),
        Cell::Word(record.kind.name()),
        Cell::Word(record.organisation.to_string().into()),
        record
            .version
            .map_or(Cell::Empty, |version| Cell::Integer(version.into())),
        Cell::Word(record.state.code().into()),
        named.unwrap_or(Cell::Empty),
    ]);
}

fn edges(read: &ReadRecord<'_>, show: Show<'_>) {
    let record = read.record().id.to_string();
    for (role, target) in named(read).unwrap_or_default() {
        show(&[
            Cell::Word(record.as_str().into()),
            Cell::Word(role.into()),
            Cell::Word(target.to_string().into()),
        ]);
    }
}

/// The records that a body names; `None` where it cannot be read.
fn named(read: &ReadRecord<'_>) -> Option<Vec<(String, RecordId)>> {
    let record = read.record();
    references(record.kind, record.body.as_deref()?).ok()
}

fn code_labels(show: Show<'_>) {
    for list in vocabularies() {
        for code in vocabulary(list).unwrap_or_default() {
            for (lang, label) in [(ENGLISH, code.label.as_str())].into_iter().chain(code.labels()) {
                show(&[
                    Cell::Word(list.into()),
                    Cell::Word(code.code.as_str().into()),
                    Cell::Word(lang.into()),
                    Cell::Text(label.into()),
                ]);
            }
        }
    }
}

fn text(text: &str) -> Cell<'_> {
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::Text(text.into())
    }
}
