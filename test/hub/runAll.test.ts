// A fault in one channel or for one client is reported, and costs nobody else an event.
import { assert, describe, it } from "@effect/vitest"
import type { EncodedEvent } from "../../src/hub/EncodedEvent.ts"
import { Fanout } from "../../src/hub/Fanout.ts"
import { type Content, Tickers } from "../../src/hub/Tickers.ts"
import { Topic } from "../../src/hub/Topic.ts"
import { ManualTimers } from "../support/manualTimers.ts"

const topicOf = (id: number) =>
  new Topic({ id, name: `topic ${id}`, market: null, newest: () => null, linger: 0, changed: () => {} })
const eventOf = (topic: Topic, seq: number): EncodedEvent => ({ topic, type: "event", epoch: 0, seq, text: `${seq}` })

const listener = () => {
  const got: Array<string> = []
  return { got, deliver: (_: Buffer, events: ReadonlyArray<EncodedEvent>) => got.push(...events.map((e) => e.text)) }
}
const good = { name: "good", encode: () => Buffer.alloc(0) }
const broken = {
  name: "broken",
  encode: () => {
    throw new Error("no bytes")
  }
}
const deaf = {
  deliver: () => {
    throw new Error("deaf")
  }
}

describe("what fails for one", () => {
  it("leaves the other channels of its interval, at this tick and the next", () => {
    const timers = new ManualTimers()
    const tickers = new Tickers(timers)
    let stamp = 0
    const content = (fails: boolean): Content => ({
      market: null,
      stamp: () => stamp,
      make: (topic) => {
        if (fails && stamp > 0) throw new Error("no book")
        return { event: eventOf(topic, stamp), body: `${stamp}` }
      }
    })
    const first = tickers.topic(1, "first", 100, content(true), () => {})
    const second = tickers.topic(2, "second", 100, content(false), () => {})
    const got: Array<string> = []
    second.groups.add({ add: ({ text }) => got.push(text) })
    first.hold()
    second.hold()
    for (stamp = 1; stamp <= 2; stamp++) assert.throws(() => timers.advance(100), "no book")
    assert.deepStrictEqual(got, ["1", "2"])
    tickers.close()
  })

  it("leaves the other groups of its window and the other clients of its group, whose windows go on", () => {
    const timers = new ManualTimers()
    const fanout = new Fanout(timers)
    const topics = [topicOf(1), topicOf(2), topicOf(3)]
    const [heard, shared] = [listener(), listener()]
    fanout.separate(listener(), broken, new Set([topics[0]!]), null)
    fanout.separate(heard, good, new Set([topics[1]!]), null)
    fanout.separate(deaf, good, new Set([topics[2]!]), null).members.add(shared)
    for (const seq of [1, 2]) {
      for (const topic of topics) topic.publish(eventOf(topic, seq))
      assert.throws(() => fanout.flush(), "no bytes")
    }
    assert.deepStrictEqual(
      [heard.got, shared.got],
      [
        ["1", "2"],
        ["1", "2"]
      ]
    )
    topics[1]!.publish(eventOf(topics[1]!, 3))
    assert.strictEqual(timers.waiting, 1, "a window that failed for one is followed by the next as ever")
    timers.advance(50)
    assert.deepStrictEqual(heard.got, ["1", "2", "3"])
    fanout.close()
  })
})
