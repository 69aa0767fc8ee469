// Owns how numbers are written for Prometheus: families of samples in the text format 0.0.4. What is measured belongs
// to the files beside this one, each of which reads plain counters when it is asked, so that counting costs nothing
// but an addition. Source of the format: https://prometheus.io/docs/instrumenting/exposition_formats/ (read
// 2026-11-23).
export type Labels = Readonly<Record<string, string>>

export interface Sample {
  readonly labels: Labels
  readonly value: number
  /** `_bucket`, `_sum` or `_count` of a histogram. */
  readonly suffix?: string
}

/** One metric: counters are named `…_total`, and units (`_seconds`, `_bytes`) are in the name. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: "counter" | "gauge" | "histogram"
  readonly samples: ReadonlyArray<Sample>
}

/** The families as one text; those without samples are left out. */
export const exposition = (families: Iterable<Family>): string => {
  let text = ""
  for (const { help, name, samples, type } of families) {
    if (samples.length === 0) continue
    text += `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n`
    for (const { labels, suffix = "", value } of samples) text += `${name}${suffix}${list(labels)} ${number(value)}\n`
  }
  return text
}

/** Texts of labels that live on, such as a feed's: they are most of a scrape. */
const texts = new WeakMap<Labels, string>()

const list = (labels: Labels): string => {
  const known = texts.get(labels)
  if (known !== undefined) return known
  let text = ""
  for (const name in labels) text += `${text === "" ? "{" : ","}${name}="${quoted(labels[name]!)}"`
  if (text !== "") text += "}"
  texts.set(labels, text)
  return text
}

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")

const quoted = (text: string): string => (/[\\"\n]/.test(text) ? escaped(text).replaceAll('"', '\\"') : text)

const number = (value: number): string =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"
