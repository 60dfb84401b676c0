import { useCallback, useState } from 'react'
import type { RoomSessions } from '#shared/contract/http-sessions.ts'
import type { Failure } from '#shared/domain/failure.ts'
import { useFeedNews } from '../app/useFeedNews.ts'
import { useReading } from '../app/useReading.ts'
import { useSession } from '../app/session.ts'
import { answered } from '../bridge.ts'
import { useSettling } from './useSettling.ts'

export type PastSessions = {
  /** Newest first; null: not read yet. */
  readonly sessions: RoomSessions['sessions'] | null
  readonly failure: Failure | null
  readonly hasMore: boolean
  readonly isLoadingMore: boolean
  readonly again: () => void
  readonly more: () => void
}

type Older = { readonly of: RoomSessions; readonly sessions: RoomSessions['sessions']; readonly next: string | undefined }

/** The sessions of a room, page by page; read again when one begins or ends. */
export function usePastSessions(room: string): PastSessions {
  const isLive = useSession((state) => state.rooms?.has(room) ?? true)
  const first = useReading(room, () => answered((host) => host.listSessions({ room })))
  const [older, setOlder] = useState<Older | null>(null)
  const [isLoadingMore, setLoadingMore] = useState(false)
  const [refused, setRefused] = useState<Failure | null>(null)
  useFeedNews(({ type, data }) => data.room?.name === room && (type === 'room_started' || type === 'room_finished'), first.again)
  useSettling(first.value?.sessions[0]?.endedAt === null && !isLive, first)
  // Older pages belong to the first one that they followed.
  const added = older !== null && older.of === first.value ? older : null
  const next = added === null ? first.value?.next : added.next

  const more = useCallback(() => {
    const of = first.value
    if (of === null || next === undefined) return
    setLoadingMore(true)
    void answered((host) => host.listSessions({ room, after: next })).then((answer) => {
      setLoadingMore(false)
      setRefused(answer.ok ? null : answer)
      if (answer.ok) setOlder({ of, sessions: [...(added?.sessions ?? []), ...answer.value.sessions], next: answer.value.next })
    })
  }, [room, first.value, next, added])

  return {
    sessions: first.value === null ? null : [...first.value.sessions, ...(added?.sessions ?? [])],
    failure: first.failure ?? refused,
    hasMore: next !== undefined,
    isLoadingMore,
    again: first.again,
    more,
  }
}
