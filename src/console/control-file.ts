import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readFileIfThere, writePrivateFile } from '#core/hosting/private-file.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { LINK_PATH } from './http.ts'

const controlSchema = z.object({ url: z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ }), secret: z.string().min(1) })
const linkSchema = z.object({ url: z.string() })
/** The running console answers from memory; longer than this it hangs. */
const LINK_LIMIT_MS = 5_000

export type Control = z.infer<typeof controlSchema>

/** Where a running console tells the link command how to reach it. */
export function controlFile(dataFolder: string): string {
  return join(dataFolder, 'console.json')
}

export async function writeControl(file: string, control: Control): Promise<void> {
  await writePrivateFile(file, JSON.stringify(control))
}

/** Takes our own control file away; one that a later console has written stays. */
export async function removeControl(file: string, secret: string): Promise<void> {
  const control = await readControl(file)
  if (control?.secret === secret) await rm(file, { force: true })
}

/** Asks the running console for a new launch link. */
export async function askForLink(file: string): Promise<Result<string>> {
  const control = await readControl(file)
  if (control === null) return notRunning()
  try {
    const response = await fetch(new URL(LINK_PATH, control.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${control.secret}` },
      redirect: 'error',
      signal: AbortSignal.timeout(LINK_LIMIT_MS),
    })
    const link = linkSchema.safeParse(await response.json())
    // Another program may have taken the port of a console that crashed; what it says is not shown.
    return response.ok && link.success && link.data.url.startsWith(`${control.url}/?launch=`) ? succeed(link.data.url) : notRunning()
  } catch {
    return notRunning()
  }
}

function notRunning(): Result<string> {
  return fail('unavailable', 'No Usher is running in a browser here: start it with npm start')
}

async function readControl(file: string): Promise<Control | null> {
  const content = await readFileIfThere(file)
  if (content === null) return null
  try {
    return controlSchema.safeParse(JSON.parse(content.toString('utf8'))).data ?? null
  } catch {
    return null
  }
}
