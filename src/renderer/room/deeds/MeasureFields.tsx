import { Chip, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { MeasureKind, MeasureScope } from '#shared/domain/measure.ts'
import { longestOf } from '#shared/domain/operator.ts'
import { publishSourceSchema, type PublishSource } from '#shared/domain/participant.ts'
import { useSession } from '../../app/session.ts'
import { text } from '../../ui/text.ts'
import classes from './DeedDialog.module.css'
import { choicesFor, lastingChoices, type Lasting } from './lasting.ts'

const words = text.dialog

/** Which sources it is about. */
export function SourcesField(props: {
  readonly sources: readonly PublishSource[]
  readonly isMissing: boolean
  readonly onChange: (sources: readonly PublishSource[]) => void
}) {
  return (
    <Group label={words.sources} error={props.isMissing ? words.sourcesNeeded : null}>
      {publishSourceSchema.options.map((source) => (
        <Chip
          key={source}
          size="xs"
          checked={props.sources.includes(source)}
          onChange={(on) =>
            props.onChange(publishSourceSchema.options.filter((one) => (one === source ? on : props.sources.includes(one))))
          }
          data-testid={`source-${source}`}
        >
          {words.source[source]}
        </Chip>
      ))}
    </Group>
  )
}

/** For how long: only what the operator's role may choose is there. */
export function LastingField(props: {
  readonly label: string
  readonly measure: MeasureKind
  readonly lasting: Lasting
  readonly isWrong: boolean
  readonly onChange: (lasting: Lasting) => void
}) {
  const { lasting, onChange } = props
  const operator = useSession((state) => state.operator)
  const choices = operator === null ? lastingChoices : choicesFor(operator, props.measure)
  const longest = operator === null ? null : longestOf(operator, props.measure)
  return (
    <Group label={props.label} hint={longest === null ? null : words.longest(longest.words)}>
      <Chip.Group value={lasting.choice} onChange={(choice) => onChange({ ...lasting, choice: choice })}>
        {choices.map((choice) => (
          <Chip key={choice} size="xs" name="lasting" value={choice} data-testid={`lasting-${choice}`}>
            {words.lasting[choice]}
          </Chip>
        ))}
      </Chip.Group>
      {lasting.choice === 'at' ? (
        <TextInput
          type="datetime-local"
          size="xs"
          aria-label={words.at}
          data-testid="lasting-time"
          value={lasting.at}
          error={props.isWrong ? words.atWrong : null}
          onChange={(event) => onChange({ ...lasting, at: event.currentTarget.value })}
        />
      ) : null}
    </Group>
  )
}

/** Where: in this room, or in all. */
export function ScopeField({ scope, onChange }: { readonly scope: MeasureScope; readonly onChange: (scope: MeasureScope) => void }) {
  return (
    <Group label={words.scope}>
      <Chip.Group value={scope} onChange={(chosen) => onChange(chosen)}>
        <Chip size="xs" name="scope" value="room" data-testid="scope-room">
          {words.scopes.room}
        </Chip>
        <Chip size="xs" name="scope" value="all" data-testid="scope-all">
          {words.scopes.all}
        </Chip>
      </Chip.Group>
    </Group>
  )
}

function Group(props: {
  readonly label: string
  readonly error?: string | null
  readonly hint?: string | null
  readonly children: ReactNode
}) {
  return (
    <fieldset className={classes.group}>
      <legend className={classes.label}>{props.label}</legend>
      <div className={classes.choices}>{props.children}</div>
      {props.error == null ? null : (
        <p className={classes.error} role="alert">
          {props.error}
        </p>
      )}
      {props.hint == null ? null : <p className={classes.hint}>{props.hint}</p>}
    </fieldset>
  )
}
