"""What a batch has answered, a line an answer, in the folder of its workings: what `--resume` knows again."""

from __future__ import annotations

import json
import os
from array import array
from bisect import bisect_right
from hashlib import blake2b
from typing import Any

from nncalc.disk.write import cannot_write, make_folder
from nncalc.errors import InputError

JOURNAL = ".nncalc-batch.jsonl"


def digest(*parts: bytes) -> str:
    """A number of texts that no others have: each is counted, so that none runs into the next."""
    whole = blake2b(digest_size=16)
    for part in parts:
        whole.update(b"%d:" % len(part))
        whole.update(part)
    return whole.hexdigest()


def file_digest(path: str) -> str:
    """The digest of what stands in a file; of one that cannot be read the empty text."""
    try:
        with open(path, "rb") as file:
            return digest(file.read())
    except OSError:
        return ""


class Journal:
    """Lines of JSON, each with the name `to` of a working; the last line of a name counts.

    A line is written before its working and holds the working's digest: killed between the two, a batch has said what
    it was about to write, and what does not stand there is done again. A line that was cut off is no line.
    """

    def __init__(self, folder: str):
        self.folder, self.path = folder, os.path.join(folder, JOURNAL)
        self.handle: int | None = None
        self._names = self._places = array("q")

    def read(self) -> None:
        """Learns what is answered: of each line its place, so that a long journal takes no memory."""
        names, places, place = array("q"), array("q"), 0
        try:
            with open(self.path, "rb") as lines:
                for line in lines:
                    if (entry := _entry(line)) is not None:
                        names.append(hash(entry["to"]))
                        places.append(place)
                    place += len(line)
        except OSError:
            return
        order = sorted(range(len(names)), key=names.__getitem__)
        self._names = array("q", (names[i] for i in order))
        self._places = array("q", (places[i] for i in order))

    def known(self, to: str) -> dict[str, Any] | None:
        """The last line of a name that was there when the journal was read, if any."""
        at = bisect_right(self._names, hash(to)) - 1
        if at < 0 or self._names[at] != hash(to):
            return None
        with open(self.path, "rb") as lines:
            lines.seek(self._places[at])
            entry = _entry(lines.readline())
        return entry if entry is not None and entry["to"] == to else None

    def add(self, entry: dict[str, Any]) -> None:
        """One more line, in one write. Raises InputError where the disk takes none."""
        try:
            os.write(self._open(), json.dumps(entry).encode() + b"\n")
        except OSError as error:
            raise InputError(cannot_write(self.path, error)) from None

    def _open(self) -> int:
        """The file, at its end; a line that was cut off ends there."""
        if self.handle is None:
            make_folder(self.folder)
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
            self.handle = os.open(self.path, flags, 0o666)
            size = os.fstat(self.handle).st_size
            if size and os.pread(self.handle, 1, size - 1) != b"\n":
                os.write(self.handle, b"\n")
        return self.handle


def _entry(line: bytes) -> dict[str, Any] | None:
    """A whole line of ours, or nothing."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and isinstance(entry.get("to"), str) else None
