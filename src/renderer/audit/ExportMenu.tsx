import { Button, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import type { AuditQuery } from '#shared/contract/http-audit.ts'
import { whyBlocked } from '../app/action-block.ts'
import { useSession } from '../app/session.ts'
import { text } from '../ui/text.ts'
import type { Told } from './ActionsView.tsx'
import { exportAudit } from './export-audit.ts'

/** Saves what the filter lets through as a file. */
export function ExportMenu(props: { readonly query: () => AuditQuery; readonly onTold: (told: Told) => void }) {
  const blocked = useSession((state) => whyBlocked(state.connection.state, state.operator, 'read_audit'))
  const [isBusy, setBusy] = useState(false)

  async function run(format: 'csv' | 'json') {
    setBusy(true)
    const answer = await exportAudit(props.query(), format)
    setBusy(false)
    props.onTold(
      answer.ok
        ? { ok: true, message: text.audit.exported(answer.value) }
        : { ok: false, message: text.audit.exportFailed(answer.message) },
    )
  }

  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          loading={isBusy}
          disabled={blocked !== null}
          title={blocked ?? undefined}
          data-testid="audit-export"
        >
          {text.audit.export}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void run('csv')}>{text.audit.exportCsv}</Menu.Item>
        <Menu.Item onClick={() => void run('json')}>{text.audit.exportJson}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
