import { z } from 'zod'
import type { CommitFailure } from './redis-commits.ts'
import type { FlatHash } from './redis-record.ts'

/** What became of one commit: the room's new revision and the id of its last log entry, or what is stored instead of what was expected. */
export type CommitReply = { readonly revision: number; readonly id: string } | { readonly state: FlatHash; readonly ended: FlatHash }

const hashSchema = z.array(z.string())
const answerSchema = z.tuple([z.literal('done'), z.string()], z.union([hashSchema, z.string()]))

/** Reads the commit script's answer to so many commits: what became of each, or why Redis failed at it. Throws where it is anything else. */
export function readCommitReplies(answer: unknown, count: number): (CommitReply | CommitFailure)[] {
  const [, text, ...more] = answerSchema.parse(answer)
  const words = text.split(' ')
  if (words.length !== count) throw new Error('Redis answered a commit with something else')
  let next = 0
  return words.map((word) => {
    if (word === '?') return { why: z.string().parse(more[next++]) }
    if (word === '!') return { state: hashSchema.parse(more[next++]), ended: hashSchema.parse(more[next++]) }
    const colon = word.indexOf(':')
    return { revision: Number(word.slice(0, colon)), id: word.slice(colon + 1) }
  })
}
