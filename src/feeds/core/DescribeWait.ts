// Owns the form in which a queue says where somebody stands in it. Asked only when somebody reads the label, so that a
// place that changes all the time costs nothing. Invariant: it answers at once, and for as long as the wait lasts.

/** Says in words what is waited for at the moment. */
export type DescribeWait = () => string
