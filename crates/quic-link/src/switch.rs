//! A path that can be cut inside the client's own socket: rehearsals need thousands of tablets that lose the radio at once,
//! without a socket more for each of them.

use std::fmt;
use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, UdpSocket};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use quinn::udp::{RecvMeta, Transmit};
use quinn::{AsyncUdpSocket, Runtime, TokioRuntime, UdpPoller};

/// Whether packets pass. Clones are the same switch; one may serve many sockets.
#[derive(Debug, Clone, Default)]
pub struct PathSwitch(Arc<AtomicBool>);

impl PathSwitch {
    /// From now on every packet vanishes, in both directions. Nobody is told.
    pub fn cut(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// From now on packets pass.
    pub fn restore(&self) {
        self.0.store(false, Ordering::Release);
    }

    /// Whether packets vanish.
    pub fn is_cut(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// A socket behind this switch, as quinn takes it.
    pub(crate) fn wrap(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        Ok(Arc::new(Switched { inner: TokioRuntime.wrap_udp_socket(socket)?, switch: self.clone() }))
    }
}

struct Switched {
    inner: Arc<dyn AsyncUdpSocket>,
    switch: PathSwitch,
}

impl fmt::Debug for Switched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Switched").field("switch", &self.switch).finish_non_exhaustive()
    }
}

impl AsyncUdpSocket for Switched {
    fn create_io_poller(self: Arc<Self>) -> Pin<Box<dyn UdpPoller>> {
        Arc::clone(&self.inner).create_io_poller()
    }

    fn try_send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        if self.switch.is_cut() { Ok(()) } else { self.inner.try_send(transmit) }
    }

    fn poll_recv(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        loop {
            let received = ready!(self.inner.poll_recv(context, buffers, meta))?;
            if !self.switch.is_cut() {
                return Poll::Ready(Ok(received));
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn max_transmit_segments(&self) -> usize {
        self.inner.max_transmit_segments()
    }

    fn max_receive_segments(&self) -> usize {
        self.inner.max_receive_segments()
    }

    fn may_fragment(&self) -> bool {
        self.inner.may_fragment()
    }
}
