// Owns a stub of an OpenTelemetry collector on loopback: takes OTLP over HTTP as JSON and keeps all of it, or answers
// as the test says.
import { Effect } from "effect"
import { once } from "node:events"
import { createServer } from "node:http"

interface Received {
  readonly path: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** A collector for as long as the scope lives; `answer` is the status it answers with, null: it never does. */
export const collector = (answer: number | null = 200) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const received: Array<Received> = []
      const server = createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => {
          received.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() })
          if (answer !== null) response.writeHead(answer, { "content-type": "application/json" }).end("{}")
        })
      }).listen(0, "127.0.0.1")
      await once(server, "listening")
      const address = server.address()
      if (address === null || typeof address === "string") throw new Error("no port on loopback")
      return { url: `http://127.0.0.1:${address.port}`, received, server }
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )
