import { protocol } from 'electron'
import { pageHeaders, preparePage, readPageFile } from '#core/hosting/page-files.ts'
import { APP_SCHEME, isAppAddress } from './app-address.ts'

/** Must run before the app is ready. */
export function registerAppProtocol(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } }])
}

/** Serves the built page, with its policy, from `root` and from nowhere else. */
export function serveApp(root: string): void {
  protocol.handle(APP_SCHEME, async (request) => {
    if (!isAppAddress(request.url) || (request.method !== 'GET' && request.method !== 'HEAD')) return refuse(403)
    const file = await readPageFile(root, new URL(request.url).pathname)
    if (file === null) return refuse(404)
    const body = file.kind === 'page' ? preparePage(file.body.toString('utf8'), '') : new Uint8Array(file.body)
    return new Response(body, { status: 200, headers: { ...pageHeaders, 'Content-Type': file.type, 'Cache-Control': file.cache } })
  })
}

function refuse(status: 403 | 404): Response {
  return new Response(null, { status, headers: pageHeaders })
}
