// Owns what every error of the API must be: an RFC 9457 problem with all its members, and not a word of level4's
// inside.
import { assert } from "@effect/vitest"
import type { Answer } from "./ApiClient.ts"

/** Checks the answer to be the problem of this name and status, with these members; gives its whole body. */
export const assertProblem = (
  answer: Answer,
  status: number,
  name: string,
  members: Readonly<Record<string, unknown>> = {}
): Readonly<Record<string, unknown>> => {
  assert.strictEqual(answer.status, status, answer.text)
  assert.strictEqual(answer.headers.get("content-type"), "application/problem+json")
  return assertProblemBody(answer.json, status, name, members)
}

export const assertProblemBody = (
  json: unknown,
  status: number,
  name: string,
  members: Readonly<Record<string, unknown>> = {}
): Readonly<Record<string, unknown>> => {
  assert(json !== null && typeof json === "object" && !Array.isArray(json), "the body is a JSON object")
  const body: Readonly<Record<string, unknown>> = { ...json }
  assert.deepInclude(body, { type: `https://level4.dev/problems/${name}`, status, ...members })
  assert(typeof body["title"] === "string" && body["title"].length > 3)
  assert(typeof body["detail"] === "string" && body["detail"].length > 10)
  assert.notMatch(JSON.stringify(body), /\bat .*:\d+:\d+|node_modules|\.ts\b|SELECT|INSERT|undefined/)
  return body
}
