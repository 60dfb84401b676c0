import { z } from 'zod'
import type { FlatHash } from './redis-record.ts'

/** What became of one commit: the room's new revision and the id of its last log entry, or what is stored instead of what was expected. */
export type CommitReply = { readonly revision: number; readonly id: string } | { readonly state: FlatHash; readonly ended: FlatHash }

const conflictSchema = z.tuple([z.array(z.string()), z.array(z.string())])

/** Reads the commit script's answer to so many commits. Throws where it is anything else. */
export function readCommitReplies(answer: unknown, count: number): CommitReply[] {
  if (!Array.isArray(answer) || answer.length !== count + 1) throw new Error('Redis answered a commit with something else')
  return answer.slice(1).map(readReply)
}

/** The usual answer is looked at by hand: a schema takes longer than the rest of a commit here. */
function readReply(reply: unknown): CommitReply {
  if (Array.isArray(reply)) {
    // An array of anything.
    const [revision, id] = reply as unknown[]
    if (typeof revision === 'number' && typeof id === 'string') return { revision, id }
  }
  const [state, ended] = conflictSchema.parse(reply)
  return { state, ended }
}
