//! A real HTTPS client against a server on port 0.
