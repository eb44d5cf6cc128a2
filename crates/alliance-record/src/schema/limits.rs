//! Limits of what an author hands in and of what is made from bodies. Limits of single fields are options of the fields.

use crate::limits::{HEADER_BYTES_MAX, RECORD_BYTES_MAX, REFERENCES_MAX};

/// Bytes of a file or request read as a draft: a record with its header is at most 65,536, and text is the most of it.
pub const INPUT_BYTES_MAX: usize = 65_536;
/// Bytes of a body that is decoded: no body is larger than a record.
pub const BODY_BYTES_MAX: usize = RECORD_BYTES_MAX;
/// Bytes of a body of one's own: its record must have room for the largest header.
pub const DRAFT_BODY_BYTES_MAX: usize = RECORD_BYTES_MAX - HEADER_BYTES_MAX;
/// Levels of lists and fields within each other; the kinds need four.
pub const DEPTH_MAX: usize = 16;
/// Findings reported at once: nobody mends more before the next try.
pub const FINDINGS_MAX: usize = 100;
/// References a body may ask for: what a header carries, with one left for the author's own admission.
pub const DRAFT_REFERENCES_MAX: usize = REFERENCES_MAX - 1;
/// Characters of another's text repeated in a message.
pub const SHOWN_CHARACTERS_MAX: usize = 60;
/// Characters of a summary's title, whoever wrote it.
pub const SUMMARY_TITLE_CHARACTERS_MAX: usize = 140;
/// Characters of a summary's text.
pub const SUMMARY_TEXT_CHARACTERS_MAX: usize = 1_500;
/// Codes or tags of a summary's list.
pub const SUMMARY_ITEMS_MAX: usize = 12;
/// Characters of one code or tag of a summary.
pub const SUMMARY_ITEM_CHARACTERS_MAX: usize = 64;
