//! What a column is called, and what it means.

use super::cell::Holds;

/// A column of a table, for its header, its type and the data dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumn {
    /// As the header has it: the field's name, and dots where groups are flattened.
    pub name: String,
    /// What its cells hold.
    pub holds: Holds,
    /// Whether every row has it.
    pub required: bool,
    /// What it means, in plain words: the schema's own.
    pub meaning: String,
    /// How its values are written or what they are codes of, such as `code of effect`; may be empty.
    pub unit: String,
}

/// A column that is not of a body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FixedColumn {
    pub(crate) name: &'static str,
    pub(crate) holds: Holds,
    pub(crate) description: &'static str,
    /// Whether every row has it.
    pub(crate) required: bool,
}

pub(crate) const fn column(name: &'static str, holds: Holds, description: &'static str) -> FixedColumn {
    FixedColumn {
        name,
        holds,
        description,
        required: false,
    }
}

impl FixedColumn {
    pub(crate) const fn always(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) fn described(&self) -> TableColumn {
        TableColumn {
            name: self.name.to_owned(),
            holds: self.holds,
            required: self.required,
            meaning: self.description.to_owned(),
            unit: unit(self.holds).to_owned(),
        }
    }
}

/// Whose record it is: the same in every table that says it.
pub(crate) const ORGANISATION: FixedColumn = column(
    "organisation",
    Holds::Word,
    "The organisation's public key, 64 hexadecimal digits.",
)
.always();
pub(crate) const ORGANISATION_NAME: FixedColumn = column(
    "organisation_name",
    Holds::Text,
    "The organisation's name, as it calls itself.",
);
pub(crate) const COUNTRY: FixedColumn = column(
    "country",
    Holds::Text,
    "The organisation's country, ISO 3166-1 alpha-2.",
);
/// Which version a record is, and how it stands.
pub(crate) const VERSION: FixedColumn = column("version", Holds::Integer, "1 for the first version, counted by edits.");
pub(crate) const STATE: FixedColumn = column(
    "state",
    Holds::Word,
    "How it stands: current, superseded, retracted, removed, disputed or not_held.",
)
.always();

impl TableColumn {
    /// The columns that say whose a record is: key, name and country.
    #[must_use]
    pub fn of_organisation() -> [Self; 3] {
        [ORGANISATION, ORGANISATION_NAME, COUNTRY].map(|column| column.described())
    }

    /// The columns that say how a record stands: version and state.
    #[must_use]
    pub fn of_standing() -> [Self; 2] {
        [VERSION, STATE].map(|column| column.described())
    }
}

/// How values are written, where the column alone says it.
pub(super) const fn unit(holds: Holds) -> &'static str {
    match holds {
        Holds::Month => "month, YYYY-MM",
        Holds::Instant => "UTC",
        Holds::Json => "JSON",
        Holds::Text | Holds::Word | Holds::Integer | Holds::Number | Holds::YesNo | Holds::List => "",
    }
}
