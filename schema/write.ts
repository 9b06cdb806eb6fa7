// Writes playbook.schema.json from its source; a test fails where it was forgotten.
import { writeFileSync } from 'node:fs'
import { playbookSchemaText } from './text.ts'

writeFileSync(new URL('playbook.schema.json', import.meta.url), playbookSchemaText())
