//! The runtime functions: what the module `rt` offers to compiled programs.
