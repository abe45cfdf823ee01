//! The history source that leaves the machine.

use crate::answer::snapshot;
use crate::exchange::post;
use crate::protocol::{HistoryRequest, HistoryResponse};
use core::fmt;
use core::time::Duration;
use model::Timestamp;
use patient_history::{HistoryQuery, HistorySnapshot, HistorySource, SourceError};
use rustls::ClientConfig;
use std::sync::Arc;

/// Bytes of an answer at most; a larger one is refused as not understood. A full five years of a dialysis patient are
/// about 400 kB.
pub const MAX_BODY_BYTES: usize = 4 << 20;
/// How long one look-up may take, from connect to the last byte, unless configured otherwise.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(8);

/// How to reach the national system.
#[derive(Clone)]
pub struct GatewayConfig {
    /// Host name or address to connect to.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The name that its certificate must carry.
    pub server_name: String,
    /// Mutual TLS, as `pki::mutual_tls_client_config` makes it.
    pub tls: Arc<ClientConfig>,
    /// Whether this is a training installation: then the other side must be a stand-in, else it must not be one.
    pub training: bool,
    /// How long one look-up may take.
    pub deadline: Duration,
}

impl fmt::Debug for GatewayConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatewayConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("training", &self.training)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// Asks the national system. Cheap to clone; look-ups run side by side, each on its own connection.
#[derive(Clone, Debug)]
pub struct NationalGateway {
    config: Arc<GatewayConfig>,
    now: fn() -> Timestamp,
}

impl NationalGateway {
    /// A gateway that dates its answers by this machine's clock.
    #[must_use]
    pub fn new(config: GatewayConfig) -> Self {
        Self::with_clock(config, system_time)
    }
    /// A gateway that dates its answers by `now`.
    #[must_use]
    pub fn with_clock(config: GatewayConfig, now: fn() -> Timestamp) -> Self {
        Self { config: Arc::new(config), now }
    }

    async fn ask(&self, query: &HistoryQuery) -> Result<HistorySnapshot, SourceError> {
        let body = serde_json::to_vec(&HistoryRequest::of(query))
            .map_err(|_| SourceError::Protocol { what: "the request could not be written".into() })?;
        let answer = post(&self.config, body).await?;
        let response: HistoryResponse = serde_json::from_slice(&answer.body)
            // The text of a serde error may quote content: only its place gets out.
            .map_err(|e| SourceError::Protocol { what: format!("line {} column {}", e.line(), e.column()) })?;
        snapshot(response, query, (self.now)(), answer.stand_in)
    }
}

impl HistorySource for NationalGateway {
    async fn fetch(&self, query: HistoryQuery) -> Result<HistorySnapshot, SourceError> {
        if !query.consent.allows_lookup() {
            return Err(SourceError::ConsentRefused);
        }
        let lookup = query.lookup;
        let deadline = self.config.deadline;
        let answer = tokio::time::timeout(deadline, self.ask(&query)).await.unwrap_or_else(|_| {
            Err(SourceError::Deadline { waited_ms: u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX) })
        });
        match &answer {
            Ok(snapshot) => tracing::info!(%lookup, counts = ?snapshot.counts(), "history answered"),
            Err(error) => tracing::warn!(%lookup, %error, "history not answered"),
        }
        answer
    }
}

fn system_time() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the edge dates an answer when it arrives")]
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
