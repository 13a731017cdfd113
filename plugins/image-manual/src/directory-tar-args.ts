/**
 * Arguments for GNU tar that put all of a folder on stdout: numeric owners, attributes (access control lists among them, by number), holes, times to the nanosecond; what is
 * mounted in it stays out. Sorted, so that the same folder gives the same tar.
 */
export function directoryTarArgs(path: string): string[] {
  return [
    '--create',
    '--file=-',
    '--format=posix',
    '--pax-option=delete=atime,delete=ctime',
    '--numeric-owner',
    '--sort=name',
    '--sparse',
    '--xattrs',
    '--xattrs-include=*',
    '--one-file-system',
    `--directory=${path}`,
    '.',
  ]
}
