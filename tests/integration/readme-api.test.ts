import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SyncServer } from '#server/server.ts'
import { connectConsole } from '../harness/console-client.ts'
import { adminToken, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const serviceToken = 'a-service-token-of-the-tests'
const run = promisify(execFile)

/** The examples of the README's API section: a shell script each, with the comment it begins with as its name. */
function examples(): [string, string][] {
  const readme = readFileSync('README.md', 'utf8')
  const section = /^## The API$(.*?)^## /ms.exec(readme)?.[1] ?? ''
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, script = '']) => [/^# (.*)$/m.exec(script)?.[1] ?? '', script])
}

describe.skipIf(peers.livekit === null)("the README's API section", () => {
  let stack: Stack
  let server: SyncServer
  beforeAll(async () => {
    stack = await startStack()
    server = await stack.serve(0, { serviceToken })
    await stack.join('lobby', 'ana', { microphone: true })
    const console = await connectConsole(server.url)
    await console.open('lobby')
    await console.until(() => console.participants.get('ana')?.audioEnabled === true)
    console.close()
  })
  afterAll(() => stack.stop())

  it('has examples', () => expect(examples().length).toBeGreaterThan(5))

  it.each(examples())('%s', async (_name, script) => {
    const { stdout } = await run('bash', ['-euc', script], {
      env: { PATH: process.env['PATH'], USHER: server.url, TOKEN: adminToken, SERVICE: serviceToken },
    })
    // Without `-f` of curl a refusal would look like an answer.
    expect([...script.matchAll(/\bcurl\b/g)]).toHaveLength([...script.matchAll(/\bcurl -fsSN? /g)].length)
    expect(stdout).not.toContain('"ok":false')
    expect(stdout).not.toBe('')
  })
})
