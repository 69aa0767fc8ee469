// Owns the one composition of the process: every layer is joined here and nowhere else.
