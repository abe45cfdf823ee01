//! The bytes of many rankings are those that this tree's last build gave. `cargo xtask same-bytes` asks builds of two
//! optimisations for the same number.

mod digest;

#[test]
fn the_bytes_are_those_of_every_other_build() {
    insta::assert_snapshot!(digest::digest().expect("a digest"));
}
