//! MQTT 3.1.1 over TLS with client certificates: a session, and the client of the broker that answers.
//!
//! Packets are those of `rumqttc`; the socket and TLS are the same as gRPC's here. A question is published to `q/N` with QoS 1, its answer to
//! `a/N` with QoS 1; a position to `p/N` with QoS 0. A number in both bodies tells which answer is whose.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::{Bytes, BytesMut};
use rumqttc::mqttbytes::v4::{Connect, Packet, PubAck, Publish, Subscribe};
use rumqttc::mqttbytes::{Error, QoS};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot};

use crate::bed::{Installation, pause, spawn};
use crate::{peer, question};

/// More than any packet here.
const PACKET_MAX: usize = 256 * 1024;
/// In a question behind the length of its answer; in an answer at its beginning.
const NUMBER: std::ops::Range<usize> = 4..12;
/// A broker that has just been started is looked for so often.
const TRIES: u32 = 100;
const TRY_EVERY: Duration = Duration::from_millis(50);

type Waiting = Arc<Mutex<BTreeMap<u64, oneshot::Sender<Bytes>>>>;

/// A client's session.
pub(super) struct Session {
    out: Outgoing,
    client: u32,
    next: AtomicU64,
    waiting: Waiting,
}

/// What a session sends.
#[derive(Clone)]
struct Outgoing {
    packets: mpsc::UnboundedSender<Packet>,
    ids: Arc<AtomicU64>,
}

impl Session {
    pub(super) async fn connect(client: u32, broker: SocketAddr, installation: &Installation) -> Result<Self> {
        let waiting = Waiting::default();
        let found = waiting.clone();
        let heard = move |publish: Publish, _: &Outgoing| {
            let number = publish.payload.first_chunk().map(|bytes| u64::from_be_bytes(*bytes));
            let asked = number.and_then(|number| found.lock().unwrap_or_else(PoisonError::into_inner).remove(&number));
            // Whoever does not wait any more does not want to know.
            drop(asked.map(|asked| asked.send(publish.payload)));
        };
        let topics = [(format!("a/{client}"), QoS::AtLeastOnce)];
        let out = begin(format!("unit-{client}"), broker, installation, topics, heard).await?;
        Ok(Self { out, client, next: AtomicU64::new(1), waiting })
    }

    pub(super) async fn ask(&self, question: &[u8]) -> Result<Bytes> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut body = question.to_vec();
        body.get_mut(NUMBER).context("a question is too short")?.copy_from_slice(&number.to_be_bytes());
        let (answered, answer) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(number, answered);
        self.out.publish(format!("q/{}", self.client), QoS::AtLeastOnce, Bytes::from(body))?;
        answer.await.context("the session ended before the answer came")
    }

    pub(super) fn tell(&self, position: Bytes) -> Result<()> {
        self.out.publish(format!("p/{}", self.client), QoS::AtMostOnce, position)
    }
}

/// Answers every question and counts every position, as the application behind the broker does.
pub(super) async fn answer(broker: SocketAddr, installation: &Installation, count: Arc<AtomicU64>) -> Result<()> {
    let heard = move |publish: Publish, out: &Outgoing| {
        if publish.topic.starts_with("p/") {
            count.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let mut body = question::answer(&publish.payload).to_vec();
        let (Some(number), Some(client)) = (publish.payload.get(NUMBER), publish.topic.strip_prefix("q/")) else {
            return;
        };
        if let Some(place) = body.get_mut(..number.len()) {
            place.copy_from_slice(number);
            // A session that has ended has nobody to answer.
            drop(out.publish(format!("a/{client}"), QoS::AtLeastOnce, Bytes::from(body)));
        }
    };
    let topics = [("q/#".to_owned(), QoS::AtLeastOnce), ("p/#".to_owned(), QoS::AtMostOnce)];
    begin("dispatch".to_owned(), broker, installation, topics, heard).await.map(drop)
}

impl Outgoing {
    fn publish(&self, topic: String, qos: QoS, body: Bytes) -> Result<()> {
        let mut publish = Publish::from_bytes(topic, qos, body);
        if qos != QoS::AtMostOnce {
            publish.pkid = self.id();
        }
        self.packets.send(Packet::Publish(publish)).ok().context("the session has ended")
    }

    /// 1 to 65,535, again and again; as many are never under way.
    fn id(&self) -> u16 {
        let next = self.ids.fetch_add(1, Ordering::Relaxed) % u64::from(u16::MAX);
        u16::try_from(next + 1).unwrap_or(1)
    }
}

/// Connects, subscribes, and leaves reading and writing to tasks of their own.
async fn begin<const N: usize>(
    name: String,
    broker: SocketAddr,
    installation: &Installation,
    topics: [(String, QoS); N],
    heard: impl Fn(Publish, &Outgoing) + Send + 'static,
) -> Result<Outgoing> {
    let tls = peer::connector_for(installation, &[])?;
    let mut stream = None;
    for _ in 0..TRIES {
        match peer::connect_tls_to(&tls, broker).await {
            Ok(connected) => {
                stream = Some(connected);
                break;
            }
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => pause(TRY_EVERY).await,
            Err(error) => return Err(error).context("connect to the broker"),
        }
    }
    let (mut reader, mut writer) = tokio::io::split(stream.context("the broker takes no connection")?);
    let mut unread = BytesMut::new();
    let mut connect = Connect::new(name);
    connect.keep_alive = 0;
    write(&mut writer, &[Packet::Connect(connect)]).await?;
    let Packet::ConnAck(_) = read(&mut reader, &mut unread).await? else { bail!("the broker did not say ConnAck") };
    let mut subscribe = None;
    for (topic, qos) in topics {
        match &mut subscribe {
            None => subscribe = Some(Subscribe::new(topic, qos)),
            Some(more) => drop(more.add(topic, qos)),
        }
    }
    let mut subscribe = subscribe.context("nothing to subscribe to")?;
    subscribe.pkid = 1;
    write(&mut writer, &[Packet::Subscribe(subscribe)]).await?;
    let Packet::SubAck(_) = read(&mut reader, &mut unread).await? else { bail!("the broker did not say SubAck") };
    let (packets, queued) = mpsc::unbounded_channel();
    let out = Outgoing { packets, ids: Arc::new(AtomicU64::new(0)) };
    spawn(carry(writer, queued));
    let acknowledging = out.clone();
    spawn(async move {
        while let Ok(packet) = read(&mut reader, &mut unread).await {
            if let Packet::Publish(publish) = packet {
                if publish.qos == QoS::AtLeastOnce {
                    // The writer's end is the session's end.
                    drop(acknowledging.packets.send(Packet::PubAck(PubAck::new(publish.pkid))));
                }
                heard(publish, &acknowledging);
            }
        }
    });
    Ok(out)
}

/// Writes what is queued, all that there is at once.
async fn carry(mut writer: impl AsyncWrite + Unpin, mut queued: mpsc::UnboundedReceiver<Packet>) {
    let mut packets = Vec::new();
    while queued.recv_many(&mut packets, 256).await > 0 {
        if write(&mut writer, &packets).await.is_err() {
            return;
        }
        packets.clear();
    }
}

async fn write(writer: &mut (impl AsyncWrite + Unpin), packets: &[Packet]) -> Result<()> {
    let mut bytes = BytesMut::new();
    for packet in packets {
        packet.write(&mut bytes, PACKET_MAX).context("write a packet")?;
    }
    writer.write_all(&bytes).await?;
    Ok(writer.flush().await?)
}

async fn read(reader: &mut (impl AsyncRead + Unpin), unread: &mut BytesMut) -> Result<Packet> {
    loop {
        match Packet::read(unread, PACKET_MAX) {
            Ok(packet) => return Ok(packet),
            Err(Error::InsufficientBytes(_)) => {}
            Err(error) => return Err(error).context("read a packet"),
        }
        if reader.read_buf(unread).await? == 0 {
            bail!("the broker ended the session");
        }
    }
}
