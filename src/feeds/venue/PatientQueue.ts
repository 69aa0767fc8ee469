// Owns the order in which those wait who take of a venue's budget only what nobody else needs: a doubt about a book
// goes before audits and other improvements, and the oldest of each first. How much they may take is their own work.
// Invariants: one at a time is at work; who is interrupted while waiting leaves the line.
import { Deferred, Effect } from "effect"

type Ticket = Deferred.Deferred<void>

export class PatientQueue {
  private readonly doubts: Array<Ticket> = []
  private readonly others: Array<Ticket> = []
  private atWork: Ticket | null = null

  /** Does its work when its turn has come. */
  turn<A, E, R>(isDoubt: boolean, work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const ticket: Ticket = Deferred.makeUnsafe()
        const line = isDoubt ? this.doubts : this.others
        line.push(ticket)
        this.next()
        const leave = Effect.sync(() => {
          if (this.atWork === ticket) this.atWork = null
          else line.splice(line.indexOf(ticket), 1)
          this.next()
        })
        return restore(Effect.andThen(Deferred.await(ticket), work)).pipe(Effect.ensuring(leave))
      })
    )
  }

  private next(): void {
    if (this.atWork !== null) return
    this.atWork = this.doubts.shift() ?? this.others.shift() ?? null
    if (this.atWork !== null) Deferred.doneUnsafe(this.atWork, Effect.void)
  }
}
