import { runScript } from './lib/say.mjs'
import { ensureBuilt, ensureInstalled } from './setup.mjs'

await runScript(async () => {
  await ensureInstalled()
  await ensureBuilt()
})
