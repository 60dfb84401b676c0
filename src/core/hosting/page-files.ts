import { readFile, realpath } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.map': 'application/json; charset=utf-8',
}

/**
 * Headers of every answer that a page of ours gets, whichever host serves it. The open room connects to LiveKit itself, hence ws: and wss:.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "connect-src 'self' ws: wss:",
    "img-src 'self' data:",
    "media-src 'self' blob:",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), display-capture=()',
}

export type PageFile = { readonly kind: 'page' | 'file'; readonly type: string; readonly cache: string; readonly body: Buffer }

/**
 * The file of a built page that a URL's path names, or null. Nothing outside `root` is ever read, by no spelling of the path and by no
 * link. A path that names no file but looks like a place in the app (no extension) is the page itself.
 */
export async function readPageFile(root: string, pathname: string): Promise<PageFile | null> {
  const path = decodePath(pathname)
  if (path === null) return null
  const base = await realpath(root).catch(() => null)
  if (base === null) return null
  const wanted = path.endsWith('/') ? `${path}index.html` : path
  const found = (await readInside(base, wanted)) ?? (extname(path) === '' ? await readInside(base, '/index.html') : null)
  if (found === null) return null
  const extension = extname(found.file).toLowerCase()
  return {
    kind: extension === '.html' ? 'page' : 'file',
    type: types[extension] ?? 'application/octet-stream',
    // The build puts a hash of the content into the name of everything under assets.
    cache: extension === '.html' ? 'no-store' : path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache',
    body: found.body,
  }
}

/**
 * The page with its own files named from the root, so that it also loads from a place deeper in the app; `head` is put before its scripts.
 */
export function preparePage(html: string, head: string): string {
  const rooted = html.replaceAll(/(\s(?:src|href)=")\.\//g, '$1/')
  return head === '' ? rooted : rooted.replace(/<head(?:\s[^>]*)?>/i, (tag) => `${tag}${head}`)
}

function decodePath(pathname: string): string | null {
  try {
    const path = decodeURIComponent(pathname)
    return path.startsWith('/') && !path.includes('\0') && !path.includes('\\') ? path : null
  } catch {
    return null
  }
}

async function readInside(base: string, path: string): Promise<{ file: string; body: Buffer } | null> {
  const inside = base + sep
  const file = resolve(join(base, path))
  if (!file.startsWith(inside)) return null
  try {
    const real = await realpath(file)
    return real.startsWith(inside) ? { file: real, body: await readFile(real) } : null
  } catch {
    return null
  }
}
