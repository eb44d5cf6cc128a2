// OrbitDB: one event log, signed by one identity, replicated by Helia over libp2p: TCP, Noise, Yamux, Bitswap.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gossipsub } from '@libp2p/gossipsub'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { bitswap } from '@helia/block-brokers'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { createOrbitDB } from '@orbitdb/core'
import { multiaddr } from '@multiformats/multiaddr'
import { LevelBlockstore } from 'blockstore-level'
import { LevelDatastore } from 'datastore-level'
import { createHelia } from 'helia'
import { createLibp2p } from 'libp2p'
import { body, Digest } from '../js/records.mjs'
import { done, readable, ready, run, start } from '../js/talk.mjs'

async function open (directory) {
  mkdirSync(directory, { recursive: true })
  const libp2p = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), pubsub: gossipsub({ allowPublishToZeroTopicPeers: true }) }
  })
  const blockstore = new LevelBlockstore(`${directory}/blocks`)
  const datastore = new LevelDatastore(`${directory}/data`)
  await blockstore.open()
  await datastore.open()
  const ipfs = await createHelia({ libp2p, blockstore, datastore, blockBrokers: [bitswap()], routers: [] })
  return { ipfs, orbitdb: await createOrbitDB({ ipfs, id: 'node', directory: `${directory}/orbitdb` }) }
}

// The full node's log: its address follows from its name and its author's key, which the directory keeps.
const own = ({ orbitdb }) => orbitdb.open('records', { type: 'events' })

async function close ({ ipfs, orbitdb }) {
  await orbitdb.stop()
  await ipfs.stop()
}

async function count (db) {
  let records = 0
  for await (const _ of db.iterator()) records++
  return records
}

async function seed (directory, records) {
  const node = await open(directory)
  const db = await own(node)
  for (let index = await count(db); index < records; index++) await db.add(body(index))
  await close(node)
}

async function full (directory) {
  const node = await open(directory)
  const db = await own(node)
  const [head] = await db.log.heads()
  ready({ dial: node.ipfs.libp2p.getMultiaddrs()[0].toString(), log: db.address, head: head.hash })
}

// Waits until the full node's newest record, and so every one before it, has been joined to the log.
const joined = (db, head) => new Promise((resolve, reject) => {
  const look = async () => { if (await db.log.has(head)) resolve() }
  db.events.on('join', look)
  db.events.on('update', look)
  db.events.on('error', reject)
  look()
})

async function empty (directory, records) {
  const node = await open(directory)
  ready()
  const { dial, log, head } = await start()
  writeFileSync(`${directory}/log`, log)
  await node.ipfs.libp2p.dial(multiaddr(dial))
  const db = await node.orbitdb.open(log)
  await joined(db, head)
  const found = await count(db)
  if (found !== records) throw new Error(`${found} of ${records} records after the newest was joined`)
  // LevelDB offers no flush; OrbitDB asks for none.
  readable(found)
  done(found)
}

async function check (directory) {
  const node = await open(directory)
  const digest = new Digest()
  const db = await node.orbitdb.open(readFileSync(`${directory}/log`, 'utf8'))
  for await (const { value } of db.iterator()) digest.add(value)
  await close(node)
  return digest
}

await run({ seed, full, empty, check })
