import { PlainError, runScript, say } from './lib/say.mjs'
import { packServer } from './lib/server-program.mjs'

// `node scripts/pack-server.mjs FOLDER`, after a build: the sync server alone. `npm ci --omit=dev --ignore-scripts` in that folder adds what it needs.
await runScript(([folder]) => {
  if (folder === undefined) throw new PlainError('Say where to: node scripts/pack-server.mjs FOLDER')
  packServer(folder)
  say(`the sync server is in ${folder}; there: npm ci --omit=dev --ignore-scripts, then node out/main/sync-server.js`)
})
