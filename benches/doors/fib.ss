; fib(35) by calls.
  LoadImmediateI64 R1 35
  CallFunction fib
  LoadImmediateI64 R5 9227465
  EqualI64 R6 R0 R5
  JumpIfFalse wrong R6
  Halt 0
wrong:
  Halt 1
fib:
  LoadImmediateI64 R5 2
  LessThanI64 R6 R1 R5
  JumpIfFalse deeper R6
  MoveI64 R0 R1
  Return
deeper:
  MoveI64 R10 R1          ; frames keep their registers across calls
  DecrementI64 R1 1
  CallFunction fib        ; R1 to R3 go along, R0 comes back
  MoveI64 R11 R0
  MoveI64 R1 R10
  DecrementI64 R1 2
  CallFunction fib
  AddI64 R0 R0 R11
  Return
