//! Asking: what a question finds, how much of each facet is among it, where the words stand, and what is like a record.

mod gather;
mod lists;
mod lower;
mod marks;
mod matching;
mod node;
mod question;
mod scoring;
mod search;
mod similar;
mod spelling;
mod terms;

pub use lists::{Count, ListCounts};
pub use marks::{Marks, Snippet};
pub use question::{After, AfterError, Answer, Counting, HITS_MAX, Hit, Order, Question};
pub use search::Searcher;
