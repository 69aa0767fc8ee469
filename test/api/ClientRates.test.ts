// Rates: five seconds' worth at once, then the steady rate; one client never pays for another; memory is bounded.
import { assert, describe, it } from "@effect/vitest"
import { ClientRates, clientOf } from "../../src/api/ClientRates.ts"

const passed = (rates: ClientRates, client: string, times: number, now: number) =>
  Array.from({ length: times }, () => rates.take(client, now)).filter((wait) => wait === 0).length

describe("ClientRates", () => {
  it("lets five seconds' worth pass at once, then as many as the time allows", () => {
    const rates = new ClientRates(10)
    assert.strictEqual(passed(rates, "1.2.3.4", 200, 0), 50)
    assert.strictEqual(rates.take("1.2.3.4", 0), 1)
    assert.strictEqual(passed(rates, "1.2.3.4", 200, 1_000), 10)
    assert.strictEqual(passed(rates, "1.2.3.4", 200, 3_600_000), 50)
  })

  it("never stops a client that keeps to the rate, nor one beside a flood", () => {
    const rates = new ClientRates(10)
    for (let now = 0; now < 60_000; now += 100) {
      assert.strictEqual(rates.take("10.0.0.1", now), 0)
      passed(rates, "10.0.0.2", 20, now)
    }
  })

  it("is not fooled by a clock that goes back", () => {
    const rates = new ClientRates(1)
    assert.strictEqual(passed(rates, "1.2.3.4", 9, 10_000), 5)
    assert.strictEqual(passed(rates, "1.2.3.4", 9, 0), 0)
    assert.strictEqual(passed(rates, "1.2.3.4", 9, 1_000), 1)
  })

  it("remembers ten thousand clients, and forgets the one that was quiet longest", () => {
    const rates = new ClientRates(1)
    for (let i = 0; i < 20_000; i++) {
      rates.take(`10.0.${i >> 8}.${i & 255}`, i)
      rates.take("192.168.0.1", 0)
    }
    assert.strictEqual(rates.size, 10_000)
    assert.isAbove(rates.take("192.168.0.1", 0), 0)
  })

  it("takes the spellings of an address, and a network of IPv6, for one client", () => {
    assert.strictEqual(clientOf("::ffff:10.0.0.1"), "10.0.0.1")
    assert.strictEqual(clientOf("::1"), "0:0:0:0::/64")
    assert.strictEqual(clientOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64")
    assert.strictEqual(clientOf("2001:DB8:1:2::9"), "2001:db8:1:2::/64")
    assert.strictEqual(clientOf("2001:db8::9"), "2001:db8:0:0::/64")
    assert.strictEqual(clientOf("fe80::1%eth0"), "fe80:0:0:0::/64")
  })
})
