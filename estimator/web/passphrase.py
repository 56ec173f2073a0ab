"""The one passphrase of all staff, where no provider says who they are: kept as its argon2 hash only."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

SHORTEST = 12  # characters
LONGEST = 1024  # characters: more can't have been meant
# One takes 64 MB for a moment.
AT_ONCE = 2


def hashed(passphrase: str) -> str:
    """The hash of a passphrase. Raises ``ValueError`` for one that is too short or too long."""
    if not SHORTEST <= len(passphrase) <= LONGEST:
        raise ValueError(f"passphrase: found {len(passphrase)} characters; allowed: {SHORTEST} to {LONGEST}")
    return PasswordHasher().hash(passphrase)


def is_hash(text: str) -> bool:
    """Whether this is an argon2 hash of something, which a passphrase can be held against."""
    try:
        PasswordHasher().verify(text, "")
    except VerifyMismatchError:
        return True
    except (InvalidHashError, VerificationError, UnicodeError):
        return False
    return False  # anybody could come in with nothing


class Passphrase:
    """Holds what somebody typed against a hash, without keeping anybody else waiting."""

    def __init__(self, known: str) -> None:
        self._known, self._turns = known, asyncio.Semaphore(AT_ONCE)

    async def is_right(self, typed: str) -> bool:
        """Whether this is the passphrase."""
        if len(typed) > LONGEST:
            return False
        async with self._turns:
            return await asyncio.to_thread(self._verify, typed)

    def _verify(self, typed: str) -> bool:
        try:
            return PasswordHasher().verify(self._known, typed)
        except VerificationError:
            return False
