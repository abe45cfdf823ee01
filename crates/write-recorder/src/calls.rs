//! The C library's calls that change files, in front of the real ones.
//!
//! A definition in the program itself comes before the one of the shared library; the real one is found with
//! `dlsym(RTLD_NEXT)`. Files are told by `/proc/self/fd`, so nothing has to be known of how they were opened.

#![allow(unsafe_code, reason = "the C library's functions are replaced by name, with their own signatures")]
#![allow(clippy::missing_safety_doc, reason = "each has the contract of the C function it stands for")]

use crate::{Op, Running, Syncs, running};
use core::ffi::{CStr, c_char, c_int, c_void};
use libc::{off_t, size_t, ssize_t};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Files whose content means nothing after a power cut: SQLite's index of the journal, rebuilt at the next opening.
const SCRATCH: &str = "-shm";

macro_rules! real {
    ($name:ident: $type:ty) => {{
        static REAL: OnceLock<$type> = OnceLock::new();
        *REAL.get_or_init(|| next::<$type>(concat!(stringify!($name), "\0")))
    }};
}

/// The C library's own function.
fn next<T>(name: &'static str) -> T {
    // SAFETY: the name ends in a zero byte, and each caller names the type of the function of this name.
    unsafe {
        let found = libc::dlsym(libc::RTLD_NEXT, name.as_ptr().cast());
        assert!(!found.is_null(), "the C library has no {name}");
        core::mem::transmute_copy::<*mut c_void, T>(&found)
    }
}

/// Named here, so that the linker takes these definitions; a test sees it by a recording that is not empty.
pub(crate) fn link() {
    core::hint::black_box([
        write as *const c_void,
        pwrite as *const c_void,
        pwrite64 as *const c_void,
        ftruncate as *const c_void,
        ftruncate64 as *const c_void,
        fsync as *const c_void,
        fdatasync as *const c_void,
        unlink as *const c_void,
        rename as *const c_void,
    ]);
}

type Write = unsafe extern "C" fn(c_int, *const c_void, size_t) -> ssize_t;
type WriteAt = unsafe extern "C" fn(c_int, *const c_void, size_t, off_t) -> ssize_t;
type Truncate = unsafe extern "C" fn(c_int, off_t) -> c_int;
type Sync = unsafe extern "C" fn(c_int) -> c_int;
type Unlink = unsafe extern "C" fn(*const c_char) -> c_int;
type Rename = unsafe extern "C" fn(*const c_char, *const c_char) -> c_int;

/// `write(2)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn write(fd: c_int, bytes: *const c_void, length: size_t) -> ssize_t {
    // SAFETY: the caller's arguments, handed on; `lseek` changes nothing with an offset of 0 from where it stands.
    observed(fd, |running| unsafe {
        let Some(length) = running.take_room(length) else { return full() };
        let at = libc::lseek(fd, 0, libc::SEEK_CUR);
        let done = real!(write: Write)(fd, bytes, length);
        (done, written(bytes, done, at))
    })
    .unwrap_or_else(|| unsafe { real!(write: Write)(fd, bytes, length) })
}

/// `pwrite(2)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite(fd: c_int, bytes: *const c_void, length: size_t, at: off_t) -> ssize_t {
    // SAFETY: the caller's arguments, handed on.
    unsafe { write_at(real!(pwrite: WriteAt), fd, bytes, length, at) }
}

/// `pwrite64(2)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite64(fd: c_int, bytes: *const c_void, length: size_t, at: off_t) -> ssize_t {
    // SAFETY: the caller's arguments, handed on.
    unsafe { write_at(real!(pwrite64: WriteAt), fd, bytes, length, at) }
}

/// `ftruncate(2)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ftruncate(fd: c_int, length: off_t) -> c_int {
    // SAFETY: the caller's arguments, handed on.
    unsafe { truncate(real!(ftruncate: Truncate), fd, length) }
}

/// `ftruncate64(2)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ftruncate64(fd: c_int, length: off_t) -> c_int {
    // SAFETY: the caller's arguments, handed on.
    unsafe { truncate(real!(ftruncate64: Truncate), fd, length) }
}

/// `fsync(2)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fsync(fd: c_int) -> c_int {
    // SAFETY: the caller's argument, handed on.
    unsafe { sync(real!(fsync: Sync), fd) }
}

/// `fdatasync(2)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fdatasync(fd: c_int) -> c_int {
    // SAFETY: the caller's argument, handed on.
    unsafe { sync(real!(fdatasync: Sync), fd) }
}

/// `unlink(2)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    // SAFETY: the caller's argument, handed on: a path that ends in a zero byte.
    unsafe {
        let mut running = running();
        let done = real!(unlink: Unlink)(path);
        if done == 0
            && let Some(running) = &mut *running
            && let Some(path) = below(running, named(path))
        {
            running.recording.ops.push(Op::Remove { path });
        }
        done
    }
}

/// `rename(2)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    // SAFETY: the caller's arguments, handed on: paths that end in a zero byte.
    unsafe {
        let mut running = running();
        let done = real!(rename: Rename)(from, to);
        if done == 0
            && let Some(running) = &mut *running
            && let (Some(from), Some(to)) = (below(running, named(from)), below(running, named(to)))
        {
            running.recording.ops.push(Op::Rename { from, to });
        }
        done
    }
}

unsafe fn write_at(real: WriteAt, fd: c_int, bytes: *const c_void, length: size_t, at: off_t) -> ssize_t {
    // SAFETY: the caller's arguments, handed on.
    observed(fd, |running| unsafe {
        let Some(length) = running.take_room(length) else { return full() };
        let done = real(fd, bytes, length, at);
        (done, written(bytes, done, at))
    })
    .unwrap_or_else(|| unsafe { real(fd, bytes, length, at) })
}

unsafe fn truncate(real: Truncate, fd: c_int, length: off_t) -> c_int {
    // SAFETY: the caller's arguments, handed on.
    observed(fd, |_| unsafe {
        let done = real(fd, length);
        (done, Change::Truncate(u64::try_from(length).ok().filter(|_| done == 0)))
    })
    .unwrap_or_else(|| unsafe { real(fd, length) })
}

unsafe fn sync(real: Sync, fd: c_int) -> c_int {
    observed(fd, |running| match running.syncs {
        // SAFETY: the caller's argument, handed on.
        Syncs::Kept => (unsafe { real(fd) }, Change::Sync),
        Syncs::Dropped => (0, Change::Nothing),
    })
    // SAFETY: as above.
    .unwrap_or_else(|| unsafe { real(fd) })
}

enum Change {
    Write(u64, Vec<u8>),
    Truncate(Option<u64>),
    Sync,
    Nothing,
}

impl Running {
    /// How much of a write fits on the disk; `None` when nothing does.
    fn take_room(&mut self, length: size_t) -> Option<size_t> {
        let Some(room) = &mut self.room else { return Some(length) };
        let fits = length.min(usize::try_from(*room).unwrap_or(usize::MAX));
        *room -= fits as u64;
        (fits > 0 || length == 0).then_some(fits)
    }
}

/// What the C library says on a full disk.
///
/// # Safety
/// None is needed beyond that of `errno`, which is this thread's own.
unsafe fn full() -> (ssize_t, Change) {
    // SAFETY: the address is valid for this thread.
    unsafe { *libc::__errno_location() = libc::ENOSPC };
    (-1, Change::Nothing)
}

/// What a write of `done` bytes changed.
///
/// # Safety
/// `bytes` holds at least `done` bytes.
unsafe fn written(bytes: *const c_void, done: ssize_t, at: off_t) -> Change {
    match (usize::try_from(done), u64::try_from(at)) {
        // SAFETY: the C library has just read these bytes.
        (Ok(done), Ok(at)) => {
            Change::Write(at, unsafe { core::slice::from_raw_parts(bytes.cast::<u8>(), done) }.to_vec())
        }
        _ => Change::Nothing,
    }
}

/// Does a call on a file of the recording and notes it before any other call can come. `None`: not a file of it.
fn observed<T>(fd: c_int, call: impl FnOnce(&mut Running) -> (T, Change)) -> Option<T> {
    let mut running = running();
    let running = running.as_mut()?;
    let path = below(running, std::fs::read_link(format!("/proc/self/fd/{fd}")).ok()?)?;
    let (done, change) = call(running);
    running.recording.ops.push(match change {
        Change::Write(at, bytes) => Op::Write { path, at, bytes },
        Change::Truncate(Some(length)) => Op::Truncate { path, length },
        Change::Sync => Op::Sync { path },
        Change::Truncate(None) | Change::Nothing => return Some(done),
    });
    Some(done)
}

/// The path inside the recording's folder, if it is one.
fn below(running: &Running, path: PathBuf) -> Option<PathBuf> {
    let inside = path.strip_prefix(&running.recording.folder).ok()?;
    (!inside.as_os_str().as_bytes().ends_with(SCRATCH.as_bytes())).then(|| inside.to_owned())
}

/// # Safety
/// `path` ends in a zero byte.
unsafe fn named(path: *const c_char) -> PathBuf {
    // SAFETY: as the function's own.
    Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(path) }.to_bytes())).to_owned()
}
