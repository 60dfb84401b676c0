import { describe, expect, it } from 'vitest'
import { emptyInvite, readInvited } from './read-invited.ts'

describe('S2.2 who is to be invited', () => {
  it('is read line by line, each identity once, with a name after a comma', () => {
    const people = ' ana \n\nbo, Bo Lindqvist, the host\nana, another\n'
    expect(readInvited({ ...emptyInvite, people, role: ' SPEAKER ', canSpeak: true })).toEqual({
      ok: true,
      value: {
        people: [
          { identity: 'ana', role: 'SPEAKER', canSpeak: true, canVideo: false },
          { identity: 'bo', name: 'Bo Lindqvist, the host', role: 'SPEAKER', canSpeak: true, canVideo: false },
        ],
      },
    })
  })

  it('is nobody where nothing was typed, and not more than a thousand', () => {
    expect(readInvited({ ...emptyInvite, people: ' \n , \n' })).toMatchObject({ ok: false, code: 'invalid' })
    const many = Array.from({ length: 1001 }, (_, index) => `guest ${index}`).join('\n')
    expect(readInvited({ ...emptyInvite, people: many })).toMatchObject({ ok: false, code: 'invalid' })
  })
})
