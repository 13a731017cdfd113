import { userInfo } from 'node:os'
import { fail, type Host, type ImageSource, layerOf, type ResolvedImage } from '@banger/core'
import { aptProxies } from './apt-proxies.ts'
import { guestSources } from './guest-sources.ts'
import { hostCodename, readHostSources } from './host-apt.ts'
import { mmdebstrapArgs } from './mmdebstrap-args.ts'
import { chooseMode } from './mode.ts'
import { stepsOf } from './progress.ts'
import { parseReference, type Reference } from './reference.ts'

/** Bytes of the tar that comes out, for progress. */
const sizes = { full: 200_000_000, minimal: 125_000_000 }

/** `debian:<suite>`: bootstrapped by mmdebstrap, whose tar goes straight into the rootfs. */
export function debianSource(host: Host): ImageSource {
  return {
    scheme: 'debian',
    summary:
      "debian:<suite> (as debian:bookworm), bootstrapped from the host's Debian mirror; debian:<suite>/minimal has no init",
    defaultRef: async () => `debian:${(await hostCodename()) ?? 'stable'}`,
    async resolve(ref, { named }) {
      const reference = parseReference(
        ref,
        (await readHostSources()).flatMap(({ suites }) => suites),
      )
      if (!reference && named) throw unknownSuite(ref)
      return reference && resolve(host, reference)
    },
  }
}

/** Who writes `debian:12` or `debian:bookworm-slim` means the container image of that name. */
function unknownSuite(ref: string): Error {
  return fail('image.reference', {
    ref: `debian:${ref}`,
    reason: `"${ref}" is no suite of Debian that banger can bootstrap`,
    advice: `Suites have names, as in debian:bookworm. The container image of that name is docker.io/library/debian:${ref}`,
  })
}

async function resolve(host: Host, { suite, variant }: Reference): Promise<ResolvedImage> {
  const today = new Date().toISOString().slice(0, 10)
  await host.run('mmdebstrap', ['--version'])
  return {
    // what the mirror has today, and the mirror alone knows: the rootfs's own digest says what came of it
    digest: `debian:${suite}/${variant}@${today}`,
    name: variant === 'full' ? `debian-${suite}` : `debian-${suite}-${variant}`,
    config: { env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8'] },
    size: sizes[variant],
    async *layers({ signal, progress }) {
      const mode = await chooseMode(host, userInfo())
      if (!mode.name)
        throw fail('driver.unusable', { kind: 'image source', name: 'debian', reason: mode.detail, advice: mode.advice })
      // systemd's programs find their library by a path that fakechroot does not see
      if (mode.name === 'fakechroot' && variant === 'full') {
        const reason = `an image with systemd cannot be made ${mode.detail}`
        const advice = `${mode.advice} Or use debian:${suite}/minimal, which has no init.`
        throw fail('driver.unusable', { kind: 'image source', name: 'debian', reason, advice })
      }
      const sources = guestSources(await readHostSources(), suite, await hostCodename())
      const steps = stepsOf(suite, progress)
      const streaming = host.stream('mmdebstrap', mmdebstrapArgs({ suite, variant, mode: mode.name, sources }), {
        ...(sources ? { input: sources.stanzas } : {}),
        // files that the bootstrap makes get this day's time: the same packages give the same image all day
        env: { ...(await aptProxies(host)), SOURCE_DATE_EPOCH: String(Date.parse(today) / 1000), LC_ALL: 'C.UTF-8' },
        cwd: '/',
        signal,
        onStderrLine: steps.line,
      })
      try {
        yield layerOf(streaming)
        await streaming.done
        steps.end('done')
      } finally {
        steps.end('failed')
        // its temporary folder is gone when it has ended
        streaming.stdout.destroy()
        await streaming.done.catch(() => undefined)
      }
    },
  }
}
