//! Gateway and stand-in over loopback mutual TLS: consent, personas, every fault.

mod end_to_end;
mod personas;
