// A kind of event that only this file's table has: one row, and it has a channel name, a topic, a place in the ring, a
// first event for newcomers, its text on the stream and its line in `tail`. And the documents list what the tables
// hold.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { initialEvents } from "../../src/api/stream/initialEvents.ts"
import { kindLine } from "../../src/cli/tailLine.ts"
import { plain as uncoloured } from "../../src/cli/Style.ts"
import { ALIASES, channelSpellings, readChannel } from "../../src/domain/ChannelName.ts"
import { decimal, plain } from "../../src/domain/EventFields.ts"
import { EVENT_KINDS, eventKind, eventSchemas } from "../../src/domain/EventKinds.ts"
import { PERIODIC_CHANNELS } from "../../src/domain/PeriodicChannels.ts"
import type { EncodedEvent } from "../../src/hub/EncodedEvent.ts"
import { Group } from "../../src/hub/Group.ts"
import { Hub } from "../../src/hub/Hub.ts"
import { ManualTimers } from "../support/manualTimers.ts"
import { StagedFeed, stagedMarket } from "../support/StagedFeed.ts"

const SampleHours = Schema.Int.check(Schema.isGreaterThan(0))
const kinds = {
  ...EVENT_KINDS,
  sample: eventKind(
    { rate: decimal, hours: plain(SampleHours) },
    { newcomer: "last", about: "what a test made up", begins: "the last one" },
    ({ rate, hours }, paint) => `sample  ${paint.good(`${rate} every ${hours} h`)}`
  )
}

const stage = () => {
  const timers = new ManualTimers()
  const hub = new Hub(1_000, timers, { kinds })
  const staged = new StagedFeed(hub, stagedMarket(1))
  const { channel } = staged
  const start = staged.seq
  const emit = (rate: number | string) => {
    const seq = ++channel.feed!.exchange.seq
    const head = { market_id: channel.id, tag: channel.tag, epoch: 0, seq, ts_exchange: null, ts_received: 7_000_000 }
    const event = { type: "sample", ...head, rate, hours: 8 }
    channel.emit(event)
  }
  const name = readChannel<string>("sample", hub.kinds)
  assert(typeof name !== "string" && name.kind !== "consolidated" && !("pair" in name))
  return { timers, hub, channel, staged, start, emit, topic: hub.topicOf(channel, name) }
}

const SAMPLE = { type: "sample", market_id: 1, tag: "COINBASE.SPOT:BTC-USD", epoch: 0, ts_exchange: null }

describe("a kind that is a row of a table", () => {
  it("has a channel by its name, which no other table has", () => {
    assert.deepStrictEqual(readChannel("sample", kinds), { kind: "sample", name: "sample" })
    const refused = readChannel("samples", kinds)
    assert(typeof refused === "string")
    const names = [...Object.keys(EVENT_KINDS), "sample", "book_top_<depth>_<interval>ms, "]
    assert.include(refused, `expected ${names.join(", ")}`)
    assert.isString(readChannel("sample"))
  })

  it("gives a newcomer the last one, though nobody heard it, and what was missed to who comes back", () => {
    const { channel, emit, hub, start, timers, topic } = stage()
    const first = () =>
      initialEvents(channel, [topic], null)
        .flat()
        .map(({ text }) => JSON.parse(text) as unknown)
    assert.deepStrictEqual(first(), [])
    emit("0.000100")
    const last = { ...SAMPLE, seq: start + 1, ts_received: 7_000_000, rate: "0.0001", hours: 8 }
    assert.deepStrictEqual(first(), [last])
    topic.hold()
    const gathered: Array<EncodedEvent> = []
    const member = { deliver: (_: Buffer, events: ReadonlyArray<EncodedEvent>) => void gathered.push(...events) }
    const format = { name: "texts", encode: () => Buffer.alloc(0) }
    const group = new Group([topic], format, () => {})
    group.members.add(member)
    emit(0.0002)
    emit(3e-7)
    group.flush()
    assert.deepStrictEqual(
      gathered.map(({ text }) => JSON.parse(text) as unknown),
      [
        { ...last, seq: start + 2, rate: "0.0002" },
        { ...last, seq: start + 3, rate: "0.0000003" }
      ]
    )
    const missed = channel.since({ epoch: 0, seq: start + 1 }, [topic])
    assert.deepStrictEqual(missed, gathered, "the ring keeps what was heard")
    topic.release(timers.now())
    timers.advance(66_000)
    assert.isFalse(channel.wanted)
    assert.strictEqual(topic.first()?.seq, start + 3, "the last one stays")
    hub.close()
    assert.strictEqual(timers.waiting, 0)
  })

  it("gives nobody the last one of a feed that ended, neither while none runs nor when the next one does", () => {
    const { emit, hub, staged, topic } = stage()
    emit("0.0001")
    assert.strictEqual(topic.first()?.seq, staged.seq)
    staged.stop()
    assert.isNull(topic.first())
    const next = new StagedFeed(hub, stagedMarket(1))
    assert.isNull(topic.first())
    emit("0.0002")
    assert.strictEqual(topic.first()?.seq, next.seq)
    hub.close()
  })

  it("is valid by the schema of its row, and has its line in tail", () => {
    const { emit, hub, topic } = stage()
    emit("2.50")
    const event = Schema.decodeUnknownSync(eventSchemas(kinds).sample)(JSON.parse(topic.newest()!.text))
    assert.strictEqual(event.rate, "2.5")
    assert.strictEqual(kindLine(uncoloured, event, kinds), "00:00:07.000  COINBASE.SPOT:BTC-USD  sample  2.5 every 8 h")
    hub.close()
  })
})

describe("the tables of kinds", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/stream.md"), "utf8")

  it("are the table of docs/stream.md", () => {
    const spellings = [...channelSpellings(), ...ALIASES.map(({ alias }) => alias)]
    const rows = Object.entries({ ...EVENT_KINDS, ...PERIODIC_CHANNELS }).map(([name, { about, begins }]) => {
      const spelling = spellings.find((one) => one === name || one.startsWith(`${name}_<`))
      return `| \`${spelling}\` | ${about} | ${begins} |`
    })
    const listed = page.split("\n").filter((line) => /^\| `[a-z_]+(?:_<[^`]*)?` \| .* \| .* \|$/.test(line))
    assert.deepStrictEqual(
      listed.filter((line) => !/^\| `(op|id|channels|markets|delivery|since|run)`/.test(line)),
      rows
    )
  })
})
