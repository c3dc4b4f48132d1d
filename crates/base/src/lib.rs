//! Ids and arenas, spans, diagnostics as data, budgets, bounded byte reader and writer.

#![forbid(unsafe_code)]
