import { IconAlertTriangle, IconBan, IconCheck, IconHelp, IconLoader2, IconX, type Icon } from '@tabler/icons-react'
import type { AuditResult } from '#shared/contract/http-audit.ts'
import { text } from '../ui/text.ts'
import classes from './ResultMark.module.css'

const icons: Record<AuditResult, Icon> = {
  done: IconCheck,
  partly: IconAlertTriangle,
  failed: IconX,
  refused: IconBan,
  running: IconLoader2,
  unknown: IconHelp,
}

/** How an action ended: a sign and a word. */
export function ResultMark({ result }: { readonly result: AuditResult }) {
  const ResultIcon = icons[result]
  return (
    <span className={classes.mark} data-result={result} title={text.audit.resultMeans[result]}>
      <ResultIcon size={14} stroke={2.2} aria-hidden />
      {text.audit.result[result]}
    </span>
  )
}
