//! What stewards, and organisations over their own nodes, decide: the promises of the roster, each tried by itself; the fold
//! beside a plain evaluation of the rules; stewards who keep to the rules, and some who do not.

mod attacks;
mod builders;
mod carrying;
mod described;
mod histories;
mod keys;
mod marks;
mod orders;
mod promises;
mod read;
mod reference;
mod rules;
mod stewards;
mod story;

pub(crate) use builders::{amend, approval_of, proposal as proposal_of};
