import { registerHooks } from 'node:module'

/** Put before the built main process: what it imports as `electron` is the stand-in. */
registerHooks({
  resolve(specifier, context, next) {
    return specifier === 'electron' ? { url: new URL('electron.ts', import.meta.url).href, shortCircuit: true } : next(specifier, context)
  },
})
