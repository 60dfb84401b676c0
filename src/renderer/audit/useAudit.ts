import { useCallback, useEffect, useRef, useState } from 'react'
import type { AuditQuery } from '#shared/contract/http-audit.ts'
import type { Failure } from '#shared/domain/failure.ts'
import { useFeedNews } from '../app/useFeedNews.ts'
import { useSession } from '../app/session.ts'
import { answered } from '../bridge.ts'
import { addPage, firstPage, showFresh, takeNewest, type AuditPages } from './audit-pages.ts'

export type Audit = {
  /** Null: not read yet. */
  readonly pages: AuditPages | null
  readonly failure: Failure | null
  readonly isLoadingMore: boolean
  readonly again: () => void
  readonly more: () => void
  readonly apply: () => void
}

type Held = { readonly key: string; readonly pages: AuditPages | null; readonly failure: Failure | null }

/** What operators did, page by page. `query` is what is asked for; another `key` starts anew. Read again when the feed tells of an action. */
export function useAudit(key: string, query: () => AuditQuery): Audit {
  const isLinked = useSession((state) => state.connection.state === 'live' || state.connection.state === 'degraded')
  const [held, setHeld] = useState<Held>({ key, pages: null, failure: null })
  const [isLoadingMore, setLoadingMore] = useState(false)
  const latest = useRef(query)
  const turn = useRef(0)
  useEffect(() => {
    latest.current = query
  })
  if (held.key !== key) setHeld({ key, pages: null, failure: null })

  const read = useCallback(() => {
    turn.current += 1
    const mine = turn.current
    if (!isLinked) return
    void answered((host) => host.searchAudit(latest.current())).then((answer) => {
      if (turn.current !== mine) return
      setHeld((before) => {
        if (before.key !== key || !answer.ok) return { ...before, failure: answer.ok ? null : answer }
        return { key, pages: before.pages === null ? firstPage(answer.value) : takeNewest(before.pages, answer.value), failure: null }
      })
    })
  }, [isLinked, key])

  useEffect(() => {
    read()
    return () => {
      turn.current += 1
    }
  }, [read])
  useFeedNews(({ data }) => data.actionId !== undefined || data.operator !== undefined, read)

  const next = held.pages?.next ?? null
  const more = useCallback(() => {
    if (next === null) return
    setLoadingMore(true)
    void answered((host) => host.searchAudit({ ...latest.current(), after: next })).then((answer) => {
      setLoadingMore(false)
      setHeld((before) => {
        if (before.key !== key || before.pages === null || before.pages.next !== next) return before
        return answer.ok ? { ...before, pages: addPage(before.pages, answer.value), failure: null } : { ...before, failure: answer }
      })
    })
  }, [key, next])
  const apply = useCallback(() => {
    setHeld((before) => (before.pages === null ? before : { ...before, pages: showFresh(before.pages) }))
  }, [])

  const current = held.key === key ? held : { pages: null, failure: null }
  return { pages: current.pages, failure: current.failure, isLoadingMore, again: read, more, apply }
}
