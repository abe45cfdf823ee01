//! The card's side of the vpcd protocol: a TCP client; frames of a two-byte length and a payload.
//!
//! One-byte payloads are controls: 0 power off, 1 power on, 2 reset (none of them answered), 4 "give the ATR". Anything
//! else is an APDU. Connecting puts the card on the reader, closing takes it away.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use virtual_card::VirtualCard;

/// Where Debian's `vsmartcard-vpcd` listens for the card of its first slot (the second is the next port).
pub const VPCD_PORT: u16 = 35_963;

const POWER_OFF: u8 = 0;
const POWER_ON: u8 = 1;
const RESET: u8 = 2;
const GET_ATR: u8 = 4;

/// What a card without power "answers", so that the driver does not wait for ever.
const NO_POWER: [u8; 2] = [0x6F, 0x00];

/// A card on the reader. Dropping it takes the card away.
pub struct Plugged {
    socket: TcpStream,
    card: Arc<Mutex<VirtualCard>>,
    carrier: Option<JoinHandle<()>>,
}

/// Puts the card on the reader that listens at `addr`, and answers for it from a thread of its own.
///
/// # Errors
/// Connection errors; `ConnectionRefused` means that no PC/SC daemon with the vpcd driver runs there.
pub fn plug(card: VirtualCard, addr: impl ToSocketAddrs) -> io::Result<Plugged> {
    carry(card, TcpStream::connect(addr)?)
}

/// The same where the reader listens in a network namespace of its own, named by its file (`/proc/PID/ns/net`).
///
/// # Errors
/// As [`plug`], and when the namespace may not be entered.
pub fn plug_in(card: VirtualCard, addr: SocketAddr, namespace: &Path) -> io::Result<Plugged> {
    carry(card, dial_in(addr, namespace)?)
}

/// A bare connection to a reader in a namespace of its own, for whoever wants to play the card alone.
///
/// # Errors
/// As [`plug_in`].
pub fn dial_in(addr: SocketAddr, namespace: &Path) -> io::Result<TcpStream> {
    #[expect(clippy::disallowed_methods, reason = "a namespace is entered through its file")]
    let namespace = std::fs::File::open(namespace)?;
    // A socket belongs to the namespace in which it was made: only the thread that makes it has to enter.
    let made = std::thread::Builder::new().name("card-dial".to_owned()).spawn(move || {
        move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))?;
        TcpStream::connect(addr)
    })?;
    made.join().map_err(|_| io::Error::other("dialling the reader's namespace"))?
}

/// The same over a connection that is there already.
///
/// # Errors
/// When the connection or the thread cannot be set up.
pub fn carry(card: VirtualCard, socket: TcpStream) -> io::Result<Plugged> {
    socket.set_nodelay(true)?;
    let card = Arc::new(Mutex::new(card));
    let mut carrier = Carrier { socket: socket.try_clone()?, card: Arc::clone(&card) };
    let thread = std::thread::Builder::new().name("virtual-card".to_owned()).spawn(move || carrier.carry())?;
    Ok(Plugged { socket, card, carrier: Some(thread) })
}

impl Plugged {
    /// The card, to look at its transcript. Hold it briefly: the reader waits meanwhile.
    pub fn card(&self) -> MutexGuard<'_, VirtualCard> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// False once the reader closed the connection or the card left by itself.
    #[must_use]
    pub fn is_on_reader(&self) -> bool {
        self.carrier.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Blocks until the card is off the reader.
    pub fn wait(mut self) {
        self.join();
    }

    fn join(&mut self) {
        if let Some(thread) = self.carrier.take() {
            // A panic of the carrier ends the card just the same.
            drop(thread.join());
        }
    }
}

impl Drop for Plugged {
    fn drop(&mut self) {
        // Fails only when the connection is gone already.
        drop(self.socket.shutdown(Shutdown::Both));
        self.join();
    }
}

struct Carrier {
    socket: TcpStream,
    card: Arc<Mutex<VirtualCard>>,
}

impl Carrier {
    fn carry(&mut self) {
        while let Ok(frame) = self.receive() {
            let answered = match self.answer(&frame) {
                Reply::Nothing => Ok(()),
                Reply::Frame(payload) => self.send(&payload),
                Reply::Leave => break,
            };
            if answered.is_err() {
                break;
            }
        }
        // The other clone of the socket lives on in `Plugged`: only a shutdown takes the card off the reader.
        drop(self.socket.shutdown(Shutdown::Both));
    }

    fn answer(&self, frame: &[u8]) -> Reply {
        let mut card = self.card.lock().unwrap_or_else(PoisonError::into_inner);
        match frame {
            [POWER_OFF] => card.power_off(),
            [POWER_ON] => card.power_on(),
            [RESET] => card.reset(),
            [GET_ATR] => return Reply::Frame(card.atr().to_vec()),
            command => {
                let answer = card.process(command);
                let delay = card.behaviour().answer_delay_ms;
                // A card whose answer is to be lost is off the reader with it.
                let loses = card.behaviour().answer_lost_at.is_some() || card.behaviour().first_secret_unanswered;
                let is_lost = answer.is_empty() && loses;
                let present = card.is_present() && !is_lost;
                drop(card);
                pause(delay);
                return match (present, answer.is_empty()) {
                    (false, _) => Reply::Leave,
                    (true, true) => Reply::Frame(NO_POWER.to_vec()),
                    (true, false) => Reply::Frame(answer),
                };
            }
        }
        Reply::Nothing
    }

    fn receive(&mut self) -> io::Result<Vec<u8>> {
        let mut length = [0; 2];
        self.fill(&mut length)?;
        let mut payload = vec![0; usize::from(u16::from_be_bytes(length))];
        self.fill(&mut payload)?;
        Ok(payload)
    }

    /// vpcd writes length and payload apart, with Nagle's algorithm on: without a quick acknowledgement before *each*
    /// read every APDU takes 44 ms instead of 0.1 ms. The option does not stick.
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        let mut rest = buffer;
        while !rest.is_empty() {
            acknowledge_quickly(&self.socket)?;
            match self.socket.read(rest)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => rest = rest.get_mut(count..).unwrap_or_default(),
            }
        }
        Ok(())
    }

    /// Length and payload in one write.
    fn send(&mut self, payload: &[u8]) -> io::Result<()> {
        let length = u16::try_from(payload.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        let mut frame = length.to_be_bytes().to_vec();
        frame.extend_from_slice(payload);
        self.socket.write_all(&frame)
    }
}

enum Reply {
    Nothing,
    Frame(Vec<u8>),
    Leave,
}

#[cfg(target_os = "linux")]
fn acknowledge_quickly(socket: &TcpStream) -> io::Result<()> {
    use std::os::linux::net::TcpStreamExt as _;
    socket.set_quickack(true)
}

#[cfg(not(target_os = "linux"))]
fn acknowledge_quickly(_: &TcpStream) -> io::Result<()> {
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this is the edge that gives the virtual card its slowness")]
fn pause(milliseconds: u32) {
    if milliseconds > 0 {
        std::thread::sleep(Duration::from_millis(u64::from(milliseconds)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use virtual_card::{Behaviour, Persona};

    const NOW: i64 = 1_795_140_000;

    fn reader_with(behaviour: Behaviour) -> (TcpStream, Plugged) {
        let folder = tempfile::tempdir().unwrap();
        let material = crate::card::load_or_create(folder.path(), NOW).unwrap();
        let card = VirtualCard::new(&Persona::named("blank").unwrap(), &material, behaviour, NOW).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let plugged = plug(card, listener.local_addr().unwrap()).unwrap();
        (listener.accept().unwrap().0, plugged)
    }

    fn ask(reader: &mut TcpStream, payload: &[u8]) -> Option<Vec<u8>> {
        reader.write_all(&u16::try_from(payload.len()).unwrap().to_be_bytes()).unwrap();
        reader.write_all(payload).unwrap();
        let mut length = [0; 2];
        reader.read_exact(&mut length).ok()?;
        let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
        reader.read_exact(&mut answer).ok()?;
        Some(answer)
    }

    #[test]
    fn controls_and_commands_are_told_apart_and_dropping_pulls() {
        let (mut reader, plugged) = reader_with(Behaviour::default());
        assert_eq!(ask(&mut reader, &[GET_ATR]).unwrap(), virtual_card::DEFAULT_ATR);
        reader.write_all(&[0, 1, POWER_OFF]).unwrap();
        assert_eq!(ask(&mut reader, &[0x00, 0xA4, 0x00, 0x00]).unwrap(), NO_POWER);
        reader.write_all(&[0, 1, POWER_ON]).unwrap();
        assert_eq!(ask(&mut reader, &[0x00, 0xA4, 0x00, 0x00]).unwrap(), [0x6A, 0x86]);
        drop(plugged);
        assert_eq!(reader.read(&mut [0; 8]).unwrap(), 0, "closed");
    }

    #[test]
    fn a_card_that_leaves_closes_the_connection() {
        let (mut reader, plugged) = reader_with(Behaviour { pulled_after: Some(0), ..Behaviour::default() });
        assert_eq!(ask(&mut reader, &[0x00, 0xA4, 0x00, 0x00]), None);
        plugged.wait();
    }
}
