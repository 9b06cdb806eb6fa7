// Writes the schemas that have a source, for `npm run fix` to format; a test fails where it was forgotten.
import { writeFileSync } from 'node:fs'
import { PlanSchema } from './plan.ts'
import { PlaybookSchema } from './playbook.ts'

for (const [file, schema] of [
  ['playbook.schema.json', PlaybookSchema],
  ['plan.schema.json', PlanSchema],
] as const)
  writeFileSync(new URL(file, import.meta.url), JSON.stringify(schema))
