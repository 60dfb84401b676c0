import { existsSync, readdirSync } from 'node:fs'
import { runNode } from './lib/foreground.mjs'
import { inRoot } from './lib/paths.mjs'
import { stopIfInterrupted } from './lib/run.mjs'
import { PlainError, runScript, say } from './lib/say.mjs'
import { ensurePeers } from './peers.mjs'
import { ensureBuilt, ensureInstalled } from './setup.mjs'

// One after the other: a bench that shares the machine with another measures the other.
await runScript(async ([filter = '']) => {
  await ensureInstalled()
  const benches = listBenches().filter((name) => name.includes(filter))
  if (benches.length === 0) throw new PlainError(`No bench has "${filter}" in its name; there are: ${listBenches().join(', ') || 'none'}.`)
  await ensureBuilt()
  await ensurePeers()
  let worst = 0
  for (const name of benches) {
    stopIfInterrupted()
    say(`\n${name}`)
    worst = Math.max(worst, await runNode(inRoot('bench', `${name}.bench.ts`), []))
  }
  return worst
})

function listBenches() {
  const folder = inRoot('bench')
  const files = existsSync(folder) ? readdirSync(folder) : []
  return files.filter((file) => file.endsWith('.bench.ts')).map((file) => file.slice(0, -'.bench.ts'.length))
}
