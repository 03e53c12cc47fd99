"""Is a history of concurrent calls explained by some order of them, one after another? (Wing and Gong, 1993)

A call takes effect at one moment between its invocation and its answer. A call without an answer may have taken effect
at any moment after its invocation, or never. The search remembers which calls were done in which state (Lowe, 2017), so
that histories of some dozens of calls over one upload take milliseconds.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

NEVER = float("inf")


@dataclass(frozen=True)
class Call:
    """`answer` is None where none came; then `returned` is NEVER."""

    client: int
    name: str
    arguments: tuple[Any, ...]
    invoked: float
    returned: float = NEVER
    answer: Any = None

    def __str__(self) -> str:
        returned = "never" if self.returned == NEVER else f"{self.returned * 1e3:.2f}"
        arguments = ", ".join(map(str, self.arguments))
        return f"{self.invoked * 1e3:.2f}–{returned} ms, client {self.client}: {self.name}({arguments}) → {self.answer}"


# step(state, call): every state that the call may leave behind; none where its answer is impossible in that state. For
# a call without an answer, the states that its possible effects leave behind.
Step = Callable[[Hashable, Call], list[Hashable]]


def explains(calls: list[Call], initial: Hashable, step: Step, most_steps: int = 2_000_000) -> bool:
    """Whether there is an order of the calls that `step` allows from `initial`."""
    calls = sorted(calls, key=lambda call: call.invoked)
    answered = sum(1 << i for i, call in enumerate(calls) if call.returned != NEVER)
    seen: set[tuple[int, Hashable]] = set()
    pending = [(0, initial)]
    while pending:
        done, state = pending.pop()
        if done & answered == answered:
            return True
        if (done, state) in seen:
            continue
        seen.add((done, state))
        if len(seen) > most_steps:
            raise RuntimeError(f"no verdict after {most_steps} states; make the history shorter")
        horizon = min(call.returned for i, call in enumerate(calls) if not done >> i & 1)
        for i, call in enumerate(calls):
            if call.invoked > horizon:
                break
            if not done >> i & 1:
                pending += [(done | 1 << i, after) for after in step(state, call)]
    return False
