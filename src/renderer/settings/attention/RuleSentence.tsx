import { NumberInput, Select } from '@mantine/core'
import { Fragment } from 'react'
import type { AttentionRule } from '#shared/domain/attention.ts'
import { formatCount } from '../../ui/format.ts'
import { text } from '../../ui/text.ts'
import classes from './AttentionRules.module.css'
import { formatThreshold } from './format-threshold.ts'
import { fieldPath, limits, type FieldErrors, type RuleDraft } from './rules-draft.ts'

type Field = 'people' | 'seconds' | 'quality'

type SentenceProps = {
  readonly rule: AttentionRule
  /** The place of its line among those for some rooms; null: for all. */
  readonly line: number | null
  readonly value: RuleDraft
  readonly errors: FieldErrors
  readonly isDisabled: boolean
  /** Null: it is only to be read. */
  readonly onChange: ((value: RuleDraft) => void) | null
}

/** A rule in plain words, with its thresholds where they belong: as fields, or to be read. */
export function RuleSentence(props: SentenceProps) {
  return (
    <span className={classes.sentence} data-editable={props.onChange !== null}>
      {splitSentence(props.rule).map((part) =>
        part.field === null ? <Fragment key={part.key}>{part.words}</Fragment> : <Slot key={part.key} {...props} field={part.field} />,
      )}
    </span>
  )
}

type SlotProps = SentenceProps & { readonly field: Field }

function Slot({ field, ...props }: SlotProps) {
  if (props.onChange === null) return <b>{readField(props.value, field)}</b>
  const label = text.rules.fieldOf(text.rules.name[props.rule], text.rules.field[field])
  return field === 'quality' ? (
    <QualityField {...props} label={label} onChange={props.onChange} />
  ) : (
    <NumberField {...props} field={field} label={label} onChange={props.onChange} />
  )
}

type FieldProps = Omit<SentenceProps, 'onChange'> & { readonly label: string; readonly onChange: (value: RuleDraft) => void }

const qualities = (['poor', 'lost'] as const).map((value) => ({ value, label: text.rules.quality[value] }))

function QualityField({ value, label, isDisabled, onChange }: FieldProps) {
  return (
    <Select
      className={classes.quality}
      size="xs"
      aria-label={label}
      data={qualities}
      value={value.quality ?? null}
      allowDeselect={false}
      disabled={isDisabled}
      onChange={(quality) => (quality === 'poor' || quality === 'lost') && onChange({ ...value, quality })}
    />
  )
}

function NumberField({ field, value, label, ...props }: FieldProps & { readonly field: 'people' | 'seconds' }) {
  const number = value[field] ?? ''
  const longer = field === 'seconds' && Number(number) >= 60 ? formatThreshold(Number(number)) : null
  return (
    <>
      <NumberInput
        className={classes[field]}
        size="xs"
        aria-label={label}
        value={number}
        min={limits[field].min}
        max={limits[field].max}
        clampBehavior="none"
        allowDecimal={false}
        allowNegative={false}
        thousandSeparator=","
        hideControls
        suffix={` ${field === 'people' ? text.rules.people(Number(number)) : text.rules.secondsUnit}`}
        error={props.errors.get(fieldPath(props.line, props.rule, field))}
        disabled={props.isDisabled}
        data-testid={`${props.rule}-${field}`}
        onChange={(next) => props.onChange({ ...value, [field]: next })}
      />
      {longer === null || longer.inSeconds ? null : <span className={classes.same}>{text.rules.sameAs(longer.words)}</span>}
    </>
  )
}

function readField(value: RuleDraft, field: Field): string {
  if (field === 'quality') return text.rules.quality[value.quality ?? 'poor']
  const number = Number(value[field] ?? 0)
  return field === 'seconds' ? formatThreshold(number).words : `${formatCount(number)} ${text.rules.people(number)}`
}

type Part = { readonly key: number; readonly words: string; readonly field: Field | null }

/** The words of a rule's sentence and the fields between them, in their order. */
function splitSentence(rule: AttentionRule): readonly Part[] {
  return text.rules.sentence[rule]
    .split(/\{(\w+)\}/u)
    .map((words, key) => ({ key, words, field: isField(words) ? words : null }))
    .filter((part) => part.words !== '')
}

function isField(words: string): words is Field {
  return words === 'people' || words === 'seconds' || words === 'quality'
}
