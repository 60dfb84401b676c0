import { Button, Switch } from '@mantine/core'
import type { Measure } from '#shared/domain/measure.ts'
import type { Participant, Permissions } from '#shared/domain/participant.ts'
import { useTimeText } from '../../app/clock.ts'
import { dismissAction } from '../../app/actions.ts'
import type { HeldAction } from '../../app/held-action.ts'
import { canRetry } from '../../app/outcomes.ts'
import { useSession } from '../../app/session.ts'
import { text } from '../../ui/text.ts'
import { useAllowed, useMay } from '../deeds/useAllowed.ts'
import { failureWords } from '../outcome-text.ts'
import { untilText } from '../header/until-text.ts'
import { isOn, sourcesOf, switchNames, type SwitchName } from '../permissions/switches.ts'
import { isDenied, retryHeld, turnSwitch } from '../permissions/turn-switch.ts'
import { useLaidRights } from '../permissions/useLaidRights.ts'
import classes from './Inspector.module.css'
import { useMeasuresAbout } from './useMeasuresAbout.ts'

const words = text.inspector

/** S2.4 What somebody may, as switches: a change shows at once as pending, goes back with the reason when it is refused, and is true when its fact is there. */
export function PermissionSwitches({ person, facts }: { readonly person: Participant; readonly facts: Permissions }) {
  const laid = useLaidRights(person, facts)
  const measures = useMeasuresAbout(person)
  const mayChange = useMay('set_permissions')
  const role = useSession((state) => state.operator?.role ?? '')
  const { offline } = useAllowed()
  const blocked = offline ?? (person.isOnline ? null : text.actions.away)
  return (
    <section className={classes.section} aria-label={words.permissions} data-permissions>
      <h3 className={classes.heading}>{words.permissions}</h3>
      {switchNames.map((name) => (
        <SwitchLine
          key={name}
          name={name}
          identity={person.identity}
          isOn={isOn(laid.permissions, name)}
          isPending={laid.pending.has(name)}
          refused={laid.refused.get(name) ?? null}
          denial={deniedBy(name, measures)}
          blocked={blocked}
          mayChange={mayChange}
        />
      ))}
      {mayChange ? null : <p className={classes.quiet}>{words.mayNot(role)}</p>}
    </section>
  )
}

type LineProps = {
  readonly name: SwitchName
  readonly identity: string
  readonly isOn: boolean
  readonly isPending: boolean
  readonly refused: HeldAction | null
  /** The measure that takes it away. */
  readonly denial: Measure | null
  readonly blocked: string | null
  readonly mayChange: boolean
}

function SwitchLine(props: LineProps) {
  const { name, identity, refused, denial } = props
  const label = words.switches[name]
  // What a measure denies is off, and goes on by lifting that here: a switch alone would be taken back.
  const isHeld = denial !== null && !props.isOn
  return (
    <div className={classes.switchLine} data-sub={sourcesOf(name) !== null}>
      <Switch
        size="xs"
        label={label}
        checked={props.isOn}
        disabled={!props.mayChange || props.blocked !== null || isHeld}
        title={props.blocked ?? undefined}
        onChange={(event) => turnSwitch(identity, name, event.currentTarget.checked)}
        data-testid={`switch-${name}`}
        data-pending={props.isPending}
      />
      {props.isPending ? (
        <span className={classes.pending} data-testid={`pending-${name}`}>
          {words.pending}
        </span>
      ) : null}
      {isHeld && !props.isPending ? (
        <span className={classes.denial} data-testid={`denied-${name}`}>
          <DeniedBy measure={denial} />
          {props.mayChange && props.blocked === null ? (
            <Button size="compact-xs" variant="default" onClick={() => turnSwitch(identity, name, true)} data-testid={`grant-${name}`}>
              {words.grantHere}
            </Button>
          ) : null}
        </span>
      ) : null}
      {refused === null || refused.outcome.state !== 'failed' ? null : (
        <Refusal entry={refused} why={failureWords(refused.outcome)} testid={`refused-${name}`} />
      )}
    </div>
  )
}

function DeniedBy({ measure }: { readonly measure: Measure }) {
  const until = useTimeText((now) => untilText(measure.until, now))
  return <bdi>{words.deniedBy(measure.by, until)}</bdi>
}

/** Why a change went back, with what can be done. */
export function Refusal({ entry, why, testid }: { readonly entry: HeldAction; readonly why: string; readonly testid: string }) {
  return (
    <span className={classes.refusal} role="alert" data-testid={testid}>
      <span>
        {words.refused} {why}
      </span>
      {canRetry(entry) ? (
        <Button size="compact-xs" variant="default" onClick={() => retryHeld(entry)} data-testid="refused-retry">
          {text.actions.retry}
        </Button>
      ) : null}
      <Button size="compact-xs" variant="subtle" color="gray" onClick={() => dismissAction(entry.action.actionId)}>
        {text.actions.dismiss}
      </Button>
    </span>
  )
}

function deniedBy(name: SwitchName, measures: readonly Measure[]): Measure | null {
  return measures.find((measure) => isDenied(name, [measure])) ?? null
}
