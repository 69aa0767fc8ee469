// Owns the reading of a gzipped text line by line: a few lines at a time, never the whole file, with bounds on a line
// and on what the file unpacks to. One gzip member may follow another. What a line means belongs to Recording.ts.
// Invariants: of a file that was cut off, all is given that was written; one whose bytes were altered is refused, at
// the latest at its end, since a byte that flipped gives wrong lines long before the checksum tells.
import { open } from "node:fs/promises"
import { createGunzip, type Gunzip } from "node:zlib"
import { RecordingFailure } from "./RecordingFailure.ts"

const MiB = 1 << 20
const READ = 65_536
/** Packed bytes that are unpacked at once: they become 1 MiB at most, as deflate packs 1032 to 1. */
const SLICE = 1_024
/** A frame or an answer of a venue has 16 MiB at most, and its quotes are escaped in a recording. */
const MAX_LINE = 64 * MiB
const MAX_UNPACKED = 64 * 1024 * MiB
/** Repetitive frames pack 30 to 1; what packs far better is no recording, and would keep a reader busy for hours. */
const MAX_RATIO = 300
const RATIO_FROM = 16 * MiB

type Outcome = "taken" | "ended" | "failed"

export class PackedLines {
  /** Known when all batches were read: the file ends too early. */
  cut = false
  /** The text after the last line end. */
  rest = ""
  private readonly file: string
  private readonly gunzip: Gunzip = createGunzip()
  private unpacked = 0
  private packed = 0
  private lines = 0
  /** Unpacked pieces of the line that has not ended yet. */
  private pieces: Array<Buffer> = []
  private length = 0
  private ready: Array<string> = []
  private ended = false
  private wrote: (outcome: Outcome) => void = () => {}

  constructor(file: string) {
    this.file = file
    this.gunzip.on("data", (piece: Buffer) => this.split(piece))
    // a write that fails, or meets the padding after the last member, is not called back
    this.gunzip.on("error", () => this.wrote("failed")).on("end", () => this.wrote("ended"))
  }

  /** The whole lines, some at a time; read once. Throws `RecordingFailure`. */
  async *batches(): AsyncGenerator<ReadonlyArray<string>, void> {
    const handle = await open(this.file).catch(this.cannotRead)
    try {
      const chunk = Buffer.alloc(READ)
      for (;;) {
        const { bytesRead } = await handle.read(chunk, 0, READ).catch(this.cannotRead)
        if (bytesRead === 0) break
        for (let from = 0; from < bytesRead; from += SLICE) {
          await this.unpack(chunk.subarray(from, Math.min(from + SLICE, bytesRead)))
          this.checkBounds()
          if (this.ready.length > 0) yield this.ready.splice(0)
        }
      }
      if (this.packed === 0) throw this.bad("is empty")
      // a gzip file ends with a checksum: where that is missing, the file was cut off
      this.cut = !this.ended && (await this.tried(() => this.gunzip.end())) === "failed"
      this.rest = Buffer.concat(this.pieces).toString("utf8")
    } finally {
      this.gunzip.destroy()
      await handle.close()
    }
  }

  private async unpack(slice: Buffer): Promise<void> {
    const outcome = this.ended ? afterEnd(slice) : await this.tried(() => this.gunzip.write(slice, this.written))
    this.ended = outcome === "ended"
    if (outcome === "failed") {
      if (this.packed === 0 && !isGzip(slice)) throw this.bad("is no gzip file")
      const place = `after byte ${this.packed} (line ${this.lines + 1})`
      throw this.bad(`is corrupt ${place}; what was read before that may be wrong, too`)
    }
    this.packed += slice.length
  }

  private tried(step: () => void): Promise<Outcome> {
    return new Promise((resolve) => {
      this.wrote = resolve
      step()
    })
  }

  private readonly written = (error: Error | null | undefined): void => this.wrote(error == null ? "taken" : "failed")

  private split(piece: Buffer): void {
    this.unpacked += piece.length
    let from = 0
    for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, from)) {
      this.pieces.push(piece.subarray(from, end))
      this.ready.push(this.pieces.length === 1 ? this.pieces[0]!.toString("utf8") : String(Buffer.concat(this.pieces)))
      this.lines++
      this.pieces = []
      this.length = 0
      from = end + 1
    }
    if (from === piece.length) return
    this.length += piece.length - from
    // beyond the bound the line is refused after this slice: what it holds need not be kept
    if (this.length <= MAX_LINE) this.pieces.push(piece.subarray(from))
  }

  private checkBounds(): void {
    if (this.length > MAX_LINE)
      throw this.bad(`line ${this.lines + 1} is longer than ${MAX_LINE / MiB} MiB, as no row of a recording is`)
    // a line that goes on and on is refused as that
    if (this.unpacked - this.length > RATIO_FROM && this.unpacked > MAX_RATIO * this.packed)
      throw this.bad(`unpacks to more than ${MAX_RATIO} times its size, as no recording does; reading ended there`)
    if (this.unpacked > MAX_UNPACKED) throw this.bad(`unpacks to more than ${MAX_UNPACKED / MiB / 1024} GiB`)
  }

  private bad(detail: string): RecordingFailure {
    return new RecordingFailure({ fault: "unreadable", file: this.file, detail })
  }

  private readonly cannotRead = (cause: unknown): never => {
    throw this.bad(`can't be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

/** Zeros may fill a file up after its last member. */
const afterEnd = (slice: Buffer): Outcome => (slice.every((byte) => byte === 0) ? "ended" : "failed")

/** The first bytes of a gzip member, as many as there are. */
const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && (bytes.length < 2 || bytes[1] === 0x8b)
