// Owns the plan of the house as data: its rooms from the ground up, and which rooms each may import from. A file
// belongs to the longest room its path begins with; whatever lies in src itself composes all of them. Invariant: a room
// imports only from rooms that are listed before it, so that the plan alone allows no circle.

export interface Room {
  readonly path: string
  /** What it may import, besides itself. */
  readonly below: ReadonlyArray<string>
  /** For whoever breaks the law: where such code belongs. */
  readonly holds: string
}

const FEEDS = ["feeds/core", "feeds/book", "feeds/truth", "feeds/venue", "feeds/market"] as const

export const ROOMS: ReadonlyArray<Room> = [
  { path: "domain", below: [], holds: "entities, events and exact decimals; pure, imports nothing of ours" },
  { path: "wire", below: ["domain"], holds: "bytes to typed frames; knows no venue" },
  { path: "schemes", below: ["domain", "wire"], holds: "what is known of each venue; pure, no effects" },
  { path: "feeds/core", below: ["domain", "wire", "schemes"], holds: "a feed's label, its events out, its clock" },
  { path: "feeds/book", below: ["domain", "wire", "schemes", "feeds/core"], holds: "two sorted sides" },
  {
    path: "feeds/truth",
    below: ["domain", "wire", "schemes", ...FEEDS.slice(0, 2)],
    holds: "mediator, silence, audits, trade log"
  },
  {
    path: "feeds/venue",
    below: ["domain", "wire", "schemes", ...FEEDS.slice(0, 3)],
    holds: "sockets, budgets, REST"
  },
  {
    path: "feeds/market",
    below: ["domain", "wire", "schemes", ...FEEDS.slice(0, 4)],
    holds: "the tree of one market's feed"
  },
  { path: "feeds/recording", below: ["domain", "wire", "schemes", ...FEEDS], holds: "record, replay, playback" },
  { path: "hub", below: ["domain", "schemes", ...FEEDS], holds: "channels, fan-out, memory of events" },
  {
    path: "layers",
    below: ["domain", "schemes", ...FEEDS, "hub"],
    holds: "what the process owns once: settings, database, catalog, registry, switch, telemetry"
  },
  {
    path: "api",
    below: ["domain", "schemes", "feeds/core", "hub", "layers"],
    holds: "the HTTP contract, its handlers, the streams"
  },
  { path: "client", below: ["domain", "api"], holds: "the typed client; of api only the contract" },
  { path: "cli", below: ["domain", "api", "client"], holds: "subcommands; talks to a service over HTTP" },
  { path: "simulator", below: ["domain"], holds: "the venues' other side; shares nothing with schemes" }
]

/** The files of api that a program outside the service may import; what they import in turn is held to the same. */
export const CONTRACT: ReadonlyArray<string> = ["src/api/Api.ts", "src/api/stream/Protocol.ts"]

export const roomOf = (file: string): Room | null =>
  ROOMS.filter(({ path }) => file.startsWith(`src/${path}/`)).toSorted((a, b) => b.path.length - a.path.length)[0] ??
  null
