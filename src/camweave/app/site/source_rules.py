"""The rules of `serve.sources`: from where cameras may be added while a site runs.

    private      addresses of private networks, where cameras live: the default
    loopback     this machine
    public       the rest of the world
    10.1.0.0/16  a network; a single address likewise
    cam.lan      a name, wherever it leads
    videos/      a folder of files and images; ends with a slash
    devices      USB cameras

Link-local addresses (169.254.0.0/16 answers questions about cloud machines) are allowed only by
a network that holds them; those of many, or of nobody, never.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

WORDS: Final = ("private", "loopback", "public", "devices")
HOST: Final = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
PRIVATE: Final = tuple(
    ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
NEVER_PRIVATE: Final = frozenset({ip_address("fd00:ec2::254")})  # cloud metadata, as 169.254 is
IN_DISGUISE: Final = ip_network("64:ff9b::/96")  # RFC 6052: holds an IPv4 address


@dataclass(frozen=True, slots=True)
class Folder:
    """Files of this folder may be shown; relative to the site file."""

    path: str


@dataclass(frozen=True, slots=True)
class Host:
    """This name may be asked, wherever it leads."""

    name: str


@dataclass(frozen=True, slots=True)
class Word:
    """One of `WORDS`."""

    word: str


Rule: TypeAlias = Word | Folder | Host | Network


def rule_of(text: str) -> Rule:
    """What an entry of `serve.sources` means.

    Raises:
        ValueError: nothing.

    >>> rule_of("10.1.0.0/16"), rule_of("cam.lan"), rule_of("videos/")
    (IPv4Network('10.1.0.0/16'), Host(name='cam.lan'), Folder(path='videos/'))
    """
    if text in WORDS:
        return Word(text)
    try:
        return ip_network(text)
    except ValueError:
        pass
    if text.endswith("/"):
        return Folder(text)
    if HOST.fullmatch(text) and not text.replace(".", "").isdecimal():
        return Host(text.lower())
    raise ValueError(
        f"expected {', '.join(WORDS)}, a network (10.1.0.0/16), a host, or a folder that ends "
        f"with /, got {text[:60]!r}"
    )


def plain_address(address: Address) -> Address:
    """The IPv4 address that one of IPv6 stands for, or itself."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in IN_DISGUISE:
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return address if inner is None else inner


def allows(rule: Rule, address: Address, name: str = "") -> bool:
    """Whether a rule lets a camera be at this address, which `name` led to."""
    plain = plain_address(address)
    if plain.is_multicast or plain.is_unspecified or str(plain) == "255.255.255.255":
        return False
    match rule:
        case IPv4Network() | IPv6Network():
            return plain in rule
        case Host(host):
            return name.lower().rstrip(".") == host
        case Word(word):
            return word == kind_of(plain)
        case Folder():
            return False


def kind_of(address: Address) -> str:
    """The word for where an address is; nothing, where no word is for it."""
    if address.is_loopback:
        return "loopback"
    if any(address in each for each in PRIVATE):
        return "" if address in NEVER_PRIVATE else "private"
    return "public" if address.is_global and not address.is_reserved else ""
