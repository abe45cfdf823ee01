//! The dispatch server: edges around `dispatch-core`.
pub mod store;
