export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number }

export declare function countReport(file: string, code: number): Counts
export declare function sum(counts: readonly Counts[]): Counts
