export type ServerProgram = { readonly files: readonly string[]; readonly packages: readonly string[] }

export declare function serverProgram(): ServerProgram
export declare function packServer(folder: string): void
