import { IconHistory, IconLayoutGrid, IconRefreshDot, IconSettings, IconShieldLock, IconUsers, type Icon } from '@tabler/icons-react'
import { may, type Capability } from '#shared/domain/operator.ts'
import { text } from '../ui/text.ts'
import { Brand } from '../ui/Brand.tsx'
import classes from './Frame.module.css'
import { useRoute, type Route } from './routes.ts'
import { useSession } from './session.ts'

type Entry = {
  readonly path: string
  readonly label: string
  readonly icon: Icon
  readonly pages: readonly Route['page'][]
  /** Who may not do this sees nothing of it. */
  readonly capability: Capability
}

const entries: readonly Entry[] = [
  { path: '/', label: text.rail.rooms, icon: IconLayoutGrid, pages: ['rooms', 'room', 'sessions'], capability: 'look' },
  { path: '/people', label: text.rail.people, icon: IconUsers, pages: ['people'], capability: 'read_people' },
  { path: '/in-force', label: text.rail.measures, icon: IconShieldLock, pages: ['measures'], capability: 'read_measures' },
  { path: '/log', label: text.rail.log, icon: IconHistory, pages: ['log'], capability: 'look' },
  { path: '/sync', label: text.rail.sync, icon: IconRefreshDot, pages: ['sync'], capability: 'look' },
  { path: '/settings', label: text.rail.settings, icon: IconSettings, pages: ['settings'], capability: 'look' },
]

export function Rail() {
  const [route] = useRoute()
  const operator = useSession((state) => state.operator)
  return (
    <nav className={classes.rail} aria-label={text.rail.label}>
      <div className={classes.brand}>
        <Brand />
      </div>
      {entries
        .filter(({ capability }) => operator === null || may(operator, capability))
        .map((entry) => (
          <a
            key={entry.path}
            className={classes.railLink}
            href={`#${entry.path}`}
            aria-current={entry.pages.includes(route.page) ? 'page' : undefined}
          >
            <entry.icon size={20} stroke={1.6} aria-hidden />
            <span>{entry.label}</span>
          </a>
        ))}
    </nav>
  )
}
