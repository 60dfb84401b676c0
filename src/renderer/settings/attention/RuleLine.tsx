import { ActionIcon, Switch } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { AttentionRule } from '#shared/domain/attention.ts'
import { text } from '../../ui/text.ts'
import classes from './AttentionRules.module.css'
import { RuleSentence } from './RuleSentence.tsx'
import type { FieldErrors, RuleDraft } from './rules-draft.ts'

type LineProps = {
  readonly rule: AttentionRule
  readonly line: number | null
  readonly value: RuleDraft
  readonly errors: FieldErrors
  readonly isDisabled: boolean
  readonly onChange: ((value: RuleDraft) => void) | null
  /** Lets go of the rule where it is set for some rooms only. */
  readonly onDrop?: () => void
}

/** One rule: whether it holds, what it is called, and its sentence. */
export function RuleLine({ onDrop, ...props }: LineProps) {
  const { rule, value, onChange, isDisabled } = props
  const name = text.rules.name[rule]
  return (
    <div className={classes.rule} data-testid="rule" data-rule={rule} data-on={value.on}>
      <div className={classes.ruleHead}>
        {onChange === null ? (
          <>
            <span className={classes.isOn}>{value.on ? text.rules.isOn : text.rules.isOff}</span>
            <span className={classes.ruleName}>{name}</span>
          </>
        ) : (
          <Switch
            size="xs"
            label={name}
            classNames={{ label: classes.switchName, track: classes.track }}
            checked={value.on}
            disabled={isDisabled}
            onChange={(event) => onChange({ ...value, on: event.currentTarget.checked })}
          />
        )}
        {onDrop === undefined || onChange === null ? null : (
          <ActionIcon
            className={classes.drop}
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={text.rules.dropRule(name)}
            title={text.rules.dropRule(name)}
            disabled={isDisabled}
            onClick={onDrop}
          >
            <IconX size={14} aria-hidden />
          </ActionIcon>
        )}
      </div>
      <RuleSentence {...props} />
    </div>
  )
}
