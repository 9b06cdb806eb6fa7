import type { Condition, Word, WrittenFile, WrittenNeed, WrittenPlaybook, WrittenStep } from './model.ts'

/** The files of a playbook by their paths; the playbook itself is `play.yml`. JSON is YAML. */
export function filesOf({ file, semaphores, maxFailures }: WrittenPlaybook): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const play = {
    hosts: 'all',
    vars: { cpus: '${{ facts.cpus }}' },
    semaphores,
    ...(maxFailures === undefined ? {} : { max_failures: maxFailures }),
    steps: file.steps.map(step => stepOf(step, files)),
  }
  files.set('play.yml', JSON.stringify(play, null, 1))
  return files
}

function addFile({ path, params, steps }: WrittenFile, files: Map<string, string>): void {
  const declared = Object.fromEntries(params.map(name => [name, { type: 'string' }]))
  const used = { params: declared, steps: steps.map(step => stepOf(step, files)) }
  files.set(path, JSON.stringify(used, null, 1))
}

function stepOf(step: WrittenStep, files: Map<string, string>): object {
  const { id, does, needs, when, forEach, onFailure, delegateTo, maxFailures, rolling, ...rest } = step
  return {
    id,
    ...doing(step, files),
    ...rest,
    ...(needs === undefined ? {} : { needs: needs.map(needOf) }),
    ...(when === undefined ? {} : { when: conditionText(when) }),
    ...(forEach === undefined ? {} : { for_each: itemsOf(forEach) }),
    ...(onFailure === undefined ? {} : { on_failure: onFailure }),
    ...(delegateTo === undefined
      ? {}
      : { delegate_to: delegateTo === 'buddy' ? '${{ host.vars.buddy }}' : delegateTo }),
    ...(maxFailures === undefined ? {} : { max_failures: maxFailures }),
    ...(rolling === undefined
      ? {}
      : {
          rolling: {
            batch: rolling.batch,
            ...(rolling.maxFailures === undefined ? {} : { max_failures: rolling.maxFailures }),
          },
        }),
  }
}

function doing({ does }: WrittenStep, files: Map<string, string>): object {
  switch (does.kind) {
    case 'run': {
      const { readOnly, creates, failedWhen, changedWhen, retry } = does.run
      return {
        run: ['do', ...does.words.map(word => `\${{ ${wordText(word)} }}`)].join(' '),
        ...(readOnly === true ? { read_only: true } : {}),
        ...(creates === true ? { creates: '/x' } : {}),
        ...(failedWhen === true ? { failed_when: 'result.exit_code > 1' } : {}),
        ...(changedWhen === true ? { changed_when: 'result.stdout.endsWith("#2")' } : {}),
        ...(retry === undefined
          ? {}
          : {
              retry: {
                attempts: retry.attempts,
                ...(retry.until === true ? { until: 'result.stdout.endsWith("#2")' } : {}),
              },
            }),
      }
    }
    case 'assert':
      return { assert: conditionText(does.that) }
    case 'pause':
      return { pause: '1s' }
    case 'group':
      return { steps: does.steps.map(member => stepOf(member, files)) }
    case 'use': {
      addFile(does.file, files)
      const given = Object.entries(does.with).map(([name, word]) => [name, `\${{ ${wordText(word)} }}`])
      return { use: does.file.path, with: Object.fromEntries(given) }
    }
  }
}

function needOf({ step, on, if: condition }: WrittenNeed): object | string {
  if (on === undefined && condition === undefined) return step
  return { step, ...(on === undefined ? {} : { on }), ...(condition === undefined ? {} : { if: condition }) }
}

function itemsOf(items: WrittenStep['forEach'] & {}): unknown {
  switch (items.kind) {
    case 'own':
      return '${{ host.vars.items }}'
    case 'list':
      return items.texts
    case 'map':
      return Object.fromEntries(items.texts.map(text => [text, text]))
  }
}

function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'host':
      return `host.name ${condition.is ? '==' : '!='} "${condition.name}"`
    case 'fixed':
      return condition.holds ? 'host.port > 1' : 'host.port < 1'
    case 'sum':
      return `steps.${condition.step}.${condition.field}`
    case 'facts':
      return condition.byVariable ? 'vars.cpus > 2' : 'facts.cpus > 2'
    case 'param':
      return `params.${condition.name} != "yes"`
  }
}

function wordText(word: Word): string {
  switch (word.kind) {
    case 'host':
      return 'host.name'
    case 'item':
      return word.ofMap ? 'item.value' : 'item'
    case 'stdout':
      return word.fallback ? `default(steps.${word.step}.stdout, "none")` : `steps.${word.step}.stdout`
    case 'outcome':
      return `steps.${word.step}.outcome`
    case 'on':
      return `default(steps.${word.step}.on["${word.host}"].stdout, "none")`
    case 'items':
      return `steps.${word.step}.items.map(x, x.outcome).join(",")`
    case 'facts':
      return 'string(facts.cpus)'
    case 'param':
      return `params.${word.name}`
    case 'text':
      return JSON.stringify(word.text)
  }
}
