//! (written soon)
