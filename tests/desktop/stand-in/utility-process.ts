import { fork, type ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Electron's utilityProcess over a Node child. */
class StandInUtilityProcess extends EventEmitter {
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    super()
    this.#child = child
    child.on('message', (message) => this.emit('message', message))
    child.once('close', (code) => this.emit('exit', code ?? 1))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get stdout(): NodeJS.ReadableStream | null {
    return this.#child.stdout
  }

  get stderr(): NodeJS.ReadableStream | null {
    return this.#child.stderr
  }

  postMessage(message: object): void {
    if (this.#child.connected) this.#child.send(message)
  }

  kill(): boolean {
    return this.#child.kill()
  }
}

export const utilityProcess = {
  fork(program: string, args: readonly string[], options: { readonly env: NodeJS.ProcessEnv }): StandInUtilityProcess {
    const port = fileURLToPath(new URL('parent-port.ts', import.meta.url))
    return new StandInUtilityProcess(
      fork(program, args, { env: options.env, execArgv: ['--import', port], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }),
    )
  },
}
