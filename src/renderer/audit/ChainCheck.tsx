import { Button } from '@mantine/core'
import { IconLink } from '@tabler/icons-react'
import { useState } from 'react'
import type { AuditCheck } from '#shared/contract/http-audit.ts'
import { whyBlocked } from '../app/action-block.ts'
import { useSession } from '../app/session.ts'
import { answered } from '../bridge.ts'
import { text } from '../ui/text.ts'
import type { Told } from './ActionsView.tsx'

/** For admins: has the hash chain recomputed. */
export function ChainCheck({ onTold }: { readonly onTold: (told: Told) => void }) {
  const blocked = useSession((state) => whyBlocked(state.connection.state, state.operator, 'read_audit'))
  const [isBusy, setBusy] = useState(false)

  async function check() {
    setBusy(true)
    const answer = await answered((host) => host.checkAudit({}))
    setBusy(false)
    onTold(answer.ok ? describeCheck(answer.value) : { ok: false, message: text.audit.checkFailed(answer.message) })
  }

  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconLink size={14} aria-hidden />}
      loading={isBusy}
      disabled={blocked !== null}
      title={blocked ?? text.audit.checkHelp}
      onClick={() => void check()}
      data-testid="audit-check"
    >
      {text.audit.check}
    </Button>
  )
}

function describeCheck({ ok, rows, newestHash, brokenAt, why }: AuditCheck): Told {
  if (!ok) return { ok: false, message: text.audit.checkBroken(brokenAt ?? 0, why ?? text.audit.checkBrokenUnknown) }
  const whole = text.audit.checkOk(rows)
  return { ok: true, message: newestHash === null ? whole : `${whole} ${text.audit.checkNewest(newestHash)}` }
}
