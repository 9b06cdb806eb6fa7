/** Keys that drover's language is going to have. They get "not supported yet", not "unknown". */
export const LATER_KEYS: ReadonlySet<string> = new Set([...['lock', 'outputs', 'facts']])

const COMMAND = 'write the command as "run:"'
const FILE = 'write "put: { src: …, dest: … }"'
const TEMPLATE = 'write "put: { template: …, dest: … }"'
const MODULE = 'drover has no modules; write the command as "run:", or see what "use:" knows'
const LOOP = 'write "for_each:"; the item is ${{ item }}'
const CONTINUE = 'write "on_failure: continue"'
const HANDLER = 'there are no handlers: give the later step "when: steps.ID.changed", with the id of this one'
const RESCUE =
  'write it as a step of its own, with "needs: { step: ID, if: failed }", or "if: always" for cleanup'
const RETRY = 'write "retry: { attempts: 3, delay: 5s, until: … }"'
const FILES = 'write "use: FILE.yml", with "with:" for what it takes'

/** What the library has, under the same name or another. */
const library = (name: string) => `write "use: ${name}" and its params under "with:"`
const LIBRARY = ['user', 'authorized_key', 'cron', 'archive', 'directory', 'symlink', 'line_in_file']

/** What the keys of Ansible, and of other tools of its kind, are called here; the hint of an unknown key. */
const FOREIGN_KEYS: ReadonlyMap<string, string> = new Map([
  ...each(['command', 'cmd', 'commands', 'raw', 'script', 'exec', 'win_shell', 'shell'], COMMAND),
  ...each(['copy', 'upload', 'synchronize', 'scp', 'push'], FILE),
  ...each(['template', 'win_template'], TEMPLATE),
  ...each(['fetch', 'download', 'pull'], 'write "get: { src: …, dest: … }"'),
  ...each(['apt', 'yum', 'dnf', 'dnf5', 'apk', 'package', 'packages'], library('package')),
  ...each(['service', 'systemd', 'systemd_service'], library('service')),
  ...LIBRARY.map(name => [name, library(name)] as const),
  ...each(['lineinfile'], library('line_in_file')),
  ...each(['file'], 'write "use: directory" or "use: symlink", or a command as "run:"'),
  ...each(['git', 'git_checkout'], library('git_checkout')),
  ...each(['unarchive'], library('archive')),
  ...each(['wait_for', 'wait_for_connection'], library('wait_for')),
  ...each(['reboot'], 'write "run: reboot" with "reconnect: true"'),
  ...each(['pip', 'group', 'blockinfile', 'replace', 'get_url', 'uri', 'stat', 'ping', 'hostname'], MODULE),
  ...each(['debug', 'msg'], 'every step shows its output; for a text of your own write "run: echo …"'),
  ...each(['fail', 'that', 'message'], 'write "assert: { that: …, message: … }"'),
  ...each(['fail_msg', 'success_msg'], 'write "message:"'),
  ...each(['set_fact'], 'write it under "vars:"; a command\'s output is ${{ steps.ID.stdout }}'),
  ...each(
    ['with_items', 'with_dict', 'with_list', 'with_fileglob', 'with_sequence', 'loop', 'foreach'],
    LOOP,
  ),
  ...each(['loop_control', 'loop_var', 'matrix'], LOOP),
  ...each(['tasks', 'pre_tasks', 'post_tasks', 'plays', 'jobs'], 'in drover the list is called "steps:"'),
  ...each(['block', 'parallel_steps'], 'a group is a step with "steps:"'),
  ...each(['rescue', 'always', 'finally', 'ensure', 'on_error'], RESCUE),
  ...each(
    ['roles', 'import_playbook', 'include_tasks', 'import_tasks', 'include_role', 'import_role'],
    FILES,
  ),
  ...each(['include', 'includes', 'import', 'imports', 'role', 'extends'], FILES),
  ...each(
    ['uses'],
    'drover has no actions; write the commands as "run:", and a file of steps as "use: FILE.yml"',
  ),
  ...each(['args', 'parameters', 'arguments'], 'what a used file takes stands under "with:"'),
  ...each(['inputs'], 'what a file takes is declared under "params:"'),
  ...each(['handlers', 'notify', 'listen'], HANDLER),
  ...each(
    ['register'],
    'every step has a result without being asked: ${{ steps.ID.stdout }}, with the id of the step',
  ),
  ...each(['ignore_errors', 'ignore_unreachable', 'continue-on-error', 'continue_on_error'], CONTINUE),
  ...each(['allow_failure', 'ignore_error'], CONTINUE),
  ...each(['any_errors_fatal'], 'write "on_failure: stop"'),
  ...each(['max_fail_percentage'], 'write "max_failures: 25%"'),
  ...each(['run_once', 'run-once'], 'write "once: true"'),
  ...each(
    ['serial', 'batch_size'],
    'write "rolling: { batch: 1 }" on a group, with the steps in its "steps:"',
  ),
  ...each(['strategy'], 'remove it: each host goes on as soon as it can'),
  ...each(['environment'], 'write "env:"'),
  ...each(
    ['chdir', 'workdir', 'working_directory', 'working-directory', 'working_dir', 'dir'],
    'write "cwd:"',
  ),
  ...each(['timeout-minutes', 'timeout_minutes'], 'write "timeout: 5m"'),
  ...each(['services', 'containers', 'stages', 'pipeline'], 'this looks like the file of another tool'),
  ...each(['gather_facts'], 'remove it: nothing is gathered unless it is used, as ${{ facts.os.id }}'),
  ...each(['remote_user', 'connection', 'port'], 'the inventory says how to reach a host'),
  ...each(['vars_files', 'vars_prompt'], 'write variables under "vars:", or give them with -e'),
  ...each(['become_user', 'run_as', 'sudo_user'], 'write "become: USER"'),
  ...each(['sudo', 'as_root'], 'write "become: true"'),
  ...each(
    ['become_password', 'become_pass', 'sudo_password'],
    'the inventory gives it, as "become_password", or drover asks',
  ),
  ...each(['become_flags', 'become_exe'], 'write "become_method: sudo", doas or su'),
  ...each(['retries', 'retry_delay', 'tries'], RETRY),
  ...each(['wait', 'sleep'], 'write "pause: 30s"'),
  ...each(['local_action'], 'write "run:" with "delegate_to: localhost"'),
  ...each(['connection_local'], 'write "delegate_to: localhost"'),
  ...each(['if', 'only', 'condition', 'where'], 'write "when:"'),
  ...each(['not_if', 'onlyif'], 'write "unless:" or "only_if:"'),
  ...each(['depends_on', 'requires', 'after', 'need', 'dependencies'], 'write "needs: [step]"'),
  ...each(['host', 'targets', 'target', 'servers', 'limit'], 'write "hosts:"'),
  ...each(['variables'], 'write "vars:"'),
  ...each(['local', 'source', 'from'], 'write "src:"'),
  ...each(['remote', 'destination', 'to', 'dst', 'path'], 'write "dest:"'),
  ...each(['permissions', 'perms', 'chmod'], 'write "mode:"'),
  ...each(['chown'], 'write "owner:" and "group:"'),
  ...each(['mkdir', 'make_parents', 'create_parents'], 'write "parents: true"'),
  ...each(['input'], 'write "stdin:"'),
  ...each(['forks', 'concurrency'], 'write "throttle:", or --forks on the command line'),
  ...each(['async', 'poll'], 'steps that do not need each other run at the same time: write "needs: []"'),
  ...each(['check_mode', 'diff'], 'drover plan shows what would change'),
  ...each(['no_log'], 'values of the playbook\'s "secrets:" are never shown'),
])

/** The other way round in `get`, where the remote side is the source. */
const FOREIGN_GET_KEYS: ReadonlyMap<string, string> = new Map([
  ...each(['remote', 'source', 'from', 'path', 'file'], 'write "src:"'),
  ...each(['local', 'destination', 'to', 'dst', 'folder'], 'write "dest:"'),
])

const FOREIGN_RETRY_KEYS: ReadonlyMap<string, string> = new Map([
  ...each(['retries', 'times', 'max', 'max_attempts', 'count', 'limit', 'tries'], 'write "attempts:"'),
  ...each(['interval', 'sleep', 'wait', 'every', 'seconds', 'pause'], 'write "delay:"'),
  ...each(['factor', 'multiplier', 'exponential'], 'write "backoff: 2"'),
  ...each(['when', 'while', 'condition'], 'write "until:"'),
])

const FOREIGN_ROLLING_KEYS: ReadonlyMap<string, string> = new Map([
  ...each(
    ['batches', 'serial', 'size', 'batch_size', 'hosts', 'percent', 'canary'],
    'write "batch: 1" or "batch: 25%"',
  ),
  ...each(['delay', 'wait', 'sleep', 'interval'], 'write "pause: 30s"'),
  ...each(['max_fail_percentage', 'failures'], 'write "max_failures: 1"'),
])

const FOREIGN_PARAM_KEYS: ReadonlyMap<string, string> = new Map([
  ...each(['choices', 'values', 'options', 'one_of', 'oneOf', 'anyOf'], 'write "enum:"'),
  ...each(['min'], 'write "minimum:", for texts "minLength:", for lists "minItems:"'),
  ...each(['max'], 'write "maximum:", for texts "maxLength:", for lists "maxItems:"'),
  ...each(['desc', 'help', 'doc', 'title'], 'write "description:"'),
  ...each(['regex', 'regexp', 'match'], 'write "pattern:"'),
  ...each(['elements', 'item'], 'write "items:"'),
  ...each(['optional', 'nullable'], 'a param with a "default:" need not be given'),
  ...each(['value'], 'write "default:"'),
])

const FOREIGN_NEED_KEYS: ReadonlyMap<string, string> = new Map([
  ...each(['id', 'name', 'steps', 'need'], 'write "step:"'),
  ...each(['hosts', 'host', 'where'], 'write "on: all", or "on: host"'),
  ...each(['when', 'condition', 'status', 'result', 'outcome'], 'write "if: success", failed or always'),
])

const FOREIGN_ASSERT_KEYS: ReadonlyMap<string, string> = new Map([
  ...each(['msg', 'fail_msg', 'text', 'error', 'hint'], 'write "message:"'),
  ...each(['condition', 'conditions', 'test', 'expr', 'when', 'if'], 'write "that:"'),
])

const BY_PLACE: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ['get', FOREIGN_GET_KEYS],
  ['retry', FOREIGN_RETRY_KEYS],
  ['rolling', FOREIGN_ROLLING_KEYS],
  ['needs', FOREIGN_NEED_KEYS],
  ['assert', FOREIGN_ASSERT_KEYS],
  ['param', FOREIGN_PARAM_KEYS],
])

function each(keys: readonly string[], hint: string): [string, string][] {
  return keys.map(key => [key, hint])
}

/** The hint for a key that another place or tool would have, where this place has a word of its own for it. */
export function localKeyHint(key: string, place: string): string | undefined {
  return BY_PLACE.get(place)?.get(key)
}

/** The hint for a key that another tool has; its modules may carry a collection's name (`ansible.builtin.copy`). */
export function foreignKeyHint(key: string): string | undefined {
  const module = /^(?:ansible\.(?:builtin|legacy|posix|windows)|community\.\w+)\.(\w+)$/.exec(key)?.[1]
  return FOREIGN_KEYS.get(module ?? key) ?? (module === undefined ? undefined : MODULE)
}
