"""Writing files: a reader sees the old one or the whole new one, whatever fails and whenever we are killed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from nncalc.errors import Finding, InputError, Location, printable

WRITE_ERRORS: dict[type[OSError], str] = {
    FileExistsError: "is a file; want a folder",
    NotADirectoryError: "a part of its path is a file",
    FileNotFoundError: "its folder does not exist",
}


def write_file(path: str, text: str | bytes, lasting: bool = True) -> None:
    """Replaces a file at once, as `replacing` does."""
    with replacing(path, lasting) as out:
        out.buffer.write(as_bytes(text))


def as_bytes(text: str | bytes) -> bytes:
    """What a file holds of it."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")


@contextmanager
def replacing(path: str, lasting: bool = True) -> Iterator[TextIO]:
    """What is written here replaces a file at once, at the end. InputError says why it cannot; then nothing changes.

    A device or a pipe is written to as it is; a link is refused, for what it replaces may lie anywhere.
    lasting: waits for the disk, so that a power cut leaves a whole file, too; who does not wait knows the text again.
    """
    target = Path(path)
    try:
        if target.is_symlink():
            raise OSError(0, "is a link; want a file")
        if target.is_dir():
            raise OSError(0, "is a folder; want a file")
        is_device = target.exists() and not target.is_file()
        with (
            _sent(target) if is_device else _replaced(target, lasting) as handle,
            open(handle, "w", encoding="utf-8", errors="backslashreplace", newline="", closefd=False) as out,
        ):
            yield out
    except OSError as error:
        raise InputError(cannot_write(path, error)) from None


def must_be_new(targets: Iterable[str], hint: str = "--force replaces it") -> None:
    """Raises InputError, one line a file, where something is there already under these paths."""
    there = [target for target in targets if os.path.lexists(target)]
    if there:
        raise InputError([Finding("is there already", Location(target), hint=hint) for target in there])


def make_folder(path: str) -> None:
    """The folder with all above it, if it is not there yet. Raises InputError where it cannot be made."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise InputError(cannot_write(path, error)) from None


def cannot_write(path: str, error: OSError) -> Finding:
    """What to say of a file or a folder that cannot be written."""
    why = next((words for kind, words in WRITE_ERRORS.items() if isinstance(error, kind)), error.strerror)
    return Finding(f"cannot be written: {printable(why or str(error), 200)}", Location(path))


@contextmanager
def _sent(target: Path) -> Iterator[int]:
    """A device or a pipe, to write to."""
    handle = os.open(target, os.O_WRONLY)
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _replaced(target: Path, lasting: bool) -> Iterator[int]:
    """A file without a name, which gets one when it is filled: only whole files are seen, and none is left behind."""
    spare = str(target.with_name(f".nncalc-{os.urandom(8).hex()}"))
    handle = _nameless(target.parent)
    nameless = handle is not None
    if handle is None:
        handle = os.open(spare, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_CLOEXEC", 0), 0o666)
    try:
        try:
            yield handle
            if lasting:
                os.fsync(handle)
            if nameless and _appeared(handle, str(target)):
                return
            if nameless:
                _appeared(handle, spare)
        finally:
            os.close(handle)
        os.replace(spare, target)
    except BaseException:
        Path(spare).unlink(missing_ok=True)
        raise


def _nameless(folder: Path) -> int | None:
    """A file that vanishes with its descriptor, where the system has such files."""
    if not os.path.isdir("/proc/self/fd"):
        return None
    try:
        return os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o666)
    except (AttributeError, OSError):
        return None


def _appeared(handle: int, name: str) -> bool:
    """Gives a nameless file its name, unless a file of that name is there."""
    try:
        # With a folder's descriptor Python follows the link to the open file instead of linking the link.
        os.link(f"/proc/self/fd/{handle}", name, src_dir_fd=handle, follow_symlinks=True)
    except FileExistsError:
        return False
    return True
