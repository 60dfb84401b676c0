import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AuditEntry } from '#shared/contract/http-audit.ts'
import { csvHeader, csvLine, toCsv } from './audit-csv.ts'

const entry: AuditEntry = {
  seq: 7,
  at: 0,
  endedAt: 1000,
  operator: 'ana',
  role: 'moderator',
  type: 'ban',
  actionId: 'a',
  room: 'yoga',
  targets: [
    { identity: 'cem', ok: true },
    { identity: null, ok: false, code: 'not_found', detail: 'participant_gone' },
  ],
  targetCount: 2,
  reason: 'says "no", twice',
  text: null,
  result: 'partly',
  code: null,
  detail: null,
  why: null,
  measureId: null,
  hash: 'f00',
}

/** Reads CSV as RFC 4180 has it: every cell quoted, lines end with CRLF. */
function readCsv(text: string): string[][] {
  const lines: string[][] = []
  let cells: string[] = []
  const cell = /"((?:[^"]|"")*)"(,|\r\n)/gy
  while (cell.lastIndex < text.length) {
    const [, value = '', end] = cell.exec(text) ?? []
    if (end === undefined) throw new Error(`no CSV at ${cell.lastIndex}`)
    cells.push(value.replaceAll('""', '"'))
    if (end === ',') continue
    lines.push(cells)
    cells = []
  }
  return lines
}

const NASTY = '=+-@＝＋－＠"\'\t\r\n,; \u00a0\u200b\0x'

describe('the audit as CSV', () => {
  it('D6 has all that an entry has, several targets in as many lines of one cell', () => {
    const [names = [], values = []] = readCsv(csvHeader + toCsv(entry))
    expect(Object.fromEntries(names.map((name, index) => [name, values[index]]))).toEqual({
      seq: '7',
      at: '1970-01-01T00:00:00.000Z',
      ended_at: '1970-01-01T00:00:01.000Z',
      operator: 'ana',
      role: 'moderator',
      type: 'ban',
      action_id: 'a',
      room: 'yoga',
      targets: 'cem\n(erased)',
      target_count: '2',
      failed_targets: '(erased): not_found participant_gone',
      reason: 'says "no", twice',
      text: '',
      result: 'partly',
      code: '',
      detail: '',
      why: '',
      measure_id: '',
      hash: 'f00',
    })
  })

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\tx',
    '\rx',
    ' =1',
    '\n=1',
    '\u00a0=1',
    '\u3000＝1',
    '\u200b=1',
    '\ufeff@x',
    '＝1',
    '＋1',
    '－1',
    '＠x',
    '﹦1',
    '−1',
    '=cmd|"/c calc"!A1',
  ])('D6 makes a text of what a spreadsheet would run: %j', (cell) => {
    expect(readCsv(csvLine([cell]))).toEqual([[`'${cell}`]])
  })

  it.each(['a=1', "'=1", '1-1', '', ' x', 'ana@example.org', '"=1"', '[=1]'])('leaves %j as it is', (cell) => {
    expect(readCsv(csvLine([cell]))).toEqual([[cell]])
  })

  it('D6 keeps every text, and lets none begin a formula', { timeout: 30_000 }, () => {
    const nasty = fc.string({ unit: fc.constantFrom(...Array.from(NASTY)) })
    fc.assert(
      fc.property(fc.array(fc.oneof(nasty, fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 5 }), (cells) => {
        const [read = []] = readCsv(csvLine(cells))
        expect(read.map((cell, index) => (cell === cells[index] ? cell : cell.slice(1)))).toEqual(cells)
        // What is seen first, whatever stands before it that can't be.
        for (const cell of read) expect(cell.replace(/^[\p{Z}\p{C}]+/u, '')).not.toMatch(/^[=+\-@＝＋－＠]/u)
        for (const cell of read) expect(cell).not.toMatch(/^[\t\r]/)
      }),
    )
  })
})
