import { runNode } from './lib/foreground.mjs'
import { inRoot } from './lib/paths.mjs'
import { runScript } from './lib/say.mjs'
import { ensureBuilt, ensureInstalled } from './setup.mjs'

await runScript(async (args) => {
  await ensureInstalled()
  await ensureBuilt()
  return runNode(inRoot('out/main/sync-server.js'), args)
})
