//! The two calls of the system that the compiler cannot check.
#![expect(unsafe_code, reason = "no safe wrapper of these two calls exists in rustix")]

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;

use rustix::fs::OFlags;
use rustix::ioctl::{Opcode, Setter, ioctl, opcode};
use rustix::thread::{UnshareFlags, unshare_unsafe};

const TUNSETIFF: Opcode = opcode::write::<i32>(b'T', 202);
const IFF_TUN: u16 = 0x0001;
/// Packets as they are, without a header in front.
const IFF_NO_PI: u16 = 0x1000;
const NAME_BYTES: usize = 16;

/// `struct ifreq` as TUNSETIFF reads it.
#[repr(C)]
struct Request {
    name: [u8; NAME_BYTES],
    flags: u16,
    rest: [u8; 22],
}

/// Moves the calling thread, and nothing else, into a network namespace of its own.
pub(super) fn unshare_network() -> io::Result<()> {
    // SAFETY: only the network namespace is unshared; the table of file descriptors stays shared between threads.
    unsafe { unshare_unsafe(UnshareFlags::NEWNET) }?;
    Ok(())
}

/// Makes a TUN device in the calling thread's network namespace. It lives as long as the file, which never blocks.
pub(super) fn open_tun(name: &str) -> io::Result<File> {
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).map_err(io::Error::other)?;
    let file = OpenOptions::new().read(true).write(true).custom_flags(flags).open("/dev/net/tun")?;
    let mut request = Request { name: [0; NAME_BYTES], flags: IFF_TUN | IFF_NO_PI, rest: [0; 22] };
    // The last byte stays 0: the name ends there at the latest.
    for (to, from) in request.name.iter_mut().take(NAME_BYTES - 1).zip(name.bytes()) {
        *to = from;
    }
    // SAFETY: TUNSETIFF reads and writes one `struct ifreq` of 40 bytes, which `Request` is, and keeps no pointer to it.
    unsafe { ioctl(&file, Setter::<TUNSETIFF, Request>::new(request)) }?;
    Ok(file)
}
