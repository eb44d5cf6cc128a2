// The records, in JavaScript: the same bytes as ../records/src/body.rs writes, and the same digest as digest.rs.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

export const AUTHORS = 100
export const BODY_BYTES = 1024

const MASK = (1n << 64n) - 1n
const SEED = 0x616c6c69616e6365n
const STEP = 0x9e3779b97f4a7c15n
const WORDS = readFileSync(new URL('../records/words.txt', import.meta.url), 'utf8').split('\n').slice(0, 256)

function mix (number) {
  number = ((number ^ (number >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK
  number = ((number ^ (number >> 27n)) * 0x94d049bb133111ebn) & MASK
  return number ^ (number >> 31n)
}

export function body (index) {
  let text = ''
  let state = mix((SEED + BigInt(index)) & MASK)
  while (text.length < BODY_BYTES) {
    state = (state + STEP) & MASK
    let word = mix(state)
    for (let byte = 0; byte < 8; byte++, word >>= 8n) text += WORDS[Number(word & 0xffn)] + ' '
  }
  return text.slice(0, BODY_BYTES)
}

// The number of author `author`'s records among the first `records`.
export const recordsOf = (author, records) => Math.floor((records - author + AUTHORS - 1) / AUTHORS)

export class Digest {
  records = 0
  #sum = Buffer.alloc(16)

  add (bytes) {
    this.records++
    const sum = createHash('sha256').update(bytes).digest()
    for (let at = 0; at < 16; at++) this.#sum[at] ^= sum[at]
  }

  hex () { return this.#sum.toString('hex') }
}
