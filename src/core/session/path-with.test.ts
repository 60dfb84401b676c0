import { describe, expect, it } from 'vitest'
import { pathWith } from './path-with.ts'

describe('a path with names', () => {
  it.each(['ada/../x', 'a b?c#d%2F', '🎧', 'سارة', '../..', '...'])('keeps %s in its segment', (name) => {
    const path = pathWith`/api/people/${name}/notes`.plain()
    const { pathname } = new URL(path ?? '', 'http://server')
    const segments = pathname.split('/')
    expect(segments).toHaveLength(5)
    expect(decodeURIComponent(segments[3] ?? '')).toBe(name)
  })

  it('is none where a name would lead elsewhere', () => {
    expect(['.', '..', ''].map((name) => pathWith`/api/people/${name}`.plain())).toEqual([null, null, null])
    expect(pathWith`/api/rooms/${'..'}/sessions`.query({ limit: 5 })).toBe(null)
  })

  it('takes a query, without what is not there', () => {
    expect(pathWith`/api/audit`.query({ operator: 'a&b', from: 5, to: undefined })).toBe('/api/audit?operator=a%26b&from=5')
    expect(pathWith`/api/audit`.query({ to: undefined })).toBe('/api/audit')
  })

  it('half an emoji is no crash', () => {
    expect(pathWith`/api/people/${'\ud83c'}`.plain()).toBe('/api/people/%EF%BF%BD')
  })
})
