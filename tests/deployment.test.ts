import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readSettings } from '#server/config.ts'
import { WEBHOOK_PATHS } from '#shared/contract/http.ts'
import { serverVariables } from './harness/server-variables.ts'

const serviceSchema = z.object({
  image: z.string(),
  build: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  command: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
})
const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
})
const livekitSchema = z.object({
  port: z.number(),
  rtc: z.object({ tcp_port: z.number(), udp_port: z.number() }),
  keys: z.record(z.string(), z.string()),
  webhook: z.object({ api_key: z.string(), urls: z.array(z.string()) }),
})

const composeText = readFileSync('compose.yaml', 'utf8')
const dockerfile = readFileSync('Dockerfile', 'utf8')
const caddyfile = readFileSync('deploy/Caddyfile', 'utf8')
/** What somebody puts into `.env`. */
const filledIn = { LIVEKIT_API_KEY: 'a-key', LIVEKIT_API_SECRET: 'a-secret-of-more-than-32-characters', POSTGRES_PASSWORD: 'a1b2c3' }

/** Compose's own `${NAME}`, `${NAME:-default}` and `${NAME:?message}`, which it puts into the texts of a file that was read. */
function interpolate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind: string | undefined, rest: string) => {
    return values[name] ?? (kind === '-' ? rest : '')
  })
}

const { services, volumes } = composeSchema.parse(
  parse(composeText, (_, value: unknown) => (typeof value === 'string' ? interpolate(value, filledIn) : value), { merge: true }),
)
const servers = Object.entries(services).filter(([, { build }]) => build !== undefined)
const service = (name: string) => serviceSchema.parse(services[name])

describe('compose.yaml', () => {
  it('has two sync servers that are the same', () => {
    expect(servers.map(([name]) => name)).toEqual(['usher-1', 'usher-2'])
    expect(servers[0]?.[1]).toEqual(servers[1]?.[1])
  })

  it('gives them variables that the server knows, with values that it takes', () => {
    const { environment } = service('usher-1')
    expect(Object.keys(environment).filter((name) => !serverVariables.has(name))).toEqual([])
    expect(readSettings(environment)).toMatchObject({
      ok: true,
      value: {
        livekitHost: 'http://livekit:7880',
        livekitKeys: [{ key: 'a-key', secret: 'a-secret-of-more-than-32-characters' }],
        redisUrl: 'redis://redis:6379',
        database: { kind: 'postgres', url: 'postgres://usher:a1b2c3@postgres:5432/usher' },
        trustProxy: true,
      },
    })
  })

  it('publishes no port of the servers, which trust the proxy', () => {
    for (const [, { ports }] of servers) expect(ports).toEqual([])
    expect(service('proxy').ports).toEqual(['127.0.0.1:3001:3001'])
  })

  it('S3.1 runs a Redis that evicts nothing and keeps what it has', () => {
    const { command, volumes: mounted } = service('redis')
    const option = (name: string) => command[command.indexOf(name) + 1]
    expect(option('--appendonly')).toBe('yes')
    expect(option('--maxmemory-policy')).toBe('noeviction')
    expect(mounted).toEqual(['redis-data:/data'])
  })

  it('S1.2 has LiveKit sign with a key that the servers verify, and call the proxy on a path of theirs', () => {
    const { environment, ports } = service('livekit')
    const { keys, webhook, port, rtc } = livekitSchema.parse(parse(environment['LIVEKIT_CONFIG'] ?? ''))
    expect(keys).toEqual({ [filledIn.LIVEKIT_API_KEY]: filledIn.LIVEKIT_API_SECRET })
    expect(webhook.api_key).toBe(filledIn.LIVEKIT_API_KEY)
    expect(webhook.urls).toEqual([`http://proxy:3001${WEBHOOK_PATHS[0]}`])
    expect(ports).toEqual([`${port}:${port}`, `${rtc.tcp_port}:${rtc.tcp_port}`, `${rtc.udp_port}:${rtc.udp_port}/udp`])
  })

  it('starts each service after those it needs, and those can tell that they are healthy', () => {
    const waits = Object.values(services).flatMap(({ depends_on }) => Object.entries(depends_on))
    expect(waits).toHaveLength(8)
    expect(waits.filter(([, { condition }]) => condition !== 'service_healthy')).toEqual([])
    // The image built here has a check of its own.
    const mute = waits.filter(([name]) => service(name).healthcheck === undefined && service(name).build === undefined)
    expect(mute.map(([name]) => name)).toEqual([])
  })

  it('mounts volumes that it declares', () => {
    const named = Object.values(services).flatMap((one) => one.volumes.filter((volume) => !volume.startsWith('.')))
    expect(new Set(named.map((volume) => volume.split(':')[0]))).toEqual(new Set(Object.keys(volumes)))
  })

  it('.env.example names all that compose.yaml asks for, and nothing else', () => {
    const asked = new Set([...composeText.matchAll(/\$\{(\w+)/g)].map(([, name]) => name))
    const named = [...readFileSync('.env.example', 'utf8').matchAll(/^(\w+)=/gm)].map(([, name]) => name)
    expect(new Set(named)).toEqual(asked)
  })

  it('the proxy passes on to both servers, on the port of the image', () => {
    const port = /\bPORT=(\d+)/.exec(dockerfile)?.[1]
    expect(caddyfile).toContain(`reverse_proxy ${servers.map(([name]) => `${name}:${port}`).join(' ')} {`)
    expect(caddyfile).toContain('health_uri /healthz')
    expect(service('proxy').volumes).toContain('./deploy/Caddyfile:/etc/caddy/Caddyfile:ro')
  })
})

describe('the image', () => {
  it('is run by no root, asks the server whether it lives, and tells it to end as it expects', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
    expect(/^USER (.+)$/m.exec(last)?.[1]).toBe('node')
    expect(last).toContain('/healthz')
    expect(last).toContain('STOPSIGNAL SIGTERM')
  })

  it('sets variables that the server knows', () => {
    const set = [...(/^ENV (.+)$/m.exec(dockerfile)?.[1] ?? '').matchAll(/(\w+)=/g)].map(([, name]) => name ?? '')
    expect(set).toContain('HOST')
    expect(set.filter((name) => name !== 'NODE_ENV' && !serverVariables.has(name))).toEqual([])
  })

  it('copies what .dockerignore lets through, and .dockerignore lets nothing else through', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) => (paths ?? '').split(' '))
    const [first, ...lines] = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(first).toBe('*')
    expect(new Set(lines)).toEqual(new Set(copied.map((path) => `!${path}`)))
  })
})
