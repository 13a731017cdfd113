import { topic } from './topic.ts'

/** Errors of workspaces. */
export const workspace = topic({
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
})
