//! Prints a syntax tree as text, for tests and for debugging. It is not a formatter.
