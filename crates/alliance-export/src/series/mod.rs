//! The points of measures, as tables for statistics. Owns when a value may be computed with: never one that is suppressed.

mod point;
mod points;
mod pre_post;

pub(crate) use points::{COLUMNS as POINT_COLUMNS, Points};
pub(crate) use pre_post::{COLUMNS as PRE_POST_COLUMNS, PrePost};

/// A column of such a table, for its header and the data dictionary: name, type of Table Schema, description.
pub(crate) type SeriesColumn = (&'static str, &'static str, &'static str);
