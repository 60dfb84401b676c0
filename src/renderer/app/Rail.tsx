import { IconHistory, IconLayoutGrid, IconRefreshDot, IconSettings, type Icon } from '@tabler/icons-react'
import { text } from '../ui/text.ts'
import { Brand } from '../ui/Brand.tsx'
import classes from './Frame.module.css'
import { useRoute, type Route } from './routes.ts'

type Entry = { readonly path: string; readonly label: string; readonly icon: Icon; readonly pages: readonly Route['page'][] }

const entries: readonly Entry[] = [
  { path: '/', label: text.rail.rooms, icon: IconLayoutGrid, pages: ['rooms', 'room'] },
  { path: '/log', label: text.rail.log, icon: IconHistory, pages: ['log'] },
  { path: '/sync', label: text.rail.sync, icon: IconRefreshDot, pages: ['sync'] },
  { path: '/settings', label: text.rail.settings, icon: IconSettings, pages: ['settings'] },
]

export function Rail() {
  const [route] = useRoute()
  return (
    <nav className={classes.rail} aria-label={text.rail.label}>
      <div className={classes.brand}>
        <Brand />
      </div>
      {entries.map((entry) => (
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
