"""How often somebody may try to log in: by the address that it is tried from, and all together."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from estimator.web.subscribers import subscriber_of

# Of one address, and of everybody together. Whoever succeeds begins anew, so that an office behind one address gets in.
OF_ONE = (RateLimitItemPerMinute(5), RateLimitItemPerHour(20))
OF_ALL = (RateLimitItemPerMinute(60), RateLimitItemPerHour(600))


class Attempts:
    """Counts attempts in this process. What was typed isn't known here."""

    def __init__(self, of_one: Sequence[RateLimitItem] = OF_ONE, of_all: Sequence[RateLimitItem] = OF_ALL) -> None:
        self._of_one, self._of_all = of_one, of_all
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def wait(self, address: str) -> int:
        """Count one attempt from this address: the seconds until another one is taken, 0 if this one is.

        An address that has had its share uses up nothing of what everybody has; nor is an address remembered while
        everybody's share is used up.
        """
        one, everybody = subscriber_of(address), "everybody"
        for item in self._of_all:
            if not self._limiter.test(item, everybody):
                return self._reset(item, everybody)
        for item in self._of_one:
            if not self._limiter.hit(item, one):
                return self._reset(item, one)
        for item in self._of_all:
            self._limiter.hit(item, everybody)
        return 0

    def succeeded(self, address: str) -> None:
        """Forget the attempts of this address."""
        for item in self._of_one:
            self._limiter.clear(item, subscriber_of(address))

    def _reset(self, item: RateLimitItem, who: str) -> int:
        return max(1, math.ceil(self._limiter.get_window_stats(item, who).reset_time - time.time()))
