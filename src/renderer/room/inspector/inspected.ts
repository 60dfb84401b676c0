import { create } from 'zustand'

/** Whose details are open beside the table. `focus`: where the keys go when they are opened; null: they stay. */
type Inspected = { readonly identity: string | null; readonly focus: 'panel' | 'permissions' | null }

export const useInspected = create<Inspected>()(() => ({ identity: null, focus: null }))

export function inspect(identity: string, focus: Inspected['focus']): void {
  useInspected.setState({ identity, focus })
}

export function closeInspector(): void {
  useInspected.setState({ identity: null, focus: null })
}
