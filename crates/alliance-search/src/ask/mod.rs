//! Asking: what a question finds, how much of each facet is among it, where the words stand, and what is like a record.

mod gather;
mod left_out;
mod lists;
mod lower;
mod marks;
mod question;
mod search;
mod similar;
mod spelling;

pub use lists::{Count, ListCounts};
pub use marks::{Marks, Snippet};
pub use question::{After, AfterError, Answer, Counting, HITS_MAX, Hit, Order, Question, Spelling};
pub use search::Searcher;
