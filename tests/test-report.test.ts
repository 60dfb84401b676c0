import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countReport, sum } from '../scripts/lib/test-report.mjs'

describe('the count that npm test closes with', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usher-report-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const green = { success: true, numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1, testResults: [] }

  async function count(report: unknown, code: number) {
    const file = join(folder, 'report.json')
    await writeFile(file, JSON.stringify(report))
    return countReport(file, code)
  }

  it('takes the numbers of a run that went well', async () => {
    expect(await count(green, 0)).toEqual({ passed: 3, failed: 0, skipped: 2 })
  })

  it('counts a file that could not be loaded as a failure', async () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
    ]
    expect(await count({ ...green, success: false, numFailedTests: 1, testResults }, 1)).toEqual({ passed: 3, failed: 2, skipped: 2 })
  })

  it('counts a run that failed without a failed test, and one without a report, as a failure', async () => {
    expect(await count(green, 1)).toEqual({ passed: 3, failed: 1, skipped: 2 })
    expect(await count({ ...green, success: false }, 0)).toEqual({ passed: 3, failed: 1, skipped: 2 })
    expect(countReport(join(folder, 'none.json'), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })

  it('sums', () => {
    expect(sum([])).toEqual({ passed: 0, failed: 0, skipped: 0 })
    expect(sum([green, green].map(() => ({ passed: 1, failed: 2, skipped: 3 })))).toEqual({ passed: 2, failed: 4, skipped: 6 })
  })
})
