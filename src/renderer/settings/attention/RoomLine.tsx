import { Button, Menu, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { AttentionRule } from '#shared/domain/attention.ts'
import { text } from '../../ui/text.ts'
import classes from './AttentionRules.module.css'
import { setLineRule } from './edit-draft.ts'
import { LineButtons } from './LineButtons.tsx'
import { RuleLine } from './RuleLine.tsx'
import { roomsPath, rules, type FieldErrors, type LineDraft, type RuleDraft, type RulesDraft } from './rules-draft.ts'

type LineProps = {
  readonly line: LineDraft
  readonly index: number
  readonly count: number
  /** The rules for all, which a rule set here starts from. */
  readonly all: RulesDraft['all']
  readonly errors: FieldErrors
  readonly isDisabled: boolean
  readonly onChange: ((line: LineDraft) => void) | null
  readonly onMove: (by: -1 | 1) => void
  readonly onRemove: () => void
}

/** Which rooms, and the rules that differ there. */
export function RoomLine(props: LineProps) {
  const { line, index, onChange, isDisabled } = props
  return (
    <li className={classes.line} data-testid="room-line" data-rooms={line.rooms}>
      <div className={classes.lineHead}>
        <Rooms {...props} />
        {onChange === null ? null : <LineButtons {...props} name={line.rooms.trim() || text.rules.someRooms} />}
      </div>
      {rules.map((rule) => {
        const value = line.rules[rule]
        return value === undefined ? null : (
          <RuleLine
            key={rule}
            rule={rule}
            line={index}
            value={value}
            errors={props.errors}
            isDisabled={isDisabled}
            onChange={onChange === null ? null : (next) => onChange(setLineRule(line, rule, next))}
            onDrop={() => onChange?.(setLineRule(line, rule, null))}
          />
        )
      })}
      <div className={classes.lineFoot}>
        {onChange === null ? null : <AddRule {...props} onAdd={(rule, value) => onChange(setLineRule(line, rule, value))} />}
        <span>{Object.keys(line.rules).length === 0 ? text.rules.noRules : text.rules.restAsAll}</span>
      </div>
    </li>
  )
}

function Rooms({ line, index, errors, isDisabled, onChange }: LineProps) {
  if (onChange === null)
    return (
      <span className={classes.rooms}>
        {text.rules.pattern} <b dir="auto">{line.rooms}</b>
      </span>
    )
  return (
    <label className={classes.rooms}>
      <span>{text.rules.pattern}</span>
      <TextInput
        className={classes.pattern}
        size="xs"
        dir="auto"
        maxLength={256}
        spellCheck={false}
        autoComplete="off"
        value={line.rooms}
        error={errors.get(roomsPath(index))}
        disabled={isDisabled}
        data-testid="line-rooms"
        onChange={(event) => onChange({ ...line, rooms: event.currentTarget.value })}
      />
    </label>
  )
}

function AddRule({ line, all, isDisabled, onAdd }: LineProps & { readonly onAdd: (rule: AttentionRule, value: RuleDraft) => void }) {
  const left = rules.filter((rule) => line.rules[rule] === undefined)
  if (left.length === 0) return null
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={13} aria-hidden />}
          disabled={isDisabled}
          data-testid="add-rule"
        >
          {text.rules.addRule}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {left.map((rule) => (
          <Menu.Item key={rule} onClick={() => onAdd(rule, all[rule])}>
            {text.rules.name[rule]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
