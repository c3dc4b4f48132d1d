//! Kaa, a typed bytecode virtual machine with a Python-like language: the public API.

#![forbid(unsafe_code)]
