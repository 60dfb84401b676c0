import { describe, expect, it } from 'vitest'
import { readArguments } from './arguments.ts'
import { startConsole } from './console.ts'
import { dataFolder } from './data-folder.ts'
import { startTestConsole } from './test-kit.ts'

describe('the command line', () => {
  it('runs the demo on a free port where nothing else is asked for', () => {
    expect(readArguments([], {})).toEqual({ ok: true, value: { mode: 'run', port: 0, fallback: 'demo' } })
  })

  it('takes the port from --port, then from USHER_CONSOLE_PORT', () => {
    expect(readArguments(['--port', '4000'], { USHER_CONSOLE_PORT: '5000' })).toMatchObject({ value: { port: 4000 } })
    expect(readArguments([], { USHER_CONSOLE_PORT: '5000' })).toMatchObject({ value: { port: 5000 } })
  })

  it.each([[['--port', 'x']], [['--port', '65536']], [['--port', '-1']], [['--nothing']], [['word']]])('refuses %j in one line', (args) => {
    const read = readArguments(args, {})
    expect(read).toMatchObject({ ok: false, code: 'invalid' })
    expect(read.ok ? '' : read.message).not.toContain('\n')
  })
})

describe('the data folder', () => {
  it("is USHER_DATA_DIR, or the platform's own place", () => {
    expect(dataFolder({ USHER_DATA_DIR: '/data/usher' }, 'linux', '/home/a')).toBe('/data/usher')
    expect(dataFolder({}, 'linux', '/home/a')).toBe('/home/a/.local/share/usher')
    expect(dataFolder({ XDG_DATA_HOME: '/x' }, 'linux', '/home/a')).toBe('/x/usher')
    expect(dataFolder({}, 'darwin', '/Users/a')).toBe('/Users/a/Library/Application Support/Usher')
  })
})

describe('a port in use', () => {
  it('is one plain line, and core is not started', async () => {
    const { port, folder } = await startTestConsole()
    const second = await startConsole({
      port,
      page: { root: folder, bridge: folder },
      controlFile: `${folder}/second.json`,
      createCore: () => Promise.reject(new Error('must not be started')),
      log: () => undefined,
    })
    expect(second).toMatchObject({
      ok: false,
      message: `Port ${port} is in use: choose another with --port, or leave it out for a free one`,
    })
  })
})
