// What the runner tells a node's process and hears from it; see ../records/src/talk.rs.
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const say = (value) => process.stdout.write(JSON.stringify(value) + '\n')

export const readable = (records) => say({ readable: records })
export const done = (records) => say({ done: records })
export const ready = (address = null) => say({ ready: address })

// Waits until the runner says to start, and gives the full node's address.
export async function start () {
  const lines = createInterface({ input: process.stdin })
  const [line] = await once(lines, 'line')
  return JSON.parse(line)
}

// Runs the role that the arguments name: each gets the directory and the number of records.
export async function run ({ seed, full, empty, check }) {
  const [role, directory, count] = process.argv.slice(2)
  const records = Number(count)
  try {
    if (role === 'seed') { await seed(directory, records); say({ seeded: records }); process.exit(0) }
    if (role === 'full') return await full(directory, records)
    if (role === 'empty') return await empty(directory, records)
    if (role === 'check') {
      const digest = await check(directory, records)
      say({ checked: digest.records, digest: digest.hex() })
      process.exit(0)
    }
    throw new Error('say: seed|full|empty|check DIRECTORY RECORDS')
  } catch (fault) {
    console.error(fault)
    process.exit(1)
  }
}
