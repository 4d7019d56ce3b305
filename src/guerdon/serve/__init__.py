"""A reward as an HTTP service: `guerdon serve`.

Requests are read and bounded in `guard`, turned into rows by a dialect, and put into micro-batches
(`batching`) that worker processes score (`scoring`). Needs the extra `serve`.
"""
