/** One line about what a script does. On stderr: stdout belongs to the program that is started. */
export function say(line) {
  process.stderr.write(`${line}\n`)
}

/** Says what a long step does, runs it, and says how long it took. */
export async function step(what, work) {
  const started = performance.now()
  say(`${what} ...`)
  const value = await work()
  say(`${what}: ${seconds(started)}`)
  return value
}

/** The time since `started` (of `performance.now()`), as text. */
export function seconds(started) {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`
}

/** What a person can be told in one line; a script that meets it prints the line and exits with 1. */
export class PlainError extends Error {}

/** Runs a script's main function; its number is the exit code. */
export async function runScript(main) {
  try {
    process.exitCode = (await main(process.argv.slice(2))) ?? 0
  } catch (error) {
    if (!(error instanceof PlainError)) throw error
    say(error.message)
    process.exitCode = 1
  }
}
