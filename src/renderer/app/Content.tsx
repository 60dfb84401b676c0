import { Button } from '@mantine/core'
import { useState } from 'react'
import { assertNever } from '#shared/lib/assert-never.ts'
import { LogPage } from '../activity/LogPage.tsx'
import { MeasuresPage } from '../measures/MeasuresPage.tsx'
import { PeoplePage } from '../people/PeoplePage.tsx'
import { RoomPage } from '../room/RoomPage.tsx'
import { RoomsPage } from '../rooms/RoomsPage.tsx'
import { SessionsPage } from '../sessions/SessionsPage.tsx'
import { FirstStart } from '../settings/FirstStart.tsx'
import { SettingsPage } from '../settings/SettingsPage.tsx'
import { SyncPage } from '../sync/SyncPage.tsx'
import { Notice } from '../ui/Notice.tsx'
import { text } from '../ui/text.ts'
import { useClock } from './clock.ts'
import { useRoute, type Route } from './routes.ts'
import { requestSnapshot, useSession } from './session.ts'

/** After how long (ms) an answer that is still awaited is spoken of. */
const SLOW = 6_000

/** What the address asks for; a host that failed and a first start come before it. */
export function Content() {
  const [route] = useRoute()
  const start = useSession((state) => state.start)
  const hasProfile = useSession((state) => state.profile !== null)
  const life = useProfileLife()
  const isSlow = useClock((clock) => start.phase === 'starting' && clock.now - start.since > SLOW)
  if (isSlow) return <StartSlow />
  if (start.phase === 'failed') return <StartFailed why={start.why} />
  if (start.phase === 'started' && !hasProfile && route.page !== 'settings') return <FirstStart />
  // Settings are where a profile is chosen: what is typed and told there stays, and its parts go by the profile themselves.
  return <Page key={route.page === 'settings' ? 'settings' : life} route={route} />
}

/** Another number with each profile that follows another one: what a page holds, asks or has open is about the servers of one. The first one is waited for. */
function useProfileLife(): number {
  const profile = useSession((state) => state.profile?.id ?? null)
  const [held, setHeld] = useState({ profile, life: 0 })
  if (profile === held.profile) return held.life
  const life = held.profile === null ? held.life : held.life + 1
  setHeld({ profile, life })
  return life
}

function Page({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'rooms':
      return <RoomsPage />
    case 'room':
      return <RoomPage key={route.room} room={route.room} person={route.person} />
    case 'log':
      return <LogPage view={route.view} />
    case 'people':
      return <PeoplePage identity={route.identity} />
    case 'measures':
      return <MeasuresPage />
    case 'sessions':
      return <SessionsPage key={route.room} room={route.room} sid={route.sid} />
    case 'sync':
      return <SyncPage />
    case 'settings':
      return <SettingsPage />
    case 'unknown':
      return (
        <Notice title={text.notFound.title} help={text.notFound.help}>
          <Button component="a" href="#/" variant="default">
            {text.notFound.back}
          </Button>
        </Notice>
      )
    default:
      return assertNever(route, 'route')
  }
}

function StartSlow() {
  return (
    <Notice title={text.start.slowTitle} help={text.start.slow} testid="start-slow">
      <Button onClick={() => void requestSnapshot()}>{text.start.retry}</Button>
    </Notice>
  )
}

function StartFailed({ why }: { readonly why: string }) {
  return (
    <Notice title={text.start.failedTitle} why={why} help={text.start.failedHelp} tone="bad" testid="start-failed">
      <Button onClick={() => void requestSnapshot()}>{text.start.retry}</Button>
    </Notice>
  )
}
