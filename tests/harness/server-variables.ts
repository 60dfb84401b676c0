import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const sources = readdirSync('src/server', { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
)

/** The names of the variables that the sync server reads: the keys of its schema, and what is asked of an environment by its name. */
export const serverVariables: ReadonlySet<string> = new Set([
  ...namesIn('config.ts', /^ {2}([A-Z][A-Z_]+):/gm),
  ...sources.flatMap((file) => namesIn(file, /\benvironment\['([A-Z][A-Z_]+)'\]/g)),
])

function namesIn(file: string, pattern: RegExp): string[] {
  return [...readFileSync(join('src/server', file), 'utf8').matchAll(pattern)].flatMap(([, name]) => name ?? [])
}
