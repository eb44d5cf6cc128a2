//! Governance: `alliance propose`, `approve`, `reject` and `log`.

mod approve;
mod log;
mod propose;

pub(crate) use approve::WordArgs;
pub(super) use approve::{approve, reject};
pub(crate) use log::LogArgs;
pub(super) use log::{act_page, perform as log};
pub(super) use propose::perform as propose;
pub(crate) use propose::{Admission, ProposeArgs};
