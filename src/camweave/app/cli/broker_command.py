"""`camweave broker`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.broker_options import BrokerUrl, SiteName
from camweave.app.cli.json_options import Json
from camweave.app.cli.output import columns, say, say_json

HELP: Final = """Look after a site on RabbitMQ: what waits where, and what nobody could work on.

\b
A message that cannot be read, or that something fails on three times, goes to its site's dead
letters with the reason, and the rest goes on. They are kept until somebody puts them back or
throws them away, 1000 at most.

\b
Examples:
  camweave broker info --broker amqp://camweave:PASSWORD@rabbit/
  camweave broker letters --site yard
  camweave broker put-back --site yard yard/monday/gate/0/1207
"""
INFO: Final = """Say what waits in each queue of a site, and how many take from it."""
LETTERS: Final = """List a site's dead letters with the reasons, the oldest first."""
PUT_BACK: Final = """Put dead letters back where they were taken from: those named, or --all.

They come behind what waits there. A frame that its camera has gone past is not looked at any
more: tracks cannot be followed backwards.
"""
DISCARD: Final = """Throw dead letters away: those named, or --all."""
ERASE: Final = """Delete a site's queues, with all that waits there, dead letters too.

What is in the store stays. Workers and whoever else was told of the site let go of it. It is what
a site needs that changes between live and --lossless, or that is over.
"""

DONE: Final = {"put-back": "put_back", "discard": "discarded"}  # by command, as it is told

Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="as `letters` lists them")]
All = Annotated[bool, typer.Option("--all", help="all that there are")]


def add_to(app: typer.Typer, short: str) -> None:
    """Put the commands on the command line."""
    broker = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=HELP)
    broker.command("info", help=INFO, short_help="what waits in its queues")(info)
    broker.command("letters", help=LETTERS, short_help="what nobody could work on")(letters)
    put_back = on_letters("put-back", lambda known, ids: known.put_back(ids))
    broker.command("put-back", help=PUT_BACK, short_help="have it worked on again")(put_back)
    discard = on_letters("discard", lambda known, ids: known.discard(ids))
    broker.command("discard", help=DISCARD, short_help="throw it away")(discard)
    broker.command("erase", help=ERASE, short_help="delete the site's queues")(erase)
    app.add_typer(broker, name="broker", short_help=short)


def info(*, broker: BrokerUrl = None, site: SiteName = None, json: Json = False) -> None:
    """Say what waits."""
    from camweave.app.jobs.roles.tending import tended

    with tended(broker, site) as known:
        address, lossless = known.notice.address, known.notice.lossless
        found = {name: asdict(each) for name, each in known.depths().items()}
    if json:
        told = {"site": address.site, "run": address.run, "lossless": lossless, "queues": found}
        say_json(told)
        return
    say(f"site {address.site}, run {address.run}, {'lossless' if lossless else 'live'}")
    rows = [(name, str(each["messages"]), str(each["consumers"])) for name, each in found.items()]
    say(*columns([("queue", "waiting", "taken by"), *rows]))


def letters(*, broker: BrokerUrl = None, site: SiteName = None, json: Json = False) -> None:
    """List them."""
    from camweave.app.jobs.roles.tending import tended

    with tended(broker, site) as known:
        name, found = known.notice.address.site, [asdict(each) for each in known.letters()]
    if json:
        say_json({"site": name, "letters": found})
    elif found:
        say(*columns([("date", "tries", "id", "reason"), *map(row, found)]))
    else:
        say(f"site {name}: no dead letters")


def on_letters(what: str, work: Callable[[Any, Sequence[str]], int]) -> Callable[..., None]:
    """The command that does `work` with the letters it is given, and says how many there were."""

    def command(
        *,
        ids: Ids = None,
        every: All = False,
        broker: BrokerUrl = None,
        site: SiteName = None,
        json: Json = False,
    ) -> None:
        from camweave.app.jobs.roles.tending import tended

        chosen = some(what, ids, every=every)
        with tended(broker, site) as known:
            count = work(known, chosen)
        tell({DONE[what]: count}, json=json)

    return command


def erase(
    *,
    site: Annotated[str, typer.Argument(metavar="SITE", help="its name")],
    broker: BrokerUrl = None,
    json: Json = False,
) -> None:
    """Delete them."""
    from camweave.app.jobs.roles.tending import tended

    with tended(broker, site) as known:
        known.erase()
    tell({"erased": site}, json=json)


def some(what: str, ids: Sequence[str] | None, *, every: bool) -> Sequence[str]:
    """The letters that are meant; none: all.

    Raises:
        InputError: nobody said which.
    """
    from camweave.core.errors import InputError

    if bool(ids) == every:
        raise InputError(f"broker {what}: which? Give their ids, or --all")
    return ids or ()


def row(letter: Mapping[str, Any]) -> tuple[str, ...]:
    """A letter in a line."""
    return letter["date"] or "-", str(letter["tries"]), letter["id"] or "-", letter["reason"]


def tell(done: Mapping[str, Any], *, json: bool) -> None:
    """What was done, in a word."""
    if json:
        say_json(done)
    else:
        say(*(f"{what.replace('_', ' ')}: {which}" for what, which in done.items()))
