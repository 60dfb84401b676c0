import { send } from './webhooks.ts'
import { adminToken } from './stack.ts'

/** The samples of a server's metrics, by name and labels as Prometheus writes them. */
export async function scrape(url: string): Promise<ReadonlyMap<string, number>> {
  const answered = await send(url, '/metrics', { method: 'GET', headers: { authorization: `Bearer ${adminToken}` } })
  const lines = 'body' in answered ? answered.body.split('\n').filter((line) => line !== '' && !line.startsWith('#')) : []
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]))
}
