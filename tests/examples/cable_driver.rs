//! A driver for pcscd (IFD handler 3.0): one reader at the end of a cable, the cable being a TCP connection.
//!
//! In: `DEVICENAME /dev/null:PORT` of the daemon's configuration; the reader answers at that port of this machine. Out: its
//! card over frames of a two-byte length and a payload, as the virtual reader of `vsmartcard-vpcd` speaks them. That one
//! cannot be unplugged while the daemon runs; this one is gone when the connection is, and says so to the daemon, as a
//! driver of real hardware does.
//!
//! **Invariant:** for tests only; nothing here knows what a card says.

#![allow(unsafe_code, reason = "a driver is a table of C functions; the daemon owns every buffer")]
#![allow(clippy::missing_safety_doc, reason = "each has the contract of ifdhandler.h")]

use core::ffi::{CStr, c_char, c_long, c_uchar, c_ulong};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A reader that says nothing for this long has gone.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// The longest ATR (ISO 7816-3).
const ATR_MAX: usize = 33;

const SUCCESS: c_long = 0;
const ERROR_TAG: c_long = 600;
const ERROR_POWER_ACTION: c_long = 608;
const NOT_SUPPORTED: c_long = 614;
const ICC_PRESENT: c_long = 615;
const ICC_NOT_PRESENT: c_long = 616;
const NO_SUCH_DEVICE: c_long = 617;
const INSUFFICIENT_BUFFER: c_long = 618;

const TAG_ATR: c_ulong = 0x0303;
const TAG_SLOTS_NUMBER: c_ulong = 0x0FAE;
const TAG_SIMULTANEOUS_ACCESS: c_ulong = 0x0FAF;

const POWER_UP: c_ulong = 500;
const POWER_DOWN: c_ulong = 501;
const RESET: c_ulong = 502;

/// Payloads of one byte: what the reader does to its card. Only the last is answered.
const SEND_POWER_OFF: u8 = 0;
const SEND_POWER_ON: u8 = 1;
const SEND_RESET: u8 = 2;
const SEND_GET_ATR: u8 = 4;

/// Beside each answer of a card: its protocol.
#[repr(C)]
pub struct IoHeader {
    protocol: c_ulong,
    length: c_ulong,
}

/// Where the cable leads, and what is plugged in there.
struct Cable {
    port: u16,
    socket: Option<TcpStream>,
    /// The daemon has looked for a card before.
    was_asked: bool,
}

static CABLE: Mutex<Cable> = Mutex::new(Cable { port: 0, socket: None, was_asked: false });

fn cable() -> MutexGuard<'static, Cable> {
    CABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(port: u16) -> io::Result<TcpStream> {
    let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(ANSWER_WITHIN))?;
    Ok(socket)
}

fn send(socket: &mut TcpStream, payload: &[u8]) -> io::Result<()> {
    let length = u16::try_from(payload.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    socket.write_all(&[&length.to_be_bytes()[..], payload].concat())
}

fn receive(socket: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    socket.read_exact(&mut length)?;
    let mut payload = vec![0; usize::from(u16::from_be_bytes(length))];
    socket.read_exact(&mut payload)?;
    Ok(payload)
}

/// Does something with the reader; a cable on which that fails is out.
fn with_reader<R>(work: impl FnOnce(&mut TcpStream) -> io::Result<R>) -> Option<R> {
    let mut cable = cable();
    let done = cable.socket.as_mut().map(work);
    match done {
        Some(Ok(result)) => Some(result),
        _ => {
            cable.socket = None;
            None
        }
    }
}

fn asked(payload: &[u8]) -> Option<Vec<u8>> {
    with_reader(|socket| send(socket, payload).and_then(|()| receive(socket)))
}

/// Puts bytes where the daemon wants them.
///
/// # Safety
/// `length` says how many bytes `to` holds, and takes how many there are now.
unsafe fn put(bytes: &[u8], to: *mut c_uchar, length: *mut c_ulong) -> c_long {
    // SAFETY: the caller's promise; the daemon's buffers do not overlap with ours.
    unsafe {
        let room = usize::try_from(*length).unwrap_or(0);
        if bytes.len() > room {
            return INSUFFICIENT_BUFFER;
        }
        core::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len());
        *length = bytes.len() as c_ulong;
    }
    SUCCESS
}

/// Takes the reader that the configuration names, plugged in or not: it is looked for as long as the daemon runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IFDHCreateChannelByName(_lun: c_ulong, device: *const c_char) -> c_long {
    // SAFETY: the daemon gives a string that ends in a zero byte.
    let name = unsafe { CStr::from_ptr(device) }.to_string_lossy();
    let Some(port) = name.rsplit(':').next().and_then(|port| port.parse().ok()) else { return NO_SUCH_DEVICE };
    *cable() = Cable { port, socket: None, was_asked: false };
    SUCCESS
}

/// A reader has no number here.
#[unsafe(no_mangle)]
pub extern "C" fn IFDHCreateChannel(_lun: c_ulong, _channel: c_ulong) -> c_long {
    NO_SUCH_DEVICE
}

/// Closes it.
#[unsafe(no_mangle)]
pub extern "C" fn IFDHCloseChannel(_lun: c_ulong) -> c_long {
    if let Some(socket) = cable().socket.take() {
        // A cable that is out cannot be closed.
        let _gone = socket.shutdown(Shutdown::Both);
    }
    SUCCESS
}

/// What the reader can do: one slot, one reader.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IFDHGetCapabilities(
    _lun: c_ulong,
    tag: c_ulong,
    length: *mut c_ulong,
    value: *mut c_uchar,
) -> c_long {
    match tag {
        // SAFETY: the daemon's buffer and its length.
        TAG_ATR => asked(&[SEND_GET_ATR]).map_or(NO_SUCH_DEVICE, |atr| unsafe { put(&atr, value, length) }),
        // SAFETY: as above.
        TAG_SLOTS_NUMBER | TAG_SIMULTANEOUS_ACCESS => unsafe { put(&[1], value, length) },
        _ => ERROR_TAG,
    }
}

/// Nothing can be set.
#[unsafe(no_mangle)]
pub extern "C" fn IFDHSetCapabilities(_lun: c_ulong, _tag: c_ulong, _length: c_ulong, _value: *mut c_uchar) -> c_long {
    NOT_SUPPORTED
}

/// Every protocol will do: commands go as they are.
#[unsafe(no_mangle)]
pub extern "C" fn IFDHSetProtocolParameters(
    _lun: c_ulong,
    _protocol: c_ulong,
    _flags: c_uchar,
    _pts1: c_uchar,
    _pts2: c_uchar,
    _pts3: c_uchar,
) -> c_long {
    SUCCESS
}

/// Powers the card.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IFDHPowerICC(
    _lun: c_ulong,
    action: c_ulong,
    atr: *mut c_uchar,
    length: *mut c_ulong,
) -> c_long {
    let order = match action {
        POWER_UP => SEND_POWER_ON,
        POWER_DOWN => SEND_POWER_OFF,
        RESET => SEND_RESET,
        _ => return NOT_SUPPORTED,
    };
    let Some(()) = with_reader(|socket| send(socket, &[order])) else { return NO_SUCH_DEVICE };
    if action == POWER_DOWN {
        // SAFETY: a card without power has no ATR.
        unsafe { *length = 0 };
        return SUCCESS;
    }
    match asked(&[SEND_GET_ATR]) {
        None => NO_SUCH_DEVICE,
        Some(bytes) if bytes.is_empty() || bytes.len() > ATR_MAX => ERROR_POWER_ACTION,
        // SAFETY: the daemon's buffer holds the longest ATR, whatever it says of it.
        Some(bytes) => unsafe {
            *length = ATR_MAX as c_ulong;
            put(&bytes, atr, length)
        },
    }
}

/// One command and its answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IFDHTransmitToICC(
    _lun: c_ulong,
    send_header: IoHeader,
    command: *const c_uchar,
    command_length: c_ulong,
    answer: *mut c_uchar,
    answer_length: *mut c_ulong,
    answer_header: *mut IoHeader,
) -> c_long {
    let length = usize::try_from(command_length).unwrap_or(0);
    // SAFETY: the daemon's command and its length.
    let command = unsafe { core::slice::from_raw_parts(command, length) };
    let answered = asked(command);
    // SAFETY: the daemon's buffer and its length; the header may be missing.
    unsafe {
        let Some(bytes) = answered else {
            *answer_length = 0;
            return NO_SUCH_DEVICE;
        };
        if let Some(header) = answer_header.as_mut() {
            header.protocol = send_header.protocol;
            header.length = size_of::<IoHeader>() as c_ulong;
        }
        put(&bytes, answer, answer_length)
    }
}

/// The reader itself takes no orders.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn IFDHControl(
    _lun: c_ulong,
    _code: c_ulong,
    _order: *mut c_uchar,
    _order_length: c_ulong,
    _answer: *mut c_uchar,
    _answer_length: c_ulong,
    answered: *mut c_ulong,
) -> c_long {
    // SAFETY: may be missing.
    if let Some(answered) = unsafe { answered.as_mut() } {
        *answered = 0;
    }
    NOT_SUPPORTED
}

/// Whether a card lies on it; the daemon asks several times a second.
#[unsafe(no_mangle)]
pub extern "C" fn IFDHICCPresence(_lun: c_ulong) -> c_long {
    let mut out = cable();
    if out.socket.is_none() {
        out.socket = connect(out.port).ok();
    }
    // The daemon drops a reader for good that it cannot reach at its first look.
    let is_first = !core::mem::replace(&mut out.was_asked, true);
    drop(out);
    match asked(&[SEND_GET_ATR]) {
        None if is_first => ICC_NOT_PRESENT,
        None => NO_SUCH_DEVICE,
        Some(atr) if atr.is_empty() => ICC_NOT_PRESENT,
        Some(_) => ICC_PRESENT,
    }
}
