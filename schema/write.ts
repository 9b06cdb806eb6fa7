// Writes the published schemas from their sources, for `npm run fix` to format; tests fail where it was forgotten.
import { writeFileSync } from 'node:fs'
import { PlanSchema } from './plan.ts'
import { PlaybookSchema } from './playbook.ts'
import { PreviewSchema } from './preview.ts'

for (const [name, schema] of Object.entries({
  playbook: PlaybookSchema,
  plan: PlanSchema,
  preview: PreviewSchema,
}))
  writeFileSync(new URL(`${name}.schema.json`, import.meta.url), JSON.stringify(schema))
