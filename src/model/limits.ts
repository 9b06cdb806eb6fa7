/** Every bound on what a host, a file or a user can make drover hold, in one place. Sizes in bytes, times in ms. */
export const LIMITS = {
  playbookBytes: 4 << 20,
  yamlDepth: 64,
  yamlAliases: 100,
  /** Signs, keys and values as YAML's parser counts them, about ten for a short step. */
  yamlTokens: 1_000_000,
  /** Values of a YAML file, those behind an alias counted each time it is used. */
  yamlNodes: 500_000,
  problemsPerFile: 200,
  /** The longest `timeout:`, 20 days; timers of Node end below 25. */
  timeoutMs: 20 * 86_400_000,
  stepsPerPlaybook: 10_000,
  /** Files that a playbook uses, and how deep they use each other. */
  usedFiles: 1_000,
  useDepth: 32,
  templateBytes: 4 << 20,
  inventoryBytes: 64 << 20,
  hosts: 200_000,
  /** Hosts in groups, counted once for each group; and variables of hosts, groups' merged in. */
  memberships: 4_000_000,
  mergedVars: 20_000_000,
  groupDepth: 200,
  /** Lines of `drover inventory --graph`: a group under many parents is drawn under each. */
  graphLines: 500_000,
  varsFileBytes: 4 << 20,
  /** Problems that are told of one inventory; what comes after them would only bury them. */
  problems: 1_000,
  /** Regular expressions of host patterns, over all names. */
  patternMs: 2_000,
  inventoryScriptMs: 30_000,
  /** The host's shell reads a script byte by byte; a longer one is better put as a file. */
  scriptBytes: 120 << 10,
  stdinBytes: 4 << 20,
  contentBytes: 16 << 20,
  /** Kept of each stream of a node: so much of its head, and so much of its tail. */
  capturedHead: 32 << 10,
  capturedTail: 32 << 10,
  /** The gathering of a host's facts. */
  factsMs: 60_000,
  /** Output kept in the controller for expressions of later steps, over all hosts. */
  keptOutput: 256 << 20,
  knownHostsBytes: 64 << 20,
  /** Of each configuration file of OpenSSH; how deep they may include each other, as with ssh. */
  sshConfigBytes: 4 << 20,
  sshConfigDepth: 16,
  /** Machines on the way to a host. */
  jumps: 8,
  /** A program that a `Match exec` asks. */
  matchExecMs: 10_000,
  connectMs: 10_000,
  loginMs: 30_000,
  /** Pauses between attempts to connect: the first, twice as long each time, and the longest. */
  connectFirstPauseMs: 500,
  connectPauseMs: 15_000,
  /** Further attempts where a server hangs up before the login, as a busy one does. */
  busyRetries: 5,
  /** What may be set. */
  connectRetries: 100,
  connectTimeoutMs: 3_600_000,
  keepaliveMs: 15_000,
  keepaliveMisses: 3,
  stepMs: 3_600_000,
  /** How long a stopped step has between TERM and KILL, and the channel after KILL. */
  graceMs: 5_000,
  /** A link that gives no sign of life for so long when a step is to end is not waited for. */
  signOfLifeMs: 1_500,
  /** A running step hears from us so often; after so much silence, the host ends it (a link that died unnoticed). */
  heartbeatMs: 15_000,
  /** The first time it hears from us; most steps are over by then, and spared the host's process for it. */
  firstBeatMs: 1_000,
  silentMs: 60_000,
  /** How long a host's lock lasts after it was last renewed; what holds it renews it three times as often. */
  lockLeaseMs: 120_000,
  /** How long a host may take to tell of its locks, for `drover lock`. */
  lockListMs: 60_000,
  /** How long giving a lock back may take: one that is not given back runs out. */
  lockReleaseMs: 2_000,
  /** How often a run that waits for a lock tries to take it. */
  lockRetryMs: 1_000,
  /** How long a login shell may take to start a step, and how much it may write before. */
  startMs: 30_000,
  startNoiseBytes: 1 << 20,
  /** How much may still come after a command's exit: what was under way, not what a background child goes on to write. */
  drainBytes: 16 << 20,
  /** How long a channel may stay open for a background child after the command's exit. */
  drainMs: 1_000,
  /** A link that a `reconnect` step's command leaves up for so long is ended. */
  reconnectQuietMs: 20_000,
  /** What happens in a run is written to its journal at most so often. */
  commitMs: 5,
  /** Output that waits for the disk, in UTF-16 units; when there is more, hosts are read no further. */
  uncommittedOutput: 1 << 20,
  /** Output of a run that is kept in its folder; what comes after that is shown, and not kept. */
  keptRunOutput: 4 * 2 ** 30,
  /** The longest pauses between attempts to connect to a host that is away; where it refuses the login, the second. */
  reconnectPauseMs: 5_000,
  reconnectLoginPauseMs: 30_000,
  /** A put or get through which no byte moves for so long is ended. */
  stallMs: 60_000,
  /** How often a step that may be repeated is, where nobody knows whether it has run; after so long, then twice as long. */
  repeats: 2,
  repeatPauseMs: 1_000,
  channelsPerHost: 8,
  /** What a message of output counts besides its text, in UTF-16 units: many short ones take more memory than one long. */
  outputOverhead: 256,
  /** A channel that takes smaller packets is of no use. In bytes, as are those that a server may leave unread. */
  leastPacket: 512,
  unreadBytes: 8 << 20,
  unreadPackets: 5_000,
  /** What a server may leave unanswered, and make wait for new keys. */
  unanswered: 100,
  queuedPackets: 10_000,
  /** How often a server may renew its keys within 10 s, and once more for so many bytes. */
  keyRenewals: 20,
  keyRenewalBytes: 16 << 10,
  forks: 64,
  getEntries: 100_000,
  getDepth: 64,
  /** All names that one get may bring, which it holds in part. */
  getNameBytes: 16 << 20,
  /** What one get may write in all: 1 TiB. */
  getBytes: 2 ** 40,
  remoteNameBytes: 4096,
  /** How long the look at one host may take, and one guard of it. */
  probeMs: 60_000,
  /** Actions that a host is asked about at once. */
  probeItems: 100,
  /** How long a step that only reads may take in a preview. */
  previewRunMs: 300_000,
  /** Entries of a folder that a preview lists one by one; the others are counted. */
  previewEntries: 1_000,
  /** A text longer than this is compared and summarised, not shown as a diff; lines of the diff itself. */
  diffBytes: 256 << 10,
  diffLines: 2_000,
  /** How long git may take to tell of a repository, and how much it may write; how many dirty files are named. */
  gitMs: 5_000,
  gitBytes: 16 << 20,
  gitDirty: 100,
  /** How long git may take to write out the files of a revision. */
  gitCheckoutMs: 300_000,
  /** A saved plan, and what of it shows texts that differ by host, in characters. */
  planFileBytes: 64 << 20,
  planDetailChars: 4 << 20,
  /** For going on with a run, files with more bytes count as changed by their size and time. */
  recordedFileBytes: 1 << 20,
  /** A run of more nodes than this does not record what each of them was to do. */
  recordedNodes: 5_000,
  /** Folders of old runs that a new one removes at most. */
  prunedAtOnce: 50,
  /** Files, folders and links that a saved plan rests on. */
  planInputs: 200_000,
} as const
