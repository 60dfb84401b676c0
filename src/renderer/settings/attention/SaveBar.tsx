import { Button } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { Report } from '../../ui/Report.tsx'
import { text } from '../../ui/text.ts'
import classes from './AttentionRules.module.css'
import { differences } from './rules-draft.ts'
import { conflictOf, type RulesState } from './rules-state.ts'
import type { AttentionRules } from './useAttentionRules.ts'

type BarProps = { readonly rules: AttentionRules; readonly isBlocked: boolean; readonly onSave: () => void }

/** Saves or drops what was changed, and tells what became of it; where somebody else was faster, asks whose it is to be. */
export function SaveBar({ rules, isBlocked, onSave }: BarProps) {
  const { held, isChanged } = rules
  const bar = useRef<HTMLDivElement>(null)
  const hadFocus = useRef(false)
  // The buttons are others now: the one that was pressed may have taken the focus with it.
  useEffect(() => {
    if (hadFocus.current && document.activeElement === document.body) bar.current?.focus()
  })
  return (
    <div
      ref={bar}
      className={classes.bar}
      tabIndex={-1}
      data-changed={isChanged}
      data-testid="rules-bar"
      onFocus={() => (hadFocus.current = true)}
      onBlur={() => (hadFocus.current = false)}
    >
      {held !== null && held.theirs !== null ? <Conflict rules={rules} /> : <Save rules={rules} isBlocked={isBlocked} onSave={onSave} />}
    </div>
  )
}

function Save({ rules, isBlocked, onSave }: BarProps) {
  const { isChanged, isSaving, outcome } = rules
  return (
    <>
      <OutcomeReport outcome={outcome} />
      <div className={classes.barButtons}>
        <BarButton label={text.rules.save} isIdle={!isChanged || isBlocked || isSaving} onClick={onSave} testid="rules-save" />
        <BarButton
          label={text.rules.discard}
          variant="default"
          isIdle={!isChanged || isSaving}
          onClick={rules.discard}
          testid="rules-discard"
        />
        {isChanged ? <span className={classes.unsaved}>{isSaving ? text.rules.saving : text.rules.unsaved}</span> : null}
      </div>
    </>
  )
}

type ButtonProps = {
  readonly label: string
  readonly variant?: 'filled' | 'default'
  readonly isIdle: boolean
  readonly onClick: () => void
  readonly testid: string
}

/** A button that keeps the focus when it has nothing to do any more. */
function BarButton({ label, variant = 'filled', isIdle, onClick, testid }: ButtonProps) {
  return (
    <Button
      size="xs"
      variant={variant}
      aria-disabled={isIdle}
      data-disabled={isIdle}
      onClick={() => (isIdle ? undefined : onClick())}
      data-testid={testid}
    >
      {label}
    </Button>
  )
}

function Conflict({ rules: { held, outcome, choose } }: { readonly rules: AttentionRules }) {
  if (held === null || held.theirs === null) return null
  const parts = differences(held.theirs.attention, held.base.attention)
  const message = text.rules.conflict(conflictOf(outcome)?.message ?? text.rules.changedMeanwhile)
  return (
    <div data-testid="rules-conflict">
      <Report ok={false} message={parts.length === 0 ? message : `${message} ${text.rules.theirs(parts.join(', '))}`} />
      <div className={classes.barButtons}>
        <Button size="xs" onClick={() => choose('theirs')} data-testid="rules-theirs">
          {text.rules.loadTheirs}
        </Button>
        <Button size="xs" variant="default" onClick={() => choose('ours')} data-testid="rules-ours">
          {text.rules.keepMine}
        </Button>
      </div>
    </div>
  )
}

function OutcomeReport({ outcome }: { readonly outcome: RulesState['outcome'] }) {
  if (outcome === null) return null
  if (outcome === 'saved') return <Report ok message={text.rules.saved} testid="rules-outcome" />
  if (outcome === 'invalid') return <Report ok={false} message={text.rules.invalid} testid="rules-outcome" />
  return <Report ok={false} message={outcome.message} testid="rules-outcome" />
}
