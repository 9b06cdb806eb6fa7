export { sketchTemplate } from './render-template.ts'
