import type { IncomingMessage } from 'node:http'

/** What a request to 127.0.0.1 must look like to come from a page of ours. */
export type Access = {
  /** Null when the Host and the Origin are ours; otherwise what is wrong with them. A foreign Host is a name rebound to this machine. */
  readonly refusal: (request: IncomingMessage, origin: 'optional' | 'required') => string | null
  readonly readCookie: (request: IncomingMessage) => string | null
  /** The `Set-Cookie` header that gives a browser this cookie. */
  readonly setCookie: (value: string) => string
}

/** The access to the console on that port. */
export function createAccess(port: number): Access {
  const hosts: ReadonlySet<string> = new Set([`127.0.0.1:${port}`, `localhost:${port}`])
  // Browsers don't keep the cookies of two ports apart; two consoles must not take each other's away.
  const cookieName = `usher-${port}`

  return {
    refusal(request, origin) {
      const { host, origin: from } = request.headers
      if (host === undefined || !hosts.has(host)) return 'Usher answers only to its own address'
      if (from === undefined) return origin === 'required' ? 'Usher needs to know which page asks' : null
      return from === `http://${host}` ? null : 'Usher answers only to its own pages'
    },
    readCookie(request) {
      for (const pair of (request.headers.cookie ?? '').split(';')) {
        const [name, value] = pair.trim().split('=', 2)
        if (name === cookieName && value !== undefined && value !== '') return value
      }
      return null
    },
    setCookie: (value) => `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict`,
  }
}
