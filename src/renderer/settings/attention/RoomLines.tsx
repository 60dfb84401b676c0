import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useRef } from 'react'
import { text } from '../../ui/text.ts'
import sheet from '../../ui/Sheet.module.css'
import classes from './AttentionRules.module.css'
import { addLine, moveLine, removeLine, setLine } from './edit-draft.ts'
import { RoomLine } from './RoomLine.tsx'
import { LINES_LIMIT, type FieldErrors, type RulesDraft } from './rules-draft.ts'

type LinesProps = {
  readonly draft: RulesDraft
  readonly errors: FieldErrors
  readonly isDisabled: boolean
  readonly onEdit: ((draft: RulesDraft) => void) | null
}

/** Other rules for rooms of some names, in the order in which they count. */
export function RoomLines({ draft, errors, isDisabled, onEdit }: LinesProps) {
  const addButton = useRef<HTMLButtonElement>(null)
  const list = useRef<HTMLOListElement>(null)
  function edit(next: RulesDraft) {
    onEdit?.(next)
  }
  function remove(id: string) {
    edit(removeLine(draft, id))
    // The button that was pressed goes with its line.
    addButton.current?.focus()
  }
  function add() {
    edit(addLine(draft, crypto.randomUUID()))
    requestAnimationFrame(() => list.current?.querySelector<HTMLInputElement>('li:last-child input')?.focus())
  }
  return (
    <div role="group" aria-labelledby="attention-lines">
      <h3 className={classes.subheading} id="attention-lines">
        {text.rules.patterns}
      </h3>
      <p className={sheet.help}>{draft.lines.length === 0 ? text.rules.noPatterns : text.rules.patternsHelp}</p>
      {draft.lines.length === 0 ? null : (
        <ol ref={list} className={classes.lines}>
          {draft.lines.map((line, index) => (
            <RoomLine
              key={line.id}
              line={line}
              index={index}
              count={draft.lines.length}
              all={draft.all}
              errors={errors}
              isDisabled={isDisabled}
              onChange={onEdit === null ? null : (next) => edit(setLine(draft, next))}
              onMove={(by) => edit(moveLine(draft, line.id, by))}
              onRemove={() => remove(line.id)}
            />
          ))}
        </ol>
      )}
      {onEdit === null ? null : (
        <Button
          ref={addButton}
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={isDisabled || draft.lines.length >= LINES_LIMIT}
          onClick={add}
          data-testid="add-line"
        >
          {text.rules.addPattern}
        </Button>
      )}
    </div>
  )
}
