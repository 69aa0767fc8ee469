// Owns a strict reader of Prometheus' text format 0.0.4, written from its description alone: what it accepts, every
// scraper does; and beyond that it insists on the conventions of names. A fault is thrown with its line.
export interface ReadFamily {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: ReadonlyArray<ReadSample>
}
interface ReadSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*"
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`)
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/
const VALUE = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|\+Inf|-Inf|NaN)$/i
const FORBIDDEN = /_(?:ms|millis|milliseconds|micros|microseconds|nanos|minutes|kb|mb|percent)(?:_|$)/

export const readExposition = (text: string): ReadonlyMap<string, ReadFamily> => {
  if (!text.endsWith("\n")) throw new Error("the last line has no end")
  const families = new Map<string, ReadFamily & { readonly samples: Array<ReadSample> }>()
  const series = new Set<string>()
  let helped: { name: string; help: string } | undefined
  let current: (ReadFamily & { readonly samples: Array<ReadSample> }) | undefined
  for (const line of text.slice(0, -1).split("\n")) {
    const fail = (fault: string): never => {
      throw new Error(`${fault}: ${line}`)
    }
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (kind === "HELP") {
      if (families.has(name)) fail("a family comes twice")
      helped = { name, help: rest }
    } else if (kind === "TYPE") {
      if (helped?.name !== name) fail("a TYPE without its HELP right before it")
      current = { name, type: rest, help: helped!.help, samples: [] }
      checkName(current, fail)
      families.set(name, current)
      helped = undefined
    } else if (current === undefined || helped !== undefined) fail("a sample outside of its family")
    else {
      const sample = readSample(line, fail)
      if (!belongs(sample.name, current)) fail("a sample of another family")
      const labels = Object.entries(sample.labels).toSorted(([a], [b]) => (a < b ? -1 : 1))
      const identity = `${sample.name} ${JSON.stringify(labels)}`
      if (series.has(identity)) fail("a series comes twice")
      series.add(identity)
      current.samples.push(sample)
    }
  }
  for (const family of families.values()) checkFamily(family)
  return families
}

const checkName = ({ name, type }: ReadFamily, fail: (fault: string) => never): void => {
  if (!new RegExp(`^${NAME}$`).test(name) || name !== name.toLowerCase()) fail("no name")
  if (!["counter", "gauge", "histogram"].includes(type)) fail("no type")
  if ((type === "counter") !== name.endsWith("_total")) fail("counters, and counters alone, end in _total")
  if (FORBIDDEN.test(name)) fail("no base unit")
}

const belongs = (name: string, { name: family, type }: ReadFamily): boolean =>
  type === "histogram" ? ["_bucket", "_sum", "_count"].some((end) => name === family + end) : name === family

const readSample = (line: string, fail: (fault: string) => never): ReadSample => {
  const [, name = "", list = "", value = ""] = SAMPLE.exec(line) ?? fail("no sample")
  if (!VALUE.test(value)) fail("no value")
  const labels: Record<string, string> = {}
  for (let rest = list; rest !== "";) {
    const [whole = "", label = "", text = ""] = LABEL.exec(rest) ?? fail("no label")
    if (label in labels || label.startsWith("__")) fail("a label twice or reserved")
    labels[label] = text.replace(/\\(["\\n])/g, (_, character: string) => (character === "n" ? "\n" : character))
    rest = rest.slice(whole.length)
  }
  return { name, labels, value: Number(value.replace("Inf", "Infinity")) }
}

const checkFamily = (family: ReadFamily): void => {
  const fail = (fault: string): never => {
    throw new Error(`${fault}: ${family.name}`)
  }
  if (family.samples.length === 0) fail("no samples")
  const keys = new Set(
    family.samples.map(({ labels }) =>
      Object.keys(labels)
        .filter((key) => key !== "le")
        .join()
    )
  )
  if (keys.size > 1) fail("series of one family have different labels")
  if (family.type === "counter" && family.samples.some(({ value }) => !(value >= 0))) fail("a counter below zero")
  if (family.type === "histogram") checkHistogram(family, fail)
}

/** Buckets rise, the last is +Inf and holds as many as were counted. */
const checkHistogram = ({ name, samples }: ReadFamily, fail: (fault: string) => never): void => {
  const counts = samples.filter((sample) => sample.name === `${name}_count`)
  if (counts.length === 0) fail("a histogram without a count")
  for (const { labels, value } of counts) {
    const same = (sample: ReadSample) => Object.entries(labels).every(([key, text]) => sample.labels[key] === text)
    const buckets = samples.filter((sample) => sample.name === `${name}_bucket` && same(sample))
    const bounds = buckets.map((bucket) => Number((bucket.labels["le"] ?? fail("no le")).replace("Inf", "Infinity")))
    if (bounds.some((bound, index) => !(bound > (bounds[index - 1] ?? -Infinity)))) fail("bounds do not rise")
    if (bounds.at(-1) !== Infinity || buckets.at(-1)?.value !== value) fail("no last bucket that holds all")
    if (buckets.some((bucket, index) => bucket.value < (buckets[index - 1]?.value ?? 0))) fail("buckets do not rise")
    if (!samples.some((sample) => sample.name === `${name}_sum` && same(sample))) fail("no sum")
  }
}
