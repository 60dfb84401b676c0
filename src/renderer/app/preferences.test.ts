import { describe, expect, it } from 'vitest'
import { readPreferences } from './preferences-schema.ts'

const defaults = {
  roomSort: 'attention',
  roomFilter: '',
  roomAttentionOnly: false,
  roomView: 'tiles',
  participantSort: 'speaking',
  recentReasons: [],
}

describe('what is remembered', () => {
  it.each([
    ['nothing stored', null, {}],
    ['not JSON', '{', {}],
    ['another shape', '[1]', {}],
    ['one wrong field', '{"roomSort":"colour","roomFilter":"eu","recentReasons":"x"}', { roomFilter: 'eu' }],
    [
      'all of it',
      '{"roomSort":"size","roomAttentionOnly":true,"roomView":"rows","participantSort":"name","recentReasons":["spam"]}',
      { roomSort: 'size', roomAttentionOnly: true, roomView: 'rows', participantSort: 'name', recentReasons: ['spam'] },
    ],
  ])('%s', (_, stored, change) => expect(readPreferences(stored)).toEqual({ ...defaults, ...change }))
})
