import { peers } from '../peers.ts'

/** For a machine without a display, where it may run as root. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** How to launch this machine's Chromium, with more flags if wanted. */
export function chromiumOptions(...more: readonly string[]): { readonly executablePath: string; readonly args: string[] } {
  return { executablePath: peers.chromium ?? 'chromium', args: [...flags, ...more] }
}
