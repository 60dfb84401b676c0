import { pathToFileURL } from 'node:url'
import { inRoot, node24 } from './lib/paths.mjs'
import { collect } from './lib/run.mjs'
import { runScript, say, seconds } from './lib/say.mjs'
import { ensureInstalled } from './setup.mjs'

const checks = [
  { name: 'types', program: 'node_modules/typescript/bin/tsc', args: ['-p', '.'] },
  {
    name: 'lint',
    program: 'node_modules/oxlint/bin/oxlint',
    args: ['--type-aware', '--deny-warnings', '--report-unused-disable-directives', '--threads=2'],
  },
  { name: 'format', program: 'node_modules/prettier/bin/prettier.cjs', args: ['--check', '--log-level=warn', '.'] },
  { name: 'unused code', program: 'node_modules/knip/bin/knip.js', args: ['--no-progress', '--treat-config-hints-as-errors'] },
]
const atOnce = 2

/**
 * Runs every check, `atOnce` at a time, and prints a line for each and the output of those that failed. Resolves to how many passed and
 * failed.
 */
export async function runChecks() {
  const waiting = [...checks]
  let failed = 0
  async function work() {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      if (!(await passes(check))) failed += 1
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { passed: checks.length - failed, failed }
}

async function passes({ name, program, args }) {
  const started = performance.now()
  const { code, output } = await collect(node24, [inRoot(program), ...args])
  if (code === 0) say(`ok      ${name} (${seconds(started)})`)
  else say(`FAILED  ${name} (${seconds(started)})\n${output.trimEnd()}`)
  return code === 0
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runScript(async () => {
    await ensureInstalled()
    const { failed } = await runChecks()
    return failed === 0 ? 0 : 1
  })
}
