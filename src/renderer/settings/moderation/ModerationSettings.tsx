import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { ServiceSettings, SettingsChange } from '#shared/contract/http-settings.ts'
import { may } from '#shared/domain/operator.ts'
import { whyBlocked } from '../../app/action-block.ts'
import { useReading } from '../../app/useReading.ts'
import { useSession } from '../../app/session.ts'
import { Report } from '../../ui/Report.tsx'
import sheet from '../../ui/Sheet.module.css'
import { text } from '../../ui/text.ts'
import { changeSettings, readSettings, useSettingsChanges } from '../attention/service-settings.ts'
import { EnforcementSwitch } from './EnforcementSwitch.tsx'
import { RetentionDays } from './RetentionDays.tsx'

const words = text.enforcement

/** What became of the last change, where it is to be told. */
type Told = { readonly ok: boolean; readonly message: string }

/** Whether measures are enforced, and how long what people did is kept: everybody reads it, who may changes it. */
export function ModerationSettings() {
  const { value, failure, again } = useReading('settings', readSettings)
  const changes = useSettingsChanges((state) => state.newest)
  const mayChange = useSession((state) => state.operator !== null && may(state.operator, 'change_settings'))
  const role = useSession((state) => state.operator?.role ?? null)
  const blocked = useSession((state) => whyBlocked(state.connection.state, state.operator, 'change_settings'))
  const [told, setTold] = useState<Told | null>(null)
  useEffect(again, [changes, again])

  async function change(part: SettingsChange, held: ServiceSettings): Promise<void> {
    const answer = await changeSettings({ ...part, revision: held.revision })
    if (answer.ok) return setTold({ ok: true, message: words.saved })
    const isConflict = answer.code === 'conflict'
    setTold({ ok: false, message: isConflict ? words.conflict(answer.message) : answer.message })
    if (isConflict) again()
  }

  return (
    <section className={sheet.section} aria-labelledby="moderation-settings" data-testid="moderation-settings">
      <h2 className={sheet.heading} id="moderation-settings">
        {words.title}
      </h2>
      <p className={sheet.help}>{role !== null && !mayChange ? words.readOnly(role) : (blocked ?? words.help)}</p>
      {value === null && failure === null ? <p className={sheet.help}>{words.loading}</p> : null}
      {failure === null ? null : (
        <>
          <Report ok={false} message={failure.message} testid="moderation-refused" />
          <Button size="xs" variant="default" onClick={again}>
            {words.retry}
          </Button>
        </>
      )}
      {value === null ? null : (
        <>
          <EnforcementSwitch
            value={value.enforcement}
            isDisabled={blocked !== null}
            onChange={(enforcement) => change({ enforcement }, value)}
          />
          <RetentionDays
            key={value.retentionDays}
            value={value.retentionDays}
            isDisabled={blocked !== null}
            onChange={(retentionDays) => change({ retentionDays }, value)}
          />
        </>
      )}
      {told === null ? null : <Report ok={told.ok} message={told.message} testid="moderation-told" />}
    </section>
  )
}
