//! What is asked of every link: connections, as many questions as go, questions and positions at a fixed rate.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use futures::StreamExt;
use futures::future::join_all;
use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use super::Kind;
use super::client::Client;
use super::outcome::{Fixed, Most, Network};
use crate::bed::{Installation, moment, pause};
use crate::question;

/// Bytes of a position.
pub(super) const POSITION_BYTES: usize = 60;
/// Handshakes under way at once, as a server would let in.
const HANDSHAKES: usize = 64;
/// Questions under way at once where as many as go are asked.
const ASKERS: usize = 256;
/// Questions under way at once at the fixed rate. Above it they are dropped: the link is then beyond its end.
const UNDER_WAY_MAX: usize = 20_000;
/// Of a measurement at most speed, before it counts.
const WARM_UP: Duration = Duration::from_millis(500);
/// An answer that is not here by then has failed.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// Positions that were sent have arrived by then, or are lost.
const ARRIVED_WITHIN: Duration = Duration::from_secs(1);
/// Three digits up to a minute.
const LONGEST_US: u64 = 60_000_000;
const US_PER_MS: f64 = 1_000.0;

/// See the module.
#[derive(Clone)]
pub(super) struct Load {
    pub(super) network: Network,
    pub(super) installation: Arc<Installation>,
}

type Clients = Arc<Vec<Arc<Client>>>;
type Times = Arc<Mutex<Histogram<u64>>>;

impl Load {
    /// Connects everybody, and says how long it took until the last one was.
    pub(super) async fn connect(&self, kind: Kind, server: SocketAddr) -> Result<(Clients, f64)> {
        let begun = moment();
        let connecting = (0..self.network.connections).map(|number| {
            let installation = self.installation.clone();
            async move { Client::connect(kind, number, server, &installation).await.map(Arc::new) }
        });
        let connected: Vec<Result<Arc<Client>>> =
            futures::stream::iter(connecting).buffered(HANDSHAKES).collect().await;
        let connected = connected.into_iter().collect::<Result<Vec<_>>>().context("connect the clients")?;
        Ok((Arc::new(connected), begun.elapsed().as_secs_f64()))
    }

    /// As many questions as go.
    pub(super) async fn most(&self, clients: &Clients) -> Result<Most> {
        let (times, failed) = (histogram()?, Arc::new(AtomicU64::new(0)));
        let (from, until) = (moment() + WARM_UP, moment() + WARM_UP + self.window());
        let asking = (0..ASKERS).map(|number| {
            let (clients, times, failed) = (clients.clone(), times.clone(), failed.clone());
            let (question, bytes) = (self.question(), self.bytes());
            spawn(async move {
                let Some(client) = clients.get(number % clients.len().max(1)) else { return };
                while moment() < until {
                    let asked = moment();
                    let kept = asked >= from;
                    match answer(client, question.clone(), bytes).await {
                        Ok(()) if kept && moment() < until => record(&times, asked.elapsed()),
                        Ok(()) => {}
                        Err(_) => drop(failed.fetch_add(1, Ordering::Relaxed)),
                    }
                }
            })
        });
        join_all(asking).await;
        let times = times.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Most {
            answers: times.len(),
            per_s: times.len() as f64 / self.window().as_secs_f64(),
            p50_ms: times.value_at_quantile(0.5) as f64 / US_PER_MS,
            p99_ms: times.value_at_quantile(0.99) as f64 / US_PER_MS,
            failed: failed.load(Ordering::Relaxed),
            ..Most::default()
        })
    }

    /// Questions at the fixed rate, whatever becomes of the ones before.
    pub(super) async fn fixed(&self, clients: &Clients) -> Result<Fixed> {
        let (times, lags, failed) = (histogram()?, histogram()?, Arc::new(AtomicU64::new(0)));
        let (begun, mut dropped) = (moment(), 0);
        let intended = u64::from(self.network.rate) * self.network.seconds;
        let mut under_way = JoinSet::new();
        for number in 0..intended {
            let due = begun + nth(number, self.network.rate);
            until(due).await;
            record(&lags, due.elapsed());
            while under_way.try_join_next().is_some() {}
            if under_way.len() >= UNDER_WAY_MAX {
                dropped += 1;
                continue;
            }
            let Some(client) = turn(clients, number) else { bail!("nobody is connected") };
            let (times, failed) = (times.clone(), failed.clone());
            let (question, bytes) = (self.question(), self.bytes());
            under_way.spawn(async move {
                match answer(&client, question, bytes).await {
                    Ok(()) => record(&times, due.elapsed()),
                    Err(_) => drop(failed.fetch_add(1, Ordering::Relaxed)),
                }
            });
        }
        while under_way.join_next().await.is_some() {}
        let wall_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        let (times, lags) = (copy(&times), copy(&lags));
        let ms = |histogram: &Histogram<u64>, at: f64| histogram.value_at_quantile(at) as f64 / US_PER_MS;
        Ok(Fixed {
            intended,
            answered: times.len(),
            failed: failed.load(Ordering::Relaxed),
            dropped,
            lag_p50_ms: ms(&lags, 0.5),
            lag_p99_ms: ms(&lags, 0.99),
            lag_max_ms: lags.max() as f64 / US_PER_MS,
            p50_ms: ms(&times, 0.5),
            p99_ms: ms(&times, 0.99),
            wall_us,
            times: Some(times),
            ..Fixed::default()
        })
    }

    /// Positions at their fixed rate. How many were sent.
    pub(super) async fn positions(&self, clients: &Clients) -> Result<u64> {
        let (begun, rate) = (moment(), self.network.positions);
        let all = u64::from(rate) * self.network.seconds;
        let position = Bytes::from_static(&[0x50; POSITION_BYTES]);
        for number in 0..all {
            until(begun + nth(number, rate)).await;
            let Some(client) = turn(clients, number) else { bail!("nobody is connected") };
            client.tell(position.clone())?;
        }
        pause(ARRIVED_WITHIN).await;
        Ok(all)
    }

    fn question(&self) -> Bytes {
        question::ask_for(self.bytes())
    }

    const fn bytes(&self) -> usize {
        self.network.answer_bytes as usize
    }

    const fn window(&self) -> Duration {
        Duration::from_secs(self.network.seconds)
    }
}

async fn answer(client: &Client, question: Bytes, bytes: usize) -> Result<()> {
    let answer = tokio::time::timeout(ANSWER_WITHIN, client.ask(question)).await.context("no answer in time")??;
    anyhow::ensure!(answer.len() == bytes, "an answer of {} bytes", answer.len());
    Ok(())
}

/// Whose turn it is.
fn turn(clients: &Clients, number: u64) -> Option<Arc<Client>> {
    let many = clients.len().max(1) as u64;
    clients.get(usize::try_from(number % many).unwrap_or(0)).cloned()
}

/// When the n-th of so many a second is due.
fn nth(number: u64, rate: u32) -> Duration {
    Duration::from_nanos(number * 1_000_000_000 / u64::from(rate.max(1)))
}

async fn until(due: Instant) {
    let left = due.saturating_duration_since(moment());
    if !left.is_zero() {
        pause(left).await;
    }
}

fn histogram() -> Result<Times> {
    Ok(Arc::new(Mutex::new(Histogram::new_with_bounds(1, LONGEST_US, 3)?)))
}

fn record(times: &Times, time: Duration) {
    let us = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    times.lock().unwrap_or_else(PoisonError::into_inner).saturating_record(us.max(1));
}

fn copy(times: &Times) -> Histogram<u64> {
    times.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

#[expect(clippy::disallowed_methods, reason = "a measuring program runs real tasks")]
fn spawn(work: impl Future<Output = ()> + Send + 'static) -> tokio::task::JoinHandle<()> {
    tokio::spawn(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_does_not_drift() {
        assert_eq!(nth(0, 3), Duration::ZERO);
        assert_eq!(nth(3_000, 3), Duration::from_secs(1_000));
    }
}
