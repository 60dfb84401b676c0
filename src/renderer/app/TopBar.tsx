import { ActionIcon, Kbd, Tooltip } from '@mantine/core'
import { IconKeyboard, IconSearch } from '@tabler/icons-react'
import type { Ref } from 'react'
import { SyncIndicator } from '../sync/SyncIndicator.tsx'
import { Avatar } from '../ui/Avatar.tsx'
import { FilterInput } from '../ui/FilterInput.tsx'
import { text } from '../ui/text.ts'
import { ConnectionIndicator } from './ConnectionIndicator.tsx'
import classes from './Frame.module.css'
import { setPreferences, usePreferences } from './preferences.ts'
import { useRoute } from './routes.ts'
import { useSession } from './session.ts'
import { ThemeSwitch } from './ThemeSwitch.tsx'

export function TopBar({ searchRef, onHelp }: { readonly searchRef: Ref<HTMLInputElement>; readonly onHelp: () => void }) {
  return (
    <section className={classes.bar} aria-label={text.bar}>
      <Search inputRef={searchRef} />
      <div className={classes.spacer} />
      <SyncIndicator />
      <ConnectionIndicator />
      <ThemeSwitch />
      <Tooltip label={`${text.shortcuts.open} (?)`}>
        <ActionIcon variant="subtle" color="gray" aria-label={text.shortcuts.open} onClick={onHelp}>
          <IconKeyboard size={18} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <OperatorBadge />
    </section>
  )
}

function Search({ inputRef }: { readonly inputRef: Ref<HTMLInputElement> }) {
  const filter = usePreferences((state) => state.roomFilter)
  const [route, navigate] = useRoute()
  function search(roomFilter: string) {
    setPreferences({ roomFilter })
    if (roomFilter !== '' && route.page !== 'rooms') navigate('/')
  }
  return (
    <FilterInput
      ref={inputRef}
      className={classes.search}
      type="search"
      label={text.search.label}
      clearLabel={text.search.clear}
      data-testid="search"
      value={filter}
      onChange={search}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur()
      }}
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={<Kbd size="xs">/</Kbd>}
    />
  )
}

function OperatorBadge() {
  const operator = useSession((state) => state.operator)
  if (operator === null) return null
  return (
    <div className={classes.operator} data-testid="operator">
      <Avatar identity={operator.name} name={operator.name} size={26} />
      <div>
        <div className={classes.operatorName} dir="auto" title={operator.name}>
          {operator.name}
        </div>
        <div className={classes.operatorRole}>{operator.role}</div>
      </div>
    </div>
  )
}
