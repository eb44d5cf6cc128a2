//! The points of measures, as tables for statistics. Owns when a value may be computed with: never one that is suppressed.

mod point;
mod points;
mod pre_post;

pub(crate) use points::{COLUMNS as POINT_COLUMNS, Points};
pub(crate) use pre_post::{COLUMNS as PRE_POST_COLUMNS, PrePost};
