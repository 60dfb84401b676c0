import { lockFile } from '../alone.ts'

// A server in a process of its own, as far as its lock goes: takes that of the file that the one argument says, and says whether it has it.
process.send?.(lockFile(process.argv[2] ?? '').ok)
process.on('message', () => undefined)
