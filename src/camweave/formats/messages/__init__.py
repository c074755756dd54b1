"""What travels between the distributed roles: frames, what was found in them, ends, sites.

A message has headers, which a broker shows and a reader can judge before it touches the rest, and
a body. The header `schema` is `camweave.KIND/VERSION`; docs/broker.md lists the others.
"""
