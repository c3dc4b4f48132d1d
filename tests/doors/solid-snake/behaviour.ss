; What the recordings leave out: calls, what frames keep, sections, ends, and printing.
;--- arguments are R1 to R3 and the result is R0
; result: Ok(0)
; final: {"0": "0000000000000006", "1": "0000000000000001", "2": "0000000000000002", "3": "0000000000000003", "4": "0000000000000004"}
  LoadImmediateU8 R1 1
  LoadImmediateU8 R2 2
  LoadImmediateU8 R3 3
  LoadImmediateU8 R4 4
  CallFunction sum
  Halt
sum:
  AddU8 R0 R1 R2
  AddU8 R0 R0 R3
  AddU8 R0 R0 R4       ; R4 is not copied: 0 in a frame that no call has used
  LoadImmediateU8 R1 99
  Return
;--- a frame keeps what an earlier call at its depth left
; prints: R7 : 0
; prints: R7 : 5
; prints: R7 : 10
; result: Ok(0)
; final: {"7": "0000000000000009"}
  LoadImmediateU8 R7 9
  CallFunction count
  CallFunction count
  CallFunction count
  Halt
count:
  DebugPrintU8 R7
  IncrementU8 R7 5
  Return
;--- R0 comes back even where the callee never wrote it
; prints: R0 : 7
; prints: R0 : 7
; result: Ok(0)
  CallFunction seven
  LoadImmediateU8 R0 1
  CallFunction nothing
  DebugPrintU8 R0
  DebugPrintU8 R0
  Halt
seven:
  LoadImmediateU8 R0 7
  Return
nothing:
  Return
;--- the state is that of the frame where the program ended
; result: Ok(-2)
; error_code: 1
; final: {"1": "0000000000000001", "5": "ffffffffffffff80"}
  LoadImmediateU8 R1 1
  LoadImmediateU8 R9 9
  CallFunction deep
  Halt 1
deep:
  LoadImmediateI8 R5 127
  IncrementI8 R5 1
  Halt -2
;--- only the operation right before the end is told of
; result: Ok(0)
; error_code: 0
  LoadImmediateU8 R1 255
  IncrementU8 R1 1
  MoveU8 R2 R1
  Halt
;--- the way to the end decides over the error code
; result: Ok(0)
; error_code: 2
; final: {"1": "0000000000000001", "2": "00000000000000ff"}
  LoadImmediateU8 R1 1
  JumpIfFalse end R1
  DecrementU8 R2 1
end:
  Halt
;--- a jump to the end clears the error code
; result: Ok(0)
; error_code: 0
  DecrementU8 R2 1
  JumpIf end R2
  DecrementU8 R2 1
end:
  Halt
;--- functions may share code
; prints: R1 : 3
; prints: R1 : 2
; prints: R1 : 1
; result: Ok(0)
; final: {"1": "0000000000000003"}
  LoadImmediateU8 R1 3
  CallFunction outer
  Jump last
outer:
  DebugPrintU8 R1
  DecrementU8 R1 1
inner:
  DebugPrintU8 R1
  DecrementU8 R1 1
  JumpIfFalse out R1
  CallFunction inner
out:
  Return
last:
  Halt
;--- the start can be called
; prints: R1 : 2
; prints: R1 : 1
; prints: R1 : 0
; result: Err(StackUnderflow)
; error_code: 0
  Jump more
  Return
more:
  LogicalNot R9 R8
  LoadImmediateU8 R8 1
  JumpIfFalse called R9
  LoadImmediateU8 R1 2
called:
  DebugPrintU8 R1
  JumpIfFalse done R1
  DecrementU8 R1 1
  LoadImmediateU8 R8 1
  CallFunction again
done:
  Return
again:
  DebugPrintU8 R1
  JumpIfFalse done R1
  DecrementU8 R1 1
  CallFunction again
  Return
;--- calls without an end
; result: Err(StackOverflow)
; error_code: 0
again:
  CallFunction again
  Halt
;--- sections are zero at first, big-endian, and counted from 0
; prints: R5 : 0
; prints: R5 : 255
; prints: R6 : -5
; prints: R7 : 4294967291
; result: Ok(0)
  LoadImmediateU64 R1 16
  Allocate R2 R1
  LoadImmediateU64 R3 4
  LoadIndirectWithOffsetU8 R5 R2 R3
  DebugPrintU8 R5
  LoadImmediateI32 R4 -5
  StoreIndirectWithOffsetI32 R2 R4 R3
  LoadIndirectWithOffsetU8 R5 R2 R3
  DebugPrintU8 R5
  LoadIndirectWithOffsetI32 R6 R2 R3
  DebugPrintI32 R6
  LoadImmediateU64 R3 0
  LoadIndirectWithOffsetU64 R7 R2 R3
  DebugPrintU64 R7
  Halt
;--- numbers of freed sections are used again, the last one first
; prints: R4 : 1
; prints: R4 : 0
; prints: R4 : 2
; result: Ok(0)
  LoadImmediateU64 R1 1
  Allocate R2 R1
  Allocate R3 R1
  Deallocate R2
  Deallocate R3
  Allocate R4 R1
  DebugPrintU64 R4
  Allocate R4 R1
  DebugPrintU64 R4
  Allocate R4 R1
  DebugPrintU64 R4
  Halt
;--- a section that is freed twice
; result: Err(NullPointerException)
  LoadImmediateU64 R1 1
  Allocate R2 R1
  Deallocate R2
  Deallocate R2
  Halt
;--- a section that is used after it was freed
; result: Err(NullPointerException)
; final: {"1": "0000000000000001"}
  LoadImmediateU64 R1 1
  Allocate R2 R1
  Deallocate R2
  LoadIndirectWithOffsetU8 R1 R2 R3
  Halt
;--- a section of no bytes can be freed and not read
; result: Err(NullPointerException)
  Allocate R2 R1
  Deallocate R2
  Allocate R2 R1
  LoadIndirectWithOffsetU8 R1 R2 R3
  Halt
;--- a section that does not exist
; result: Err(NullPointerException)
  LoadImmediateI8 R2 -1
  StoreIndirectWithOffsetU8 R2 R1 R3
  Halt
;--- an access that does not fit
; result: Err(SegmentationFault)
; final: {"1": "0000000000000004", "3": "0000000000000001"}
  LoadImmediateU64 R1 4
  Allocate R2 R1
  LoadImmediateU64 R3 1
  LoadIndirectWithOffsetF32 R5 R2 R3
  Halt
;--- an offset that would wrap
; result: Err(SegmentationFault)
  LoadImmediateU64 R1 4
  Allocate R2 R1
  LoadImmediateI64 R3 -1
  StoreFromImmediateWithOffsetU32 0 R5 R3
  Halt
;--- copying checks the source first
; result: Err(NullPointerException)
  LoadImmediateU64 R1 4
  LoadImmediateU64 R9 7
  Allocate R2 R1
  Memcpy R2 R9 R9 R3 R1
  Halt
;--- copies may overlap
; prints: R5 : 1010203
; result: Ok(0)
  LoadImmediateU64 R1 4
  Allocate R2 R1
  LoadImmediateU32 R4 0x01020304
  StoreIndirectWithOffsetU32 R2 R4 R0
  LoadImmediateU64 R6 1
  LoadImmediateU64 R7 3
  Memcpy R2 R6 R2 R0 R7
  LoadIndirectWithOffsetU32 R5 R2 R0
  LoadImmediateU32 R8 0x01010203
  SubtractU32 R5 R5 R8
  LoadImmediateU32 R8 1010203
  AddU32 R5 R5 R8
  DebugPrintU32 R5
  Halt
;--- a section can be filled and printed
; prints: HHHHR1 : 4
; result: Ok(0)
  LoadImmediateU64 R1 4
  Allocate R2 R1
  LoadImmediateU16 R3 0x0148
  MemSet R2 R3 R1
  Print R2 R0 R1
  DebugPrintU8 R1
  Halt
;--- filling beyond the end
; result: Err(SegmentationFault)
  LoadImmediateU64 R1 4
  Allocate R2 R1
  LoadImmediateU64 R3 5
  MemSet R2 R3 R3
  Halt
;--- no constant of this number
; result: Err(NullPointerException)
  StoreConstantArray R1 0
  Halt
;--- conditions look at 8 bits, logic at all
; prints: R2 : 1
; prints: R3 : 0
; result: Ok(0)
  LoadImmediateU16 R1 256
  JumpIf wrong R1
  LogicalAnd R2 R1 R1
  DebugPrintU8 R2
  LogicalNot R3 R1
  DebugPrintU8 R3
  Halt
wrong:
  Halt 1
;--- the least number has no negative
; result: Err(DivisionOverflow)
  LoadImmediateI16 R1 -32768
  LoadImmediateI16 R2 -1
  ModuloI16 R3 R1 R2
  Halt
;--- division by zero gives 0 and goes on
; prints: R3 : 0
; prints: R4 : 0
; prints: R5 : inf
; prints: R5 : NaN
; result: Ok(0)
; error_code: 3
  LoadImmediateI64 R1 -7
  DivideI64 R3 R1 R2
  DebugPrintI64 R3
  ModuloU8 R4 R1 R2
  DebugPrintU8 R4
  LoadImmediateF64 R6 1.5
  DivideF64 R5 R6 R2
  DebugPrintF64 R5
  ModuloF64 R5 R6 R2
  DebugPrintF64 R5
  DivideI64 R3 R1 R2
  Halt
;--- products that do not fit are told
; result: Ok(0)
; error_code: 1
  LoadImmediateI64 R1 -1
  LoadImmediateI64 R2 -9223372036854775808
  MultiplyI64 R3 R1 R2
  Halt
;--- products of 64 bits that do not fit are told
; result: Ok(0)
; error_code: 1
; final: {"1": "0000000100000000", "2": "0000000100000000"}
  LoadImmediateU64 R1 4294967296
  LoadImmediateU64 R2 4294967296
  MultiplyU64 R3 R1 R2
  Halt
;--- products that fit are not
; result: Ok(0)
; error_code: 0
  LoadImmediateI64 R1 -1
  LoadImmediateI64 R2 9223372036854775807
  MultiplyI64 R3 R1 R2
  Halt
;--- shifts count modulo the width
; prints: R3 : 2
; prints: R3 : -1
; result: Ok(0)
  LoadImmediateU8 R1 1
  LoadImmediateU8 R2 9
  ShiftLeftU8 R3 R1 R2
  DebugPrintU8 R3
  LoadImmediateI8 R1 -2
  ShiftRightI8 R3 R1 R2
  DebugPrintI8 R3
  Halt
;--- floats are printed as the machine prints them
; prints: R1 : 0.1
; prints: R1 : 100000000000000000000
; prints: R1 : 333
; prints: R1 raw bits: 0x4074D00000000000
; result: Ok(0)
  LoadImmediateF32 R1 0.1
  DebugPrintF32 R1
  LoadImmediateF64 R1 1e20
  DebugPrintF64 R1
  LoadImmediateF64 R1 333
  DebugPrintF64 R1
  DebugPrintRaw R1
  Halt
;--- a program that runs past its end
; result: Err(EndOfCode)
; final: {"1": "0000000000000001"}
  LoadImmediateU8 R1 1
;--- a jump into an operation
; result: Err(TargetInsideInstruction)
; final: {"1": "0000000000000001"}
  LoadImmediateU8 R1 1
  Jump 1
;--- a jump outside of the code ends the program before it starts
; result: Err(InvalidTarget)
; final: {}
  LoadImmediateU8 R1 1
  Jump 1000
;--- no operation at all
; result: Err(EndOfCode)
