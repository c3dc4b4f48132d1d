//! Solid Snake: a register machine with typed operations and sections of memory.
