import { expect, it } from 'vitest'
import { columnsIn, wallLayouts } from './wall-layout.ts'

it.each([
  ['tiles', 0, 1],
  ['tiles', 200, 1],
  ['tiles', 509, 1],
  ['tiles', 510, 2],
  ['tiles', 1_343, 5],
  ['rows', 0, 1],
  ['rows', 5_000, 1],
] as const)('%s in %i px stand in %i columns', (view, width, columns) => expect(columnsIn(wallLayouts[view], width)).toBe(columns))
