import { Button, TextInput } from '@mantine/core'
import type { PublishSource } from '#shared/domain/participant.ts'
import { ReasonField } from '../../ui/ReasonField.tsx'
import { text } from '../../ui/text.ts'
import { deedSpecs, isRoomDeed, needsCount, type Deed } from './deed.ts'
import classes from './DeedDialog.module.css'
import { closeDialog, type Asked } from './deeds-store.ts'
import { ExceptField } from './ExceptField.tsx'
import { LastingField, ScopeField, SourcesField } from './MeasureFields.tsx'
import type { Draft } from './make-action.ts'
import { MessageField, RoleField } from './TextFields.tsx'
import { useDraft } from './useDraft.ts'
import { Warning, Whom } from './Whom.tsx'

const words = text.dialog

/** What is asked for before a deed. The first thing to fill in has the focus, never the button that does it. */
export function DeedForm({ asked }: { readonly asked: Asked }) {
  const { deed, target } = asked
  const { draft, change, count, errors, refused, submit } = useDraft(asked)
  const { fields, reason, measure, isHard } = deedSpecs[deed]
  const has = (field: (typeof fields)[number]) => fields.includes(field)
  const isForMany = isRoomDeed(deed) || target.people.length > 1
  const isCounted = needsCount(deed, count)
  return (
    <form
      className={classes.form}
      data-testid={`${deed.replaceAll('_', '-')}-dialog`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Whom target={target} isRoom={isRoomDeed(deed)} />
      {has('text') ? (
        <MessageField value={draft.text} isMissing={errors.has('text')} onChange={(value) => change({ text: value })} />
      ) : null}
      {has('role') ? <RoleField value={draft.role} isMissing={errors.has('role')} onChange={(role) => change({ role })} /> : null}
      {reason === 'none' ? null : (
        <ReasonField
          value={draft.reason}
          isNeeded={reason === 'needed'}
          isMissing={errors.has('reason')}
          hasFocus={!has('role')}
          onChange={(value) => change({ reason: value })}
        />
      )}
      {has('sources') ? (
        <SourcesField
          sources={draft.sources}
          isMissing={errors.has('sources')}
          onChange={(sources: readonly PublishSource[]) => change({ sources })}
        />
      ) : null}
      {measure !== null && (has('until') || has('reopen')) ? (
        <LastingField
          label={has('reopen') ? words.reopen : words.until}
          measure={measure}
          lasting={draft.lasting}
          isWrong={errors.has('until')}
          onChange={(lasting) => change({ lasting })}
        />
      ) : null}
      {has('scope') ? <ScopeField scope={draft.scope} onChange={(scope) => change({ scope })} /> : null}
      {has('except') || (isForMany && !isRoomDeed(deed)) ? (
        <ExceptField people={target.people} except={draft.except} onChange={(except) => change({ except })} />
      ) : null}
      <p className={classes.consequence} data-testid="consequence">
        {consequenceOf(deed, draft)}
      </p>
      {isForMany && !isCounted ? <p className={classes.hint}>{words.affects(count)}</p> : null}
      {isCounted ? (
        <TextInput
          data-testid="count"
          label={words.count(count)}
          description={words.countHint(count)}
          inputMode="numeric"
          autoComplete="off"
          maxLength={6}
          value={draft.count}
          error={errors.has('count') ? words.countWrong(count) : null}
          onChange={(event) => change({ count: event.currentTarget.value })}
        />
      ) : null}
      {refused === null ? null : <Warning words={refused} testid="refused" />}
      <div className={classes.buttons}>
        <Button variant="default" onClick={closeDialog}>
          {words.cancel}
        </Button>
        <Button type="submit" color={isHard ? 'red.8' : 'accent'} data-testid="confirm">
          {text.actions.deed[deed]}
        </Button>
      </div>
    </form>
  )
}

function consequenceOf(deed: Deed, { lasting, scope }: Draft): string {
  const does: string = words.consequence[deed]
  if (deed === 'close') return `${does} ${lasting.choice === 'none' ? words.consequence.closeOpen : words.consequence.closeKept}`
  return scope === 'all' ? `${does} ${words.consequence.allRooms}` : does
}
