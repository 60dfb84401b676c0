import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { serverVariables } from './harness/server-variables.ts'

const docs = readdirSync('docs').map((file) => `docs/${file}`)
const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...docs]
const text = new Map(pages.map((page) => [page, readFileSync(page, 'utf8')]))
const read = (page: string) => text.get(page) ?? readFileSync(page, 'utf8')

/** Variables of other programs that the docs name. */
const foreignVariables = new Set(['LIVEKIT_CONFIG', 'LIVEKIT_NODE_IP', 'POSTGRES_PASSWORD'])

const rulesSchema = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
})

function linksOf(page: string): string[] {
  return [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => target ?? []).filter((target) => !/^[a-z]+:/.test(target))
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const headings = [...read(page).matchAll(/^#+ (.+)$/gm)].flatMap(([, heading]) => heading ?? [])
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

function isThere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : join(dirname(page), path)
  return existsSync(file) && (anchor === undefined || anchorsOf(file).has(anchor))
}

/** All of a folder's sources in one text. */
function sourcesOf(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !/\.test\./.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
}

describe('the docs', () => {
  it.each(pages)('%s: each link leads somewhere, down to the heading', (page) => {
    expect(linksOf(page).filter((target) => !isThere(page, target))).toEqual([])
  })

  it('the README leads to each page of docs/', () => {
    const linked = new Set(linksOf('README.md').map((target) => target.split('#')[0]))
    expect(docs.filter((page) => !linked.has(page))).toEqual([])
  })

  it.each(docs)('%s names variables that the sync server reads', (page) => {
    const named = new Set([...read(page).matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)].map(([name]) => name))
    expect([...named].filter((name) => !serverVariables.has(name) && !foreignVariables.has(name))).toEqual([])
  })

  it("S1.8 the README's table of variables is the sync server's own, none left out", () => {
    const table =
      read('README.md')
        .split('## The sync server')[1]
        ?.split('\n\n')
        .find((part) => part.startsWith('| variable')) ?? ''
    const rows = table.split('\n').flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name))
    // Where the platform keeps a user's data is told in words.
    expect(new Set(rows)).toEqual(new Set([...serverVariables].filter((name) => name !== 'LOCALAPPDATA' && name !== 'XDG_DATA_HOME')))
  })
})

describe('docs/alerts.md', () => {
  const page = read('docs/alerts.md')
  const { groups } = rulesSchema.parse(parse(/^```yaml\n([\s\S]+?)^```/m.exec(page)?.[1] ?? ''))
  const rules = groups.flatMap((group) => group.rules)
  const counted = new Set([...sourcesOf('src/server/metrics').matchAll(/\busher_[a-z_]+/g)].map(([name]) => name))

  it('asks for metrics that the sync server has', () => {
    const asked = [...page.matchAll(/\busher_[a-z_]+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''))
    expect(asked.length).toBeGreaterThan(20)
    expect(asked.filter((name) => !counted.has(name))).toEqual([])
  })

  it.each(docs)('%s names metrics that the sync server has', (other) => {
    const named = [...read(other).matchAll(/\busher_[a-z_]+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''))
    expect(named.filter((name) => !counted.has(name))).toEqual([])
  })

  it('says of each alert what it means, and where the runbook tells what to do', () => {
    const rows = [...page.matchAll(/^\| (Usher\w+) \|.*\]\(runbook\.md#[^)]+\) \|$/gm)].map(([, name]) => name)
    expect(rows).toEqual(rules.map(({ alert }) => alert))
  })
})
