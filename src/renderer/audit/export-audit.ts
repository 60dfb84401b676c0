import type { AuditQuery } from '#shared/contract/http-audit.ts'
import type { Result } from '#shared/domain/failure.ts'
import { answered } from '../bridge.ts'

const types = { csv: 'text/csv', json: 'application/json' } as const

/** Reads what the filter lets through, whole, and has the window save it as a file; the answer is the file's name. */
export async function exportAudit(query: AuditQuery, format: 'csv' | 'json'): Promise<Result<string>> {
  const { limit: _limit, after: _after, ...filter } = query
  return answered(async (host) => {
    const { name, text } = await host.exportAudit({ ...filter, format })
    saveFile(name, new Blob([text], { type: `${types[format]};charset=utf-8` }))
    return name
  })
}

function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has taken the content by the time the page is idle again.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
