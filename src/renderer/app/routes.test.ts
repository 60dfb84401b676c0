import { describe, expect, it } from 'vitest'
import { parseRoute, personPath, roomPath, sessionsPath } from './routes.ts'

describe('routes', () => {
  it.each(['lobby', 'a/b', '100%2F', '100%', '__proto__', '..', '?x=1#y', '🎧 jazz', 'قاعة', ' ', "<img src=x onerror='1'>"])(
    'a room named %j is found again from its path',
    (room) => {
      expect(parseRoute(roomPath(room))).toEqual({ page: 'room', room, person: null })
      expect(parseRoute(roomPath(room, 'a/b'))).toEqual({ page: 'room', room, person: 'a/b' })
      expect(parseRoute(sessionsPath(room))).toEqual({ page: 'sessions', room, sid: null })
      expect(parseRoute(sessionsPath(room, 'RM_1'))).toEqual({ page: 'sessions', room, sid: 'RM_1' })
      expect(parseRoute(personPath(room))).toEqual({ page: 'people', identity: room })
    },
  )

  it.each([
    ['/', { page: 'rooms' }],
    ['/log', { page: 'log', view: 'events' }],
    ['/log/actions', { page: 'log', view: 'actions' }],
    ['/people', { page: 'people', identity: null }],
    ['/in-force', { page: 'measures' }],
    ['/people/', { page: 'unknown', path: '/people/' }],
    ['/room/a/sessions/b/c', { page: 'unknown', path: '/room/a/sessions/b/c' }],
    ['/room/a/person', { page: 'unknown', path: '/room/a/person' }],
    ['/settings', { page: 'settings' }],
    ['/nowhere', { page: 'unknown', path: '/nowhere' }],
    ['/room/', { page: 'unknown', path: '/room/' }],
    ['/room/a/b', { page: 'unknown', path: '/room/a/b' }],
    ['/room/%E0%A4%A', { page: 'unknown', path: '/room/%E0%A4%A' }],
  ])('%s is read', (path, route) => {
    expect(parseRoute(path)).toEqual(route)
  })

  it('a name with half a surrogate pair does not throw', () => {
    expect(roomPath('a\ud800')).toBe('/room/a%EF%BF%BD')
  })
})
