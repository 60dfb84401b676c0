/** Usher's own variables that say where something lies, not what it is locked with: a demo needs them. */
const harmless: ReadonlySet<string> = new Set(['USHER_LIVEKIT_SERVER', 'USHER_DATA_DIR'])
/** What is meant for the host's own Node would change how a child runs. */
const forNode: ReadonlySet<string> = new Set(['ELECTRON_RUN_AS_NODE', 'NODE_OPTIONS'])

/** The environment for a child, without anything that may hold a secret of ours. Children get their settings by message only. */
export function childEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const clean: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !isKeptBack(name.toUpperCase())) clean[name] = value
  }
  return clean
}

function isKeptBack(name: string): boolean {
  return forNode.has(name) || (/^(?:LIVEKIT|REDIS|USHER|DATABASE|PG)/.test(name) && !harmless.has(name))
}
