//! The loop: one input, drain the effects, publish the state, wait.

use crate::clock::SystemClock;
use crate::link::{LinkEvent, LinkOp, LinkSettings};
use crate::observe::Observer;
use crate::reader::{FaceRequest, OpenFace, ReadAgain, ReaderEvents, SignRequest, SignWithPin};
use crate::store::StoreOp;
use ambulance_core::{CardInput, Command, Core, Effect, Input, LinkInput, Now, Sound, State};
use delivery::OutboxStore;
use model::Clock;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

/// Commands waiting for the loop. A sender waits at the limit: no press is lost.
const COMMANDS_MAX: usize = 64;
/// Inputs waiting for the loop; the senders wait at the limit.
const INPUTS_MAX: usize = 256;
/// Orders waiting for the store or the link; more wait in the loop's own list, which the sender's window, the crew's
/// hands and one position bound.
const ORDERS_MAX: usize = 64;
/// Notices waiting for the window; the oldest stay, further ones are dropped (each also stands in the state).
const NOTICES_MAX: usize = 64;
/// The outbox is pruned this often.
const PRUNE_EVERY: Duration = Duration::from_secs(600);

/// What the window hears besides the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Play a sound.
    Sound(Sound),
    /// Drop every picture and text of the history.
    HistoryDropped,
}

/// The tablet runs no more.
#[derive(Debug, thiserror::Error)]
#[error("the tablet's loop has stopped")]
pub struct Stopped;

/// A command, and who waits for the state that follows it.
struct Sent {
    command: Command,
    done: Option<oneshot::Sender<()>>,
}

/// A running tablet.
pub struct Handle {
    commands: mpsc::Sender<Sent>,
    state: watch::Receiver<Arc<State>>,
    notices: mpsc::Receiver<Notice>,
    task: tokio::task::JoinHandle<()>,
}

/// A sender of commands that can be cloned and used from the window's thread.
#[derive(Clone)]
pub struct Commands(mpsc::Sender<Sent>);

impl Commands {
    /// Hands a command over without waiting. False when the loop is gone or stands still.
    #[must_use]
    pub fn try_send(&self, command: Command) -> bool {
        self.0.try_send(Sent { command, done: None }).is_ok()
    }
}

impl Handle {
    /// Hands a command over and waits until the state that follows it is published.
    ///
    /// # Errors
    /// When the loop has stopped.
    pub async fn command(&self, command: Command) -> Result<(), Stopped> {
        let (done, published) = oneshot::channel();
        self.commands.send(Sent { command, done: Some(done) }).await.map_err(|_| Stopped)?;
        published.await.map_err(|_| Stopped)
    }
    /// A sender for another thread.
    #[must_use]
    pub fn commands(&self) -> Commands {
        Commands(self.commands.clone())
    }
    /// The state, now and whenever it changes.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<Arc<State>> {
        self.state.clone()
    }
    /// The next notice.
    pub async fn notice(&mut self) -> Option<Notice> {
        self.notices.recv().await
    }
    /// The next notice, if one waits.
    pub fn try_notice(&mut self) -> Option<Notice> {
        self.notices.try_recv().ok()
    }
    /// Waits until the state fulfils a condition.
    ///
    /// # Errors
    /// When the loop stops first.
    pub async fn wait_for(&self, condition: impl Fn(&State) -> bool) -> Result<Arc<State>, Stopped> {
        let mut state = self.state.clone();
        let found = state.wait_for(|s| condition(s)).await.map_err(|_| Stopped)?;
        Ok(Arc::clone(&found))
    }
    /// Stops the tablet: what was recorded is on disk already.
    pub async fn stop(self) {
        drop(self.commands);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the tablet's loop ended badly");
        }
    }
}

/// Starts a tablet. `repaint` is called after every published change.
pub fn start<S: OutboxStore + 'static>(
    core: Core,
    store: Arc<S>,
    link: LinkSettings,
    reader: ReaderEvents,
    clock: SystemClock,
    repaint: impl Fn() + Send + 'static,
) -> Handle {
    let (commands, command_rx) = mpsc::channel(COMMANDS_MAX);
    let (state_tx, state) = watch::channel(Arc::new(core.state().clone()));
    let (notice_tx, notices) = mpsc::channel(NOTICES_MAX);
    let (input_tx, inputs) = mpsc::channel(INPUTS_MAX);
    let (store_tx, store_rx) = mpsc::channel(ORDERS_MAX);
    let (link_tx, link_rx) = mpsc::channel(ORDERS_MAX);
    let (event_tx, link_events) = mpsc::channel(INPUTS_MAX);
    let crew = state.clone();
    let pump = Pump {
        core,
        clock,
        state: state_tx,
        notices: notice_tx,
        store_backlog: VecDeque::new(),
        link_backlog: VecDeque::new(),
        read_again: reader.read_again.clone(),
        open_face: reader.open_face.clone(),
        sign: reader.sign.clone(),
        connection: 0,
        observer: link.observer.clone(),
        repaint: Box::new(repaint),
    };
    #[expect(clippy::disallowed_methods, reason = "this is the runtime")]
    let task = tokio::spawn(async move {
        let store_task = tokio::spawn(crate::store::run(store, store_rx, input_tx));
        let link_task = tokio::spawn(crate::link::run(link, clock, link_rx, event_tx, crew));
        pump.run(command_rx, inputs, link_events, reader, store_tx, link_tx).await;
        link_task.abort();
        if let Err(error) = store_task.await {
            tracing::error!(%error, "the store's task ended badly");
        }
    });
    Handle { commands, state, notices, task }
}

struct Pump {
    core: Core,
    clock: SystemClock,
    state: watch::Sender<Arc<State>>,
    notices: mpsc::Sender<Notice>,
    store_backlog: VecDeque<StoreOp>,
    link_backlog: VecDeque<LinkOp>,
    read_again: ReadAgain,
    open_face: OpenFace,
    sign: SignWithPin,
    connection: u64,
    observer: Option<Arc<dyn Observer>>,
    repaint: Box<dyn Fn() + Send>,
}

/// What woke the loop.
enum Woken {
    Command(Option<Sent>),
    Input(Option<Input>),
    Link(Option<LinkEvent>),
    Card(Option<CardInput>),
    Timeout,
    Prune,
    Moved,
}

impl Pump {
    async fn run(
        mut self,
        mut commands: mpsc::Receiver<Sent>,
        mut inputs: mpsc::Receiver<Input>,
        mut link_events: mpsc::Receiver<LinkEvent>,
        mut reader: ReaderEvents,
        store: mpsc::Sender<StoreOp>,
        link: mpsc::Sender<LinkOp>,
    ) {
        let mut prune = tokio::time::interval(PRUNE_EVERY);
        let mut reader_open = true;
        loop {
            self.drain();
            let now = self.now();
            let wait = self.core.poll_timeout(now).map(|(at, _)| Duration::from_micros(at.saturating_sub(now.mono.us)));
            let woken = tokio::select! {
                biased;
                permit = store.reserve(), if !self.store_backlog.is_empty() => {
                    if let (Ok(permit), Some(op)) = (permit, self.store_backlog.pop_front()) {
                        permit.send(op);
                    }
                    Woken::Moved
                }
                permit = link.reserve(), if !self.link_backlog.is_empty() => {
                    if let (Ok(permit), Some(op)) = (permit, self.link_backlog.pop_front()) {
                        permit.send(op);
                    }
                    Woken::Moved
                }
                input = inputs.recv() => Woken::Input(input),
                command = commands.recv() => Woken::Command(command),
                event = link_events.recv() => Woken::Link(event),
                card = reader.events.recv(), if reader_open => Woken::Card(card),
                () = sleep(wait) => Woken::Timeout,
                _ = prune.tick() => Woken::Prune,
            };
            let now = self.now();
            let mut done = None;
            match woken {
                Woken::Moved => continue,
                Woken::Command(Some(Sent { command, done: waiting })) => {
                    self.core.handle_command(command, now);
                    done = waiting;
                }
                Woken::Command(None) => break,
                Woken::Input(Some(input)) => self.core.handle(input, now),
                Woken::Link(Some(event)) => self.on_link(event, now),
                Woken::Card(Some(card)) => self.core.handle(Input::Card(card), now),
                Woken::Card(None) => reader_open = false,
                Woken::Timeout => self.core.handle_timeout(now),
                Woken::Prune => self.store_backlog.push_back(StoreOp::Prune { now: now.utc }),
                Woken::Input(None) | Woken::Link(None) => break,
            }
            self.publish();
            if let Some(done) = done {
                // Whoever sent the command may have gone meanwhile.
                let _gone = done.send(());
            }
        }
        self.flush_store(&store).await;
    }

    /// What was decided is written even when the window closes at that moment.
    async fn flush_store(&mut self, store: &mpsc::Sender<StoreOp>) {
        self.drain();
        while let Some(op) = self.store_backlog.pop_front() {
            if store.send(op).await.is_err() {
                return;
            }
        }
    }

    fn now(&self) -> Now {
        Now { utc: self.clock.utc(), mono: self.clock.monotonic() }
    }

    /// Words of an earlier connection are dropped: that connection's frames will come again.
    fn on_link(&mut self, event: LinkEvent, now: Now) {
        let LinkEvent { connection, input } = event;
        self.observe(&input);
        match &input {
            Input::Link(LinkInput::Up(_)) => {
                self.connection = connection;
                self.link_backlog.clear();
            }
            Input::Link(_) | Input::Answer { .. } | Input::Preview { .. } => {}
            _ if connection != self.connection => return,
            _ => {}
        }
        self.core.handle(input, now);
    }

    fn observe(&self, input: &Input) {
        let Some(observer) = &self.observer else { return };
        match input {
            Input::Answer { id, answer } => observer.answered(*id, Some(answer)),
            Input::AnswerLost { id } => observer.answered(*id, None),
            Input::LogReply(reply) => observer.heard(reply),
            _ => {}
        }
    }

    fn drain(&mut self) {
        let now = self.now();
        while let Some(effect) = self.core.poll_effect() {
            match effect {
                Effect::Persist { id, transaction, at } => {
                    self.store_backlog.push_back(StoreOp::Persist { id, transaction, at });
                }
                Effect::Store(order) => self.store_backlog.push_back(StoreOp::Order { order, at: now.utc }),
                Effect::ReadLog(request) => self.store_backlog.push_back(StoreOp::Read(request)),
                Effect::SendLog(transmit) => {
                    self.observer.iter().for_each(|observer| observer.sent(&transmit.frame));
                    self.link_backlog.push_back(LinkOp::Log(transmit));
                }
                Effect::Ask(ask) => {
                    self.observer.iter().for_each(|observer| observer.asked(&ask));
                    self.link_backlog.push_back(LinkOp::Ask(ask));
                }
                Effect::StartFeed(start) => self.link_backlog.push_back(LinkOp::Feed(start)),
                Effect::SendPosition(report) => {
                    // The latest wins: a link that stands still makes no line of old positions.
                    self.link_backlog.retain(|op| !matches!(op, LinkOp::Position(_)));
                    self.link_backlog.push_back(LinkOp::Position(report));
                }
                Effect::ConnectNow => self.link_backlog.push_back(LinkOp::Dial),
                Effect::ReadCard => self.read_again.ask(),
                Effect::OpenFace { press, certificate, number, last_try } => {
                    self.open_face.ask(FaceRequest { press, certificate, number, last_try });
                }
                Effect::SignWithPin { press, certificate, pin, last_try, challenge } => {
                    self.sign.ask(SignRequest { press, certificate, pin, last_try, challenge });
                }
                Effect::Play(sound) => self.notify(Notice::Sound(sound)),
                Effect::HistoryDropped => self.notify(Notice::HistoryDropped),
            }
        }
    }

    fn notify(&self, notice: Notice) {
        if self.notices.try_send(notice).is_err() {
            tracing::debug!(?notice, "nobody takes notices");
        }
    }

    fn publish(&self) {
        self.state.send_replace(Arc::new(self.core.state().clone()));
        (self.repaint)();
    }
}

async fn sleep(wait: Option<Duration>) {
    match wait {
        #[expect(clippy::disallowed_methods, reason = "this is the runtime")]
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}
