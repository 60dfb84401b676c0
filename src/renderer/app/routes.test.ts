import { describe, expect, it } from 'vitest'
import { parseRoute, roomPath } from './routes.ts'

describe('routes', () => {
  it.each(['lobby', 'a/b', '100%2F', '100%', '__proto__', '..', '?x=1#y', '🎧 jazz', 'قاعة', ' ', "<img src=x onerror='1'>"])(
    'a room named %j is found again from its path',
    (room) => {
      expect(parseRoute(roomPath(room))).toEqual({ page: 'room', room })
    },
  )

  it.each([
    ['/', { page: 'rooms' }],
    ['/log', { page: 'log' }],
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
