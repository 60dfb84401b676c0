import { useEffect, useRef, useState, type MouseEvent, type RefObject } from 'react'
import { text } from '../ui/text.ts'
import { useAnnouncement } from './announcer.ts'
import { Content } from './Content.tsx'
import classes from './Frame.module.css'
import { Rail } from './Rail.tsx'
import { useRoute } from './routes.ts'
import { ShortcutsDialog } from './ShortcutsDialog.tsx'
import { useShortcuts } from './shortcuts.ts'
import { TopBar } from './TopBar.tsx'

/** The window: rail, top bar, content, and the one live region. */
export function Frame() {
  const search = useRef<HTMLInputElement>(null)
  const [help, setHelp] = useState(false)
  const content = useRef<HTMLElement>(null)
  useFocusAfterMove(content)
  useShortcuts({
    '/': () => {
      search.current?.focus()
      search.current?.select()
    },
    '?': () => setHelp(true),
  })
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#content" onClick={focusContent}>
        {text.skip}
      </a>
      <Rail />
      <TopBar searchRef={search} onHelp={() => setHelp(true)} />
      <main ref={content} className={classes.content} id="content" tabIndex={-1}>
        <Content />
      </main>
      <ShortcutsDialog opened={help} onClose={() => setHelp(false)} />
      <LiveRegion />
    </div>
  )
}

/** The link that was followed goes with its page: then the content has the focus, and Tab goes on from there. */
function useFocusAfterMove(content: RefObject<HTMLElement | null>): void {
  const [route] = useRoute()
  const last = useRef(route)
  useEffect(() => {
    if (last.current === route) return
    last.current = route
    if (document.activeElement === document.body) content.current?.focus()
  }, [route, content])
}

function LiveRegion() {
  const message = useAnnouncement((state) => state.message)
  return (
    <div className={classes.liveRegion} role="status" aria-live="polite" data-testid="announcements">
      {message}
    </div>
  )
}

/** The address behind the `#` belongs to the router, so the link moves the focus itself. */
function focusContent(event: MouseEvent) {
  event.preventDefault()
  document.getElementById('content')?.focus()
}
