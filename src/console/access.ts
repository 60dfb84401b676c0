import type { IncomingMessage } from 'node:http'

/** What a request to 127.0.0.1 must look like to come from a page of ours, on a given port. */
export class Access {
  readonly cookieName: string
  readonly #hosts: ReadonlySet<string>

  constructor(port: number) {
    this.#hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`])
    // Browsers don't keep the cookies of two ports apart; two consoles must not take each other's away.
    this.cookieName = `usher-${port}`
  }

  /** Null when the Host and the Origin are ours; otherwise what is wrong with them. A foreign Host is a name rebound to this machine. */
  refusal(request: IncomingMessage, origin: 'optional' | 'required'): string | null {
    const host = request.headers.host
    if (host === undefined || !this.#hosts.has(host)) return 'Usher answers only to its own address'
    const from = request.headers.origin
    if (from === undefined) return origin === 'required' ? 'Usher needs to know which page asks' : null
    return from === `http://${host}` ? null : 'Usher answers only to its own pages'
  }

  cookie(request: IncomingMessage): string | null {
    for (const pair of (request.headers.cookie ?? '').split(';')) {
      const [name, value] = pair.trim().split('=', 2)
      if (name === this.cookieName && value !== undefined && value !== '') return value
    }
    return null
  }

  setCookie(value: string): string {
    return `${this.cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict`
  }
}
