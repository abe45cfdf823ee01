//! Where history comes from: the national system, a test's own, or nowhere.

use futures::future::BoxFuture;
use patient_history::{HistoryQuery, HistorySnapshot, HistorySource, SourceError};
use std::sync::Arc;

trait DynSource: Send + Sync {
    fn fetch(&self, query: HistoryQuery) -> BoxFuture<'_, Result<HistorySnapshot, SourceError>>;
}

struct Wrapped<H>(H);

impl<H: HistorySource + Send + Sync> DynSource for Wrapped<H> {
    fn fetch(&self, query: HistoryQuery) -> BoxFuture<'_, Result<HistorySnapshot, SourceError>> {
        Box::pin(self.0.fetch(query))
    }
}

/// A history source whose kind is chosen when the server starts.
#[derive(Clone, Default)]
pub struct SharedSource(Option<Arc<dyn DynSource>>);

impl SharedSource {
    /// Asks this one.
    #[must_use]
    pub fn new(source: impl HistorySource + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(Wrapped(source))))
    }
    /// There is none: every look-up ends as unreachable, and the transport goes on.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }
}

impl core::fmt::Debug for SharedSource {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(if self.0.is_some() { "SharedSource(some)" } else { "SharedSource(none)" })
    }
}

impl HistorySource for SharedSource {
    async fn fetch(&self, query: HistoryQuery) -> Result<HistorySnapshot, SourceError> {
        match &self.0 {
            Some(source) => source.fetch(query).await,
            None => Err(SourceError::Unreachable),
        }
    }
}
