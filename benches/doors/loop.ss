; 100 million turns of four instructions: add, count, compare, branch.
  LoadImmediateI64 R0 0             ; the sum
  LoadImmediateI64 R1 1             ; the number
  LoadImmediateI64 R3 100000000
again:
  AddI64 R0 R0 R1
  IncrementI64 R1 1
  LessThanOrEqualI64 R4 R1 R3
  JumpIf again R4
  LoadImmediateI64 R5 5000000050000000
  EqualI64 R6 R0 R5
  JumpIfFalse wrong R6
  Halt 0
wrong:
  Halt 1
