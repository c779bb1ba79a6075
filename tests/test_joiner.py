"""Calls that wait go together, and each gets its own answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import ApiError, IndeterminateError
from service.joiner import AGAIN, MAX_ATTEMPTS, MAX_CALLS, MAX_OF_ONE, Again, FairQueue, Gate, Joiner, Limits

Item = tuple[str, int]


class Database:
    """Answers with the number that it was given; remembers who came together."""

    def __init__(self, *, fails: Sequence[Exception | None] = (), seconds: float = 0.001) -> None:
        self.calls: list[list[Item]] = []
        self.finished: list[list[Item]] = []
        self._fails = list(fails)
        self._seconds = seconds

    async def call(self, items: list[Item]) -> list[int | Exception | Again]:
        self.calls.append(items)
        await asyncio.sleep(self._seconds)
        failure = self._fails.pop(0) if self._fails else None
        if failure:
            raise failure
        self.finished.append(items)
        return [number for _, number in items]

    def joiner(self, **options: float) -> Joiner[Item, int]:
        return Joiner(
            self.call,
            Limits(
                batch_limit=int(options.get("batch_limit", 8)),
                call_deadline=options.get("call_deadline", 5.0),
            ),
            flow=lambda item: item[0],
        )


def ask(joiner: Joiner[Item, int], items: Sequence[Item]) -> list[int | BaseException]:
    """What each gets, all having come at once."""

    async def all_of_them() -> list[int | BaseException]:
        async with asyncio.timeout(20):
            answers = await asyncio.gather(*map(joiner.submit, items), return_exceptions=True)
            await joiner.idle()
        return answers

    return asyncio.run(all_of_them())


def codes(answers: Sequence[int | BaseException]) -> list[str]:
    return [answer.code if isinstance(answer, ApiError) else str(answer) for answer in answers]


def test_what_comes_at_once_goes_together_and_everybody_gets_their_own() -> None:
    database = Database()
    items = [("a", number) for number in range(50)]
    assert ask(database.joiner(), items) == list(range(50))
    assert len(database.calls) <= 50 / 8 + 3
    assert max(map(len, database.calls)) == 8


def test_many_go_in_two_halves() -> None:
    database = Database()
    items = [("a", number) for number in range(64)]
    assert ask(database.joiner(batch_limit=128), items) == list(range(64))
    assert [len(call) for call in database.calls] == [32, 32]


def test_who_sends_much_waits_behind_himself_alone() -> None:
    database = Database()
    ask(database.joiner(), [*(("flood", number) for number in range(40)), ("other", 0)])
    calls_until_served = next(place for place, call in enumerate(database.calls) if ("other", 0) in call)
    assert calls_until_served <= 1


def test_a_call_carries_few_of_one_while_there_are_others() -> None:
    database = Database()
    flood = [("flood", number) for number in range(8 * MAX_OF_ONE)]
    assert ask(database.joiner(batch_limit=len(flood)), flood) == [number for _, number in flood]
    assert max(map(len, database.calls)) > MAX_OF_ONE  # alone, in half of what waits
    database.calls.clear()
    ask(database.joiner(batch_limit=len(flood)), [*flood, ("other", 0)])
    assert max(sum(flow == "flood" for flow, _ in call) for call in database.calls) == MAX_OF_ONE
    assert sum(map(len, database.calls)) == len(flood) + 1


def test_whoever_comes_while_one_floods_goes_at_once_and_in_a_small_call() -> None:
    database = Database(seconds=0.05)
    joiner = database.joiner(batch_limit=128)

    async def come_late() -> None:
        await asyncio.gather(joiner.submit(("flood", -1)), joiner.submit(("other", -1)))
        database.calls.clear()
        flood = [asyncio.create_task(joiner.submit(("flood", number))) for number in range(60)]
        await asyncio.sleep(0.01)
        assert [len(call) for call in database.calls] == [MAX_OF_ONE]  # nor does the flood have a second one
        late = asyncio.create_task(joiner.submit(("other", 0)))
        await asyncio.sleep(0.01)
        assert max(database.calls[1]) == ("other", 0)
        assert len(database.calls[1]) == 2
        await asyncio.gather(*flood, late)

    asyncio.run(come_late())


def test_two_that_send_much_have_both_calls() -> None:
    database = Database(seconds=0.05)
    joiner = database.joiner(batch_limit=128)

    async def flood() -> None:
        items = [(name, number) for number in range(60) for name in "ab"]
        crowd = [asyncio.create_task(joiner.submit(item)) for item in items]
        await asyncio.sleep(0.01)
        assert [len(call) for call in database.calls] == [2 * MAX_OF_ONE] * 2
        await asyncio.gather(*crowd)

    asyncio.run(flood())


def test_of_many_that_send_little_the_second_call_is_no_smaller() -> None:
    database = Database(seconds=0.05)
    joiner = database.joiner(batch_limit=128)

    async def crowd() -> None:
        early = [asyncio.create_task(joiner.submit((f"shop {number}", 0))) for number in range(12)]
        await asyncio.sleep(0.01)
        late = asyncio.create_task(joiner.submit(("late", 0)))
        await asyncio.sleep(0.01)
        assert [len(call) for call in database.calls] == [12]  # twelve others wait for twelve as well
        await asyncio.gather(*early, late)

    asyncio.run(crowd())


def test_who_was_alone_for_long_enough_has_calls_to_himself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.joiner.MIXED_SECONDS", 0.05)
    database = Database()
    joiner = database.joiner(batch_limit=128)

    async def before_and_after() -> None:
        await asyncio.gather(*map(joiner.submit, [("a", 1), ("b", 1)]))
        await asyncio.sleep(0.06)
        database.calls.clear()
        await asyncio.gather(*map(joiner.submit, [("b", number) for number in range(128)]))

    asyncio.run(before_and_after())
    assert max(map(len, database.calls)) > MAX_OF_ONE


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers()), max_size=40),
    st.integers(1, 9),
    st.none() | st.integers(1, 4),
)
def test_a_fair_queue_loses_nothing_and_keeps_the_order_of_each(
    items: list[Item], count: int, of_one: int | None
) -> None:
    queue: FairQueue[Item] = FairQueue()
    for item in items:
        queue.put(item[0], item)
    taken: list[Item] = []
    while queue:
        turn = list(queue.take(count, of_one=of_one))
        assert 0 < len(turn) <= count
        assert of_one is None or max(Counter(flow for flow, _ in turn).values()) <= of_one
        taken += turn
    for flow in "abc":
        assert [item for item in taken if item[0] == flow] == [item for item in items if item[0] == flow]
    # As long as two have something left, neither gets ahead by more than one.
    for end in range(len(taken)):
        served = [sum(item[0] == flow for item in taken[:end]) for flow in "abc"]
        left = [sum(item[0] == flow for item in taken[end:]) for flow in "abc"]
        waiting = [had for had, has in zip(served, left, strict=True) if has]
        assert not waiting or max(waiting) - min(waiting) <= 1


def test_a_call_that_raised_is_retried_one_by_one() -> None:
    bad = psycopg.errors.CheckViolation("never shown")
    database = Database(fails=[bad, None, bad])
    answers = ask(database.joiner(), [("a", 1), ("a", 2), ("a", 3)])
    assert codes(answers) == ["1", "rule_violated", "3"]
    assert [len(call) for call in database.calls] == [3, 1, 1, 1]


def test_a_serialization_failure_is_tried_again_together() -> None:
    database = Database(fails=[psycopg.errors.SerializationFailure()] * 2)
    assert ask(database.joiner(), [("a", 1), ("a", 2)]) == [1, 2]
    assert [len(call) for call in database.calls] == [2, 2, 2]


@pytest.mark.parametrize("lost", [IndeterminateError(), psycopg.OperationalError("gone")])
def test_a_lost_answer_is_unknown_for_everybody_and_not_tried_again(lost: Exception) -> None:
    database = Database(fails=[lost])
    answers = ask(database.joiner(), [("a", 1), ("a", 2)])
    assert codes(answers) == ["outcome_unknown"] * 2
    assert len(database.calls) == 1


def test_past_the_deadline_the_outcome_is_unknown_and_the_call_goes_on() -> None:
    database = Database(seconds=0.2)
    answers = ask(database.joiner(call_deadline=0.02), [("a", number) for number in range(20)])
    assert set(codes(answers)) == {"outcome_unknown", "cursor_busy"}
    assert codes(answers).count("outcome_unknown") == sum(map(len, database.calls))
    assert database.finished == database.calls  # nobody cancelled them


def test_while_a_call_is_overdue_nobody_else_is_taken_and_afterwards_everybody() -> None:
    database = Database(seconds=0.2)
    joiner = database.joiner(call_deadline=0.02)

    async def come_late() -> list[int | BaseException]:
        early = await asyncio.gather(joiner.submit(("a", 1)), return_exceptions=True)
        late = await asyncio.gather(joiner.submit(("a", 2)), return_exceptions=True)
        assert database.finished == []  # they were told at once
        await joiner.idle()
        database._seconds = 0.001
        return [*early, *late, await joiner.submit(("a", 3))]

    assert codes(asyncio.run(come_late())) == ["outcome_unknown", "cursor_busy", "3"]
    assert [len(call) for call in database.calls] == [1, 1]


def test_a_call_that_was_answered_in_time_is_never_overdue() -> None:
    joiner = Database().joiner(call_deadline=0.05)

    async def twice() -> list[int]:
        first = await joiner.submit(("a", 1))
        await asyncio.sleep(0.1)
        return [first, await joiner.submit(("a", 2))]

    assert asyncio.run(twice()) == [1, 2]


def test_an_item_that_must_go_again_does_and_not_for_ever() -> None:
    asked: list[list[Item]] = []

    async def call(items: list[Item]) -> list[int | Exception | Again]:
        asked.append(items)
        return [AGAIN if number == 2 else number for _, number in items]

    joiner: Joiner[Item, int] = Joiner(call, Limits(batch_limit=8, call_deadline=5.0))
    assert codes(ask(joiner, [("a", 1), ("a", 2)])) == ["1", "cursor_busy"]
    assert len(asked) == MAX_ATTEMPTS


def test_a_bug_in_a_call_leaves_nobody_waiting() -> None:
    database = Database(fails=[ZeroDivisionError()])
    assert codes(ask(database.joiner(), [("a", 1)])) == ["internal_error"]


def test_after_a_call_that_failed_there_is_room_for_others() -> None:
    failures = [psycopg.OperationalError("gone"), ZeroDivisionError()] * MAX_CALLS
    database = Database(fails=failures)
    joiner = database.joiner()
    for _ in failures:
        ask(joiner, [("a", 1)])
    assert ask(joiner, [("a", 1)]) == [1]
    assert joiner.under_way == 0


def test_a_client_that_goes_away_cancels_nothing() -> None:
    database = Database(seconds=0.02)

    async def leave() -> int:
        joiner = database.joiner()
        gone = asyncio.create_task(joiner.submit(("a", 1)))
        stays = asyncio.create_task(joiner.submit(("a", 2)))
        await asyncio.sleep(0.005)
        gone.cancel()
        async with asyncio.timeout(5):
            return await stays

    assert asyncio.run(leave()) == 2
    assert database.calls == [[("a", 1), ("a", 2)]]


def test_a_gate_lets_so_many_wait_and_none_once_it_is_closed() -> None:
    gate = Gate(1)
    with gate, pytest.raises(ApiError) as refused, gate:
        pass
    assert refused.value.code == "queue_full"
    gate.close()
    with pytest.raises(ApiError) as refused, gate:
        pass
    assert refused.value.code == "shutting_down"
