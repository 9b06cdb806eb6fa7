import { PLAN_VERSION, planDocument } from '../src/plan/document.ts'

const { properties, required, ...rest } = planDocument.schema

/** The schema of saved plans, from what reads and writes them. */
export const PlanSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'drover saved plan',
  description: 'What drover plan --out writes. The checksum is over all of the file but itself.',
  ...rest,
  properties: {
    drover_plan: { const: PLAN_VERSION },
    checksum: { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' },
    ...(properties as object),
  },
  required: ['drover_plan', 'checksum', ...(required as string[])],
}
