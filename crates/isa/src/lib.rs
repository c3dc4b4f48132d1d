//! The instruction table of the Kaa IR and everything that is derived from it.

#![forbid(unsafe_code)]
