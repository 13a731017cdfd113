import type { DoctorCheck } from '../../hooks/doctor.ts'
import type { Host } from '../../hooks/host.ts'

/** The program that makes the disks of VMs. */
export async function checkE2fsprogs(host: Pick<Host, 'which' | 'run'>): Promise<DoctorCheck[]> {
  const id = 'e2fsprogs'
  const path = await host.which('mke2fs')
  const advice = 'Install it: sudo apt-get install e2fsprogs'
  if (!path) return [{ id, status: 'error', message: 'mke2fs is not installed', advice }]
  try {
    const { stdout, stderr } = await host.run('mke2fs', ['-V'], { timeout: 10_000 })
    const version = /mke2fs (\S+)/.exec(stderr + stdout)?.[1]
    return [{ id, status: 'ok', message: `mke2fs${version ? ` ${version}` : ''} at ${path}` }]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [{ id, status: 'error', message: `mke2fs at ${path} does not run: ${reason}`, advice }]
  }
}
