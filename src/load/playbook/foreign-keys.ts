/** Keys that drover's language is going to have. They get "not supported yet", not "unknown". */
export const LATER_KEYS: ReadonlySet<string> = new Set([
  ...['use', 'steps', 'when', 'for_each', 'retry', 'until', 'rolling', 'tags', 'template', 'if'],
  ...[
    'become',
    'become_user',
    'become_method',
    'become_password',
    'delegate_to',
    'shell',
    'unless',
    'only_if',
  ],
  ...[
    'changed_when',
    'failed_when',
    'writes',
    'semaphores',
    'semaphore',
    'secrets',
    'facts',
    'lock',
    'params',
  ],
  ...['include', 'outputs', 'description'],
])

const COMMAND = 'write the command as "run:"'
const FILE = 'write "put: { src: …, dest: … }"'
const MODULE = 'drover has no modules; write the command as "run:"'
const LOOP = 'loops are not supported yet; write one step for each item'

/** What the keys of Ansible, and of other tools of its kind, are called here; the hint of an unknown key. */
const FOREIGN_KEYS: ReadonlyMap<string, string> = new Map([
  ...each(['command', 'cmd', 'commands', 'shell', 'raw', 'script', 'exec', 'win_shell'], COMMAND),
  ...each(['copy', 'upload', 'synchronize', 'scp', 'push'], FILE),
  ...each(['template'], `${FILE}; templates are not supported yet`),
  ...each(['fetch', 'download', 'pull'], 'write "get: { src: …, dest: … }"'),
  ...each(['apt', 'yum', 'dnf', 'package', 'pip', 'service', 'systemd', 'systemd_service'], MODULE),
  ...each(['user', 'file', 'lineinfile', 'blockinfile', 'replace', 'cron', 'git', 'unarchive'], MODULE),
  ...each(['get_url', 'uri', 'stat', 'debug', 'set_fact', 'assert', 'fail', 'ping', 'wait_for'], MODULE),
  ...each(['with_items', 'with_dict', 'with_fileglob', 'loop', 'loop_control'], LOOP),
  ...each(
    ['tasks', 'pre_tasks', 'post_tasks', 'plays', 'jobs', 'block'],
    'in drover the list is called "steps:"',
  ),
  ...each(
    ['roles', 'import_playbook', 'include_tasks', 'import_tasks', 'include_role'],
    'write the steps here',
  ),
  ...each(['handlers', 'notify', 'listen'], 'there are no handlers: write a step that needs this one'),
  ...each(['register'], 'every step has a result without being asked; refer to it by the id of the step'),
  ...each(['ignore_errors', 'ignore_unreachable'], 'write "on_failure: continue"'),
  ...each(['continue-on-error', 'continue_on_error', 'allow_failure'], 'write "on_failure: continue"'),
  ...each(['any_errors_fatal'], 'write "on_failure: stop"'),
  ...each(['max_fail_percentage'], 'write "max_failures: 25%"'),
  ...each(['run_once'], 'write "once: true"'),
  ...each(
    ['serial', 'strategy', 'batch'],
    'rolling batches are not supported yet; "throttle" bounds hosts at once',
  ),
  ...each(['environment'], 'write "env:"'),
  ...each(
    ['chdir', 'workdir', 'working_directory', 'working-directory', 'working_dir', 'dir'],
    'write "cwd:"',
  ),
  ...each(['timeout-minutes', 'timeout_minutes'], 'write "timeout: 5m"'),
  ...each(['uses', 'with'], 'drover has no actions; write the commands as "run:"'),
  ...each(['services', 'containers', 'stages', 'pipeline'], 'this looks like the file of another tool'),
  ...each(['gather_facts'], 'remove it: nothing is gathered unless it is used'),
  ...each(['remote_user', 'connection', 'port'], 'the inventory says how to reach a host'),
  ...each(['vars_files', 'vars_prompt'], 'write variables under "vars:", or give them with -e'),
  ...each(['sudo'], 'become is not supported yet; log in as the user that may'),
  ...each(['depends_on', 'requires', 'after'], 'write "needs: [step]"'),
  ...each(['host', 'targets', 'target', 'servers', 'limit'], 'write "hosts:"'),
  ...each(['variables'], 'write "vars:"'),
  ...each(['local', 'source', 'from'], 'write "src:"'),
  ...each(['remote', 'destination', 'to', 'dst', 'path'], 'write "dest:"'),
  ...each(['permissions', 'perms', 'chmod'], 'write "mode:"'),
  ...each(['chown'], 'write "owner:" and "group:"'),
  ...each(['mkdir', 'make_parents', 'create_parents'], 'write "parents: true"'),
  ...each(['input'], 'write "stdin:"'),
  ...each(['parallel', 'forks', 'concurrency'], 'write "throttle:", or --forks on the command line'),
  ...each(['async', 'poll'], 'steps that do not need each other run at the same time: write "needs: []"'),
])

/** The other way round in `get`, where the remote side is the source. */
const FOREIGN_GET_KEYS: ReadonlyMap<string, string> = new Map([
  ...each(['remote', 'source', 'from', 'path', 'file'], 'write "src:"'),
  ...each(['local', 'destination', 'to', 'dst', 'folder'], 'write "dest:"'),
])

function each(keys: readonly string[], hint: string): [string, string][] {
  return keys.map(key => [key, hint])
}

/**
 * The hint for a key that another tool has; its modules may carry a collection's name (`ansible.builtin.copy`).
 * @param place the key of the map it stands in
 */
export function foreignKeyHint(key: string, place: string): string | undefined {
  const module = /^(?:ansible\.(?:builtin|legacy|posix|windows)|community\.\w+)\.(\w+)$/.exec(key)?.[1]
  const hint = place === 'get' ? FOREIGN_GET_KEYS.get(key) : FOREIGN_KEYS.get(module ?? key)
  return hint ?? (module === undefined ? undefined : MODULE)
}
