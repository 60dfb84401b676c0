import { cpSync, existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, posix } from 'node:path'
import { root } from './paths.mjs'
import { PlainError } from './say.mjs'

/** The server, and the command that manages its operators. */
const programs = ['out/main/sync-server.js', 'out/main/operator.js']
const manifests = ['package.json', 'package-lock.json']
/** What a built file loads: `import ... from "x"`, `export ... from "x"`, `import "x"` and `import("x")`. */
const imported = /^(?:import|export)\b[^"']*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm

/**
 * What the built sync server consists of: its files, as paths from the root, and the names of the packages they load.
 *
 * Throws a `PlainError` where it isn't built.
 */
export function serverProgram() {
  const missing = programs.find((program) => !existsSync(join(root, program)))
  if (missing !== undefined) throw new PlainError(`${missing} is not there: run npm run build first.`)
  const files = new Set(programs)
  const packages = new Set()
  // A set's loop comes to what is added on the way.
  for (const file of files) {
    for (const [, told, loaded] of readFileSync(join(root, file), 'utf8').matchAll(imported)) {
      const target = told ?? loaded
      if (target.startsWith('.')) files.add(posix.join(posix.dirname(file), target))
      else if (!isBuiltin(target)) packages.add(packageOf(target))
    }
  }
  return { files: [...files], packages: [...packages] }
}

/** Copies the built sync server with its source maps into a folder, and what `npm ci --omit=dev` needs there. */
export function packServer(folder) {
  for (const file of serverProgram().files) {
    cpSync(join(root, file), join(folder, file))
    if (existsSync(join(root, `${file}.map`))) cpSync(join(root, `${file}.map`), join(folder, `${file}.map`))
  }
  for (const file of manifests) cpSync(join(root, file), join(folder, file))
}

function packageOf(target) {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')
}
