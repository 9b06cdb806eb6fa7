export { evaluateCondition } from './render-template.ts'
