//! Prints one number over many rankings; `cargo xtask same-bytes` compares those of two builds.
#![expect(clippy::print_stdout, reason = "a program that prints")]

#[path = "../../tests/digest/mod.rs"]
mod digest;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("{}", digest::digest()?);
    Ok(())
}
