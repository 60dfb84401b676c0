import { parseArgs } from 'node:util'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { describeError } from '#shared/lib/describe-error.ts'

export type ConsoleArguments = {
  readonly mode: 'run' | 'link' | 'help'
  readonly port: number
  readonly fallback: 'demo' | null
}

export const HELP = `Usher in a browser.

  --link       print a new link to the Usher that is running
  --port PORT  listen on this port of 127.0.0.1 (or USHER_CONSOLE_PORT; by default one that is free)
  --no-demo    with no profile saved, start without the demo
  --help       print this
`

/** What the command line and the environment ask for; a failure is one line for who typed it. */
export function readArguments(args: readonly string[], environment: NodeJS.ProcessEnv): Result<ConsoleArguments> {
  let values
  try {
    values = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        link: { type: 'boolean' },
        port: { type: 'string' },
        'no-demo': { type: 'boolean' },
      },
    }).values
  } catch (error) {
    // Node explains in further sentences; the first one says what is wrong.
    const [why] = describeError(error).split(/\.\s/, 1)
    return fail('invalid', `${why}; --help lists what there is`)
  }
  const port = readPort(values.port ?? (environment['USHER_CONSOLE_PORT'] || '0'))
  if (port === null) {
    return fail('invalid', `The port must be a number from 0 to 65535 (${values.port === undefined ? 'USHER_CONSOLE_PORT' : '--port'})`)
  }
  return succeed({ mode: values.help ? 'help' : values.link ? 'link' : 'run', port, fallback: values['no-demo'] ? null : 'demo' })
}

function readPort(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  return port <= 65_535 ? port : null
}
