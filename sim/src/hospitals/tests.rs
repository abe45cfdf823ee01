//! Played desks against a real server.
