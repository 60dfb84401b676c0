import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findLivekitServer } from './find-livekit.ts'

let home = ''

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'find-livekit-'))
})
afterEach(() => {
  rmSync(home, { recursive: true })
})

/** A program that prints a line whatever it's asked. */
function program(path: string, line: string): string {
  const file = join(home, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `#!/bin/sh\necho '${line}'\n`)
  chmodSync(file, 0o755)
  return file
}

describe.skipIf(process.platform === 'win32')('finding livekit-server', () => {
  it('takes the one that is named, if it can be run', () => {
    const named = program('somewhere/lk', '')
    program('bin/livekit-server', '')
    const PATH = join(home, 'bin')
    expect(findLivekitServer({ HOME: home, PATH, USHER_LIVEKIT_SERVER: named })).toBe(named)
    expect(findLivekitServer({ HOME: home, PATH, USHER_LIVEKIT_SERVER: join(home, 'missing') })).toBeNull()
  })

  it('finds none when told that there is none', () => {
    program('bin/livekit-server', '')
    expect(findLivekitServer({ HOME: home, PATH: join(home, 'bin'), USHER_LIVEKIT_SERVER: 'none' })).toBeNull()
  })

  it('prefers PATH, then the folders of Go', () => {
    const built = program('gobin/livekit-server', '')
    const env = { HOME: home, PATH: join(home, 'bin'), GOBIN: join(home, 'gobin') }
    expect(findLivekitServer(env)).toBe(built)
    const onPath = program('bin/livekit-server', '')
    expect(findLivekitServer(env)).toBe(onPath)
  })

  it.each([
    ['livekit-server version 1.13.5', true],
    ['toxiproxy version 2.5.0', false],
  ])('takes a file named server for LiveKit only by its own word: %s', (line, taken) => {
    const server = program('go/bin/server', line)
    expect(findLivekitServer({ HOME: home, PATH: '' })).toBe(taken ? server : null)
  })
})
