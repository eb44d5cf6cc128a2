// Hypercore: one core for each author in a Corestore, replicated over a TCP connection.
import net from 'node:net'
import { once } from 'node:events'
import Corestore from 'corestore'
import { AUTHORS, body, Digest, recordsOf } from '../js/records.mjs'
import { done, readable, ready, run, start } from '../js/talk.mjs'

// Blocks in one append while seeding. A core signs its tree once an append.
const APPEND_BLOCKS = 64

const authors = Array.from({ length: AUTHORS }, (_, author) => author)

async function named (store) {
  const cores = authors.map((author) => store.get({ name: `author-${author}` }))
  await Promise.all(cores.map((core) => core.ready()))
  return cores
}

async function seed (directory, records) {
  const store = new Corestore(directory)
  for (const [author, core] of (await named(store)).entries()) {
    const end = recordsOf(author, records)
    while (core.length < end) {
      const blocks = []
      for (let at = core.length; at < end && blocks.length < APPEND_BLOCKS; at++) {
        blocks.push(Buffer.from(body(at * AUTHORS + author)))
      }
      await core.append(blocks)
    }
  }
  await store.close()
}

async function full (directory) {
  const store = new Corestore(directory)
  const cores = await named(store)
  const server = net.createServer({ noDelay: true }, (socket) => {
    const stream = store.replicate(false)
    stream.on('error', (fault) => console.error(fault.message))
    socket.on('error', (fault) => console.error(fault.message)).pipe(stream).pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ready({ port: server.address().port, keys: cores.map((core) => core.key.toString('hex')) })
}

async function fill (core) {
  await core.update({ wait: true })
  await core.download({ start: 0, end: core.length }).done()
  if (core.contiguousLength !== core.length) throw new Error('a core has a gap after its download')
  return core.length
}

async function empty (directory, records) {
  const store = new Corestore(directory)
  await store.ready()
  ready()
  const { port, keys } = await start()
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
  const stream = store.replicate(true)
  socket.pipe(stream).pipe(socket)
  const cores = keys.map((key) => store.get({ key: Buffer.from(key, 'hex') }))
  await Promise.all(cores.map((core) => core.ready()))
  const lengths = await Promise.all(cores.map(fill))
  const found = lengths.reduce((sum, length) => sum + length, 0)
  if (found !== records) throw new Error(`${found} of ${records} records after all downloads ended`)
  readable(found)
  await store.storage.db.flush()
  done(found)
}

async function check (directory) {
  const store = new Corestore(directory)
  await store.ready()
  const digest = new Digest()
  for await (const discoveryKey of store.list()) {
    const core = store.get({ discoveryKey })
    await core.ready()
    for (let at = 0; at < core.contiguousLength; at++) digest.add(await core.get(at))
  }
  await store.close()
  return digest
}

await run({ seed, full, empty, check })
