//! StickVM: a register machine with dynamic type tags, files `.stk`.
