import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChecks } from './check.mjs'
import { runNode } from './lib/foreground.mjs'
import { inRoot } from './lib/paths.mjs'
import { stopIfInterrupted } from './lib/run.mjs'
import { PlainError, runScript, say } from './lib/say.mjs'
import { countReport, sum } from './lib/test-report.mjs'
import { ensurePeers } from './peers.mjs'
import { ensureBuilt, ensureInstalled } from './setup.mjs'

/** `unit` needs nothing but the dependencies; the others run what was built against real peers, one file at a time. */
const withPeers = ['integration', 'screens', 'desktop', 'e2e']
const projects = ['unit', ...withPeers]

// `npm test` runs everything; `npm test -- unit`, `npm test -- room-store` or `npm test -- e2e -t mute` only that, without the checks.
await runScript(async (args) => {
  await ensureInstalled()
  const named = args.filter((arg) => projects.includes(arg))
  const filters = args.filter((arg) => !projects.includes(arg))
  const chosen = named.length > 0 ? named : projects
  const counts = []
  try {
    if (args.length === 0) await runAll(counts)
    else await runSome(counts, chosen, filters)
  } finally {
    const { passed, failed, skipped } = sum(counts)
    process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  }
  return sum(counts).failed === 0 ? 0 : 1
})

async function runAll(counts) {
  const built = await counted(counts, ensureBuilt)
  const [, ready] = await Promise.all([runChecks().then((result) => counts.push({ ...result, skipped: 0 })), counted(counts, ensurePeers)])
  counts.push(await runVitest(['unit'], []))
  if (built && ready) counts.push(await runVitest(withPeers, []))
  else say('not run, for the reason above: ' + withPeers.join(', '))
}

async function runSome(counts, chosen, filters) {
  const needPeers = chosen.some((project) => project !== 'unit')
  if (needPeers && !(await counted(counts, ensureBuilt))) return
  if (needPeers && !(await counted(counts, ensurePeers))) return
  const result = await runVitest(chosen, filters)
  const none = result.passed + result.failed + result.skipped === 0
  if (none) say(`no test matches: ${[...chosen, ...filters].join(' ')}`)
  counts.push(none ? { ...result, failed: 1 } : result)
}

/** Runs a step of the set-up and counts it as a check; what went wrong is told, and the rest goes on as far as it can. */
async function counted(counts, work) {
  try {
    await work()
    counts.push({ passed: 1, failed: 0, skipped: 0 })
    return true
  } catch (error) {
    if (!(error instanceof PlainError)) throw error
    say(error.message)
    counts.push({ passed: 0, failed: 1, skipped: 0 })
    return false
  }
}

async function runVitest(chosen, filters) {
  stopIfInterrupted()
  say(`\ntests: ${chosen.join(', ')}`)
  const folder = mkdtempSync(join(tmpdir(), 'usher-test-'))
  const report = join(folder, 'report.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const selected = chosen.map((project) => `--project=${project}`)
    const code = await runNode(inRoot('node_modules/vitest/vitest.mjs'), [
      'run',
      '--passWithNoTests',
      ...reporters,
      ...selected,
      ...filters,
    ])
    return countReport(report, code)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
