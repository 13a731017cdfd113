/**
 * The one catalogue of errors. A code is stable: scripts and other copies of core compare it,
 * never the class. `{name}` in a message or hint is filled from the parameters given to `fail`.
 */
export const catalogue = {
  'internal': {
    status: 500,
    message: 'Something went wrong inside banger: {reason}',
    hint: 'The log has the details: banger daemon status names it.',
  },
  'usage': { status: 400, message: '{reason}', hint: 'Add --help to the command to see what it takes.' },
  'not-supported': { status: 400, message: '{reason}', hint: '{advice}' },
  'aborted': {
    status: 499,
    message: '{what} was interrupted and undone.',
    hint: 'Nothing was left behind; run it again when you like.',
  },
  'interrupted': {
    status: 499,
    message: 'Not waiting for "{what}" any longer.',
    hint: 'The daemon carries on with it; see how it ends with: banger {list}',
  },

  'config.invalid': {
    status: 400,
    message: 'The configuration in {file} is not valid: {reason}',
    hint: 'Mend that line, or remove it to get the default.',
  },
  'config.unknown-key': { status: 400, message: 'The configuration in {file} has an unknown key "{key}".', hint: '{suggestion}' },

  'daemon.not-running': { status: 503, message: 'The banger daemon is not running.', hint: 'Start it with: banger daemon start' },
  'daemon.start-failed': {
    status: 503,
    message: 'The banger daemon could not be started: {reason}',
    hint: 'Its log may say more: {log}',
  },
  'daemon.already-running': {
    status: 409,
    message: 'Another banger daemon (pid {pid}) already serves {folder}.',
    hint: 'Use that one, or stop it first with: banger daemon stop',
  },
  'daemon.lost': {
    status: 503,
    message: 'The connection to the banger daemon was lost.',
    hint: 'Run the command again: the daemon starts by itself and VMs keep running. Its log: {log}',
  },

  'store.newer': {
    status: 500,
    message: 'The state in {file} was written by a newer banger (format {found}; this one knows up to {known}).',
    hint: 'Upgrade banger, or point XDG_STATE_HOME at another folder.',
  },
  'state.unwritable': {
    status: 500,
    message: 'banger cannot write to {folder}: {reason}',
    hint: 'Make the folder writable for you, or point {variable} at another one.',
  },
  'disk.full': {
    status: 507,
    message: 'The disk that holds {folder} is full.',
    hint: 'Free some space (banger image list and banger vm list show what banger holds) and try again.',
  },

  'plugin.broken': {
    status: 500,
    message: 'The plugin {plugin} could not be loaded: {reason}',
    hint: '{advice}',
  },
  'plugin.failed': {
    status: 500,
    message: 'The plugin {plugin} failed while it {task}: {reason}',
    hint: '{advice}',
  },
  'plugin.duplicate': {
    status: 500,
    message: 'The plugins {first} and {second} both provide the {kind} "{name}".',
    hint: 'Remove one of the two: banger plugins uninstall {second}',
  },
  'plugin.twice': {
    status: 500,
    message: 'The plugin {plugin} is there twice: {first}, and {second}.',
    hint: 'The first is used. Remove the second: banger plugins uninstall {plugin}',
  },
  'plugin.hung': {
    status: 500,
    message: 'The plugin {plugin} took more than {seconds} s while it {task}, and was given up.',
    hint: '{advice}',
  },
  'plugin.list': {
    status: 500,
    message: 'The list of your plugins, {file}, cannot be read: {reason}',
    hint: 'Mend it, or remove it and install your plugins again. The plugins that are a part of banger work without it.',
  },
  'plugin.range': {
    status: 500,
    message: 'The plugin {plugin} needs banger {range}; this is {version}.',
    hint: 'Install a version of the plugin that fits.',
  },
  'plugin.node': {
    status: 400,
    message: 'The plugin {name} needs Node {range}; banger runs with {version}.',
    hint: 'Install a version of the plugin that fits, or banger with a newer Node.',
  },
  'plugin.peer': {
    status: 400,
    message: 'The plugin {name} needs {missing}, which it does not bring along.',
    hint: 'Its author has to list it under "dependencies": only @banger/core is shared with banger.',
  },

  'image.not-found': {
    status: 404,
    message: 'There is no image named "{name}".',
    hint: 'See what you have with: banger image list. Get one with: banger image pull debian:bookworm',
  },
  'image.exists': {
    status: 409,
    message: 'An image named "{name}" exists already.',
    hint: 'Choose another with --name, or remove it first: banger image delete {name}',
  },
  'image.in-use': {
    status: 409,
    message: 'The image "{name}" is used by: {users}.',
    hint: 'Delete those VMs first: banger vm delete {users}',
  },
  'image.interrupted': {
    status: 499,
    message: 'Interrupted: the image "{image}" was not added.',
    hint: 'Run it again when you like: layers that had come whole are cached (banger image prune frees them).',
  },
  'image.none': {
    status: 404,
    message: 'No image is registered, and no plugin offers a default one.',
    hint: 'Register one: banger image register --help',
  },
  'image.no-source': {
    status: 400,
    message: 'No image source knows the reference "{ref}".',
    hint: 'References look like debian:bookworm; sources here: {sources}.',
  },
  'image.option': {
    status: 400,
    message: 'The image source {source} does not take --{option}.',
    hint: 'Leave it out. References that take it: {able}.',
  },
  'image.reference': { status: 400, message: '{ref} names no image: {reason}', hint: '{advice}' },
  'image.not-cached': {
    status: 404,
    message: 'The image {image} is not in the cache: {missing}.',
    hint: 'Pull it without --offline while its registry can be reached.',
  },
  'image.platform': {
    status: 400,
    message: 'An image for {platform} cannot boot here: {reason}',
    hint: 'Pull it on such a machine, or the one for this machine with: --platform {usable}',
  },
  'image.invalid': {
    status: 400,
    message: 'The root filesystem {path} cannot be used: {reason}',
    hint: '{advice}',
  },

  'image.refused': {
    status: 400,
    message: 'The image {image} cannot be used: {reason}',
    hint: 'Check the reference. If it is right, the image must be made anew, for this machine and by a current tool.',
  },

  'registry.unauthorized': {
    status: 401,
    message: 'The registry {registry} does not give {repository} to you{detail}.',
    hint: 'Check the name. If it is private, log in first: docker login {registry}, or podman login {registry}',
  },
  'registry.not-found': {
    status: 404,
    message: 'The registry {registry} has no image {ref}.',
    hint: 'Check the name and the tag.',
  },
  'registry.failed': {
    status: 502,
    message: 'The registry {registry} cannot be used: {reason}',
    hint: 'Check its name and the connection, or try again later. What was downloaded whole is kept.',
  },
  'registry.untrusted': {
    status: 502,
    message: 'The registry {registry} is not safe to use: {reason}',
    hint: 'If you trust it and the network between, add --insecure, or put it into the configuration: [plugins.image-oci] insecure = ["{registry}"]. An authority of your own is made known by NODE_EXTRA_CA_CERTS.',
  },
  'blob.corrupt': {
    status: 502,
    message: 'A part of {image} is not what it should be: {digest} {reason}',
    hint: 'Nothing of it was kept. Pull again; if it goes on, tell whoever maintains the image or the registry.',
  },

  'kernel.not-found': {
    status: 404,
    message: 'There is no kernel named "{name}".',
    hint: 'See what you have with: banger kernel list; what you can pull with: banger kernel list --available',
  },
  'kernel.exists': {
    status: 409,
    message: 'A kernel named "{name}" exists already.',
    hint: 'Remove it first: banger kernel delete {name}',
  },
  'kernel.in-use': { status: 409, message: 'The kernel "{name}" is used by: {users}.', hint: 'Delete those first.' },
  'kernel.invalid': {
    status: 400,
    message: '{path} is no kernel that banger can boot: {reason}',
    hint: 'Give an uncompressed ELF vmlinux or a bzImage (vmlinuz) for this machine.',
  },
  'kernel.none': {
    status: 404,
    message: 'No kernel is here, and no plugin offers a default one.',
    hint: 'Import one: banger kernel import --help',
  },
  'kernel.download-failed': {
    status: 502,
    message: 'The kernel "{name}" could not be fetched from {url}: {reason}',
    hint: 'Try again later. If it goes on, tell whoever maintains the catalog.',
  },
  'catalog.invalid': {
    status: 502,
    message: 'The kernel catalog {url} cannot be used: {reason}',
    hint: 'Check its address in the configuration ([plugins.kernel-catalog] catalogs), or tell whoever maintains it.',
  },

  'driver.not-found': { status: 400, message: 'There is no {kind} named "{name}".', hint: 'Available: {available}.' },
  'driver.unusable': { status: 503, message: 'The {kind} "{name}" cannot be used here: {reason}', hint: '{advice}' },
  'driver.mismatch': {
    status: 400,
    message: 'The VMM {vmm} takes networks of the kind {takes}, and the network {network} is of the kind {gives}.',
    hint: 'Choose another with --network or --vmm.',
  },
  'driver.kernel': {
    status: 400,
    message: 'The VMM {vmm} needs a kernel with {needs}, which the kernel "{kernel}" lacks.',
    hint: 'Choose another with --vmm, or an image with another kernel: banger kernel list',
  },

  'network.conflict': {
    status: 409,
    message: 'The bridge {bridge} cannot be made: {reason}.',
    hint: 'Choose another bridge_name, cidr or bridge_ip in the configuration, or remove what is in the way.',
  },
  'network.full': {
    status: 507,
    message: 'No address of {cidr} is free: VMs have all {count}.',
    hint: 'A VM keeps its address until it is deleted: banger vm list --all. Or set a larger cidr in the configuration.',
  },
  'network.no-tap': {
    status: 503,
    message: 'No tap is ready for the VM, and none can be made on {bridge}: {reason}',
    hint: 'See what is missing with: banger doctor',
  },
  'network.service-failed': {
    status: 503,
    message: 'The service that names VMs and publishes their ports does not run: {reason}',
    hint: 'Its log may say more: {log}',
  },

  'vmm.refused': {
    status: 400,
    message: '{vmm} refused {call} for the VM "{name}": {reason}',
    hint: '{advice}',
  },

  'vm.not-found': { status: 404, message: 'There is no VM named "{name}".', hint: 'See what you have with: banger vm list' },
  'vm.exists': {
    status: 409,
    message: 'A VM named "{name}" exists already.',
    hint: 'Choose another name, or remove it first: banger vm delete {name}',
  },
  'vm.not-running': { status: 409, message: 'The VM "{name}" is {state}.', hint: 'Start it with: banger vm start {name}' },
  'vm.running': {
    status: 409,
    message: 'The VM "{name}" is running already.',
    hint: 'Open a shell in it with: banger vm ssh {name}',
  },
  'vm.delete-running': {
    status: 409,
    message: 'The VM "{name}" is running.',
    hint: 'Stop it first with: banger vm stop {name}. Or delete it as it is: banger vm delete --force {name}',
  },
  'vm.busy': {
    status: 409,
    message: '"{name}" is busy: {verb} is under way.',
    hint: 'Wait for it to finish and try again.',
  },
  'vm.boot-failed': {
    status: 500,
    message: 'The VM "{name}" did not become ready: {reason}',
    hint: 'Its console says more: {log}',
  },
  'vm.bad-name': {
    status: 400,
    message: '"{name}" is no name for a {kind}.',
    hint: 'Use 1 to 63 lower-case letters, digits and hyphens, and begin with a letter or digit.',
  },

  'guest.unreachable': {
    status: 503,
    message: 'The guest of "{name}" does not answer: {reason}',
    hint: 'Look at its console with: banger vm logs {name}',
  },
  'guest.command-not-found': {
    status: 404,
    message: '{command}: no such command in the guest.',
    hint: 'Give a full path, or install it in the guest first.',
  },
  'guest.command-not-executable': {
    status: 400,
    message: '{command}: cannot be executed in the guest.',
    hint: 'Make it executable there (chmod +x), or name the program that runs it.',
  },
  'guest.command-failed': {
    status: 500,
    message: '{command} could not be started in the guest: {reason}',
    hint: 'Look at what the guest has left: memory, processes and open files.',
  },
  'guest.bad-cwd': {
    status: 400,
    message: 'There is no folder {path} in the guest.',
    hint: 'Give a folder that exists, or make it first.',
  },
  'guest.bad-user': {
    status: 400,
    message: 'There is no user {user} in the guest.',
    hint: 'Give a name of its /etc/passwd, or a number.',
  },
  'guest.bad-path': { status: 404, message: '{path}: {reason}', hint: 'Give a path that exists in the guest.' },
  'guest.no-log': {
    status: 404,
    message: '{path}: the guest has no such log.',
    hint: 'See which steps and services it has with: banger vm show',
  },
  'guest.bad-archive': {
    status: 400,
    message: 'The archive was refused: {reason}',
    hint: 'Its names and links must stay inside the folder that it is unpacked to.',
  },
  'guest.dial-failed': {
    status: 502,
    message: 'Nothing answers on port {port} of the guest: {reason}',
    hint: 'See what listens there with: banger vm ports',
  },
  'guest.bad-request': {
    status: 400,
    message: 'The agent did not understand the request: {reason}',
    hint: 'The agent and the daemon may be of different versions: restart the VM.',
  },
  'guest.refused': {
    status: 502,
    message: 'The guest refused: {reason}',
    hint: 'Look at its console with: banger vm logs {name}',
  },

  'guest.disk-full': {
    status: 507,
    message: "The guest's disk is full: {reason}",
    hint: 'Remove something in the guest, or create a VM with a larger --disk.',
  },

  'copy.refused': { status: 400, message: '{reason}', hint: '{advice}' },
  'copy.interrupted': {
    status: 499,
    message: 'The copy to {target} was interrupted.',
    hint: 'No file is there by half. Run it again to copy the rest.',
  },
  'host.bad-path': { status: 404, message: '{path}: {reason}', hint: 'Give a path of this host that you can use.' },

  'session.not-found': {
    status: 404,
    message: 'There is no session "{name}" in the guest.',
    hint: 'See what there is with: banger vm session list VM',
  },
  'session.exists': {
    status: 409,
    message: 'A session named "{name}" exists already in the guest.',
    hint: 'Choose another name, or remove it first, also when it has ended: banger vm session delete VM SESSION',
  },
  'session.preflight': {
    status: 400,
    message: 'The guest lacks {missing}.',
    hint: 'Install or make that in the guest first, or name full paths. Nothing was started.',
  },
  'session.running': {
    status: 409,
    message: 'The session "{name}" is running.',
    hint: 'Stop it first with: banger vm session stop VM SESSION. Or add --force.',
  },
  'session.detached': {
    status: 409,
    message: 'The session "{name}" has no pipe to attach to.',
    hint: 'Read its output with: banger vm session logs VM SESSION --follow. To attach, start sessions with --stdin-mode pipe.',
  },
  'session.attached': {
    status: 409,
    message: 'The session "{name}" is attached already.',
    hint: 'End that one first, or read along with: banger vm session logs VM SESSION --follow',
  },
  'session.lost': {
    status: 410,
    message: 'How the session "{name}" ended is not known.',
    hint: 'What it wrote until then is kept: banger vm session logs VM SESSION',
  },
  'session.taken-over': {
    status: 409,
    message: 'Another client was attached to the session "{name}" while the connection was broken.',
    hint: 'What you had typed may not have arrived. Attach again to go on.',
  },

  'workspace.no-checkout': {
    status: 400,
    message: '{path} is no git checkout: {reason}.',
    hint: 'Give a folder that git knows (git init makes one of any).',
  },
  'workspace.submodules': {
    status: 400,
    message: 'The repository {path} has submodules: {names}.',
    hint: 'Bring it with all of its history and theirs: add --mode full_copy',
  },
  'workspace.nested': {
    status: 400,
    message: 'There are other repositories in {path}: {names}.',
    hint: 'Have git ignore them (.git/info/exclude), or bring them along: add --mode full_copy',
  },
  'workspace.branch': { status: 400, message: '{reason}', hint: '{advice}' },
  'workspace.unreadable': {
    status: 400,
    message: 'The file {path} cannot be read.',
    hint: 'Make it readable for you, or have git ignore it. Nothing was sent.',
  },
  'workspace.changing': {
    status: 409,
    message: 'Files in {folder} change faster than they can be sent.',
    hint: 'Stop what writes there, or have git ignore those files, and try again.',
  },
  'workspace.interrupted': {
    status: 499,
    message: 'Preparing {folder} in the VM "{vm}" was interrupted; it is not complete.',
    hint: 'Run it again: what is there already is not sent again.',
  },
  'workspace.pull-interrupted': {
    status: 499,
    message: 'The pull from the VM "{vm}" was interrupted.',
    hint: 'Every file that was brought is whole. Run it again to bring the rest.',
  },
  'workspace.none': {
    status: 404,
    message: 'The VM "{vm}" has no workspace at {folder}.',
    hint: 'Make one: banger vm workspace prepare {vm}. Or name another folder with --guest-path.',
  },
  'workspace.too-much': {
    status: 400,
    message: 'The VM "{vm}" has more in {folder} than can be brought here: {reason}.',
    hint: 'Have git ignore there what is not to be brought (.gitignore).',
  },
  'workspace.unsound': {
    status: 502,
    message: "The guest's commits cannot be taken: {reason}",
    hint: 'Nothing was brought here. See what git says of them in the VM: git fsck --strict',
  },
  'workspace.occupied': {
    status: 409,
    message: 'The folder {folder} of the VM "{vm}" {origin}.',
    hint: 'Choose another with --guest-path, or replace all that is there: add --overwrite',
  },
  'workspace.guest-work': {
    status: 409,
    message: 'The guest has work in {folder} that would be lost: {files}.',
    hint: 'Bring it here first: banger vm workspace pull {vm}. Or throw it away: add --overwrite',
  },

  'acp.no-agent': {
    status: 404,
    message: 'There is no opencode in the guest of "{name}".',
    hint: 'Install it there, so that a login shell finds it: banger vm ssh {name} -- opencode --version',
  },

  'ssh.failed': { status: 502, message: 'SSH to the VM "{name}" failed: {reason}', hint: '{advice}' },

  'forward.unavailable': {
    status: 409,
    message: 'The port {address}:{port} of this host cannot be taken: {reason}',
    hint: 'Take another one: banger vm port-forward {vm} <port>:{guest}, or :{guest} for a free one',
  },
  'port.in-use': {
    status: 409,
    message: 'The host port {address}:{port} is in use already.',
    hint: 'Publish another one: --publish <free port>:{guest}',
  },
  'tool.missing': { status: 503, message: 'The program {tool} is not installed.', hint: 'Install it: {advice}' },
  'tool.failed': { status: 500, message: '{tool} failed: {reason}', hint: '{advice}' },
} as const satisfies Record<string, { status: number; message: string; hint: string }>
