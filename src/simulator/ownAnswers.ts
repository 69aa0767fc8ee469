// Owns the form of the simulator's own answers, beside the venues': JSON that says `simulated`.
import type { Answer } from "./SimServer.ts"

export const json = (status: number, body: object): Answer => ({
  status,
  body: JSON.stringify({ simulated: true, ...body }),
  ...(status === 405 ? { headers: { allow: "GET" } } : {})
})

export const wrongMethod = json(405, { detail: "this path has another method" })

/** What a client sent; undefined where it is no JSON. */
export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
