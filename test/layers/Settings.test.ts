// Owns the proof of the settings: their defaults, that each variable is read, and that what can't work is refused with
// the fix in the message.
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Option, Redacted } from "effect"
import { resolve } from "node:path"
import { Settings } from "../../src/layers/Settings.ts"
import { type Environment, layerSettings } from "../support/Databases.ts"

const read = (environment: Environment) =>
  Settings.use((settings) => Effect.succeed(settings)).pipe(Effect.provide(layerSettings(environment)))
const refusal = (environment: Environment) => Effect.map(Effect.flip(read(environment)), (error) => error.message)

describe("Settings", () => {
  it.effect("have a default each, on loopback and with the embedded database", () =>
    Effect.gen(function* () {
      const { endpoint, limits: _, protocol, ...settings } = yield* read({})
      assert.deepStrictEqual(settings, {
        host: "127.0.0.1",
        port: 4004,
        databaseUrl: Option.none(),
        dataDir: resolve(import.meta.dirname, "../../data"),
        onBoot: "idle",
        operatorToken: Option.none(),
        readerToken: Option.none(),
        allowedHosts: [],
        allowedOrigins: [],
        clientConnections: 1_000,
        clientRequestsPerSecond: 2_000,
        streamMessageBytes: 65_536,
        streamSubscriptions: 5_000,
        auditInterval: Duration.minutes(1),
        listingInterval: Duration.minutes(15),
        logLevel: "Info"
      })
      assert.deepStrictEqual(endpoint("Kraken", "SPOT", "WS"), Option.none())
      assert.deepStrictEqual(protocol("Kraken", "SPOT"), Option.none())
    })
  )
  it.effect("are read from their variables", () =>
    Effect.gen(function* () {
      const {
        endpoint: _,
        limits: __,
        protocol: ___,
        ...settings
      } = yield* read({
        LEVEL4_HOST: "0.0.0.0",
        LEVEL4_PORT: "0",
        LEVEL4_DATABASE_URL: "postgresql://level4@db/level4",
        LEVEL4_DATA_DIR: "/var/lib/level4",
        LEVEL4_ON_BOOT: "resume",
        LEVEL4_OPERATOR_TOKEN: "operator-of-sixteen",
        LEVEL4_READER_TOKEN: "reader-of-sixteen",
        LEVEL4_ALLOWED_HOSTS: "Level4.example, level4,[2001:db8::1]",
        LEVEL4_ALLOWED_ORIGINS: "https://desk.example,http://localhost:5173",
        LEVEL4_CLIENT_CONNECTIONS: "10",
        LEVEL4_CLIENT_REQUESTS_PER_SECOND: "20",
        LEVEL4_STREAM_MESSAGE_BYTES: "2048",
        LEVEL4_STREAM_SUBSCRIPTIONS: "30",
        LEVEL4_AUDIT_INTERVAL: "30 seconds",
        LEVEL4_LOG_LEVEL: "DEBUG"
      })
      assert.deepStrictEqual(settings, {
        host: "0.0.0.0",
        port: 0,
        databaseUrl: Option.some(Redacted.make("postgresql://level4@db/level4")),
        dataDir: "/var/lib/level4",
        onBoot: "resume",
        operatorToken: Option.some(Redacted.make("operator-of-sixteen")),
        readerToken: Option.some(Redacted.make("reader-of-sixteen")),
        allowedHosts: ["level4.example", "level4", "[2001:db8::1]"],
        allowedOrigins: ["https://desk.example", "http://localhost:5173"],
        clientConnections: 10,
        clientRequestsPerSecond: 20,
        streamMessageBytes: 2_048,
        streamSubscriptions: 30,
        auditInterval: Duration.seconds(30),
        listingInterval: Duration.minutes(15),
        logLevel: "Debug"
      })
    })
  )
  it.effect("mean level4's own folder by an empty data directory, as by none, and any other from where it runs", () =>
    Effect.gen(function* () {
      const dataDirOf = (LEVEL4_DATA_DIR: string) => Effect.map(read({ LEVEL4_DATA_DIR }), ({ dataDir }) => dataDir)
      assert.match((yield* read({})).dataDir, /\/data$/)
      assert.strictEqual(yield* dataDirOf(""), (yield* read({})).dataDir)
      assert.strictEqual(yield* dataDirOf("x"), resolve("x"))
      assert.strictEqual(yield* dataDirOf("/tmp/y"), "/tmp/y")
    })
  )
  it.effect("show no secret when they are printed", () =>
    Effect.gen(function* () {
      const settings = yield* read({
        LEVEL4_OPERATOR_TOKEN: "s3cret-of-sixteen",
        LEVEL4_DATABASE_URL: "postgres://u:s3cret@h/d"
      })
      assert.notInclude(JSON.stringify(settings), "s3cret")
    })
  )
  it.effect("refuse an address that others reach unless there is an operator token, naming the fix", () =>
    Effect.gen(function* () {
      for (const host of ["0.0.0.0", "::", "192.168.1.2", "level4.example", "127.0.0.1.example"]) {
        assert.match(yield* refusal({ LEVEL4_HOST: host }), /^LEVEL4_HOST: .*Set LEVEL4_OPERATOR_TOKEN/)
      }
      for (const host of ["127.0.0.1", "127.9.9.9", "localhost", "::1"]) {
        assert.strictEqual((yield* read({ LEVEL4_HOST: host })).host, host)
      }
    })
  )
  it.effect("refuse what they can't read, naming the variable and never the secret", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* refusal({ LEVEL4_PORT: "65536" }), "LEVEL4_PORT: Expected a value between 0 and 65535")
      assert.match(yield* refusal({ LEVEL4_PORT: "http" }), /^LEVEL4_PORT: Expected a string representing a finite/)
      assert.strictEqual(yield* refusal({ LEVEL4_ON_BOOT: "go" }), 'LEVEL4_ON_BOOT: Expected "idle" | "resume"')
      assert.match(yield* refusal({ LEVEL4_LOG_LEVEL: "loud" }), /^LEVEL4_LOG_LEVEL: Expected "trace" \| "debug"/)
      assert.match(yield* refusal({ LEVEL4_CLIENT_CONNECTIONS: "0" }), /^LEVEL4_CLIENT_CONNECTIONS: Expected a value/)
      for (const host of ["*", "http://level4.example", "level4.example:80", "a b", "level4/"]) {
        assert.match(
          yield* refusal({ LEVEL4_ALLOWED_HOSTS: `level4,${host}` }),
          /^LEVEL4_ALLOWED_HOSTS: .* no host name/
        )
      }
      for (const origin of [
        "*",
        "null",
        "desk.example",
        "https://desk.example/",
        "https://desk.example/a",
        "ftp://a"
      ]) {
        assert.match(yield* refusal({ LEVEL4_ALLOWED_ORIGINS: origin }), /^LEVEL4_ALLOWED_ORIGINS: .* no web origin/)
      }
      const url = yield* refusal({ LEVEL4_DATABASE_URL: "mysql://u:s3cret@h/d" })
      assert.match(url, /^LEVEL4_DATABASE_URL: expected an address such as postgres:/)
      assert.notInclude(url, "s3cret")
    })
  )
  it.effect("refuse tokens that are short, or that no header carries, and show none of them", () =>
    Effect.gen(function* () {
      for (const variable of ["LEVEL4_OPERATOR_TOKEN", "LEVEL4_READER_TOKEN"]) {
        for (const token of [
          "s3cret",
          "s3cret-of-15-ch",
          "s3cret of-sixteen",
          "s3crét-of-sixteen",
          "s3cret-of-sixteen\n"
        ]) {
          const message = yield* refusal({ [variable]: token })
          assert.match(message, new RegExp(`^${variable}: expected at least 16 printable ASCII .*openssl rand -hex 32`))
          assert.notInclude(message, "s3cr")
        }
        yield* read({ [variable]: "s3cret-of-16-chr" })
      }
    })
  )
  it.effect("refuse a variable that nothing reads, naming the nearest that is", () =>
    Effect.gen(function* () {
      const meant = {
        LEVEL4_PROT: "LEVEL4_PORT",
        LEVEL4_DATABSE_URL: "LEVEL4_DATABASE_URL",
        level4_port: null,
        LEVEL4_LOGLEVEL: "LEVEL4_LOG_LEVEL",
        LEVEL4_KARKEN_SPOT_WS_URL: "LEVEL4_KRAKEN_SPOT_WS_URL",
        LEVEL4_KRAKEN_SPOTT_REST_URL: "LEVEL4_KRAKEN_SPOT_REST_URL",
        LEVEL4_BITMEX_INVERS_WS_URL: "LEVEL4_BITMEX_INVERSE_WS_URL",
        LEVEL4_KRAKEN_SPOT_WSS_URL: "LEVEL4_KRAKEN_SPOT_WS_URL",
        LEVEL4_KRAKEN_SPOT_PROTOCOLL: "LEVEL4_KRAKEN_SPOT_PROTOCOL",
        LEVEL4_KRAKEN_CONECTS: "LEVEL4_KRAKEN_CONNECTS",
        LEVEL4_BYBITT_CONNECTS: "LEVEL4_BYBIT_CONNECTS",
        LEVEL4_POLONIEX_MARKET_PER_SOCKET: "LEVEL4_POLONIEX_MARKETS_PER_SOCKET"
      }
      for (const [variable, nearest] of Object.entries(meant)) {
        // what is not ours is not looked at
        if (nearest === null) yield* read({ [variable]: "1" })
        else {
          const value = variable.endsWith("URL") ? (variable.includes("REST") ? "http://h" : "ws://h") : "1/1s"
          const message = yield* refusal({ [variable]: value })
          assert.strictEqual(
            message,
            `${variable}: no setting has this name. Did you mean ${nearest}? Correct it, or unset it.`
          )
        }
      }
      assert.match(
        yield* refusal({ LEVEL4_SOMETHING_QUITE_DIFFERENT: "1" }),
        /no setting has this name\. README\.md lists/
      )
      for (const known of ["LEVEL4_URL", "LEVEL4_LOG_FORMAT"]) yield* read({ [known]: "json" })
      yield* read({ LEVEL4_FTX_FUTURE_WS_URL: "ws://h", LEVEL4_BINANCE_INVERSE_PROTOCOL: "x" })
    })
  )
  it.effect("take an empty variable as an unset one", () =>
    Effect.gen(function* () {
      const settings = yield* read({ LEVEL4_PORT: "", LEVEL4_OPERATOR_TOKEN: "", LEVEL4_DATABASE_URL: "" })
      assert.strictEqual(settings.port, 4004)
      assert.isTrue(Option.isNone(settings.operatorToken) && Option.isNone(settings.databaseUrl))
    })
  )
})
