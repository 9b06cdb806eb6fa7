import { relative, resolve, sep } from 'node:path'
import type { CiGroup, CiWords } from '../../render/ci/ci-words.ts'
import type { CliContext } from '../context.ts'

/** Whose log plain lines go to, by what the systems set for every job; undefined elsewhere. */
export async function ciOf({ env, cwd }: Pick<CliContext, 'env' | 'cwd'>): Promise<CiWords | undefined> {
  if (env.GITHUB_ACTIONS === 'true') {
    const { githubWords } = await import('../../render/ci/github.ts')
    return githubWords(file => inWorkspace(file, cwd, env.GITHUB_WORKSPACE))
  }
  if (env.GITLAB_CI === 'true') return (await import('../../render/ci/gitlab.ts')).gitlabWords()
  if (env.TF_BUILD === 'True' || (env.TEAMCITY_VERSION ?? '') !== '') {
    return (await import('../../render/ci/hash-words.ts')).hashWords()
  }
  return undefined
}

/** The same for what is over: nothing in it is obeyed, and there are no groups and annotations again. */
export async function pastCiOf(context: Pick<CliContext, 'env' | 'cwd'>): Promise<CiWords | undefined> {
  const ci = await ciOf(context)
  if (ci === undefined) return undefined
  const group = ci.group && { group: ({ text }: CiGroup) => text }
  return { harmless: ci.harmless, ...group, failures: () => '' }
}

/** Annotations name files relative to the repository; one outside of it is named as it was. */
function inWorkspace(file: string, cwd: string, workspace: string | undefined): string {
  if (workspace === undefined || workspace === '') return file
  const path = relative(workspace, resolve(cwd, file))
  return path === '..' || path.startsWith(`..${sep}`) ? file : path.split(sep).join('/')
}
