//! Texts as terms, in any language: how words are found, folded and stemmed. Pure: what is indexed, asked and marked goes
//! through the same functions, so that they cannot part.
//!
//! Each text is taken twice. *Neutral* terms are folded words, or single letters and pairs of them where a script puts no
//! spaces between words; they do not depend on a language, so that a question without one finds everything. *Stems* are
//! neutral words brought to a common form by the rules of the record's language.

mod fold;
mod light;
mod stem;
mod stop;
mod words;

pub(crate) use fold::{fold, fold_onto};
pub(crate) use stem::{has_stems, language, stem, stems_asked};
pub(crate) use stop::is_stop_word;
pub(crate) use words::{Shape, Token, pieces, term, tokens};
