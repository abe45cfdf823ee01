//! The store in memory keeps the promises.
use dispatch_core::contract::fixtures::block_on_ready;
use dispatch_core::memory::MemoryStore;

dispatch_core::store_contract!(block_on_ready, async || Box::new(MemoryStore::new()));
