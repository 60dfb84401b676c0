import { findElectron, hasDisplay } from './lib/electron.mjs'
import { runForeground, runNode } from './lib/foreground.mjs'
import { inRoot, root } from './lib/paths.mjs'
import { PlainError, runScript } from './lib/say.mjs'
import { ensureBuilt, ensureInstalled } from './setup.mjs'

await runScript(async (args) => {
  const host = process.env.USHER_HOST
  if (host !== undefined && host !== 'electron' && host !== 'browser') throw new PlainError('USHER_HOST must be "electron" or "browser".')
  await ensureInstalled()
  await ensureBuilt()
  const electron = !asksConsole(args) && (host === 'electron' || (host !== 'browser' && hasDisplay())) ? await findElectron() : null
  if (electron !== null) return runForeground(electron, [root, ...args])
  if (host === 'electron' && !asksConsole(args))
    throw new PlainError('Electron has no binary here: run `npx install-electron`, or start without USHER_HOST.')
  return runNode(inRoot('out/main/console.js'), args)
})

/** Whether the arguments are for the browser host alone, whichever host would start. */
function asksConsole(args) {
  return args.includes('--link') || args.includes('--help')
}
