import { PlaybookSchema } from './playbook.ts'

/** The published schema file as it should be. */
export function playbookSchemaText(): string {
  return `${JSON.stringify(PlaybookSchema, null, 2)}\n`
}
