// The law of arrows: imports point down the plan of rooms.ts, no file is in a circle with another (types included), and
// what a program outside the service may import of the API reaches nothing but the contract and the domain.
import { assert, describe, it } from "@effect/vitest"
import { CONTRACT, ROOMS, roomOf } from "./rooms.ts"
import { circlesOf, sourcesOf } from "./sources.ts"

const sources = sourcesOf("src/**/*.ts")
const imports = sources.flatMap(({ file, imports: all }) => all.map((to) => ({ file, to })))

describe("arrows between rooms", () => {
  it("every file of src lies in a room, or composes them", () => {
    const homeless = sources.filter(({ file }) => roomOf(file) === null && file.split("/").length > 2)
    const fix = "give the room a row in test/house/rooms.ts, or move the file into a room that is there"
    assert.deepStrictEqual(
      homeless.map(({ file }) => `${file}: ${fix}`),
      []
    )
  })

  it("point down", () => {
    const wrong = imports.flatMap(({ file, to }) => {
      const [from, target] = [roomOf(file), roomOf(to)]
      if (from === null || target === from || !to.startsWith("src/")) return []
      if (target !== null && from.below.includes(target.path)) return []
      const holds = target === null ? "composes all rooms" : `holds ${target.holds}`
      return [`${file} imports ${to}, which ${from.path} may not: ${to} ${holds}; move what they share below both`]
    })
    assert.deepStrictEqual(wrong, [])
  })

  it("the plan itself points down", () => {
    const paths = ROOMS.map(({ path }) => path)
    for (const [at, { below }] of ROOMS.entries())
      assert.deepStrictEqual(
        below.filter((one) => paths.indexOf(one) >= at),
        []
      )
  })

  it("no file is in a circle with another, not even by a type", () => {
    const circles = circlesOf(sources).map(
      (files) => `${files.join(" -> ")}: move what they share to a file that imports none of them`
    )
    assert.deepStrictEqual(circles, [])
  })
})

describe("the contract", () => {
  it("is all that programs outside the service import of the API", () => {
    const wrong = imports.filter(
      ({ file, to }) => /^src\/(client|cli)\//.test(file) && to.startsWith("src/api/") && !CONTRACT.includes(to)
    )
    assert.deepStrictEqual(wrong, [])
  })

  it("reaches nothing but itself and the domain", () => {
    const byFile = new Map(sources.map((source) => [source.file, source]))
    const reached = new Set(CONTRACT)
    for (const file of reached) for (const to of byFile.get(file)?.imports ?? []) reached.add(to)
    const outside = [...reached].filter((file) => !/^src\/(api|domain)\//.test(file))
    assert.deepStrictEqual(
      outside.map(
        (file) => `${file} is reached from ${CONTRACT.join(" or ")}: handlers and rooms below are no contract`
      ),
      []
    )
  })
})
