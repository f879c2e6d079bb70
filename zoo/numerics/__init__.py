"""Random numbers, replicas, number formats, optimizers: what a computation rests on."""
