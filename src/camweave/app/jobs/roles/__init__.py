"""The line cut at two places: its parts as processes of their own, with a broker between them.

    publish ─frames→ work ─results→ link-live, serve, view, compile

Each role is a job in a module of its own. Nothing but these commands imports anything from here,
and nothing else in `app` knows of brokers.
"""
