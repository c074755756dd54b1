"""The distributed roles' way through RabbitMQ: what is declared there, sent and taken.

    Publisher ─Packed→ frames ─> Consumer (a worker: one active for each camera)
    Publisher ─Packed→ results (topic) ─> Consumers, each with a queue of its own

Threads and sockets are `Broker`'s: it keeps one connection, in one thread of its own, and makes
another when that one is lost. Nothing but `client` knows which library speaks AMQP.
"""
