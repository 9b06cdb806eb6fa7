// Writes playbook.schema.json from its source, for `npm run fix` to format; a test fails where it was forgotten.
import { writeFileSync } from 'node:fs'
import { PlaybookSchema } from './playbook.ts'

writeFileSync(new URL('playbook.schema.json', import.meta.url), JSON.stringify(PlaybookSchema))
