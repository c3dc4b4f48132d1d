-- Lua has no types to read: the same program.
dofile((arg[0]:gsub("jsontyped", "jsonany")))
