import { z } from 'zod'

// Our content policy lets no code be made from text, which zod would otherwise try for speed. Imported before anything
// that makes a schema.
z.config({ jitless: true })
