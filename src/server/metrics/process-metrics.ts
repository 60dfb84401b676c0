import { collectDefaultMetrics, Registry } from 'prom-client'

/** Node's own metrics are of the process, and nothing stops what measures them: one set, however many servers run in it. */
let processRegistry: Registry | null = null

/** Node's own metrics in Prometheus' text form. They begin to be measured at the first call. */
export function readProcessMetrics(): Promise<string> {
  if (processRegistry === null) {
    processRegistry = new Registry()
    collectDefaultMetrics({ register: processRegistry })
  }
  return processRegistry.metrics()
}
