// Owns the form in which a place in a queue is shown: a function, since what it says changes while nothing happens, and
// costs nothing until somebody reads the label.

/** Says in words what is waited for at the moment. */
export type DescribeWait = () => string
