import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findPython, onPath, pythonFolder, pythonPackages, pythonProgram, pythonReady } from './find-peers.mjs'
import { withLock } from './lock.mjs'
import { collect } from './run.mjs'

/** Whether there is a Python that can make environments; Debian's comes without that part. */
export async function canMakePython() {
  const { code } = await collect(basePython(), ['-c', 'import ensurepip, venv'])
  return code === 0
}

/** Makes the environment with the packages from PyPI. Resolves to the code and output of the step that failed, or of the last one. */
export function makePython(timeoutMs) {
  return withLock('python', async () => {
    if (findPython() !== null) return { code: 0, output: '' }
    const folder = pythonFolder()
    mkdirSync(dirname(folder), { recursive: true })
    const made = await collect(basePython(), ['-m', 'venv', '--clear', folder], { timeoutMs })
    if (made.code !== 0) return made
    const filled = await collect(
      pythonProgram(),
      ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', ...pythonPackages],
      { timeoutMs },
    )
    if (filled.code === 0) writeFileSync(join(folder, pythonReady), `${pythonPackages.join('\n')}\n`)
    return filled
  })
}

function basePython() {
  return onPath('python3') ?? 'python3'
}
