import { useEffect, useRef } from 'react'

/** What a key does; a key that was used returns nothing, one that was not for us returns false. */
export type KeyMap = Readonly<Record<string, () => void | false>>

/** Keys that work anywhere on the page, but not while somebody types, a dialog is open, or a modifier is held. */
export function useShortcuts(keys: KeyMap): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target)) return
      const run = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined
      if (run !== undefined && run() !== false) event.preventDefault()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}

/** Whether no control has the focus: it is on the page, or on the content that was just opened. */
export function isFocusFree(): boolean {
  return document.activeElement === null || document.activeElement.matches('body, main')
}

function isTaken(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null) return true
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input:not([type="radio"], [type="checkbox"]), textarea, select'))
  )
}
