import { useMemo } from 'react'
import { useHashLocation } from 'wouter/use-hash-location'

export type LogView = 'events' | 'actions'

export type Route =
  | { readonly page: 'rooms' }
  /** `person`: who is to be selected there. */
  | { readonly page: 'room'; readonly room: string; readonly person: string | null }
  /** Past sessions of a room; `sid`: one of them, whole. */
  | { readonly page: 'sessions'; readonly room: string; readonly sid: string | null }
  | { readonly page: 'people'; readonly identity: string | null }
  | { readonly page: 'measures' }
  | { readonly page: 'log'; readonly view: LogView }
  | { readonly page: 'sync' }
  | { readonly page: 'settings' }
  | { readonly page: 'unknown'; readonly path: string }

/** Reads a path as it stands behind the `#`, still encoded: a router that decodes it first would mix up `%` and `/` in names. */
export function parseRoute(path: string): Route {
  if (path === '' || path === '/') return { page: 'rooms' }
  if (path === '/people') return { page: 'people', identity: null }
  if (path === '/in-force') return { page: 'measures' }
  if (path === '/log') return { page: 'log', view: 'events' }
  if (path === '/log/actions') return { page: 'log', view: 'actions' }
  if (path === '/sync') return { page: 'sync' }
  if (path === '/settings') return { page: 'settings' }
  return parseNamed(path) ?? { page: 'unknown', path }
}

/** A path with names in it: each is a segment of its own. */
function parseNamed(path: string): Route | null {
  const names = path.split('/').slice(1).map(decode)
  if (names.includes(null) || names.includes('')) return null
  const [first, name = null, second, detail = null] = names
  if (name === null || names.length > 4) return null
  if (first === 'people' && names.length === 2) return { page: 'people', identity: name }
  if (first !== 'room') return null
  if (names.length === 2) return { page: 'room', room: name, person: null }
  if (second === 'person' && detail !== null) return { page: 'room', room: name, person: detail }
  return second === 'sessions' ? { page: 'sessions', room: name, sid: detail } : null
}

/** The path of a room: its name may hold anything. `person`: who is to be selected there. */
export function roomPath(room: string, person?: string): string {
  const path = `/room/${encode(room)}`
  return person === undefined ? path : `${path}/person/${encode(person)}`
}

/** The path of a room's past sessions, or of one of them. */
export function sessionsPath(room: string, sid?: string): string {
  const path = `/room/${encode(room)}/sessions`
  return sid === undefined ? path : `${path}/${encode(sid)}`
}

/** The path of somebody's page. */
export function personPath(identity: string): string {
  return `/people/${encode(identity)}`
}

function encode(name: string): string {
  return encodeURIComponent(name.toWellFormed())
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
