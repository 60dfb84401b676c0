import { runNode } from './lib/foreground.mjs'
import { inRoot } from './lib/paths.mjs'
import { runScript } from './lib/say.mjs'
import { ensureInstalled } from './setup.mjs'

// From its source: it is done before a build would be.
await runScript(async (args) => {
  await ensureInstalled()
  return runNode(inRoot('src/server/operators/cli.ts'), args)
})
