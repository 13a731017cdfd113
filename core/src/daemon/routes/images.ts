import type { FastifyInstance } from 'fastify'
import { addImage } from '../../lifecycle/add-image.ts'
import { deleteImage } from '../../lifecycle/delete-artifacts.ts'
import type { Engine } from '../../lifecycle/engine.ts'
import { findImage } from '../../lifecycle/find.ts'
import { imageEntries } from '../../lifecycle/image-entry.ts'
import { pruneImages } from '../../lifecycle/prune-images.ts'
import { bodies, parseBody } from '../bodies.ts'
import { answerOperation } from '../operation.ts'

interface ImageParams {
  Params: { image: string }
}

export function imageRoutes(server: FastifyInstance, engine: Engine): void {
  const { log } = engine.host
  server.get('/v1/images', () => imageEntries(engine.store.images.all(), engine.store.images.all()))
  server.get<ImageParams>('/v1/images/:image', async (request) => {
    const [entry] = await imageEntries([findImage(engine, request.params.image)], engine.store.images.all())
    return entry
  })
  server.post('/v1/images', async (request, reply) => {
    const body = parseBody(bodies.addImage, request.body)
    await answerOperation(request, reply, log, (live) => addImage(engine, body, live))
  })
  server.post('/v1/images/prune', async (request, reply) => {
    const body = parseBody(bodies.pruneImages, request.body)
    await answerOperation(request, reply, log, (live) => pruneImages(engine, body, live))
  })
  server.delete<ImageParams>('/v1/images/:image', async (request) => {
    await deleteImage(engine, request.params.image, { signal: new AbortController().signal, progress: () => undefined })
    return {}
  })
}
