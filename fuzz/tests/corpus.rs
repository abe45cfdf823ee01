//! Every input of every corpus, and every prefix of the small ones, without a fuzzer: `cargo test` in this folder.

use std::path::Path;

#[test]
fn no_input_of_the_corpora_makes_anything_panic() {
    for (name, target) in fuzz::TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        let mut inputs = 0;
        for entry in std::fs::read_dir(&folder).expect("a corpus") {
            let data = std::fs::read(entry.expect("an entry").path()).expect("an input");
            target(&data);
            for length in (0..data.len()).step_by(data.len() / 40 + 1) {
                target(&data[..length]);
            }
            inputs += 1;
        }
        assert!(inputs > 0, "{name} has no input");
    }
}
