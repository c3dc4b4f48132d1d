//! Lowering of IR to register code: slot allocation, root maps, disassembly.

#![forbid(unsafe_code)]
