type Output = { readonly on: (event: 'error', listener: () => void) => unknown }

/**
 * For a program's stdout and stderr: whoever read them may be gone before it is. What it would have said then is lost, and it goes on; without this, to complain of that would be the
 * next thing that can't be said.
 */
export function outliveReaders({ stdout, stderr }: { readonly stdout: Output; readonly stderr: Output }): void {
  for (const output of [stdout, stderr]) output.on('error', () => undefined)
}
