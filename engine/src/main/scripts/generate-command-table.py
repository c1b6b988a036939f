#!/usr/bin/env python3
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
"""Refreshes the command table from a running redis-server 7.0.15; the build does not need it.

usage: generate-command-table.py [PORT]

To add a command: write a line `name;CLASS` where it belongs in commands.txt (the line's place is the opcode), start
`redis-server --port PORT`, run this. The first two columns are ours and are kept. Records that the server does not
know (of newer versions, or Valkey's, in our own words) are kept as they are, and so are lines of docs about changes and
arguments since such a version.

Writes commands.txt, command-docs.txt, the recorded replies that CommandIntrospectionTest compares with, and the
constants of Opcode.java; these alone when no port is given.
"""
import pathlib
import re
import socket
import sys

MODULE = pathlib.Path(__file__).resolve().parents[3]
RESOURCES = MODULE / "src/main/resources/io/redistill/engine/command"
OPCODES = MODULE / "src/main/java/io/redistill/engine/command/Opcode.java"
RECORDED = MODULE / "src/test/resources/io/redistill/engine/command"
HEADER = "# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0\n"


class Status(str):
    """A simple string, so that an encoded copy differs from a bulk string."""


class Set(list):
    """A RESP3 set."""


class Connection:
    def __init__(self, port, protocol):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.file = self.socket.makefile("rb")
        self.call("HELLO", str(protocol))

    def call(self, *words):
        """Returns the reply as bytes and as a tree."""
        frame = b"*%d\r\n" % len(words)
        frame += b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words)
        self.socket.sendall(frame)
        raw = []
        tree = self.read(raw)
        return b"".join(raw), tree

    def read(self, raw):
        line = self.file.readline()
        raw.append(line)
        kind, rest = line[:1], line[1:-2].decode()
        if kind == b"+":
            return Status(rest)
        if kind == b"-":
            sys.exit(rest)
        if kind == b":":
            return int(rest)
        if kind == b"_" or rest == "-1":
            return None
        if kind == b"$":
            raw.append(self.file.read(int(rest) + 2))
            return raw[-1][:-2].decode()
        if kind == b"*":
            return [self.read(raw) for _ in range(int(rest))]
        if kind == b"~":
            return Set(self.read(raw) for _ in range(int(rest)))
        if kind == b"%":
            return {self.read(raw): self.read(raw) for _ in range(int(rest))}
        sys.exit(f"unexpected reply {line!r}")


def encode(tree, protocol):
    if tree is None:
        return b"_\r\n" if protocol == 3 else b"$-1\r\n"
    if isinstance(tree, Status):
        return b"+%s\r\n" % tree.encode()
    if isinstance(tree, int):
        return b":%d\r\n" % tree
    if isinstance(tree, str):
        return b"$%d\r\n%s\r\n" % (len(tree.encode()), tree.encode())
    if isinstance(tree, dict):
        items = [x for pair in tree.items() for x in pair]
        head = b"%%%d\r\n" % len(tree) if protocol == 3 else b"*%d\r\n" % len(items)
    else:
        items = tree
        head = b"%s%d\r\n" % (b"~" if isinstance(tree, Set) and protocol == 3 else b"*", len(items))
    return head + b"".join(encode(x, protocol) for x in items)


def plain(text, *separators):
    for separator in (";", "\n", *separators):
        if separator in text:
            sys.exit(f"{separator!r} in {text!r}: the file format has no room for it")
    return text


def key_spec(spec):
    search, find = spec["begin_search"], spec["find_keys"]
    if search["type"] == "unknown":
        where = "unknown"
    elif search["type"] == "index" and find["type"] == "range":
        keys = find["spec"]
        where = f"{search['spec']['index']} {keys['lastkey']} {keys['keystep']} {keys['limit']}"
    else:
        sys.exit(f"key specification of an unknown kind: {spec}")
    text = f"{' '.join(spec['flags'])} @ {where}"
    return plain(text + (f" -- {spec['notes']}" if "notes" in spec else ""), " / ")


def table_line(name, command_class, info, docs):
    _, arity, flags, first, last, step, categories, tips, specs, _ = info
    columns = [
        name,
        command_class,
        str(arity),
        " ".join(flags),
        f"{first} {last} {step}",
        " ".join(c.lstrip("@") for c in categories),
        " ".join(tips),
        " / ".join(key_spec(s) for s in specs),
        docs["group"],
        docs["since"],
    ]
    return ";".join(plain(c) for c in columns)


def argument_lines(argument, indent):
    parts = [argument["name"], argument["type"]]
    for key, value in argument.items():
        if key == "flags":
            parts.append("flags=" + " ".join(value))
        elif key not in ("name", "type", "arguments"):
            parts.append(f"{key}={value}")
    yield indent + "arg " + ";".join(plain(p) for p in parts)
    for child in argument.get("arguments", ()):
        yield from argument_lines(child, indent + "  ")


def is_newer(line):
    """Whether a line of docs is about something that came after the server's version."""
    version = re.match(r" +history (\S+)|.*;since=([^;]+)", line)
    return version is not None and [int(x) for x in (version[1] or version[2]).split(".")] >= [7, 1]


def with_newer(lines, kept):
    """Lines as the server has them, with those of the kept record that it cannot know where they stood: each follows the
    line that it followed there."""
    lines = list(lines)
    for i, line in enumerate(kept):
        if is_newer(line):
            lines.insert(lines.index(kept[i - 1]) + 1, line)
    return lines


def docs_lines(name, docs):
    yield name
    for key, value in docs.items():
        if key == "history":
            for version, text in value:
                yield f"  history {version} {text}"
        elif key == "arguments":
            for argument in value:
                yield from argument_lines(argument, "  ")
        elif key == "doc_flags":
            yield "  doc_flags " + " ".join(value)
        elif key not in ("since", "group", "subcommands"):
            yield f"  {key} {value}"


def records(path):
    """Splits a file into its header of comments and its records, each with the indented lines that follow it."""
    comments, result = [], []
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            comments.append(line)
        elif line.startswith(" "):
            result[-1].append(line)
        elif line:
            result.append([line])
    return "".join(c + "\n" for c in comments) or HEADER, result


def write_opcodes():
    """The constants between the head of Opcode.java and its private constructor."""
    _, table = records(RESOURCES / "commands.txt")
    names = [line.split(";")[0].upper().replace("|", "_").replace("-", "_") for line, *_ in table]
    constants = "".join(f"    public static final int {name} = {i};\n" for i, name in enumerate(names))
    constants += f"\n    /** The number of opcodes. */\n    public static final int COUNT = {len(names)};\n\n"
    source = OPCODES.read_text()
    source = re.sub(r"(?s)(?<=class Opcode \{\n).*(?=    private Opcode)", constants, source)
    OPCODES.write_text(source)


def main():
    if len(sys.argv) == 1:
        write_opcodes()
        return
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    connections = {protocol: Connection(int(sys.argv[1]), protocol) for protocol in (2, 3)}
    table_header, table = records(RESOURCES / "commands.txt")
    docs_header, docs_records = records(RESOURCES / "command-docs.txt")
    names = [line.split(";")[0] for line, in table]
    kept_docs = {record[0]: record for record in docs_records}
    table_out, docs_out = [], []
    recorded = {(what, protocol): b"" for what in ("info", "docs") for protocol in (2, 3)}
    for line, in table:
        name, command_class = line.split(";")[:2]
        info = connections[3].call("COMMAND", "INFO", name)[1][0]
        if info is None:
            if line.count(";") == 1:
                sys.exit(f"{name}: not known to the server and without columns of its own")
            table_out.append(line)
            docs_out += kept_docs[name]
            continue
        docs = connections[3].call("COMMAND", "DOCS", name)[1][name]
        table_out.append(table_line(name, command_class, info, docs))
        docs_out += with_newer(docs_lines(name, docs), kept_docs.get(name, ()))
        for protocol, connection in connections.items():
            for what in ("info", "docs"):
                raw, tree = connection.call("COMMAND", what, name)
                if info[9]:
                    raw = encode(restricted(connections[3].call("COMMAND", what, name)[1], names), protocol)
                recorded[what, protocol] += b"%s %d\n%s\n" % (name.encode(), len(raw), raw)
    (RESOURCES / "commands.txt").write_text(table_header + "\n".join(table_out) + "\n")
    (RESOURCES / "command-docs.txt").write_text(docs_header + "\n".join(docs_out) + "\n")
    for (what, protocol), content in recorded.items():
        (RECORDED / f"command-{what}.resp{protocol}").write_bytes(content)
    write_opcodes()


def restricted(tree, names):
    """A container's reply with only the subcommands in `names`, in that order: Redis's own order is its hash table's,
    and changes with each start. A subcommand that only we have is left out here and by the test."""
    if isinstance(tree, list):
        (info,) = tree
        info[9] = [s for n in names for s in info[9] if s[0] == n]
    else:
        (docs,) = tree.values()
        docs["subcommands"] = {n: docs["subcommands"][n] for n in names if n in docs["subcommands"]}
    return tree


if __name__ == "__main__":
    main()
