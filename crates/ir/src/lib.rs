//! The Kaa IR: types, modules, functions, builder, text and binary forms, verifier.

#![forbid(unsafe_code)]
