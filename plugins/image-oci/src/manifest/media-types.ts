/** What is asked for, best first: https://github.com/opencontainers/image-spec/blob/main/media-types.md, then Docker's of schema 2. */
export const mediaTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]

/** Configs of container images; other ones belong to charts, signatures and the like. */
export const configTypes = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json']
