import { openLogFile } from './log-file.ts'

/** Enough for one line that a person reads; a child that prints without line breaks is cut. */
const LINE_LIMIT = 2_000

export type ChildOutput = {
  readonly lastErrorLine: () => string | null
  /** Closes the log; to be called when the child is gone. */
  readonly end: () => void
}

/** Appends what a child prints to a log file, and remembers its last telling line on stderr. */
export function recordOutput(file: string, stdout: NodeJS.ReadableStream | null, stderr: NodeJS.ReadableStream | null): ChildOutput {
  const log = openLogFile(file)
  const lines = createLineMemory()
  for (const stream of [stdout, stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      if (!log.writableEnded) log.write(chunk)
    })
    stream?.on('error', () => undefined)
  }
  stderr?.on('data', (chunk: Buffer) => lines.add(chunk.toString('utf8')))
  return { lastErrorLine: lines.last, end: () => void log.end() }
}

/** Keeps the last line that says something: not a stack frame, not a bracket, not Node's own version line. */
export function createLineMemory(): { add: (text: string) => void; last: () => string | null } {
  let rest = ''
  let last: string | null = null
  let lastError: string | null = null

  function take(line: string): void {
    const text = line.trim()
    if (text === '' || /^\s/.test(line) || text.startsWith('Node.js v') || !/\w/.test(text)) return
    last = text.slice(0, LINE_LIMIT)
    const error = /^(?:Uncaught )?\w*Error(?: \[\w+\])?: (.+)$/.exec(last)
    if (error?.[1] !== undefined) lastError = error[1]
  }

  return {
    add(text) {
      const lines = (rest + text).split(/\r?\n/)
      rest = (lines.pop() ?? '').slice(-LINE_LIMIT)
      for (const line of lines) take(line)
    },
    last() {
      if (rest !== '') take(rest)
      rest = ''
      return lastError ?? last
    },
  }
}
