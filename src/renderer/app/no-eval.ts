import { config } from 'zod'

// The page's Content-Security-Policy forbids `eval`; zod would try it once to compile its parsers and be reported. It must run before any schema is made.
config({ jitless: true })
