import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pageHeaders, preparePage, readPageFile } from '#core/hosting/page-files.ts'
import type { Log } from '#core/ports.ts'
import { describeError } from '#shared/lib/describe-error.ts'
import type { Access } from './access.ts'
import type { LaunchTokens } from './launch-token.ts'
import type { PageSession, PageSessions } from './page-sessions.ts'
import { BRIDGE_PATH } from './page-protocol.ts'
import { isSameSecret } from './random-secret.ts'
import { refusalPage } from './refusal-page.ts'

/** Where the page's own files lie, and the script that gives it `window.usher`. */
export type PageSource = { readonly root: string; readonly bridge: string }

export type HttpOptions = {
  readonly access: Access
  readonly tokens: LaunchTokens
  readonly sessions: PageSessions
  readonly page: PageSource
  /** Who knows it may ask for a new link: it lies in the control file. */
  readonly controlSecret: string
  readonly newLink: () => string
  readonly log: Log
}

export const LINK_PATH = '/control/link'

type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Buffer }

const html = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' }
const plain = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }

/** Answers every HTTP request of the console: launch links, the page and its files for who has a cookie, the link command. */
export function createHttpHandler(options: HttpOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const { access, tokens, sessions } = options

  async function answer(request: IncomingMessage): Promise<Answer> {
    const refusal = access.refusal(request, 'optional')
    if (refusal !== null) return { status: 403, headers: plain, body: `${refusal}.\n` }
    const url = URL.parse(request.url ?? '/', 'http://127.0.0.1')
    if (url === null) return { status: 400, headers: plain, body: 'That is no address.\n' }
    if (request.method === 'POST' && url.pathname === LINK_PATH) return answerLinkCommand(request)
    if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, headers: { ...plain, Allow: 'GET, HEAD' } }
    const session = sessions.find(access.readCookie(request))
    const token = url.pathname === '/' && request.method === 'GET' ? url.searchParams.get('launch') : null
    if (token !== null) return answerLaunch(token, session)
    if (session === null) return { status: 401, headers: html, body: refusalPage() }
    if (url.pathname === BRIDGE_PATH) return answerBridge()
    return answerFile(url.pathname, session, request.method)
  }

  function answerLaunch(token: string, session: PageSession | null): Answer {
    const home = { Location: '/', 'Cache-Control': 'no-store' }
    if (tokens.redeem(token)) return { status: 303, headers: { ...home, 'Set-Cookie': access.setCookie(sessions.open()) } }
    // A used link opened again in the browser that used it: nothing is gained, and nothing needs to be refused.
    return session === null ? { status: 401, headers: html, body: refusalPage() } : { status: 303, headers: home }
  }

  function answerLinkCommand(request: IncomingMessage): Answer {
    const secret = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    const fromPage = request.headers.origin !== undefined
    if (fromPage || secret === undefined || !isSameSecret(secret, options.controlSecret)) {
      return { status: 401, headers: plain, body: 'Not for you.\n' }
    }
    return {
      status: 200,
      headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
      body: JSON.stringify({ url: options.newLink() }),
    }
  }

  async function answerBridge(): Promise<Answer> {
    const body = await readFile(options.page.bridge)
    return { status: 200, headers: { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'no-cache' }, body }
  }

  async function answerFile(pathname: string, session: PageSession, method: string): Promise<Answer> {
    const file = await readPageFile(options.page.root, pathname)
    if (file === null) return { status: 404, headers: plain, body: 'There is no such file.\n' }
    const headers = { 'Content-Type': file.type, 'Cache-Control': file.cache }
    if (file.kind === 'file' || method === 'HEAD') return { status: 200, headers, body: file.body }
    const nonce = sessions.deliverNonce(session)
    const meta = nonce === null ? '' : `<meta name="usher-page" content="${nonce}">`
    return {
      status: 200,
      headers,
      body: preparePage(file.body.toString('utf8'), `${meta}<script type="module" src="${BRIDGE_PATH}"></script>`),
    }
  }

  return (request, response) => {
    // No request has a body that is looked at.
    request.resume()
    answer(request)
      .catch((error: unknown): Answer => {
        options.log('error', `a request for the page failed: ${describeError(error)}`)
        return { status: 500, headers: plain, body: 'Usher could not read its own files: build it again with npm start.\n' }
      })
      .then((result) => send(request, response, result))
      .catch(() => response.destroy())
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const body = Buffer.from(answer.body ?? '')
  response.writeHead(answer.status, { ...pageHeaders, ...answer.headers, 'Content-Length': body.byteLength })
  response.end(request.method === 'HEAD' ? undefined : body)
}
