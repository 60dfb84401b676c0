import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDatabaseSettings } from './database-settings.ts'

describe('readDatabaseSettings', () => {
  it('S1.8 takes PostgreSQL where there is an address, also beside a folder', () => {
    const url = 'postgres://usher:p%2Fw@db.example:5433/usher?sslmode=verify-full'
    expect(readDatabaseSettings({ DATABASE_URL: url, USHER_DATA_DIR: '/data' })).toEqual({ ok: true, value: { kind: 'postgres', url } })
  })

  it('takes a SQLite file in the folder it is given, whole', () => {
    expect(readDatabaseSettings({ USHER_DATA_DIR: 'data' })).toEqual({
      ok: true,
      value: { kind: 'sqlite', file: resolve('data', 'usher.sqlite') },
    })
  })

  it.each([
    ['linux', {}, join(homedir(), '.local/share/usher-server/usher.sqlite')],
    ['linux', { XDG_DATA_HOME: '/share' }, '/share/usher-server/usher.sqlite'],
    ['darwin', {}, join(homedir(), 'Library/Application Support/usher-server/usher.sqlite')],
    ['win32', { LOCALAPPDATA: '/local', DATABASE_URL: '' }, '/local/usher-server/usher.sqlite'],
  ] as const)('else one in the data folder of %s', (platform, environment, file) => {
    expect(readDatabaseSettings(environment, platform)).toEqual({ ok: true, value: { kind: 'sqlite', file } })
  })

  it.each([
    ['mysql://x/y', 'DATABASE_URL must be an address that starts with postgres://'],
    ['postgres:///y', 'DATABASE_URL must name a host'],
    ['postgres://u:secret%zz@x/y', 'DATABASE_URL must have each % of its password written as %25'],
    ['secret', 'DATABASE_URL must be an address that starts with postgres://'],
  ])('names the variable and never the value: %s', (url, message) => {
    expect(readDatabaseSettings({ DATABASE_URL: url })).toEqual({ ok: false, code: 'invalid', message })
  })
})
