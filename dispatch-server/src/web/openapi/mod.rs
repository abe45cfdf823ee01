//! The OpenAPI 3.1 document of everything that is answered over HTTPS: `GET /api/v1/openapi.json`, `dispatch-server openapi`.
//!
//! In: one [`Operation`] per route, kept by hand in [`pages`] and [`programs`]. Out: the document ([`document`]). The same table
//! says who may come in ([`Door`]), and [`super::door`] holds everybody to it, so the document cannot promise another door.
//!
//! **Invariant:** every route has an operation and every operation a route; a test compares both ways.

mod operation;
mod pages;
mod programs;
mod schemas;
mod write;

pub(crate) use operation::{Door, Operation};
pub(crate) use pages::READERS;
pub use write::document;
pub(crate) use write::served;

/// Every operation.
pub(crate) fn operations() -> impl Iterator<Item = Operation> {
    pages::operations().into_iter().chain(programs::operations())
}
