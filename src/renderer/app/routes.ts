import { useMemo } from 'react'
import { useHashLocation } from 'wouter/use-hash-location'

export type Route =
  | { readonly page: 'rooms' }
  | { readonly page: 'room'; readonly room: string }
  | { readonly page: 'log' }
  | { readonly page: 'sync' }
  | { readonly page: 'settings' }
  | { readonly page: 'unknown'; readonly path: string }

/** Reads a path as it stands behind the `#`, still encoded: a router that decodes it first would mix up `%` and `/` in names. */
export function parseRoute(path: string): Route {
  if (path === '' || path === '/') return { page: 'rooms' }
  if (path === '/log') return { page: 'log' }
  if (path === '/sync') return { page: 'sync' }
  if (path === '/settings') return { page: 'settings' }
  const encoded = /^\/room\/([^/]+)$/.exec(path)?.[1]
  const room = encoded === undefined ? null : decode(encoded)
  return room === null ? { page: 'unknown', path } : { page: 'room', room }
}

/** The path of a room: its name may hold anything. */
export function roomPath(room: string): string {
  return `/room/${encodeURIComponent(room.toWellFormed())}`
}

/** Where the console is, and how to go elsewhere. */
export function useRoute(): readonly [Route, (path: string) => void] {
  const [path, navigate] = useHashLocation()
  const route = useMemo(() => parseRoute(path), [path])
  return [route, navigate]
}

function decode(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return null
  }
}
