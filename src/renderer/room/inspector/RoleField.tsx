import { Button } from '@mantine/core'
import type { Participant } from '#shared/domain/participant.ts'
import { text } from '../../ui/text.ts'
import { startDeed } from '../deeds/deeds-store.ts'
import { useAllowed } from '../deeds/useAllowed.ts'
import { failureWords } from '../outcome-text.ts'
import { useLaidRights } from '../permissions/useLaidRights.ts'
import classes from './Inspector.module.css'
import { Refusal } from './PermissionSwitches.tsx'

const words = text.inspector

/** The role in this room, as it is or as it is about to be. */
export function RoleField({ person }: { readonly person: Participant }) {
  const { role, isRolePending, roleRefused } = useLaidRights(person, person.permissions)
  const allowed = useAllowed()
  return (
    <section className={classes.section} aria-label={words.role}>
      <div className={classes.roleLine}>
        <h3 className={classes.heading}>{words.role}</h3>
        <span className={classes.role} dir="auto" title={role} data-testid="inspector-role">
          {role}
        </span>
        {isRolePending ? <span className={classes.pending}>{words.pending}</span> : null}
        {allowed.personDeeds.includes('role') ? (
          <Button
            size="compact-xs"
            variant="default"
            disabled={allowed.offline !== null}
            title={allowed.offline ?? undefined}
            onClick={() => startDeed('role', [person.identity])}
            data-testid="inspector-set-role"
          >
            {text.actions.asks(words.setRole)}
          </Button>
        ) : null}
      </div>
      {roleRefused === null || roleRefused.outcome.state !== 'failed' ? null : (
        <Refusal entry={roleRefused} why={failureWords(roleRefused.outcome)} testid="refused-role" />
      )}
    </section>
  )
}
