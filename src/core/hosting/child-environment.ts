/** Usher's own variables that say where something lies, not what it is locked with: a demo needs them. */
const harmless = new Set(['USHER_LIVEKIT_SERVER', 'USHER_DATA_DIR', 'USHER_DEMO'])

/** The environment for a child: everything that may hold a secret of ours is left out. Children get their settings by message only. */
export function childEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const clean: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !mayHoldSecret(name.toUpperCase())) clean[name] = value
  }
  return clean
}

function mayHoldSecret(name: string): boolean {
  if (harmless.has(name)) return false
  return /^(?:LIVEKIT|REDIS|USHER|DATABASE|PG)_?/.test(name) || name === 'ELECTRON_RUN_AS_NODE' || name === 'NODE_OPTIONS'
}
