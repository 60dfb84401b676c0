import { Button } from '@mantine/core'
import { useRef } from 'react'
import { whyBlocked } from '../../app/action-block.ts'
import { useSession } from '../../app/session.ts'
import type { Connection } from '#shared/domain/connection.ts'
import { may, type Operator } from '#shared/domain/operator.ts'
import { Report } from '../../ui/Report.tsx'
import sheet from '../../ui/Sheet.module.css'
import { text } from '../../ui/text.ts'
import classes from './AttentionRules.module.css'
import { setRule } from './edit-draft.ts'
import { RoomLines } from './RoomLines.tsx'
import { RuleLine } from './RuleLine.tsx'
import { rules as allRules, type FieldErrors, type RulesDraft } from './rules-draft.ts'
import { SaveBar } from './SaveBar.tsx'
import { useAttentionRules, type AttentionRules as RulesHeld } from './useAttentionRules.ts'

/** Why the rules can't be changed now; null when they can. */
function whyReadOnly(connection: Connection['state'], operator: Operator | null): string | null {
  if (operator !== null && !may(operator, 'change_settings')) return text.rules.readOnly(operator.role)
  return whyBlocked(connection, operator, 'change_settings')
}

/** What marks a room: everybody reads it, who may changes it. */
export function AttentionRules() {
  const rules = useAttentionRules()
  const blocked = useSession((state) => whyReadOnly(state.connection.state, state.operator))
  const mayChange = useSession((state) => state.operator !== null && may(state.operator, 'change_settings'))
  const section = useRef<HTMLElement>(null)
  const { held } = rules

  async function save() {
    // The field that keeps the rules from being saved is where to go on.
    if (!(await rules.save())) section.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }

  return (
    <section ref={section} className={sheet.section} aria-labelledby="attention-rules" data-testid="attention-rules">
      <h2 className={sheet.heading} id="attention-rules">
        {text.rules.title}
      </h2>
      <p className={sheet.help}>{text.rules.help}</p>
      {blocked === null ? null : (
        <p className={classes.blocked} data-testid="rules-blocked">
          {blocked}
        </p>
      )}
      {held === null ? (
        <NoRules rules={rules} isBlocked={blocked !== null} />
      ) : (
        <>
          <Rules draft={held.draft} errors={rules.errors} isDisabled={blocked !== null} onEdit={mayChange ? rules.edit : null} />
          {mayChange ? <SaveBar rules={rules} isBlocked={blocked !== null} onSave={() => void save()} /> : null}
        </>
      )}
    </section>
  )
}

type RulesProps = {
  readonly draft: RulesDraft
  readonly errors: FieldErrors
  readonly isDisabled: boolean
  readonly onEdit: ((draft: RulesDraft) => void) | null
}

function Rules({ draft, errors, isDisabled, onEdit }: RulesProps) {
  return (
    <>
      <h3 className={classes.subheading}>{text.rules.all}</h3>
      <div className={classes.rules}>
        {allRules.map((rule) => (
          <RuleLine
            key={rule}
            rule={rule}
            line={null}
            value={draft.all[rule]}
            errors={errors}
            isDisabled={isDisabled}
            onChange={onEdit === null ? null : (value) => onEdit(setRule(draft, rule, value))}
          />
        ))}
      </div>
      <RoomLines draft={draft} errors={errors} isDisabled={isDisabled} onEdit={onEdit} />
    </>
  )
}

/** They are being read, or can't be. */
function NoRules({ rules, isBlocked }: { readonly rules: RulesHeld; readonly isBlocked: boolean }) {
  const { outcome } = rules
  if (outcome === null || typeof outcome === 'string') return isBlocked ? null : <p className={sheet.help}>{text.rules.loading}</p>
  return (
    <>
      <Report ok={false} message={outcome.message} testid="rules-refused" />
      <Button size="xs" variant="default" onClick={rules.read}>
        {text.rules.retry}
      </Button>
    </>
  )
}
