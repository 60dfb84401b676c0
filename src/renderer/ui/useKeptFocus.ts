import { useEffect, useRef, type RefObject } from 'react'

/** After how long (ms) a closed dialog has given the focus back, where it still could. */
const GIVEN_BACK = 30

/** Keeps the keys in a list (the ref goes on it) whose row goes away under them, also while a dialog asks about that row: then the list itself has them. */
export function useKeptFocus(): RefObject<HTMLDivElement | null> {
  const list = useRef<HTMLDivElement>(null)
  /** What had the focus in the list; null once it has gone elsewhere, but for a dialog. */
  const last = useRef<EventTarget | null>(null)
  useEffect(() => {
    const element = list.current
    function enter({ target }: FocusEvent) {
      last.current = target
    }
    function leave({ relatedTarget }: FocusEvent) {
      if (relatedTarget instanceof Element && relatedTarget.closest('[role="dialog"]') === null) last.current = null
    }
    element?.addEventListener('focusin', enter)
    element?.addEventListener('focusout', leave)
    return () => {
      element?.removeEventListener('focusin', enter)
      element?.removeEventListener('focusout', leave)
    }
  }, [])
  // After whatever has been drawn anew.
  useEffect(() => {
    const timer = setTimeout(() => {
      const isLost = last.current instanceof Node && !last.current.isConnected && document.activeElement === document.body
      if (isLost) list.current?.focus()
    }, GIVEN_BACK)
    return () => clearTimeout(timer)
  })
  return list
}
