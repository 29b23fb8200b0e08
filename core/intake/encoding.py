"""Bytes → what kind of text this is: encoding, hash, and a refusal for what is no text at all."""

import codecs
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import charset_normalizer

from core.errors import FileRefused

ALLOWED = (".csv", ".tsv", ".txt", ".xlsx")
_BLOCK = 4 << 20
_FEW_NULS = 8
"""So many zero bytes are an accident in some row, which is set aside; more of them are no text."""
_AGAIN = "Export the list as CSV (UTF-8) and choose that file."
_AS_XLSX = "Open it, save it as .xlsx without a password, or the sheet as CSV (UTF-8), and choose that file."
_PACKED = b"PK\x03\x04"
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x05\x06", "This is an empty packed file, not a text file.", _AGAIN),
    (b"%PDF", "This is a PDF, not a table.", _AGAIN),
    (b"\x1f\x8b", "This is a compressed file (gzip), not a text file.", "Unpack it, and choose the CSV file inside."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel file (.xls), or one with a password.", _AS_XLSX),
    (b"PAR1", "This is a Parquet file, not a text file.", _AGAIN),
    (b"{\\rtf", "This is a word processor's document, not a table.", _AGAIN),
    (b"SQLite format 3", "This is a database, not a text file.", _AGAIN),
    (b"\x89PNG", "This is a picture, not a text file.", _AGAIN),
    (b"\xff\xd8\xff", "This is a picture, not a text file.", _AGAIN),
)
_CONTROL = bytes(byte for byte in (*range(1, 9), 11, 12, *range(14, 32), 127))
_ODD = re.compile(rb"\xe2\x80[\x8b\x8e\x8f\xaa-\xae]|\xe2\x81[\xa0-\xa9]|\xef\xbb\xbf|\xc2[\x80-\x9f]")
_RARE = (b"\xe2\x80", b"\xe2\x81", b"\xef\xbb", b"\xc2")
_NOT_1252 = b"\x81\x8d\x8f\x90\x9d"
_WESTERN = (
    "cp1252",
    "latin_1",
    "iso8859",
    "cp1250",
    "cp1254",
    "cp1257",
    "cp1258",
    "mac_",
    "hp_",
    "utf",
    "cp8",
    "cp037",
)


@dataclass(frozen=True)
class Text:
    """A file that is text. `mixed`: it may have single rows that are not in its encoding; `nuls`: single rows have a
    zero byte; `odd`: it has signs that do not show; `guessed`: the encoding is likely, not certain.
    """

    sha256: str
    size_bytes: int
    encoding: str
    mixed: bool
    nuls: bool
    odd: bool
    guessed: bool
    ends_with_newline: bool

    def open(self, path: Path) -> TextIO:
        """The file as text, line ends as they are; bytes that are no text stand as lone surrogates."""
        return path.open(encoding=self.encoding, errors="surrogateescape" if self.mixed else "strict", newline="")

    def share(self, file: TextIO) -> float:
        """How much of the file was read so far, from 0 to 1."""
        return file.buffer.tell() / self.size_bytes


def _refuse(sentence: str, hint: str = _AGAIN, code: str = "NOT_TABULAR") -> FileRefused:
    return FileRefused(sentence, hint, code=code)


def is_packed(path: Path) -> bool:
    """Is it a packed file, as a workbook is, whatever its name says?"""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_PACKED)) == _PACKED


def hash_of(path: Path) -> str:
    """SHA-256 of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def examine(path: Path) -> Text:
    """What kind of text the file is, read once from end to end. Raises `FileRefused` where it is none."""
    digest, size, odd, utf8, nuls, last = hashlib.sha256(), 0, False, True, 0, b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    if not path.is_file():
        raise _refuse(f'There is no file "{path.name}".', "Check the name and the folder.", "NO_FILE")
    with path.open("rb") as file:
        head = file.read(_BLOCK)
        _check_head(path, head)
        bare = _bare_utf16(head)
        wide = bare is not None or head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        block = head
        while block:
            digest.update(block)
            size += len(block)
            last = block[-1:]
            if not wide:
                nuls += block.count(b"\0")
                odd = odd or _is_odd(block.removeprefix(codecs.BOM_UTF8) if size == len(block) else block)
                utf8 = utf8 and _decodes(decoder, block)
            block = file.read(_BLOCK)
    if nuls > max(_FEW_NULS, size // 10_000):
        raise _refuse("This is not a text file: it contains zero bytes.")
    if wide:
        encoding, mixed = _utf16(path, bare or "utf-16"), False
    elif utf8 and _decodes(decoder, b"", final=True):
        encoding, mixed = ("utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"), False
    else:
        encoding, mixed = _eight_bits(path, head)
    return Text(
        sha256=digest.hexdigest(),
        size_bytes=size,
        encoding=encoding,
        mixed=mixed,
        nuls=nuls > 0,
        odd=odd or wide,
        guessed=mixed or not encoding.startswith("utf-8"),
        ends_with_newline=last in (b"\n", b"\r") or wide,
    )


def _is_odd(block: bytes) -> bool:
    """Whether there are signs in it that do not show: control signs, or signs that turn the direction of writing."""
    if len(block.translate(None, _CONTROL)) != len(block):
        return True
    return any(start in block for start in _RARE) and _ODD.search(block) is not None


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _check_head(path: Path, head: bytes) -> None:
    """Refuse what is no table, by its first bytes and its name."""
    if not head:
        raise _refuse("The file is empty (0 bytes).", "Export it again.", "EMPTY_FILE")
    for magic, sentence, hint in _MAGIC:
        if head.startswith(magic):
            raise _refuse(sentence, hint)
    if head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05":
        raise _refuse("This is a program's stored data, not a text file.")
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:400].lower()
    if not start and len(head) < _BLOCK:
        raise _refuse("The file has nothing but blank lines.", "Export it again.", "EMPTY_FILE")
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or (start[:1] == b"<" and b"<html" in start):
        raise _refuse(
            "This is a web page, not a CSV file: your CRM login has probably expired.", "Log in, export the list again."
        )
    if start.startswith((b"<?xml", b"<soap")):
        raise _refuse("This is XML, not a CSV file.")
    if re.match(rb"[\[{]\s*(?:[\"{\[\]}]|$)", start):
        raise _refuse("This is JSON, not a CSV file.")
    if path.suffix.lower() not in ALLOWED:
        raise _refuse(
            f'Files ending in "{path.suffix}" are not read.' if path.suffix else "The file's name has no ending.",
            f"Choose a file that ends in {', '.join(ALLOWED)}.",
            "FILE_TYPE",
        )


def _bare_utf16(head: bytes) -> str | None:
    """The UTF-16 that a text without a mark at its start is in: nearly every second byte of Western text is zero."""
    part = head[: 64 << 10]
    even, odd = part[::2], part[1::2]
    if len(odd) < 8 or part.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None
    high, low = even.count(0) / len(even), odd.count(0) / len(odd)
    return "utf-16-le" if low > 0.7 and high < 0.05 else "utf-16-be" if high > 0.7 and low < 0.05 else None


def _utf16(path: Path, encoding: str) -> str:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while block := file.read(1 << 20):
                if "\0" in block:
                    raise _refuse("This is not a text file: it contains zero bytes.")
    except UnicodeError:
        raise _refuse("The file says that it is UTF-16, but is not.") from None
    return encoding


def _eight_bits(path: Path, head: bytes) -> tuple[str, bool]:
    """The encoding of text that is not UTF-8 throughout, and whether it is UTF-8 with single bad rows.

    Bytes that form UTF-8 signs by accident are rare, so a file with at least as many good rows beyond ASCII as bad
    ones is UTF-8 with bad rows.
    """
    good = bad = 0
    sample, undefined = bytearray(), False
    with path.open("rb") as file:
        for line in file:
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                good += 1
            except UnicodeDecodeError:
                bad += 1
                undefined = undefined or len(line.translate(None, _NOT_1252)) != len(line)
                if len(sample) < 1 << 16:
                    sample += line
    if good >= bad:
        return ("utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"), True
    if len(sample) - len(sample.translate(None, _CONTROL)) > len(sample) // 50:
        raise _refuse("This is not a text file.")
    best = charset_normalizer.from_bytes(bytes(sample)).best()
    beyond = len(sample) - len(sample.translate(None, bytes(range(128, 256))))
    letters = beyond + sum(chr(byte).isalpha() for byte in sample if byte < 128)
    # Western texts have an accent here and there; where every third letter is beyond ASCII it is another script.
    if best and not best.encoding.startswith(_WESTERN) and beyond > max(24, 0.3 * letters):
        return best.encoding, True
    return ("latin-1" if undefined else "cp1252"), False
