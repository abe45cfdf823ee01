//! A prepared graph answers as plain Dijkstra over the roads it was made of; files, snapping and the model on top.

mod closures;
mod edge_list;
mod files;
mod hierarchy;
mod model;
mod network;
