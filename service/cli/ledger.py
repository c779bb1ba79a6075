"""`pgtill ledger`: trial balance, statements, proof and export of a book."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, Final, TextIO

import typer

from service.cli.support import AsJson, operate, print_answer
from service.database import Pool
from service.database import ledger as schema
from service.database.ledger import AccountRow, Book, StatementRow, TrialBalanceRow
from service.errors import ApiError
from service.ledger_export import FORMATS, decimal_text, export
from service.parsing import invalid

ledger = typer.Typer(help="Double-entry books: balances, statements, proof, export.", no_args_is_help=True)

PAGE_SIZE: Final = 1_000

BookName = Annotated[str, typer.Argument(help="Whose book: the organization's id (org_…) or its name.")]
AsOf = Annotated[
    str | None,
    typer.Option(
        help="Until and including when, such as 2026-11-30 or 2026-11-30T18:00:00+01:00. Default now."
    ),
]
_DATES: Final = "A date is its first moment, UTC."


@ledger.command("trial-balance")
def trial_balance(book: BookName, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """
    Show the balance of every account, in the column of its side, and the sums of each currency.

    Exit status 1 when debits and credits of a currency differ, which no write through pgtill can bring about.
    A date given as --as-of stands for its last moment, UTC.
    """
    at = None if as_of is None else _moment(as_of, "--as-of", is_end=True)

    async def work(pool: Pool) -> list[TrialBalanceRow]:
        found = await _find_book(pool, book)
        async with schema.reading(pool) as reading:
            return await reading.trial_balance(organization_id=found.organization_id, at=at)

    rows = operate(work)
    totals = [
        _total(currency, list(group)) for currency, group in groupby(rows, key=lambda row: row.currency)
    ]
    if as_json:
        accounts = [asdict(row) | {"debit": str(row.debit), "credit": str(row.credit)} for row in rows]
        print_answer({"accounts": accounts, "totals": totals}, True)
    else:
        print_answer([*map(_trial_balance_line, rows), *map(_total_line, totals)], False)
    raise typer.Exit(0 if all(total["debit"] == total["credit"] for total in totals) else 1)


@ledger.command("statement")
def statement(
    book: BookName,
    account: Annotated[str, typer.Argument(help="Its id (acc_…) or its name.")],
    currency: Annotated[str | None, typer.Option(help="Needed when a name has accounts in several.")] = None,
    since: Annotated[str | None, typer.Option(help=f"Recorded at or after this. {_DATES}")] = None,
    until: Annotated[str | None, typer.Option(help=f"Recorded before this. {_DATES}")] = None,
    last: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="How many entries at most, the last ones.")
    ] = 50,
    as_json: AsJson = False,
) -> None:
    """
    Show the entries of an account, oldest first, with the balance after each.

    Amounts are in whole units for people, in the smallest unit for programs (--json).
    """
    from_at = None if since is None else _moment(since, "--since")
    to_at = None if until is None else _moment(until, "--until")

    async def work(pool: Pool) -> tuple[AccountRow, list[StatementRow]]:
        found = await _find_book(pool, book)
        row = await _find_account(pool, found, account, currency)
        return row, await _entries(pool, found, row, from_at=from_at, to_at=to_at, last=last)

    row, entries = operate(work)
    if as_json:
        print_answer(
            {
                "account": _texts(asdict(row)),
                "entries": [_texts(asdict(entry)) for entry in entries],
            },
            True,
        )
    else:
        typer.echo(
            f"{row.account_id} {row.name}, {row.type}, {row.currency}, "
            f"balance now {decimal_text(row.balance, row.exponent)}"
        )
        print_answer([_statement_line(entry, row.exponent) for entry in entries], False)


@ledger.command("verify")
def verify(
    book: Annotated[
        str | None, typer.Argument(help="One book, by organization id or name; default: all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Follow the chain of hashes through every account and name the first broken link.

    Exit status 1 when there is one: somebody changed an entry behind the ledger's back. The other
    promises of the books (balances, versions) are asked about by `pgtill verify`.
    """

    async def work(pool: Pool) -> schema.BrokenLink | None:
        found = await _find_book(pool, book) if book is not None else None
        return await schema.verify(pool, organization_id=found.organization_id if found else None)

    broken = operate(work)
    if as_json:
        print_answer({"good": broken is None, "broken": broken._asdict() if broken else None}, True)
    elif broken is None:
        typer.echo("every entry continues the chain of its account")
    else:
        where = f"{broken.account_id}, version {broken.version}: " if broken.account_id else ""
        typer.echo(f"BROKEN {where}{broken.problem}")
    raise typer.Exit(0 if broken is None else 1)


@ledger.command("record-day")
def record_day(
    day: Annotated[str | None, typer.Argument(help="Such as 2026-11-30, in UTC; default: yesterday.")] = None,
    as_json: AsJson = False,
) -> None:
    """
    Record the balances at the end of a day that is over, so that the past is read from near by.

    Reading the past needs no recorded days, it is only cheaper with them. Done again, nothing is added.
    """
    wanted = datetime.now(UTC).date() - timedelta(days=1)
    if day is not None:
        try:
            wanted = date.fromisoformat(day)
        except ValueError:
            raise invalid(f"not a day: {day}") from None
    count = operate(lambda pool: schema.record_daily_balances(pool, day=wanted))
    if as_json:
        print_answer({"day": wanted.isoformat(), "recorded": count}, True)
    else:
        typer.echo(f"{count} balances recorded for {wanted}")


@ledger.command("export")
def export_book(
    book: BookName,
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "csv",
    since: Annotated[
        str | None, typer.Option(help=f"Recorded at or after this; default: the first. {_DATES}")
    ] = None,
    until: Annotated[str | None, typer.Option(help=f"Recorded before this; default: now. {_DATES}")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Write here instead of to standard output; replaced if it exists.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Write the journals of a period as text that other programs read, every amount exact.

    A file for hledger or beancount begins with the balances before the period and ends by asserting
    those after it: `hledger -f FILE check --strict` and `bean-check FILE` hold them against the
    journals. --json tells what was written, and wants --output. One snapshot, nobody waits.
    """
    if form not in FORMATS:
        raise invalid(f"--format must be one of {', '.join(FORMATS)}")
    if as_json and output is None:
        raise invalid("--json needs --output: both would go to standard output")
    starts_at = None if since is None else _moment(since, "--since")
    ends_at = datetime.now(UTC) if until is None else _moment(until, "--until")
    if starts_at is not None and starts_at >= ends_at:
        raise invalid("--since must be before --until")

    async def work(pool: Pool) -> int:
        found = await _find_book(pool, book)
        if output is None:
            return await _write(pool, found, sys.stdout, form, starts_at, ends_at)
        # A file that was cut short must not pass for a whole one.
        partial = output.with_name(f"{output.name}.partial")
        try:
            with partial.open("w", encoding="utf-8", newline="") as file:
                count = await _write(pool, found, file, form, starts_at, ends_at)
            partial.replace(output)
        finally:
            partial.unlink(missing_ok=True)
        return count

    count = operate(work)
    if output is None:
        return
    if as_json:
        print_answer({"format": form, "path": str(output), "journals": count}, True)
    else:
        typer.echo(f"{count} journals written to {output}")


async def _write(
    pool: Pool, book: Book, file: TextIO, form: str, starts_at: datetime | None, ends_at: datetime
) -> int:
    """Write piece by piece; how many journals there were."""
    count = 0
    async with schema.reading(pool) as reading:
        async for piece in export(
            reading,
            FORMATS[form],
            organization_id=book.organization_id,
            starts_at=starts_at,
            ends_at=ends_at,
        ):
            file.write(piece)
            count += 1
    return count - 2  # head and tail


async def _find_book(pool: Pool, wanted: str) -> Book:
    for book in await schema.list_books(pool):
        if wanted in (book.public_id, book.name):
            return book
    raise ApiError("organization_not_found", "organization does not exist")


async def _find_account(pool: Pool, book: Book, wanted: str, currency: str | None) -> AccountRow:
    """By id, or by name and currency where the name alone does not say it."""
    found: list[AccountRow] = []
    if wanted.startswith("acc_"):
        row = await schema.get_account(pool, organization_id=book.organization_id, account_id=wanted)
        found = [row] if row else []
    after: str | None = None
    while not found or after is not None:
        page = await schema.list_accounts(
            pool,
            organization_id=book.organization_id,
            after_account_id=after,
            page_size=PAGE_SIZE,
            name_prefix=wanted,
        )
        found += [row for row in page if row.name == wanted and currency in (None, row.currency)]
        if len(page) < PAGE_SIZE:
            break
        after = page[-1].account_id
    if not found:
        raise ApiError("account_not_found", "account does not exist")
    if len(found) > 1:
        raise invalid(f"say --currency: {', '.join(sorted(row.currency for row in found))}")
    return found[0]


async def _entries(
    pool: Pool,
    book: Book,
    account: AccountRow,
    *,
    from_at: datetime | None,
    to_at: datetime | None,
    last: int,
) -> list[StatementRow]:
    """The last entries of the period; versions have no holes, so it is known where they begin."""
    end = account.version
    if to_at is not None:
        past = await schema.balance_at(
            pool,
            organization_id=book.organization_id,
            account_id=account.account_id,
            at=to_at - timedelta(microseconds=1),
        )
        end = past.version if past else 0
    after = max(end - last, 0)
    entries: list[StatementRow] = []
    while after < end:
        page = await schema.account_statement(
            pool,
            organization_id=book.organization_id,
            account_id=account.account_id,
            after_version=after,
            page_size=min(PAGE_SIZE, end - after),
            from_at=from_at,
            to_at=to_at,
        )
        if not page:
            break
        entries += page
        after = page[-1].version
    return entries


def _moment(text: str, option: str, *, is_end: bool = False) -> datetime:
    """A time with offset, or a date: its first moment or, as an end that counts, its last."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(f"{option} is not a date or a time: {text}") from None
    if len(text) == len("2026-11-30"):
        moment = moment.replace(tzinfo=UTC)
        return moment.replace(hour=23, minute=59, second=59, microsecond=999_999) if is_end else moment
    if moment.tzinfo is None:
        raise invalid(f"{option} needs an offset, such as {text}Z")
    return moment


def _total(currency: str, rows: list[TrialBalanceRow]) -> dict[str, Any]:
    return {
        "currency": currency,
        "exponent": rows[0].exponent,
        "debit": str(sum(row.debit for row in rows)),
        "credit": str(sum(row.credit for row in rows)),
    }


def _trial_balance_line(row: TrialBalanceRow) -> dict[str, str]:
    return {
        "account": row.name,
        "type": row.type,
        "currency": row.currency,
        "debit": _column(row.debit, row.exponent),
        "credit": _column(row.credit, row.exponent),
    }


def _total_line(total: dict[str, Any]) -> dict[str, str]:
    return {
        "account": "TOTAL",
        "type": "",
        "currency": total["currency"],
        "debit": decimal_text(int(total["debit"]), total["exponent"]),
        "credit": decimal_text(int(total["credit"]), total["exponent"]),
    }


def _statement_line(entry: StatementRow, exponent: int) -> dict[str, str]:
    amount = decimal_text(entry.amount, exponent)
    return {
        "recorded": entry.recorded_at.astimezone(UTC).isoformat(timespec="seconds"),
        "journal": entry.journal_id,
        "reason": entry.reason,
        "debit": amount if entry.side == "DEBIT" else "",
        "credit": amount if entry.side == "CREDIT" else "",
        "balance": decimal_text(entry.balance_after, exponent),
    }


def _column(amount: int, exponent: int) -> str:
    return decimal_text(amount, exponent) if amount else ""


_AMOUNTS: Final = frozenset(
    (
        "amount",
        "balance_after",
        "floor",
        "ceiling",
        "balance",
        "pending_out",
        "pending_in",
        "available",
    )
)


def _texts(row: dict[str, Any]) -> dict[str, Any]:
    """Amounts as text: JSON's readers have numbers of 53 bits."""
    return {
        name: str(value) if name in _AMOUNTS and value is not None else value for name, value in row.items()
    }
