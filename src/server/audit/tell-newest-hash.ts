import type { AuditHead } from './audit-store.ts'

const DAY_MS = 86_400_000

type Options = {
  readonly head: () => Promise<AuditHead>
  readonly log: { readonly info: (fields: object, line: string) => void; readonly warn: (line: string) => void }
  /** What the database threw, as one line. */
  readonly describe: (error: unknown) => string
}

/** Logs where the audit ends, now and at each midnight UTC: a log that is kept elsewhere shows when the end of the chain was cut off. Answers how to stop. */
export function tellNewestHash({ head, log, describe }: Options): () => void {
  let timer: NodeJS.Timeout | undefined

  async function tell(): Promise<void> {
    try {
      const { seq, hash } = await head()
      log.info(
        { auditRows: seq, auditHash: hash },
        'the newest hash of the audit; verify-audit --expect tells whether the chain still holds it',
      )
    } catch (error) {
      log.warn(`the newest hash of the audit can't be told: ${describe(error)}`)
    }
  }

  function wait(): void {
    timer = setTimeout(
      () => {
        void tell()
        wait()
      },
      DAY_MS - (Date.now() % DAY_MS),
    ).unref()
  }

  void tell()
  wait()
  return () => clearTimeout(timer)
}
